//! Lengths of time, and the clock.

use boa_engine::property::PropertyDescriptor;
use boa_engine::{Context, JsResult, JsValue, NativeFunction, js_string};

use super::args::{Args, LONGEST_LENGTH_MS};
use super::build;
use crate::call::Call;
use crate::sandbox::native;

/// Units and how many milliseconds they have.
const UNITS: [(&str, f64); 5] = [
    ("seconds", 1_000.0),
    ("minutes", 60_000.0),
    ("hours", 3_600_000.0),
    ("days", 86_400_000.0),
    ("weeks", 604_800_000.0),
];

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    for (name, millis) in UNITS {
        let body = NativeFunction::from_copy_closure(move |_, arguments, context| {
            let args = Args::new(name, arguments, context)?;
            let value = args.value(0);
            let wrong =
                |context: &Context| args.wrong("n", "a number that is not negative, within ten years", &value, context);
            let length = value.as_number().map(|number| number * millis);
            match length.filter(|length| (0.0..LONGEST_LENGTH_MS).contains(length)) {
                Some(length) => Ok(JsValue::new(length)),
                None => Err(wrong(context)),
            }
        });
        let function = native(name, 1, body, context);
        context.register_global_property(js_string!(name), function, boa_engine::property::Attribute::ENUMERABLE)?;
    }
    let now = native("now", 0, NativeFunction::from_fn_ptr(now), context);
    let now = PropertyDescriptor::builder().get(now).enumerable(true).configurable(true);
    context.global_object().define_property_or_throw(js_string!("now"), now, context)?;
    Ok(())
}

fn now(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    call.reads_raw_clock();
    Ok(build::moment(call.request.now))
}
