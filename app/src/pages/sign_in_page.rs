//! Sign-in: in a demo, choose whom to be. A plain form, so that the whole page comes anew with the new session.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use crate::{
    api::session::{DemoCommunity, DemoMember, SignInAsDemo, demo_members},
    components::{avatar::avatar, empty::empty, icon::icon, load::shown, notice::error_callout},
    layouts::public_layout::{public_bar, public_foot},
};

/// Choose whom to be.
#[component]
pub fn SignInPage() -> impl IntoView {
    let members = Resource::new_blocking(|| (), |()| demo_members());
    let refused = ServerAction::<SignInAsDemo>::new();
    view! {
        <Title text="Sign in" />
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        {public_bar(().into_any())}
        <main id="main" class="page sign-in-page" tabindex="-1">
            <header class="stack gap-2">
                <h1>"Whom do you want to be?"</h1>
                <p class="muted measure">
                    "This is a demo. Choose a member, look at their community through their eyes, and come back to be somebody else."
                </p>
            </header>
            {move || match refused.value().get() {
                Some(Err(error)) => Some(error_callout(&error)),
                _ => None,
            }}
            {shown(move || async move { Ok(communities(&members.await?)) })}
        </main>
        {public_foot()}
    }
    .into_any()
}

fn communities(communities: &[DemoCommunity]) -> AnyView {
    if communities.is_empty() {
        return empty(
            "lock",
            "There is nobody to choose here.",
            "This service is not a demo. Ask whoever runs your community for the way in.",
        )
        .into_any();
    }
    communities.iter().map(community).collect_view().into_any()
}

fn community(demo: &DemoCommunity) -> AnyView {
    let slug = demo.community.slug.clone();
    let heading = format!("in-{slug}");
    let title_id = heading.clone();
    let members = demo.members.iter().map(|member| choice(&slug, member)).collect_view();
    view! {
        <section class="section" aria-labelledby=heading>
            <div class="section-head">
                <h2 id=title_id class="lead-title">
                    {demo.community.name.clone()}
                </h2>
                <a href=format!("/c/{slug}")>"Look around without signing in"</a>
            </div>
            <p class="muted measure">{demo.about.clone()}</p>
            <ul class="people-grid">{members}</ul>
        </section>
    }
    .into_any()
}

/// One member as a button of a form of its own.
fn choice(slug: &str, member: &DemoMember) -> AnyView {
    let roles = member.roles.join(", ");
    let note = (!member.note.is_empty()).then(|| view! { <span class="tiny tone accent">{member.note.clone()}</span> });
    view! {
        <li>
            <form method="post" action=SignInAsDemo::url()>
                <input type="hidden" name="community" value=slug.to_owned() />
                <input type="hidden" name="member" value=member.person.handle.clone() />
                <button class="person-button" type="submit">
                    {avatar(&member.person, "big")}
                    <span>
                        <b>{member.person.name.clone()}</b>
                        <span class="tiny muted">{roles}</span>
                        {note}
                    </span>
                    {icon("arrow-right")}
                </button>
            </form>
        </li>
    }
    .into_any()
}
