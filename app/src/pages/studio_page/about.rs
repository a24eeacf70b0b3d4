//! Everything about a policy besides its source: fields of the same form that proposes it.

use leptos::prelude::*;
use types::effect::Power;
use types::{Enforcement, Layer, OnError, PolicyKind};

use super::bench::Bench;

/// The name of the form that these fields belong to, wherever they stand.
pub const FORM: &str = "proposal";

/// The fields.
pub fn about(bench: Bench) -> AnyView {
    let is_change = bench.is_change();
    view! {
        <section class="panel" aria-labelledby="about-it">
            <header>
                <h2 id="about-it">"About it"</h2>
            </header>
            <div class="body about-fields">
                <div class="stack gap-5">{name(bench)} {description(bench)} {governs(bench)}</div>
                <div class="stack gap-5">
                    {powers(bench)} {(!is_change).then(|| standing(bench))} {is_change.then(|| changeover(bench))} {settings(bench)}
                    {hosts(bench)}
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn name(bench: Bench) -> AnyView {
    let initial = bench.name.get_untracked();
    view! {
        <div class="field">
            <label for="about-name">"Name"</label>
            <input
                class="input"
                type="text"
                id="about-name"
                name="fields[name]"
                form=FORM
                required=true
                maxlength="120"
                readonly=!bench.may_edit()
                value=initial
                prop:value=bench.name
                on:input:target=move |event| bench.name.set(event.target().value())
            />
        </div>
    }
    .into_any()
}

fn description(bench: Bench) -> AnyView {
    let initial = bench.description.get_untracked();
    view! {
        <div class="field">
            <label for="about-description">"What it does, in plain words"</label>
            <textarea
                class="input"
                id="about-description"
                name="fields[description]"
                form=FORM
                rows="3"
                readonly=!bench.may_edit()
                aria-describedby="about-description-help"
                prop:value=bench.description
                on:input:target=move |event| bench.description.set(event.target().value())
            >
                {initial}
            </textarea>
            <p class="hint" id="about-description-help">
                "Voters read this first."
            </p>
        </div>
    }
    .into_any()
}

/// What it governs: the layer, and the types of it.
fn governs(bench: Bench) -> AnyView {
    let is_change = bench.is_change();
    let layer = move |layer: Layer, words: &'static str| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="fields[layer]"
                    form=FORM
                    value=wire(&layer)
                    checked=bench.layer.get_untracked() == layer
                    prop:checked=move || bench.layer.get() == layer
                    on:change=move |_| {
                        bench.layer.set(layer);
                        // Nothing of the other layer can be governed.
                        bench.action_types.set(Vec::new());
                    }
                />
                <span>{words}</span>
            </label>
        }
    };
    let layers = (!is_change).then(|| {
        view! {
            <fieldset class="field">
                <legend class="label">"Layer"</legend>
                {layer(Layer::Platform, "Everyday life: messages, channels, members")}
                {layer(Layer::Constitution, "The government itself: policies, roles, documents")}
            </fieldset>
            {kind(bench)}
        }
    });
    let kinds = move || {
        let now = bench.layer.get();
        let kinds = bench.view.with_value(|view| view.kinds.clone());
        kinds
            .into_iter()
            .filter(|kind| kind.layer == now || kind.value == "*")
            .map(|kind| {
                let value = kind.value.clone();
                let is_on = {
                    let value = value.clone();
                    move || bench.action_types.with(|types| types.contains(&value))
                };
                let initial = untrack(&is_on);
                let change = {
                    let value = value.clone();
                    move |on: bool| {
                        bench.action_types.update(|types| {
                            types.retain(|one| *one != value);
                            if on {
                                types.push(value.clone());
                            }
                        })
                    }
                };
                view! {
                    <label class="check small">
                        <input
                            type="checkbox"
                            name="lists[action_types][]"
                            form=FORM
                            value=value
                            checked=initial
                            prop:checked=is_on
                            on:change:target=move |event| change(event.target().checked())
                        />
                        <span>{kind.label}</span>
                    </label>
                }
            })
            .collect_view()
    };
    let nothing = move || {
        bench
            .action_types
            .with(Vec::is_empty)
            .then(|| view! { <p class="error">"Choose at least one: so far it governs nothing."</p> })
    };
    view! {
        {layers}
        <fieldset class="field">
            <legend class="label">"It governs"</legend>
            {nothing}
            <div class="checks-grid kinds-grid">{kinds}</div>
        </fieldset>
    }
    .into_any()
}

fn kind(bench: Bench) -> AnyView {
    let choice = move |kind: PolicyKind, words: &'static str| {
        view! {
            <option value=wire(&kind) selected=move || bench.kind.get() == kind>
                {words}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="about-kind">"It"</label>
            <select
                class="input"
                id="about-kind"
                name="fields[kind]"
                form=FORM
                on:change:target=move |event| bench.kind.set(unwire(&event.target().value()).unwrap_or_default())
            >
                {choice(PolicyKind::Governing, "decides whether it may happen")}
                {choice(PolicyKind::Reacting, "answers to what has happened, and holds nothing up")}
            </select>
        </div>
    }
    .into_any()
}

/// What its effects may be.
fn powers(bench: Bench) -> AnyView {
    let power = move |power: Power| {
        let words = match power {
            Power::Execute => "Carry out what it decides on",
            Power::Revert => "Undo what it decides on",
            Power::Ask => "Ask members to vote, and remind them",
            Power::Notify => "Message members",
            Power::Announce => "Post in channels",
            Power::Roles => "Change who holds a role",
            Power::Propose => "Propose further actions",
            Power::Http => "Ask other web sites",
        };
        view! {
            <label class="check small">
                <input
                    type="checkbox"
                    name="lists[powers][]"
                    form=FORM
                    value=wire(&power)
                    checked=bench.powers.with_untracked(|powers| powers.contains(&power))
                    prop:checked=move || bench.powers.with(|powers| powers.contains(&power))
                    on:change:target=move |event| {
                        let on = event.target().checked();
                        bench.powers.update(|powers| {
                            if on { powers.insert(power) } else { powers.remove(&power) };
                        });
                    }
                />
                <span>{words}</span>
            </label>
        }
    };
    let none = move || {
        bench.powers.with(std::collections::BTreeSet::is_empty).then(|| {
            view! { <p class="error">"With nothing chosen it may do everything but ask other web sites. Choose what it needs."</p> }
        })
    };
    view! {
        <fieldset class="field">
            <legend class="label">"It may"</legend>
            {none}
            <div class="checks-grid">{Power::ALL.map(power).collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// How a new policy stands.
fn standing(bench: Bench) -> AnyView {
    let enforcement = move |value: Enforcement, words: &'static str| {
        view! {
            <option value=wire(&value) selected=move || bench.enforcement.get() == value>
                {words}
            </option>
        }
    };
    let on_error = move |value: OnError, words: &'static str| {
        view! {
            <option value=wire(&value) selected=move || bench.on_error.get() == value>
                {words}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="about-enforcement">"It begins"</label>
            <select
                class="input"
                id="about-enforcement"
                name="fields[enforcement]"
                form=FORM
                on:change:target=move |event| bench.enforcement.set(unwire(&event.target().value()).unwrap_or_default())
            >
                {enforcement(Enforcement::Shadow, "on trial: it decides and records, and nothing is done")}
                {enforcement(Enforcement::Warn, "with warnings: it says what it would have done")}
                {enforcement(Enforcement::Enforced, "in force")} {enforcement(Enforcement::Off, "switched off")}
            </select>
        </div>
        <div class="field">
            <label for="about-on-error">"When it breaks, what it was deciding"</label>
            <select
                class="input"
                id="about-on-error"
                name="fields[on_error]"
                form=FORM
                on:change:target=move |event| bench.on_error.set(unwire(&event.target().value()).unwrap_or_default())
            >
                {on_error(OnError::Hold, "waits until it works again")} {on_error(OnError::Deny, "fails")}
                {move || (bench.layer.get() == Layer::Platform).then(|| on_error(OnError::Allow, "passes"))}
            </select>
        </div>
    }
    .into_any()
}

/// What becomes of what is open under the version that is changed.
fn changeover(bench: Bench) -> AnyView {
    let value = wire(&bench.changeover.get_untracked());
    view! {
        <div>
            <input type="hidden" name="fields[changeover]" form=FORM value=value />
            <p class="small muted">"What is open now finishes under the version it began with."</p>
        </div>
    }
    .into_any()
}

fn settings(bench: Bench) -> AnyView {
    let initial = bench.settings.get_untracked();
    let problem = move || {
        bench.settings_problem().map(|problem| view! { <p class="error" id="about-settings-problem">{problem}</p> })
    };
    view! {
        <div class="field">
            <label for="about-settings">"Settings " <span class="muted optional">"(JSON, optional)"</span></label>
            <textarea
                class="input code-input"
                id="about-settings"
                name="fields[settings]"
                form=FORM
                rows="4"
                spellcheck="false"
                readonly=!bench.may_edit()
                aria-describedby="about-settings-help about-settings-problem"
                aria-invalid=move || bench.settings_problem().is_some().then_some("true")
                prop:value=bench.settings
                on:input:target=move |event| bench.settings.set(event.target().value())
            >
                {initial}
            </textarea>
            <p class="hint" id="about-settings-help">
                "What the source reads as policy.settings. A change of these needs no change of the source."
            </p>
            {problem}
        </div>
    }
    .into_any()
}

fn hosts(bench: Bench) -> AnyView {
    let initial = bench.http_hosts.get_untracked();
    let is_needed = move || bench.powers.with(|powers| powers.contains(&Power::Http));
    view! {
        <div class="field" hidden=move || !is_needed()>
            <label for="about-hosts">"Web sites it may ask, one a line"</label>
            <textarea
                class="input"
                id="about-hosts"
                name="fields[http_hosts]"
                form=FORM
                rows="2"
                readonly=!bench.may_edit()
                prop:value=bench.http_hosts
                on:input:target=move |event| bench.http_hosts.set(event.target().value())
            >
                {initial}
            </textarea>
        </div>
    }
    .into_any()
}

/// The word that a value has on the wire.
fn wire<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The value of a word on the wire.
fn unwire<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}
