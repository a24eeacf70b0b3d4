//! Examples are law: they are played when a policy is proposed, and again when it would come into force.

use store::objections::Objection;
use types::simulation::example::MAX_EXAMPLE_NAME_CHARS;
use types::simulation::{Example, ExampleRun, MAX_EXAMPLES};
use types::{Json, PolicyDraft, Verdict};

use super::SimulateError;
use super::lab::{Lab, Played, Series};
use super::scenario::World;
use super::trial::{as_members, of_example};
use super::work::Detail;

/// Plays examples on `draft`. The answers stand in the order of the examples.
///
/// # Errors
/// [`SimulateError::Unavailable`]. An example that cannot be played is one that does not hold.
pub async fn run(lab: Lab<'_>, draft: &PolicyDraft, examples: &[Example]) -> Result<Vec<ExampleRun>, SimulateError> {
    let mut series = Series::default();
    let scenarios: Vec<Result<(), SimulateError>> = examples
        .iter()
        .map(|example| of_example(example.scenario.clone(), draft).map(|scenario| series.add(&scenario)))
        .collect();
    let mut played = lab.play_all(&series, Detail::Full, |_| {}).await?.into_iter();
    let mut runs = Vec::with_capacity(examples.len());
    for (example, scenario) in examples.iter().zip(scenarios) {
        let played = match scenario {
            Ok(()) => played.next().unwrap_or_else(|| Err(SimulateError::Unavailable("not played".to_owned()))),
            Err(problem) => Err(problem),
        };
        runs.push(judged(example, played)?);
    }
    Ok(runs)
}

fn judged(example: &Example, played: Played) -> Result<ExampleRun, SimulateError> {
    let (verdict, reason, problem) = match played {
        Ok(outcome) => {
            let problem = example.expect.unmet(&outcome).unwrap_or_default();
            (outcome.verdict, outcome.reason, problem)
        }
        Err(SimulateError::Unavailable(why)) => return Err(SimulateError::Unavailable(why)),
        Err(problem) => (Verdict::Proposed, String::new(), format!("it cannot be played: {problem}")),
    };
    Ok(ExampleRun {
        name: example.name.clone(),
        holds: problem.is_empty(),
        problem,
        verdict,
        reason,
        objected_by: None,
        answer: None,
        example: Json(serde_json::to_value(example).unwrap_or_default()),
    })
}

/// Plays the author's examples and the objections of voters.
///
/// # Errors
/// [`SimulateError::Unavailable`].
pub async fn run_with_objections(
    lab: Lab<'_>,
    draft: &PolicyDraft,
    objections: &[Objection],
    handle: impl Fn(types::MemberId) -> String,
) -> Result<Vec<ExampleRun>, SimulateError> {
    let raised: Vec<(Example, &Objection)> =
        objections.iter().filter_map(|objection| Some((objection.example.read().ok()?, objection))).collect();
    let all: Vec<Example> =
        draft.examples.iter().cloned().chain(raised.iter().map(|(example, _)| example.clone())).collect();
    let mut runs = run(lab, draft, &all).await?;
    for (run, (_, objection)) in runs.iter_mut().skip(draft.examples.len()).zip(&raised) {
        run.objected_by = Some(handle(objection.member));
        run.answer.clone_from(&objection.answer);
    }
    Ok(runs)
}

/// Why a policy cannot come into force, if its examples are against it.
///
/// The author's own examples must all hold. An objection must hold or be answered.
#[must_use]
pub fn blocked(runs: &[ExampleRun]) -> Option<String> {
    let failing = runs.iter().filter(|run| !run.holds && run.answer.is_none());
    let sentences: Vec<String> = failing
        .map(|run| match &run.objected_by {
            None => format!("its example “{}” does not hold: {}", run.name, run.problem),
            Some(who) => {
                format!("the objection “{}” of {who} neither holds nor is answered: {}", run.name, run.problem)
            }
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// Brings examples into the form in which they are kept: with the members of today where they name none.
///
/// # Errors
/// What is wrong, in words.
pub fn settle(examples: &mut [Example], world: &World) -> Result<(), String> {
    if examples.len() > MAX_EXAMPLES {
        return Err(format!("{} examples are more than the {MAX_EXAMPLES} that a policy may have", examples.len()));
    }
    let mut names: Vec<&str> = Vec::new();
    for example in examples.iter() {
        let name = example.name.trim();
        if name.is_empty() || name.chars().count() > MAX_EXAMPLE_NAME_CHARS {
            return Err(format!("an example needs a name of 1 to {MAX_EXAMPLE_NAME_CHARS} characters"));
        }
        if names.contains(&name) {
            return Err(format!("there are two examples called “{name}”"));
        }
        names.push(name);
    }
    for example in examples {
        example.name = example.name.trim().to_owned();
        if example.scenario.members.is_none() {
            example.scenario.members = Some(as_members(world));
        }
    }
    Ok(())
}
