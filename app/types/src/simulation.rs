//! Trying policies: what is played, what came of it, and what is found out by playing many.
//!
//! The REST interface, the pages and the worker processes share these shapes. Texts in them are sentences for people.

pub mod backtest;
pub mod checks;
pub mod example;
pub mod outcome;
pub mod scenario;
pub mod shadow;
pub mod study;
pub mod trace;

pub use backtest::{Backtest, BacktestCounts, BacktestProgress, BacktestRow, Trust};
pub use checks::{CheckLine, CheckState, Finding, FindingCode, Place, Severity};
pub use example::{Example, ExampleRun, Expectation, MAX_EXAMPLES};
pub use outcome::{Broken, Logged, Moment, Outcome, Receipt, SeatOutcome, WouldDo};
pub use scenario::{
    CompareInput, DraftInput, Event, Happening, PopulationInput, ScenarioInput, TrialAction, TrialInput, TrialMember,
};
pub use shadow::{Divergence, ShadowStatus, ShadowTerms, ShadowView};
pub use study::{
    Capture, Coalition, Comparison, Difference, Flip, FlipChange, Impact, ImpactRow, Influence, Parameters, Population,
    Property, PropertyReport, PropertyState,
};
pub use trace::{Coverage, CoverageKind, CoveragePoint, Probe, Trace};
