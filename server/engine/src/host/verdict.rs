//! Verdicts: plain texts, so that `=== PASSED` works; the reason is kept beside them.

use boa_engine::property::Attribute;
use boa_engine::{Context, JsResult, JsValue, js_string};
use types::Verdict;

use super::args::Args;
use super::build;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    for verdict in [Verdict::Proposed, Verdict::Passed, Verdict::Failed] {
        let name = js_string!(verdict.as_str());
        context.register_global_property(name.clone(), name, Attribute::ENUMERABLE)?;
    }
    build::global(context, "passed", 1, |_, arguments, context| {
        with_reason("passed", Verdict::Passed, arguments, context)
    })?;
    build::global(context, "failed", 1, |_, arguments, context| {
        with_reason("failed", Verdict::Failed, arguments, context)
    })?;
    build::global(context, "proposed", 1, |_, arguments, context| {
        with_reason("proposed", Verdict::Proposed, arguments, context)
    })
}

fn with_reason(
    name: &'static str,
    verdict: Verdict,
    arguments: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let args = Args::new(name, arguments, context)?;
    let reason = args.text(0, "reason", context)?;
    args.call.give_reason(verdict, reason);
    Ok(build::text(verdict.as_str()))
}

/// The verdict that `check` returned; `None` where it returned something else.
pub(crate) fn read(value: &JsValue) -> Option<Verdict> {
    if value.is_null_or_undefined() {
        return Some(Verdict::Proposed);
    }
    let text = value.as_string()?.to_std_string_lossy();
    [Verdict::Proposed, Verdict::Passed, Verdict::Failed].into_iter().find(|verdict| verdict.as_str() == text)
}
