//! Which constitution actions can still come about, directly or after others have mended what stands in the way.

use std::collections::BTreeSet;
use std::fmt;

use types::ActionType;
use types::member::Right;
use types::policy::{Combining, Enforcement};

use super::{Government, Standing};

/// The action types whose reach is computed: the amendments, and what can mend a way to them.
const TYPES: [&str; 7] = [
    "constitution.add_policy",
    "constitution.change_policy",
    "constitution.remove_policy",
    "constitution.set_enforcement",
    "constitution.apply_starter_kit",
    "constitution.assign_role",
    "constitution.edit_role",
];

/// Why an action type cannot come about directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody holds a right to attempt it.
    NobodyMayPropose,
    /// No enforced policy covers it, so it is held for ever.
    Ungoverned,
    /// A policy that covers it can pass nothing.
    Blocked {
        /// Its name.
        policy: String,
        /// Why, as a clause: "it is broken".
        why: String,
    },
    /// Those that cover it pass it and do nothing.
    Trial,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NobodyMayPropose => f.write_str("no member holds the right to propose it"),
            Self::Ungoverned => f.write_str("no enforced policy covers it, so it would be held for ever"),
            Self::Blocked { policy, why } => write!(f, "“{policy}” decides it and can pass nothing, because {why}"),
            Self::Trial => f.write_str("the policies that cover it never carry anything out"),
        }
    }
}

/// The types that can come about, in the end.
///
/// Begins with those that nothing stands in the way of, and adds what they can mend until nothing is added.
pub(super) fn reached(government: &Government) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    loop {
        let more: Vec<&'static str> = TYPES
            .into_iter()
            .filter(|name| !reached.contains(name) && is_reachable(government, name, &reached))
            .collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}

/// What stands in the way of an action type as things are.
pub(super) fn obstacle(government: &Government, name: &str) -> Option<Obstacle> {
    let kind: ActionType = name.parse().ok()?;
    find(government, &kind, &Mended::default())
}

/// How many members hold the role of that name.
pub(super) fn holders(government: &Government, role: &str) -> u64 {
    government.roles.iter().filter(|fact| fact.name == role).map(|fact| fact.n_members).max().unwrap_or(0)
}

/// What the actions reached so far can mend.
#[derive(Clone, Copy, Debug, Default)]
struct Mended {
    /// Roles can be filled.
    roles: bool,
    /// Rights can be given.
    rights: bool,
    /// A policy can be made for what none covers.
    gaps: bool,
    /// A policy that stands in the way can be taken out of it.
    blocks: bool,
    /// A trial can be made to count.
    trials: bool,
}

fn is_reachable(government: &Government, name: &str, reached: &BTreeSet<&'static str>) -> bool {
    let Ok(kind) = name.parse::<ActionType>() else { return false };
    let has = |verb: &str| reached.iter().any(|name| name.strip_prefix("constitution.") == Some(verb));
    // A new version of any policy, or a whole new government, mends everything; so neither is looked into further.
    let anything = has("apply_starter_kit") || has("change_policy") && government.policies.iter().any(|p| p.is_active);
    let can_remove = has("remove_policy") || has("set_enforcement");
    let is_replaceable = can_remove && has("add_policy");
    let mended = Mended {
        roles: anything || has("assign_role"),
        rights: anything || has("edit_role") || has("assign_role") && may_if_filled(government, &kind),
        gaps: anything || has("add_policy") || has("set_enforcement") && has_trial(government, &kind),
        // Under permit-overrides a new policy outvotes one that never passes.
        blocks: anything || can_remove || has("add_policy") && government.combining == Combining::PermitOverrides,
        trials: anything || has("add_policy") || is_replaceable,
    };
    find(government, &kind, &mended).is_none()
}

/// Whether a role that nobody holds would give the right.
fn may_if_filled(government: &Government, kind: &ActionType) -> bool {
    government.roles.iter().any(|role| {
        let filled = super::RoleFact { n_members: 1, ..role.clone() };
        filled.may(kind, Right::Propose) || filled.may(kind, Right::Execute)
    })
}

/// Whether a policy that would let `kind` pass is there but not enforced.
fn has_trial(government: &Government, kind: &ActionType) -> bool {
    government.policies.iter().any(|policy| {
        policy.enforcement != Enforcement::Enforced
            && policy.covers(kind)
            && policy.shape.carries_out
            && block(government, policy, &Mended::default()).is_none()
    })
}

fn find(government: &Government, kind: &ActionType, mended: &Mended) -> Option<Obstacle> {
    let held = |right| government.roles.iter().any(|role| role.may(kind, right));
    if held(Right::Execute) {
        return None;
    }
    if !held(Right::Propose) && !mended.rights {
        return Some(Obstacle::NobodyMayPropose);
    }
    let covering: Vec<&Standing> = government
        .policies
        .iter()
        .filter(|policy| policy.enforcement == Enforcement::Enforced && policy.covers(kind))
        .collect();
    let blocked = |policy: &&Standing| block(government, policy, mended);
    let decide: Vec<&Standing> = match government.combining {
        // A policy that comes first may have no opinion on the action at hand, but that is not to be relied upon.
        Combining::FirstApplicable => covering.iter().take(1).copied().collect(),
        Combining::DenyOverrides => covering.clone(),
        Combining::PermitOverrides => {
            let free: Vec<&Standing> = covering.iter().filter(|policy| blocked(policy).is_none()).copied().collect();
            if free.is_empty() { covering.clone() } else { free }
        }
    };
    let in_the_way = decide.iter().find_map(|policy| Some((policy.name.clone(), blocked(policy)?)));
    if let Some((policy, why)) = in_the_way {
        if !mended.blocks {
            return Some(Obstacle::Blocked { policy, why });
        }
        // Once those in the way are gone, somebody must still decide.
        let somebody_left = covering.iter().any(|policy| blocked(policy).is_none() && policy.shape.carries_out);
        return (!somebody_left && !mended.gaps).then_some(Obstacle::Ungoverned);
    }
    if decide.is_empty() {
        return (!mended.gaps).then_some(Obstacle::Ungoverned);
    }
    let is_trial = !decide.iter().any(|policy| policy.shape.carries_out);
    (is_trial && !mended.trials).then_some(Obstacle::Trial)
}

/// Why `policy` can pass nothing.
fn block(government: &Government, policy: &Standing, mended: &Mended) -> Option<String> {
    if policy.is_broken {
        return Some("it is broken".to_owned());
    }
    if !policy.shape.can_pass {
        return Some("nothing in its source ever passes an action".to_owned());
    }
    let lacking = policy.shape.needs.iter().find(|need| {
        let can_be_filled = mended.roles
            && government.n_members >= need.at_least
            && government.roles.iter().any(|role| role.name == need.role);
        holders(government, &need.role) < need.at_least && !can_be_filled
    })?;
    let n_holders = holders(government, &lacking.role);
    Some(if government.roles.iter().all(|role| role.name != lacking.role) {
        format!("it asks the role “{}”, which does not exist", lacking.role)
    } else if n_holders == 0 {
        format!("it asks the role “{}”, which nobody holds", lacking.role)
    } else {
        format!("it asks {} of the role “{}”, which {n_holders} hold", lacking.at_least, lacking.role)
    })
}
