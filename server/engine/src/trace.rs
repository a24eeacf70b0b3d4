//! Running a policy once more with counters in it: what its lines did, and where exactly it broke.

use std::rc::Rc;

use boa_engine::object::builtins::JsArray;
use boa_engine::property::PropertyKey;
use boa_engine::{Context, JsObject, JsValue, js_string};
use types::decision::ErrorCode;
use types::simulation::{Coverage, CoveragePoint, Probe, Trace};
use types::{Evaluation, PolicyError, Request};

use crate::engine::Warm;
use crate::host::Handle;
use crate::instrument::{Counted, Instrumented, Places, Stretch, instrument};
use crate::limits::Limits;
use crate::syntax::position;

/// How many times the instructions a run with counters may use: a counter before each statement costs about as much as the
/// statement, and an error must be reached again.
const MORE_FUEL: usize = 4;

/// The same where a decision waits for the answer: it must fit into the worker's time.
const MORE_FUEL_DECIDING: usize = 2;

/// Most characters of a value that are shown.
const SHOWN_CHARS: usize = 60;

/// Most members of a list that are shown.
const SHOWN_MEMBERS: usize = 4;

/// What a run with counters gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// The answer: that of the plain run but for its cost and the places of errors.
    pub evaluation: Evaluation,
    /// What the lines did.
    pub trace: Trace,
}

/// Runs a request with counters.
pub(crate) fn trace(request: &Rc<Request>, limits: &Rc<Limits>) -> Option<Traced> {
    let mut more = Limits::clone(limits);
    more.instructions = limits.instructions.saturating_mul(MORE_FUEL);
    let run = CountedRun::run(request, &Rc::new(more))?;
    Some(Traced { trace: run.trace(&request.policy.source), evaluation: run.evaluation })
}

/// The error with the place where it really was.
///
/// boa names the start of the function for much of what can go wrong. The evaluation is run again with counters; where that
/// ends in the same way, the statement that ran last is known.
pub(crate) fn place(request: &Rc<Request>, limits: &Rc<Limits>, mut error: PolicyError) -> PolicyError {
    let mut more = Limits::clone(limits);
    match error.code {
        ErrorCode::Threw | ErrorCode::Recursion => {
            more.instructions = limits.instructions.saturating_mul(MORE_FUEL_DECIDING);
        }
        // With counters the same instructions end a little sooner, in the same loop.
        ErrorCode::Fuel => {}
        _ => return error,
    }
    let Some(run) = CountedRun::run(request, &Rc::new(more)) else { return error };
    let Evaluation::Broke(again) = &run.evaluation else { return error };
    let is_same = again.code == error.code && (error.code == ErrorCode::Fuel || again.message == error.message);
    if !is_same {
        return error;
    }
    let places = Places { source: &request.policy.source, instrumented: &run.instrumented, counts: &run.counts };
    if let Some((line, column)) = places.resolve(again.line, again.column) {
        (error.line, error.column) = (line, column);
        error.function.clone_from(&again.function);
    }
    error
}

/// A run with counters, and what it left in them.
struct CountedRun {
    evaluation: Evaluation,
    instrumented: Instrumented,
    counts: Vec<u32>,
    values: Vec<Option<String>>,
}

impl CountedRun {
    fn run(request: &Rc<Request>, limits: &Rc<Limits>) -> Option<Self> {
        let instrumented = instrument(&request.policy.source)?;
        let mut arrays = None;
        let mut warm = Warm::with(request, limits, limits.instructions, |context| {
            let counts = JsArray::from_iter((0..instrumented.n_counts).map(|_| JsValue::new(0)), context);
            let values = JsArray::from_iter((0..instrumented.watched.len()).map(|_| JsValue::undefined()), context);
            let (counts, values) = (JsObject::from(counts), JsObject::from(values));
            let module = crate::module::Module::compile_counted(&instrumented, (&counts, &values), context);
            arrays = Some((counts, values));
            module
        })
        .ok()?;
        let evaluation = warm.evaluate(request, limits);
        let (counts, values) = arrays?;
        let read = |array: &JsObject, at: usize, context: &mut Context| array.get(at, context).unwrap_or_default();
        let context = warm.context_mut();
        let counts: Vec<u32> =
            (0..instrumented.n_counts).map(|at| read(&counts, at, context).as_number().map_or(0, as_count)).collect();
        let values = instrumented
            .watched
            .iter()
            .map(|watched| {
                let value = read(&values, watched.slot, context);
                let ran = counts.get(watched.count).copied().unwrap_or(1) > 0;
                (ran && !(value.is_undefined() && watched.label != "return"))
                    .then(|| shown(&value, request, 0, context))
            })
            .collect();
        Some(Self { evaluation, instrumented, counts, values })
    }

    fn count(&self, at: usize) -> u32 {
        self.counts.get(at).copied().unwrap_or(0)
    }

    fn trace(&self, source: &str) -> Trace {
        let points: Vec<CoveragePoint> = self
            .instrumented
            .points
            .iter()
            .map(|point| {
                let hits = match point.counted {
                    Counted::At(at) => self.count(at),
                    Counted::Rest(of, minus) => self.count(of).saturating_sub(self.count(minus)),
                };
                let [line, column, end_line, end_column] = ends(source, point.stretch);
                CoveragePoint { kind: point.kind, line, column, end_line, end_column, hits }
            })
            .collect();
        let probes = self
            .instrumented
            .watched
            .iter()
            .zip(&self.values)
            .filter_map(|(watched, value)| {
                let [line, column, end_line, end_column] = ends(source, watched.stretch);
                let hits = self.count(watched.count).max(1);
                let (label, value) = (watched.label.clone(), value.clone()?);
                Some(Probe { line, column, end_line, end_column, label, value, hits })
            })
            .collect();
        let total = u32::try_from(points.len()).unwrap_or(u32::MAX);
        let hit = u32::try_from(points.iter().filter(|point| point.hits > 0).count()).unwrap_or(u32::MAX);
        Trace { coverage: Coverage { points, total, hit }, probes, agrees: true }
    }
}

fn ends(source: &str, stretch: Stretch) -> [u32; 4] {
    let ((line, column), (end_line, end_column)) = (position(source, stretch.start), position(source, stretch.end));
    [line, column, end_line, end_column]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range first")]
fn as_count(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}

/// A value as an author reads it. Nothing of the policy's runs for it: no getter, no trap and no `toString`.
fn shown(value: &JsValue, request: &Request, depth: usize, context: &mut Context) -> String {
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_lossy();
        let cut: String = text.chars().take(SHOWN_CHARS).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        return format!("\"{cut}{more}\"");
    }
    let Some(object) = value.as_object() else { return value.display().to_string() };
    if object.is_callable() {
        return "function".to_owned();
    }
    if let Some(handle) = Handle::in_value(value) {
        return named(handle, request);
    }
    let is_plain = object.is_ordinary() || object.is_array();
    if depth > 1 || !is_plain {
        return "…".to_owned();
    }
    let own = |key: &PropertyKey| object.borrow().properties().get(key).and_then(|found| found.value().cloned());
    let deeper = depth.saturating_add(1);
    if object.is_array() {
        let length = own(&js_string!("length").into()).and_then(|n| n.as_number()).map_or(0, as_count);
        let mut members = Vec::new();
        for at in (0..length).take(SHOWN_MEMBERS) {
            let member = own(&at.into());
            members.push(member.map_or_else(|| "…".to_owned(), |value| shown(&value, request, deeper, context)));
        }
        let rest = usize::try_from(length).unwrap_or(0).saturating_sub(SHOWN_MEMBERS);
        let rest = if rest > 0 { format!(", … {rest} more") } else { String::new() };
        return format!("[{}{rest}]", members.join(", "));
    }
    let keys = object.own_property_keys(context).unwrap_or_default();
    let mut fields = Vec::new();
    for key in keys.iter().take(SHOWN_MEMBERS) {
        if let Some(value) = own(key) {
            fields.push(format!("{key}: {}", shown(&value, request, deeper, context)));
        }
    }
    let rest = if keys.len() > SHOWN_MEMBERS { ", …" } else { "" };
    format!("{{{}{rest}}}", fields.join(", "))
}

/// What a host object stands for, by the name that people know it by.
fn named(handle: Handle, request: &Request) -> String {
    let place = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
    let facts = &request.facts;
    let name = match handle {
        Handle::Initiator => request.action.initiator.as_ref().map(|member| member.handle.as_str()),
        Handle::Member(at) => facts.members.iter().flatten().nth(place(at)).map(|member| member.handle.as_str()),
        Handle::Role(at) => facts.roles.iter().flatten().nth(place(at)).map(|role| role.name.as_str()),
        Handle::Document(at) => facts.documents.iter().flatten().nth(place(at)).map(|one| one.name.as_str()),
        Handle::Listed(at) => facts.policies.iter().flatten().nth(place(at)).map(|one| one.name.as_str()),
        _ => None,
    };
    let kind = match handle {
        Handle::Initiator | Handle::Member(_) => "member",
        Handle::Role(_) => "role",
        Handle::Document(_) => "document",
        Handle::Listed(_) | Handle::Policy(_) => "policy",
        Handle::Past(..) | Handle::Action(_) => "action",
        Handle::Proposal(_) => "proposal",
        Handle::Ballot(..) => "ballot",
        Handle::Bundle => "bundle",
        Handle::Data(..) => "data",
        Handle::Answer(_) => "answer",
    };
    name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))
}
