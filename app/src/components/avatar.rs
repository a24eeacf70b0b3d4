//! People as a picture of their letters.

use leptos::prelude::*;

use crate::{api::words::Person, format};

/// The picture alone, beside a name: hidden from those who listen.
pub fn avatar(person: &Person, size: &'static str) -> impl IntoView + use<> {
    let class = format!("avatar {size} {}", format::hue(&person.handle));
    view! {
        <span class=class aria-hidden="true">
            {format::initials(&person.name)}
        </span>
    }
}

/// The picture with the name, small, in a line of small print.
pub fn named(person: &Person) -> impl IntoView + use<> {
    view! {
        {avatar(person, "mini")}
        <bdi>{person.name.clone()}</bdi>
    }
}

/// A row of pictures with the names for those who listen.
pub fn faces(people: &[Person]) -> impl IntoView + use<> {
    let names = people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
    let shown = people.iter().take(6).map(|person| avatar(person, "mini")).collect_view();
    let more = people.len().saturating_sub(6);
    view! {
        <span class="avatars">
            <span class="visually-hidden">{names}</span>
            {shown}
            {(more > 0).then(|| view! { <span class="avatar mini more" aria-hidden="true">{format!("+{more}")}</span> })}
        </span>
    }
}
