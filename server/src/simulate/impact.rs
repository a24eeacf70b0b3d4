//! Impact on open business: which open actions would stand differently if a draft were adopted now.
//!
//! Votes whose counts are hidden until they close are left out: what a rule would make of them would tell the count.

use std::sync::Arc;

use types::Timestamp;
use types::simulation::{Impact, ImpactRow};

use super::SimulateError;
use super::backtest::Backtesting;
use super::history::Past;
use super::lab::{Series, or_broken};
use super::work::{Detail, Spec};
use crate::views::count::{Looker, Sight, is_closed};
use crate::views::sentence;

/// Plays every open action under the rules in force and with the draft, with what has happened so far.
///
/// # Errors
/// [`SimulateError`].
pub async fn impact(testing: &Backtesting<'_>, now: Timestamp) -> Result<Impact, SimulateError> {
    let (current, draft) = (Arc::new(testing.current_bench()), Arc::new(testing.draft_bench()));
    let world = Arc::new(testing.history.world(testing.present, true));
    let shown: Vec<&Past> =
        testing.history.actions.iter().filter(|past| testing.is_touched(past) && may_be_told(past, now)).collect();
    let mut series = Series::default();
    for past in &shown {
        for bench in [&current, &draft] {
            let until_seconds = now.since(past.began()).as_secs();
            let events = testing.history.events(past, until_seconds);
            let (bench, world) = (series.bench(bench), series.world(&world));
            let attempt = testing.history.attempt(past);
            series.plays.push(Spec { bench, world, attempt, events, until_seconds, seed: past.seed() });
        }
    }
    let mut played = testing.lab.play_all(&series, Detail::Verdict, |_| {}).await?.into_iter();
    let mut rows = Vec::new();
    for past in &shown {
        let (Some(current), Some(draft)) = (played.next(), played.next()) else { break };
        let (current, draft) = (or_broken(current)?, or_broken(draft)?);
        if current.verdict == draft.verdict && current.error.is_some() == draft.error.is_some() {
            continue;
        }
        let action = &past.stored.action;
        let reason = draft.error.as_ref().map_or(draft.reason.clone(), |error| format!("it breaks: {}", error.message));
        rows.push(ImpactRow {
            action: action.id,
            proposal: past.proposals.first().map(|proposal| proposal.id),
            title: sentence::title(&action.kind, &action.payload, testing.names),
            now: current.verdict,
            then: draft.verdict,
            reason,
        });
    }
    let n_open = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let hidden = testing.history.actions.iter().filter(|past| !may_be_told(past, now)).count();
    let also = if hidden == 0 { String::new() } else { format!("; {hidden} with hidden votes were left out") };
    let sentence = match (n_open, rows.len()) {
        (0, _) => format!("no open business that this could touch{also}"),
        (n_open, 0) => format!("none of {n_open} open actions would stand differently{also}"),
        (n_open, n) => format!("{n} of {n_open} open actions would stand differently{also}"),
    };
    Ok(Impact { n_open, rows, sentence })
}

/// Whether what a rule makes of an open vote tells nothing that is hidden.
fn may_be_told(past: &Past, now: Timestamp) -> bool {
    past.proposals.iter().filter_map(|proposal| proposal.ask.as_ref()).all(|ask| {
        let looker = Looker { is_member: true, has_voted: false };
        Sight::of(ask, is_closed(ask, false, now), looker).answers()
    })
}
