//! The last step: what must be in order first, and the form that makes a proposal of the draft.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use types::simulation::{CheckLine, CheckState};

use super::about::FORM;
use super::bench::Bench;
use crate::{
    api::{action::ProposeAction, studio::Draft, trial::check_policy},
    components::{
        icon::icon,
        notice::{Status, error_callout},
        trial::result::place_link,
    },
    difference, format,
};

/// How long nothing must change before the checks are made again: they play every example.
const PAUSE: Duration = Duration::from_millis(1200);

/// The checks and the form.
pub fn propose(bench: Bench) -> AnyView {
    let (slug, key, base, may_propose) = bench
        .view
        .with_value(|view| (view.slug.clone(), view.attempt_key.clone(), view.base.clone(), view.may_propose));
    keep_checking(bench);
    let action = ServerAction::<ProposeAction>::new();
    let pending = action.pending();
    let refused = move || match action.value().get() {
        Some(Err(error)) => Some(error_callout(&error)),
        _ => None,
    };
    let action_type = if base.is_some() { "constitution.change_policy" } else { "constitution.add_policy" };
    let policy =
        base.as_ref().map(|base| view! { <input type="hidden" name="fields[policy]" value=base.name.clone() /> });
    let button = if base.is_some() { "Propose this change" } else { "Propose this policy" };
    let summary = move || summary(bench).into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let form = may_propose.then(|| {
        view! {
            <ActionForm action=action attr:id=FORM attr:class="propose-form">
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="action_type" value=action_type />
                <input type="hidden" name="key" value=key />
                {policy}
                <button class="button primary large" type="submit" aria-disabled=move || pending.get().then_some("true")>
                    {button}
                </button>
                <p class="small muted">"It becomes a proposal, decided by the policies in force. You go to its page."</p>
            </ActionForm>
        }
    });
    let no_form =
        (!may_propose).then(|| view! { <p class="muted">"Your roles do not allow you to propose policies here."</p> });
    view! {
        <section class="panel" aria-labelledby="propose">
            <header>
                <h2 id="propose">"Before you propose it"</h2>
            </header>
            <div class="body stack gap-5">
                {checks(bench)}
                <div>
                    <h3>"In short"</h3>
                    <ul class="summary">{summary}</ul>
                </div>
                <Status>{refused()}</Status>
                {form} {no_form}
            </div>
        </section>
    }
    .into_any()
}

/// Has the server look at everything whenever the author pauses.
fn keep_checking(bench: Bench) {
    let slug = bench.slug();
    let check = Action::new(move |draft: &Draft| {
        let (slug, draft) = (slug.clone(), draft.clone());
        async move { check_policy(slug, draft.policy, draft.to_policy(), draft.examples).await }
    });
    let draft = Memo::new(move |_| Draft { scenario: Draft::default().scenario, ..bench.draft() });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        waiting.try_update_value(|waiting| waiting.take().map(|handle| handle.clear()));
    };
    let may_try = bench.view.with_value(|view| view.may_try);
    Effect::new(move |_| {
        let draft = draft.get();
        stop();
        let is_whole = !draft.action_types.is_empty() && bench.settings_problem().is_none();
        if may_try
            && is_whole
            && let Ok(handle) = set_timeout_with_handle(
                move || {
                    check.dispatch(draft);
                },
                PAUSE,
            )
        {
            waiting.set_value(Some(handle));
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(checks)) = check.value().get() {
            bench.checks.set(checks);
        }
    });
    on_cleanup(stop);
}

/// The checks, each passed, to read, or failed; with the way to what it is about.
fn checks(bench: Bench) -> AnyView {
    let count = move || {
        bench.checks.with(|checks| {
            let n = |state| checks.iter().filter(|check| check.state == state).count();
            let (passed, warned, failed) = (n(CheckState::Passed), n(CheckState::Warning), n(CheckState::Failed));
            if checks.is_empty() {
                String::new()
            } else {
                format!("{passed} passed, {warned} to read, {failed} failed")
            }
        })
    };
    let items = move || {
        let mut checks = bench.checks.get();
        checks.sort_by_key(|check| std::cmp::Reverse(check.state));
        let types = type_check(bench);
        types.into_iter().chain(checks).map(|check| item(bench, check)).collect_view()
    };
    view! {
        <div aria-live="polite">
            <h3>
                "Checks " <span class="muted count-words">{count}</span>
            </h3>
            <ul class="checks">{items}</ul>
        </div>
    }
    .into_any()
}

/// The check that only the editor can make.
fn type_check(bench: Bench) -> Option<CheckLine> {
    if !bench.editor.is_rich.get() {
        return None;
    }
    let errors =
        bench.editor.problems.with(|problems| problems.iter().filter(|problem| problem.severity == "error").count());
    let (state, sentence) = match errors {
        0 => (CheckState::Passed, "Every name and type is one that the policy language knows.".to_owned()),
        n => (
            CheckState::Warning,
            format!("The editor found {} in the types.", format::count(i64::try_from(n).unwrap_or(0), "mistake")),
        ),
    };
    Some(CheckLine {
        code: "types".to_owned(),
        title: "Types".to_owned(),
        state,
        sentence,
        place: None,
        field: Some("source".to_owned()),
        remedy: String::new(),
        details: Vec::new(),
    })
}

fn item(bench: Bench, check: CheckLine) -> AnyView {
    let (tone, sign, word) = match check.state {
        CheckState::Passed => ("passed", "check", "Passed: "),
        CheckState::Warning => ("held", "triangle-alert", "To read: "),
        CheckState::Failed => ("failed", "circle-x", "Failed: "),
    };
    let place = check.place.and_then(|place| place_link(place.line, place.column, Some(bench.go_to())));
    let field =
        check.field.as_deref().and_then(anchor).filter(|_| check.state != CheckState::Passed && place.is_none());
    let link = field.map(|href| view! { <a href=href>"Go there"</a> });
    let details = (!check.details.is_empty()).then(|| {
        let lines = check.details.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
        view! { <ul class="small">{lines}</ul> }
    });
    view! {
        <li>
            <span class=format!("tone {tone}")>{icon(sign)}</span>
            <div>
                <b>
                    <span class="visually-hidden">{word}</span>
                    {check.title}
                    ". "
                </b>
                {check.sentence}
                " "
                {check.remedy}
                " "
                {place}
                {link}
                {details}
            </div>
        </li>
    }
    .into_any()
}

/// Where the field that a check is about stands on this page.
fn anchor(field: &str) -> Option<&'static str> {
    match field {
        "source" => Some("#the-policy"),
        "description" => Some("#about-description"),
        "name" => Some("#about-name"),
        "powers" | "action_types" | "layer" | "kind" => Some("#about-it"),
        "settings" => Some("#about-settings"),
        "http_hosts" => Some("#about-hosts"),
        _ => None,
    }
}

/// What the proposal says, in sentences.
fn summary(bench: Bench) -> Vec<String> {
    use crate::api::policy::Change;

    let draft = bench.draft();
    let view = bench.view.get_value();
    let words = |value: &String| {
        view.kinds
            .iter()
            .find(|kind| kind.value == *value)
            .map_or_else(|| value.clone(), |kind| kind.label.to_lowercase())
    };
    let governs = draft.action_types.iter().map(words).collect::<Vec<_>>().join(", ");
    let Some(base) = &view.base else {
        let begins = match draft.enforcement {
            types::Enforcement::Off => "It begins switched off.",
            types::Enforcement::Shadow => "It begins on trial: it decides and records, and nothing is done.",
            types::Enforcement::Warn => "It begins by saying what it would have done.",
            types::Enforcement::Enforced => "It is in force as soon as it is adopted.",
        };
        let governs = if governs.is_empty() {
            "So far it governs nothing.".to_owned()
        } else {
            format!("It governs: {governs}.")
        };
        return vec![governs, begins.to_owned()];
    };
    let mut lines = Vec::new();
    if draft.name != base.name {
        lines.push(format!("It is called “{}” from now on, no longer “{}”.", draft.name, base.name));
    }
    let changes = difference::lines(&base.source, &draft.source);
    let n = |change| i64::try_from(changes.iter().filter(|line| line.change == change).count()).unwrap_or(0);
    let (came, went) = (n(Change::Added), n(Change::Removed));
    lines.push(match (came, went) {
        (0, 0) => "The source stays as it is.".to_owned(),
        (came, went) => {
            format!("{} of the source come, {} go.", format::count(came, "line"), format::count(went, "line"))
        }
    });
    if draft.action_types != view.draft.action_types {
        lines.push(format!("It governs from now on: {governs}."));
    }
    if draft.powers != view.draft.powers && !(view.draft.powers.is_empty() && bench.has_usual_powers()) {
        lines.push("What it may do changes.".to_owned());
    }
    if draft.settings != view.draft.settings {
        lines.push("Its settings change.".to_owned());
    }
    lines
}
