//! Liquid democracy: who carries whose voice in one vote.
//!
//! # The rules
//! - A voice belongs to who may vote. Whoever votes carries their own voice themselves, whatever they delegated.
//! - Otherwise it goes where the most specific delegation that is in force points: topic, then the action's exact type, then
//!   its platform, then the role that was asked, then everything. There is one of each at most.
//! - It goes on from there until it reaches somebody who has voted: delegations are transitive, also through members who may
//!   not vote here themselves.
//! - A voice that comes round in a circle in which nobody has voted, or ends with somebody who neither votes nor delegates,
//!   is not cast. As soon as one of the circle votes, they carry the others.
//!
//! From this follows that no voice counts twice: each of the eligible ends with one voter or with nobody.
//!
//! # Source
//! B. Ford, "Delegative Democracy" (2002), <https://bford.info/deleg/deleg.pdf>; the circle rule is that of LiquidFeedback.

use std::collections::{BTreeMap, BTreeSet};

use types::delegation::{Delegation, Scope};
use types::{ActionType, MemberId, RoleId, Timestamp};

/// What a vote is about, as far as delegations care.
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// The type of the action.
    pub kind: &'q ActionType,
    /// The role whose holders were asked.
    pub role: Option<RoleId>,
    /// The topic that the policy named.
    pub topic: Option<&'q str>,
    /// The moment of the count.
    pub now: Timestamp,
}

/// Whose voices each voter carries besides their own, in ascending order.
#[must_use]
pub fn carried(
    delegations: &[Delegation],
    question: &Question<'_>,
    eligible: &BTreeSet<MemberId>,
    voted: &BTreeSet<MemberId>,
) -> BTreeMap<MemberId, Vec<MemberId>> {
    let next = choices(delegations, question);
    let mut carried: BTreeMap<MemberId, Vec<MemberId>> = BTreeMap::new();
    for member in eligible.iter().filter(|member| !voted.contains(member)) {
        if let Some(voter) = voter_for(*member, &next, voted) {
            carried.entry(voter).or_default().push(*member);
        }
    }
    carried
}

/// When the first of the delegations that matter here ends by itself.
#[must_use]
pub fn next_end(delegations: &[Delegation], question: &Question<'_>) -> Option<Timestamp> {
    let relevant = delegations.iter().filter(|one| rank(&one.scope, question).is_some());
    relevant.filter_map(|one| one.expires_at).filter(|at| *at > question.now).min()
}

/// Where each member's voice goes next: their most specific delegation in force.
fn choices(delegations: &[Delegation], question: &Question<'_>) -> BTreeMap<MemberId, MemberId> {
    let mut best: BTreeMap<MemberId, (u8, &Delegation)> = BTreeMap::new();
    for one in delegations {
        let in_force = one.since <= question.now && one.expires_at.is_none_or(|at| at > question.now);
        let Some(rank) = rank(&one.scope, question).filter(|_| in_force && one.from != one.to) else { continue };
        // The store keeps one for each scope; of two in the same place the later stands, whatever their order here.
        let later =
            |(known_rank, known): &(u8, &Delegation)| (*known_rank, known.since, known.to) < (rank, one.since, one.to);
        best.entry(one.from)
            .and_modify(|known| {
                if later(known) {
                    *known = (rank, one)
                }
            })
            .or_insert((rank, one));
    }
    best.into_iter().map(|(from, (_, one))| (from, one.to)).collect()
}

/// How specific a scope is for the question; `None` where it does not speak of it.
fn rank(scope: &Scope, question: &Question<'_>) -> Option<u8> {
    match scope {
        Scope::Topic(topic) => (question.topic == Some(topic.as_str())).then_some(4),
        Scope::ActionType(kind) if kind == question.kind.as_str() => Some(3),
        Scope::ActionType(pattern) => types::member::pattern_covers(pattern, question.kind).then_some(2),
        Scope::Role(role) => (question.role == Some(*role)).then_some(1),
        Scope::Everything => Some(0),
    }
}

/// Follows a voice to who casts it.
fn voter_for(member: MemberId, next: &BTreeMap<MemberId, MemberId>, voted: &BTreeSet<MemberId>) -> Option<MemberId> {
    let mut seen = BTreeSet::from([member]);
    let mut at = member;
    loop {
        at = *next.get(&at)?;
        if voted.contains(&at) {
            return Some(at);
        }
        if !seen.insert(at) {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(n: u128) -> MemberId {
        MemberId(uuid::Uuid::from_u128(n + 1))
    }

    fn give(from: u128, to: u128, scope: Scope) -> Delegation {
        Delegation { from: member(from), to: member(to), scope, since: Timestamp(0), expires_at: None }
    }

    fn kind() -> ActionType {
        "board.set_topic".parse().unwrap()
    }

    fn set(members: &[u128]) -> BTreeSet<MemberId> {
        members.iter().map(|n| member(*n)).collect()
    }

    /// Who carries whom, by number.
    fn carry(delegations: &[Delegation], topic: Option<&str>, voted: &[u128]) -> Vec<(u128, Vec<u128>)> {
        let kind = kind();
        let question = Question { kind: &kind, role: None, topic, now: Timestamp(10) };
        let n = |id: MemberId| id.0.as_u128() - 1;
        carried(delegations, &question, &set(&[0, 1, 2, 3, 4, 5]), &set(voted))
            .into_iter()
            .map(|(voter, all)| (n(voter), all.into_iter().map(n).collect()))
            .collect()
    }

    #[test]
    fn a_voice_goes_on_until_somebody_votes() {
        let chain = [give(0, 1, Scope::Everything), give(1, 2, Scope::Everything), give(3, 2, Scope::Everything)];
        assert_eq!(carry(&chain, None, &[2]), [(2, vec![0, 1, 3])]);
        assert_eq!(carry(&chain, None, &[1, 2]), [(1, vec![0]), (2, vec![3])], "who votes carries their own voice");
        assert_eq!(carry(&chain, None, &[0]), [], "and takes back what they had given");
    }

    #[test]
    fn a_circle_in_which_nobody_votes_is_silent() {
        let circle = [give(0, 1, Scope::Everything), give(1, 2, Scope::Everything), give(2, 0, Scope::Everything)];
        assert_eq!(carry(&circle, None, &[3]), []);
        assert_eq!(carry(&circle, None, &[1]), [(1, vec![0, 2])], "one of them votes for all");
    }

    #[test]
    fn the_most_specific_delegation_stands() {
        let all = [
            give(0, 1, Scope::Everything),
            give(0, 2, Scope::ActionType("board.*".into())),
            give(0, 3, Scope::ActionType("board.set_topic".into())),
            give(0, 4, Scope::Topic("money".into())),
        ];
        assert_eq!(carry(&all, Some("money"), &[1, 2, 3, 4]), [(4, vec![0])]);
        assert_eq!(carry(&all, None, &[1, 2, 3, 4]), [(3, vec![0])]);
        assert_eq!(carry(&all[..2], None, &[1, 2]), [(2, vec![0])]);
        assert_eq!(
            carry(&all[..2], None, &[1]),
            [],
            "it does not fall back to another: who was trusted here is silent"
        );
    }

    #[test]
    fn an_expired_delegation_carries_nothing() {
        let mut ended = give(0, 1, Scope::Everything);
        ended.expires_at = Some(Timestamp(10));
        assert_eq!(carry(&[ended.clone()], None, &[1]), []);
        ended.expires_at = Some(Timestamp(11));
        assert_eq!(carry(&[ended], None, &[1]), [(1, vec![0])]);
    }

    fn scopes() -> impl Strategy<Value = Scope> {
        prop_oneof![
            Just(Scope::Everything),
            Just(Scope::ActionType("board.*".into())),
            Just(Scope::ActionType("board.set_topic".into())),
            Just(Scope::Topic("money".into())),
            Just(Scope::Role(RoleId(uuid::Uuid::from_u128(9)))),
        ]
    }

    fn webs() -> impl Strategy<Value = Vec<Delegation>> {
        prop::collection::vec((0..12_u128, 0..12_u128, scopes(), 0..5_i64), 0..40).prop_map(|all| {
            let one = |(from, to, scope, since)| Delegation { since: Timestamp(since), ..give(from, to, scope) };
            all.into_iter().map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn no_voice_counts_twice(web in webs(), eligible in prop::collection::btree_set(0..12_u128, 0..12), voted in prop::collection::btree_set(0..12_u128, 0..12), extra in (0..12_u128, 0..12_u128, scopes())) {
            let eligible: BTreeSet<_> = eligible.into_iter().map(member).collect();
            let voted: BTreeSet<_> = voted.into_iter().map(member).filter(|one| eligible.contains(one)).collect();
            let kind = kind();
            let question = Question { kind: &kind, role: Some(RoleId(uuid::Uuid::from_u128(9))), topic: Some("money"), now: Timestamp(10) };
            let mut more = web.clone();
            more.push(give(extra.0, extra.1, extra.2));
            for delegations in [&web, &more] {
                let carried = carried(delegations, &question, &eligible, &voted);
                let mut counted: Vec<MemberId> = voted.iter().copied().collect();
                for (voter, all) in &carried {
                    prop_assert!(voted.contains(voter));
                    counted.extend(all);
                }
                let distinct: BTreeSet<_> = counted.iter().copied().collect();
                prop_assert_eq!(distinct.len(), counted.len(), "each voice once");
                prop_assert!(distinct.is_subset(&eligible), "and only of those who may vote");
            }
            let mut turned = web.clone();
            turned.reverse();
            prop_assert_eq!(carried(&web, &question, &eligible, &voted), carried(&turned, &question, &eligible, &voted), "the order means nothing");
        }
    }
}
