//! Building host objects: prototypes, namespaces and global functions.

use boa_engine::native_function::NativeFunctionPointer;
use boa_engine::object::builtins::JsArray;
use boa_engine::property::{Attribute, PropertyDescriptor};
use boa_engine::{Context, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction, js_string};

use super::args::Args;
use super::handle::Handle;
use crate::sandbox::native;

/// An object under construction whose members are host functions.
pub(super) struct Prototype<'a> {
    object: JsObject,
    context: &'a mut Context,
}

impl Prototype<'_> {
    pub fn make(context: &mut Context, describe: fn(&mut Prototype<'_>) -> JsResult<()>) -> JsResult<JsObject> {
        let object = JsObject::with_object_proto(context.intrinsics());
        let mut prototype = Prototype { object: object.clone(), context };
        describe(&mut prototype)?;
        Ok(object)
    }

    pub fn method(&mut self, name: &'static str, length: usize, body: NativeFunctionPointer) -> JsResult<&mut Self> {
        let function = native(name, length, NativeFunction::from_fn_ptr(body), self.context);
        let hidden = PropertyDescriptor::builder().value(function).enumerable(false).configurable(true).writable(true);
        self.object.define_property_or_throw(js_string!(name), hidden, self.context)?;
        Ok(self)
    }

    pub fn getter(&mut self, name: &'static str, body: NativeFunctionPointer) -> JsResult<&mut Self> {
        let function = native(name, 0, NativeFunction::from_fn_ptr(body), self.context);
        let accessor = PropertyDescriptor::builder().get(function).enumerable(true).configurable(true);
        self.object.define_property_or_throw(js_string!(name), accessor, self.context)?;
        Ok(self)
    }

    /// Makes the object work in `for (… of …)`: `list` gives an array.
    pub fn iterable(&mut self, list: NativeFunctionPointer) -> JsResult<&mut Self> {
        let values = NativeFunction::from_copy_closure(move |this, arguments, context| {
            let array = list(this, arguments, context)?;
            let array = array.as_object().ok_or_else(|| boa_engine::JsNativeError::typ().with_message("not a list"))?;
            let values = array.get(js_string!("values"), context)?;
            match values.as_callable() {
                Some(values) => values.call(&array.into(), &[], context),
                None => Ok(JsValue::undefined()),
            }
        });
        let function = native("[Symbol.iterator]", 0, values, self.context);
        let hidden = PropertyDescriptor::builder().value(function).enumerable(false).configurable(true).writable(true);
        self.object.define_property_or_throw(JsSymbol::iterator(), hidden, self.context)?;
        Ok(self)
    }
}

/// A global object that only gathers host functions, such as `members`.
pub(super) fn namespace(
    context: &mut Context,
    name: &'static str,
    describe: fn(&mut Prototype<'_>) -> JsResult<()>,
) -> JsResult<()> {
    let object = Prototype::make(context, describe)?;
    context.register_global_property(js_string!(name), object, Attribute::ENUMERABLE)
}

/// A global host function.
pub(super) fn global(
    context: &mut Context,
    name: &'static str,
    length: usize,
    body: NativeFunctionPointer,
) -> JsResult<()> {
    let function = native(name, length, NativeFunction::from_fn_ptr(body), context);
    context.register_global_property(js_string!(name), function, Attribute::ENUMERABLE)
}

/// An array of those handles for which the function given as first argument says yes.
pub(super) fn keep(args: &Args<'_>, handles: impl Iterator<Item = Handle>, context: &mut Context) -> JsResult<JsValue> {
    let value = args.value(0);
    let Some(predicate) = value.as_callable() else {
        return Err(args.wrong("predicate", "a function that says true or false", &value, context));
    };
    let mut found = Vec::new();
    for handle in handles {
        let wrapped = handle.wrap(context);
        if predicate.call(&JsValue::undefined(), std::slice::from_ref(&wrapped), context)?.to_boolean() {
            found.push(wrapped);
        }
    }
    Ok(JsArray::from_iter(found, context).into())
}

/// A text as a JavaScript value.
pub(super) fn text(text: &str) -> JsValue {
    JsString::from(text).into()
}

/// A count as a JavaScript value.
pub(super) fn count(count: usize) -> JsValue {
    u32::try_from(count).map_or_else(|_| JsValue::new(f64::INFINITY), JsValue::new)
}

/// A moment as a policy sees it: milliseconds since 1970.
pub(super) fn moment(moment: types::Timestamp) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "exact until the year 287396")]
    let millis = moment.millis() as f64;
    JsValue::new(millis)
}

/// The word that an enum is written as.
pub(super) fn word(value: &impl serde::Serialize) -> JsValue {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => text(&word),
        _ => JsValue::undefined(),
    }
}
