//! Nothing here yet: one line that teaches.

use leptos::prelude::*;

use super::icon::icon;

/// An empty place, with what will appear there.
pub fn empty(sign: &'static str, title: &'static str, line: &'static str) -> impl IntoView + use<> {
    view! {
        <div class="empty">
            {icon(sign)}
            <p class="strong">{title}</p>
            <p class="small">{line}</p>
        </div>
    }
}
