//! Who attempts what, in which draw: the first half of a trial's controls.

use leptos::prelude::*;

use super::events::Events;
use super::state::{TrialState, example_of};
use crate::{
    api::action::{ActionFormView, FieldKind, FieldView, action_form},
    components::icon::icon,
};

/// Everything that can be set about a trial.
#[component]
pub fn ScenarioForm(
    /// The trial.
    trial: TrialState,
    /// Action types that the policy governs: offered first.
    #[prop(into)]
    governed: Signal<Vec<String>>,
) -> impl IntoView {
    load_fields(trial);
    follow_what_is_governed(trial, governed);
    view! {
        <div class="stack gap-4 scenario">
            {who(trial)} {what(trial, governed)} {payload(trial)} <Events trial=trial /> {seed(trial)} {length_of_it(trial)}
            <label class="check small">
                <input type="checkbox" prop:checked=trial.with_others on:change:target=move |event| trial.with_others.set(event.target().checked()) />
                <span>"Ask the community's other policies too"</span>
            </label>
        </div>
    }
}

/// Tries something that the policy governs, as soon as it governs something and not what is tried.
fn follow_what_is_governed(trial: TrialState, governed: Signal<Vec<String>>) {
    Effect::new(move |_| {
        let patterns = governed.get();
        let is_governed = |kind: &str| patterns.iter().any(|pattern| covers(pattern, kind));
        if patterns.is_empty() || is_governed(&trial.kind.get_untracked()) {
            return;
        }
        let first = trial.cast.with_value(|cast| {
            cast.kinds.iter().find(|kind| !kind.is_family && is_governed(&kind.value)).map(|kind| kind.value.clone())
        });
        if let Some(kind) = first {
            trial.fields.set(Vec::new());
            trial.values.set(std::collections::BTreeMap::new());
            trial.kind.set(kind);
        }
    });
}

/// Loads the fields of the chosen type, and fills in what nobody has filled in.
fn load_fields(trial: TrialState) {
    let slug = trial.cast.with_value(|cast| cast.slug.clone());
    let form = LocalResource::new(move || {
        let (slug, kind) = (slug.clone(), trial.kind.get());
        async move { if kind.is_empty() { None } else { action_form(slug, kind, None).await.ok() } }
    });
    Effect::new(move |_| {
        let Some(Some(form)) = form.get() else { return };
        // A slow answer to an older question is none.
        if form.action_type == trial.kind.get_untracked() {
            fill(trial, form);
        }
    });
}

fn fill(trial: TrialState, form: ActionFormView) {
    trial.values.update(|values| {
        values.retain(|name, _| form.fields.iter().any(|field| field.name == *name));
        for field in &form.fields {
            let has_choice = field.options.is_empty()
                || values.get(&field.name).is_some_and(|value| {
                    value.lines().all(|value| field.options.iter().any(|option| option.value == value))
                });
            let is_filled = values.get(&field.name).is_some_and(|value| !value.is_empty());
            if !is_filled || !has_choice {
                values.insert(field.name.clone(), example_of(field));
            }
        }
    });
    trial.fields.set(form.fields);
}

fn who(trial: TrialState) -> AnyView {
    let options = trial.cast.with_value(|cast| {
        cast.members
            .iter()
            .map(|member| {
                let handle = member.person.handle.clone();
                let is_chosen = {
                    let handle = handle.clone();
                    move || trial.initiator.get() == handle
                };
                let roles =
                    if member.roles.is_empty() { String::new() } else { format!(", {}", member.roles.join(", ")) };
                view! {
                    <option value=handle selected=is_chosen>
                        {format!("{}{roles}", member.person.name)}
                    </option>
                }
            })
            .collect_view()
    });
    view! {
        <div class="field">
            <label for="trial-who">"Who"</label>
            <select
                class="input small"
                id="trial-who"
                prop:value=trial.initiator
                on:change:target=move |event| trial.initiator.set(event.target().value())
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn what(trial: TrialState, governed: Signal<Vec<String>>) -> AnyView {
    let kinds = trial.cast.with_value(|cast| {
        cast.kinds
            .iter()
            .filter(|kind| !kind.is_family)
            .map(|kind| (kind.value.clone(), kind.label.clone()))
            .collect::<Vec<_>>()
    });
    let option = move |(value, label): (String, String)| {
        let is_chosen = {
            let value = value.clone();
            move || trial.kind.get() == value
        };
        view! {
            <option value=value selected=is_chosen>
                {label}
            </option>
        }
    };
    let groups = move || {
        let patterns = governed.get();
        let is_governed = |value: &str| patterns.iter().any(|pattern| covers(pattern, value));
        let (first, rest): (Vec<_>, Vec<_>) = kinds.iter().cloned().partition(|(value, _)| is_governed(value));
        view! {
            <optgroup label="What the policy governs">{first.into_iter().map(option).collect_view()}</optgroup>
            <optgroup label="What it does not govern">{rest.into_iter().map(option).collect_view()}</optgroup>
        }
    };
    view! {
        <div class="field">
            <label for="trial-what">"Attempts to"</label>
            <select
                class="input small"
                id="trial-what"
                prop:value=trial.kind
                on:change:target=move |event| {
                    trial.fields.set(Vec::new());
                    trial.values.set(std::collections::BTreeMap::new());
                    trial.kind.set(event.target().value());
                }
            >
                {groups}
            </select>
        </div>
    }
    .into_any()
}

/// Whether a pattern of a policy covers an action type.
#[must_use]
pub fn covers(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(family) => kind.starts_with(family),
        None => pattern == kind,
    }
}

/// The fields of what is attempted.
fn payload(trial: TrialState) -> AnyView {
    let fields = move || trial.fields.get().into_iter().map(|field| one(trial, field)).collect_view();
    view! { <div class="stack gap-3 trial-payload">{fields}</div> }.into_any()
}

fn one(trial: TrialState, field: FieldView) -> AnyView {
    let (id, name) = (format!("trial-{}", field.name), field.name.clone());
    let now = {
        let name = name.clone();
        move || trial.values.with(|values| values.get(&name).cloned().unwrap_or_default())
    };
    let set = {
        let name = name.clone();
        move |value: String| {
            trial.values.update(|values| {
                values.insert(name.clone(), value);
            })
        }
    };
    let label = if field.required { field.label.clone() } else { format!("{} (optional)", field.label) };
    if !field.required && field.kind != FieldKind::Toggle && field.value.is_empty() {
        // What may be left out is left out until somebody asks for it.
        return view! { <details class="optional-field"><summary class="tiny">{label.clone()}</summary>{control(field, id, label, now, set)}</details> }
            .into_any();
    }
    view! {
        <div class="field">
            <label for=id.clone()>{label.clone()}</label>
            {control(field, id, label, now, set)}
        </div>
    }
    .into_any()
}

fn control(
    field: FieldView,
    id: String,
    label: String,
    now: impl Fn() -> String + Clone + Send + Sync + 'static,
    set: impl Fn(String) + Clone + Send + Sync + 'static,
) -> AnyView {
    match field.kind {
        FieldKind::Select => {
            let options = field.options.into_iter().map(|option| {
                let is_chosen = { let (now, value) = (now.clone(), option.value.clone()); move || now() == value };
                view! {
                    <option value=option.value selected=is_chosen>
                        {option.label}
                    </option>
                }
            });
            let empty = (!field.required).then(|| view! { <option value="">"–"</option> });
            view! {
                <select class="input small" id=id aria-label=label on:change:target=move |event| set(event.target().value())>
                    {empty}
                    {options.collect_view()}
                </select>
            }
            .into_any()
        }
        FieldKind::Checks => {
            let options = field.options.into_iter().map(|option| {
                let value = option.value.clone();
                let is_on = { let (now, value) = (now.clone(), value.clone()); move || now().lines().any(|line| line == value) };
                let (now, set) = (now.clone(), set.clone());
                let change = move |on: bool| {
                    let now = untrack(&now);
                    let mut lines: Vec<&str> = now.lines().filter(|line| *line != value).collect();
                    if on {
                        lines.push(&value);
                    }
                    set(lines.join("\n"));
                };
                view! {
                    <label class="check small">
                        <input type="checkbox" prop:checked=is_on on:change:target=move |event| change(event.target().checked()) />
                        <span>{option.label}</span>
                    </label>
                }
            });
            view! {
                <div class="checks-list" role="group" id=id aria-label=label>
                    {options.collect_view()}
                </div>
            }
            .into_any()
        }
        FieldKind::Toggle => {
            let is_on = move || now() == "true";
            view! { <input type="checkbox" id=id aria-label=label prop:checked=is_on on:change:target=move |event| set(if event.target().checked() { "true".to_owned() } else { String::new() }) /> }
                .into_any()
        }
        FieldKind::Text | FieldKind::Json | FieldKind::Lines | FieldKind::Source => {
            view! {
                <textarea class="input small" rows="3" id=id aria-label=label prop:value=now on:change:target=move |event| set(event.target().value())></textarea>
            }
            .into_any()
        }
        FieldKind::Line | FieldKind::Number => {
            let kind = if field.kind == FieldKind::Number { "number" } else { "text" };
            view! { <input class="input small" type=kind id=id aria-label=label prop:value=now on:change:target=move |event| set(event.target().value()) /> }
                .into_any()
        }
    }
}

fn seed(trial: TrialState) -> AnyView {
    let roll = move |_| trial.seed.update(|seed| *seed = next_seed(*seed));
    view! {
        <div class="field">
            <label for="trial-seed">"Draw number"</label>
            <div class="row nowrap gap-2">
                <input
                    class="input small"
                    id="trial-seed"
                    inputmode="numeric"
                    aria-describedby="trial-seed-help"
                    prop:value=move || trial.seed.get().to_string()
                    on:change:target=move |event| {
                        if let Ok(seed) = event.target().value().trim().parse() {
                            trial.seed.set(seed);
                        }
                    }
                />
                <button class="button small icon-only" type="button" aria-label="Draw again" on:click=roll>
                    {icon("dices")}
                </button>
            </div>
            <p class="hint tiny" id="trial-seed-help">
                "The same number draws the same people."
            </p>
        </div>
    }
    .into_any()
}

/// Another number, far from the one before: the steps of a linear congruential generator (Knuth, MMIX), cut to what reads well.
const fn next_seed(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 44
}

fn length_of_it(trial: TrialState) -> AnyView {
    let options = [
        ("", "until it is decided, or 30 days"),
        ("3600", "1 hour"),
        ("86400", "1 day"),
        ("259200", "3 days"),
        ("604800", "1 week"),
        ("31536000", "1 year"),
    ];
    let now = move || trial.until.get().map(|seconds| seconds.to_string()).unwrap_or_default();
    let options = options
        .into_iter()
        .map(|(value, label)| {
            view! {
                <option value=value selected=move || now() == value>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="trial-until">"For how long"</label>
            <select class="input small" id="trial-until" on:change:target=move |event| trial.until.set(event.target().value().parse().ok())>
                {options}
            </select>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_what_the_server_says_they_cover() {
        assert!(covers("*", "board.rename_channel"));
        assert!(covers("board.*", "board.rename_channel"));
        assert!(!covers("board.*", "boardgame.start"));
        assert!(!covers("board.set_topic", "board.rename_channel"));
    }

    #[test]
    fn drawing_again_gives_other_numbers() {
        let drawn: std::collections::BTreeSet<u64> = (0..50)
            .scan(0, |seed, _| {
                *seed = next_seed(*seed);
                Some(*seed)
            })
            .collect();
        assert_eq!(drawn.len(), 50);
    }
}
