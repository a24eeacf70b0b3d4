//! Backtests: a draft and the rules in force, each over the recorded past, and only where they differ.
//!
//! Both are played on the same reconstruction, so that what differs comes from the rules. A row says how far it can be trusted:
//! votes that nobody cast because the vote was closed are unknown, and people who are asked something else would answer
//! something else.

use std::sync::Arc;

use types::simulation::backtest::MAX_ROWS;
use types::simulation::{Backtest, BacktestCounts, BacktestProgress, BacktestRow, Event, Happening, Outcome, Trust};
use types::{Ask, BallotKind, BallotValue, Verdict};

use super::SimulateError;
use super::draft::Proposed;
use super::history::{History, Past};
use super::lab::{Lab, Series, or_broken};
use super::receipt;
use super::scenario::{Bench, DEFAULT_UNTIL_SECONDS, World};
use super::trial;
use super::work::{Detail, Spec};
use crate::pipeline::snapshot::Snapshot;
use crate::views::sentence::{self, Names};

/// Actions that are played before progress is told.
const STEP: usize = 256;

/// What a backtest needs.
pub struct Backtesting<'a> {
    /// The workers.
    pub lab: Lab<'a>,
    /// The community as it is.
    pub snapshot: &'a Snapshot,
    /// The same, as scenarios see it.
    pub present: &'a World,
    /// Its past.
    pub history: &'a History,
    /// What is tried.
    pub draft: &'a Proposed,
    /// Names for titles.
    pub names: &'a Names,
}

/// What was made of one action.
struct Compared {
    trust: Option<Trust>,
    current: Outcome,
    draft: Outcome,
    best: Option<Verdict>,
    worst: Option<Verdict>,
    note: String,
}

/// Plays the whole past. `progress` is told as it goes; dropping the future cancels it.
///
/// # Errors
/// [`SimulateError::Unavailable`].
pub async fn backtest(
    testing: &Backtesting<'_>,
    mut progress: impl FnMut(BacktestProgress),
) -> Result<Backtest, SimulateError> {
    let history = testing.history;
    let total = small(history.actions.len());
    let (inside, outside): (Vec<&Past>, Vec<&Past>) = history.actions.iter().partition(|past| testing.is_touched(past));
    let mut counts = BacktestCounts { total, outside: small(outside.len()), ..BacktestCounts::default() };
    let mut rows = Vec::new();
    let mut n_differ = 0_usize;
    progress(BacktestProgress { done: counts.outside, total });
    for some in inside.chunks(STEP) {
        for (past, compared) in some.iter().zip(testing.compare(some).await?) {
            let counter = match compared.trust {
                None => &mut counts.same,
                Some(Trust::Exact) => &mut counts.differ,
                Some(Trust::Censored) => &mut counts.censored,
                Some(Trust::Behavioural) => &mut counts.behavioural,
                Some(Trust::Error) => &mut counts.errors,
            };
            *counter = counter.saturating_add(1);
            if let Some(trust) = compared.trust {
                n_differ = n_differ.saturating_add(1);
                if rows.len() < MAX_ROWS {
                    rows.push(testing.row(past, trust, compared));
                }
            }
        }
        let done = counts.outside + counts.same + counts.differ + counts.censored + counts.behavioural + counts.errors;
        progress(BacktestProgress { done, total });
    }
    let ids: Vec<_> = history.actions.iter().map(|past| (past.stored.action.id, past.stored.generation)).collect();
    let bench = testing.draft_bench();
    let times = history.actions.iter().map(|past| past.stored.action.created_at);
    let receipt = receipt::of(&bench, &(testing.current_bench(), ids), &(&counts, &rows));
    Ok(Backtest {
        counts,
        is_cut: n_differ > rows.len(),
        rows,
        oldest: times.clone().min(),
        newest: times.max(),
        receipt,
        notes: testing.notes(),
    })
}

impl Backtesting<'_> {
    /// The draft among the rules in force.
    #[must_use]
    pub fn draft_bench(&self) -> Bench {
        trial::with_others(&self.draft.draft, self.snapshot, self.draft.replaces(), self.draft.on_error)
    }

    /// The rules in force.
    #[must_use]
    pub fn current_bench(&self) -> Bench {
        let mut bench = trial::in_force(self.snapshot, self.draft.draft.layer);
        bench.on_trial = bench.seats.iter().position(|seat| Some(seat.policy.id) == self.draft.replaces());
        bench
    }

    /// Whether the draft, or what it replaces, has anything to do with an action.
    pub(super) fn is_touched(&self, past: &Past) -> bool {
        let kind = &past.stored.action.kind;
        let before = self.draft.before.as_ref();
        let was_asked = !past.proposals.is_empty() || past.stored.action.reason.starts_with(engine::combine::FREE);
        was_asked && (self.draft.draft.covers(kind) || before.is_some_and(|before| before.draft.covers(kind)))
    }

    /// The world of all scenarios. The log is only there where a policy speaks of it: it is large.
    fn world(&self, benches: [&Bench; 2]) -> World {
        let with_log =
            benches.iter().any(|bench| bench.seats.iter().any(|seat| seat.policy.source.contains("actions.")));
        self.history.world(self.present, with_log)
    }

    /// What the rules in force and the draft make of some actions.
    async fn compare(&self, some: &[&Past]) -> Result<Vec<Compared>, SimulateError> {
        let (current, draft) = (Arc::new(self.current_bench()), Arc::new(self.draft_bench()));
        let world = Arc::new(self.world([&current, &draft]));
        let mut series = Series::default();
        for past in some {
            for bench in [&current, &draft] {
                let spec = self.spec(past, bench, &world, &mut series, Vec::new());
                series.plays.push(spec);
            }
        }
        let played = self.lab.play_all(&series, Detail::Verdict, |_| {}).await?;
        let mut compared = Vec::with_capacity(some.len());
        let mut unknown = Vec::new();
        let mut outcomes = played.into_iter();
        for (at, past) in some.iter().enumerate() {
            let (Some(current), Some(draft)) = (outcomes.next(), outcomes.next()) else { break };
            let one = judge(past, or_broken(current)?, or_broken(draft)?);
            if one.trust == Some(Trust::Censored) {
                unknown.push(at);
            }
            compared.push(one);
        }
        self.bound(some, &unknown, &mut compared, &draft, &world).await?;
        Ok(compared)
    }

    /// Plays the best and the worst case of actions whose last votes nobody knows.
    async fn bound(
        &self,
        some: &[&Past],
        unknown: &[usize],
        compared: &mut [Compared],
        bench: &Arc<Bench>,
        world: &Arc<World>,
    ) -> Result<(), SimulateError> {
        let mut series = Series::default();
        for (past, one) in unknown.iter().filter_map(|at| some.get(*at).zip(compared.get(*at))) {
            for is_best in [true, false] {
                let spec = self.spec(past, bench, world, &mut series, rest_votes(past, &one.draft, is_best));
                series.plays.push(spec);
            }
        }
        let mut outcomes = self.lab.play_all(&series, Detail::Verdict, |_| {}).await?.into_iter();
        for at in unknown {
            let (Some(one), Some(best), Some(worst)) = (compared.get_mut(*at), outcomes.next(), outcomes.next()) else {
                break;
            };
            let (best, worst) = (or_broken(best)?, or_broken(worst)?);
            if best.verdict == worst.verdict && best.error.is_none() && worst.error.is_none() {
                // Whatever the rest had voted: so it is certain after all.
                let is_same = best.verdict == one.current.verdict && best.carried_out == one.current.carried_out;
                one.trust = (!is_same).then_some(Trust::Exact);
                one.draft = best;
                continue;
            }
            (one.best, one.worst) = (Some(best.verdict), Some(worst.verdict));
            one.note = "it would still have been open when the vote was closed".to_owned();
        }
        Ok(())
    }

    fn spec(&self, past: &Past, bench: &Arc<Bench>, world: &Arc<World>, series: &mut Series, more: Vec<Event>) -> Spec {
        let until_seconds = past.until_seconds();
        let mut events = self.history.events(past, until_seconds);
        events.extend(more);
        events.sort_by_key(|event| event.at_seconds);
        let (bench, world) = (series.bench(bench), series.world(world));
        Spec { bench, world, attempt: self.history.attempt(past), events, until_seconds, seed: past.seed() }
    }

    fn row(&self, past: &Past, trust: Trust, compared: Compared) -> BacktestRow {
        let action = &past.stored.action;
        let Compared { current, draft, best, worst, note, .. } = compared;
        let why = |outcome: &Outcome| match &outcome.error {
            Some(error) => format!("it broke: {}", error.message),
            None => outcome.reason.clone(),
        };
        let recorded = serde_json::to_value(action.status).ok().and_then(|word| word.as_str().map(str::to_owned));
        BacktestRow {
            action: action.id,
            title: sentence::title(&action.kind, &action.payload, self.names),
            at: action.created_at,
            trust,
            current: current.verdict,
            current_reason: why(&current),
            draft: (trust != Trust::Censored).then_some(draft.verdict),
            draft_reason: if trust == Trust::Censored { String::new() } else { why(&draft) },
            best,
            worst,
            recorded: recorded.unwrap_or_default(),
            note,
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = vec![
            "Votes that were changed count as they stood last; votes that were taken back are not known any more."
                .to_owned(),
            "Documents, settings and data that policies kept are those of today, not of then.".to_owned(),
        ];
        if self.history.is_cut {
            notes.push(format!("Only the latest {} decided actions were played.", super::history::MOST_ACTIONS));
        }
        if self.history.actions.iter().any(Past::has_secret_votes) {
            notes.push("Secret votes cannot be played again: nobody knows who voted how.".to_owned());
        }
        notes
    }
}

/// How two outcomes of one action compare.
fn judge(past: &Past, current: Outcome, draft: Outcome) -> Compared {
    let bare = |trust, current, draft, note: &str| Compared {
        trust,
        current,
        draft,
        best: None,
        worst: None,
        note: note.to_owned(),
    };
    if current.error.is_some() != draft.error.is_some() {
        return bare(Some(Trust::Error), current, draft, "");
    }
    if let (Some(one), Some(other)) = (&current.error, &draft.error) {
        let trust = (one.code != other.code).then_some(Trust::Error);
        return bare(trust, current, draft, "");
    }
    let is_same = current.verdict == draft.verdict && current.carried_out == draft.carried_out;
    if is_same {
        return bare(None, current, draft, "");
    }
    if past.has_secret_votes() && reads(&draft, "ballots") {
        return bare(Some(Trust::Behavioural), current, draft, "the vote was secret: nobody knows who voted how");
    }
    if asks_otherwise(&current, &draft) {
        return bare(Some(Trust::Behavioural), current, draft, "other people would have been asked, or something else");
    }
    if ["web request", "platform look-up", "policy data"].iter().any(|fact| reads(&draft, fact)) {
        return bare(Some(Trust::Behavioural), current, draft, "it reads what was not recorded");
    }
    let closed = past.closed_after_seconds();
    let is_later = match (draft.decided_at_seconds, closed) {
        (Some(decided), Some(closed)) => decided > closed,
        (None, _) => true,
        (Some(_), None) => false,
    };
    let trust = if is_later && reads(&draft, "ballots") { Trust::Censored } else { Trust::Exact };
    bare(Some(trust), current, draft, "")
}

fn reads(outcome: &Outcome, fact: &str) -> bool {
    outcome.reads.iter().any(|read| read == fact)
}

/// Whether the draft puts another question, or puts it to others.
fn asks_otherwise(current: &Outcome, draft: &Outcome) -> bool {
    if !reads(draft, "ballots") {
        return false;
    }
    let (Some(draft), Some(current)) = (&draft.ask, &current.ask) else {
        return draft.ask.is_some() != current.ask.is_some();
    };
    let people = |ask: &Ask| {
        let mut asked = ask.eligible.clone();
        if let Some(asked) = &mut asked {
            asked.sort_unstable();
        }
        asked
    };
    draft.kind != current.kind
        || draft.options != current.options
        || draft.privacy != current.privacy
        || people(draft) != people(current)
}

/// Everybody who has not voted by the time the vote was closed votes the same, a moment later.
fn rest_votes(past: &Past, draft: &Outcome, is_best: bool) -> Vec<Event> {
    let at_seconds = past.closed_after_seconds().unwrap_or(DEFAULT_UNTIL_SECONDS).saturating_add(1);
    let value = match draft.ask.as_ref().map_or(BallotKind::YesNo, |ask| ask.kind) {
        BallotKind::Consent if is_best => BallotValue::Choice("agree".to_owned()),
        BallotKind::Consent => BallotValue::Choice("object".to_owned()),
        _ if is_best => BallotValue::Yes,
        _ => BallotValue::No,
    };
    vec![Event { at_seconds, what: Happening::Rest { value } }]
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
