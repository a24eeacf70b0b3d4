//! One community as a whole: its frame, its home, its members.

use app::api::community::{
    AlertView, DecidedLine, ExcerptView, FigureView, FrameView, HomeView, MembershipView, NeedView, PlatformHealth,
    RuleGroup, RuleLine,
};
use app::api::member::{GrantLine, MemberLine, MembersView, RoleView};
use app::api::words::Standing;
use app::backend::{CommunityBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::connections::ConnectionStatus;
use types::member::{Right, Role};
use types::{ActionStatus, Layer};

use super::policy::governs;
use super::{PageBackend, Place, failed};
use crate::views::count::small;
use crate::views::dossier::{self, Dossier};
use crate::views::roster::person;
use crate::views::{proposal, scene, sentence};

/// Open proposals that a home page looks through.
const OPEN: u32 = 200;

/// Cards of one section.
const PER_SECTION: usize = 6;

/// Latest actions that are searched for decisions.
const SEARCHED: usize = 250;

/// Members that a role lists by name.
const MAX_HOLDERS: usize = 12;

#[async_trait]
impl CommunityBackend for PageBackend {
    async fn frame(&self, viewer: &Viewer, slug: &str) -> Result<FrameView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let open = place.open().await?;
        let voted = place.voted(&open).await?;
        let scene = place.scene(&voted);
        let wanted = open.iter().flat_map(|dossier| &dossier.dockets).filter(|docket| scene.is_wanted(docket)).count();
        let mut n_open = place.store().count_actions().await.map_err(failed)?;
        let n_open =
            n_open.remove(&ActionStatus::Proposed).unwrap_or(0) + n_open.remove(&ActionStatus::Held).unwrap_or(0);
        let membership = place.member().map(|member| MembershipView {
            person: person(member),
            roles: place.here.roster.all_role_names(member),
            since: member.joined_at,
        });
        let connections = place.store().connections().await.map_err(failed)?;
        let platforms = connections.iter().map(|connection| PlatformHealth {
            name: sentence::capitalised(&connection.platform),
            is_well: connection.status == ConnectionStatus::Active,
            state: match connection.status {
                ConnectionStatus::Active => "working".to_owned(),
                _ if connection.status_reason.is_empty() => "not working".to_owned(),
                _ => connection.status_reason.clone(),
            },
        });
        let n_unread = match place.member() {
            Some(member) => place.store().count_unread(member.id).await.map_err(failed)?,
            None => 0,
        };
        let community = &place.here.community;
        Ok(FrameView {
            slug: community.slug.clone(),
            name: community.name.clone(),
            about: community.description.clone(),
            emblem: community.settings.text("emblem").unwrap_or("hand-heart").to_owned(),
            n_members: small(place.here.roster.voters().count()),
            n_open: u32::try_from(n_open).unwrap_or(0),
            n_needs_you: small(wanted),
            n_unread: u32::try_from(n_unread).unwrap_or(u32::MAX),
            membership,
            platforms: platforms.collect(),
            now: place.now,
        })
    }

    async fn home(&self, viewer: &Viewer, slug: &str) -> Result<HomeView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let open = place.open().await?;
        let needs = place.needs(&open).await?;
        let mut others = place.cards(&open).await?;
        others.retain(|card| {
            matches!(card.standing, Standing::Open | Standing::Held)
                && needs.iter().all(|need| need.proposal != card.id)
        });
        others.sort_by_key(|card| card.closes_at.map_or(i64::MAX, |at| at.millis()));
        others.truncate(PER_SECTION);
        let (rules, n_policies) = place.rules().await?;
        let mut documents = place.document_lines().await?;
        let constitution = documents.first().filter(|document| super::document::is_constitution(&document.name));
        let excerpt = constitution.map(|first| ExcerptView {
            document: first.id,
            name: first.name.clone(),
            version: first.version,
            text: first.summary.clone(),
        });
        if excerpt.is_some() {
            documents.remove(0);
        }
        let recent = place.recent(None, SEARCHED).await?;
        Ok(HomeView {
            needs,
            alerts: place.alerts().await?,
            open: others,
            rules,
            n_policies,
            decided: place.decided(&recent).await?,
            excerpt,
            documents,
            health: place.health(&recent),
        })
    }

    async fn members(&self, viewer: &Viewer, slug: &str) -> Result<MembersView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let roster = &place.here.roster;
        let mut members = Vec::with_capacity(roster.members.len());
        for member in &roster.members {
            members.push(MemberLine {
                person: person(member),
                roles: roster.role_names(member),
                since: member.joined_at,
                identities: Vec::new(),
                is_bot: member.is_bot,
                is_you: place.member().is_some_and(|you| you.id == member.id),
            });
        }
        place.name_identities(&mut members).await?;
        Ok(MembersView { members, roles: roster.roles.iter().map(|role| place.role(role)).collect() })
    }
}

impl Place<'_> {
    /// What can be voted on now, as far as the viewer may see it.
    async fn open(&self) -> Result<Vec<Dossier>, AppError> {
        let open = self.store().open_proposals(OPEN).await.map_err(failed)?;
        let mut ids: Vec<_> = open.iter().map(|proposal| proposal.action).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut actions = self.store().actions_by_id(&ids).await.map_err(failed)?;
        actions.retain(|stored| self.here.sees(&stored.action.kind));
        actions.sort_by_key(|stored| std::cmp::Reverse(stored.action.created_at));
        dossier::load(&self.store(), actions).await.map_err(failed)
    }

    /// What waits for the viewer, soonest to close first.
    async fn needs(&self, open: &[Dossier]) -> Result<Vec<NeedView>, AppError> {
        let voted = self.voted(open).await?;
        let scene = self.scene(&voted);
        let mut needs = Vec::new();
        for dossier in open {
            for docket in dossier.dockets.iter().filter(|docket| scene.is_wanted(docket)) {
                let title = scene.title(&dossier.action);
                let ask = docket.ask();
                let Some(ballot) = scene.voting(docket, &ask).form(&format!("{title}?"), None) else { continue };
                let because = ask.eligible.as_ref().map(|asked| match asked.len() {
                    1 => "You alone were asked".to_owned(),
                    n => format!("You are one of {n} who were asked"),
                });
                needs.push(NeedView {
                    proposal: docket.proposal.id,
                    because,
                    note: dossier
                        .action
                        .initiator
                        .and_then(|id| self.here.roster.person(id))
                        .map_or_else(String::new, |person| {
                            format!("{} proposed it; “{}” decides.", person.name, docket.policy_name())
                        }),
                    title,
                    closes_at: ask.closes.or(docket.proposal.deadline),
                    tally: Some(scene.tally(docket)).filter(|tally| tally.hidden.is_none()),
                    ballot,
                });
            }
        }
        needs.sort_by_key(|need| need.closes_at.map_or(i64::MAX, |at| at.millis()));
        Ok(needs)
    }

    /// The rules in force, grouped by what they govern, and how many there are.
    async fn rules(&self) -> Result<(Vec<RuleGroup>, u32), AppError> {
        let snapshot = self.snapshot().await?;
        let mut groups: Vec<RuleGroup> = Vec::new();
        for policy in &snapshot.policies {
            let title = match (policy.draft.layer, policy.draft.action_types.as_slice()) {
                (Layer::Constitution, _) => "Changing the rules".to_owned(),
                (Layer::Platform, [only]) => sentence::type_in_words(only),
                (Layer::Platform, _) => "Everyday life".to_owned(),
            };
            let says = if policy.draft.description.is_empty() {
                governs(policy).join(", ")
            } else {
                policy.draft.description.clone()
            };
            let rule = RuleLine {
                policy: policy.id,
                label: proposal::label(policy.position),
                sentence: scene::sentence_of(&first_sentence(&says)),
                enforcement: policy.enforcement,
            };
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.rules.push(rule),
                None => groups.push(RuleGroup { title, rules: vec![rule] }),
            }
        }
        Ok((groups, small(snapshot.policies.len())))
    }

    /// What was decided lately, newest first.
    async fn decided(&self, recent: &[Dossier]) -> Result<Vec<DecidedLine>, AppError> {
        let cards = self.cards(recent).await?;
        let mut decided: Vec<DecidedLine> = cards
            .into_iter()
            .filter(|card| matches!(card.standing, Standing::Passed | Standing::Failed))
            .map(|card| DecidedLine {
                proposal: card.id,
                standing: card.standing,
                sentence: scene::sentence_of(&card.title),
                how: card.outcome.unwrap_or_default(),
                at: card.decided_at.unwrap_or(card.proposed_at),
            })
            .collect();
        decided.sort_by_key(|line| std::cmp::Reverse(line.at));
        decided.truncate(PER_SECTION);
        Ok(decided)
    }

    /// How the community is doing.
    fn health(&self, recent: &[Dossier]) -> Vec<FigureView> {
        let n_members = self.here.roster.voters().count();
        let figure =
            |value: String, name: &str| FigureView { value, name: name.to_owned(), note: String::new(), href: None };
        let mut figures = vec![figure(n_members.to_string(), if n_members == 1 { "member" } else { "members" })];
        let decided: Vec<_> = recent
            .iter()
            .flat_map(|dossier| &dossier.dockets)
            .filter(|docket| !docket.proposal.status.is_open() && scene::is_asked(docket))
            .collect();
        let mut shares: Vec<usize> = decided
            .iter()
            .filter_map(|docket| {
                let n_asked = docket.ask().eligible.as_ref().map_or(n_members, Vec::len);
                (docket.ballots.len() * 100).checked_div(n_asked)
            })
            .collect();
        shares.sort_unstable();
        if let Some(share) = shares.get(shares.len() / 2) {
            figures.push(figure(format!("{} %", share.min(&100)), "of those asked took part in a typical vote"));
            figures.push(figure(decided.len().to_string(), "votes decided lately"));
        }
        figures
    }

    /// What is wrong, for those who belong here.
    async fn alerts(&self) -> Result<Vec<AlertView>, AppError> {
        if self.is_visitor() {
            return Ok(Vec::new());
        }
        let mut alerts = Vec::new();
        for incident in self.store().incidents(20).await.map_err(failed)? {
            if incident.resolved_at.is_some() {
                continue;
            }
            let name = incident.policy.and_then(|id| self.names.get(&id.to_string()).cloned());
            let name = name.unwrap_or_else(|| "A policy".to_owned());
            alerts.push(AlertView {
                sentence: format!("“{name}” broke: {}", scene::sentence_of(&sentence::cut(&incident.message, 160))),
                href: incident.policy.map(|id| format!("/c/{}/policies/{id}", self.here.community.slug)),
                link: "Look at the policy".to_owned(),
            });
        }
        alerts.truncate(3);
        Ok(alerts)
    }

    fn role(&self, role: &Role) -> RoleView {
        let roster = &self.here.roster;
        let holders: Vec<_> = if role.is_base { Vec::new() } else { roster.holders(role.id).map(person).collect() };
        let mut may: Vec<GrantLine> = Vec::new();
        for permission in roster.permissions.iter().filter(|permission| permission.role == role.id) {
            let what = sentence::type_in_words(&permission.pattern);
            let line = GrantLine {
                what: what.clone(),
                view: true,
                propose: permission.right >= Right::Propose,
                execute: permission.right >= Right::Execute,
            };
            match may.iter_mut().find(|known| known.what == what) {
                Some(known) => {
                    known.propose |= line.propose;
                    known.execute |= line.execute;
                }
                None => may.push(line),
            }
        }
        RoleView {
            name: role.name.clone(),
            description: role.description.clone(),
            is_everyone: role.is_base,
            n_holders: small(if role.is_base { roster.members.len() } else { holders.len() }),
            holders: holders.into_iter().take(MAX_HOLDERS).collect(),
            may,
        }
    }

    /// Adds who members are on the platforms.
    async fn name_identities(&self, members: &mut [MemberLine]) -> Result<(), AppError> {
        if self.is_visitor() {
            return Ok(());
        }
        let ids: Vec<_> = self.here.roster.members.iter().map(|member| member.id).collect();
        for connection in self.store().connections().await.map_err(failed)? {
            let platform = sentence::capitalised(&connection.platform);
            for identity in self.store().identities_of(&connection.platform, &ids).await.map_err(failed)? {
                let handle = identity.member.and_then(|id| self.here.roster.member(id)).map(|member| &member.handle);
                if let Some(line) = members.iter_mut().find(|line| Some(&line.person.handle) == handle) {
                    line.identities.push(format!("{platform}: {}", identity.external_id));
                }
            }
        }
        Ok(())
    }
}

fn first_sentence(text: &str) -> String {
    text.split_inclusive(['.', '!', '?']).next().unwrap_or(text).trim().to_owned()
}
