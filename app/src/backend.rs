//! What the pages ask of the server.
//!
//! The `server` crate implements these traits over the store and the pipeline; the tests implement them over invented
//! communities, so that any state of any page can be looked at. Pages never see SQL, and a change in the store does not
//! rebuild a view.
//!
//! Every method takes the [`Viewer`] first and, where there is one, the community's slug: the implementation decides what this
//! viewer may see or do there, and answers [`ErrorKind::NotFound`](crate::error::ErrorKind::NotFound) for communities and
//! things that must stay unknown to them.

use async_trait::async_trait;
use types::{AccountId, DocumentId, PolicyId, ProposalId, SessionId, Timestamp};

use crate::{
    api::{
        action::{ActionFormView, ActionTypesView, Attempt, AttemptOutcome},
        audit::{AuditPage, AuditQuery},
        ballot::{BallotInput, BallotReceipt},
        board::{BoardView, Reaction},
        community::{FrameView, HomeView},
        document::{DocumentView, DocumentsView},
        landing::LandingView,
        library::LibraryView,
        member::MembersView,
        policy::{PoliciesView, PolicyView},
        proposal::{ProposalFilter, ProposalView, ProposalsPage},
        session::{DemoCommunity, SessionChange, SessionView},
    },
    error::AppError,
};

/// Who is asking, as the server found in the request's session. The default is a visitor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The signed-in account; none for a visitor.
    pub account: Option<AccountId>,
    /// The session this request came with, so that signing out can end it.
    pub session: Option<SessionId>,
    /// Goes into errors and logs.
    pub request_id: String,
}

/// Everything the pages need. Implement the parts; this follows.
pub trait Backend:
    SessionBackend
    + CommunityBackend
    + BoardBackend
    + ActionBackend
    + ProposalBackend
    + PolicyBackend
    + DocumentBackend
    + AuditBackend
    + DemoBackend
{
}

impl<T> Backend for T where
    T: SessionBackend
        + CommunityBackend
        + BoardBackend
        + ActionBackend
        + ProposalBackend
        + PolicyBackend
        + DocumentBackend
        + AuditBackend
        + DemoBackend
{
}

/// Who is here.
#[async_trait]
pub trait SessionBackend: Send + Sync {
    /// The viewer's name and communities, the time, and whether this is a demo. Never fails for a visitor.
    async fn session(&self, viewer: &Viewer) -> Result<SessionView, AppError>;
    /// What the landing page shows: public communities and starter kits.
    async fn landing(&self, viewer: &Viewer) -> Result<LandingView, AppError>;
    /// What comes with Polity: shipped policies and starter kits.
    async fn library(&self, viewer: &Viewer) -> Result<LibraryView, AppError>;
    /// Whom one may be in the demo. Empty where there is no demo.
    async fn demo_members(&self, viewer: &Viewer) -> Result<Vec<DemoCommunity>, AppError>;
    /// Begins a session as a demo member. Refused where there is no demo.
    async fn sign_in_as_demo(&self, viewer: &Viewer, slug: &str, handle: &str) -> Result<SessionChange, AppError>;
    /// Ends the viewer's session.
    async fn sign_out(&self, viewer: &Viewer) -> Result<SessionChange, AppError>;
}

/// One community as a whole.
#[async_trait]
pub trait CommunityBackend: Send + Sync {
    /// What surrounds every page of the community: name, counts, the viewer's standing.
    async fn frame(&self, viewer: &Viewer, slug: &str) -> Result<FrameView, AppError>;
    /// The community's home.
    async fn home(&self, viewer: &Viewer, slug: &str) -> Result<HomeView, AppError>;
    /// Its members and roles.
    async fn members(&self, viewer: &Viewer, slug: &str) -> Result<MembersView, AppError>;
}

/// The built-in board.
#[async_trait]
pub trait BoardBackend: Send + Sync {
    /// The channels, and one of them with its posts: by id or present name, or the first where none is named.
    async fn board(&self, viewer: &Viewer, slug: &str, channel: Option<&str>) -> Result<BoardView, AppError>;
    /// Adds or takes back a reaction. It may be a ballot; the server finds out.
    async fn react(&self, viewer: &Viewer, slug: &str, reaction: Reaction) -> Result<(), AppError>;
}

/// Attempting something.
#[async_trait]
pub trait ActionBackend: Send + Sync {
    /// The kinds of action the viewer may propose, grouped as people think of them.
    async fn action_types(&self, viewer: &Viewer, slug: &str) -> Result<ActionTypesView, AppError>;
    /// The form of one action type. `about` names the thing it starts from, where there is one (a policy to change).
    async fn action_form(
        &self,
        viewer: &Viewer,
        slug: &str,
        action_type: &str,
        about: Option<&str>,
    ) -> Result<ActionFormView, AppError>;
    /// Attempts an action. A refusal by permission or by form is an error; everything a policy decides is an outcome.
    async fn attempt(&self, viewer: &Viewer, slug: &str, attempt: Attempt) -> Result<AttemptOutcome, AppError>;
}

/// Proposals and ballots.
#[async_trait]
pub trait ProposalBackend: Send + Sync {
    /// A page of proposals, newest first, open ones soonest to close first.
    async fn proposals(&self, viewer: &Viewer, slug: &str, filter: ProposalFilter) -> Result<ProposalsPage, AppError>;
    /// One proposal, with everything the viewer may know of it.
    async fn proposal(&self, viewer: &Viewer, slug: &str, id: ProposalId) -> Result<ProposalView, AppError>;
    /// Casts or changes the viewer's ballot.
    async fn cast_ballot(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: ProposalId,
        ballot: BallotInput,
    ) -> Result<BallotReceipt, AppError>;
}

/// Policies.
#[async_trait]
pub trait PolicyBackend: Send + Sync {
    /// All policies of the community, in order, by layer.
    async fn policies(&self, viewer: &Viewer, slug: &str) -> Result<PoliciesView, AppError>;
    /// One policy at one version; the one in force where none is named.
    async fn policy(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: PolicyId,
        version: Option<u32>,
    ) -> Result<PolicyView, AppError>;
}

/// Documents.
#[async_trait]
pub trait DocumentBackend: Send + Sync {
    /// The community's documents, the constitution first.
    async fn documents(&self, viewer: &Viewer, slug: &str) -> Result<DocumentsView, AppError>;
    /// One document at one version; the newest where none is named.
    async fn document(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        version: Option<u32>,
    ) -> Result<DocumentView, AppError>;
}

/// The audit log.
#[async_trait]
pub trait AuditBackend: Send + Sync {
    /// A page of entries, newest first.
    async fn audit(&self, viewer: &Viewer, slug: &str, query: AuditQuery) -> Result<AuditPage, AppError>;
}

/// What exists only in a demo.
#[async_trait]
pub trait DemoBackend: Send + Sync {
    /// Moves the clock forward and answers with the new time. Refused where there is no demo.
    async fn advance_clock(&self, viewer: &Viewer, seconds: u32) -> Result<Timestamp, AppError>;
}
