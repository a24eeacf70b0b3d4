//! When to use a rule, and when not.

use leptos::prelude::*;

use crate::builder::templates::Advice;

/// Who uses it, when it fits, how it fails, and where that is known from.
pub fn advice(advice: &Advice) -> AnyView {
    let sources = advice.sources.iter().map(|source| view! { <li>{*source}</li> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="advice">
            <header>
                <h2 id="advice">"Before you choose it"</h2>
            </header>
            <div class="body stack gap-3 small">
                <p>
                    <b>"Who uses it. "</b>
                    {advice.used_by}
                </p>
                <p>
                    <b>"Fits when. "</b>
                    {advice.fits}
                </p>
                <p>
                    <b>"Fails when. "</b>
                    {advice.fails}
                </p>
                <p>
                    <b>"Known from"</b>
                </p>
                <ul class="stack gap-2 muted">{sources}</ul>
            </div>
        </section>
    }
    .into_any()
}
