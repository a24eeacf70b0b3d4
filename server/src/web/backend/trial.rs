//! Trying a policy that is still being written.

use app::backend::{TrialBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use types::payload::constitution::AddPolicy;
use types::simulation::{
    Broken, CheckLine, CheckState, Example, Finding, FindingCode, Happening, Logged, Moment, Outcome, Place as At,
    Severity, TrialInput, WouldDo,
};
use types::{ActionType, Json, PolicyError, PolicyId};

use super::{PageBackend, Place, failed};
use crate::pipeline::constitution;
use crate::simulate::{self, Event, Scenario, World};
use crate::web::api::refusals;
use crate::web::error::ApiError;

#[async_trait]
impl TrialBackend for PageBackend {
    async fn simulate(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Outcome, AppError> {
        let (place, _) = self.enter_as_member(viewer, slug).await?;
        let kind: ActionType =
            trial.action.kind.parse().map_err(|_| AppError::from(refusals::unknown_type(&trial.action.kind)))?;
        let policy = draft(&trial.policy)?;
        let world = place.world().await?;
        let events = expanded(&trial, &world)?;
        let scenario = Scenario {
            policy,
            kind,
            payload: trial.action.payload,
            initiator: trial.action.initiator,
            world,
            events,
            until_seconds: trial.until_seconds,
            seed: trial.seed,
            starts_at: trial.starts_at.unwrap_or(place.now),
        };
        let outcome = simulate::simulate(&*self.web.ctx.runner, place.here.community.id, scenario).await;
        let outcome = outcome.map_err(|error| AppError::from(refusals::simulate(error)))?;
        Ok(shaped(outcome))
    }

    async fn lint(&self, viewer: &Viewer, slug: &str, source: String) -> Result<Vec<Finding>, AppError> {
        let (place, _) = self.enter_as_member(viewer, slug).await?;
        let checked = self.web.ctx.runner.check(place.here.community.id, &source).await;
        Ok(checked.err().map(finding).into_iter().collect())
    }

    async fn check_policy(
        &self,
        viewer: &Viewer,
        slug: &str,
        _base: Option<PolicyId>,
        policy: Json,
        _examples: Vec<Example>,
    ) -> Result<Vec<CheckLine>, AppError> {
        let (place, _) = self.enter_as_member(viewer, slug).await?;
        let draft = draft(&policy)?;
        let line = |code: &str, title: &str, field: &str, ok: bool, yes: &str, no: String| CheckLine {
            code: code.to_owned(),
            title: title.to_owned(),
            state: if ok { CheckState::Passed } else { CheckState::Failed },
            sentence: if ok { yes.to_owned() } else { no },
            place: None,
            field: Some(field.to_owned()),
            remedy: String::new(),
            details: Vec::new(),
        };
        let checked = self.web.ctx.runner.check(place.here.community.id, &draft.source).await;
        let problem = checked.as_ref().err().map(|error| error.message.clone()).unwrap_or_default();
        let mut syntax = line("syntax", "Syntax", "source", checked.is_ok(), "The source can be read.", problem);
        syntax.place = checked.err().map(|error| finding(error).place);
        let has_words = !draft.description.trim().is_empty();
        let words = line(
            "plain-text",
            "Plain words",
            "description",
            has_words,
            "It says in plain words what it does.",
            "It does not say in plain words what it does.".to_owned(),
        );
        Ok(vec![syntax, words])
    }
}

impl Place<'_> {
    /// The community as it is, to try policies in.
    async fn world(&self) -> Result<World, AppError> {
        let store = self.store();
        let snapshot = self.snapshot().await?;
        let documents = self.web.ctx.snapshots.documents(&store).await.map_err(failed)?;
        Ok(World {
            members: snapshot.roster.members.clone(),
            roles: snapshot.roster.roles.clone(),
            documents: documents.to_vec(),
            policies: snapshot.policy_facts(),
        })
    }
}

/// The policy of a trial.
fn draft(policy: &Json) -> Result<types::PolicyDraft, AppError> {
    let read: AddPolicy = serde_path_to_error::deserialize(&policy.0).map_err(|error| {
        let message = format!("policy.{}: {}", error.path(), error.inner());
        AppError::new(ErrorKind::Invalid, "invalid-field", message)
    })?;
    constitution::draft(&read).map_err(|problem| AppError::from(ApiError::invalid("bad-policy", problem)))
}

/// The events, with what concerns several people told one by one.
fn expanded(trial: &TrialInput, world: &World) -> Result<Vec<Event>, AppError> {
    let mut events = Vec::new();
    let mut silent_from = None;
    let mut input = trial.events.clone();
    input.sort_by_key(|event| event.at_seconds);
    for event in input {
        let at_seconds = event.at_seconds;
        let mut push = |what| events.push(Event { at_seconds, what });
        match event.what {
            Happening::Everyone { .. } | Happening::Ballot { .. } if silent_from.is_some() => {}
            Happening::Everyone { role, value } => {
                let role = role.and_then(|name| world.roles.iter().find(|role| role.name == name).map(|role| role.id));
                let asked = world.members.iter().filter(|member| {
                    !member.is_bot && role.is_none_or(|role| member.roles.contains(&role))
                });
                for member in asked {
                    push(simulate::Happening::Ballot { member: member.handle.clone(), value: value.clone(), reason: None });
                }
            }
            Happening::Nobody { .. } => silent_from = Some(at_seconds),
            Happening::Ballot { member, value, reason } => push(simulate::Happening::Ballot { member, value, reason }),
            Happening::Withdraw { member } => push(simulate::Happening::Withdraw { member }),
            Happening::GrantRole { member, role } => push(simulate::Happening::GrantRole { member, role }),
            Happening::RevokeRole { member, role } => push(simulate::Happening::RevokeRole { member, role }),
            Happening::Tick => push(simulate::Happening::Tick),
            Happening::Join { .. } | Happening::Leave { .. } => {
                let message = "Nobody can join or leave in a scenario here. Take that event away.";
                return Err(AppError::new(ErrorKind::Invalid, "bad-event", message));
            }
        }
    }
    Ok(events)
}

fn shaped(outcome: simulate::Outcome) -> Outcome {
    let decided = matches!(outcome.verdict, types::Verdict::Passed | types::Verdict::Failed);
    let last = outcome.timeline.last().map(|moment| moment.at_seconds);
    Outcome {
        in_scope: !outcome.reason.contains("does not govern this action"),
        decided_at_seconds: last.filter(|_| decided),
        verdict: outcome.verdict,
        reason: outcome.reason,
        timeline: outcome
            .timeline
            .into_iter()
            .map(|moment| Moment {
                at_seconds: moment.at_seconds,
                event: moment.event,
                verdict: moment.verdict,
                reason: moment.reason,
                logs: Vec::new(),
            })
            .collect(),
        carried_out: outcome.effects.iter().any(|effect| effect.kind == "execute"),
        effects: outcome
            .effects
            .into_iter()
            .map(|effect| WouldDo {
                at_seconds: effect.at_seconds,
                kind: effect.kind.to_owned(),
                detail: effect.detail,
                sentence: String::new(),
                receipt: String::new(),
                power: None,
                policy: None,
            })
            .collect(),
        logs: outcome
            .logs
            .into_iter()
            .map(|line| Logged { at_seconds: line.at_seconds, line: line.line, text: line.text })
            .collect(),
        error: outcome.error.map(|error| Broken {
            code: error.code.to_owned(),
            message: error.message,
            line: error.line,
            column: error.column,
            function: None,
            policy: None,
        }),
        reads: outcome.reads.into_iter().map(str::to_owned).collect(),
        ask: outcome.ask,
        most_instructions: outcome.most_instructions,
        limit_instructions: 0,
        next_seconds: None,
        seats: Vec::new(),
        trace: None,
        receipt: None,
    }
}

fn finding(error: PolicyError) -> Finding {
    Finding {
        code: FindingCode::Syntax,
        severity: Severity::Error,
        place: At { line: error.line, column: error.column, end_line: error.line, end_column: error.column },
        message: error.message,
        remedy: String::new(),
        replacement: None,
    }
}
