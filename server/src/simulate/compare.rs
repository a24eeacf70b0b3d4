//! Behavioural differences: the smallest scenes that two versions of a policy decide differently.

use std::sync::Arc;

use types::simulation::{Comparison, Difference, Event, Outcome};

use super::SimulateError;
use super::lab::{Lab, Series};
use super::scenario::{Bench, Scenario};
use super::scenes::{Shrink, Stage};
use super::trial::as_input;
use super::work::Detail;

/// Most differences that are shown.
const MOST: usize = 10;

/// Most differences that are shrunk: the others are like them.
const MOST_SHRUNK: usize = 4;

/// Plays the same scenes on two versions.
///
/// # Errors
/// [`SimulateError`].
pub async fn compare(
    lab: Lab<'_>,
    scenario: &Scenario,
    before: Arc<Bench>,
    after: Arc<Bench>,
) -> Result<Comparison, SimulateError> {
    let with = |bench: &Arc<Bench>| Scenario { bench: Arc::clone(bench), ..scenario.clone() };
    let (one, other) = (with(&before), with(&after));
    let (first_one, first_other) = (lab.play(&one, Detail::Verdict).await?, lab.play(&other, Detail::Verdict).await?);
    let stages = [Stage::new(&one, &first_one), Stage::new(&other, &first_other)];
    let [of_one, of_other] = &stages;
    let mut scenes = of_one.all();
    scenes.extend(of_other.all());
    scenes.insert(0, scenario.events.clone());
    scenes.sort_by_key(Vec::len);
    scenes.dedup();
    let mut different: Vec<(Vec<Event>, Outcome, Outcome)> = Vec::new();
    let outcomes = both(lab, [of_one, of_other], &scenes).await?;
    let n_played = u32::try_from(scenes.len()).unwrap_or(u32::MAX);
    for (events, (one, other)) in scenes.into_iter().zip(outcomes) {
        if differs(&one, &other) {
            different.push((events, one, other));
        }
    }
    let n_different = u32::try_from(different.len()).unwrap_or(u32::MAX);
    let mut shown: Vec<(Vec<Event>, Outcome, Outcome)> = Vec::new();
    for (at, (events, one, other)) in different.into_iter().enumerate() {
        if shown.len() >= MOST {
            break;
        }
        let (events, one, other) = if at < MOST_SHRUNK {
            let is_like = |new: &(Outcome, Outcome)| {
                new.0.verdict == one.verdict && new.1.verdict == other.verdict && differs(&new.0, &new.1)
            };
            let mut search = Shrink::new(events);
            while let Some(candidate) = search.candidate() {
                let found = both(lab, [of_one, of_other], std::slice::from_ref(&candidate)).await?;
                let is_still = found.first().is_some_and(is_like);
                search.tell(candidate, is_still);
            }
            let smallest = search.smallest();
            match both(lab, [of_one, of_other], std::slice::from_ref(&smallest)).await?.pop() {
                Some((one, other)) => (smallest, one, other),
                None => (smallest, one, other),
            }
        } else {
            (events, one, other)
        };
        if !shown.iter().any(|(known, ..)| *known == events) {
            shown.push((events, one, other));
        }
    }
    let differences = shown
        .into_iter()
        .map(|(events, before, after)| Difference {
            sentence: of_one.sentence(&events),
            before: before.verdict,
            before_reason: why(&before),
            after: after.verdict,
            after_reason: why(&after),
            scenario: as_input(&of_one.with(events)),
        })
        .collect();
    Ok(Comparison { n_played, n_different, differences })
}

/// What both versions make of each scene. A scene that one of them cannot be played on is left as broken.
async fn both(
    lab: Lab<'_>,
    stages: [&Stage<'_>; 2],
    scenes: &[Vec<Event>],
) -> Result<Vec<(Outcome, Outcome)>, SimulateError> {
    let mut series = Series::default();
    for events in scenes {
        for stage in stages {
            series.add(&stage.with(events.clone()));
        }
    }
    let mut played = lab.play_all(&series, Detail::Verdict, |_| {}).await?.into_iter();
    let mut pairs = Vec::with_capacity(scenes.len());
    while let (Some(one), Some(other)) = (played.next(), played.next()) {
        pairs.push((super::lab::or_broken(one)?, super::lab::or_broken(other)?));
    }
    Ok(pairs)
}

fn differs(one: &Outcome, other: &Outcome) -> bool {
    let broke = |outcome: &Outcome| outcome.error.as_ref().map(|error| error.code.clone());
    one.verdict != other.verdict || one.carried_out != other.carried_out || broke(one) != broke(other)
}

fn why(outcome: &Outcome) -> String {
    outcome.error.as_ref().map_or_else(|| outcome.reason.clone(), |error| format!("it broke: {}", error.message))
}
