//! Counts that forgive: `action.proposal.yes` is a number, and `action.proposal.yes.length` is the same number.
//!
//! PolicyKit's votes were lists, and a list is what many expect; reading `length` of a number would quietly be `undefined`,
//! and the policy would wait for ever.

use boa_engine::property::PropertyDescriptor;
use boa_engine::{Context, JsResult, JsValue, NativeFunction, js_string};

use crate::sandbox::native;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let length = native("length", 0, NativeFunction::from_fn_ptr(length), context);
    let accessor = PropertyDescriptor::builder().get(length).enumerable(false).configurable(true);
    let prototype = context.intrinsics().constructors().number().prototype();
    prototype.define_property_or_throw(js_string!("length"), accessor, context)?;
    Ok(())
}

fn length(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this.as_number().map_or(JsValue::undefined(), JsValue::new))
}
