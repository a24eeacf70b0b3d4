//! Capture cost: the cheapest coalition and timing found that forces an outcome against everybody else.

use types::Verdict;
use types::simulation::{Capture, Coalition, Event};

use super::SimulateError;
use super::lab::{Lab, or_broken};
use super::scenario::Scenario;
use super::scenes::Stage;
use super::trial::as_input;
use super::work::Detail;

/// How one coalition goes about it.
struct Plot {
    members: Vec<String>,
    how: String,
    events: Vec<Event>,
}

/// Searches for the cheapest way to pass what others oppose, and to fail what others want.
///
/// # Errors
/// [`SimulateError`].
pub async fn capture(lab: Lab<'_>, scenario: &Scenario) -> Result<Capture, SimulateError> {
    let scenario = Scenario { events: Vec::new(), ..scenario.clone() };
    let short = Scenario { until_seconds: 0, ..scenario.clone() };
    let first = lab.play(&short, Detail::Verdict).await?;
    let stage = Stage::new(&scenario, &first);
    let mut n_played = 0;
    let to_pass = cheapest(lab, &stage, Verdict::Passed, &mut n_played).await?;
    let to_fail = cheapest(lab, &stage, Verdict::Failed, &mut n_played).await?;
    Ok(Capture { to_pass, to_fail, n_played })
}

async fn cheapest(
    lab: Lab<'_>,
    stage: &Stage<'_>,
    wanted: Verdict,
    n_played: &mut u32,
) -> Result<Option<Coalition>, SimulateError> {
    for size in 0..=stage.voters.len() {
        let plots = plots(stage, wanted, size);
        let scenes: Vec<Vec<Event>> = plots.iter().map(|plot| plot.events.clone()).collect();
        *n_played = n_played.saturating_add(u32::try_from(scenes.len()).unwrap_or(u32::MAX));
        let played = lab.play_all(&stage.series(&scenes), Detail::Verdict, |_| {}).await?;
        for (plot, played) in plots.into_iter().zip(played) {
            let outcome = or_broken(played)?;
            if outcome.error.is_none() && outcome.verdict == wanted {
                return Ok(Some(coalition(stage, plot, wanted)));
            }
        }
    }
    Ok(None)
}

/// The ways in which coalitions of a size may go about it: who votes how and when, and whether the others vote at all.
fn plots(stage: &Stage<'_>, wanted: Verdict, size: usize) -> Vec<Plot> {
    let is_yes = wanted == Verdict::Passed;
    let last = stage.closes.map(|closes| closes.saturating_sub(1));
    let mut plots = Vec::new();
    for members in coalitions(stage, size) {
        let others: Vec<&String> = stage.voters.iter().filter(|handle| !members.contains(handle)).collect();
        let against = |at: u64| others.iter().map(move |handle| stage.vote(at, handle, !is_yes)).collect::<Vec<_>>();
        let own = |at: u64| members.iter().map(|handle| stage.vote(at, handle, is_yes)).collect::<Vec<_>>();
        let mut add =
            |how: &str, events: Vec<Event>| plots.push(Plot { members: members.clone(), how: how.to_owned(), events });
        add("against everybody else", [against(60), own(120)].concat());
        add("voting first, against everybody else", [own(1), against(60)].concat());
        if let Some(last) = last {
            add("voting a second before the deadline, against everybody else", [against(60), own(last)].concat());
            if size > 0 {
                add("voting a second before the deadline, when nobody else had noticed", own(last));
            }
        }
        if size > 0 {
            add("when nobody else votes", own(60));
        }
    }
    plots
}

/// Some coalitions of a size: the first ones, the last ones, and those of each role. Members of the same roles are alike to
/// most policies, so few tell as much as all.
fn coalitions(stage: &Stage<'_>, size: usize) -> Vec<Vec<String>> {
    let voters = &stage.voters;
    let mut found = vec![voters.iter().take(size).cloned().collect::<Vec<_>>()];
    found.push(voters.iter().rev().take(size).cloned().collect());
    let world = &stage.scenario.world;
    for role in world.roles.iter().filter(|role| !role.is_base) {
        let holders: Vec<String> =
            world.voters(Some(&role.name)).map(|member| member.handle.clone()).filter(|h| voters.contains(h)).collect();
        if holders.len() >= size {
            found.push(holders.into_iter().take(size).collect());
        }
    }
    // The one who attempts it, with others.
    if let Some(initiator) = stage.scenario.attempt.initiator.as_ref().filter(|handle| voters.contains(handle)) {
        let others = voters.iter().filter(|handle| *handle != initiator).cloned();
        found.push(std::iter::once(initiator.clone()).chain(others).take(size).collect());
    }
    for coalition in &mut found {
        coalition.sort_unstable();
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn coalition(stage: &Stage<'_>, plot: Plot, wanted: Verdict) -> Coalition {
    let (size, of) = (plot.members.len(), stage.voters.len());
    let verb = if wanted == Verdict::Passed { "pass" } else { "fail" };
    let world = &stage.scenario.world;
    let role = world.roles.iter().filter(|role| !role.is_base && size > 0).find(|role| {
        plot.members.iter().all(|handle| world.member(handle).is_some_and(|member| member.roles.contains(&role.id)))
    });
    let sentence = match (size, role) {
        (0, _) => format!("nobody is needed: it {verb}es although everybody votes the other way"),
        (1, Some(role)) => format!("one {} can {verb} it {}", role.name, plot.how),
        (1, None) => format!("one member of {of} can {verb} it {}", plot.how),
        (_, Some(role)) => format!("{size} with the role {} can {verb} it {}", role.name, plot.how),
        (_, None) => format!("{size} members of {of} can {verb} it {}", plot.how),
    };
    let sentence = sentence.replace("it failes", "it fails");
    Coalition {
        size: u32::try_from(size).unwrap_or(u32::MAX),
        of: u32::try_from(of).unwrap_or(u32::MAX),
        sentence,
        scenario: as_input(&stage.with(plot.events)),
        members: plot.members,
    }
}
