//! What is tried, and what came of it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde_json::{Map, Value};
use types::simulation::{Event, Happening, Outcome, ScenarioInput, TrialAction, TrialInput, TrialMember};
use types::{BallotValue, Json, Timestamp};

use crate::{
    api::{
        action::{FieldKind, FieldView},
        studio::{KindOption, MemberOption},
    },
    error::AppError,
};

/// Seconds in an hour and in a day.
pub const HOUR: u64 = 3600;
/// Seconds in a day.
pub const DAY: u64 = 24 * HOUR;

/// Whom and what one can choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cast {
    /// The community's name in the address.
    pub slug: String,
    /// The members.
    pub members: Vec<MemberOption>,
    /// The roles, without the one that everybody has.
    pub roles: Vec<String>,
    /// What can be attempted.
    pub kinds: Vec<KindOption>,
}

impl Cast {
    /// What a member is called.
    #[must_use]
    pub fn name(&self, handle: &str) -> String {
        let known = self.members.iter().find(|member| member.person.handle == handle);
        known.map_or_else(|| handle.to_owned(), |member| member.person.name.clone())
    }
}

/// One event, with a key that stays while it is moved about.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The key.
    pub key: u32,
    /// What happens when.
    pub event: Event,
}

/// A trial on the page.
#[derive(Clone, Copy)]
pub struct TrialState {
    /// Whom and what one can choose from.
    pub cast: StoredValue<Cast>,
    /// What is attempted: the action type.
    pub kind: RwSignal<String>,
    /// The fields of that type, once they are loaded.
    pub fields: RwSignal<Vec<FieldView>>,
    /// The payload, by field, as forms hold it.
    pub values: RwSignal<BTreeMap<String, String>>,
    /// Who attempts it, by handle.
    pub initiator: RwSignal<String>,
    /// What happens afterwards.
    pub rows: RwSignal<Vec<Row>>,
    /// The source of random draws.
    pub seed: RwSignal<u64>,
    /// How long it runs, in seconds.
    pub until: RwSignal<Option<u64>>,
    /// The moment of the attempt; now where there is none.
    pub starts_at: RwSignal<Option<Timestamp>>,
    /// Invented members instead of the real ones.
    pub members: RwSignal<Option<Vec<TrialMember>>>,
    /// Whether the community's other policies decide with it.
    pub with_others: RwSignal<bool>,
    /// The last good result. It stays while a new one is made.
    pub outcome: RwSignal<Option<Outcome>>,
    /// Why the last attempt gave no result.
    pub failure: RwSignal<Option<AppError>>,
    /// Whether what is shown is older than what is set.
    pub is_stale: RwSignal<bool>,
    /// The moment that is looked at, in seconds from the attempt; none for the end.
    pub at: RwSignal<Option<u64>>,
    next_key: StoredValue<u32>,
}

impl TrialState {
    /// A trial that begins with `scenario`.
    #[must_use]
    pub fn new(cast: Cast, scenario: &ScenarioInput) -> Self {
        let trial = Self {
            cast: StoredValue::new(cast),
            kind: RwSignal::default(),
            fields: RwSignal::default(),
            values: RwSignal::default(),
            initiator: RwSignal::default(),
            rows: RwSignal::default(),
            seed: RwSignal::default(),
            until: RwSignal::default(),
            starts_at: RwSignal::new(None),
            members: RwSignal::default(),
            with_others: RwSignal::default(),
            outcome: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_stale: RwSignal::new(false),
            at: RwSignal::new(None),
            next_key: StoredValue::new(0),
        };
        trial.open(scenario);
        trial
    }

    /// Shows another scenario.
    pub fn open(self, scenario: &ScenarioInput) {
        self.kind.set(scenario.action.kind.clone());
        self.values.set(texts(&scenario.action.payload));
        self.initiator.set(scenario.action.initiator.clone());
        self.set_events(scenario.events.clone());
        self.seed.set(scenario.seed);
        self.until.set(scenario.until_seconds);
        self.starts_at.set(scenario.starts_at);
        self.members.set(scenario.members.clone());
        self.at.set(None);
    }

    /// Replaces all events.
    pub fn set_events(self, events: Vec<Event>) {
        let rows = events.into_iter().map(|event| Row { key: self.key(), event }).collect();
        self.rows.set(rows);
    }

    /// Adds an event and answers with its key.
    pub fn add(self, event: Event) -> u32 {
        let key = self.key();
        self.rows.update(|rows| rows.push(Row { key, event }));
        key
    }

    /// Takes an event away.
    pub fn remove(self, key: u32) {
        self.rows.update(|rows| rows.retain(|row| row.key != key));
    }

    /// Changes an event.
    pub fn change(self, key: u32, change: impl FnOnce(&mut Event)) {
        self.rows.update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.key == key) {
                change(&mut row.event);
            }
        });
    }

    /// Something of one event, followed.
    pub fn of<T: Default>(self, key: u32, read: impl FnOnce(&Event) -> T) -> T {
        self.rows.with(|rows| rows.iter().find(|row| row.key == key).map(|row| read(&row.event)).unwrap_or_default())
    }

    fn key(self) -> u32 {
        self.next_key.update_value(|key| *key = key.wrapping_add(1));
        self.next_key.get_value()
    }

    /// The scenario as it is set, followed.
    #[must_use]
    pub fn scenario(self) -> ScenarioInput {
        let payload = self.fields.with(|fields| self.values.with(|values| payload(fields, values)));
        ScenarioInput {
            action: TrialAction { kind: self.kind.get(), payload: Json(payload), initiator: self.initiator.get() },
            members: self.members.get(),
            events: self.rows.with(|rows| rows.iter().map(|row| row.event.clone()).collect()),
            until_seconds: self.until.get(),
            seed: self.seed.get(),
            starts_at: self.starts_at.get(),
        }
    }

    /// The trial of `policy`, followed.
    #[must_use]
    pub fn input(self, policy: Json) -> TrialInput {
        TrialInput { with_others: self.with_others.get(), detail: true, ..self.scenario().trial(policy) }
    }

    /// How long the timeline is, in seconds, followed: to the end of what happened, with a little room.
    #[must_use]
    pub fn span(self) -> u64 {
        let events = self.rows.with(|rows| rows.iter().map(|row| row.event.at_seconds).max().unwrap_or(0));
        let moments = self.outcome.with(|outcome| {
            outcome.as_ref().map_or(0, |outcome| {
                let last = outcome.timeline.last().map_or(0, |moment| moment.at_seconds);
                last.max(outcome.next_seconds.unwrap_or(0))
            })
        });
        let span = events.max(moments).max(self.until.get().unwrap_or(0));
        nice(span)
    }

    /// The moments at which the answer may change, in order, followed.
    #[must_use]
    pub fn moments(self) -> Vec<u64> {
        self.outcome.with(|outcome| {
            let Some(outcome) = outcome else { return Vec::new() };
            let seen = outcome.timeline.iter().map(|moment| moment.at_seconds);
            let mut moments: Vec<u64> = seen.chain(outcome.next_seconds).collect();
            moments.sort_unstable();
            moments.dedup();
            moments
        })
    }
}

/// A length that reads well and leaves room behind the last event: at least an hour.
fn nice(seconds: u64) -> u64 {
    let wanted = seconds.saturating_add(seconds / 12).max(HOUR);
    let step = match wanted {
        0..=21_600 => HOUR / 4,
        21_601..=172_800 => HOUR,
        172_801..=1_209_600 => 6 * HOUR,
        _ => DAY,
    };
    wanted.div_ceil(step).saturating_mul(step)
}

/// A payload as form fields hold it: one text each.
#[must_use]
pub fn texts(payload: &Json) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    };
    let fields = payload.0.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The payload that form fields mean. What cannot be read as its kind is sent as it is written, so that the server names it.
#[must_use]
pub fn payload(fields: &[FieldView], values: &BTreeMap<String, String>) -> Value {
    let mut payload = Map::new();
    for (name, text) in values.iter().filter(|(_, text)| !text.is_empty()) {
        let kind = fields.iter().find(|field| field.name == *name).map_or(FieldKind::Line, |field| field.kind);
        let lines = || text.lines().filter(|line| !line.trim().is_empty()).map(Value::from).collect();
        let value = match kind {
            FieldKind::Checks | FieldKind::Lines => Value::Array(lines()),
            FieldKind::Toggle => Value::Bool(text == "true"),
            FieldKind::Number => text.trim().parse::<i64>().map_or_else(|_| Value::from(text.as_str()), Value::from),
            FieldKind::Json => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str())),
            FieldKind::Line | FieldKind::Text | FieldKind::Source | FieldKind::Select => Value::from(text.as_str()),
        };
        payload.insert(name.clone(), value);
    }
    Value::Object(payload)
}

/// What a field holds that nobody has filled in yet: the first choice, or a text that stands for any.
#[must_use]
pub fn example_of(field: &FieldView) -> String {
    if !field.value.is_empty() || !field.required {
        return field.value.clone();
    }
    match field.kind {
        FieldKind::Select | FieldKind::Checks => {
            field.options.first().map(|option| option.value.clone()).unwrap_or_default()
        }
        FieldKind::Number => "1".to_owned(),
        FieldKind::Toggle => "true".to_owned(),
        FieldKind::Json => "{}".to_owned(),
        FieldKind::Source => "function check(action) { return PASSED }".to_owned(),
        FieldKind::Line if field.name.contains("name") || field.name == "channel" => "an-example".to_owned(),
        FieldKind::Line | FieldKind::Text | FieldKind::Lines => "An example".to_owned(),
    }
}

/// What happens, in words.
#[must_use]
pub fn in_words(cast: &Cast, happening: &Happening) -> String {
    match happening {
        Happening::Ballot { member, value, .. } => format!("{} votes {}", cast.name(member), said(value)),
        Happening::Everyone { role: None, value } => format!("Everyone votes {}", said(value)),
        Happening::Everyone { role: Some(role), value } => format!("Everyone in {role} votes {}", said(value)),
        Happening::Nobody { .. } => "Nobody votes from here on".to_owned(),
        Happening::Withdraw { member } => format!("{} takes the vote back", cast.name(member)),
        Happening::GrantRole { member, role } => format!("{} becomes {role}", cast.name(member)),
        Happening::RevokeRole { member, role } => format!("{} is no longer {role}", cast.name(member)),
        Happening::Join { member, .. } => format!("{member} joins"),
        Happening::Leave { member } => format!("{} leaves", cast.name(member)),
        _ => "Time passes".to_owned(),
    }
}

/// A vote, in a word.
#[must_use]
pub fn said(value: &BallotValue) -> String {
    match value {
        BallotValue::Yes => "yes".to_owned(),
        BallotValue::No => "no".to_owned(),
        BallotValue::Abstain => "abstain".to_owned(),
        BallotValue::Choice(option) => format!("“{option}”"),
        BallotValue::Number(number) => number.to_string(),
        BallotValue::List(options) => options.join(" > "),
        BallotValue::Numbers(numbers) => {
            numbers.iter().map(|(option, number)| format!("{option}: {number}")).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A length of time as scenarios show it, to the minute: "2 d 3 h", "5 h 12 min", "40 min".
#[must_use]
pub fn length(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / 60);
    match (days, hours, minutes, seconds % 60) {
        (0, 0, 0, 0) => "0 min".to_owned(),
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, _) => format!("{m} min"),
        (0, h, 0, _) => format!("{h} h"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, 0, _, _) => format!("{d} d"),
        (d, h, _, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> FieldView {
        FieldView { name: name.to_owned(), kind, ..FieldView::default() }
    }

    #[test]
    fn a_payload_goes_through_a_form_unchanged() {
        let payload_before = serde_json::json!({
            "channel": "general", "n": 3, "sure": true, "members": ["ana", "ben"], "more": { "a": [1] },
        });
        let fields = [
            field("channel", FieldKind::Select),
            field("n", FieldKind::Number),
            field("sure", FieldKind::Toggle),
            field("members", FieldKind::Checks),
            field("more", FieldKind::Json),
        ];
        assert_eq!(payload(&fields, &texts(&Json(payload_before.clone()))), payload_before);
    }

    #[test]
    fn what_is_no_number_is_sent_as_it_is_written() {
        let values = BTreeMap::from([("n".to_owned(), "many".to_owned())]);
        assert_eq!(payload(&[field("n", FieldKind::Number)], &values), serde_json::json!({ "n": "many" }));
    }

    #[test]
    fn a_timeline_leaves_room_behind_the_last_event() {
        for seconds in [0, 1, HOUR, 5 * HOUR, DAY, 3 * DAY, 40 * DAY] {
            assert!(nice(seconds) > seconds, "{seconds}");
            assert!(nice(seconds) <= (seconds + seconds / 12).max(HOUR) + DAY, "{seconds}");
        }
    }

    #[test]
    fn lengths_read_to_the_minute() {
        let told: Vec<String> = [0, 40, 60, 3600, 18_720, DAY, 2 * DAY + 3 * HOUR].map(length).into();
        assert_eq!(told, ["0 min", "40 s", "1 min", "1 h", "5 h 12 min", "1 d", "2 d 3 h"]);
    }
}
