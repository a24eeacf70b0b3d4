//! What would flip it: the smallest change of a scenario's events that changes its verdict.
//!
//! Changes are tried in order of size: one event left out, turned round or later; then so many more votes; then time alone.
//! What is not found is not proved absent.

use std::sync::Arc;

use types::simulation::{Event, Flip, FlipChange, Happening, Outcome};
use types::{BallotKind, BallotValue, Verdict};

use super::SimulateError;
use super::lab::{Lab, Series};
use super::scenario::Scenario;
use super::work::Detail;

/// Most members who are made to vote.
const MOST_VOTERS: usize = 60;

/// Most changes that are shown besides the smallest.
const MOST_OTHERS: usize = 10;

/// A changed scenario.
struct Candidate {
    sentence: String,
    size: u32,
    events: Vec<Event>,
    until_seconds: u64,
}

/// Searches for changes that flip `scenario`.
///
/// # Errors
/// [`SimulateError`].
pub async fn flip(lab: Lab<'_>, scenario: &Scenario) -> Result<Flip, SimulateError> {
    let outcome = lab.play(scenario, Detail::Verdict).await?;
    let candidates = candidates(scenario, &outcome);
    let mut series = Series::default();
    for candidate in &candidates {
        series.add(&Scenario {
            events: candidate.events.clone(),
            until_seconds: candidate.until_seconds,
            bench: Arc::clone(&scenario.bench),
            world: Arc::clone(&scenario.world),
            attempt: scenario.attempt.clone(),
            seed: scenario.seed,
        });
    }
    let played = lab.play_all(&series, Detail::Verdict, |_| {}).await?;
    let n_played = u32::try_from(played.len().saturating_add(1)).unwrap_or(u32::MAX);
    let mut found: Vec<FlipChange> = Vec::new();
    for (candidate, played) in candidates.into_iter().zip(played) {
        let Ok(then) = played else { continue };
        let is_flip = then.error.is_none() && then.verdict != outcome.verdict && then.verdict != Verdict::Proposed;
        if is_flip {
            let Candidate { sentence, size, events, .. } = candidate;
            found.push(FlipChange { sentence, verdict: then.verdict, reason: then.reason, size, events });
        }
    }
    found.sort_by_key(|change| change.size);
    let mut found = found.into_iter();
    let smallest = found.next();
    Ok(Flip { verdict: outcome.verdict, smallest, others: found.take(MOST_OTHERS).collect(), n_played })
}

fn candidates(scenario: &Scenario, outcome: &Outcome) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let until = scenario.until_seconds;
    let mut add = |sentence: String, size: usize, events: Vec<Event>, until_seconds: u64| {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        candidates.push(Candidate { sentence, size, events, until_seconds });
    };
    for (at, event) in scenario.events.iter().enumerate() {
        let mut without = scenario.events.clone();
        without.remove(at);
        if let Some(sentence) = left_out(event) {
            add(sentence, 1, without.clone(), until);
        }
        if let Happening::Ballot { member, value, reason } = &event.what
            && let Some(turned) = opposite(value)
        {
            let sentence = format!("if {member} voted {} instead", super::happen::said(&turned));
            let what = Happening::Ballot { member: member.clone(), value: turned, reason: reason.clone() };
            let mut events = without;
            events.insert(at, Event { at_seconds: event.at_seconds, what });
            add(sentence, 1, events, until);
        }
    }
    let (yes, no) = answers(outcome);
    let silent = silent(scenario, outcome);
    // Just before the verdict fell, or as the last thing that happens.
    let last = scenario.events.iter().map(|event| event.at_seconds).max().unwrap_or(0);
    let at_seconds = outcome.decided_at_seconds.map_or(last, |decided| decided.saturating_sub(1));
    for (value, word) in [(&yes, "yes"), (&no, "no")] {
        for n_more in 1..=silent.len().min(MOST_VOTERS) {
            let votes = silent.iter().take(n_more).map(|handle| Event {
                at_seconds,
                what: Happening::Ballot { member: handle.clone(), value: value.clone(), reason: None },
            });
            let mut events = scenario.events.clone();
            events.extend(votes);
            let sentence =
                if n_more == 1 { format!("1 more {word} vote") } else { format!("{n_more} more {word} votes") };
            add(sentence, n_more, events, until);
        }
    }
    if outcome.verdict == Verdict::Proposed {
        for (hours, word) in
            [(1, "an hour"), (24, "a day"), (72, "3 days"), (168, "a week"), (720, "30 days"), (8_760, "a year")]
        {
            let longer = until.saturating_add(hours * 3_600);
            add(format!("if {word} more went by"), 1, scenario.events.clone(), longer);
        }
    }
    candidates
}

fn left_out(event: &Event) -> Option<String> {
    Some(match &event.what {
        Happening::Ballot { member, .. } => format!("if {member} had not voted"),
        Happening::Everyone { role: Some(role), .. } => format!("if the {role} had not voted"),
        Happening::Everyone { role: None, .. } => "if not everyone had voted".to_owned(),
        Happening::Rest { .. } => "if the others had not voted".to_owned(),
        Happening::Nobody { .. } => "if people could vote all the time".to_owned(),
        Happening::Withdraw { member } => format!("if {member} had not taken the vote back"),
        Happening::GrantRole { member, role } => format!("if {member} had not become {role}"),
        Happening::RevokeRole { member, role } => format!("if {member} were still {role}"),
        Happening::Join { member, .. } => format!("if {member} had not joined"),
        Happening::Leave { member } => format!("if {member} had not left"),
        Happening::Tick => return None,
    })
}

/// The answer that says the contrary.
fn opposite(value: &BallotValue) -> Option<BallotValue> {
    match value {
        BallotValue::Yes => Some(BallotValue::No),
        BallotValue::No | BallotValue::Abstain => Some(BallotValue::Yes),
        BallotValue::Choice(word) if word == "agree" => Some(BallotValue::Choice("object".to_owned())),
        BallotValue::Choice(word) if word == "object" => Some(BallotValue::Choice("agree".to_owned())),
        _ => None,
    }
}

/// What is for and what is against, as the question wants it.
#[must_use]
pub fn answers(outcome: &Outcome) -> (BallotValue, BallotValue) {
    match outcome.ask.as_ref().map_or(BallotKind::YesNo, |ask| ask.kind) {
        BallotKind::Consent => (BallotValue::Choice("agree".to_owned()), BallotValue::Choice("object".to_owned())),
        BallotKind::Choice => {
            let option =
                |at: usize| outcome.ask.as_ref().and_then(|ask| ask.options.get(at).cloned()).unwrap_or_default();
            (BallotValue::Choice(option(0)), BallotValue::Choice(option(1)))
        }
        _ => (BallotValue::Yes, BallotValue::No),
    }
}

/// Members who were asked, by handle: all who can vote where nobody in particular was.
#[must_use]
pub fn asked(scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    let eligible = outcome.ask.as_ref().and_then(|ask| ask.eligible.as_ref());
    let may = |member: &&types::member::Member| eligible.is_none_or(|asked| asked.contains(&member.id));
    scenario.world.voters(None).filter(may).map(|member| member.handle.clone()).collect()
}

/// Members who were asked and do not vote in the scenario.
fn silent(scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    let has_voted = |handle: &String| {
        scenario.events.iter().any(|event| matches!(&event.what, Happening::Ballot { member, .. } if member == handle))
    };
    asked(scenario, outcome).into_iter().filter(|handle| !has_voted(handle)).collect()
}
