//! One small vote for each rule that the published elections do not touch.

use serde_json::{Value, json};
use types::ballot::Ballot;
use types::{BallotValue, MemberId, Timestamp};

use super::outcome::{Objection, Outcome};
use super::{Context, TallyError, count};

fn cast(values: &[Value]) -> Vec<Ballot> {
    values
        .iter()
        .map(|value| Ballot {
            member: None,
            value: serde_json::from_value(value.clone()).unwrap(),
            cast_at: Timestamp(0),
            reason: None,
        })
        .collect()
}

fn context() -> Context {
    let options = ["tea", "coffee", "water"].map(str::to_owned).to_vec();
    Context { options, eligible: Some(10), seed: b"a recorded seed".to_vec(), ..Context::default() }
}

fn tally(method: &str, options: Value, values: &[Value]) -> Outcome {
    count(method, &cast(values), &options, &context()).unwrap()
}

#[test]
fn a_policy_gets_plain_json() {
    let outcome =
        tally("yes-no", json!({ "quorum": "30%", "threshold": "2/3" }), &[json!(true), json!(true), json!("abstain")]);
    assert_eq!(
        outcome.to_json().unwrap(),
        json!({
            "method": "yes-no", "passed": true, "winners": ["yes"], "ranking": ["yes", "no"],
            "quorumMet": true, "quorum": 3, "eligible": 10,
            "cast": 3, "abstain": 1, "invalid": 0, "invalidBecause": [],
            "counts": { "yes": 2, "no": 0, "abstain": 1 }, "ties": [],
            "yes": 2, "no": 0, "outstanding": 7,
            "canStillPass": true, "canStillFail": true, "settled": false, "votesNeeded": 0,
            "whatWouldTurnIt": { "side": "no", "more": 2, "switches": 1 },
            "sentence": "2 yes, 0 no, 1 abstain: at least 2/3 of those who took a side said yes.",
        })
    );
}

#[test]
fn an_unknown_method_is_answered_with_the_known_ones() {
    let refusal = count("shulze", &[], &Value::Null, &context()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "there is no tally method 'shulze'; there are: yes-no, plurality, approval, score, borda, ranked, stv, schulze, quadratic, dots, consent"
    );
}

#[test]
fn what_the_author_forgot_is_said() {
    let refusal =
        |method: &str, options: Value| count(method, &[], &options, &Context::default()).unwrap_err().to_string();
    assert!(refusal("stv", Value::Null).starts_with("tally(\"stv\") chooses among options, and this vote has none"));
    assert!(refusal("yes-no", json!({ "quorum": "25%" })).contains("give tally() an 'eligible' number"));
    assert!(refusal("consent", json!({ "standAside": "25%" })).contains("'standAside' is a share"));
    assert_eq!(refusal("borda", json!({ "options": ["a", "a"] })), "the option 'a' is listed twice");
    assert!(refusal("borda", json!({ "options": ["a"], "none": "b" })).contains("'none' must be one of the options"));
    let unmeasured = count("schulze", &[], &json!({ "threshold": "2/3" }), &context());
    assert!(matches!(unmeasured, Err(TallyError::BadValue { key: "threshold", .. })));
    let many: Vec<String> = (0..201).map(|n| n.to_string()).collect();
    assert_eq!(refusal("borda", json!({ "options": many })), "201 options are too many to count: at most 200");
}

#[test]
fn what_cannot_be_counted_is_set_aside_and_said() {
    let outcome =
        tally("plurality", Value::Null, &[json!("tea"), json!("beer"), json!(true), json!("beer"), json!("abstain")]);
    assert_eq!((outcome.cast, outcome.abstain, outcome.invalid), (2, 1, 3));
    let reasons: Vec<_> =
        outcome.invalid_because.iter().map(|because| (because.reason.as_str(), because.count)).collect();
    assert_eq!(reasons, [("names an option that is not on the ballot", 2), ("not a choice of one option", 1)]);
    assert_eq!(
        outcome.sentence,
        "tea (1 vote) won; 2 of 10 took part. 3 ballots could not be counted and were set aside."
    );
}

#[test]
fn nobody_is_elected_by_nobody() {
    for method in ["plurality", "approval", "score", "borda", "ranked", "stv", "schulze", "quadratic", "dots"] {
        let outcome = tally(method, Value::Null, &[]);
        assert!(!outcome.passed && outcome.winners.is_empty() && outcome.ties.is_empty(), "{method}");
        assert_eq!(outcome.sentence, "Nobody has voted.", "{method}");
        let abstained = tally(method, Value::Null, &[json!("abstain")]);
        assert_eq!(abstained.sentence, "No option won; 1 of 10 took part.", "{method}");
    }
}

#[test]
fn below_the_quorum_nobody_wins() {
    let outcome = tally("approval", json!({ "quorum": 3 }), &[json!(["tea"]), json!([])]);
    assert!(!outcome.quorum_met && outcome.winners.is_empty());
    assert_eq!(outcome.ranking[0], "tea", "how it stands is still shown");
    assert_eq!(outcome.sentence, "The quorum is not met: 2 of 10 took part, 3 are needed.");
}

#[test]
fn a_threshold_asks_more_than_the_first_place() {
    let votes = [json!("tea"), json!("tea"), json!("coffee"), json!("water"), json!("abstain")];
    assert_eq!(tally("plurality", json!({ "threshold": "1/2" }), &votes).winners, ["tea"]);
    assert!(tally("plurality", json!({ "threshold": "1/2", "of": "cast" }), &votes).winners.is_empty());
    let several = json!({ "seats": 3, "threshold": "majority" });
    let approvals = [json!(["tea", "water"]), json!(["tea", "coffee"]), json!(["water"])];
    let mut winners = tally("approval", several, &approvals).winners;
    winners.sort();
    assert_eq!(winners, ["tea", "water"]);
}

#[test]
fn a_tie_goes_by_a_lot_that_the_seed_decides_and_the_outcome_tells() {
    let votes = [json!("tea"), json!("coffee")];
    let with_seed = |seed: &str| tally("plurality", json!({ "seed": seed }), &votes);
    let winners: std::collections::BTreeSet<String> = (0..40).flat_map(|n| with_seed(&n.to_string()).winners).collect();
    assert_eq!(winners.into_iter().collect::<Vec<_>>(), ["coffee", "tea"]);
    let outcome = with_seed("x");
    assert_eq!(outcome, with_seed("x"));
    assert_eq!(outcome.ties.len(), 1);
    assert_eq!(outcome.ties[0].between, ["coffee", "tea"]);
    assert_eq!(outcome.ties[0].order[0], outcome.winners[0]);
    assert!(outcome.ties[0].is_decisive && outcome.ties[0].broken_by == "lot");
    assert!(outcome.sentence.ends_with("coffee and tea were level and were put in order by lot."));
    let both = tally("plurality", json!({ "seats": 2 }), &votes);
    assert!(!both.ties[0].is_decisive, "both win, in whatever order");
}

#[test]
fn a_tie_at_the_bottom_looks_back_before_it_draws() {
    // Coffee and water are level in round two, and were not in round one.
    let options = json!({ "options": ["tea", "coffee", "water", "milk"] });
    let votes = [
        json!(["tea"]),
        json!(["tea"]),
        json!(["tea"]),
        json!(["coffee"]),
        json!(["coffee"]),
        json!(["water"]),
        json!(["milk", "water"]),
        json!(["water"]),
        json!(["coffee"]),
    ];
    let outcome = tally("ranked", options, &votes);
    assert_eq!(outcome.rounds[0].excluded.as_deref(), Some("milk"));
    let tie = &outcome.ties[0];
    assert_eq!((tie.broken_by, tie.order.last().unwrap().as_str()), ("earlier round", "water"));
    assert_eq!(outcome.rounds[1].excluded.as_deref(), Some("water"));
}

#[test]
fn none_of_these_can_win() {
    let options = json!({ "none": "water" });
    let votes = [json!("water"), json!("water"), json!("tea")];
    let outcome = tally("plurality", options.clone(), &votes);
    assert!(!outcome.passed && outcome.winners.is_empty());
    let ranked = [json!(["water", "tea"]), json!(["tea", "water", "coffee"]), json!(["tea", "coffee", "water"])];
    assert_eq!(tally("ranked", options.clone(), &ranked).winners, ["tea"]);
    assert_eq!(tally("schulze", json!({ "none": "water", "seats": 3 }), &ranked).winners, ["tea"]);
    let stv = tally("stv", json!({ "none": "water", "seats": 2 }), &ranked);
    assert_eq!(stv.winners, ["tea"], "the seat of water stays empty: {:?}", stv.ranking);
    // Two thirds prefer tea to nothing, and three quarters are asked for.
    let strict = json!({ "none": "water", "threshold": "3/4" });
    assert!(tally("schulze", strict, &ranked).winners.is_empty());
}

#[test]
fn a_short_borda_ballot_shares_the_places_left() {
    let outcome = tally("borda", Value::Null, &[json!(["tea"])]);
    assert_eq!(serde_json::to_value(&outcome.counts).unwrap(), json!({ "tea": 2, "coffee": 0.5, "water": 0.5 }));
}

#[test]
fn scores_are_added_or_averaged_exactly() {
    let votes = [json!({ "tea": 0.1, "coffee": 0.3 }), json!({ "tea": 0.2 }), json!({ "water": 9.5 })];
    let tie = tally("score", json!({ "maxScore": 9 }), &votes);
    assert_eq!(tie.invalid, 1, "9.5 is off the scale");
    assert_eq!(tie.ties[0].between, ["coffee", "tea"], "0.1 + 0.2 is 0.3");
    let mean = tally("score", json!({ "unscored": "skip" }), &votes);
    assert_eq!(mean.ranking, ["water", "coffee", "tea"]);
    assert_eq!(serde_json::to_value(&mean.counts).unwrap(), json!({ "tea": 0.15, "coffee": 0.3, "water": 9.5 }));
    let single = count("score", &cast(&[json!(4), json!(3)]), &json!({ "unscored": "skip" }), &Context::default());
    assert_eq!(serde_json::to_value(single.unwrap().counts).unwrap(), json!({ "score": 3.5 }));
}

#[test]
fn the_second_vote_costs_more_than_the_first() {
    let votes = [json!({ "tea": 6, "coffee": 8 }), json!({ "tea": 10, "water": 1 })];
    let outcome = tally("quadratic", Value::Null, &votes);
    assert_eq!(outcome.invalid, 1, "10² + 1² is over the budget of 100, 6² + 8² is just within");
    assert_eq!(outcome.winners, ["coffee"]);
    let credits = json!({ "numbers": "credits", "budget": 100 });
    let outcome = tally("quadratic", credits, &[json!({ "tea": 81, "coffee": 19 }), json!({ "coffee": 100 })]);
    assert_eq!(serde_json::to_value(&outcome.counts).unwrap(), json!({ "tea": 9, "coffee": 14.358_898, "water": 0 }));
}

#[test]
fn dots_are_whole_and_counted() {
    let votes =
        [json!({ "tea": 3, "coffee": 2 }), json!(["coffee", "water"]), json!({ "tea": 6 }), json!({ "tea": 0.5 })];
    let outcome = tally("dots", Value::Null, &votes);
    assert_eq!((outcome.invalid, outcome.cast), (2, 2));
    assert_eq!(serde_json::to_value(&outcome.counts).unwrap(), json!({ "tea": 3, "coffee": 3, "water": 1 }));
    assert_eq!(tally("dots", json!({ "maxPerOption": 2 }), &votes).invalid, 3);
}

#[test]
fn an_objection_ends_consent_and_is_shown() {
    let answers = [json!("agree"), json!(true), json!("stand-aside"), json!("object")];
    let mut ballots = cast(&answers);
    let ada: MemberId = "00000000000000000000000000000001".parse().unwrap();
    ballots[3].member = Some(ada);
    ballots[3].reason = Some("it is too loud".to_owned());
    let context = context();
    let outcome = count("consent", &ballots, &Value::Null, &context).unwrap();
    assert!(!outcome.passed);
    assert_eq!(outcome.objections, [Objection { member: Some(ada), reason: Some("it is too loud".to_owned()) }]);
    assert_eq!(outcome.sentence, "2 agree, 1 stands aside, 1 objects: there is no consent while the objections stand.");
    assert_eq!(outcome.prospects.unwrap().what_would_turn_it.switches, Some(1));
    assert!(count("consent", &ballots, &json!({ "objections": 1 }), &context).unwrap().passed);
    ballots.pop();
    assert!(count("consent", &ballots, &Value::Null, &context).unwrap().passed);
    let few_aside = json!({ "standAside": 0 });
    let outcome = count("consent", &ballots, &few_aside, &context).unwrap();
    assert!(!outcome.passed && outcome.sentence.ends_with("too many stand aside for this to be consent."));
}

#[test]
fn a_vote_for_many_weighs_as_many() {
    let member: MemberId = "0000000000000000000000000000000a".parse().unwrap();
    let mut ballots = cast(&[json!(false), json!(false)]);
    ballots.push(Ballot { member: Some(member), value: BallotValue::Yes, cast_at: Timestamp(0), reason: None });
    let mut context = context();
    assert!(!count("yes-no", &ballots, &Value::Null, &context).unwrap().passed);
    context.weights.insert(member, 3);
    let outcome = count("yes-no", &ballots, &Value::Null, &context).unwrap();
    assert!(outcome.passed);
    assert_eq!(outcome.cast, 5);
}
