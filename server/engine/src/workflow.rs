//! The workflow of one policy on one action: filter → initialize (once) → check → pass, fail, or notify (once).

use std::rc::Rc;

use boa_engine::{Context, JsValue};
use types::decision::{Cost, ErrorCode};
use types::evaluation::Step;
use types::{Decision, PolicyError, Reads, Verdict};

use crate::call::{Call, Function};
use crate::failure;
use crate::host;
use crate::module::{Functions, Module};
use crate::sandbox::PolicyClock;

/// What the policy has been asked so far.
#[derive(Default)]
struct Progress {
    in_scope: bool,
    verdict: Option<Verdict>,
    initialized: bool,
    notified: bool,
}

/// One run of a compiled policy in a prepared context.
pub(crate) struct Run<'a> {
    pub call: Rc<Call>,
    pub clock: &'a PolicyClock,
    pub context: &'a mut Context,
}

/// Why a run did not come to its end. What stopped it may be in the call instead.
type Broken = PolicyError;

impl Run<'_> {
    /// Runs the workflow and describes what came of it, but for what it cost.
    pub fn decide(&mut self, module: &Module) -> Result<Decision, Broken> {
        let progress = self.steps(module)?;
        let verdict = progress.verdict.unwrap_or(Verdict::Proposed);
        Ok(Decision {
            in_scope: progress.in_scope,
            verdict,
            reason: self.call.reason(verdict),
            initialized: progress.initialized,
            notified: progress.notified,
            effects: self.call.effects.take(),
            reads: self.call.all_reads(),
            wake: if verdict == Verdict::Proposed { self.call.wake() } else { None },
            logs: self.call.logs.take(),
            cost: Cost::default(),
        })
    }

    fn steps(&mut self, module: &Module) -> Result<Progress, Broken> {
        let mut progress = Progress::default();
        let policy = host::own_policy(self.context);
        let functions = module.instantiate(policy, self.context).map_err(|error| self.broken(&error))?;
        self.note_clock();
        let action = host::action(self.context).map_err(|error| self.broken(&error))?;

        progress.in_scope = self.filter(&functions, &action)?;
        if !progress.in_scope || self.call.request.step == Step::Filter {
            return Ok(progress);
        }
        if !self.call.request.proposal.is_initialized {
            self.run(&functions, Function::Initialize, &action)?;
            progress.initialized = true;
        }
        let verdict = self.check(&functions, &action)?;
        progress.verdict = Some(verdict);
        match verdict {
            Verdict::Passed => {
                self.run(&functions, Function::Pass, &action)?;
            }
            Verdict::Failed => {
                self.run(&functions, Function::Fail, &action)?;
            }
            Verdict::Proposed if !self.call.request.proposal.is_notified => {
                self.run(&functions, Function::Notify, &action)?;
                progress.notified = true;
            }
            Verdict::Proposed => {}
        }
        Ok(progress)
    }

    /// A policy without a filter governs every action that it is declared for.
    fn filter(&mut self, functions: &Functions, action: &JsValue) -> Result<bool, Broken> {
        let Some(answer) = self.run(functions, Function::Filter, action)? else { return Ok(true) };
        answer.as_boolean().ok_or_else(|| {
            let got = host::args::got(&answer);
            self.bad_return(Function::Filter, format!("filter must return true or false, not {got}"))
        })
    }

    /// Nothing decides by default: a policy without `check` is an error, never a pass.
    fn check(&mut self, functions: &Functions, action: &JsValue) -> Result<Verdict, Broken> {
        let Some(answer) = self.run(functions, Function::Check, action)? else {
            let message = "this policy has no check function: add function check(action) { return PASSED } or a vote";
            return Err(self.bad_return(Function::Check, message.to_owned()));
        };
        host::verdict::read(&answer).ok_or_else(|| {
            let got = host::args::got(&answer);
            let message = format!("check must return PASSED, FAILED, PROPOSED or nothing, not {got}");
            self.bad_return(Function::Check, message)
        })
    }

    /// Calls one of the functions; `None` where the policy has none of that name.
    fn run(&mut self, functions: &Functions, function: Function, action: &JsValue) -> Result<Option<JsValue>, Broken> {
        let Some(body) = functions.get(function) else { return Ok(None) };
        self.call.running.set(Some(function));
        let answer = body.call(&JsValue::undefined(), std::slice::from_ref(action), self.context);
        self.note_clock();
        answer.map(Some).map_err(|error| self.broken(&error))
    }

    fn note_clock(&self) {
        if self.clock.take_was_read() {
            self.call.reads_raw_clock();
            self.call.reads(Reads::CLOCK);
        }
    }

    fn broken(&mut self, error: &boa_engine::JsError) -> Broken {
        let mut error = failure::explain(error, &self.call.limits, self.context);
        error.function = self.call.running.get().map(|function| function.name().to_owned());
        error
    }

    fn bad_return(&self, function: Function, message: String) -> Broken {
        let function = Some(function.name().to_owned());
        PolicyError { code: ErrorCode::BadReturn, message, line: 0, column: 0, function }
    }
}
