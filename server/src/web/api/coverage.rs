//! The conflict and coverage map: who governs what, in which order, and where the policies leave gaps or contradict each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use store::coverage::{Asked, Disagreement};
use types::payload::catalogue;
use types::payload::recovery::is_recovery;
use types::policy::Policy;
use types::{ActionType, Enforcement, Layer, PolicyId, PolicyKind, Timestamp};
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::here::Here;
use super::words::word;
use crate::pipeline::modes;
use crate::pipeline::recovery::NAME as RECOVERY;
use crate::pipeline::snapshot::Snapshot;
use crate::web::body::Query;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// How far back the record is read where nobody says.
const DEFAULT_DAYS: u32 = 365;

/// How far back the record is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HowFar {
    /// How many days of the record are read, 1 to 3650; 365 where it is left out.
    days: Option<u32>,
}

/// The map.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coverage {
    /// Since when the record was read, RFC 3339.
    since: String,
    /// Each action type, in ascending order.
    action_types: Vec<TypeCoverage>,
    /// Policies in force that never had an opinion although they were asked.
    never_match: Vec<NeverMatches>,
    /// Policies of which one passed and one failed the same action.
    disagree: Vec<Disagree>,
}

/// One action type.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeCoverage {
    /// `platform.verb`.
    #[serde(rename = "type")]
    kind: String,
    /// `platform` or `constitution`.
    layer: String,
    /// `governed`; `open` where no enforced policy governs it and it goes ahead; `held` where it then waits for ever; `recovery` where
    /// the recovery rule alone decides.
    state: String,
    /// How the verdicts of several policies become one.
    combining: String,
    /// Those that are asked, in order.
    policies: Vec<TypePolicy>,
    /// How many such actions the record has.
    n_actions: i64,
}

/// One policy that is asked about an action type.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypePolicy {
    /// The policy's id.
    id: String,
    /// Its name.
    name: String,
    /// `governing` or `reacting`.
    kind: String,
    /// `off`, `shadow`, `warn` or `enforced`.
    enforcement: String,
    /// Whether it is asked now: not where it belongs to modes that are off.
    is_asked: bool,
    /// How often it was asked about such actions.
    n_asked: i64,
    /// How often it had an opinion.
    n_in_scope: i64,
}

/// A policy that was asked and never had an opinion.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeverMatches {
    /// The policy's id.
    policy: String,
    /// Its name.
    name: String,
    /// How often it was asked.
    n_asked: i64,
    /// About which types.
    action_types: Vec<String>,
}

/// Two policies that disagreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disagree {
    /// `platform.verb`.
    #[serde(rename = "type")]
    kind: String,
    /// Name of the one that passed.
    passed: String,
    /// Name of the one that failed.
    failed: String,
    /// On how many actions.
    n_times: i64,
}

/// Get the coverage map
///
/// What is said of the past is said of the record as it is: of a policy that was never asked, it says nothing.
#[utoipa::path(get, path = "/communities/{slug}/coverage", tag = "policies",
    params(("slug" = String, Path, description = "The community"), HowFar),
    responses((status = 200, body = Coverage, description = "The map"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(how_far): Query<HowFar>,
) -> Result<Json<Coverage>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let days = how_far.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=3_650).contains(&days) {
        return Err(ApiError::invalid("invalid-query", "days is a whole number from 1 to 3650").at("days"));
    }
    let now = web.ctx.clock.now();
    let since = now - Duration::from_secs(u64::from(days) * 24 * 3600);
    let store = web.ctx.store.community(here.community.id);
    let Some(snapshot) = web.ctx.snapshots.of(&store).await? else { return Err(ApiError::not_found("community")) };
    let history = History {
        asked: store.asked(since).await?,
        disagreements: store.disagreements(since).await?,
        counts: store.action_kinds(since).await?.into_iter().collect(),
    };
    let connected: BTreeSet<String> = store.connections().await?.into_iter().map(|one| one.platform).collect();
    let is_here = |kind: &ActionType| {
        kind.layer() == Layer::Constitution || kind.platform() == "board" || connected.contains(kind.platform())
    };
    let mut kinds: BTreeSet<ActionType> =
        catalogue().iter().map(|spec| spec.kind.clone()).filter(|kind| is_here(kind)).collect();
    kinds.extend(history.counts.keys().filter_map(|kind| kind.parse().ok()));
    kinds.retain(|kind| !kind.is_trigger() && here.sees(kind));
    let named: BTreeMap<PolicyId, &str> =
        snapshot.policies.iter().map(|policy| (policy.id, policy.draft.name.as_str())).collect();
    Ok(Json(Coverage {
        since: since.to_string(),
        action_types: kinds.iter().map(|kind| coverage(&snapshot, &history, kind, now)).collect(),
        never_match: never_match(&snapshot, &history),
        disagree: history.disagreements.iter().filter_map(|one| disagree(one, &named, &here)).collect(),
    }))
}

/// What the record says.
struct History {
    asked: Vec<Asked>,
    disagreements: Vec<Disagreement>,
    counts: BTreeMap<String, i64>,
}

fn coverage(snapshot: &Snapshot, history: &History, kind: &ActionType, now: Timestamp) -> TypeCoverage {
    let covering: Vec<&Policy> = snapshot.policies.iter().filter(|policy| policy.draft.covers(kind)).collect();
    let policy = |policy: &&Policy| {
        let asked = history.asked.iter().find(|asked| asked.policy == policy.id && asked.kind == kind.as_str());
        TypePolicy {
            id: policy.id.to_string(),
            name: policy.draft.name.clone(),
            kind: word(policy.draft.kind),
            enforcement: word(policy.enforcement),
            is_asked: policy.enforcement != Enforcement::Off && modes::asks(snapshot, policy, now),
            n_asked: asked.map_or(0, |asked| asked.n_asked),
            n_in_scope: asked.map_or(0, |asked| asked.n_in_scope),
        }
    };
    let governs = |policy: &&&Policy| {
        policy.draft.kind == PolicyKind::Governing
            && policy.enforcement == Enforcement::Enforced
            && modes::asks(snapshot, policy, now)
    };
    let is_governed = covering.iter().any(|policy| governs(&policy));
    let state = match (is_recovery(kind), is_governed, kind.layer()) {
        (true, _, _) => "recovery",
        (_, true, _) => "governed",
        (_, false, Layer::Platform) => "open",
        (_, false, Layer::Constitution) => "held",
    };
    let mut policies: Vec<TypePolicy> = covering.iter().map(policy).collect();
    if is_recovery(kind) {
        policies = vec![TypePolicy {
            id: String::new(),
            name: RECOVERY.to_owned(),
            kind: word(PolicyKind::Governing),
            enforcement: word(Enforcement::Enforced),
            is_asked: true,
            n_asked: 0,
            n_in_scope: 0,
        }];
    }
    TypeCoverage {
        kind: kind.to_string(),
        layer: word(kind.layer()),
        state: state.to_owned(),
        combining: word(snapshot.combining(kind.layer())),
        policies,
        n_actions: history.counts.get(kind.as_str()).copied().unwrap_or(0),
    }
}

fn never_match(snapshot: &Snapshot, history: &History) -> Vec<NeverMatches> {
    let policy = |policy: &Policy| {
        let theirs: Vec<&Asked> = history.asked.iter().filter(|asked| asked.policy == policy.id).collect();
        let n_asked: i64 = theirs.iter().map(|asked| asked.n_asked).sum();
        let never = n_asked > 0 && theirs.iter().all(|asked| asked.n_in_scope == 0);
        never.then(|| NeverMatches {
            policy: policy.id.to_string(),
            name: policy.draft.name.clone(),
            n_asked,
            action_types: theirs.iter().map(|asked| asked.kind.clone()).collect(),
        })
    };
    snapshot.policies.iter().filter_map(policy).collect()
}

/// A disagreement of two policies that are both still in force.
fn disagree(one: &Disagreement, named: &BTreeMap<PolicyId, &str>, here: &Here) -> Option<Disagree> {
    let kind: ActionType = one.kind.parse().ok()?;
    here.sees(&kind).then_some(())?;
    Some(Disagree {
        kind: one.kind.clone(),
        passed: (*named.get(&one.passed)?).to_owned(),
        failed: (*named.get(&one.failed)?).to_owned(),
        n_times: one.n_times,
    })
}
