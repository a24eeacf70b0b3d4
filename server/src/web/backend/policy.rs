//! Policies: the list in order, and one whole.

use app::api::policy::{
    IncidentView, LayerView, OrderLine, PoliciesView, PolicyLine, PolicyStats, PolicyView, PowerView, VersionLine,
};
use app::api::words::NamedValue;
use app::backend::{PolicyBackend, Viewer};
use app::difference;
use app::error::AppError;
use async_trait::async_trait;
use store::proposals::StoredProposal;
use types::effect::Power;
use types::policy::Policy;
use types::{Layer, PolicyId, ProposalStatus, Timestamp};

use super::{PageBackend, Place, failed};
use crate::pipeline::snapshot;
use crate::views::count::small;
use crate::views::{moment, proposal, scene, sentence};

/// Proposals of a policy that its figures are made of.
const RECENT: u32 = 500;

/// How far back the figures reach.
const THIRTY_DAYS: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 3600);

#[async_trait]
impl PolicyBackend for PageBackend {
    async fn policies(&self, viewer: &Viewer, slug: &str) -> Result<PoliciesView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let policies = place.store().policies().await.map_err(failed)?;
        let mut layers = Vec::new();
        for layer in [Layer::Platform, Layer::Constitution] {
            let mut lines = Vec::new();
            for policy in policies.iter().filter(|policy| policy.draft.layer == layer) {
                lines.push(place.line(policy).await?);
            }
            layers.push(LayerView {
                layer,
                combining: snapshot::combining(&place.here.community, layer),
                policies: lines,
            });
        }
        Ok(PoliciesView { layers, may_add: place.may_propose("constitution.add_policy") })
    }

    async fn policy(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: PolicyId,
        version: Option<u32>,
    ) -> Result<PolicyView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let store = place.store();
        let unknown = || AppError::not_found("policy");
        let current = store.policy(id).await.map_err(failed)?.ok_or_else(unknown)?;
        let versions = store.policy_versions(id).await.map_err(failed)?;
        let shown = match version {
            None => current.clone(),
            Some(number) => versions.iter().find(|version| version.version == number).cloned().ok_or_else(unknown)?,
        };
        let under = store.proposals_under(id, RECENT).await.map_err(failed)?;
        let layer = shown.draft.layer;
        let order = store.policies().await.map_err(failed)?;
        let order = order.iter().filter(|other| other.draft.layer == layer).map(|other| OrderLine {
            id: other.id,
            label: proposal::label(other.position),
            name: other.draft.name.clone(),
            is_this: other.id == id,
        });
        Ok(PolicyView {
            id,
            label: proposal::label(current.position),
            name: shown.draft.name.clone(),
            description: shown.draft.description.clone(),
            layer,
            kind: shown.draft.kind,
            enforcement: current.enforcement,
            on_error: current.on_error,
            governs: governs(&shown).into_iter().zip(&shown.draft.action_types).map(named).collect(),
            version: shown.version,
            in_force: current.is_active.then_some(current.version),
            hash: shown.hash.clone(),
            steps: steps(&shown),
            settings: settings(&shown),
            powers: powers(&shown),
            http_hosts: shown.draft.http_hosts.clone(),
            stats: stats(&under, place.now),
            versions: version_lines(&versions),
            order: order.collect(),
            combining: snapshot::combining(&place.here.community, layer),
            pinned: pinned(&under),
            incident: incident(&under),
            may_change: place.may_propose("constitution.change_policy"),
            source: shown.draft.source,
        })
    }
}

impl Place<'_> {
    async fn line(&self, policy: &Policy) -> Result<PolicyLine, AppError> {
        let under = self.store().proposals_under(policy.id, RECENT).await.map_err(failed)?;
        Ok(PolicyLine {
            id: policy.id,
            label: proposal::label(policy.position),
            name: policy.draft.name.clone(),
            description: policy.draft.description.clone(),
            kind: policy.draft.kind,
            governs: governs(policy),
            enforcement: policy.enforcement,
            version: policy.version,
            n_open: small(under.iter().filter(|proposal| proposal.status == ProposalStatus::Proposed).count()),
            incident: incident(&under).map(|incident| incident.sentence),
        })
    }
}

/// What a policy governs, in words.
pub(super) fn governs(policy: &Policy) -> Vec<String> {
    let words = |pattern: &String| match (pattern.as_str(), policy.draft.layer) {
        ("*", Layer::Platform) => "Everything that happens on the platforms".to_owned(),
        ("*", Layer::Constitution) => "Every change of the rules".to_owned(),
        (pattern, _) => sentence::type_in_words(pattern),
    };
    policy.draft.action_types.iter().map(words).collect()
}

fn named((words, pattern): (String, &String)) -> NamedValue {
    NamedValue { name: pattern.clone(), value: words, before: None, href: None }
}

/// What each function says it does: the comments that stand before it in the source.
fn steps(policy: &Policy) -> Vec<NamedValue> {
    const FUNCTIONS: [&str; 6] = ["filter", "initialize", "check", "notify", "pass", "fail"];
    let mut comment: Vec<String> = Vec::new();
    let mut steps = Vec::new();
    for line in policy.draft.source.lines().map(str::trim) {
        let text = line.trim_start_matches(['/', '*', ' ']).trim_end_matches("*/").trim();
        if line.starts_with("//") || line.starts_with("/*") || line.starts_with('*') {
            if !text.is_empty() && !text.starts_with('@') {
                comment.push(text.to_owned());
            }
            continue;
        }
        let name = line.strip_prefix("function ").and_then(|rest| rest.split('(').next()).map(str::trim);
        if let Some(name) = name.filter(|name| FUNCTIONS.contains(name))
            && !comment.is_empty()
        {
            steps.push(NamedValue { name: name.to_owned(), value: comment.join(" "), before: None, href: None });
        }
        comment.clear();
    }
    steps
}

fn settings(policy: &Policy) -> Vec<NamedValue> {
    let settings = policy.draft.settings.0.as_object();
    let value = |(name, value): (&String, &serde_json::Value)| NamedValue {
        name: sentence::label(name),
        value: sentence::value_in_words(value, &sentence::Names::new()),
        before: None,
        href: None,
    };
    settings.into_iter().flatten().map(value).collect()
}

fn powers(policy: &Policy) -> Vec<PowerView> {
    let has = |power: Power| match policy.draft.powers.is_empty() {
        true => power != Power::Http || !policy.draft.http_hosts.is_empty(),
        false => policy.draft.powers.contains(&power),
    };
    let name = |power: Power| match power {
        Power::Execute => "Carry out what it decides on",
        Power::Revert => "Undo what it decides on",
        Power::Ask => "Ask members to vote, and remind them",
        Power::Notify => "Message members",
        Power::Announce => "Post in channels",
        Power::Roles => "Change who holds a role",
        Power::Propose => "Propose further actions",
        Power::Http => "Ask other web sites",
    };
    let view = |power: Power| PowerView { name: name(power).to_owned(), granted: has(power), note: String::new() };
    Power::ALL.into_iter().map(view).collect()
}

fn stats(under: &[StoredProposal], now: Timestamp) -> Option<PolicyStats> {
    let recent: Vec<_> = under
        .iter()
        .filter(|proposal| proposal.opened_at >= now - THIRTY_DAYS && proposal.status != ProposalStatus::OutOfScope)
        .collect();
    if recent.is_empty() {
        return None;
    }
    let n = |status| small(recent.iter().filter(|proposal| proposal.status == status).count());
    let mut times: Vec<u64> = recent
        .iter()
        .filter_map(|proposal| proposal.decided_at.map(|at| at.since(proposal.opened_at).as_secs()))
        .collect();
    times.sort_unstable();
    Some(PolicyStats {
        seen: small(recent.len()),
        passed: n(ProposalStatus::Passed),
        failed: n(ProposalStatus::Failed),
        open: n(ProposalStatus::Proposed),
        errors: small(recent.iter().filter(|proposal| proposal.error.is_some()).count()),
        typical_seconds: times.get(times.len() / 2).map(|seconds| u32::try_from(*seconds).unwrap_or(u32::MAX)),
        ballots: 0,
    })
}

fn version_lines(versions: &[Policy]) -> Vec<VersionLine> {
    let mut newer: Option<Timestamp> = None;
    let mut lines = Vec::with_capacity(versions.len());
    for (place, version) in versions.iter().enumerate() {
        let older = versions.get(place + 1);
        lines.push(VersionLine {
            number: version.version,
            hash: version.hash.clone(),
            since: version.created_at,
            until: newer.replace(version.created_at),
            author: None,
            reason: String::new(),
            proposal: None,
            changes: older
                .map(|older| difference::lines(&older.draft.source, &version.draft.source))
                .unwrap_or_default(),
        });
    }
    lines
}

fn pinned(under: &[StoredProposal]) -> String {
    match under.iter().filter(|proposal| proposal.status == ProposalStatus::Proposed).count() {
        0 => String::new(),
        1 => "One open proposal is pinned to this policy and finishes under the version it began with.".to_owned(),
        n => format!("{n} open proposals are pinned to this policy and finish under the version they began with."),
    }
}

/// How the policy broke, while an open proposal suffers from it.
fn incident(under: &[StoredProposal]) -> Option<IncidentView> {
    let broken = under.iter().find(|proposal| proposal.error.is_some() && proposal.status.is_open())?;
    let error = broken.error.as_ref()?;
    Some(IncidentView {
        sentence: format!("It broke on {}; what it was deciding is held.", moment::words(broken.opened_at)),
        message: scene::sentence_of(&error.message),
        line: (error.line > 0).then_some(error.line),
        at: broken.opened_at,
    })
}
