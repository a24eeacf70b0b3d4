//! Elections and examples whose results somebody else has published: the counts must come out as printed.
//!
//! Each file under `tests/tally` names its source.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use types::ballot::Ballot;
use types::{BallotValue, MemberId, Timestamp};

use super::outcome::Outcome;
use super::schulze::{self, Pairs};
use super::{Context, Method, Setup, count};

/// An election as its file has it.
#[derive(Deserialize)]
struct Election {
    source: String,
    options: Vec<String>,
    ballots: Vec<Pile>,
}

#[derive(Deserialize)]
struct Pile {
    count: u64,
    ranking: Vec<String>,
}

impl Election {
    fn read(text: &str) -> Self {
        let election: Self = serde_json::from_str(text).unwrap();
        assert!(!election.source.is_empty());
        election
    }

    /// One weighted ballot for each pile: an election of a million and a half is counted as quickly as one of ten.
    fn count(&self, method: &str, options: Value, read: impl Fn(&[String]) -> BallotValue) -> Outcome {
        let mut context = Context { options: self.options.clone(), ..Context::default() };
        let mut ballots = Vec::new();
        for pile in &self.ballots {
            let mut left = pile.count;
            while left > 0 {
                let member: MemberId = format!("{:032x}", ballots.len()).parse().unwrap();
                let weight = left.min(super::MAX_WEIGHT);
                context.weights.insert(member, weight);
                left -= weight;
                ballots.push(Ballot {
                    member: Some(member),
                    value: read(&pile.ranking),
                    cast_at: Timestamp(0),
                    reason: None,
                });
            }
        }
        count(method, &ballots, &options, &context).unwrap()
    }

    fn ranked(&self, method: &str, options: Value) -> Outcome {
        self.count(method, options, |ranking| BallotValue::List(ranking.to_vec()))
    }

    fn by_first_choice(&self) -> Outcome {
        self.count("plurality", Value::Null, |ranking| BallotValue::Choice(ranking[0].clone()))
    }
}

fn counts(outcome: &Outcome) -> Value {
    serde_json::to_value(&outcome.counts).unwrap()
}

fn round(outcome: &Outcome, n: usize) -> Value {
    serde_json::to_value(&outcome.rounds[n - 1].counts).unwrap()
}

#[test]
fn tennessee_has_four_capitals() {
    let election = Election::read(include_str!("../../tests/tally/tennessee.json"));
    assert_eq!(election.by_first_choice().winners, ["Memphis"]);
    let borda = election.ranked("borda", Value::Null);
    assert_eq!(borda.winners, ["Nashville"]);
    assert_eq!(counts(&borda), json!({ "Memphis": 126, "Nashville": 194, "Chattanooga": 173, "Knoxville": 107 }));
    let runoff = election.ranked("ranked", Value::Null);
    assert_eq!(runoff.winners, ["Knoxville"]);
    assert_eq!(runoff.rounds[0].excluded.as_deref(), Some("Chattanooga"));
    assert_eq!(runoff.rounds[1].excluded.as_deref(), Some("Nashville"));
    assert_eq!(round(&runoff, 3), json!({ "Memphis": 42, "Knoxville": 58 }));
    let schulze = election.ranked("condorcet", Value::Null);
    assert_eq!(schulze.ranking, ["Nashville", "Chattanooga", "Knoxville", "Memphis"]);
    assert!(schulze.ties.is_empty());
}

#[test]
fn schulze_s_own_example_comes_out_as_he_printed_it() {
    let election = Election::read(include_str!("../../tests/tally/schulze.json"));
    let outcome = election.ranked("schulze", Value::Null);
    assert_eq!(outcome.winners, ["E"]);
    assert_eq!(outcome.ranking, ["E", "A", "C", "B", "D"]);
    assert_eq!(
        serde_json::to_value(&outcome.pairwise).unwrap(),
        json!({
            "A": { "B": 20, "C": 26, "D": 30, "E": 22 },
            "B": { "A": 25, "C": 16, "D": 33, "E": 18 },
            "C": { "A": 19, "B": 29, "D": 17, "E": 24 },
            "D": { "A": 15, "B": 12, "C": 28, "E": 14 },
            "E": { "A": 23, "B": 27, "C": 21, "D": 31 },
        })
    );
    assert_eq!(
        serde_json::to_value(&outcome.paths).unwrap(),
        json!({
            "A": { "B": 28, "C": 28, "D": 30, "E": 24 },
            "B": { "A": 25, "C": 28, "D": 33, "E": 24 },
            "C": { "A": 25, "B": 29, "D": 29, "E": 24 },
            "D": { "A": 25, "B": 28, "C": 28, "E": 24 },
            "E": { "A": 25, "B": 28, "C": 28, "D": 31 },
        })
    );
}

#[test]
fn burlington_elects_a_mayor_by_each_method() {
    let election = Election::read(include_str!("../../tests/tally/burlington-2009.json"));
    let runoff = election.ranked("irv", Value::Null);
    assert_eq!(runoff.winners, ["Kiss"], "as the city declared");
    // The city's rounds began with five names; these are its second and third, with Smith and the others dropped.
    assert_eq!(runoff.rounds[0].excluded.as_deref(), Some("Montroll"));
    let last = round(&runoff, 2);
    assert_eq!(last, json!({ "Kiss": 4314, "Wright": 4064 }));
    assert_eq!(election.by_first_choice().winners, ["Wright"]);
    let schulze = election.ranked("schulze", Value::Null);
    assert_eq!(schulze.winners, ["Montroll"], "who beats both others one to one");
    assert_eq!(schulze.pairwise["Montroll"]["Kiss"], 4067);
    assert_eq!(schulze.pairwise["Kiss"]["Montroll"], 3477);
    assert_eq!(schulze.pairwise["Montroll"]["Wright"], 4597);
    assert_eq!(schulze.pairwise["Wright"]["Montroll"], 3668);
    assert_eq!(schulze.pairwise["Kiss"]["Wright"], 4314);
    assert_eq!(schulze.pairwise["Wright"]["Kiss"], 4064);
}

#[test]
fn ireland_elects_mary_robinson() {
    let election = Election::read(include_str!("../../tests/tally/ireland-1990.json"));
    let runoff = election.ranked("instant-runoff", Value::Null);
    assert_eq!(round(&runoff, 1), json!({ "Robinson": 612_265, "Lenihan": 694_484, "Currie": 267_902 }));
    assert_eq!(round(&runoff, 2), json!({ "Robinson": 817_830, "Lenihan": 731_273 }));
    assert_eq!(runoff.winners, ["Robinson"]);
    assert_eq!(election.by_first_choice().winners, ["Lenihan"]);
    // One seat by STV is the same election.
    assert_eq!(election.ranked("stv", json!({ "seats": 1 })).winners, ["Robinson"]);
}

#[test]
fn the_party_is_served_three_foods() {
    let election = Election::read(include_str!("../../tests/tally/party-food.json"));
    let stv = election.ranked("stv", json!({ "seats": 3 }));
    assert_eq!(stv.quota, Some(6));
    assert_eq!(stv.winners, ["Chocolate", "Oranges", "Strawberries"]);
    let surplus = json!({ "Oranges": 4, "Pears": 2, "Chocolate": 6, "Strawberries": 5, "Sweets": 3 });
    assert_eq!(round(&stv, 2), surplus);
    assert_eq!(stv.rounds[2].elected, ["Oranges"]);
}

#[test]
fn weighted_inclusive_gregory_looks_at_every_paper_of_a_late_winner() {
    let election = Election::read(include_str!("../../tests/tally/dogs-and-cats.json"));
    let stv = election.ranked("stv", json!({ "seats": 3 }));
    assert_eq!(stv.quota, Some(26));
    // As printed, once Fish Owner is excluded.
    let printed = json!({ "D1": 35, "D2": 19, "C1": 26, "C2": 20, "F": 0 });
    assert_eq!(round(&stv, 3), printed);
    // Rule 48(3): D1's surplus of 9 over all 35 papers is 0.25714 for each, the remainder ignored.
    assert_eq!(round(&stv, 4), json!({ "D1": 26, "D2": 26.199_92, "C1": 26, "C2": 21.542_84 }));
    assert_eq!(stv.winners, ["C1", "D1", "D2"]);
}

#[test]
fn debian_elects_bdale_garbee() {
    // Debian Project Leader Election 2002, https://www.debian.org/vote/2002/vote_0001: the table of pairwise votes, the
    // quorum (45.96466, so 46 developers) and the outcome. The fourth option is "none of the above".
    let table = [[0, 255, 178, 385], [199, 0, 134, 406], [291, 327, 0, 443], [68, 50, 18, 0]];
    let mut pairs = Pairs::new(4);
    for (a, row) in table.iter().enumerate() {
        for (b, &n) in row.iter().enumerate() {
            pairs.set(a, b, n);
        }
    }
    let context = Context {
        options: ["Robinson", "Hertzog", "Garbee", "None of the above"].map(str::to_owned).to_vec(),
        ..Context::default()
    };
    let options = json!({ "none": "None of the above", "optionQuorum": 46 });
    let setup = Setup::new(Method::Schulze, &options, &context).unwrap();
    let sorted = super::ballots::sort(&setup, &[], |_| super::ballots::Reading::<bool>::Abstains);
    let outcome = schulze::run(&setup, Outcome::begin(&setup, &sorted), &pairs, true);
    assert_eq!(outcome.winners, ["Garbee"]);
    // The page counts pairwise elections won: Garbee 3, Robinson 2, Hertzog 1.
    assert_eq!(outcome.ranking, ["Garbee", "Robinson", "Hertzog", "None of the above"]);
    // With a quorum above their support, the others would have been dropped first.
    let strict = Setup::new(Method::Schulze, &json!({ "none": "None of the above", "optionQuorum": 400 }), &context);
    let strict = strict.unwrap();
    let outcome = schulze::run(&strict, Outcome::begin(&strict, &sorted), &pairs, true);
    assert_eq!(outcome.ranking, ["Garbee", "Hertzog", "None of the above", "Robinson"]);
}

#[test]
fn the_files_hold_as_many_ballots_as_were_cast() {
    let n_ballots = |text: &str| Election::read(text).ballots.iter().map(|pile| pile.count).sum::<u64>();
    let by_name: BTreeMap<&str, u64> = BTreeMap::from([
        ("tennessee", n_ballots(include_str!("../../tests/tally/tennessee.json"))),
        ("schulze", n_ballots(include_str!("../../tests/tally/schulze.json"))),
        ("ireland-1990", n_ballots(include_str!("../../tests/tally/ireland-1990.json"))),
        ("party-food", n_ballots(include_str!("../../tests/tally/party-food.json"))),
        ("dogs-and-cats", n_ballots(include_str!("../../tests/tally/dogs-and-cats.json"))),
    ]);
    let expected =
        [("dogs-and-cats", 100), ("ireland-1990", 1_574_651), ("party-food", 20), ("schulze", 45), ("tennessee", 100)];
    assert_eq!(by_name.into_iter().collect::<Vec<_>>(), expected);
}
