//! Source with its colours and line numbers, and differences.

use leptos::prelude::*;

use crate::{
    api::policy::{Change, DiffLine},
    highlight::{Ink, Line, lines},
};

/// JavaScript in a region that can be scrolled with the keyboard.
pub fn code_block(source: &str, label: String, marked_line: Option<u32>) -> AnyView {
    let rows = lines(source)
        .into_iter()
        .zip(1_u32..)
        .map(|(line, n)| {
            let class = if Some(n) == marked_line { "ln here" } else { "ln" };
            view! {
                <span class=class data-n=n.to_string()>
                    {pieces(line)}
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="code scroll-x" tabindex="0" role="region" aria-label=label>
            <pre>
                <code>{rows}</code>
            </pre>
        </div>
    }
    .into_any()
}

/// What changed between two versions, line by line.
pub fn diff_block(changes: &[DiffLine], label: String) -> AnyView {
    let rows = changes
        .iter()
        .map(|line| {
            let (class, sign, word) = match line.change {
                Change::Kept => ("ln", " ", ""),
                Change::Added => ("ln add", "+", "added: "),
                Change::Removed => ("ln del", "−", "removed: "),
            };
            let coloured = lines(&line.text).into_iter().next().unwrap_or_default();
            view! {
                <span class=class data-n=sign>
                    {(!word.is_empty()).then(|| view! { <span class="visually-hidden">{word}</span> })}
                    {pieces(coloured)}
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="code diff panel scroll-x" tabindex="0" role="region" aria-label=label>
            <code>{rows}</code>
        </div>
    }
    .into_any()
}

/// The coloured pieces of a line.
fn pieces(line: Line) -> impl IntoView {
    if line.is_empty() {
        // An empty line still has a height.
        return "\u{200b}".into_any();
    }
    line.into_iter()
        .map(|(ink, text)| match ink {
            Ink::Plain => text.into_any(),
            ink => view! { <span class=ink.class()>{text}</span> }.into_any(),
        })
        .collect_view()
        .into_any()
}
