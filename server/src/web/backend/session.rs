//! Who is here, and how they came in.

use app::api::landing::{KitCard, LandingExample, LandingView};
use app::api::library::{LibraryLine, LibraryView, SharedLine};
use app::api::session::{CommunityLink, DemoCommunity, DemoMember, SessionChange, SessionView};
use app::api::words::Person;
use app::backend::{SessionBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use axum::http::request::Parts;
use leptos::prelude::use_context;
use store::accounts::Account;
use store::communities::Community;
use store::publications::Shared;
use types::{AccountId, MemberId};

use super::{PageBackend, failed};
use crate::kits;
use crate::views::dossier;
use crate::views::roster::person;
use crate::web::{access, keep, secret, session};

/// Communities that the demo's sign-in offers, and members of each.
const MAX_OFFERED: usize = 24;

/// Published policies that the gallery shows.
const MAX_SHARED: u32 = 200;

#[async_trait]
impl SessionBackend for PageBackend {
    async fn session(&self, viewer: &Viewer) -> Result<SessionView, AppError> {
        let now = self.web.ctx.clock.now();
        let visitor = SessionView { person: None, communities: Vec::new(), now, demo: self.web.is_demo() };
        let Some(account) = viewer.account else { return Ok(visitor) };
        let system = self.web.ctx.store.system();
        let Some(known) = system.account(account).await.map_err(failed)? else { return Ok(visitor) };
        let mut communities = Vec::new();
        let mut handle = None;
        for (community, member) in system.memberships_of(account).await.map_err(failed)? {
            let store = self.web.ctx.store.community(community);
            if let Some(community) = store.community().await.map_err(failed)? {
                communities.push(link(&community));
            }
            if handle.is_none() {
                handle = store.member(member).await.map_err(failed)?.map(|row| row.handle);
            }
        }
        let person = Person { handle: handle.unwrap_or_default(), name: known.display_name };
        Ok(SessionView { person: Some(person), communities, ..visitor })
    }

    async fn landing(&self, viewer: &Viewer) -> Result<LandingView, AppError> {
        let communities = self.web.ctx.store.system().communities().await.map_err(failed)?;
        let public = communities.iter().find(|community| access::is_public(community, self.web.is_demo()));
        let example = match public {
            Some(community) => self.example(viewer, community).await?,
            None => None,
        };
        let card = |kit: &kits::Kit| KitCard {
            id: kit.name.clone(),
            name: kit.title.clone(),
            about: kit.description.clone(),
            size: String::new(),
            n_policies: u32::try_from(kit.policies.len()).unwrap_or(u32::MAX),
        };
        Ok(LandingView { look_around: public.map(link), example, kits: kits::kits().iter().map(card).collect() })
    }

    async fn library(&self, _: &Viewer) -> Result<LibraryView, AppError> {
        let shipped = engine::shipped().iter().map(|policy| LibraryLine {
            slug: policy.slug.to_owned(),
            name: policy.name.clone(),
            description: policy.description.clone(),
            layer: Some(policy.layer),
            tags: policy.tags.clone(),
        });
        let kits = kits::kits().iter().map(|kit| LibraryLine {
            slug: kit.name.clone(),
            name: kit.title.clone(),
            description: kit.description.clone(),
            ..LibraryLine::default()
        });
        let shared = self.web.ctx.store.system().shared_policies(MAX_SHARED).await.map_err(failed)?;
        let shared = shared.into_iter().map(|Shared { publication, adopted, rolled_back }| SharedLine {
            id: publication.id,
            name: publication.draft.name,
            description: publication.draft.description,
            layer: publication.draft.layer,
            credit: publication.credit,
            licence: publication.licence,
            note: publication.note,
            version: publication.version,
            hash: publication.hash,
            is_fork: publication.forked_from.is_some(),
            adopted,
            rolled_back,
        });
        Ok(LibraryView { shipped: shipped.collect(), kits: kits.collect(), shared: shared.collect() })
    }

    async fn demo_members(&self, _: &Viewer) -> Result<Vec<DemoCommunity>, AppError> {
        if !self.web.is_demo() {
            return Ok(Vec::new());
        }
        let mut offered = Vec::new();
        for community in self.web.ctx.store.system().communities().await.map_err(failed)?.into_iter().take(MAX_OFFERED)
        {
            let roster = keep::roster(&self.web, community.id).await?;
            let open = self.web.ctx.store.community(community.id).open_proposals(50).await.map_err(failed)?;
            let asked = |id: MemberId| {
                let is_asked = |proposal: &store::proposals::StoredProposal| {
                    proposal.ask.as_ref().and_then(|ask| ask.eligible.as_ref()).is_some_and(|asked| asked.contains(&id))
                };
                open.iter().filter(|proposal| is_asked(proposal)).count()
            };
            let members = roster.voters().take(MAX_OFFERED).map(|member| DemoMember {
                person: person(member),
                roles: roster.role_names(member),
                note: match asked(member.id) {
                    0 => String::new(),
                    1 => "on a jury now".to_owned(),
                    n => format!("on {n} juries now"),
                },
            });
            offered.push(DemoCommunity {
                members: members.collect(),
                about: community.description.clone(),
                community: link(&community),
            });
        }
        Ok(offered)
    }

    async fn sign_in_as_demo(&self, _: &Viewer, slug: &str, handle: &str) -> Result<SessionChange, AppError> {
        if !self.web.is_demo() {
            return Err(AppError::new(
                ErrorKind::NotPermitted,
                "no-demo",
                "Signing in by choosing a member works only in a demo.",
            ));
        }
        let community = keep::community(&self.web, slug).await?.ok_or_else(|| AppError::not_found("community"))?;
        let account = self.account_of(&community, handle).await?;
        // Always a new session, whatever the browser brought along: a session that somebody planted there stays empty.
        self.end_current().await?;
        let secret = keep::begin_session(&self.web, account).await?;
        Ok(SessionChange {
            set_cookie: session::set(&secret, self.web.is_https()),
            location: format!("/c/{}", community.slug),
        })
    }

    async fn sign_out(&self, _: &Viewer) -> Result<SessionChange, AppError> {
        self.end_current().await?;
        Ok(SessionChange { set_cookie: session::clear(self.web.is_https()), location: "/".to_owned() })
    }
}

impl PageBackend {
    /// Ends the session that this request came with.
    async fn end_current(&self) -> Result<(), AppError> {
        let cookie = use_context::<Parts>().and_then(|parts| session::cookie(&parts.headers));
        if let Some(cookie) = cookie {
            keep::end_session(&self.web, &secret::digest(&cookie)).await?;
        }
        Ok(())
    }

    /// The account that signs in as a demo member; made at the first sign-in.
    async fn account_of(&self, community: &Community, handle: &str) -> Result<AccountId, AppError> {
        let store = self.web.ctx.store.community(community.id);
        let row =
            store.member_by_handle(handle).await.map_err(failed)?.filter(|row| row.left_at.is_none() && !row.is_bot);
        let row = row.ok_or_else(|| AppError::not_found("member"))?;
        if let Some(account) = row.account {
            return Ok(account);
        }
        let account = Account {
            id: self.web.ctx.ids.next(),
            display_name: row.display_name,
            email: None,
            created_at: self.web.ctx.clock.now(),
        };
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        tx.system().add_account(&account).await.map_err(failed)?;
        tx.community(community.id).link_account(row.id, account.id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(account.id)
    }

    /// An open vote of a public community, for the landing page.
    async fn example(&self, viewer: &Viewer, community: &Community) -> Result<Option<LandingExample>, AppError> {
        let place = self.enter(viewer, &community.slug).await?;
        for proposal in place.store().open_proposals(20).await.map_err(failed)? {
            let Some(dossier) = dossier::of_action(&place.store(), proposal.action).await.map_err(failed)? else {
                continue;
            };
            if !place.here.sees(&dossier.action.kind) {
                continue;
            }
            let voted = place.voted(std::slice::from_ref(&dossier)).await?;
            let scene = place.scene(&voted);
            let Some(docket) = dossier.dockets.iter().find(|docket| docket.proposal.id == proposal.id) else {
                continue;
            };
            let card = scene.card(&dossier, docket);
            if let Some(tally) = card.tally {
                let effect = format!(
                    "If it passes: {}.",
                    crate::views::sentence::phrase(&dossier.action.kind, &dossier.action.payload, &place.names)
                );
                return Ok(Some(LandingExample { title: card.title, place: community.name.clone(), effect, tally }));
            }
        }
        Ok(None)
    }
}

fn link(community: &Community) -> CommunityLink {
    CommunityLink { slug: community.slug.clone(), name: community.name.clone() }
}
