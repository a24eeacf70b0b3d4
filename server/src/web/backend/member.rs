//! One member, and which role may do what.

use std::collections::HashMap;

use app::api::member::{HeldRole, MayLine, MemberView, RightCell, RightView, RightsGroup, RightsRow, RightsView};
use app::backend::{MemberBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::actions::ActionFilter;
use store::grants::Granted;
use types::member::{Member, Right};
use types::payload::catalogue;
use types::{ActionId, ActionType, ProposalId};

use super::action::{decided_by, group, new_key};
use super::{PageBackend, Place, failed};
use crate::views::count::small;
use crate::views::roster::person;
use crate::views::{dossier, sentence};

/// Proposals of a member that are shown.
const PROPOSED: u32 = 10;

#[async_trait]
impl MemberBackend for PageBackend {
    async fn member(&self, viewer: &Viewer, slug: &str, handle: &str) -> Result<MemberView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let roster = &place.here.roster;
        let member = roster.by_handle(handle).cloned().ok_or_else(|| AppError::not_found("member"))?;
        let (roles, earlier) = place.held(&member).await?;
        let is_you = place.member().is_some_and(|you| you.id == member.id);
        let may_give = place.may_propose("constitution.assign_role");
        let offers = roster.roles.iter().filter(|role| may_give && !role.is_base && !member.roles.contains(&role.id));
        Ok(MemberView {
            person: person(&member),
            is_you,
            is_bot: member.is_bot,
            since: member.joined_at,
            identities: place.identities(&member).await?,
            may: place.may(&member).await?,
            proposed: place.proposed_by(&member).await?,
            n_voted: u32::try_from(place.store().count_ballots_by(member.id).await.map_err(failed)?).unwrap_or(0),
            offers: offers.map(|role| role.name.clone()).collect(),
            may_remove: place.may_propose("constitution.remove_role"),
            attempt_key: new_key(&place),
            roles,
            earlier,
        })
    }

    async fn rights(&self, viewer: &Viewer, slug: &str) -> Result<RightsView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let granted = place.store().granted().await.map_err(failed)?;
        let decisions = place.decisions(granted.iter().filter_map(|one| one.by)).await?;
        let roster = &place.here.roster;
        let snapshot = place.snapshot().await?;
        let connections = place.store().connections().await.map_err(failed)?;
        let lives_on = |kind: &ActionType| {
            matches!(kind.platform(), "board" | "constitution")
                || connections.iter().any(|connection| connection.platform == kind.platform())
        };
        let mut groups: Vec<RightsGroup> = Vec::new();
        for spec in catalogue().iter().filter(|spec| lives_on(&spec.kind)) {
            let cells = roster.roles.iter().map(|role| {
                let of_role = granted.iter().filter(|one| one.permission.role == role.id);
                let best =
                    of_role.filter(|one| one.permission.covers(&spec.kind)).max_by_key(|one| one.permission.right);
                best.map(|one| cell(one, &decisions))
            });
            let row = RightsRow {
                title: spec.title.clone(),
                then: decided_by(&snapshot, None, &spec.kind),
                cells: cells.collect(),
            };
            let title = group(&spec.kind);
            match groups.iter_mut().find(|known| known.title == title) {
                Some(known) => known.rows.push(row),
                None => groups.push(RightsGroup { title: title.to_owned(), rows: vec![row] }),
            }
        }
        Ok(RightsView { roles: roster.roles.iter().map(|role| role.name.clone()).collect(), groups })
    }
}

fn cell(granted: &Granted, decisions: &HashMap<ActionId, ProposalId>) -> RightCell {
    RightCell {
        right: right(granted.permission.right),
        since: granted.since,
        decision: granted.by.and_then(|by| decisions.get(&by).copied()),
    }
}

const fn right(right: Right) -> RightView {
    match right {
        Right::View => RightView::See,
        Right::Propose => RightView::Propose,
        Right::Execute => RightView::AtOnce,
    }
}

impl Place<'_> {
    /// The proposals by which actions were decided, as far as the viewer may see them.
    async fn decisions(
        &self,
        actions: impl Iterator<Item = ActionId>,
    ) -> Result<HashMap<ActionId, ProposalId>, AppError> {
        let mut ids: Vec<ActionId> = actions.collect();
        ids.sort_unstable();
        ids.dedup();
        let proposals = self.store().proposals_of(&ids).await.map_err(failed)?;
        let mut found = HashMap::new();
        for proposal in proposals {
            found.entry(proposal.action).or_insert(proposal.id);
        }
        Ok(found)
    }

    /// The roles that a member holds, and those they held.
    async fn held(&self, member: &Member) -> Result<(Vec<HeldRole>, Vec<HeldRole>), AppError> {
        let roster = &self.here.roster;
        let holdings = self.store().holdings_of(member.id).await.map_err(failed)?;
        let decisions = self.decisions(holdings.iter().filter_map(|holding| holding.by)).await?;
        let base = roster.roles.iter().filter(|role| role.is_base).map(|role| HeldRole {
            name: role.name.clone(),
            description: role.description.clone(),
            is_everyone: true,
            since: member.joined_at,
            until: None,
            decision: None,
        });
        let mut held: Vec<HeldRole> = base.collect();
        let mut earlier = Vec::new();
        for holding in holdings {
            let Some(role) = roster.roles.iter().find(|role| role.id == holding.role) else { continue };
            let one = HeldRole {
                name: role.name.clone(),
                description: role.description.clone(),
                is_everyone: false,
                since: holding.since,
                until: holding.until,
                decision: holding.by.and_then(|by| decisions.get(&by).copied()),
            };
            if one.until.is_none() { held.push(one) } else { earlier.push(one) }
        }
        Ok((held, earlier))
    }

    /// What a member may do, each with the role that says so.
    async fn may(&self, member: &Member) -> Result<Vec<MayLine>, AppError> {
        let roster = &self.here.roster;
        let granted = self.store().granted().await.map_err(failed)?;
        let decisions = self.decisions(granted.iter().filter_map(|one| one.by)).await?;
        let snapshot = self.snapshot().await?;
        let mut lines = Vec::new();
        for one in &granted {
            let Some(role) = roster.roles.iter().find(|role| role.id == one.permission.role) else { continue };
            if !role.is_base && !member.roles.contains(&role.id) {
                continue;
            }
            let cell = cell(one, &decisions);
            let then = match (one.permission.pattern.parse::<ActionType>(), cell.right) {
                (Ok(kind), RightView::Propose) => decided_by(&snapshot, None, &kind),
                (_, RightView::AtOnce) => "Done at once, past every policy".to_owned(),
                _ => String::new(),
            };
            lines.push(MayLine {
                what: sentence::type_in_words(&one.permission.pattern),
                right: cell.right,
                role: role.name.clone(),
                since: cell.since,
                decision: cell.decision,
                then,
            });
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.right));
        Ok(lines)
    }

    /// Who a member is on the platforms. For members only.
    async fn identities(&self, member: &Member) -> Result<Vec<String>, AppError> {
        if self.is_visitor() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for connection in self.store().connections().await.map_err(failed)? {
            for identity in self.store().identities_of(&connection.platform, &[member.id]).await.map_err(failed)? {
                found.push(format!("{}: {}", sentence::capitalised(&connection.platform), identity.external_id));
            }
        }
        Ok(found)
    }

    /// What a member proposed lately, as far as the viewer may see it.
    async fn proposed_by(&self, member: &Member) -> Result<Vec<app::api::proposal::ProposalCard>, AppError> {
        let filter = ActionFilter { initiator: Some(member.id), limit: 5 * PROPOSED, ..ActionFilter::default() };
        let mut actions = self.store().actions(&filter).await.map_err(failed)?;
        actions.retain(|stored| self.here.sees(&stored.action.kind));
        let dossiers = dossier::load(&self.store(), actions).await.map_err(failed)?;
        // What went through unasked is no proposal that anybody would look for.
        let mut cards = self.cards(&dossiers).await?;
        cards.truncate(small(PROPOSED as usize) as usize);
        Ok(cards)
    }
}
