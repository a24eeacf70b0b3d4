//! What follows from a decision, worked out before anything is written.
//!
//! [`plan`] is a function from an action, its decided case and who is who to a [`Plan`]; `commit` writes the plan down.
//! Nothing here knows a database.

use std::collections::BTreeSet;

use serde_json::json;
use types::audit::Actor;
use types::payload::bundle;
use types::{
    Action, ActionId, ActionStatus, ActionType, AuditKind, Effect, Evaluation, Json, MemberId, OnError, PolicyId,
    ProposalId, ProposalStatus, RoleId, Timestamp, Verdict,
};

use super::case::{BundleCase, Case, Docket, Entry};
use super::route::{self, Outgoing, People};

/// Everything that one decision changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Where the action stands now.
    pub status: ActionStatus,
    /// Why.
    pub reason: String,
    /// Whether this decision ended it.
    pub is_decided: bool,
    /// The verdict of all its policies together.
    pub verdict: Verdict,
    /// Whether Polity itself is to carry it out, in the same transaction.
    pub performs: bool,
    /// Whether what is left of a bundle is to be carried out.
    pub carries: bool,
    /// Whether carrying it out is left for later.
    pub waits: bool,
    /// Actions that policies took out of the bundle.
    pub drops: Vec<OfBundle>,
    /// Actions of the bundle whose votes policies started again.
    pub cleared: Vec<OfBundle>,
    /// What the audit log is told, in order.
    pub audit: Vec<Line>,
    /// What the world is asked for, in order.
    pub outgoing: Vec<Sent>,
    /// Changes of the action's own data.
    pub action_data: Vec<(String, Option<Json>)>,
    /// Changes of policies' data.
    pub policy_data: Vec<(PolicyId, String, Option<Json>)>,
    /// Changes of who holds a role.
    pub roles: Vec<RoleChange>,
    /// Further actions that policies attempt.
    pub followups: Vec<Followup>,
    /// When to look again although nothing that was read has changed.
    pub next_look: Option<Timestamp>,
}

/// One audit entry to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Who or what caused it.
    pub actor: Actor,
    /// What it tells.
    pub kind: AuditKind,
    /// What it is about.
    pub subject: String,
    /// The details.
    pub body: Json,
}

/// One outbox row to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The proposal whose policy asked; none for carrying out and undoing.
    pub proposal: Option<ProposalId>,
    /// The key that an announcement was given, so that a later message can be its thread.
    pub key: Option<String>,
    /// What is asked of whom.
    pub outgoing: Outgoing,
}

/// A change of who holds a role, asked for by a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleChange {
    /// The policy, by name.
    pub policy: String,
    /// The role.
    pub role: RoleId,
    /// The member; `None` for everybody.
    pub member: Option<MemberId>,
    /// Whether the role is given.
    pub gives: bool,
}

/// An action of a bundle that a policy took out, or whose vote it started again.
#[derive(Clone, Debug, PartialEq)]
pub struct OfBundle {
    /// The action.
    pub action: ActionId,
    /// The policy, by name.
    pub policy: String,
    /// Its proposal on the bundle.
    pub proposal: ProposalId,
    /// Why, in the policy's words; may be empty.
    pub reason: String,
}

/// A further action that a policy attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct Followup {
    /// The proposal whose policy attempts it.
    pub proposal: ProposalId,
    /// Its type.
    pub kind: ActionType,
    /// Its payload.
    pub payload: Json,
    /// When it enters.
    pub at: Option<Timestamp>,
}

/// The members whom the effects of `entries` and the action itself name: who must be known to route them.
#[must_use]
pub fn named_members(action: &Action, entries: &[Entry]) -> BTreeSet<MemberId> {
    let mut named: BTreeSet<MemberId> = action.initiator.into_iter().collect();
    for entry in entries {
        let Evaluation::Decided(decision) = &entry.evaluation else { continue };
        for effect in &decision.effects {
            if let Effect::Notify { to, .. } | Effect::Remind { to, .. } = effect {
                named.extend(to);
            }
        }
    }
    named
}

/// What is known of an action besides its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// Whether its policies are asked for the first time.
    pub is_first: bool,
    /// Whether the platform has already undone what had happened.
    pub was_undone: bool,
}

/// Works out what follows.
#[must_use]
pub fn plan(action: &Action, case: &Case, entries: &[Entry], people: &People, past: Past, now: Timestamp) -> Plan {
    let mut plan = Plan { next_look: case.wake_at(now), ..Plan::nothing_yet(action) };
    for entry in entries {
        if let Some(docket) = case.dockets.get(entry.docket) {
            plan.take(action, docket, entry, people);
        }
    }
    plan.conclude(action, case, people, past);
    plan
}

/// What follows where nobody is asked: the action is carried out at once.
#[must_use]
pub fn at_once(action: &Action, people: &People, why: &str) -> Plan {
    let mut plan = Plan::nothing_yet(action);
    plan.status = ActionStatus::Passed;
    plan.end(action, Verdict::Passed, why.to_owned());
    if action.origin.has_happened() {
        plan.status = ActionStatus::Executed;
    } else {
        plan.carry_out(action, people);
    }
    plan
}

/// What follows where nobody is asked, and nothing can be carried out.
#[must_use]
pub fn failed(action: &Action, why: &str) -> Plan {
    let mut plan = Plan::nothing_yet(action);
    plan.status = ActionStatus::Failed;
    plan.end(action, Verdict::Failed, why.to_owned());
    plan
}

/// What follows where an action that was decided on earlier is carried out now.
#[must_use]
pub fn carry_out(action: &Action, people: &People) -> Plan {
    let mut plan =
        Plan { status: ActionStatus::Passed, is_decided: true, verdict: Verdict::Passed, ..Plan::nothing_yet(action) };
    plan.carry_out(action, people);
    plan
}

impl Plan {
    fn nothing_yet(action: &Action) -> Self {
        Self {
            status: action.status,
            reason: action.reason.clone(),
            is_decided: false,
            verdict: Verdict::Proposed,
            performs: false,
            carries: false,
            waits: false,
            drops: Vec::new(),
            cleared: Vec::new(),
            audit: Vec::new(),
            outgoing: Vec::new(),
            action_data: Vec::new(),
            policy_data: Vec::new(),
            roles: Vec::new(),
            followups: Vec::new(),
            next_look: None,
        }
    }

    /// Takes in what one policy said and asked for.
    fn take(&mut self, action: &Action, docket: &Docket, entry: &Entry, people: &People) {
        match &entry.evaluation {
            Evaluation::NeedsFacts(_) => {}
            Evaluation::Broke(error) => self.tell(
                docket,
                AuditKind::PolicyBroke,
                json!({
                    "code": error.code.as_str(), "message": error.message, "line": error.line, "column": error.column,
                    "function": error.function, "version": docket.policy.version,
                }),
            ),
            Evaluation::Decided(decision) => {
                if entry.before != docket.status && decision.in_scope {
                    self.tell_status(docket, entry);
                }
                for effect in &decision.effects {
                    if docket.is_trial() {
                        self.keep_books(docket, effect);
                    } else {
                        self.take_effect(action, docket, effect, people);
                    }
                }
            }
        }
    }

    fn tell_status(&mut self, docket: &Docket, entry: &Entry) {
        let kind = match docket.status {
            ProposalStatus::Passed | ProposalStatus::Failed => AuditKind::ProposalDecided,
            _ => AuditKind::ProposalOpened,
        };
        let would: Vec<_> = match &entry.evaluation {
            Evaluation::Decided(decision) if docket.is_trial() => decision.effects.iter().map(Effect::kind).collect(),
            _ => Vec::new(),
        };
        self.tell(
            docket,
            kind,
            json!({
                "status": docket.status, "reason": docket.reason, "version": docket.policy.version,
                "hash": docket.policy.hash, "enforcement": docket.enforcement, "would": would,
            }),
        );
    }

    fn take_effect(&mut self, action: &Action, docket: &Docket, effect: &Effect, people: &People) {
        match effect {
            Effect::Execute => {}
            Effect::Revert => self.undo(action, people, "the policy asked for it"),
            Effect::Ask(asked) => {
                // What voters were promised may have bent the question.
                let ask = docket.ask.as_ref().unwrap_or(asked);
                self.tell(
                    docket,
                    AuditKind::ProposalAsked,
                    json!({
                        "text": ask.text, "kind": ask.kind, "options": ask.options, "closes": ask.closes,
                        "eligible": ask.eligible, "privacy": ask.privacy, "results": ask.results, "place": ask.place,
                    }),
                );
                self.speak(action, docket, &Effect::Ask(ask.clone()), people);
            }
            Effect::Notify { .. } | Effect::Remind { .. } | Effect::Announce { .. } => {
                self.speak(action, docket, effect, people);
            }
            Effect::AddToRole { role, member } => self.change_role(docket, *role, Some(*member), true),
            Effect::RemoveFromRole { role, member } => self.change_role(docket, *role, Some(*member), false),
            Effect::ClearRole { role } => self.change_role(docket, *role, None, false),
            Effect::Propose { kind, payload, at } => self.followups.push(Followup {
                proposal: docket.id,
                kind: kind.clone(),
                payload: payload.clone(),
                at: *at,
            }),
            Effect::DropFromBundle { action } => self.drops.push(of_bundle(docket, *action)),
            Effect::ClearBallots { action } => self.cleared.push(of_bundle(docket, *action)),
            Effect::SetActionData { .. } | Effect::SetPolicyData { .. } => self.keep_books(docket, effect),
        }
    }

    /// Takes in the policy's own bookkeeping. A trial's `action.data` is kept apart, under a prefix of its own.
    fn keep_books(&mut self, docket: &Docket, effect: &Effect) {
        match effect {
            Effect::SetActionData { key, value } => {
                let key = if docket.is_trial() { trial_key(docket.id, key) } else { key.clone() };
                self.action_data.push((key, value.clone()));
            }
            Effect::SetPolicyData { key, value } => {
                self.policy_data.push((docket.policy.id, key.clone(), value.clone()));
            }
            _ => {}
        }
    }

    fn speak(&mut self, action: &Action, docket: &Docket, effect: &Effect, people: &People) {
        let key = match effect {
            Effect::Announce { key, .. } => Some(key.clone()),
            _ => None,
        };
        for outgoing in route::speak(effect, action, docket.id, people) {
            self.outgoing.push(Sent { proposal: Some(docket.id), key: key.clone(), outgoing });
        }
    }

    fn change_role(&mut self, docket: &Docket, role: RoleId, member: Option<MemberId>, gives: bool) {
        self.roles.push(RoleChange { policy: docket.policy.name.clone(), role, member, gives });
    }

    /// Works out where the action stands, now that every policy has spoken.
    fn conclude(&mut self, action: &Action, case: &Case, people: &People, past: Past) {
        let Past { is_first, was_undone } = past;
        let combined = case.combined();
        let decisive = combined.decisive.iter().filter_map(|at| case.dockets.get(*at));
        let reason = reason(combined.verdict, decisive.clone());
        let happened = action.origin.has_happened();
        if happened && is_first && combined.verdict != Verdict::Passed {
            self.undo(action, people, "it waits for a decision of the community");
        }
        // Whoever stood for election has withdrawn: there is nothing to decide any more.
        let is_empty = case.bundle.as_ref().is_some_and(|bundle| !bundle.has_parts());
        match combined.verdict {
            Verdict::Proposed if is_empty => {
                self.status = ActionStatus::Failed;
                self.end(action, Verdict::Failed, "nothing is left to be decided on".to_owned());
            }
            Verdict::Proposed => match combined.held {
                Some(why) => {
                    // The policy that broke says more than that one did.
                    let why = if reason.is_empty() { why } else { reason };
                    if action.status != ActionStatus::Held {
                        self.tell_action(action, AuditKind::ActionHeld, json!({ "reason": why }));
                    }
                    (self.status, self.reason) = (ActionStatus::Held, why);
                }
                None => (self.status, self.reason) = (ActionStatus::Proposed, reason),
            },
            Verdict::Failed => {
                self.status = if happened && was_undone { ActionStatus::Reverted } else { ActionStatus::Failed };
                self.end(action, Verdict::Failed, reason);
            }
            Verdict::Passed => {
                let wants_execute = case.dockets.is_empty()
                    || combined.decisive.is_empty()
                    || case.dockets.iter().any(|docket| !docket.is_trial() && docket.wants_execute)
                    || decisive
                        .clone()
                        .any(|docket| docket.status == ProposalStatus::Held && docket.on_error == OnError::Allow);
                if let Some(why) = case.bundle.as_ref().filter(|_| wants_execute).and_then(BundleCase::is_undecided) {
                    self.status = ActionStatus::Failed;
                    self.end(action, Verdict::Failed, why);
                    return;
                }
                self.status = ActionStatus::Passed;
                if action.kind.is_trigger() {
                    // A trigger is no deed: what `pass` asked for is on its way, and there is nothing else to carry out.
                    let reason = if combined.decisive.is_empty() { NO_ANSWER.to_owned() } else { reason };
                    self.end(action, Verdict::Passed, reason);
                    return;
                }
                self.end(action, Verdict::Passed, reason);
                if happened && is_first {
                    // The platform let it happen, and the policies agree: there is nothing left to do.
                    self.status = ActionStatus::Executed;
                } else if wants_execute {
                    self.carry_out(action, people);
                } else {
                    self.reason = format!("{}; the policy asked for nothing to be carried out", self.reason);
                }
            }
        }
    }

    /// Has the action carried out by whoever does that: Polity itself, the bundle's own actions, or a platform.
    fn carry_out(&mut self, action: &Action, people: &People) {
        if bundle::kind_of(&action.kind).is_some() {
            self.carries = true;
        } else if action.kind.is_internal() {
            self.performs = true;
        } else {
            self.send(None, route::execute(action, people));
        }
    }

    fn end(&mut self, action: &Action, verdict: Verdict, reason: String) {
        self.is_decided = true;
        self.verdict = verdict;
        self.next_look = None;
        self.tell_action(action, AuditKind::ActionDecided, json!({ "verdict": verdict, "reason": reason }));
        self.reason = reason;
    }

    fn undo(&mut self, action: &Action, people: &People, why: &str) {
        let undone = self.outgoing.iter().any(|sent| sent.outgoing.kind == "revert");
        if !undone && (action.origin.has_happened() || action.status == ActionStatus::Executed) {
            self.send(None, route::revert(action, people, why));
        }
    }

    fn send(&mut self, proposal: Option<ProposalId>, outgoing: Outgoing) {
        self.outgoing.push(Sent { proposal, key: None, outgoing });
    }

    fn tell(&mut self, docket: &Docket, kind: AuditKind, body: serde_json::Value) {
        let actor = Actor::Policy(docket.policy.name.clone());
        self.audit.push(Line { actor, kind, subject: format!("proposal:{}", docket.id), body: Json(body) });
    }

    fn tell_action(&mut self, action: &Action, kind: AuditKind, body: serde_json::Value) {
        self.audit.push(Line {
            actor: Actor::System,
            kind,
            subject: format!("action:{}", action.id),
            body: Json(body),
        });
    }
}

fn of_bundle(docket: &Docket, action: ActionId) -> OfBundle {
    OfBundle { action, policy: docket.policy.name.clone(), proposal: docket.id, reason: docket.reason.clone() }
}
/// Why a trigger is done with that no policy has anything to say to.
pub(super) const NO_ANSWER: &str = "no policy has anything to answer";

/// The key under which a trial's own `action.data` is stored.
#[must_use]
pub fn trial_key(proposal: ProposalId, key: &str) -> String {
    format!("trial:{proposal}:{key}")
}

/// Why the action stands where it does: the reasons of the policies it rests on, or their names.
fn reason<'d>(verdict: Verdict, decisive: impl Iterator<Item = &'d Docket>) -> String {
    let sentences: Vec<String> = decisive
        .map(|docket| {
            let name = &docket.policy.name;
            match (verdict, docket.reason.is_empty()) {
                (_, false) => docket.reason.clone(),
                (Verdict::Passed, true) => format!("“{name}” passed it"),
                (Verdict::Failed, true) => format!("“{name}” failed it"),
                (Verdict::Proposed, true) => format!("“{name}” is deciding"),
            }
        })
        .collect();
    match (sentences.is_empty(), verdict) {
        (false, _) => sentences.join("; "),
        (true, Verdict::Passed) => "no policy governs it, so it goes ahead".to_owned(),
        (true, _) => String::new(),
    }
}
