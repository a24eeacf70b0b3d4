//! Scenarios: the life of a policy as data, which the tests play through the whole service and the library tells in words.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use types::{BallotValue, Layer};

/// One life of a policy, from the attempt to the outcome.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What happens, as a heading: "Two of three jurors agree".
    pub title: String,
    /// What comes of it and why, in words.
    pub outcome: String,
    /// The members by handle; a handle is the name, too. `"8 members"` is as many as that: `m1`, `m2`, ….
    pub members: Vec<String>,
    /// Who holds which role.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<String>>,
    /// Settings that differ from the defaults.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// What it governs here, where that is not what it usually governs.
    pub action_types: Option<Vec<String>>,
    /// Channels of the board, besides `general`.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Other policies in force: asked before it where `first` is set, after it otherwise.
    #[serde(default)]
    pub with: Vec<Beside>,
    /// What the platforms know of members.
    #[serde(default)]
    pub knows: Vec<Known>,
    /// What hosts answer.
    #[serde(default)]
    pub answers: Vec<HostAnswer>,
    /// What happens, in order, and what is then to be seen.
    pub steps: Vec<Step>,
}

/// Another shipped policy that is in force.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// Its slug.
    pub shipped: String,
    /// Its name here; the shipped one where it is left out.
    pub name: Option<String>,
    /// Its layer here.
    pub layer: Option<Layer>,
    /// What it governs here.
    pub action_types: Option<Vec<String>>,
    /// Settings that differ from the defaults.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// Whether it is asked before the policy itself.
    #[serde(default)]
    pub first: bool,
}

/// What a platform answers when it is asked about a member.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The platform.
    pub platform: String,
    /// What is asked: `edit_count`.
    pub what: String,
    /// Whom it is about, by handle.
    pub member: String,
    /// The answer.
    pub value: Value,
}

/// What a host answers to requests that contain a text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostAnswer {
    /// A part of the address or the body by which the request is known.
    pub asked: String,
    /// The status code; 0 for a host that cannot be reached.
    pub status: u16,
    /// The body, as JSON.
    #[serde(default)]
    pub body: Value,
}

/// Something that happens, or something to be seen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// Somebody attempts something.
    Attempt(AttemptStep),
    /// Members vote.
    Vote(VoteStep),
    /// Time passes.
    Wait(WaitStep),
    /// Members are given a role by the community's other rules.
    Give(GiveStep),
    /// Members lose a role by the community's other rules.
    Take(TakeStep),
    /// Somebody comes in.
    Join(JoinStep),
    /// How an action stands.
    Expect(ExpectStep),
    /// Somebody is told something.
    Told(ToldStep),
    /// Who holds a role.
    Holds(HoldsStep),
    /// What a policy attempted by itself.
    Follows(FollowsStep),
}

/// `{ attempt = "board.rename_channel", by = "ada", payload = { … } }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptStep {
    /// The action's type.
    pub attempt: String,
    /// Who, by handle.
    pub by: String,
    /// The type's fields. `"$name"` stands for the id of the thing that an earlier attempt of that name made.
    #[serde(default)]
    pub payload: Map<String, Value>,
    /// The name by which later steps mean it; without one, they mean the latest.
    #[serde(rename = "as")]
    pub name: Option<String>,
}

/// `{ vote = true, by = ["ben", "cleo"] }`, or `{ vote = true, asked = 2 }` for two of those whom the policy asked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoteStep {
    /// What the ballots say.
    pub vote: BallotValue,
    /// Who votes, by handle.
    #[serde(default)]
    pub by: Vec<String>,
    /// How many of those who were asked and have not voted; they are taken in the order of the members.
    #[serde(default)]
    pub asked: usize,
    /// Why, in the voter's words.
    pub reason: Option<String>,
    /// On what; the latest attempt where it is left out.
    pub on: Option<String>,
    /// Before which policy, by name; the one under test where it is left out.
    pub policy: Option<String>,
    /// Why the ballot is refused, where it is: a part of the sentence.
    pub refused: Option<String>,
}

/// `{ wait = "2 days" }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitStep {
    /// How long: a number and `minutes`, `hours` or `days`.
    pub wait: String,
}

/// `{ give = "Steward", to = ["ben"] }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiveStep {
    /// The role.
    pub give: String,
    /// Whom, by handle.
    pub to: Vec<String>,
}

/// `{ take = "Steward", from = ["ben"] }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeStep {
    /// The role.
    pub take: String,
    /// From whom, by handle.
    pub from: Vec<String>,
}

/// `{ join = ["zoe"] }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinStep {
    /// Who, by handle.
    pub join: Vec<String>,
}

/// `{ expect = "executed", reason = "2 of 3 jurors said yes" }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectStep {
    /// How the action stands: `proposed`, `held`, `passed`, `failed`, `executed` or `reverted`.
    pub expect: String,
    /// A part of the reason.
    pub reason: Option<String>,
    /// Which action; the latest attempt where it is left out.
    pub on: Option<String>,
    /// How many the policy asked to vote.
    pub asked: Option<usize>,
    /// How the proposal under a policy stands, by the policy's name.
    #[serde(default)]
    pub policies: BTreeMap<String, String>,
}

/// `{ told = "ben", what = "You were drawn" }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldStep {
    /// Who, by handle; `#channel` for everybody who reads it; `nobody` where nobody may be told.
    pub told: String,
    /// A part of what they are told.
    pub what: String,
    /// About which action; the latest attempt where it is left out.
    pub on: Option<String>,
}

/// `{ holds = "Steward", who = ["ben"] }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldsStep {
    /// The role.
    pub holds: String,
    /// Everybody who holds it, by handle.
    pub who: Vec<String>,
}

/// `{ follows = "board.set_topic", as = "topic" }`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowsStep {
    /// The type of the action that a policy attempted by itself; the latest of it is meant.
    pub follows: String,
    /// The name by which later steps mean it.
    #[serde(rename = "as")]
    pub name: Option<String>,
}

impl Scenario {
    /// The handles of all members, `"8 members"` spelt out.
    #[must_use]
    pub fn handles(&self) -> Vec<String> {
        let spelt = |text: &String| match text.strip_suffix(" members").and_then(|n| n.parse::<usize>().ok()) {
            Some(n) => (1..=n).map(|n| format!("m{n}")).collect(),
            None => vec![text.clone()],
        };
        self.members.iter().flat_map(spelt).collect()
    }

    /// Whether anything is to be seen in it.
    #[must_use]
    pub fn expects_something(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Expect(_) | Step::Told(_) | Step::Holds(_) | Step::Follows(_)))
    }
}

impl WaitStep {
    /// How long, in milliseconds; `None` where it is not understood.
    #[must_use]
    pub fn millis(&self) -> Option<u64> {
        let (number, unit) = self.wait.split_once(' ')?;
        let unit = match unit.trim_end_matches('s') {
            "minute" => 60_000.0,
            "hour" => 3_600_000.0,
            "day" => 86_400_000.0,
            _ => return None,
        };
        let millis = number.parse::<f64>().ok()? * unit;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within ten years")]
        (0.0..=315_360_000_000.0).contains(&millis).then_some(millis as u64)
    }
}

/// The file of a policy's scenarios: `[[scenario]]` after `[[scenario]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

/// Reads the scenarios of one policy.
///
/// # Errors
/// The place in the file, and what is wrong there; a length of time that is none.
pub fn read(text: &str) -> Result<Vec<Scenario>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    for scenario in &file.scenario {
        for step in &scenario.steps {
            if let Step::Wait(wait) = step
                && wait.millis().is_none()
            {
                return Err(format!("“{}”: {} is no length of time", scenario.title, wait.wait));
            }
        }
    }
    Ok(file.scenario)
}
