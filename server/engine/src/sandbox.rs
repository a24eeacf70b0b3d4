//! The closed room in which policies run: a boa context without eval, clock, chance, modules, promises or buffers.
//!
//! Everything reachable from its global object is frozen, so that one context can serve many evaluations of one policy
//! and nothing leaks from one into the next.

mod freeze;
mod hooks;

use std::rc::Rc;

use boa_engine::context::ContextBuilder;
use boa_engine::module::IdleModuleLoader;
use boa_engine::object::builtins::JsFunction;
use boa_engine::property::PropertyDescriptor;
use boa_engine::{Context, JsNativeError, JsResult, JsString, JsValue, js_string};

pub(crate) use hooks::PolicyClock;

use crate::host;
use crate::limits::Limits;

/// What ECMAScript offers and a policy does not get, and why.
const REMOVED: [&str; 29] = [
    // Code from text.
    "eval",
    "Function",
    // Waiting: a policy answers at once.
    "Promise",
    "Atomics",
    // Watching the garbage collector.
    "WeakRef",
    "FinalizationRegistry",
    // Raw memory, invisible to every limit.
    "ArrayBuffer",
    "SharedArrayBuffer",
    "DataView",
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "BigInt64Array",
    "BigUint64Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    // Oddities of browsers.
    "escape",
    "unescape",
    // Iterators without an end are made by generators; the rest of these only hide work.
    "Iterator",
    "AsyncIterator",
    "DisposableStack",
    "AsyncDisposableStack",
    "SuppressedError",
    "Intl",
];

/// A frozen context with `fuel` instructions.
pub(crate) fn context(limits: &Limits, fuel: usize, clock: Rc<PolicyClock>) -> JsResult<Context> {
    let mut context = ContextBuilder::new()
        .host_hooks(Rc::new(hooks::Hooks))
        .clock(clock)
        .job_executor(Rc::new(hooks::NoJobs))
        .module_loader(Rc::new(IdleModuleLoader))
        .instructions_remaining(fuel)
        .build()?;
    context.strict(true);
    let bounds = context.runtime_limits_mut();
    bounds.set_loop_iteration_limit(limits.loop_iterations);
    bounds.set_recursion_limit(limits.recursion);
    let global = context.global_object();
    for name in REMOVED {
        global.delete_property_or_throw(js_string!(name), &mut context)?;
    }
    // Where an error was thrown is the author's business, not the policy's: it could tell a run with counters from another.
    let error = context.intrinsics().constructors().error();
    let (constructor, prototype) = (error.constructor(), error.prototype());
    constructor.delete_property_or_throw(js_string!("captureStackTrace"), &mut context)?;
    prototype.delete_property_or_throw(js_string!("stack"), &mut context)?;
    // Neither is the text of its own functions: there it would see the counters.
    let function = context.intrinsics().constructors().function().prototype();
    let text = native("toString", 0, boa_engine::NativeFunction::from_fn_ptr(function_text), &context);
    let hidden = PropertyDescriptor::builder().value(text).writable(true).enumerable(false).configurable(true);
    function.define_property_or_throw(js_string!("toString"), hidden, &mut context)?;
    host::install(&mut context)?;
    freeze::soften(&mut context)?;
    freeze::all(&mut context)?;
    Ok(context)
}

/// A function as text: its name, and not what it does.
fn function_text(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(function) = this.as_callable() else {
        return Err(JsNativeError::typ().with_message("not a function").into());
    };
    let name = function.get(js_string!("name"), context)?;
    let name = name.as_string().map(|name| name.to_std_string_lossy()).unwrap_or_default();
    Ok(JsString::from(format!("function {name}() {{ [native code] }}")).into())
}

/// A host function as a JavaScript function of that name.
pub(crate) fn native(
    name: &'static str,
    length: usize,
    body: boa_engine::NativeFunction,
    context: &Context,
) -> JsFunction {
    boa_engine::object::FunctionObjectBuilder::new(context.realm(), body)
        .name(js_string!(name))
        .length(length)
        .constructor(false)
        .build()
}
