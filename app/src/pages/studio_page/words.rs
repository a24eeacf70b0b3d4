//! The policy in plain words: what its author says it does, and what each function says.

use leptos::prelude::*;

use super::bench::Bench;
use super::outline::{comment_before, outline};
use crate::builder::Sheet;

/// The view in plain words.
pub fn plain_words(bench: Bench) -> AnyView {
    let description = move || {
        match bench.description.get() {
        text if text.trim().is_empty() => view! { <p class="muted">"Nobody has said yet in plain words what it does. Voters read this first: write it under “About it”."</p> }.into_any(),
        text => view! { <p class="voice">{text}</p> }.into_any(),
    }
    };
    let steps = move || {
        bench.editor.text.with(|source| {
            let told = outline(source).into_iter().filter(|entry| entry.is_step);
            told.map(|entry| {
                let comment = comment_before(source, entry.line);
                let words = if comment.is_empty() { of_step(&entry.name).to_owned() } else { comment };
                view! {
                    <li>
                        <b>{entry.name}</b>
                        <p>{words}</p>
                    </li>
                }
            })
            .collect_view()
        })
    };
    let says = move || bench.editor.text.with(|text| Sheet::read(text).sentence());
    view! {
        <div class="source-words stack gap-4">
            {description}
            <p>{says}</p>
            <ol class="steps">{steps}</ol>
        </div>
    }
    .into_any()
}

/// What a function is for.
fn of_step(name: &str) -> &'static str {
    match name {
        "filter" => "Says which of the attempts are its business.",
        "initialize" => "Begins the procedure: whom it asks, and what it remembers.",
        "check" => "Decides.",
        "notify" => "Tells those who must know that something is open.",
        "pass" => "What happens when it decided in favour.",
        _ => "What happens when it decided against.",
    }
}
