//! The engine: warm contexts, one per policy version, and the cold path that they must agree with.

use std::rc::Rc;

use boa_engine::{Context, JsResult};
use types::decision::ErrorCode;
use types::{Evaluation, PolicyError, Request};

use crate::call::{Call, Stop};
use crate::failure;
use crate::limits::Limits;
use crate::module::{Module, OtherModules};
use crate::sandbox::{self, PolicyClock};
use crate::syntax;
use crate::trace::{self, Traced};
use crate::workflow::Run;

/// Warm contexts kept at once. boa collects garbage per thread: 10 contexts cost 0.4 ms a time, 50 cost 8 ms.
const WARM: usize = 10;

/// Instructions that setting a context up takes at most, before anything of the policy's runs.
const SETUP: usize = 10_000;

/// Evaluates requests on one thread, keeping the policies it saw last ready to run.
///
/// Not `Send`: boa is bound to its thread.
pub struct Engine {
    limits: Rc<Limits>,
    /// Least recently used first.
    warm: Vec<Warm>,
}

/// Evaluates one request from cold.
#[must_use]
pub fn evaluate(request: &Request, limits: &Limits) -> Evaluation {
    cold(Rc::new(request.clone()), &Rc::new(limits.clone()))
}

impl Engine {
    /// An engine with nothing warm.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits: Rc::new(limits), warm: Vec::new() }
    }

    /// The limits of every evaluation.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Evaluates one request. The answer is that of [`evaluate`], sooner.
    pub fn evaluate(&mut self, request: &Request) -> Evaluation {
        self.evaluate_owned(request.clone())
    }

    /// [`Engine::evaluate`] without copying the request, which may hold ten thousand members.
    pub fn evaluate_owned(&mut self, request: Request) -> Evaluation {
        let request = Rc::new(request);
        let mut warm = match self.take(&request) {
            Some(warm) => warm,
            None => match Warm::new(&request, &self.limits, warm_instructions(&self.limits)) {
                Ok(warm) => warm,
                Err(error) => return Evaluation::Broke(error),
            },
        };
        match warm.evaluate(&request, &self.limits) {
            // The warm context had instructions to spare and ended elsewhere: what is told is what happens cold.
            Evaluation::Broke(error) if error.code == ErrorCode::Fuel => {
                drop(warm);
                cold(request, &self.limits)
            }
            Evaluation::Broke(error) => {
                drop(warm);
                Evaluation::Broke(explained(&request, &self.limits, error))
            }
            evaluation => {
                self.keep(warm);
                evaluation
            }
        }
    }

    /// Keeps a context for the next request, if it may serve again.
    fn keep(&mut self, warm: Warm) {
        if !warm.is_fit(&self.limits) {
            return;
        }
        if self.warm.len() >= WARM {
            self.warm.remove(0);
        }
        self.warm.push(warm);
    }

    /// Evaluates one request, and says what each line did. The answer is that of [`Engine::evaluate`].
    ///
    /// The source is run a second time with counters in it. Where that run does not agree with the plain one, no lines are
    /// told.
    pub fn trace(&mut self, request: &Request) -> Traced {
        let plain = self.evaluate(request);
        let counted = trace::trace(&Rc::new(request.clone()), &self.limits);
        let trace = counted.filter(|counted| agree(&plain, &counted.evaluation)).map(|counted| counted.trace);
        Traced { evaluation: plain, trace: trace.unwrap_or_default() }
    }

    /// What the source looks like that is not right, besides what [`Engine::check_syntax`] refuses.
    #[must_use]
    pub fn lint(&self, source: &str) -> Vec<types::simulation::Finding> {
        crate::lint::lint(source, &self.limits)
    }

    /// Checks that `source` is a policy, without running it.
    ///
    /// # Errors
    /// What is wrong with it, at which line and column.
    pub fn check_syntax(&self, source: &str) -> Result<(), PolicyError> {
        syntax::check(source, &self.limits)
    }

    /// Collects garbage. To be called after the answer is on its way: it takes up to half a millisecond.
    pub fn collect(&self) {
        boa_gc::force_collect();
    }

    /// Drops every warm context and its memory: for when the process has grown.
    pub fn forget(&mut self) {
        self.warm.clear();
        boa_gc::force_collect();
    }

    /// How many policies are warm.
    #[must_use]
    pub fn n_warm(&self) -> usize {
        self.warm.len()
    }

    /// The hash alone could be wrong, so the source is compared too.
    fn take(&mut self, request: &Request) -> Option<Warm> {
        let policy = &request.policy;
        let place = self.warm.iter().position(|warm| warm.hash == policy.hash && warm.source == policy.source)?;
        Some(self.warm.remove(place))
    }
}

/// A context with one compiled policy in it.
pub(crate) struct Warm {
    hash: String,
    source: String,
    module: Module,
    clock: Rc<PolicyClock>,
    calls: u32,
    context: Context,
}

impl Warm {
    fn new(request: &Request, limits: &Limits, instructions: usize) -> Result<Self, PolicyError> {
        Self::with(request, limits, instructions, |context| Module::compile(&request.policy.source, context))
    }

    /// A context in which `compile` has compiled the policy of `request`.
    pub fn with(
        request: &Request,
        limits: &Limits,
        instructions: usize,
        compile: impl FnOnce(&mut Context) -> JsResult<Module>,
    ) -> Result<Self, PolicyError> {
        let source = &request.policy.source;
        syntax::check(source, limits)?;
        let clock = Rc::new(PolicyClock::default());
        let fuel = instructions.saturating_add(SETUP);
        let mut context =
            sandbox::context(limits, fuel, Rc::clone(&clock)).map_err(|error| crash(&error.to_string()))?;
        context.insert_data(Rc::new(OtherModules::default()));
        let module = compile(&mut context).map_err(|error| syntax::refused(&error))?;
        Ok(Self { hash: request.policy.hash.clone(), source: source.clone(), module, clock, calls: 0, context })
    }

    pub fn evaluate(&mut self, request: &Rc<Request>, limits: &Rc<Limits>) -> Evaluation {
        self.calls = self.calls.saturating_add(1);
        self.clock.set(request.now.millis());
        let call = Rc::new(Call::new(Rc::clone(request), Rc::clone(limits)));
        self.context.insert_data(Rc::clone(&call));
        let mut run = Run { call: Rc::clone(&call), clock: &self.clock, context: &mut self.context };
        let before = run.context.instructions_remaining();
        let decided = run.decide(&self.module);
        let spent = before.saturating_sub(self.context.instructions_remaining());
        let spent = spent.saturating_sub(call.unmetered.get());
        self.context.remove_data::<Rc<Call>>();
        // Whatever came of it: a context with instructions to spare must not go further than one without.
        if spent > limits.instructions {
            return Evaluation::Broke(out_of_fuel(limits, decided.err()));
        }

        let missing = call.missing.take();
        match (call.stopped(), decided) {
            (Some(Stop::Broke(error)), decided) if missing.is_empty() => {
                Evaluation::Broke(placed(error, decided.err()))
            }
            (Some(Stop::Facts(mut keys)), _) => {
                keys.extend(missing);
                Evaluation::NeedsFacts(keys.into_iter().collect())
            }
            (_, _) if !missing.is_empty() => Evaluation::NeedsFacts(missing.into_iter().collect()),
            (_, Ok(mut decision)) => {
                decision.cost.instructions = u64::try_from(spent).unwrap_or(u64::MAX);
                Evaluation::Decided(decision)
            }
            (_, Err(error)) => Evaluation::Broke(error),
        }
    }

    /// The context itself.
    pub fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    /// Whether it may serve again: enough instructions are left for a whole evaluation, and not too many came before.
    fn is_fit(&self, limits: &Limits) -> bool {
        self.calls < limits.calls_per_context && self.context.instructions_remaining() > limits.instructions
    }
}

/// One evaluation in a context of its own, with exactly the instructions that the limits grant.
fn cold(request: Rc<Request>, limits: &Rc<Limits>) -> Evaluation {
    let evaluation = match Warm::new(&request, limits, limits.instructions) {
        Ok(mut warm) => warm.evaluate(&request, limits),
        Err(error) => Evaluation::Broke(error),
    };
    match evaluation {
        Evaluation::Broke(error) => Evaluation::Broke(explained(&request, limits, error)),
        other => other,
    }
}

/// The error with its exact place and the names that the source gives to what went wrong.
fn explained(request: &Rc<Request>, limits: &Rc<Limits>, error: PolicyError) -> PolicyError {
    syntax::explain(&request.policy.source, trace::place(request, limits, error))
}

/// A warm context has half as much again as one evaluation may use: it is built anew when that half is used up, and a
/// policy without an end costs no more than that before it is stopped.
fn warm_instructions(limits: &Limits) -> usize {
    limits.instructions.saturating_add(limits.instructions / 2)
}

/// The error of a policy that used more instructions than it may, at the place where it was stopped.
fn out_of_fuel(limits: &Limits, thrown: Option<PolicyError>) -> PolicyError {
    let (line, column, function) = match thrown {
        Some(thrown) if thrown.code == ErrorCode::Fuel => (thrown.line, thrown.column, thrown.function),
        _ => (0, 0, None),
    };
    PolicyError { code: ErrorCode::Fuel, message: failure::out_of_fuel(limits), line, column, function }
}

/// The backtrace knows the place of a refusal better than the frames did at the time.
fn placed(mut refusal: PolicyError, thrown: Option<PolicyError>) -> PolicyError {
    if let Some(thrown) = thrown.filter(|thrown| thrown.line > 0) {
        (refusal.line, refusal.column) = (thrown.line, thrown.column);
    }
    refusal
}

fn crash(what: &str) -> PolicyError {
    let message = format!("the engine could not be set up: {what}");
    PolicyError { code: ErrorCode::Crash, message, line: 0, column: 0, function: None }
}

/// Whether a run with counters came to what the plain one came to, but for cost and for the places of errors.
pub(crate) fn agree(plain: &Evaluation, counted: &Evaluation) -> bool {
    match (plain, counted) {
        (Evaluation::Decided(plain), Evaluation::Decided(counted)) => {
            let mut counted = counted.clone();
            counted.cost = plain.cost;
            *plain == counted
        }
        // Where instructions ran out, the plain run had a few more of its own.
        (Evaluation::Broke(plain), Evaluation::Broke(counted)) => {
            plain.code == counted.code || plain.code == ErrorCode::Fuel
        }
        (Evaluation::NeedsFacts(plain), Evaluation::NeedsFacts(counted)) => plain == counted,
        (Evaluation::Broke(plain), _) => plain.code == ErrorCode::Fuel,
        _ => false,
    }
}
