//! Backtests: a draft and the rules in force over the community's recorded past.

use serde::{Deserialize, Serialize};

use crate::{ActionId, Timestamp, Verdict};

/// What a backtest found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// How many actions came out how. The parts add up to the whole.
    pub counts: BacktestCounts,
    /// The differences, newest first; at most [`MAX_ROWS`].
    pub rows: Vec<BacktestRow>,
    /// Whether there were more differences than rows.
    pub is_cut: bool,
    /// The oldest action that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Timestamp>,
    /// The newest action that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
    /// SHA-256 over the policies, the past, the engine's version and the rows: the same question gives the same answer.
    pub receipt: super::Receipt,
    /// What the reader must know, in sentences: what could not be replayed, and why.
    pub notes: Vec<String>,
}

/// Most rows of one backtest. The counts count them all.
pub const MAX_ROWS: usize = 500;

/// How many actions came out how: `total = outside + same + differ + censored + behavioural + errors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BacktestCounts {
    /// Recorded actions.
    pub total: u32,
    /// Of them, those that neither the draft nor what it replaces is declared for.
    pub outside: u32,
    /// The same verdict, carried out or not.
    pub same: u32,
    /// Another verdict, for certain.
    pub differ: u32,
    /// It depends on votes that nobody cast, because the vote was closed by then.
    pub censored: u32,
    /// People would have been asked otherwise, so that what they did tells little.
    pub behavioural: u32,
    /// The draft broke where the rules in force did not, or the other way round.
    pub errors: u32,
}

impl BacktestCounts {
    /// Whether the parts add up.
    #[must_use]
    pub fn add_up(&self) -> bool {
        let parts = [self.outside, self.same, self.differ, self.censored, self.behavioural, self.errors];
        parts.iter().copied().map(u64::from).sum::<u64>() == u64::from(self.total)
    }
}

/// How far a row can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Everything that the draft needed was recorded.
    Exact,
    /// The draft would still have been open when the vote was closed: only the best and worst case are known.
    Censored,
    /// The draft asks other people, or another question: what was recorded answers something else.
    Behavioural,
    /// One of the two broke.
    Error,
}

/// One action on which the draft differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestRow {
    /// The action.
    pub action: ActionId,
    /// What was attempted, in a sentence.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// How far the row can be trusted.
    pub trust: Trust,
    /// What the rules in force make of it.
    pub current: Verdict,
    /// Why.
    pub current_reason: String,
    /// What the draft makes of it; none where it is censored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Verdict>,
    /// Why.
    pub draft_reason: String,
    /// With every vote that was still possible in favour; only where it is censored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Verdict>,
    /// With every vote that was still possible against; only where it is censored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Verdict>,
    /// What became of it in truth, as recorded.
    pub recorded: String,
    /// What the reader should know of this row, in a sentence; may be empty.
    pub note: String,
}

/// How far a backtest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestProgress {
    /// Actions done.
    pub done: u32,
    /// Actions in all.
    pub total: u32,
}
