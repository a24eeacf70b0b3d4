//! Properties: what should hold of any policy, searched for counterexamples, each made as small as it gets.

use types::simulation::{Event, Happening, Outcome, Property, PropertyReport, PropertyState};
use types::{BallotKind, Verdict};

use super::SimulateError;
use super::lab::{Lab, or_broken};
use super::scenario::Scenario;
use super::scenes::{Shrink, Stage};
use super::trial::as_input;
use super::work::Detail;

/// Every property that is searched in scenes. [`Property::NoLockout`] is looked at elsewhere: it is about the whole government.
const ALL: [Property; 8] = [
    Property::NeverThrows,
    Property::AlwaysEnds,
    Property::OrderIndependent,
    Property::NobodyAlonePasses,
    Property::TieDefined,
    Property::DeadlineDefined,
    Property::Monotonic,
    Property::Anonymous,
];

/// How long a scenario runs before a proposal counts as never ending.
const LONG_SECONDS: u64 = 400 * 24 * 3_600;

/// One group of scenes that shows a property broken, or not: the outcomes of all of them together tell.
struct Case {
    scenes: Vec<Vec<Event>>,
}

/// Searches all properties of the policy in `scenario`.
///
/// # Errors
/// [`SimulateError`].
pub async fn properties(lab: Lab<'_>, scenario: &Scenario) -> Result<Vec<PropertyReport>, SimulateError> {
    let scenario =
        Scenario { until_seconds: scenario.until_seconds.max(LONG_SECONDS), events: Vec::new(), ..scenario.clone() };
    // What comes of it when nothing happens ends late; what voters are asked is seen at once.
    let short = Scenario { until_seconds: 0, ..scenario.clone() };
    let first = lab.play(&short, Detail::Verdict).await?;
    let stage = Stage::new(&scenario, &first);
    let mut reports = Vec::new();
    for property in ALL {
        reports.push(search(lab, &stage, property).await?);
    }
    Ok(reports)
}

async fn search(lab: Lab<'_>, stage: &Stage<'_>, property: Property) -> Result<PropertyReport, SimulateError> {
    let cases = cases(stage, property);
    let mut report = PropertyReport {
        property,
        state: PropertyState::Inapplicable,
        title: title(property).to_owned(),
        sentence: "nobody is asked to vote, so it says nothing of this policy".to_owned(),
        is_warning: matches!(property, Property::Monotonic | Property::Anonymous),
        counterexample: None,
        verdict: None,
        n_played: 0,
    };
    if cases.is_empty() {
        return Ok(report);
    }
    let all: Vec<Vec<Event>> = cases.iter().flat_map(|case| case.scenes.iter().cloned()).collect();
    report.n_played = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut outcomes = play(lab, stage, &all).await?.into_iter();
    let mut broken: Option<&Case> = None;
    for case in &cases {
        let of_case: Vec<Outcome> = outcomes.by_ref().take(case.scenes.len()).collect();
        let is_smaller = broken.is_none_or(|known| length(case) < length(known));
        if is_smaller && is_broken(property, stage, case, &of_case) {
            broken = Some(case);
        }
    }
    let Some(case) = broken else {
        report.state = PropertyState::NotBroken;
        report.sentence = format!("no counterexample in {} scenarios; that is no proof", report.n_played);
        return Ok(report);
    };
    let events = smallest(lab, stage, property, case).await?;
    let after = rebuilt(stage, property, &events);
    let outcomes = play(lab, stage, &after.scenes).await?;
    report.state = PropertyState::Broken;
    report.sentence = told(property, stage, &after, &outcomes);
    report.verdict = outcomes.last().filter(|outcome| outcome.error.is_none()).map(|outcome| outcome.verdict);
    let last = after.scenes.last().cloned().unwrap_or_default();
    report.counterexample = Some(as_input(&stage.with(last)));
    Ok(report)
}

fn length(case: &Case) -> usize {
    case.scenes.iter().map(Vec::len).sum()
}

/// Makes a counterexample as small as it gets.
async fn smallest(
    lab: Lab<'_>,
    stage: &Stage<'_>,
    property: Property,
    case: &Case,
) -> Result<Vec<Event>, SimulateError> {
    let events = case.scenes.first().cloned().unwrap_or_default();
    let mut search = Shrink::new(events);
    while let Some(candidate) = search.candidate() {
        let again = rebuilt(stage, property, &candidate);
        let outcomes = play(lab, stage, &again.scenes).await?;
        let is_still = is_broken(property, stage, &again, &outcomes);
        search.tell(candidate, is_still);
    }
    Ok(search.smallest())
}

async fn play(lab: Lab<'_>, stage: &Stage<'_>, scenes: &[Vec<Event>]) -> Result<Vec<Outcome>, SimulateError> {
    let played = lab.play_all(&stage.series(scenes), Detail::Verdict, |_| {}).await?;
    played.into_iter().map(or_broken).collect()
}

/// The groups of scenes in which a property is searched.
fn cases(stage: &Stage<'_>, property: Property) -> Vec<Case> {
    if !stage.has_vote() && !matches!(property, Property::NeverThrows | Property::AlwaysEnds) {
        return Vec::new();
    }
    let n = stage.voters.len();
    let scenes = match property {
        Property::NeverThrows | Property::AlwaysEnds => stage.all(),
        Property::OrderIndependent | Property::Anonymous => {
            let mixed = stage.all();
            mixed.into_iter().filter(|events| n_votes(events) > 1).collect()
        }
        Property::NobodyAlonePasses => stage.voters.iter().map(|handle| vec![stage.vote(60, handle, true)]).collect(),
        Property::TieDefined => {
            let is_yes_no = stage.first.ask.as_ref().is_none_or(|ask| ask.kind == BallotKind::YesNo);
            let ties = (1..=n / 2).filter(|_| is_yes_no);
            ties.map(|half| stage.votes(60, half, half)).collect()
        }
        Property::DeadlineDefined => match stage.closes {
            Some(closes) => [closes.saturating_sub(1), closes, closes.saturating_add(1)]
                .into_iter()
                .flat_map(|at| [stage.votes(at, n, 0), stage.votes(at, 0, n), stage.votes(at, n / 2, n / 2)])
                .collect(),
            None => Vec::new(),
        },
        Property::Monotonic => {
            let plain = stage.all().into_iter();
            plain.filter(|events| events.iter().all(|event| matches!(event.what, Happening::Ballot { .. }))).collect()
        }
        Property::NoLockout => Vec::new(),
    };
    scenes
        .into_iter()
        .map(|events: Vec<Event>| rebuilt(stage, property, &events))
        .filter(|c| !c.scenes.is_empty())
        .collect()
}

fn n_votes(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event.what, Happening::Ballot { .. })).count()
}

/// The group of scenes that a scene belongs to.
fn rebuilt(stage: &Stage<'_>, property: Property, events: &[Event]) -> Case {
    let events = events.to_vec();
    let scenes = match property {
        Property::OrderIndependent => {
            // All at one moment: then only the order in which they are listed differs.
            let votes: Vec<Event> = events
                .into_iter()
                .filter(|event| matches!(event.what, Happening::Ballot { .. }))
                .map(|event| Event { at_seconds: 60, ..event })
                .collect();
            let reversed = votes.iter().rev().cloned().collect();
            vec![votes, reversed]
        }
        Property::Anonymous => vec![events.clone(), swapped(stage, &events)],
        Property::Monotonic => {
            let voted: Vec<&String> = events
                .iter()
                .filter_map(|event| match &event.what {
                    Happening::Ballot { member, .. } => Some(member),
                    _ => None,
                })
                .collect();
            let Some(next) = stage.voters.iter().find(|handle| !voted.contains(handle)).cloned() else {
                return Case { scenes: Vec::new() };
            };
            let mut more = events.clone();
            more.insert(0, stage.vote(30, &next, true));
            vec![events, more]
        }
        _ => vec![events],
    };
    Case { scenes }
}

/// The scene with two voters of the same roles in each other's place.
fn swapped(stage: &Stage<'_>, events: &[Event]) -> Vec<Event> {
    let world = &stage.scenario.world;
    let initiator = stage.scenario.attempt.initiator.as_deref();
    let roles = |handle: &String| {
        let mut roles = world.member(handle).map(|member| member.roles.clone()).unwrap_or_default();
        roles.sort_unstable();
        roles
    };
    let plain: Vec<&String> = stage.voters.iter().filter(|handle| initiator != Some(handle.as_str())).collect();
    let pair = plain.iter().enumerate().find_map(|(at, one)| {
        plain
            .iter()
            .skip(at + 1)
            .find(|other| roles(one) == roles(other))
            .map(|other| ((*one).clone(), (*other).clone()))
    });
    let Some((one, other)) = pair else { return events.to_vec() };
    let swap = |handle: &String| match handle {
        handle if *handle == one => other.clone(),
        handle if *handle == other => one.clone(),
        handle => handle.clone(),
    };
    let mut events = events.to_vec();
    for event in &mut events {
        match &mut event.what {
            Happening::Ballot { member, .. } | Happening::Withdraw { member } | Happening::Leave { member } => {
                *member = swap(member);
            }
            _ => {}
        }
    }
    events
}

fn is_broken(property: Property, stage: &Stage<'_>, case: &Case, outcomes: &[Outcome]) -> bool {
    let threw = outcomes.iter().any(|outcome| outcome.error.is_some());
    let pair = || match outcomes {
        [one, other] => Some((one.verdict, other.verdict)),
        _ => None,
    };
    match property {
        Property::NeverThrows => threw,
        _ if threw => property == Property::DeadlineDefined,
        Property::AlwaysEnds | Property::TieDefined | Property::DeadlineDefined => {
            outcomes.iter().any(|outcome| outcome.verdict == Verdict::Proposed && outcome.in_scope)
        }
        Property::OrderIndependent | Property::Anonymous => pair().is_some_and(|(one, other)| one != other),
        Property::NobodyAlonePasses => {
            let alone = case.scenes.iter().all(|events| n_votes(events) == 1);
            let several = stage.voters.len() > 1;
            several && alone && outcomes.iter().any(|outcome| outcome.verdict == Verdict::Passed)
        }
        Property::Monotonic => pair() == Some((Verdict::Passed, Verdict::Failed)),
        Property::NoLockout => false,
    }
}

fn title(property: Property) -> &'static str {
    match property {
        Property::NeverThrows => "it never breaks",
        Property::AlwaysEnds => "every proposal is decided in the end",
        Property::OrderIndependent => "the order in which people vote does not matter",
        Property::NobodyAlonePasses => "nobody can pass anything with their own vote alone",
        Property::TieDefined => "a tie is decided in the end",
        Property::DeadlineDefined => "votes at the deadline, a second before and after it, are decided",
        Property::Monotonic => "one more yes never turns a pass into a fail",
        Property::Anonymous => "people with the same roles are the same to it",
        Property::NoLockout => "it can still be changed",
    }
}

/// What a counterexample shows.
fn told(property: Property, stage: &Stage<'_>, case: &Case, outcomes: &[Outcome]) -> String {
    let scene = case.scenes.first().map(|events| stage.sentence(events)).unwrap_or_default();
    let error = outcomes.iter().find_map(|outcome| outcome.error.as_ref());
    if let Some(error) = error {
        return format!("when {scene}, it breaks in line {}: {}", error.line, error.message);
    }
    let verdicts: Vec<&str> = outcomes.iter().map(|outcome| outcome.verdict.as_str()).collect();
    let verdict = verdicts.first().copied().unwrap_or_default();
    match property {
        Property::AlwaysEnds | Property::TieDefined | Property::DeadlineDefined => {
            format!("when {scene}, it is still open after more than a year")
        }
        Property::OrderIndependent => {
            format!("when {scene}, it ends {}; listed the other way round, {}", verdict, verdicts.last().unwrap_or(&""))
        }
        Property::Anonymous => {
            format!(
                "when {scene}, it ends {verdict}; with two alike members swapped, {}",
                verdicts.last().unwrap_or(&"")
            )
        }
        Property::NobodyAlonePasses => {
            let who = case.scenes.first().and_then(|events| events.first()).and_then(|event| match &event.what {
                Happening::Ballot { member, .. } => Some(member.clone()),
                _ => None,
            });
            format!("{} passes it with one vote", who.unwrap_or_default())
        }
        Property::Monotonic => format!("when {scene}, it passes; with one more yes it fails"),
        Property::NeverThrows | Property::NoLockout => scene,
    }
}
