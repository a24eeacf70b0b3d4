//! `policy.d.ts`, the contract with policy authors: its generated part, and what tests hold it against.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult};
use serde_json::Value;
use types::platform::ActionTypeSpec;

use crate::host::{self, Prototypes};
use crate::limits::Limits;
use crate::sandbox::{self, PolicyClock};

/// The declarations, for the editor.
pub const POLICY_D_TS: &str = include_str!("../policy-api/policy.d.ts");

/// The line that begins the generated part.
pub const BEGIN: &str = "// <generated from the Rust types: UPDATE_EXPECT=1 cargo test -p engine>\n";
/// The line that ends it.
pub const END: &str = "// </generated>\n";

/// The generated part: one interface per action type, and `Action`, the union of all of them.
#[must_use]
pub fn generated() -> String {
    let mut text = String::new();
    let mut names = Vec::new();
    for spec in types::payload::catalogue() {
        let name = interface_name(spec);
        interface(&mut text, &name, spec);
        names.push(name);
    }
    let _ = writeln!(text, "/** An action of any type: test `action.type` to know its fields. */");
    let _ = writeln!(text, "type Action =\n  | {}", names.join("\n  | "));
    text
}

/// `board.post_message` → `BoardPostMessage`.
fn interface_name(spec: &ActionTypeSpec) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    spec.kind.as_str().split(['.', '_']).map(capital).collect()
}

fn interface(text: &mut String, name: &str, spec: &ActionTypeSpec) {
    let _ = writeln!(text, "/** {}. */", spec.title);
    let _ = writeln!(text, "interface {name} extends ActionBase<\"{}\"> {{", spec.kind);
    let schema = &spec.schema.0;
    let required: BTreeSet<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (field, property) in properties.into_iter().flatten() {
        if host::ACTION_WORDS.contains(&field.as_str()) {
            continue;
        }
        if let Some(help) = property.get("description").and_then(Value::as_str) {
            let _ = writeln!(text, "  /** {} */", help.replace('\n', " ").replace("*/", "* /"));
        }
        let optional = if required.contains(field.as_str()) { "" } else { "?" };
        let _ = writeln!(text, "  readonly {field}{optional}: {}", type_of(property, schema, 0));
    }
    let _ = writeln!(text, "}}\n");
}

/// The TypeScript type of a JSON Schema; `any` where it says nothing.
fn type_of(schema: &Value, root: &Value, depth: usize) -> String {
    if depth > 8 {
        return "any".to_owned();
    }
    let of = |schema: &Value| type_of(schema, root, depth + 1);
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/")) {
        return root.get("$defs").and_then(|defs| defs.get(name)).map_or_else(|| "any".to_owned(), of);
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return union(values.iter().map(Value::to_string));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(cases) = schema.get(key).and_then(Value::as_array) {
            return union(cases.iter().map(of));
        }
    }
    match schema.get("type") {
        Some(Value::String(word)) => named(word, schema, root, depth),
        Some(Value::Array(words)) => {
            union(words.iter().filter_map(Value::as_str).map(|word| named(word, schema, root, depth)))
        }
        _ => "any".to_owned(),
    }
}

fn union(cases: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for case in cases {
        if !distinct.contains(&case) {
            distinct.push(case);
        }
    }
    distinct.join(" | ")
}

fn named(word: &str, schema: &Value, root: &Value, depth: usize) -> String {
    match word {
        "string" => "string".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => {
            let item = schema.get("items").map_or_else(|| "any".to_owned(), |items| type_of(items, root, depth + 1));
            if item.contains(' ') { format!("({item})[]") } else { format!("{item}[]") }
        }
        "object" => object(schema, root, depth),
        _ => "any".to_owned(),
    }
}

fn object(schema: &Value, root: &Value, depth: usize) -> String {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return "Record<string, any>".to_owned();
    };
    let fields: Vec<String> =
        properties.iter().map(|(name, field)| format!("{name}: {}", type_of(field, root, depth + 1))).collect();
    format!("{{ {} }}", fields.join("; "))
}

/// What the host adds to plain ECMAScript: the global names (under the empty name), and the members of each kind of
/// host object under the name of its interface in `policy.d.ts`.
///
/// # Errors
/// A sentence, should boa refuse to make a context.
pub fn surface() -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let clock = Rc::new(PolicyClock::default());
    let mut context = sandbox::context(&Limits::default(), 1_000_000, clock).map_err(|error| error.to_string())?;
    let mut plain = Context::default();
    read_surface(&mut context, &mut plain).map_err(|error| error.to_string())
}

fn read_surface(context: &mut Context, plain: &mut Context) -> JsResult<BTreeMap<String, BTreeSet<String>>> {
    let ecmascript = names(&plain.global_object(), plain)?;
    let global = context.global_object();
    let mut globals: BTreeSet<String> = names(&global, context)?.difference(&ecmascript).cloned().collect();
    let mut surface = BTreeMap::new();
    for (interface, name) in host::NAMESPACES {
        let object = global.get(boa_engine::js_string!(name), context)?;
        let members = match object.as_object() {
            Some(object) => names(&object, context)?,
            None => BTreeSet::new(),
        };
        surface.insert(interface.to_owned(), members);
    }
    let prototypes = context.get_data::<Rc<Prototypes>>().cloned();
    for (interface, prototype) in prototypes.iter().flat_map(|prototypes| prototypes.named()) {
        let members = names(&prototype, context)?;
        surface.insert(interface.to_owned(), members);
    }
    // Not a global but a parameter of the module: each policy sees its own.
    globals.insert("policy".to_owned());
    surface.insert(String::new(), globals);
    Ok(surface)
}

fn names(object: &JsObject, context: &mut Context) -> JsResult<BTreeSet<String>> {
    let keys = object.own_property_keys(context)?;
    Ok(keys
        .into_iter()
        .filter(|key| !matches!(key, boa_engine::property::PropertyKey::Symbol(_)))
        .map(|key| key.to_string())
        .collect())
}
