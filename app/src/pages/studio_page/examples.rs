//! Examples: scenarios with the outcome that is expected of them. They ship with the policy, and are law.

use leptos::prelude::*;
use types::Verdict;
use types::simulation::{Example, Expectation, MAX_EXAMPLES, ScenarioInput};

use super::about::FORM;
use super::bench::Bench;
use crate::components::{icon::icon, trial::clock::word};

/// The list, and the button that makes an example of what is tried now.
pub fn examples(bench: Bench) -> AnyView {
    let names = Memo::new(move |_| {
        bench.examples.with(|examples| examples.iter().map(|example| example.name.clone()).collect::<Vec<_>>())
    });
    let lines = move || names.get().into_iter().map(|name| line(bench, name)).collect_view();
    let name = RwSignal::new(String::new());
    let wanted = RwSignal::new(None::<Verdict>);
    let now = move || bench.trial.outcome.with(|outcome| outcome.as_ref().map(|outcome| outcome.verdict));
    let may_save = move || !name.with(|name| name.trim().is_empty()) && now().is_some();
    let save = move |_| {
        let (Some(verdict), true) = (wanted.get_untracked().or_else(|| untrack(now)), untrack(may_save)) else {
            return;
        };
        pin(bench, name.get_untracked().trim(), &untrack(|| bench.trial.scenario()), verdict);
        name.set(String::new());
        wanted.set(None);
    };
    let choice = move |verdict: Verdict| {
        view! {
            <option value=verdict.as_str() selected=move || wanted.get().or_else(now) == Some(verdict)>
                {word(verdict)}
            </option>
        }
    };
    let json = move || serde_json::to_string(&bench.examples.get()).unwrap_or_default();
    view! {
        <section class="panel" aria-labelledby="examples">
            <header>
                <h2 id="examples">"Examples that must hold"</h2>
            </header>
            <div class="body stack gap-4">
                <input type="hidden" name="fields[examples]" form=FORM prop:value=json value=json />
                <p class="small muted">
                    "They are played when it is proposed and again before it comes into force. One that fails keeps it out."
                </p>
                <ul class="would small">{lines}</ul>
                <div class="row gap-2 script-only example-form">
                    <label class="small" for="example-name">
                        "What is tried now, as"
                    </label>
                    <input
                        class="input small"
                        id="example-name"
                        type="text"
                        maxlength="120"
                        placeholder="such as: a tie fails"
                        prop:value=name
                        on:input:target=move |event| name.set(event.target().value())
                    />
                    <label class="small" for="example-verdict">
                        "is expected to be"
                    </label>
                    <select
                        class="input small"
                        id="example-verdict"
                        on:change:target=move |event| wanted.set([Verdict::Passed, Verdict::Failed, Verdict::Proposed].into_iter().find(|verdict| verdict.as_str() == event.target().value()))
                    >
                        {choice(Verdict::Passed)}
                        {choice(Verdict::Failed)}
                        {choice(Verdict::Proposed)}
                    </select>
                    <button class="button small" type="button" aria-disabled=move || (!may_save()).then_some("true") on:click=save>
                        {icon("bookmark")}
                        "Save as example"
                    </button>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn line(bench: Bench, name: String) -> AnyView {
    let find = {
        let name = name.clone();
        move || bench.examples.with_untracked(|examples| examples.iter().find(|example| example.name == name).cloned())
    };
    let expected = find().map(|example| word(example.expect.verdict)).unwrap_or_default();
    let open = move |_| {
        if let Some(example) = find() {
            bench.trial.open(&example.scenario);
        }
    };
    let gone = name.clone();
    let words = format!("{name}: {expected}");
    view! {
        <li>
            {icon("bookmark")}
            <span>
                {words} " "
                <button class="link-button" type="button" on:click=open>
                    "Try it"
                </button>
                " "
                <button class="link-button" type="button" on:click=move |_| bench.examples.update(|examples| examples.retain(|example| example.name != gone))>
                    "Take it away"
                </button>
            </span>
        </li>
    }
    .into_any()
}

/// Adds an example, or replaces the one of that name.
pub fn pin(bench: Bench, name: &str, scenario: &ScenarioInput, verdict: Verdict) {
    let expect = Expectation { verdict, reason_contains: None, effects: Vec::new(), by_seconds: None };
    let example = Example { name: name.to_owned(), scenario: scenario.clone(), expect };
    bench.examples.update(|examples| {
        examples.retain(|known| known.name != example.name);
        if examples.len() < MAX_EXAMPLES {
            examples.push(example);
        }
    });
}
