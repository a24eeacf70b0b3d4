//! What an evaluation leaves behind: effects, logs, and when to look again.

use boa_engine::{Context, JsResult};
use types::decision::{ErrorCode, LogLine, Wake};
use types::effect::Power;
use types::{Effect, Reads};

use super::{Call, Function};
use crate::failure;

impl Call {
    /// Refuses effects where they have no place.
    fn may_act(&self, context: &Context) -> JsResult<()> {
        match self.running.get() {
            None => Err(self.bad_argument(
                "effects belong inside the six functions: the top level of a policy runs again at each evaluation",
                context,
            )),
            Some(Function::Filter) => Err(self.bad_argument(
                "filter only answers whether the policy governs the action: ask, notify and change things in initialize, check or pass",
                context,
            )),
            Some(_) => Ok(()),
        }
    }

    /// Records an effect, if the policy may have it.
    pub fn effect(&self, effect: Effect, context: &Context) -> JsResult<()> {
        self.may_act(context)?;
        if let Some(power) = effect.power() {
            self.allow(power, context)?;
        }
        let mut effects = self.effects.borrow_mut();
        // Carrying out and undoing are wishes, not counts.
        if matches!(effect, Effect::Execute | Effect::Revert) && effects.contains(&effect) {
            return Ok(());
        }
        let n_effects = effects.iter().filter(|effect| !is_write(effect)).count();
        if n_effects >= self.limits.effects {
            let limit = self.limits.effects;
            return Err(self.refuse(
                ErrorCode::TooMuch,
                format!("more than {limit} effects in one evaluation: address many members with one call instead of one call each"),
                context,
            ));
        }
        effects.push(effect);
        Ok(())
    }

    /// Records a write to a data store: the last one to a key stands.
    pub fn writes(&self, effect: Effect, context: &Context) -> JsResult<()> {
        self.may_act(context)?;
        let mut effects = self.effects.borrow_mut();
        match effects.iter_mut().find(|earlier| is_same_key(earlier, &effect)) {
            Some(earlier) => *earlier = effect,
            None => effects.push(effect),
        }
        Ok(())
    }

    /// Refuses a power that the policy was not given.
    pub fn allow(&self, power: Power, context: &Context) -> JsResult<()> {
        let powers = &self.request.policy.powers;
        if powers.is_empty() || powers.contains(&power) {
            return Ok(());
        }
        let had: Vec<&str> = powers.iter().map(|power| word(*power)).collect();
        let message = format!("this policy was not given the power to {}; its powers: {}", word(power), had.join(", "));
        Err(self.refuse(ErrorCode::NotAllowed, message, context))
    }

    /// Records one line of the log.
    pub fn log(&self, text: String, context: &Context) -> JsResult<()> {
        let bytes = self.log_bytes.get().saturating_add(text.len());
        let mut logs = self.logs.borrow_mut();
        if logs.len() >= self.limits.log_lines || bytes > self.limits.log_bytes {
            let message = format!(
                "more than {} lines or {} bytes logged in one evaluation",
                self.limits.log_lines, self.limits.log_bytes
            );
            return Err(self.refuse(ErrorCode::TooMuch, message, context));
        }
        self.log_bytes.set(bytes);
        logs.push(LogLine { line: failure::caller(context).0, text });
        Ok(())
    }

    /// What was read.
    pub fn all_reads(&self) -> Reads {
        self.reads.get()
    }

    /// When the answer could change although nothing else does.
    pub fn wake(&self) -> Option<Wake> {
        if self.raw_clock.get() {
            return Some(Wake::EveryMinute);
        }
        self.wake_at.get().map(Wake::At)
    }
}

fn is_write(effect: &Effect) -> bool {
    matches!(effect, Effect::SetActionData { .. } | Effect::SetPolicyData { .. })
}

fn is_same_key(one: &Effect, other: &Effect) -> bool {
    match (one, other) {
        (Effect::SetActionData { key: one, .. }, Effect::SetActionData { key: other, .. })
        | (Effect::SetPolicyData { key: one, .. }, Effect::SetPolicyData { key: other, .. }) => one == other,
        _ => false,
    }
}

/// What a power lets a policy do, as a verb phrase.
fn word(power: Power) -> &'static str {
    match power {
        Power::Execute => "carry the action out (execute)",
        Power::Revert => "undo the action (revert)",
        Power::Ask => "ask members to vote (ask)",
        Power::Notify => "message members (notify)",
        Power::Announce => "post in channels (announce)",
        Power::Roles => "change roles (roles)",
        Power::Propose => "attempt further actions (propose)",
        Power::Http => "ask other hosts (http)",
    }
}
