//! Beside a policy: what it may do, its settings, where it sits.

use leptos::prelude::*;
use types::OnError;

use crate::{
    api::policy::PolicyView,
    components::icon::icon,
    contexts::community_context::Place,
    pages::{policies_page::combining_words, proposal_page::facts},
};

/// What its effects may be, and what not.
pub fn powers(view: &PolicyView) -> AnyView {
    let granted = view.powers.iter().filter(|power| power.granted).map(|power| {
        let note = (!power.note.is_empty()).then(|| view! { <p class="tiny subtle">{power.note.clone()}</p> });
        view! { <li class="passed">{icon("check")} <div class="grow">{power.name.clone()} {note}</div></li> }
    });
    let refused: Vec<&str> =
        view.powers.iter().filter(|power| !power.granted).map(|power| power.name.as_str()).collect();
    let refused = (!refused.is_empty())
        .then(|| view! { <li>{icon("x")} <div class="grow muted">{format!("Not: {}", refused.join(", ").to_lowercase())}</div></li> });
    let hosts = (!view.http_hosts.is_empty())
        .then(|| view! { <footer>{format!("May ask {} over HTTP.", view.http_hosts.join(", "))}</footer> });
    view! {
        <section class="panel" aria-labelledby="powers">
            <header>
                <h2 id="powers">"What it is able to do"</h2>
            </header>
            <ul class="rows tight small">{granted.collect_view()} {refused}</ul>
            {hosts}
        </section>
    }
    .into_any()
}

/// Its settings, and what happens when it breaks.
pub fn settings(view: &PolicyView) -> AnyView {
    let on_error = match view.on_error {
        OnError::Hold => "If it breaks, what it decides on waits.",
        OnError::Deny => "If it breaks, what it decides on fails.",
        OnError::Allow => "If it breaks, what it decides on goes ahead.",
    };
    let values = (!view.settings.is_empty()).then(|| view! { <div class="body">{facts(&view.settings)}</div> });
    view! {
        <section class="panel" aria-labelledby="settings">
            <header>
                <h2 id="settings">"Settings"</h2>
            </header>
            {values}
            <p class="body small muted">{on_error}</p>
        </section>
    }
    .into_any()
}

/// Where it stands among the policies of its layer.
pub fn order(view: &PolicyView, place: &Place) -> Option<AnyView> {
    let lines = view.order.iter().map(|line| {
        let name = if line.is_this {
            view! { <div class="grow"><b>{line.name.clone()}</b></div> }.into_any()
        } else {
            view! {
                <div class="grow">
                    <a class="quiet-link" href=place.href(&format!("policies/{}", line.id))>{line.name.clone()}</a>
                </div>
            }
            .into_any()
        };
        view! {
            <li aria-current=line.is_this.then_some("true")>
                <span class="rule-id">{line.label.clone()}</span> {name}
            </li>
        }
    });
    (!view.order.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="order">
                <header>
                    <h2 id="order">"Where it sits"</h2>
                </header>
                <ol class="rows tight small order">{lines.collect_view()}</ol>
                <footer>{combining_words(view.combining)}</footer>
            </section>
        }
        .into_any()
    })
}
