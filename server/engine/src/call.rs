//! The state of one evaluation: what the host functions read and write while the policy runs.
//!
//! It hangs in the boa context as `Rc<Call>`; host functions find it with [`Call::of`]. Nothing of it survives the
//! evaluation.

mod record;
mod stores;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use boa_engine::error::PanicError;
use boa_engine::{Context, JsError, JsObject, JsResult, JsValue};
use types::decision::{ErrorCode, LogLine};
use types::{Ask, Effect, FactKey, Facts, MemberId, PolicyError, Reads, Request, Timestamp, Verdict};

use crate::draw::Draw;
use crate::failure;
use crate::limits::Limits;

pub(crate) use stores::{Store, Stores};

/// One of the six functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Filter,
    Initialize,
    Check,
    Notify,
    Pass,
    Fail,
}

impl Function {
    pub const ALL: [Self; 6] = [Self::Filter, Self::Initialize, Self::Check, Self::Notify, Self::Pass, Self::Fail];

    pub fn name(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Initialize => "initialize",
            Self::Check => "check",
            Self::Notify => "notify",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }

    /// Whether it runs again at each evaluation, so that what it reads can change the answer later.
    fn is_asked_again(self) -> bool {
        matches!(self, Self::Filter | Self::Check)
    }
}

/// Why an evaluation stops in the middle of the policy. The policy cannot catch it.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// Facts are missing.
    Facts(BTreeSet<FactKey>),
    /// A host function refused.
    Broke(PolicyError),
}

/// Another policy that is being run.
#[derive(Clone, Debug)]
pub(crate) struct Composed {
    pub name: Rc<str>,
    /// Line and column from which it was called.
    pub called_at: (u32, u32),
}

/// The state of one evaluation.
pub(crate) struct Call {
    pub request: Rc<Request>,
    pub limits: Rc<Limits>,
    /// Which of the policy's own functions runs; `None` while its top level does.
    pub running: Cell<Option<Function>>,
    /// Other policies whose functions are being run, outermost first, with the place from which each was called.
    pub composed: RefCell<Vec<Composed>>,
    pub effects: RefCell<Vec<Effect>>,
    pub stores: RefCell<Stores>,
    pub ask: RefCell<Option<Ask>>,
    pub draw: RefCell<Draw>,
    pub logs: RefCell<Vec<LogLine>>,
    pub log_bytes: Cell<usize>,
    pub messages: Cell<u32>,
    /// Look-ups that were missing: the policy goes on with `null` so that all of them are asked for at once.
    pub missing: RefCell<BTreeSet<FactKey>>,
    /// Instructions that were not the policy's: compiling others.
    pub unmetered: Cell<usize>,
    reads: Cell<Reads>,
    raw_clock: Cell<bool>,
    wake_at: Cell<Option<Timestamp>>,
    reasons: RefCell<[String; 3]>,
    stop: RefCell<Option<Stop>>,
    places: OnceCell<HashMap<MemberId, u32>>,
    objects: RefCell<HashMap<(u8, u32), JsObject>>,
    settings: RefCell<HashMap<u32, JsValue>>,
}

impl Call {
    pub fn new(request: Rc<Request>, limits: Rc<Limits>) -> Self {
        Self {
            running: Cell::new(None),
            composed: RefCell::default(),
            effects: RefCell::default(),
            stores: RefCell::default(),
            ask: RefCell::new(request.proposal.ask.clone()),
            draw: RefCell::new(Draw::new(request.seed)),
            logs: RefCell::default(),
            log_bytes: Cell::new(0),
            messages: Cell::new(0),
            missing: RefCell::default(),
            unmetered: Cell::new(0),
            reads: Cell::default(),
            raw_clock: Cell::new(false),
            wake_at: Cell::new(None),
            reasons: RefCell::default(),
            stop: RefCell::new(None),
            places: OnceCell::new(),
            objects: RefCell::default(),
            settings: RefCell::default(),
            request,
            limits,
        }
    }

    /// The evaluation that `context` is in.
    pub fn of(context: &Context) -> JsResult<Rc<Self>> {
        context.get_data::<Rc<Self>>().cloned().ok_or_else(|| uncatchable("no evaluation is running"))
    }

    pub fn facts(&self) -> &Facts {
        &self.request.facts
    }

    /// Notes that a kind of fact was read.
    ///
    /// What the functions that run once have read cannot change the answer any more, so it is not looked at again for
    /// that; chance and outside answers are noted always, for the reader of the record.
    pub fn reads(&self, kind: Reads) {
        let once = Reads::RANDOM.with(Reads::HTTP).with(Reads::LOOKUP);
        if self.is_asked_again() || once.touches(kind) {
            self.reads.set(self.reads.get().with(kind));
        }
    }

    fn is_asked_again(&self) -> bool {
        self.running.get().is_none_or(Function::is_asked_again)
    }

    /// Notes that the policy read the raw clock.
    pub fn reads_raw_clock(&self) {
        self.reads(Reads::CLOCK);
        if self.is_asked_again() {
            self.raw_clock.set(true);
        }
    }

    /// Notes that the answer may change at `moment`.
    pub fn wakes_at(&self, moment: Timestamp) {
        self.reads(Reads::CLOCK);
        if self.is_asked_again() && moment > self.request.now {
            let earliest = self.wake_at.get().map_or(moment, |earlier| earlier.min(moment));
            self.wake_at.set(Some(earliest));
        }
    }

    /// Ends the evaluation: `key` is needed, and with it whatever else the source seems to read.
    pub fn needs(&self, key: FactKey) -> JsError {
        let mut keys = BTreeSet::from([key]);
        keys.extend(self.likely_facts());
        self.stop(Stop::Facts(keys))
    }

    /// Facts that the source mentions and that are not there yet: asking for them now saves a round.
    fn likely_facts(&self) -> Vec<FactKey> {
        let mentions = |word: &str| self.request.policy.source.contains(word);
        let facts = self.facts();
        let mut keys = Vec::new();
        if facts.members.is_none() && (mentions("members.") || mentions("roles.")) {
            keys.push(FactKey::Members);
        }
        if facts.policy_data.is_none() && mentions("policy.data") {
            keys.push(FactKey::PolicyData);
        }
        if facts.documents.is_none() && mentions("documents.") {
            keys.push(FactKey::Documents);
        }
        keys
    }

    /// Ends the evaluation with an error at the place where the policy called the host.
    pub fn refuse(&self, code: ErrorCode, message: impl Into<String>, context: &Context) -> JsError {
        let composed = self.composed.borrow();
        // Inside another policy the place that helps is where this one called it.
        let (line, column) = composed.first().map_or_else(|| failure::caller(context), |other| other.called_at);
        let mut message = message.into();
        if let Some(other) = composed.last() {
            message = format!("in policy “{}”: {message}", other.name);
        }
        let function = self.running.get().map(|function| function.name().to_owned());
        self.stop(Stop::Broke(PolicyError { code, message, line, column, function }))
    }

    /// Ends the evaluation because a host function cannot use what it was given.
    pub fn bad_argument(&self, message: impl Into<String>, context: &Context) -> JsError {
        self.refuse(ErrorCode::BadArgument, message, context)
    }

    /// The first stop stands: what a policy does after one is of no consequence.
    fn stop(&self, stop: Stop) -> JsError {
        self.stop.borrow_mut().get_or_insert(stop);
        uncatchable("the evaluation has stopped")
    }

    pub fn stopped(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    /// Keeps the reason that `passed("…")` or `failed("…")` gave.
    pub fn give_reason(&self, verdict: Verdict, reason: String) {
        if let Some(slot) = self.reasons.borrow_mut().get_mut(place_of(verdict)) {
            *slot = reason;
        }
    }

    pub fn reason(&self, verdict: Verdict) -> String {
        self.reasons.borrow().get(place_of(verdict)).cloned().unwrap_or_default()
    }

    /// Where member `id` stands in the member list.
    pub fn place_of_member(&self, id: MemberId) -> Option<u32> {
        let places = self.places.get_or_init(|| {
            let members = self.facts().members.iter().flatten();
            members.zip(0_u32..).map(|(member, place)| (member.id, place)).collect()
        });
        places.get(&id).copied()
    }

    /// The object that stands for the `place`-th thing of a kind: the same one each time, so that `===` works.
    pub fn object(&self, kind: u8, place: u32, make: impl FnOnce() -> JsObject) -> JsValue {
        self.objects.borrow_mut().entry((kind, place)).or_insert_with(make).clone().into()
    }

    /// The object that stands for something, if it was made before.
    pub fn known_object(&self, kind: u8, place: u32) -> Option<JsValue> {
        self.objects.borrow().get(&(kind, place)).cloned().map(JsValue::from)
    }

    /// The settings of a policy, converted before.
    pub fn settings_object(&self, policy: u32) -> Option<JsValue> {
        self.settings.borrow().get(&policy).cloned()
    }

    pub fn keep_settings_object(&self, policy: u32, object: &JsValue) {
        self.settings.borrow_mut().insert(policy, object.clone());
    }
}

fn place_of(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Proposed => 0,
        Verdict::Passed => 1,
        Verdict::Failed => 2,
    }
}

/// An error that JavaScript cannot catch. What it was is in [`Call::stopped`].
fn uncatchable(message: &str) -> JsError {
    PanicError::new(message).into()
}
