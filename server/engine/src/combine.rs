//! How the opinions of several policies on one action become one verdict.
//!
//! # Source
//! The combining algorithms of OASIS XACML 3.0, appendix C, with two more answers than XACML has: a policy may still be
//! deciding, and a policy may have broken.

use types::policy::{Combining, Enforcement, OnError};
use types::{Layer, ProposalStatus, Verdict};

/// What is held against a constitution action that nobody governs.
pub const UNGOVERNED: &str =
    "no policy governs it; changes to the government wait until a policy says how they are decided";
/// Why a platform action that nobody governs goes ahead.
pub const FREE: &str = "no policy governs it";
const BROKEN: &str = "a policy that governs it broke, and waits to be mended";

/// Where one pinned policy stands on the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// The status of its proposal.
    pub status: ProposalStatus,
    /// How far its decisions reach, as pinned.
    pub enforcement: Enforcement,
    /// What its breaking means.
    pub on_error: OnError,
}

/// The verdict of all policies together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combined {
    /// The verdict.
    pub verdict: Verdict,
    /// Why nothing decides until somebody acts. Only with [`Verdict::Proposed`].
    pub held: Option<String>,
    /// The policies it rests on, by their place in the input: those that decided, or that are waited for.
    pub decisive: Vec<usize>,
}

/// What an opinion amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Silent,
    Open,
    For,
    Against,
    Broken,
}

impl Voice {
    fn of(opinion: &Opinion, layer: Layer) -> Self {
        if opinion.enforcement != Enforcement::Enforced {
            return Self::Silent;
        }
        match opinion.status {
            ProposalStatus::OutOfScope => Self::Silent,
            ProposalStatus::Waiting | ProposalStatus::Proposed => Self::Open,
            ProposalStatus::Passed => Self::For,
            ProposalStatus::Failed => Self::Against,
            ProposalStatus::Held => match (opinion.on_error, layer) {
                (OnError::Deny, _) => Self::Against,
                (OnError::Allow, Layer::Platform) => Self::For,
                // The government itself never changes because a policy broke.
                (OnError::Allow, Layer::Constitution) | (OnError::Hold, _) => Self::Broken,
            },
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Self::For => Verdict::Passed,
            Self::Against => Verdict::Failed,
            Self::Silent | Self::Open | Self::Broken => Verdict::Proposed,
        }
    }
}

/// Combines the opinions of the pinned policies, in the community's order.
///
/// - A policy out of scope has no opinion; neither has one in `off`, `shadow` or `warn`.
/// - [`Combining::FirstApplicable`]: the first with an opinion decides, and while it is still deciding the action is open.
/// - [`Combining::DenyOverrides`]: one against fails it; a broken one holds it; then an open one keeps it open; else it
///   passes.
/// - [`Combining::PermitOverrides`]: one in favour passes it; an open one, which may yet be in favour, keeps it open; then
///   a broken one holds it; else it fails.
/// - A broken policy is for, against or broken as its `on_error` says; `allow` is `hold` on the constitution layer.
/// - Nobody with an opinion: a platform action passes, a constitution action is held.
#[must_use]
pub fn combine(algorithm: Combining, layer: Layer, opinions: &[Opinion]) -> Combined {
    let voices: Vec<(usize, Voice)> = opinions
        .iter()
        .map(|opinion| Voice::of(opinion, layer))
        .enumerate()
        .filter(|(_, voice)| *voice != Voice::Silent)
        .collect();
    let order = match algorithm {
        Combining::FirstApplicable => {
            return voices.first().map_or_else(|| ungoverned(layer), |&(at, voice)| settle(voice, vec![at]));
        }
        Combining::DenyOverrides => [Voice::Against, Voice::Broken, Voice::Open, Voice::For],
        Combining::PermitOverrides => [Voice::For, Voice::Open, Voice::Broken, Voice::Against],
    };
    let strongest = order.into_iter().find(|voice| voices.iter().any(|(_, heard)| heard == voice));
    strongest.map_or_else(
        || ungoverned(layer),
        |voice| settle(voice, voices.iter().filter(|(_, heard)| *heard == voice).map(|(at, _)| *at).collect()),
    )
}

fn settle(voice: Voice, decisive: Vec<usize>) -> Combined {
    Combined { verdict: voice.verdict(), held: (voice == Voice::Broken).then(|| BROKEN.to_owned()), decisive }
}

fn ungoverned(layer: Layer) -> Combined {
    let (verdict, held) = match layer {
        Layer::Platform => (Verdict::Passed, None),
        Layer::Constitution => (Verdict::Proposed, Some(UNGOVERNED.to_owned())),
    };
    Combined { verdict, held, decisive: Vec::new() }
}

#[cfg(test)]
mod tests {
    use Combining::{DenyOverrides, FirstApplicable, PermitOverrides};
    use Enforcement::{Enforced, Off, Shadow, Warn};
    use Layer::{Constitution, Platform};
    use ProposalStatus::{Failed, Held, OutOfScope, Passed, Proposed, Waiting};
    use proptest::prelude::*;

    use super::*;

    const STATUSES: [ProposalStatus; 6] = [Waiting, OutOfScope, Proposed, Passed, Failed, Held];
    const ENFORCEMENTS: [Enforcement; 4] = [Off, Shadow, Warn, Enforced];
    const ON_ERRORS: [OnError; 3] = [OnError::Hold, OnError::Deny, OnError::Allow];
    const ALGORITHMS: [Combining; 3] = [DenyOverrides, FirstApplicable, PermitOverrides];
    const LAYERS: [Layer; 2] = [Platform, Constitution];

    fn enforced(status: ProposalStatus) -> Opinion {
        Opinion { status, enforcement: Enforced, on_error: OnError::Hold }
    }

    /// The verdict's first letter, or `h` for held.
    fn letter(combined: &Combined) -> char {
        match (combined.verdict, combined.held.is_some()) {
            (Verdict::Proposed, true) => 'h',
            (Verdict::Proposed, false) => 'o',
            (Verdict::Passed, false) => 'p',
            (Verdict::Failed, false) => 'f',
            (verdict, true) => panic!("held and {verdict:?}"),
        }
    }

    #[test]
    fn every_pair_of_opinions_under_every_algorithm() {
        // Rows and columns: waiting, out of scope, proposed, passed, failed, held; the row's policy is asked first.
        let platform_tables = [
            (DenyOverrides, ["ooo ofh", "opo pfh", "ooo ofh", "opo pfh", "fff fff", "hhh hfh"]),
            (FirstApplicable, ["ooo ooo", "opo pfh", "ooo ooo", "ppp ppp", "fff fff", "hhh hhh"]),
            (PermitOverrides, ["ooo poo", "opo pfh", "ooo poo", "ppp ppp", "ofo pfh", "oho phh"]),
        ];
        for (algorithm, table) in platform_tables {
            for (first, row) in STATUSES.into_iter().zip(table) {
                for (second, expected) in STATUSES.into_iter().zip(row.replace(' ', "").chars()) {
                    for layer in LAYERS {
                        let combined = combine(algorithm, layer, &[enforced(first), enforced(second)]);
                        let is_ungoverned = first == OutOfScope && second == OutOfScope;
                        let expected = if is_ungoverned && layer == Constitution { 'h' } else { expected };
                        assert_eq!(letter(&combined), expected, "{algorithm:?} {layer:?} {first:?} {second:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_single_opinion_in_every_setting() {
        for algorithm in ALGORITHMS {
            for layer in LAYERS {
                let ungoverned = if layer == Platform { 'p' } else { 'h' };
                for status in STATUSES {
                    for enforcement in ENFORCEMENTS {
                        for on_error in ON_ERRORS {
                            let combined = combine(algorithm, layer, &[Opinion { status, enforcement, on_error }]);
                            let expected = match (enforcement, status, on_error, layer) {
                                (Off | Shadow | Warn, ..) | (_, OutOfScope, ..) => ungoverned,
                                (_, Waiting | Proposed, ..) => 'o',
                                (_, Passed, ..) | (_, Held, OnError::Allow, Platform) => 'p',
                                (_, Failed, ..) | (_, Held, OnError::Deny, _) => 'f',
                                (_, Held, OnError::Hold, _) | (_, Held, OnError::Allow, Constitution) => 'h',
                            };
                            assert_eq!(letter(&combined), expected, "{algorithm:?} {layer:?} {status:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn nobody_at_all_is_open_on_the_platform_and_shut_on_the_constitution() {
        for algorithm in ALGORITHMS {
            assert_eq!(combine(algorithm, Platform, &[]).verdict, Verdict::Passed);
            let held = combine(algorithm, Constitution, &[]);
            assert_eq!(held.held.as_deref(), Some(UNGOVERNED));
            assert!(held.decisive.is_empty());
        }
    }

    #[test]
    fn the_decisive_ones_are_named() {
        let opinions = [Passed, OutOfScope, Failed, Proposed, Failed].map(enforced);
        assert_eq!(combine(DenyOverrides, Platform, &opinions).decisive, [2, 4]);
        assert_eq!(combine(PermitOverrides, Platform, &opinions).decisive, [0]);
        assert_eq!(combine(FirstApplicable, Platform, &opinions[1..]).decisive, [1]);
    }

    fn opinion() -> impl Strategy<Value = Opinion> {
        let of = |list: &'static [ProposalStatus]| prop::sample::select(list);
        (of(&STATUSES), prop::sample::select(&ENFORCEMENTS[..]), prop::sample::select(&ON_ERRORS[..]))
            .prop_map(|(status, enforcement, on_error)| Opinion { status, enforcement, on_error })
    }

    fn silent() -> impl Strategy<Value = Opinion> {
        opinion().prop_map(|mut opinion| {
            if opinion.enforcement == Enforced {
                opinion.status = OutOfScope;
            }
            opinion
        })
    }

    proptest! {
        #[test]
        fn a_silent_policy_changes_nothing(
            opinions in prop::collection::vec(opinion(), 0..6),
            extra in silent(),
            at in 0_usize..6,
            algorithm in prop::sample::select(&ALGORITHMS[..]),
            layer in prop::sample::select(&LAYERS[..]),
        ) {
            let before = combine(algorithm, layer, &opinions);
            let at = at.min(opinions.len());
            let mut more = opinions;
            more.insert(at, extra);
            let after = combine(algorithm, layer, &more);
            prop_assert_eq!(before.verdict, after.verdict);
            prop_assert_eq!(before.held, after.held);
            let moved: Vec<usize> = before.decisive.iter().map(|&d| if d >= at { d + 1 } else { d }).collect();
            prop_assert_eq!(moved, after.decisive);
        }

        #[test]
        fn the_order_means_nothing_to_deny_and_permit(
            (opinions, shuffled) in prop::collection::vec(opinion(), 0..6)
                .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
            algorithm in prop::sample::select(&[DenyOverrides, PermitOverrides][..]),
            layer in prop::sample::select(&LAYERS[..]),
        ) {
            let (one, other) = (combine(algorithm, layer, &opinions), combine(algorithm, layer, &shuffled));
            prop_assert_eq!((one.verdict, one.held), (other.verdict, other.held));
        }

        #[test]
        fn held_means_undecided(
            opinions in prop::collection::vec(opinion(), 0..6),
            algorithm in prop::sample::select(&ALGORITHMS[..]),
            layer in prop::sample::select(&LAYERS[..]),
        ) {
            let combined = combine(algorithm, layer, &opinions);
            prop_assert!(combined.held.is_none() || combined.verdict == Verdict::Proposed);
        }
    }
}
