//! Filling the blanks of a template, and seeing what they make: the sentence and the code.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use types::Layer;

use crate::{
    builder::{
        FieldError, Form, Template,
        templates::{Blank, BlankKind},
    },
    components::{code::code_block, icon::icon},
};

/// What stands in the blanks, by key.
pub type Values = BTreeMap<String, String>;

/// Set by every form that was sent, so that a box left empty is told from one that was never shown.
const FILLED: &str = "filled";

/// The values that an address names; the usual ones where it names none.
pub fn values(template: &Template, query: &ParamsMap) -> Values {
    let is_filled = query.get(FILLED).is_some();
    let mut values = template.usual();
    for blank in &template.blanks {
        match query.get(blank.key) {
            Some(value) => drop(values.insert(blank.key.to_owned(), value.replace("\r\n", "\n"))),
            None if is_filled && blank.kind == BlankKind::Toggle => {
                values.insert(blank.key.to_owned(), "false".to_owned());
            }
            None => {}
        }
    }
    values
}

/// The layer of the actions that a form is about.
pub fn layer(form: &Form, usual: Layer) -> Layer {
    let types = form.action_types();
    if types.iter().any(|kind| kind == "*") {
        return usual;
    }
    if types.iter().any(|kind| kind.starts_with("constitution.")) { Layer::Constitution } else { Layer::Platform }
}

/// The blanks as a form. It is sent to the same address, which then shows what it makes; with a script it shows at once.
pub fn blanks(template: &Template, values: RwSignal<Values>) -> AnyView {
    let made = made(template, values);
    let fields = template.blanks.iter().map(|blank| field(blank, values, made)).collect_view();
    view! {
        <form method="get" action="" class="card stack gap-5" aria-label="Blanks">
            <input type="hidden" name=FILLED value="1" />
            {fields}
            <div class="row">
                <button class="button" type="submit">
                    "Show what it does"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// What the blanks make, whenever one of them changes.
pub fn made(template: &Template, values: RwSignal<Values>) -> Memo<Result<Form, Vec<FieldError>>> {
    let template = template.clone();
    Memo::new(move |_| template.fill(&values.get()))
}

/// The sentence and the code.
pub fn preview(made: Memo<Result<Form, Vec<FieldError>>>) -> AnyView {
    let said = move || match made.get() {
        Ok(form) => view! { <p class="effect voice">{form.sentence()}</p> }.into_any(),
        Err(problems) => {
            let lines = problems
                .iter()
                .map(|problem| view! { <li>{format!("{} {}", problem.path, problem.says)}</li> })
                .collect_view();
            view! { <ul class="stack gap-2 small">{lines}</ul> }.into_any()
        }
    };
    let code = move || match made.get() {
        Ok(form) => code_block(&form.to_code(), "The JavaScript it makes".to_owned(), None),
        Err(_) => view! { <p class="muted small body">"Fill in what is marked to see the code."</p> }.into_any(),
    };
    view! {
        <section class="stack" aria-labelledby="says">
            <h2 id="says">"In plain words"</h2>
            <div class="panel" role="status">
                <div class="body">{said}</div>
            </div>
            <h2>"JavaScript"</h2>
            <div class="panel code-panel">{code}</div>
        </section>
    }
    .into_any()
}

/// One blank with its label, help and mistake.
fn field(blank: &Blank, values: RwSignal<Values>, made: Memo<Result<Form, Vec<FieldError>>>) -> AnyView {
    let key = blank.key;
    let id = format!("blank-{key}");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described = format!("{help_id} {error_id}");
    let problem = Memo::new(move |_| match made.get() {
        Ok(_) => None,
        Err(problems) => problems.into_iter().find(|problem| problem.path == key).map(|problem| problem.says),
    });
    let wrong = move || problem.get().is_some().then_some("true");
    let mistake = {
        let error_id = error_id.clone();
        move || {
            let error_id = error_id.clone();
            problem
                .get()
                .map(|says| view! { <p class="error" id=error_id>{icon("triangle-alert")} <span>{says}</span></p> })
        }
    };
    let help = (!blank.help.is_empty()).then(|| view! { <p class="hint" id=help_id>{blank.help}</p> });
    let control = control(blank, id.clone(), described, values, wrong);
    if blank.kind == BlankKind::Toggle {
        return view! {
            <div class="field">
                <label class="check" for=id>
                    {control} <span>{blank.label}</span>
                </label>
                {help}
            </div>
        }
        .into_any();
    }
    view! {
        <div class="field">
            <label for=id>{blank.label}</label>
            {control}
            {help}
            {mistake}
        </div>
    }
    .into_any()
}

fn control(
    blank: &Blank,
    id: String,
    described: String,
    values: RwSignal<Values>,
    wrong: impl Fn() -> Option<&'static str> + Send + Sync + 'static,
) -> AnyView {
    let key = blank.key;
    let value = values.with_untracked(|values| values.get(key).cloned().unwrap_or_default());
    let set = move |value: String| values.update(|values| drop(values.insert(key.to_owned(), value)));
    match blank.kind {
        BlankKind::Words | BlankKind::Places | BlankKind::Actions | BlankKind::Text => {
            view! {
                <textarea class="input" id=id name=key rows="3" aria-describedby=described aria-invalid=wrong on:input=move |event| set(event_target_value(&event))>
                    {value}
                </textarea>
            }
            .into_any()
        }
        BlankKind::Toggle => {
            let checked = matches!(value.as_str(), "true" | "on");
            view! {
                <input type="checkbox" id=id name=key value="true" checked=checked on:change=move |event| set(event_target_checked(&event).to_string()) />
            }
            .into_any()
        }
        BlankKind::Choice(choices) => {
            let options = choices
                .iter()
                .map(|(name, label)| view! { <option value=*name selected=value == *name>{*label}</option> })
                .collect_view();
            view! {
                <select class="input" id=id name=key aria-describedby=described on:change=move |event| set(event_target_value(&event))>
                    {options}
                </select>
            }
            .into_any()
        }
        BlankKind::Number { least, most } => {
            view! {
                <input class="input" type="number" id=id name=key value=value min=least.to_string() max=most.to_string() aria-describedby=described aria-invalid=wrong on:input=move |event| set(event_target_value(&event)) />
            }
            .into_any()
        }
        BlankKind::Length
        | BlankKind::Threshold
        | BlankKind::Turnout
        | BlankKind::Role
        | BlankKind::AnyRole
        | BlankKind::Line
        | BlankKind::Clock => {
            view! {
                <input class="input" type="text" id=id name=key value=value aria-describedby=described aria-invalid=wrong on:input=move |event| set(event_target_value(&event)) />
            }
            .into_any()
        }
    }
}
