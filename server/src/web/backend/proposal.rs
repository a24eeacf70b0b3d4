//! Proposals and ballots.

use app::api::ballot::{BallotInput, BallotReceipt};
use app::api::proposal::{ProposalCard, ProposalFilter, ProposalView, ProposalsPage, StandingCounts};
use app::api::words::Standing;
use app::backend::{ProposalBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::actions::ActionFilter;
use store::audit::AuditQuery;
use types::{ActionId, ProposalId, Timestamp};

use super::{PageBackend, Place, failed};
use crate::pipeline::{self, Cast};
use crate::views::count::small;
use crate::views::dossier::{self, Dossier};
use crate::views::{moment, proposal, scene};
use crate::web::api::refusals;

/// Proposals of one page.
const PER_PAGE: usize = 20;

/// Latest actions that are searched for a page of proposals. What is older is found in the audit log.
///
/// Lists are made of actions, whose kinds the viewer must be allowed to see, and many actions have no proposal.
const SEARCHED: usize = 1_000;

/// Actions that are read at once.
const BATCH: u32 = 250;

/// Entries of a proposal's history.
const HISTORY: u32 = 200;

#[async_trait]
impl ProposalBackend for PageBackend {
    async fn proposals(&self, viewer: &Viewer, slug: &str, filter: ProposalFilter) -> Result<ProposalsPage, AppError> {
        let place = self.enter(viewer, slug).await?;
        let dossiers = place.recent(filter.action_type.clone(), SEARCHED).await?;
        let mut cards = place.cards(&dossiers).await?;
        if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let text = text.to_lowercase();
            cards.retain(|card| card.title.to_lowercase().contains(&text));
        }
        let counts = counts(&cards);
        cards.retain(|card| filter.standing.is_none_or(|standing| card.standing == standing));
        cards.sort_by_key(order);
        let n_pages = cards.len().div_ceil(PER_PAGE).max(1);
        let page = (filter.page.unwrap_or(1).max(1) as usize).min(n_pages);
        let total = small(cards.len());
        let proposals = cards.into_iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).collect();
        Ok(ProposalsPage { proposals, counts, total, page: small(page), n_pages: small(n_pages) })
    }

    async fn proposal(&self, viewer: &Viewer, slug: &str, id: ProposalId) -> Result<ProposalView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let unknown = || AppError::not_found("proposal");
        let found = dossier::of_proposal(&place.store(), id).await.map_err(failed)?;
        let dossier = found.filter(|dossier| place.here.sees(&dossier.action.kind)).ok_or_else(unknown)?;
        let docket = dossier.dockets.iter().find(|docket| docket.proposal.id == id).ok_or_else(unknown)?;
        let mut entries = Vec::new();
        for subject in [format!("action:{}", dossier.action.id), format!("proposal:{id}")] {
            let query = AuditQuery { subject: Some(subject), limit: HISTORY, from_end: true, ..AuditQuery::default() };
            entries.extend(place.store().audit_entries(&query).await.map_err(failed)?);
        }
        entries.sort_by_key(|entry| entry.seq);
        let voted = place.voted(std::slice::from_ref(&dossier)).await?;
        Ok(proposal::view(&place.scene(&voted), &dossier, docket, &entries))
    }

    async fn cast_ballot(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: ProposalId,
        ballot: BallotInput,
    ) -> Result<BallotReceipt, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let found = dossier::of_proposal(&place.store(), id).await.map_err(failed)?;
        let dossier = found.filter(|dossier| place.here.sees(&dossier.action.kind));
        let dossier = dossier.ok_or_else(|| AppError::not_found("proposal"))?;
        let closes =
            dossier.dockets.iter().find(|docket| docket.proposal.id == id).and_then(|docket| docket.ask().closes);
        let reason = Some(ballot.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        let is_secret = dossier
            .dockets
            .iter()
            .any(|docket| docket.proposal.id == id && docket.ask().privacy == types::Privacy::Secret);
        let cast = Cast { proposal: id, member: member.id, value: ballot.value, reason, event: None };
        let cast = pipeline::cast(&self.web.ctx, place.here.community.id, cast).await.map_err(refusals::cast)?;
        // What a browser shows next should already know whether this ballot decided it.
        pipeline::settle(&self.web.ctx, place.here.community.id, dossier.action.id, super::action::AT_MOST)
            .await
            .map_err(failed)?;
        let sentence = match (is_secret, closes) {
            (true, _) => "Your vote is in. A secret vote cannot be changed.".to_owned(),
            (false, Some(closes)) => format!("Your vote is in. You can change it until {}.", moment::words(closes)),
            (false, None) => "Your vote is in. You can change it until this is decided.".to_owned(),
        };
        Ok(BallotReceipt { sentence, at: cast.cast_at })
    }
}

impl Place<'_> {
    /// The latest actions that the viewer may see, with everything known of them, newest first.
    pub(super) async fn recent(&self, kind: Option<String>, at_most: usize) -> Result<Vec<Dossier>, AppError> {
        let mut dossiers = Vec::new();
        let mut after: Option<(Timestamp, ActionId)> = None;
        let mut n_read = 0;
        while n_read < at_most {
            let filter = ActionFilter { kind: kind.clone(), after, limit: BATCH, ..ActionFilter::default() };
            let mut actions = self.store().actions(&filter).await.map_err(failed)?;
            let Some(last) = actions.last() else { break };
            after = Some((last.action.created_at, last.action.id));
            n_read += actions.len();
            let is_last = actions.len() < BATCH as usize;
            actions.retain(|stored| self.here.sees(&stored.action.kind));
            dossiers.extend(dossier::load(&self.store(), actions).await.map_err(failed)?);
            if is_last {
                break;
            }
        }
        Ok(dossiers)
    }

    /// A card for each action that a policy has something to say about.
    pub(super) async fn cards(&self, dossiers: &[Dossier]) -> Result<Vec<ProposalCard>, AppError> {
        let voted = self.voted(dossiers).await?;
        let scene = self.scene(&voted);
        let worth_a_card = |dossier: &&Dossier| !is_everyday(dossier);
        let card = |dossier: &Dossier| dossier.leading().map(|docket| scene.card(dossier, docket));
        Ok(dossiers.iter().filter(worth_a_card).filter_map(card).collect())
    }
}

/// Whether an action went through at once, without anybody having been asked: a post under a word filter. Such things are life,
/// not proposals; the audit log has them.
fn is_everyday(dossier: &Dossier) -> bool {
    let at_once = dossier.action.decided_at.is_some_and(|at| at.since(dossier.action.created_at).as_secs() < 2);
    let passed = matches!(dossier.action.status, types::ActionStatus::Executed | types::ActionStatus::Passed);
    dossier.action.kind.layer() == types::Layer::Platform
        && at_once
        && passed
        && dossier.dockets.iter().all(|docket| !scene::is_asked(docket))
}

fn counts(cards: &[ProposalCard]) -> StandingCounts {
    let n = |standing| small(cards.iter().filter(|card| card.standing == standing).count());
    StandingCounts {
        open: n(Standing::Open),
        held: n(Standing::Held),
        passed: n(Standing::Passed),
        failed: n(Standing::Failed),
    }
}

/// Open ones first, soonest to close first; then the others, newest first.
fn order(card: &ProposalCard) -> (bool, i64) {
    match card.standing {
        Standing::Open | Standing::Held => (false, card.closes_at.map_or(i64::MAX, Timestamp::millis)),
        _ => (true, card.decided_at.unwrap_or(card.proposed_at).millis().saturating_neg()),
    }
}
