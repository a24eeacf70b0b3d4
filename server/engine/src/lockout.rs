//! The lock-out check: would a change leave a community no reachable way to amend its policies?
//!
//! Constitution actions are held when no policy governs them, so a community can shut itself out: remove the policy that
//! decides about policies, empty the role that it asks, switch it to a trial, or give it source that never passes.
//! The check looks at a [`Government`] as it would stand after the change, and says in sentences what could no longer be
//! done, and why. It knows nothing of the store and decides nothing: whoever proposes or votes is warned.
//!
//! It is conservative: what a policy's JavaScript does cannot be known in general, so a policy counts as able to pass an
//! action unless there is a sign that it is not ([`Shape`]), and a policy that names an empty role counts as unable.
//! A finding of [`Severity::Locked`] is worth stopping for; none is a promise that every procedure will succeed.

mod reach;
mod shape;

#[cfg(test)]
mod tests;

use serde::Serialize;
use types::member::{Right, pattern_covers};
use types::policy::{Combining, Enforcement, OnError, PolicyKind};
use types::{ActionType, Layer};

pub use reach::Obstacle;
pub use shape::{RoleNeed, Shape};

/// The action types by which policies are amended.
pub const AMENDMENTS: [&str; 4] = [
    "constitution.add_policy",
    "constitution.change_policy",
    "constitution.remove_policy",
    "constitution.set_enforcement",
];

/// A government, as far as the check looks at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Government {
    /// How policies of the constitution layer combine.
    pub combining: Combining,
    /// The policies of the constitution layer, in the order in which they are asked.
    pub policies: Vec<Standing>,
    /// All roles.
    pub roles: Vec<RoleFact>,
    /// How many members there are who are not programs.
    pub n_members: u64,
    /// Whether a recovery rule stands that ordinary actions cannot change.
    pub has_recovery: bool,
}

/// A policy of the constitution layer, in summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The name.
    pub name: String,
    /// Governing or reacting; a reacting one decides nothing.
    pub kind: PolicyKind,
    /// Whether it is in force.
    pub is_active: bool,
    /// How far its decisions reach.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// Whether it is broken at present.
    pub is_broken: bool,
    /// The action types it is declared for.
    pub action_types: Vec<String>,
    /// What can be seen of its procedure.
    pub shape: Shape,
}

impl Standing {
    /// Sums up a policy. `roles` are the names by which its settings and source may mean a role.
    #[must_use]
    pub fn of(policy: &types::policy::Policy, roles: &[RoleFact]) -> Self {
        Self {
            name: policy.draft.name.clone(),
            kind: policy.draft.kind,
            is_active: policy.is_active && policy.draft.layer == Layer::Constitution,
            enforcement: policy.enforcement,
            on_error: policy.on_error,
            is_broken: false,
            action_types: policy.draft.action_types.clone(),
            shape: Shape::read(&policy.draft.source, &policy.draft.settings.0, roles),
        }
    }

    /// Whether it is declared for actions of type `kind`, and decides or could be made to.
    fn covers(&self, kind: &ActionType) -> bool {
        self.is_active
            && self.kind == PolicyKind::Governing
            && self.action_types.iter().any(|pattern| pattern_covers(pattern, kind))
    }
}

/// A role, in summary.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleFact {
    /// The name.
    pub name: String,
    /// How many members hold it; programs left out.
    pub n_members: u64,
    /// What it may do: action type, `platform.*` or `*`, and the right.
    pub rights: Vec<(String, Right)>,
}

impl RoleFact {
    fn may(&self, kind: &ActionType, right: Right) -> bool {
        self.n_members > 0 && self.rights.iter().any(|(pattern, held)| *held == right && pattern_covers(pattern, kind))
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is lost, but something no longer works directly.
    Note,
    /// A way to amend the policies is lost, or hangs on one person.
    Risk,
    /// No reachable way is left.
    Locked,
}

/// Something that the check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// A stable code: `locked`, `frozen`, `unreachable`, `roundabout` or `rests-on-few`.
    pub code: &'static str,
    /// What it is, in a sentence or two.
    pub sentence: String,
}

/// Looks at a government. The gravest findings come first; none means that each amendment can be reached directly.
#[must_use]
pub fn check(government: &Government) -> Vec<Finding> {
    let reached = reach::reached(government);
    let is_reached = |name: &str| reached.contains(name);
    let mut findings = Vec::new();
    let obstacles: Vec<(&str, Obstacle)> =
        AMENDMENTS.iter().filter_map(|name| Some((*name, reach::obstacle(government, name)?))).collect();
    let is_locked = !AMENDMENTS.iter().any(|name| is_reached(name));
    let is_frozen = !is_locked && !is_reached("constitution.change_policy");
    if is_locked {
        let mut reasons: Vec<String> = Vec::new();
        for (_, obstacle) in &obstacles {
            let reason = obstacle.to_string();
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let way_out = if government.has_recovery {
            "Only the recovery rule could undo it."
        } else {
            "There is no recovery rule either: nothing could undo it."
        };
        findings.push(Finding {
            severity: Severity::Locked,
            code: "locked",
            sentence: format!(
                "No policy could ever be added, changed, removed or switched again: {}. {way_out}",
                reasons.join("; ")
            ),
        });
    }
    if is_frozen {
        let ways: Vec<&str> = AMENDMENTS.into_iter().filter(|name| is_reached(name)).map(deed).collect();
        findings.push(Finding {
            severity: Severity::Risk,
            code: "frozen",
            sentence: format!(
                "The policies in force could never be changed again; the community could still only {}.",
                ways.join(" or ")
            ),
        });
    }
    for (name, obstacle) in obstacles.iter().filter(|_| !is_locked) {
        let (severity, code, then) = if is_reached(name) {
            (Severity::Note, "roundabout", "The other amendments could mend that.")
        } else {
            (Severity::Risk, "unreachable", "Nothing else that is left could mend that.")
        };
        let sentence = format!("Nobody could {}: {obstacle}. {then}", deed(name));
        findings.push(Finding { severity, code, sentence });
    }
    findings.extend(rests_on_few(government).into_iter().filter(|_| !is_locked));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// What a change adds to the findings: those of `after` that `before` did not have.
#[must_use]
pub fn check_change(before: &Government, after: &Government) -> Vec<Finding> {
    let known = check(before);
    check(after).into_iter().filter(|finding| !known.contains(finding)).collect()
}

/// Whether one of the findings is that no way is left.
#[must_use]
pub fn is_locked(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Locked)
}

/// Policies that decide about policies and would stop working if one more member left a role.
fn rests_on_few(government: &Government) -> Vec<Finding> {
    let Ok(kind) = "constitution.change_policy".parse::<ActionType>() else { return Vec::new() };
    let mut findings = Vec::new();
    let deciding = government.policies.iter().filter(|policy| policy.covers(&kind));
    for policy in deciding.filter(|policy| policy.enforcement == Enforcement::Enforced) {
        for need in &policy.shape.needs {
            let held_by = reach::holders(government, &need.role);
            if held_by > 0 && held_by == need.at_least {
                let who = if held_by == 1 { "one member".to_owned() } else { format!("{held_by} members") };
                findings.push(Finding {
                    severity: Severity::Risk,
                    code: "rests-on-few",
                    sentence: format!(
                        "Changing policies rests on the role “{}”, which only {who} would hold: “{}” could pass nothing if one of them left.",
                        need.role, policy.name
                    ),
                });
            }
        }
    }
    findings
}

/// What an amendment does, as a verb phrase.
fn deed(name: &str) -> &'static str {
    match name {
        "constitution.add_policy" => "add a policy",
        "constitution.change_policy" => "change a policy",
        "constitution.remove_policy" => "remove a policy",
        _ => "switch a policy on or off",
    }
}
