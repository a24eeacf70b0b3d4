//! What the pages ask, answered from the store: the server's side of [`app::backend`]. One file per resource.

use std::collections::HashSet;

use app::backend::Viewer;
use app::error::{AppError, ErrorKind};
use axum::http::StatusCode;
use store::CommunityStore;
use types::member::{Member, Right};
use types::{ActionType, ProposalId, Timestamp};

use super::api::here::{Here, Standing};
use super::error::ApiError;
use super::keep;
use super::state::Web;
use super::who::Caller;
use crate::views::dossier::Dossier;
use crate::views::scene::Scene;
use crate::views::sentence::{self, Names};

mod action;
mod audit;
mod board;
mod community;
mod demo;
mod discussion;
mod document;
mod member;
mod notice;
mod policy;
mod proposal;
mod report;
mod search;
mod session;
mod settings;
mod simulation;
mod studio;

pub use action::Attempts;

/// The backend of the pages.
pub struct PageBackend {
    web: Web,
}

impl PageBackend {
    /// The backend over the state of the web side.
    #[must_use]
    pub fn new(web: Web) -> Self {
        Self { web }
    }

    /// Goes to the community of `slug` as the viewer.
    async fn enter(&self, viewer: &Viewer, slug: &str) -> Result<Place<'_>, AppError> {
        let here = match (viewer.account, viewer.session) {
            (Some(account), Some(session)) => Here::enter(&self.web, &Caller::Person { account, session }, slug).await,
            _ => Here::look(&self.web, slug).await,
        };
        let here = here.map_err(AppError::from)?;
        let names = keep::names(&self.web, here.community.id).await?;
        Ok(Place { web: &self.web, here, names, now: self.web.ctx.clock.now() })
    }

    /// The same, for those who belong there.
    async fn enter_as_member(&self, viewer: &Viewer, slug: &str) -> Result<(Place<'_>, Member), AppError> {
        let place = self.enter(viewer, slug).await?;
        match place.here.member().cloned() {
            Some(member) => Ok((place, member)),
            None if viewer.account.is_none() => Err(AppError::sign_in_needed()),
            None => Err(AppError::new(
                ErrorKind::NotPermitted,
                "members-only",
                "Only members of this community can do this, and you are not one of them.",
            )),
        }
    }
}

/// One community, as one viewer stands in it at one moment.
struct Place<'w> {
    web: &'w Web,
    here: Here,
    names: Names,
    now: Timestamp,
}

impl Place<'_> {
    /// Reads of this community.
    fn store(&self) -> CommunityStore<'_> {
        self.web.ctx.store.community(self.here.community.id)
    }

    fn member(&self) -> Option<&Member> {
        self.here.member()
    }

    /// Whether the viewer may attempt actions of a type.
    fn may_propose(&self, kind: &str) -> bool {
        let Some(member) = self.member() else { return false };
        kind.parse::<ActionType>().is_ok_and(|kind| self.here.roster.may(Some(member), Right::Propose, &kind))
    }

    /// On which of the dossiers' proposals the viewer has voted.
    async fn voted(&self, dossiers: &[Dossier]) -> Result<HashSet<ProposalId>, AppError> {
        let Some(member) = self.member() else { return Ok(HashSet::new()) };
        let ids: Vec<ProposalId> =
            dossiers.iter().flat_map(|dossier| &dossier.dockets).map(|docket| docket.proposal.id).collect();
        Ok(self.store().voted_on(member.id, &ids).await.map_err(failed)?.into_iter().collect())
    }

    /// What cards and pages are drawn from.
    fn scene<'s>(&'s self, voted: &'s HashSet<ProposalId>) -> Scene<'s> {
        Scene { roster: &self.here.roster, names: &self.names, member: self.member(), voted, now: self.now }
    }

    /// Whether the viewer is a visitor.
    fn is_visitor(&self) -> bool {
        self.here.standing == Standing::Visitor
    }
}

/// A failure of the store, as a page says it.
fn failed(error: store::StoreError) -> AppError {
    AppError::from(ApiError::from(error))
}

impl From<ApiError> for AppError {
    /// The same for people: a whole sentence. The cause goes to the log, because it ends here.
    fn from(error: ApiError) -> Self {
        if let Some(cause) = &error.cause {
            tracing::error!(code = error.code, cause, "a page failed: {cause}");
        }
        let kind = match error.status {
            StatusCode::NOT_FOUND => ErrorKind::NotFound,
            StatusCode::UNAUTHORIZED => ErrorKind::SignInNeeded,
            StatusCode::FORBIDDEN => ErrorKind::NotPermitted,
            StatusCode::CONFLICT => ErrorKind::Conflict,
            StatusCode::TOO_MANY_REQUESTS => ErrorKind::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
            status if status.is_client_error() => ErrorKind::Invalid,
            _ => ErrorKind::Internal,
        };
        match kind {
            ErrorKind::NotFound => AppError::not_found(
                error
                    .message
                    .strip_prefix("there is no ")
                    .map_or("page", |rest| rest.split(" that ").next().unwrap_or("page")),
            ),
            _ => AppError::new(kind, error.code, sentence::capitalised(&error.message) + full_stop(&error.message)),
        }
    }
}

fn full_stop(text: &str) -> &'static str {
    if text.ends_with(['.', '!', '?']) { "" } else { "." }
}
