//! The steps of a scenario, told.

use engine::shipped::scenario::{AttemptStep, ExpectStep, Step, VoteStep};
use serde_json::Value;
use types::{ActionType, BallotValue, Json};

use crate::views::sentence::{self as words, Names};

/// A step in a sentence: "ada attempts: rename #general to #plaza.".
#[must_use]
pub fn sentence(step: &Step) -> String {
    match step {
        Step::Attempt(step) => attempt(step),
        Step::Vote(step) => vote(step),
        Step::Wait(step) => format!("{} pass.", words::capitalised(&step.wait)),
        Step::Give(step) => format!("{} {} {}.", people(&step.to), becomes(step.to.len()), step.give),
        Step::Take(step) => format!("{} {} no longer {}.", people(&step.from), is(step.from.len()), step.take),
        Step::Join(step) => {
            format!("{} {} in.", people(&step.join), if step.join.len() == 1 { "comes" } else { "come" })
        }
        Step::Expect(step) => expect(step),
        Step::Told(step) if step.told == "nobody" => format!("Nobody is told “{}”.", step.what),
        Step::Told(step) => format!("{} is told “{}”.", step.told, step.what),
        Step::Holds(step) if step.who.is_empty() => format!("Nobody is {}.", step.holds),
        Step::Holds(step) => format!("{} {} {}.", people(&step.who), is(step.who.len()), step.holds),
        Step::Follows(step) => {
            format!("The policy itself attempts {}.", phrase(&step.follows, &serde_json::Map::new()))
        }
    }
}

fn attempt(step: &AttemptStep) -> String {
    format!("{} attempts: {}.", step.by, phrase(&step.attempt, &step.payload))
}

/// What an action would do, without a full stop.
fn phrase(kind: &str, payload: &serde_json::Map<String, Value>) -> String {
    match kind.parse::<ActionType>() {
        Ok(kind) if !payload.is_empty() => {
            let phrase = words::phrase(&kind, &Json(Value::Object(payload.clone())), &Names::default());
            phrase.trim_end_matches('.').to_owned()
        }
        _ => kind.to_owned(),
    }
}

fn vote(step: &VoteStep) -> String {
    let mut who = Vec::new();
    if !step.by.is_empty() {
        who.push(people(&step.by));
    }
    if step.asked > 0 {
        who.push(format!("{} of those who were asked", step.asked));
    }
    let n = step.by.len() + step.asked;
    let verb = if n == 1 { "votes" } else { "vote" };
    let reason = step.reason.as_ref().map_or_else(String::new, |reason| format!(", because “{reason}”"));
    let refused = step.refused.as_ref().map_or_else(String::new, |why| format!(", which is refused: “{why}”"));
    format!("{} {verb} {}{reason}{refused}.", words::capitalised(&who.join(" and ")), said(&step.vote))
}

/// A ballot in words.
fn said(value: &BallotValue) -> String {
    match value {
        BallotValue::Yes => "yes".to_owned(),
        BallotValue::No => "no".to_owned(),
        BallotValue::Abstain => "abstain".to_owned(),
        BallotValue::Choice(option) => format!("“{option}”"),
        BallotValue::Number(number) => number.to_string(),
        BallotValue::List(options) => options.join(", then "),
        BallotValue::Numbers(numbers) => {
            numbers.iter().map(|(option, number)| format!("{number} for {option}")).collect::<Vec<_>>().join(", ")
        }
    }
}

fn expect(step: &ExpectStep) -> String {
    let status = match step.expect.as_str() {
        "proposed" => "It waits",
        "executed" => "It is carried out",
        "passed" => "It passes",
        "failed" => "It fails",
        "reverted" => "It is undone",
        _ => "It is held, and the community is told",
    };
    let asked = step.asked.map_or_else(String::new, |n| format!(" for {n} who are asked"));
    let reason = step.reason.as_ref().map_or_else(String::new, |reason| format!(": “{reason}”"));
    format!("{status}{asked}{reason}.")
}

fn people(handles: &[String]) -> String {
    match handles {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn becomes(n: usize) -> &'static str {
    if n == 1 { "becomes" } else { "become" }
}

fn is(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let step: toml::Table = format!("step = {text}").parse().unwrap();
        let step: Step = step["step"].clone().try_into().unwrap();
        sentence(&step)
    }

    #[test]
    fn each_step_reads_as_a_sentence() {
        assert_eq!(
            told(
                r#"{ attempt = "board.rename_channel", by = "ada", payload = { channel = "general", name = "plaza" } }"#
            ),
            "ada attempts: rename #general to #plaza."
        );
        assert_eq!(told(r#"{ vote = true, by = ["ben", "cleo"] }"#), "Ben and cleo vote yes.");
        assert_eq!(told("{ vote = false, asked = 1 }"), "1 of those who were asked votes no.");
        assert_eq!(told(r#"{ wait = "2 days" }"#), "2 days pass.");
        assert_eq!(told(r#"{ expect = "executed", reason = "2 of 3" }"#), "It is carried out: “2 of 3”.");
        assert_eq!(told(r#"{ take = "Steward", from = ["ben"] }"#), "ben is no longer Steward.");
    }
}
