//! Moments: told as seen from now, exact on a closer look.

use leptos::prelude::*;
use types::Timestamp;

use crate::format;

/// "tomorrow, 18:00", with the exact time behind it.
pub fn when(at: Timestamp, now: Timestamp) -> impl IntoView + use<> {
    moment(at, format::when(at, now))
}

/// A moment in the words given, with the exact time behind it.
pub fn moment(at: Timestamp, words: String) -> impl IntoView + use<> {
    view! {
        <time datetime=format::machine(at) title=format::exact(at)>
            {words}
        </time>
    }
}
