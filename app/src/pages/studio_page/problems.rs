//! What is wrong with the source: what the editor's TypeScript found, and what the server found besides.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use types::simulation::Severity;

use super::bench::{Bench, word_of};
use crate::{
    api::trial::lint,
    components::{icon::icon, trial::result::place_link},
    format,
};

/// How long nothing must change before the server is asked.
const PAUSE: Duration = Duration::from_millis(500);

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    at: (u32, u32),
    is_error: bool,
    message: String,
    remedy: String,
    code: String,
}

/// Asks the server to look at the source whenever its author pauses.
pub fn keep_looking(bench: Bench) {
    let slug = bench.slug();
    let look = Action::new(move |source: &String| {
        let (slug, source) = (slug.clone(), source.clone());
        async move { (source.clone(), lint(slug, source).await) }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        waiting.try_update_value(|waiting| waiting.take().map(|handle| handle.clear()));
    };
    let may_try = bench.view.with_value(|view| view.may_try);
    Effect::new(move |_| {
        let source = bench.editor.text.get();
        stop();
        if may_try
            && let Ok(handle) = set_timeout_with_handle(
                move || {
                    look.dispatch(source);
                },
                PAUSE,
            )
        {
            waiting.set_value(Some(handle));
        }
    });
    Effect::new(move |_| {
        if let Some((source, Ok(found))) = look.value().get()
            && bench.editor.text.with_untracked(|now| *now == source)
        {
            bench.found.set(found);
        }
    });
    on_cleanup(stop);
}

/// The list, under the source.
pub fn list(bench: Bench) -> AnyView {
    let lines = Memo::new(move |_| lines(bench));
    let count = move || match lines.with(Vec::len) {
        0 => "nothing found".to_owned(),
        n => format::count(i64::try_from(n).unwrap_or(0), "thing"),
    };
    let items = move || lines.get().into_iter().map(|line| item(bench, line)).collect_view();
    view! {
        <section class="problems" aria-labelledby="problems">
            <h3 class="small" id="problems">
                "To look at " <span class="muted count-words">{count}</span>
            </h3>
            <ul class="checks">{items}</ul>
        </section>
    }
    .into_any()
}

fn item(bench: Bench, line: Line) -> AnyView {
    let (tone, sign, word) =
        if line.is_error { ("failed", "circle-x", "Error: ") } else { ("held", "triangle-alert", "Warning: ") };
    let place = place_link(line.at.0, line.at.1, Some(bench.go_to()));
    let at = format!(", column {}", line.at.1);
    view! {
        <li>
            <span class=format!("tone {tone}")>{icon(sign)}</span>
            <span>
                <span class="visually-hidden">{word}</span>
                {line.message}
                " "
                {(!line.remedy.is_empty()).then(|| view! { <b>{line.remedy}</b> " " })}
                {place}
                <span class="tiny subtle">{at}</span>
            </span>
        </li>
    }
    .into_any()
}

/// Everything that was found, by place; what both found is told once.
fn lines(bench: Bench) -> Vec<Line> {
    let mut lines: Vec<Line> = bench.found.with(|found| {
        found
            .iter()
            .filter(|finding| finding.severity != Severity::Hint)
            .map(|finding| Line {
                at: (finding.place.line.max(1), finding.place.column.max(1)),
                is_error: finding.severity == Severity::Error,
                message: sentence(&finding.message),
                remedy: sentence(&finding.remedy),
                code: word_of(finding),
            })
            .collect()
    });
    bench.editor.problems.with(|problems| {
        for problem in problems {
            let at = (problem.line, problem.column);
            // TypeScript's place is the finer one, and its sentence knows the types.
            lines.retain(|line| line.at.0 != at.0 || !says_the_same(&line.code));
            lines.push(Line {
                at,
                is_error: problem.severity == "error",
                message: sentence(&problem.message),
                remedy: problem.remedy.clone(),
                code: String::new(),
            });
        }
    });
    lines.sort();
    lines.dedup();
    lines
}

/// Rules of the server's that TypeScript has, too.
fn says_the_same(code: &str) -> bool {
    matches!(code, "syntax" | "unknown-name" | "misspelt-verdict" | "missing-type")
}

/// With a capital at its start and a full stop at its end.
fn sentence(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = crate::components::trial::result::sentence(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
