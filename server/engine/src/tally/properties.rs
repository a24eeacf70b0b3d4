//! What every method promises, tried on ballots nobody thought of.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use types::ballot::Ballot;
use types::{BallotValue, MemberId, Timestamp};

use super::options::{Options, QuorumOf};
use super::outcome::Outcome;
use super::schulze;
use super::share::{Fraction, Threshold};
use super::yes_no::{Poll, Rule};
use super::{Base, Context, Method, count};

const NAMES: [&str; 5] = ["ash", "birch", "cedar", "dogwood", "elm"];

fn context() -> Context {
    Context {
        options: NAMES.map(str::to_owned).to_vec(),
        eligible: Some(20),
        seed: b"seed".to_vec(),
        ..Context::default()
    }
}

fn tally(method: Method, ballots: &[Ballot], options: Value) -> Outcome {
    count(method.name(), ballots, &options, &context()).unwrap()
}

fn member(n: u128) -> MemberId {
    format!("{n:032x}").parse().unwrap()
}

fn ballot(member: Option<MemberId>, value: BallotValue) -> Ballot {
    Ballot { member, value, cast_at: Timestamp(0), reason: None }
}

fn secret(values: impl IntoIterator<Item = BallotValue>) -> Vec<Ballot> {
    values.into_iter().map(|value| ballot(None, value)).collect()
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&[NAMES[0], NAMES[1], NAMES[2], NAMES[3], NAMES[4], "yew", "agree", "object", ""][..])
        .prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (0_u32..12).prop_map(f64::from),
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-1.0),
        Just(0.1),
        Just(1_000_000.0),
    ]
}

/// Anything at all, of the right kind or not.
fn anything() -> impl Strategy<Value = BallotValue> {
    prop_oneof![
        Just(BallotValue::Yes),
        Just(BallotValue::No),
        Just(BallotValue::Abstain),
        name().prop_map(BallotValue::Choice),
        number().prop_map(BallotValue::Number),
        prop::collection::vec(name(), 0..6).prop_map(BallotValue::List),
        prop::collection::btree_map(name(), number(), 0..6).prop_map(BallotValue::Numbers),
    ]
}

fn any_ballot() -> impl Strategy<Value = Ballot> {
    (prop::option::of(0_u128..8), anything(), 0_i64..3).prop_map(|(who, value, at)| Ballot {
        member: who.map(member),
        value,
        cast_at: Timestamp(at),
        reason: None,
    })
}

/// A full or partial ranking of the five.
fn ranking() -> impl Strategy<Value = Vec<usize>> {
    (Just(vec![0, 1, 2, 3, 4]).prop_shuffle(), 1_usize..=5).prop_map(|(mut order, length): (Vec<usize>, usize)| {
        order.truncate(length);
        order
    })
}

fn list(ranking: &[usize]) -> BallotValue {
    BallotValue::List(ranking.iter().map(|&at| NAMES[at].to_owned()).collect())
}

fn piles(rankings: &[Vec<usize>]) -> BTreeMap<Vec<usize>, u64> {
    let mut piles = BTreeMap::new();
    for ranking in rankings {
        *piles.entry(ranking.clone()).or_default() += 1;
    }
    piles
}

/// A value for any key, sensible or not.
fn setting() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_u64..30).prop_map(Value::from),
        prop::sample::select(
            &[
                "2/3",
                "25%",
                "majority",
                "1/0",
                "-5",
                "99999999999999999999/3",
                "ash",
                "cast",
                "skip",
                "credits",
                "0.5",
                ">1/2",
                "yes"
            ][..]
        )
        .prop_map(Value::from),
        Just(json!(["ash", "ash"])),
        Just(json!(["ash", "birch", "cedar"])),
        Just(json!([])),
        Just(json!({})),
    ]
}

fn any_options() -> impl Strategy<Value = Value> {
    let keys: Vec<&'static str> = Method::ALL.iter().flat_map(|method| Options::keys(*method)).copied().collect();
    prop::collection::btree_map(prop::sample::select(keys), setting(), 0..4).prop_map(|map| {
        map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
    })
}

fn method() -> impl Strategy<Value = Method> {
    prop::sample::select(&Method::ALL[..])
}

proptest! {
    #[test]
    fn nothing_panics(
        name in prop_oneof![method().prop_map(|method| method.name().to_owned()), any::<String>()],
        ballots in prop::collection::vec(any_ballot(), 0..20),
        options in prop_oneof![any_options(), setting()],
        eligible in prop::option::of(any::<u64>()),
        weights in prop::collection::btree_map((0_u128..8).prop_map(member), any::<u64>(), 0..4),
    ) {
        let context = Context { eligible, weights, ..context() };
        if let Ok(outcome) = count(&name, &ballots, &options, &context) {
            prop_assert!(!outcome.sentence.is_empty());
            prop_assert!(serde_json::to_string(&outcome).is_ok());
        }
    }

    #[test]
    fn the_order_of_the_ballots_means_nothing(
        method in method(),
        (ballots, shuffled) in prop::collection::vec(any_ballot(), 0..20)
            .prop_flat_map(|ballots| (Just(ballots.clone()), Just(ballots).prop_shuffle())),
    ) {
        prop_assert_eq!(tally(method, &ballots, Value::Null), tally(method, &shuffled, Value::Null));
    }

    #[test]
    fn each_member_counts_once_and_the_last_ballot_stands(
        method in method(),
        ballots in prop::collection::vec(any_ballot(), 0..12),
        earlier in anything(),
        last in anything(),
    ) {
        let who = Some(member(99));
        let last = Ballot { cast_at: Timestamp(5), ..ballot(who, last) };
        let mut once = ballots.clone();
        once.push(last.clone());
        let mut twice = vec![last];
        twice.extend(ballots);
        twice.push(Ballot { cast_at: Timestamp(4), ..ballot(who, earlier) });
        let outcome = tally(method, &once, Value::Null);
        prop_assert_eq!(&outcome, &tally(method, &twice, Value::Null));
        let n_members = once.iter().filter_map(|ballot| ballot.member).collect::<std::collections::BTreeSet<_>>().len();
        let n_secret = once.iter().filter(|ballot| ballot.member.is_none()).count();
        prop_assert_eq!(outcome.cast + outcome.invalid, (n_members + n_secret) as u64);
    }

    #[test]
    fn a_weight_is_as_many_ballots(
        method in method(),
        values in prop::collection::vec((anything(), 0_u64..4), 0..8),
    ) {
        let weighted: Vec<Ballot> =
            values.iter().enumerate().map(|(n, (value, _))| ballot(Some(member(n as u128)), value.clone())).collect();
        let weights: Value = values.iter().enumerate()
            .map(|(n, (_, weight))| (member(n as u128).to_string(), Value::from(*weight)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let repeated = secret(values.into_iter().flat_map(|(value, weight)| vec![value; weight as usize]));
        let mut one = tally(method, &weighted, json!({ "weights": weights }));
        let mut other = tally(method, &repeated, Value::Null);
        // One weighted objection is still one objection with one reason.
        one.objections.clear();
        other.objections.clear();
        prop_assert_eq!(one, other);
    }

    #[test]
    fn winners_are_options_and_no_more_than_the_seats(
        method in prop::sample::select(&Method::ALL[1..10]),
        ballots in prop::collection::vec(any_ballot(), 0..20),
        seats in 1_usize..4,
        other_seed in any::<String>(),
    ) {
        let seats = if Options::keys(method).contains(&"seats") { seats } else { 1 };
        let options = if seats > 1 { json!({ "seats": seats }) } else { json!({}) };
        let outcome = tally(method, &ballots, options.clone());
        prop_assert!(outcome.winners.len() <= seats);
        prop_assert!(outcome.winners.iter().all(|winner| NAMES.contains(&winner.as_str())));
        prop_assert_eq!(outcome.passed, !outcome.winners.is_empty());
        let mut ranking = outcome.ranking.clone();
        ranking.sort();
        prop_assert_eq!(ranking, NAMES.map(str::to_owned).to_vec());
        // Lots are drawn for ties and for nothing else.
        if outcome.ties.is_empty() {
            let mut options = options;
            options["seed"] = other_seed.into();
            let winners = |outcome: Outcome| outcome.winners.into_iter().collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(winners(outcome), winners(tally(method, &ballots, options)));
        }
    }

    #[test]
    fn one_more_yes_never_hurts(
        ballots in prop::collection::vec(any_ballot(), 0..20),
        method in prop::sample::select(&[Method::YesNo, Method::Consent][..]),
        options in prop::collection::btree_map(
            prop::sample::select(&["quorum", "quorumOf", "threshold", "of", "eligible", "objections", "standAside"][..]),
            setting(), 0..4),
    ) {
        let options = json!(options);
        if let Ok(before) = count(method.name(), &ballots, &options, &context()) {
            let mut more = ballots;
            more.push(ballot(Some(member(77)), BallotValue::Yes));
            let after = count(method.name(), &more, &options, &context()).unwrap();
            prop_assert!(after.passed || !before.passed, "{} / {}", before.sentence, after.sentence);
        }
    }

    #[test]
    fn what_can_still_happen_is_what_every_ending_says(
        yes in 0_u64..5, no in 0_u64..5, abstain in 0_u64..4, rest in 0_u64..5,
        quorum in 0_u64..12,
        quorum_of in prop::sample::select(&[QuorumOf::Cast, QuorumOf::Sides, QuorumOf::Yes][..]),
        of in prop::sample::select(&[Base::Sides, Base::Cast, Base::Eligible][..]),
        (num, den) in (0_u64..=4).prop_flat_map(|num| (Just(num), num.max(1)..=5)),
        is_strict in any::<bool>(),
    ) {
        let threshold = Threshold { share: Fraction::new(num, den).unwrap(), is_strict };
        let eligible = Some(yes + no + abstain + rest);
        let rule = Rule { quorum, quorum_of, threshold, of, eligible };
        let now = Poll { yes, no, abstain };
        let mut endings = Vec::new();
        for more_yes in 0..=rest {
            for more_no in 0..=(rest - more_yes) {
                for more_abstain in 0..=(rest - more_yes - more_no) {
                    let end = Poll { yes: yes + more_yes, no: no + more_no, abstain: abstain + more_abstain };
                    endings.push((more_yes, more_no, more_abstain, rule.passes(end)));
                }
            }
        }
        let prospects = rule.prospects(now);
        prop_assert_eq!(prospects.can_still_pass, endings.iter().any(|end| end.3));
        prop_assert_eq!(prospects.can_still_fail, endings.iter().any(|end| !end.3));
        let needed = endings.iter().filter(|end| end.1 == 0 && end.2 == 0 && end.3).map(|end| end.0).min();
        prop_assert_eq!(prospects.votes_needed, needed);
        let turned_by_no = endings.iter().filter(|end| end.0 == 0 && end.2 == 0 && !end.3).map(|end| end.1).min();
        if rule.passes(now) {
            prop_assert_eq!(prospects.what_would_turn_it.more, turned_by_no);
        }
    }

    #[test]
    fn more_support_never_hurts_a_winner(
        method in prop::sample::select(&[Method::Plurality, Method::Approval, Method::Borda, Method::Score][..]),
        rankings in prop::collection::vec(ranking(), 1..12),
        which in any::<prop::sample::Index>(),
    ) {
        let value = |ranking: &[usize]| match method {
            Method::Plurality => BallotValue::Choice(NAMES[ranking[0]].to_owned()),
            Method::Score => BallotValue::Numbers(
                ranking.iter().enumerate().map(|(place, &at)| (NAMES[at].to_owned(), (5 - place) as f64)).collect()),
            _ => list(ranking),
        };
        let before = tally(method, &secret(rankings.iter().map(|ranking| value(ranking))), Value::Null);
        let winner = NAMES.iter().position(|name| *name == before.winners[0]).unwrap();
        let mut raised = rankings;
        let n = which.index(raised.len());
        raise(&mut raised[n], winner, method == Method::Approval);
        let after = tally(method, &secret(raised.iter().map(|ranking| value(ranking))), Value::Null);
        prop_assert_eq!(before.winners, after.winners);
    }

    #[test]
    fn schulze_keeps_a_winner_that_is_raised(
        rankings in prop::collection::vec(ranking(), 1..12),
        which in any::<prop::sample::Index>(),
        whom in any::<prop::sample::Index>(),
    ) {
        let all = [0, 1, 2, 3, 4];
        let winners = |rankings: &[Vec<usize>]| {
            schulze::undominated(&schulze::strongest_paths(&schulze::pairwise(5, &piles(rankings)), &all), &all)
        };
        let before = winners(&rankings);
        prop_assert!(!before.is_empty());
        let winner = before[whom.index(before.len())];
        let mut raised = rankings;
        let n = which.index(raised.len());
        raise(&mut raised[n], winner, false);
        prop_assert!(winners(&raised).contains(&winner));
        if before.len() == 1 {
            prop_assert_eq!(winners(&raised), before);
        }
    }

    #[test]
    fn schulze_elects_whoever_beats_all_others(rankings in prop::collection::vec(ranking(), 1..14)) {
        let pairs = schulze::pairwise(5, &piles(&rankings));
        let champion = (0..5).find(|&a| (0..5).all(|b| a == b || pairs.of(a, b) > pairs.of(b, a)));
        if let Some(champion) = champion {
            let outcome = tally(Method::Schulze, &secret(rankings.iter().map(|ranking| list(ranking))), Value::Null);
            prop_assert_eq!(outcome.winners, [NAMES[champion]]);
        }
    }

    #[test]
    fn whoever_most_rank_first_is_elected(
        method in prop::sample::select(&[Method::InstantRunoff, Method::Schulze, Method::Stv][..]),
        mut rankings in prop::collection::vec(ranking(), 0..8),
        favourite in 0_usize..5,
    ) {
        let n_others = rankings.len();
        for _ in 0..=n_others {
            rankings.push(vec![favourite]);
        }
        let outcome = tally(method, &secret(rankings.iter().map(|ranking| list(ranking))), Value::Null);
        prop_assert_eq!(outcome.winners, [NAMES[favourite]]);
        prop_assert!(outcome.ties.iter().all(|tie| method == Method::Schulze || tie.broken_by != "lot"));
    }

    #[test]
    fn stv_fills_the_seats_and_makes_no_votes(
        rankings in prop::collection::vec(ranking(), 1..20),
        seats in 1_usize..=6,
    ) {
        let outcome = tally(Method::Stv, &secret(rankings.iter().map(|ranking| list(ranking))), json!({ "seats": seats }));
        prop_assert_eq!(outcome.winners.len(), seats.min(5));
        let n_votes = rankings.len() as f64;
        for round in &outcome.rounds {
            let counted: f64 = round.counts.values().map(|amount| amount.approximate()).sum();
            let exhausted = round.exhausted.unwrap().approximate();
            prop_assert!((counted + exhausted - n_votes).abs() < 1e-6, "{counted} + {exhausted} of {n_votes}");
        }
        let mut unique = outcome.winners.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), outcome.winners.len());
    }
}

/// Puts `winner` first, or, where only membership counts, on the list.
fn raise(ranking: &mut Vec<usize>, winner: usize, at_the_end: bool) {
    if at_the_end && ranking.contains(&winner) {
        return;
    }
    ranking.retain(|&at| at != winner);
    if at_the_end {
        ranking.push(winner)
    } else {
        ranking.insert(0, winner)
    }
    ranking.truncate(5);
}
