//! What a change changes: line by line from us, side by side from the editor where it is there.

use leptos::{html, prelude::*};

use super::bench::Bench;
use crate::{
    api::policy::Change,
    components::{code::diff_block, code_editor::Comparer},
    difference,
};

/// The comparison with the version in force; nothing for a new policy.
pub fn compare(bench: Bench) -> AnyView {
    let Some(base) = bench.view.with_value(|view| view.base.clone()) else { return ().into_any() };
    let host = NodeRef::<html::Div>::new();
    let comparer = Comparer::new();
    let before = base.source.clone();
    let after = bench.editor.text;
    let wants_sides = RwSignal::new(false);
    let show = {
        let before = before.clone();
        let label = base.name.clone();
        move |_| {
            if !wants_sides.get_untracked() {
                wants_sides.set(true);
                comparer.show(host, before.clone(), after, label.clone());
            }
        }
    };
    let rows = move || {
        let changes = after.with(|after| difference::lines(&before, after));
        if changes.iter().all(|line| line.change == Change::Kept) {
            return view! { <p class="muted">"Nothing in the source has changed."</p> }.into_any();
        }
        diff_block(&changes, "What changes in the source".to_owned())
    };
    view! {
        <section class="panel" aria-labelledby="changes" id="compare">
            <header>
                <h2 id="changes">{format!("Changes against version {}", base.version)}</h2>
                <button class="button quiet small push rich-room script-only" type="button" on:click=show>
                    "Side by side"
                </button>
            </header>
            <div class="body">
                <div class="compare-host" class:shown=move || comparer.is_shown() node_ref=host></div>
                <div hidden=move || comparer.is_shown()>{rows}</div>
            </div>
        </section>
    }
    .into_any()
}
