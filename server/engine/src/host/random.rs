//! `random`: chance from the evaluation's seed. [`crate::draw`] says exactly how.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::Reads;

use super::args::Args;
use super::build;

/// The largest whole number that a float holds exactly.
const EXACT: i64 = 9_007_199_254_740_991;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "random", |random| {
        random.method("number", 0, fraction)?.method("integer", 2, integer)?;
        random.method("pick", 1, pick)?.method("shuffle", 1, shuffle)?.method("sample", 2, sample)?;
        Ok(())
    })
}

pub(super) fn fraction(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("random.number", arguments, context)?;
    args.call.reads(Reads::RANDOM);
    Ok(JsValue::new(args.call.draw.borrow_mut().fraction()))
}

fn integer(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("random.integer", arguments, context)?;
    let least = args.whole(0, "least", -EXACT, EXACT, context)?;
    let most = args.whole(1, "most", least, EXACT, context)?;
    args.call.reads(Reads::RANDOM);
    let width = u64::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
    let drawn = i64::try_from(args.call.draw.borrow_mut().below(width)).unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "within 53 bits")]
    Ok(JsValue::new(least.saturating_add(drawn) as f64))
}

fn pick(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let drawn = draw("random.pick", arguments, |_| 1, context)?;
    Ok(drawn.into_iter().next().unwrap_or_default())
}

fn shuffle(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let drawn = draw("random.shuffle", arguments, |length| length, context)?;
    Ok(JsArray::from_iter(drawn, context).into())
}

fn sample(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("random.sample", arguments, context)?;
    let n = usize::try_from(args.whole(1, "n", 0, 1_000_000, context)?).unwrap_or(0);
    let drawn = draw("random.sample", arguments, |_| n, context)?;
    Ok(JsArray::from_iter(drawn, context).into())
}

fn draw(
    name: &'static str,
    arguments: &[JsValue],
    n: impl Fn(usize) -> usize,
    context: &mut Context,
) -> JsResult<Vec<JsValue>> {
    let args = Args::new(name, arguments, context)?;
    let items = args.list(&args.value(0), "list", context)?;
    args.call.reads(Reads::RANDOM);
    let places = args.call.draw.borrow_mut().sample(items.len(), n(items.len()));
    Ok(places.into_iter().filter_map(|place| items.get(place).cloned()).collect())
}
