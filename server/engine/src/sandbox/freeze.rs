//! Freezing everything a policy can reach.

use std::collections::HashSet;
use std::rc::Rc;

use boa_engine::object::IntegrityLevel;
use boa_engine::property::{PropertyDescriptor, PropertyKey};
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, NativeFunction, Source, js_string};

use crate::host::Prototypes;

/// Values whose prototypes no global names: iterators, generators, and what regular expressions give.
const HIDDEN: &str = "[[][Symbol.iterator](), new Map().entries(), new Set().values(), ''[Symbol.iterator](),
    ''.matchAll(/x/g), function* () {}, (function* () {})(), (function () { return arguments })(), () => 0, class {}]";

/// Freezes every object that can be reached from the global object or by syntax.
pub(super) fn all(context: &mut Context) -> JsResult<()> {
    let hidden = context.eval(Source::from_bytes(HIDDEN))?;
    let mut waiting: Vec<JsObject> = vec![context.global_object()];
    waiting.extend(hidden.as_object());
    waiting.extend(
        context.get_data::<Rc<Prototypes>>().into_iter().flat_map(|prototypes| prototypes.named()).map(|(_, one)| one),
    );
    let mut seen: HashSet<JsObject> = HashSet::new();
    while let Some(object) = waiting.pop() {
        if !seen.insert(object.clone()) {
            continue;
        }
        for key in object.own_property_keys(context)? {
            let found = object.borrow().properties().get(&key);
            let Some(found) = found else { continue };
            let values = [found.value(), found.get(), found.set()];
            waiting.extend(values.into_iter().flatten().filter_map(JsValue::as_object));
        }
        waiting.extend(object.prototype());
    }
    for object in seen {
        object.set_integrity_level(IntegrityLevel::Frozen, context)?;
    }
    Ok(())
}

/// Turns properties that people override on their own objects into accessors.
///
/// JavaScript refuses `error.name = "Mine"` when the prototype's `name` is frozen, although it would only make an own
/// property. An accessor whose setter makes that own property keeps the prototype frozen and the idiom working.
pub(super) fn soften(context: &mut Context) -> JsResult<()> {
    let constructors = context.intrinsics().constructors();
    let object = constructors.object().prototype();
    let errors = [
        constructors.error(),
        constructors.type_error(),
        constructors.range_error(),
        constructors.syntax_error(),
        constructors.reference_error(),
        constructors.eval_error(),
        constructors.uri_error(),
    ]
    .map(|error| error.prototype());
    for name in ["toString", "valueOf", "constructor", "hasOwnProperty"] {
        soften_one(&object, name, context)?;
    }
    for error in errors {
        for name in ["name", "message", "toString", "constructor"] {
            soften_one(&error, name, context)?;
        }
    }
    Ok(())
}

fn soften_one(prototype: &JsObject, name: &'static str, context: &mut Context) -> JsResult<()> {
    let key = PropertyKey::from(js_string!(name));
    let found = prototype.borrow().properties().get(&key);
    let Some(value) = found.and_then(|found| found.value().cloned()) else { return Ok(()) };
    let get = NativeFunction::from_copy_closure_with_captures(|_, _, value: &JsValue, _| Ok(value.clone()), value);
    let set = NativeFunction::from_copy_closure_with_captures(override_own, JsString::from(name));
    let get = get.to_js_function(context.realm());
    let set = set.to_js_function(context.realm());
    let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(false).configurable(true);
    prototype.define_property_or_throw(key, accessor, context)?;
    Ok(())
}

fn override_own(this: &JsValue, arguments: &[JsValue], name: &JsString, context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        let value = arguments.first().cloned().unwrap_or_default();
        let own = PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true);
        object.define_property_or_throw(name.clone(), own, context)?;
    }
    Ok(JsValue::undefined())
}
