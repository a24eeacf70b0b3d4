//! Actions that are several: an election chooses among them, a combination is all or nothing.
//!
//! `constitution.election` and `constitution.combination` hold actions that change the government, `platform.election` and
//! `platform.combination` everyday ones, of any platform. A bundle is decided by the policies that govern its own type.

use serde_json::Value;

use super::{PayloadError, payloads};
use crate::evaluation::BundleKind;
use crate::{ActionType, Json, Timestamp};

/// Most actions of one bundle: nobody weighs more than a hundred things against each other.
pub const MAX_PARTS: usize = 100;

/// Longest label of a candidate.
///
/// # Units
/// Characters.
pub const MAX_LABEL_CHARS: usize = 120;

/// Longest statement of a candidate.
///
/// # Units
/// Characters.
pub const MAX_STATEMENT_CHARS: usize = 4_000;

/// What stands on the ballot of an election that may choose nobody.
pub const NONE_OF_THESE: &str = "None of these";

/// Whether further candidates may be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Nominations {
    /// By any member with the right to, until the election opens.
    Open,
    /// The candidates are those the election began with.
    #[default]
    Closed,
}

/// One action of a bundle.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its type; of the same layer as the bundle, and no bundle itself.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type's fields.
    pub payload: Value,
    /// Why, in the words of who names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
    pub statement: Option<String>,
    /// What it is called on the ballot; without it the nominee's name, or what it would do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whom it concerns, by handle; without it the one member that `constitution.assign_role` names. They may withdraw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "member")))]
    pub nominee: Option<String>,
}

payloads! {
    /// Choose among changes of the government: the winners are carried out, the others fail.
    "constitution.election", "Hold an election about the government", "hold the election “{title}”", false,
    ConstitutionElection {
        /// What is chosen, in a sentence.
        title: String,
        /// The candidates. With open nominations there may be none yet.
        actions: Vec<Part>,
        /// When the vote opens, RFC 3339; at once where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens_at: Option<String>,
        /// Whether further candidates may be named until the vote opens.
        #[serde(default)]
        nominations: Nominations,
        /// How many may win; 1 where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seats: Option<u32>,
        /// Whether “None of these” stands on the ballot.
        #[serde(default)]
        none_of_these: bool,
    }

    /// Change the government in several ways at once: all are carried out, or none.
    "constitution.combination", "Combine changes of the government", "do together: “{title}”", false,
    ConstitutionCombination {
        /// What is done, in a sentence.
        title: String,
        /// The actions, in the order in which they are carried out.
        actions: Vec<Part>,
        /// When the vote opens, RFC 3339; at once where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens_at: Option<String>,
    }

    /// Name a further candidate of an election whose nominations are open.
    "constitution.nominate", "Name a candidate for a change of the government", "name a candidate in the election {election}", false,
    ConstitutionNominate {
        /// The election, by the id of its action.
        election: String,
        /// The candidate.
        candidate: Part,
    }

    /// Choose among everyday actions: the winners are carried out, the others fail.
    "platform.election", "Hold an election", "hold the election “{title}”", false,
    PlatformElection {
        /// What is chosen, in a sentence.
        title: String,
        /// The candidates. With open nominations there may be none yet.
        actions: Vec<Part>,
        /// When the vote opens, RFC 3339; at once where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens_at: Option<String>,
        /// Whether further candidates may be named until the vote opens.
        #[serde(default)]
        nominations: Nominations,
        /// How many may win; 1 where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seats: Option<u32>,
        /// Whether “None of these” stands on the ballot.
        #[serde(default)]
        none_of_these: bool,
    }

    /// Do several everyday things at once: all are carried out, or those done are undone.
    "platform.combination", "Combine actions", "do together: “{title}”", false,
    PlatformCombination {
        /// What is done, in a sentence.
        title: String,
        /// The actions, in the order in which they are carried out; what cannot be undone goes last.
        actions: Vec<Part>,
        /// When the vote opens, RFC 3339; at once where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens_at: Option<String>,
    }

    /// Name a further candidate of an election whose nominations are open.
    "platform.nominate", "Name a candidate", "name a candidate in the election {election}", false,
    PlatformNominate {
        /// The election, by the id of its action.
        election: String,
        /// The candidate.
        candidate: Part,
    }
}

/// What kind of bundle actions of this type are; `None` for every other type.
#[must_use]
pub fn kind_of(kind: &ActionType) -> Option<BundleKind> {
    if !matches!(kind.platform(), "constitution" | "platform") {
        return None;
    }
    match kind.verb() {
        "election" => Some(BundleKind::Election),
        "combination" => Some(BundleKind::Combination),
        _ => None,
    }
}

/// Whether actions of this type name a candidate of an election.
#[must_use]
pub fn is_nomination(kind: &ActionType) -> bool {
    kind.verb() == "nominate" && matches!(kind.platform(), "constitution" | "platform")
}

/// A bundle's payload, whatever its type.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct BundleDraft {
    /// What is decided, in a sentence.
    pub title: String,
    /// Its actions.
    pub actions: Vec<Part>,
    /// When the vote opens.
    #[serde(default)]
    pub opens_at: Option<Timestamp>,
    /// Whether further candidates may be named.
    #[serde(default)]
    pub nominations: Nominations,
    /// How many may win.
    #[serde(default)]
    pub seats: Option<u32>,
    /// Whether nobody may win.
    #[serde(default)]
    pub none_of_these: bool,
}

/// A nomination's payload, whatever its layer.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct Nomination {
    /// The election's action.
    pub election: crate::ActionId,
    /// The candidate.
    pub candidate: Part,
}

/// Checks what the fields of a bundle or nomination hold: sizes, moments, and the payload of each action in it.
///
/// # Errors
/// [`PayloadError`] whose `at` is the path of the field within the payload, such as `actions[1].payload.name`.
pub(super) fn check_parts(kind: &ActionType, payload: &Json) -> Result<(), PayloadError> {
    if is_nomination(kind) {
        let read: Nomination = payload.read().map_err(|error| wrong(kind, "election", error.to_string()))?;
        return check_part(kind, &read.candidate, "candidate");
    }
    let Some(bundle) = kind_of(kind) else { return Ok(()) };
    let draft: BundleDraft = payload.read().map_err(|error| wrong(kind, "opens_at", error.to_string()))?;
    crate::text::name(&draft.title, "the title").map_err(|error| wrong(kind, "title", error.to_string()))?;
    let may_be_empty = draft.nominations == Nominations::Open;
    if draft.actions.is_empty() && !may_be_empty {
        return Err(wrong(kind, "actions", "name at least one action".to_owned()));
    }
    if draft.actions.len() > MAX_PARTS {
        let problem = format!("a bundle has at most {MAX_PARTS} actions; this one has {}", draft.actions.len());
        return Err(wrong(kind, "actions", problem));
    }
    if may_be_empty && draft.opens_at.is_none() {
        let problem = "nominations are open until the vote opens: say when that is, such as 2026-05-01T12:00:00Z";
        return Err(wrong(kind, "opens_at", problem.to_owned()));
    }
    if draft.seats == Some(0) {
        return Err(wrong(kind, "seats", "an election fills at least one seat".to_owned()));
    }
    let mut labels: Vec<&str> = draft.none_of_these.then_some(NONE_OF_THESE).into_iter().collect();
    for (place, part) in draft.actions.iter().enumerate() {
        check_part(kind, part, &format!("actions[{place}]"))?;
        if let Some(label) = part.label.as_deref().map(str::trim) {
            if labels.contains(&label) {
                let problem = format!("two candidates are called “{label}”; voters could not tell them apart");
                return Err(wrong(kind, &format!("actions[{place}].label"), problem));
            }
            labels.push(label);
        }
    }
    let lasting = draft.actions.iter().enumerate().filter(|(_, part)| !is_reversible(&part.kind));
    let lasting: Vec<usize> = lasting.map(|(place, _)| place).collect();
    match (bundle, kind.platform(), lasting.get(1)) {
        (BundleKind::Combination, "platform", Some(second)) => {
            let problem =
                "a combination can hold only one action that cannot be undone: the others are undone where one fails";
            Err(wrong(kind, &format!("actions[{second}].type"), problem.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whether an action of the type named `kind` can be undone.
#[must_use]
pub fn is_reversible(kind: &str) -> bool {
    super::reversibility(kind).unwrap_or(true)
}

fn check_part(bundle: &ActionType, part: &Part, at: &str) -> Result<(), PayloadError> {
    let wrong_at = |field: &str, problem: String| wrong(bundle, &format!("{at}.{field}"), problem);
    let kind: ActionType =
        part.kind.parse().map_err(|error: crate::text::TextError| wrong_at("type", error.to_string()))?;
    if kind_of(&kind).is_some() || is_nomination(&kind) {
        return Err(wrong_at("type", "a bundle cannot stand in a bundle".to_owned()));
    }
    if kind.layer() != bundle.layer() {
        let other = if bundle.platform() == "platform" { "constitution" } else { "platform" };
        let problem = format!(
            "{kind} belongs to the other layer: all actions of a bundle are of one; use {other}.{}",
            bundle.verb()
        );
        return Err(wrong_at("type", problem));
    }
    if let Some(Err(error)) = super::check(&kind, &Json(part.payload.clone())) {
        let at = error.field().map_or("payload".to_owned(), |field| format!("payload.{field}"));
        return Err(wrong_at(&at, error.problem));
    }
    let long = |text: &Option<String>, limit| text.as_ref().is_some_and(|text| text.chars().count() > limit);
    if long(&part.label, MAX_LABEL_CHARS) {
        return Err(wrong_at("label", format!("a label has at most {MAX_LABEL_CHARS} characters")));
    }
    if part.label.as_ref().is_some_and(|label| label.trim().is_empty()) {
        return Err(wrong_at("label", "a label is not empty; leave it out to be given one".to_owned()));
    }
    if long(&part.statement, MAX_STATEMENT_CHARS) {
        return Err(wrong_at("statement", format!("a statement has at most {MAX_STATEMENT_CHARS} characters")));
    }
    Ok(())
}

fn wrong(kind: &ActionType, at: &str, problem: String) -> PayloadError {
    let fields = if is_nomination(kind) {
        "election, candidate"
    } else if kind.verb() == "election" {
        "title, actions, opens_at, nominations, seats, none_of_these"
    } else {
        "title, actions, opens_at"
    };
    PayloadError { kind: kind.to_string(), at: at.to_owned(), problem, fields: fields.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::payload::check;

    fn checked(kind: &str, payload: Value) -> Result<(), (String, String)> {
        check(&kind.parse().unwrap(), &Json(payload)).unwrap().map_err(|error| (error.at, error.problem))
    }

    fn topic(text: &str) -> Value {
        json!({ "type": "board.set_topic", "payload": { "channel": "general", "topic": text } })
    }

    #[test]
    fn each_action_of_a_bundle_is_checked_and_the_place_is_named() {
        let two = json!({ "title": "Topic", "actions": [topic("tea"), topic("coffee")] });
        assert_eq!(checked("platform.election", two), Ok(()));
        let short = json!({ "type": "board.set_topic", "payload": { "channel": "general" } });
        let (at, problem) =
            checked("platform.election", json!({ "title": "Topic", "actions": [topic("tea"), short] })).unwrap_err();
        assert_eq!((at.as_str(), problem.as_str()), ("actions[1].payload.topic", "missing field `topic`"));
        let (at, _) = checked("platform.election", json!({ "title": "Topic", "actions": [] })).unwrap_err();
        assert_eq!(at, "actions");
    }

    #[test]
    fn a_bundle_holds_one_layer_and_no_bundle() {
        let (at, problem) =
            checked("constitution.combination", json!({ "title": "Both", "actions": [topic("tea")] })).unwrap_err();
        assert_eq!(at, "actions[0].type");
        assert!(problem.contains("belongs to the other layer"), "{problem}");
        let inner = json!({ "type": "platform.election", "payload": { "title": "x", "actions": [topic("tea")] } });
        let (at, _) = checked("platform.election", json!({ "title": "Both", "actions": [inner] })).unwrap_err();
        assert_eq!(at, "actions[0].type");
    }

    #[test]
    fn open_nominations_need_a_moment_at_which_they_end() {
        let open = json!({ "title": "Steward", "actions": [], "nominations": "open" });
        assert_eq!(checked("platform.election", open).unwrap_err().0, "opens_at");
        let dated = json!({
            "title": "Steward", "actions": [], "nominations": "open", "opens_at": "2026-05-01T12:00:00Z",
        });
        assert_eq!(checked("platform.election", dated), Ok(()));
    }

    #[test]
    fn what_cannot_be_undone_stands_in_a_combination_once() {
        let removal = json!({ "type": "matrix.remove_message", "payload": { "room": "!a:b", "event": "$c" } });
        let once = json!({ "title": "x", "actions": [removal, topic("tea")] });
        assert_eq!(checked("platform.combination", once), Ok(()));
        let twice = json!({ "title": "x", "actions": [removal, removal] });
        assert_eq!(checked("platform.combination", twice).unwrap_err().0, "actions[1].type");
    }
}
