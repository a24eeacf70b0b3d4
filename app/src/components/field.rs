//! Form fields, generated from their description.

use leptos::prelude::*;

use crate::api::action::{FieldKind, FieldView};

/// One field with its label and help. Its name on the wire is `fields[name]`, or `lists[name][]` for several values.
pub fn field(view: &FieldView) -> AnyView {
    let id = format!("field-{}", view.name);
    let help_id = format!("{id}-help");
    let described = (!view.help.is_empty()).then(|| help_id.clone());
    let help = (!view.help.is_empty()).then(|| view! { <p class="hint" id=help_id>{view.help.clone()}</p> });
    if view.kind == FieldKind::Checks {
        return checks(view, help.into_any());
    }
    if view.kind == FieldKind::Toggle {
        return view! {
            <div class="field">
                <label class="check" for=id.clone()>
                    <input type="checkbox" id=id.clone() name=format!("fields[{}]", view.name) value="true" checked=view.value == "true" aria-describedby=described />
                    <span>{view.label.clone()}</span>
                </label>
                {help}
            </div>
        }
        .into_any();
    }
    let optional = (!view.required).then(|| view! { <span class="muted optional">" (optional)"</span> });
    view! {
        <div class="field">
            <label for=id.clone()>{view.label.clone()} {optional}</label>
            {control(view, id, described)}
            {help}
        </div>
    }
    .into_any()
}

/// The control itself.
fn control(field: &FieldView, id: String, described: Option<String>) -> AnyView {
    let (name, value, required) = (format!("fields[{}]", field.name), field.value.clone(), field.required);
    match field.kind {
        FieldKind::Text | FieldKind::Json | FieldKind::Lines | FieldKind::Source => {
            let (rows, class) = match field.kind {
                FieldKind::Source => ("18", "input code-input"),
                FieldKind::Json => ("5", "input code-input"),
                FieldKind::Lines => ("3", "input"),
                _ => ("4", "input"),
            };
            let spellcheck = if class == "input" { "true" } else { "false" };
            view! {
                <textarea class=class id=id name=name rows=rows required=required aria-describedby=described spellcheck=spellcheck>
                    {value}
                </textarea>
            }
            .into_any()
        }
        FieldKind::Select => {
            let empty = (!required).then(|| view! { <option value="">"–"</option> });
            let options = field.options.iter().map(|option| {
                let is_chosen = option.value == value;
                view! {
                    <option value=option.value.clone() selected=is_chosen>
                        {option.label.clone()}
                    </option>
                }
            });
            view! {
                <select class="input" id=id name=name required=required aria-describedby=described>
                    {empty}
                    {options.collect_view()}
                </select>
            }
            .into_any()
        }
        FieldKind::Number => {
            view! { <input class="input" type="number" id=id name=name value=value required=required aria-describedby=described /> }
                .into_any()
        }
        _ => {
            view! { <input class="input" type="text" id=id name=name value=value required=required aria-describedby=described /> }
                .into_any()
        }
    }
}

/// Several of the options.
fn checks(field: &FieldView, help: AnyView) -> AnyView {
    let name = format!("lists[{}][]", field.name);
    let options = field
        .options
        .iter()
        .map(|option| {
            let is_chosen = field.value.lines().any(|chosen| chosen == option.value);
            view! {
                <label class="check">
                    <input type="checkbox" name=name.clone() value=option.value.clone() checked=is_chosen />
                    <span>{option.label.clone()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="label">{field.label.clone()}</legend>
            {help}
            <div class="checks-grid">{options}</div>
        </fieldset>
    }
    .into_any()
}

/// Fields that a form carries along unseen.
pub fn hidden<const N: usize>(fields: [(&'static str, String); N]) -> AnyView {
    fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view().into_any()
}
