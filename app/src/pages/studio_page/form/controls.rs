//! Controls of one part of a rule: each reads its value from the source, and writes it back.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::blocks::{Control, Kind};
use super::{Part, as_value, change};
use crate::{
    builder::{Sheet, Slot, sheet::PartForm},
    pages::studio_page::bench::Bench,
};

/// The part of a rule whose values are shown.
#[derive(Clone)]
pub struct Values {
    /// The draft.
    pub bench: Bench,
    /// Where mistakes are told.
    pub problem: RwSignal<String>,
    /// The rule's name.
    pub rule: String,
    /// Which part.
    pub(super) part: Part,
}

impl Values {
    /// The part as JSON, followed; null where it is code.
    fn value(&self) -> Value {
        self.bench.editor.text.with(|text| self.of(&Sheet::read(text)))
    }

    fn of(&self, sheet: &Sheet) -> Value {
        let rules = sheet.rules();
        let Some(rule) = rules.iter().find(|rule| rule.name == self.rule) else { return Value::Null };
        let slot = match self.part {
            Part::When => as_value(&rule.when),
            Part::Decide => as_value(&rule.decide),
            Part::Then => as_value(&rule.then),
        };
        if let Slot::Form(value) = slot { value } else { Value::Null }
    }

    /// Writes the part anew.
    pub fn replace(&self, value: Value) {
        let part = match self.part {
            Part::When => serde_json::from_value(value).map(PartForm::When),
            Part::Decide => serde_json::from_value(value).map(PartForm::Decide),
            Part::Then => serde_json::from_value(value).map(PartForm::Then),
        };
        change(self.bench, self.problem, |sheet| {
            let part = part.map_err(|error| error.to_string())?;
            sheet.set(&self.rule, &part).map_err(|error| error.to_string())
        });
    }

    /// Changes one of the part's lists.
    pub fn list(&self, name: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let mut value = untrack(|| self.value());
        let Some(fields) = value.as_object_mut() else { return };
        let list = fields.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Some(items) = list.as_array_mut() {
            change(items);
        }
        self.replace(value);
    }

    fn set(&self, at: &str, new: Option<Value>) {
        let mut value = untrack(|| self.value());
        put(&mut value, at, new);
        self.replace(value);
    }
}

/// Puts a value at a pointer, making the objects on the way; nothing takes it away.
fn put(value: &mut Value, at: &str, new: Option<Value>) {
    let mut steps = at.split('/').skip(1).peekable();
    let mut here = value;
    while let Some(step) = steps.next() {
        if let Ok(n) = step.parse::<usize>()
            && here.is_array()
        {
            let Some(next) = here.get_mut(n) else { return };
            here = next;
            continue;
        }
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Some(fields) = here.as_object_mut() else { return };
        if steps.peek().is_none() {
            match new {
                Some(new) => fields.insert(step.to_owned(), new),
                None => fields.remove(step),
            };
            return;
        }
        here = fields.entry(step).or_insert_with(|| Value::Object(Map::new()));
    }
}

/// The controls of a block whose value stands at `base`.
pub fn controls(values: &Values, base: &str, controls: &'static [Control]) -> AnyView {
    let each = controls.iter().map(|one| control(values, format!("{base}{}", one.at), *one)).collect_view();
    view! { <div class="form-controls">{each}</div> }.into_any()
}

fn control(values: &Values, at: String, control: Control) -> AnyView {
    let now = {
        let (values, at) = (values.clone(), at.clone());
        Memo::new(move |_| values.value().pointer(&at).map(|value| written(control.kind, value)).unwrap_or_default())
    };
    let set = {
        let values = values.clone();
        move |text: String| {
            if let Some(new) = read(control.kind, &text) {
                values.set(&at, new);
            } else {
                values.problem.set(format!("{}: this does not read as it should.", control.label));
            }
        }
    };
    let label = control.label;
    match control.kind {
        Kind::Toggle => view! {
            <label class="check small">
                <input type="checkbox" prop:checked=move || now.get() == "true" on:change:target=move |event| set(event.target().checked().to_string()) />
                <span>{label}</span>
            </label>
        }
        .into_any(),
        Kind::Choice(choices) => {
            let options = choices
                .iter()
                .enumerate()
                .map(|(n, (word, words))| {
                    let is_chosen = move || now.with(|now| now == word || (now.is_empty() && n == 0));
                    view! {
                        <option value=*word selected=is_chosen>
                            {*words}
                        </option>
                    }
                })
                .collect_view();
            labelled(label, view! { <select class="input small" aria-label=label on:change:target=move |event| set(event.target().value())>{options}</select> }.into_any())
        }
        Kind::Role => {
            let roles = values.bench.view.with_value(|view| view.roles.clone());
            let options = roles
                .into_iter()
                .map(|role| {
                    let is_chosen = { let role = role.clone(); move || now.with(|now| *now == role) };
                    view! { <option value=role.clone() selected=is_chosen>{role.clone()}</option> }
                })
                .collect_view();
            // A role that this community lacks is kept, and shown as what it is.
            let known = StoredValue::new(values.bench.view.with_value(|view| view.roles.clone()));
            let other = move || {
                let now = now.get();
                let is_other = !now.is_empty() && !known.with_value(|known| known.contains(&now));
                is_other.then(|| view! { <option value=now.clone() selected=true>{format!("{now} (no such role here)")}</option> })
            };
            labelled(
                label,
                view! {
                    <select class="input small" aria-label=label on:change:target=move |event| set(event.target().value())>
                        <option value="" selected=move || now.with(String::is_empty)>"every member, or nobody"</option>
                        {options} {other}
                    </select>
                }
                .into_any(),
            )
        }
        Kind::Text | Kind::Lines => labelled(
            label,
            view! { <textarea class="input small" rows="2" aria-label=label prop:value=now on:change:target=move |event| set(event.target().value())></textarea> }.into_any(),
        ),
        Kind::Line | Kind::Number | Kind::Length | Kind::Json => {
            let hint = if control.kind == Kind::Length { "such as 3 days" } else { "" };
            let kind = if control.kind == Kind::Number { "number" } else { "text" };
            labelled(
                label,
                view! { <input class="input small" type=kind placeholder=hint aria-label=label prop:value=now on:change:target=move |event| set(event.target().value()) /> }.into_any(),
            )
        }
    }
}

fn labelled(label: &'static str, control: AnyView) -> AnyView {
    view! {
        <div class="field">
            <span class="label small" aria-hidden="true">
                {label}
            </span>
            {control}
        </div>
    }
    .into_any()
}

/// A value as its control shows it.
fn written(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Json, value) => value.to_string(),
        (_, Value::String(text)) => text.clone(),
        (Kind::Lines, Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        (_, value) => value.to_string(),
    }
}

/// What a control's text means: a value, nothing at all, or (none) no sense.
fn read(kind: Kind, text: &str) -> Option<Option<Value>> {
    let text = text.trim();
    match kind {
        Kind::Toggle => Some(Some(Value::Bool(text == "true"))),
        Kind::Lines => {
            let lines: Vec<Value> =
                text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect();
            Some((!lines.is_empty()).then_some(Value::Array(lines)))
        }
        _ if text.is_empty() => Some(None),
        Kind::Number => text.parse::<i64>().ok().map(|n| Some(Value::from(n))),
        Kind::Json => serde_json::from_str(text).ok().map(Some),
        _ => Some(Some(Value::from(text))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_put_where_they_belong() {
        let mut value = json!({ "vote": { "at_most": "3 days" } });
        put(&mut value, "/vote/voters/role", Some(json!("Steward")));
        put(&mut value, "/vote/at_most", None);
        assert_eq!(value, json!({ "vote": { "voters": { "role": "Steward" } } }));
        let mut list = json!({ "if": [{ "link": { "holds": true } }] });
        put(&mut list, "/if/0/link/holds", Some(json!(false)));
        put(&mut list, "/if/7/link/holds", Some(json!(false)));
        assert_eq!(list, json!({ "if": [{ "link": { "holds": false } }] }));
    }

    #[test]
    fn what_is_written_reads_back() {
        for (kind, value) in [
            (Kind::Line, json!("2/3")),
            (Kind::Number, json!(3)),
            (Kind::Toggle, json!(true)),
            (Kind::Lines, json!(["a", "b"])),
            (Kind::Json, json!({ "role": "Steward" })),
        ] {
            assert_eq!(read(kind, &written(kind, &value)), Some(Some(value)));
        }
        assert_eq!(read(Kind::Number, "many"), None);
        assert_eq!(read(Kind::Line, " "), Some(None));
    }
}
