//! The reference of the policy language beside the editor, opening at the word under the caret.

use leptos::prelude::*;

use super::bench::Bench;
use crate::{
    api::studio::{ReferenceEntry, reference},
    components::{code::code_block, icon::icon},
};

/// Most entries that are shown at once.
const MOST: usize = 40;

/// The reference. It is loaded when it is first opened.
pub fn guide(bench: Bench) -> AnyView {
    let sought = RwSignal::new(String::new());
    let wanted = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || bench.has_guide.get());
    let loaded = LocalResource::new(move || {
        let wanted = wanted.get();
        async move { if wanted { reference().await.ok() } else { None } }
    });
    // The word under the caret, as long as nobody is searching for another.
    Effect::new(move |_| {
        let word = bench.editor.caret.with(|caret| caret.symbol.clone());
        if !word.is_empty() && bench.has_guide.get_untracked() {
            sought.set(word);
        }
    });
    let entries = move || {
        let Some(entries) = loaded.get() else { return view! { <p class="small muted">"Loading…"</p> }.into_any() };
        let Some(entries) = entries else {
            return view! { <p class="small">"The reference did not arrive. "<a href="/editor/policy.txt" rel="external">"Read it as text"</a></p> }.into_any();
        };
        let found = sought.with(|sought| search(&entries, sought));
        if found.is_empty() {
            return view! { <p class="small muted">{move || format!("Nothing is called “{}” here.", sought.get())}</p> }.into_any();
        }
        let is_one = found.len() == 1 || !sought.with(String::is_empty);
        found.into_iter().enumerate().map(|(n, entry)| one(bench, entry, is_one && n == 0)).collect_view().into_any()
    };
    view! {
        <aside class="guide" aria-label="Reference">
            <div class="guide-head">
                <label class="visually-hidden" for="guide-search">
                    "Search the reference"
                </label>
                <input
                    class="input small"
                    id="guide-search"
                    type="search"
                    placeholder="Search the reference"
                    prop:value=sought
                    on:input:target=move |event| sought.set(event.target().value())
                />
                <button class="button quiet small icon-only" type="button" aria-label="Close the reference" on:click=move |_| bench.has_guide.set(false)>
                    {icon("x")}
                </button>
            </div>
            <div class="guide-entries">{entries}</div>
        </aside>
        <noscript>
            <p class="small">
                <a href="/editor/policy.txt" rel="external">
                    "The reference of the policy language"
                </a>
            </p>
        </noscript>
    }
    .into_any()
}

fn one(bench: Bench, entry: ReferenceEntry, is_open: bool) -> AnyView {
    let example = (!entry.example.is_empty()).then(|| {
        let text = entry.example.clone();
        view! {
            {code_block(&entry.example, format!("Example of {}", entry.name), None)}
            {bench
                .may_edit()
                .then(|| {
                    view! {
                        <button class="button quiet small" type="button" on:click=move |_| bench.editor.reins.insert(&text)>
                            {icon("plus")}
                            "Put it where the caret is"
                        </button>
                    }
                })}
        }
    });
    view! {
        <details class="guide-entry" open=is_open>
            <summary>
                <code>{entry.name.clone()}</code>
                <span class="tiny subtle">{entry.section.clone()}</span>
            </summary>
            <p class="small">
                <code class="signature">{entry.signature.clone()}</code>
            </p>
            <p class="small">{entry.about.clone()}</p>
            {example}
        </details>
    }
    .into_any()
}

/// The entries that a word finds, the best first: the same name, then names that begin so, then texts that have it.
fn search(entries: &[ReferenceEntry], sought: &str) -> Vec<ReferenceEntry> {
    let sought = sought.trim().to_lowercase();
    let rank = |entry: &ReferenceEntry| {
        let name = entry.name.to_lowercase();
        let last = name.rsplit('.').next().unwrap_or_default();
        match () {
            () if sought.is_empty() => Some(0),
            () if last == sought || name == sought => Some(0),
            () if last.starts_with(&sought) => Some(1),
            () if name.contains(&sought) => Some(2),
            () if entry.about.to_lowercase().contains(&sought) || entry.signature.to_lowercase().contains(&sought) => {
                Some(3)
            }
            () => None,
        }
    };
    let mut found: Vec<(u8, &ReferenceEntry)> =
        entries.iter().filter_map(|entry| Some((rank(entry)?, entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(MOST).map(|(_, entry)| entry.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, about: &str) -> ReferenceEntry {
        ReferenceEntry {
            name: name.to_owned(),
            section: String::new(),
            signature: String::new(),
            about: about.to_owned(),
            example: String::new(),
        }
    }

    #[test]
    fn the_same_name_comes_first() {
        let entries =
            [entry("Member.id", "passed on"), entry("passedBy", ""), entry("passed", ""), entry("Moment", "")];
        let found: Vec<String> = search(&entries, "Passed").into_iter().map(|entry| entry.name).collect();
        assert_eq!(found, ["passed", "passedBy", "Member.id"]);
        assert_eq!(search(&entries, "").len(), 4);
    }
}
