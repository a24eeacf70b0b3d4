//! Trials of the invented community: one scenario whose jury agrees, and what is found out about it.

use app::{
    api::{
        simulation::{DeskAction, DeskDecision, DeskMember, DeskView, ExamplesView, ReplayView},
        words::Person,
    },
    backend::{SimulationBackend, Viewer},
    error::AppError,
};
use async_trait::async_trait;
use serde_json::json;
use types::simulation::{
    Backtest, BacktestCounts, BacktestRow, Capture, CheckLine, CheckState, CompareInput, Comparison, DraftInput, Event,
    Example, ExampleRun, Finding, FindingCode, Flip, FlipChange, Happening, Impact, Moment, Outcome, Parameters, Place,
    Population, PopulationInput, Property, PropertyReport, PropertyState, Receipt, ScenarioInput, Severity, ShadowView,
    Trace, TrialAction, TrialInput, Trust, WouldDo,
};
use types::{ActionId, BallotValue, Json, PolicyId, ProposalId, Verdict};

use super::{Fake, at, id};

/// What the scenario comes to.
pub fn outcome() -> Outcome {
    let moment = |at_seconds, event: &str, verdict, reason: &str| Moment {
        at_seconds,
        event: event.to_owned(),
        verdict,
        reason: reason.to_owned(),
        logs: Vec::new(),
    };
    Outcome {
        verdict: Verdict::Passed,
        reason: "2 of 3 jurors said yes".to_owned(),
        timeline: vec![
            moment(0, "ana attempts board.rename_channel", Verdict::Proposed, ""),
            moment(60, "ben votes yes; cleo votes yes", Verdict::Passed, "2 of 3 jurors said yes"),
        ],
        effects: vec![WouldDo {
            at_seconds: 60,
            kind: "execute".to_owned(),
            detail: Json::default(),
            sentence: "carry the action out".to_owned(),
            receipt: "4f1a".to_owned(),
            power: Some(types::effect::Power::Execute),
            policy: None,
        }],
        logs: Vec::new(),
        error: None,
        reads: vec!["ballots".to_owned(), "clock".to_owned()],
        ask: None,
        most_instructions: 4_200,
        limit_instructions: 1_000_000,
        in_scope: true,
        decided_at_seconds: Some(60),
        next_seconds: None,
        carried_out: true,
        seats: Vec::new(),
        trace: Some(Trace::default()),
        receipt: Some(receipt()),
    }
}

fn receipt() -> Receipt {
    let hash = |letter: &str| letter.repeat(64);
    Receipt {
        policy: hash("a"),
        scenario: hash("b"),
        engine: "polity-engine".to_owned(),
        result: hash("c"),
        hash: hash("d"),
    }
}

fn scenario() -> ScenarioInput {
    ScenarioInput {
        action: TrialAction {
            kind: "board.rename_channel".to_owned(),
            payload: Json(json!({ "channel": "general", "name": "commons" })),
            initiator: "ana".to_owned(),
        },
        members: None,
        events: vec![Event {
            at_seconds: 60,
            what: Happening::Ballot { member: "ben".to_owned(), value: BallotValue::Yes, reason: None },
        }],
        until_seconds: None,
        seed: 1,
        starts_at: None,
    }
}

#[async_trait]
impl SimulationBackend for Fake {
    async fn simulation_desk(&self, _viewer: &Viewer, slug: &str) -> Result<DeskView, AppError> {
        Self::known(slug)?;
        let member = |handle: &str| DeskMember {
            person: Person { handle: handle.to_owned(), name: handle.to_owned() },
            roles: Vec::new(),
        };
        Ok(DeskView {
            members: ["ana", "ben", "cleo"].map(member).into(),
            roles: vec!["Member".to_owned()],
            actions: vec![DeskAction {
                kind: "board.rename_channel".parse().expect("a type"),
                title: "Rename a channel".to_owned(),
                schema: Json(json!({ "type": "object", "properties": {} })),
                example: Json(json!({ "channel": "general", "name": "commons" })),
            }],
            policies: vec![(id(1), "Jury".to_owned())],
            decisions: vec![DeskDecision { action: id(2), title: "Rename #random to #tool-chat".to_owned() }],
            me: "ana".to_owned(),
            allowance: 100,
        })
    }

    async fn try_policy(&self, _viewer: &Viewer, slug: &str, _trial: TrialInput) -> Result<Outcome, AppError> {
        Self::known(slug)?;
        Ok(outcome())
    }

    async fn lint_policy(&self, _viewer: &Viewer, slug: &str, source: &str) -> Result<Vec<Finding>, AppError> {
        Self::known(slug)?;
        let finding = |column: u32| Finding {
            code: FindingCode::MisspeltVerdict,
            severity: Severity::Error,
            place: Place { line: 1, column, end_line: 1, end_column: column + 5 },
            message: "PASSD is no verdict, and would break the policy".to_owned(),
            remedy: "write PASSED".to_owned(),
            replacement: Some("PASSED".to_owned()),
        };
        Ok(source.find("PASSD").map(|at| finding(u32::try_from(at).unwrap_or(0) + 1)).into_iter().collect())
    }

    async fn check_draft(&self, _viewer: &Viewer, slug: &str, _draft: DraftInput) -> Result<Vec<CheckLine>, AppError> {
        Self::known(slug)?;
        let line = |code: &str, title: &str, state, sentence: &str| CheckLine {
            code: code.to_owned(),
            title: title.to_owned(),
            state,
            sentence: sentence.to_owned(),
            place: None,
            field: None,
            remedy: String::new(),
            details: Vec::new(),
        };
        Ok(vec![
            line("syntax", "It parses", CheckState::Passed, "the source is a policy"),
            line("examples", "Its examples hold", CheckState::Warning, "it has no examples"),
            line("plain-text", "It is told in plain words", CheckState::Failed, "there is no description"),
        ])
    }

    async fn flip(&self, _viewer: &Viewer, slug: &str, _trial: TrialInput) -> Result<Flip, AppError> {
        Self::known(slug)?;
        let smallest = FlipChange {
            sentence: "if ben voted no instead".to_owned(),
            verdict: Verdict::Failed,
            reason: "2 of 3 jurors said no".to_owned(),
            size: 1,
            events: Vec::new(),
        };
        Ok(Flip { verdict: Verdict::Passed, smallest: Some(smallest), others: Vec::new(), n_played: 12 })
    }

    async fn compare(&self, _viewer: &Viewer, slug: &str, _compare: CompareInput) -> Result<Comparison, AppError> {
        Self::known(slug)?;
        Ok(Comparison { n_played: 90, n_different: 0, differences: Vec::new() })
    }

    async fn population(
        &self,
        _viewer: &Viewer,
        slug: &str,
        population: PopulationInput,
    ) -> Result<Population, AppError> {
        Self::known(slug)?;
        let parameters =
            population.parameters.unwrap_or(Parameters { turnout: 0.5, approval: 0.6, vote_after_seconds: 3_600 });
        Ok(Population {
            n: 385,
            parameters,
            source: "fitted from 214 votes of this community".to_owned(),
            passed: 231,
            failed: 154,
            open: 0,
            errors: 0,
            pass_share: 0.6,
            low: 0.55,
            high: 0.65,
            seconds_to_decision: Some([600, 3_600, 86_400]),
            influence: Vec::new(),
            seed: 1,
        })
    }

    async fn properties(
        &self,
        _viewer: &Viewer,
        slug: &str,
        _trial: TrialInput,
    ) -> Result<Vec<PropertyReport>, AppError> {
        Self::known(slug)?;
        Ok(vec![PropertyReport {
            property: Property::NobodyAlonePasses,
            state: PropertyState::Broken,
            title: "nobody can pass anything with their own vote alone".to_owned(),
            sentence: "ben passes it with one vote".to_owned(),
            is_warning: false,
            counterexample: Some(scenario()),
            verdict: Some(Verdict::Passed),
            n_played: 3,
        }])
    }

    async fn capture(&self, _viewer: &Viewer, slug: &str, _trial: TrialInput) -> Result<Capture, AppError> {
        Self::known(slug)?;
        Ok(Capture { to_pass: None, to_fail: None, n_played: 40 })
    }

    async fn impact(&self, _viewer: &Viewer, slug: &str, _draft: DraftInput) -> Result<Impact, AppError> {
        Self::known(slug)?;
        let sentence = "none of 4 open actions would stand differently".to_owned();
        Ok(Impact { n_open: 4, rows: Vec::new(), sentence })
    }

    async fn backtest(&self, _viewer: &Viewer, slug: &str, _draft: DraftInput) -> Result<Backtest, AppError> {
        Self::known(slug)?;
        let row = BacktestRow {
            action: id(2),
            title: "Rename #random to #tool-chat".to_owned(),
            at: at("2026-11-20T18:00:00Z"),
            trust: Trust::Exact,
            current: Verdict::Passed,
            current_reason: "2 of 3 jurors said yes".to_owned(),
            draft: Some(Verdict::Failed),
            draft_reason: "3 were needed".to_owned(),
            best: None,
            worst: None,
            recorded: "executed".to_owned(),
            note: String::new(),
        };
        let counts = BacktestCounts { total: 10, outside: 6, same: 3, differ: 1, ..BacktestCounts::default() };
        Ok(Backtest {
            counts,
            rows: vec![row],
            is_cut: false,
            oldest: None,
            newest: None,
            receipt: receipt(),
            notes: Vec::new(),
        })
    }

    async fn replay(
        &self,
        _viewer: &Viewer,
        slug: &str,
        _draft: DraftInput,
        _action: ActionId,
    ) -> Result<ReplayView, AppError> {
        Self::known(slug)?;
        Ok(ReplayView { current: outcome(), draft: outcome() })
    }

    async fn scenario_of(&self, _viewer: &Viewer, slug: &str, _action: ActionId) -> Result<ScenarioInput, AppError> {
        Self::known(slug)?;
        Ok(scenario())
    }

    async fn examples(&self, _viewer: &Viewer, slug: &str, _proposal: ProposalId) -> Result<ExamplesView, AppError> {
        Self::known(slug)?;
        Ok(ExamplesView { may_object: true, ..ExamplesView::default() })
    }

    async fn object(
        &self,
        _viewer: &Viewer,
        slug: &str,
        _proposal: ProposalId,
        example: Example,
    ) -> Result<ExampleRun, AppError> {
        Self::known(slug)?;
        Ok(ExampleRun {
            name: example.name.clone(),
            holds: false,
            problem: "expected FAILED, but it ended PASSED".to_owned(),
            verdict: Verdict::Passed,
            reason: String::new(),
            objected_by: Some("ana".to_owned()),
            answer: None,
            example: Json(serde_json::to_value(example).expect("an example")),
        })
    }

    async fn answer_objection(
        &self,
        _viewer: &Viewer,
        slug: &str,
        _proposal: ProposalId,
        _name: &str,
        _answer: &str,
    ) -> Result<(), AppError> {
        Self::known(slug).map(|_| ())
    }

    async fn shadow_stage(
        &self,
        _viewer: &Viewer,
        slug: &str,
        _policy: PolicyId,
    ) -> Result<Option<ShadowView>, AppError> {
        Self::known(slug)?;
        Ok(None)
    }
}
