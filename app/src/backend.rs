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
use types::simulation::{
    Backtest, Capture, CheckLine, CompareInput, Comparison, DraftInput, Example, ExampleRun, Finding, Flip, Impact,
    Outcome, Population, PopulationInput, PropertyReport, ScenarioInput, ShadowView, TrialInput,
};
use types::{AccountId, ActionId, CommentId, DocumentId, DraftId, PolicyId, ProposalId, SessionId, Timestamp};

use crate::{
    api::{
        action::{ActionFormView, ActionTypesView, Attempt, AttemptOutcome},
        audit::{AuditPage, AuditQuery},
        ballot::{BallotInput, BallotReceipt},
        board::{BoardView, Reaction},
        community::{FrameView, HomeView},
        discussion::{CommentInput, DiscussionView, ThreadOrder},
        document::{CompareView, DocumentMoment, DocumentView, DocumentsView},
        founding::{FoundingForm, FoundingView},
        landing::LandingView,
        library::LibraryView,
        member::{MemberView, MembersView, RightsView},
        notice::{NoticeSettingsForm, NoticeSettingsView, NoticesView},
        policy::{PoliciesView, PolicyView},
        proposal::{ProposalFilter, ProposalView, ProposalsPage},
        report::ReportView,
        search::{FoundKind, SearchView},
        session::{DemoCommunity, SessionChange, SessionView},
        settings::SettingsView,
        simulation::{DeskView, ExamplesView, ReplayView},
        studio::{Draft, DraftVersion, PolicyCase, ReferenceEntry, SavedDraft, ShareLink, StudioQuery, StudioView},
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
    + SimulationBackend
    + StudioBackend
    + DocumentBackend
    + AuditBackend
    + NoticeBackend
    + DiscussionBackend
    + MemberBackend
    + SearchBackend
    + SettingsBackend
    + ReportBackend
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
        + SimulationBackend
        + StudioBackend
        + DocumentBackend
        + AuditBackend
        + NoticeBackend
        + DiscussionBackend
        + MemberBackend
        + SearchBackend
        + SettingsBackend
        + ReportBackend
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
    /// What came of an attempt of the viewer's own.
    async fn outcome(&self, viewer: &Viewer, slug: &str, id: ActionId) -> Result<AttemptOutcome, AppError>;
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

/// Trying policies. All of it is for members: it costs the community's share of the service, and shows how its members voted.
///
/// What a member may not see of past votes is left out of what is played, and said so.
#[async_trait]
pub trait SimulationBackend: Send + Sync {
    /// What a scenario can be made of.
    async fn simulation_desk(&self, viewer: &Viewer, slug: &str) -> Result<DeskView, AppError>;
    /// Plays one scenario. A policy that breaks is an outcome.
    async fn try_policy(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Outcome, AppError>;
    /// Looks through a source.
    async fn lint_policy(&self, viewer: &Viewer, slug: &str, source: &str) -> Result<Vec<Finding>, AppError>;
    /// Everything that is looked at before proposing.
    async fn check_draft(&self, viewer: &Viewer, slug: &str, draft: DraftInput) -> Result<Vec<CheckLine>, AppError>;
    /// What would change the verdict.
    async fn flip(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Flip, AppError>;
    /// Where two versions behave differently.
    async fn compare(&self, viewer: &Viewer, slug: &str, compare: CompareInput) -> Result<Comparison, AppError>;
    /// How a policy comes out over many invented votes.
    async fn population(
        &self,
        viewer: &Viewer,
        slug: &str,
        population: PopulationInput,
    ) -> Result<Population, AppError>;
    /// Whether what should hold of any policy holds of this one.
    async fn properties(&self, viewer: &Viewer, slug: &str, trial: TrialInput)
    -> Result<Vec<PropertyReport>, AppError>;
    /// What it takes to force an outcome.
    async fn capture(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Capture, AppError>;
    /// What adopting a draft now would do to open business.
    async fn impact(&self, viewer: &Viewer, slug: &str, draft: DraftInput) -> Result<Impact, AppError>;
    /// The draft over the community's past.
    async fn backtest(&self, viewer: &Viewer, slug: &str, draft: DraftInput) -> Result<Backtest, AppError>;
    /// One action of the past, line by line.
    async fn replay(
        &self,
        viewer: &Viewer,
        slug: &str,
        draft: DraftInput,
        action: ActionId,
    ) -> Result<ReplayView, AppError>;
    /// A scenario like a past decision.
    async fn scenario_of(&self, viewer: &Viewer, slug: &str, action: ActionId) -> Result<ScenarioInput, AppError>;
    /// The examples of a proposed policy, as they come out now.
    async fn examples(&self, viewer: &Viewer, slug: &str, proposal: ProposalId) -> Result<ExamplesView, AppError>;
    /// Objects to a proposed policy with an example.
    async fn object(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        example: Example,
    ) -> Result<ExampleRun, AppError>;
    /// Answers an objection. Only who proposed the policy may.
    async fn answer_objection(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        name: &str,
        answer: &str,
    ) -> Result<(), AppError>;
    /// The shadow stage of a policy, if it has or had one.
    async fn shadow_stage(&self, viewer: &Viewer, slug: &str, policy: PolicyId)
    -> Result<Option<ShadowView>, AppError>;
}

/// Writing policies.
#[async_trait]
pub trait StudioBackend: Send + Sync {
    /// What the studio opens with: a new policy, one to change, a draft of the viewer's, or one they were sent a link to.
    async fn studio(&self, viewer: &Viewer, slug: &str, query: StudioQuery) -> Result<StudioView, AppError>;
    /// The reference of the policy language. The same for everybody.
    async fn reference(&self, viewer: &Viewer) -> Result<Vec<ReferenceEntry>, AppError>;
    /// Saves one of the viewer's drafts; a new one where no id is given. Only members write drafts.
    async fn save_draft(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: Option<DraftId>,
        draft: Draft,
    ) -> Result<SavedDraft, AppError>;
    /// The versions of one of the viewer's drafts, newest first.
    async fn draft_versions(&self, viewer: &Viewer, slug: &str, id: DraftId) -> Result<Vec<DraftVersion>, AppError>;
    /// Makes the link under which others read one of the viewer's drafts. The link made before stops working.
    async fn share_draft(&self, viewer: &Viewer, slug: &str, id: DraftId) -> Result<ShareLink, AppError>;
    /// Deletes one of the viewer's drafts.
    async fn delete_draft(&self, viewer: &Viewer, slug: &str, id: DraftId) -> Result<(), AppError>;
    /// What a proposal about a policy comes to; none for proposals about something else.
    async fn policy_case(&self, viewer: &Viewer, slug: &str, id: ProposalId) -> Result<Option<PolicyCase>, AppError>;
}

/// Documents.
#[async_trait]
pub trait DocumentBackend: Send + Sync {
    /// The community's documents, the constitution first: those in force now, or at a moment.
    async fn documents(&self, viewer: &Viewer, slug: &str, at: Option<Timestamp>) -> Result<DocumentsView, AppError>;
    /// One document at one version.
    async fn document(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        moment: DocumentMoment,
    ) -> Result<DocumentView, AppError>;
    /// Two versions of a document, word by word.
    async fn compare_document(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        from: u32,
        to: u32,
    ) -> Result<CompareView, AppError>;
}

/// The audit log.
#[async_trait]
pub trait AuditBackend: Send + Sync {
    /// A page of entries, newest first.
    async fn audit(&self, viewer: &Viewer, slug: &str, query: AuditQuery) -> Result<AuditPage, AppError>;
}

/// What members are told.
#[async_trait]
pub trait NoticeBackend: Send + Sync {
    /// The viewer's inbox, newest first: those before a number where one is named.
    async fn notices(
        &self,
        viewer: &Viewer,
        slug: &str,
        unread: bool,
        before: Option<i64>,
    ) -> Result<NoticesView, AppError>;
    /// Marks one notice as read, or all of them.
    async fn read_notices(&self, viewer: &Viewer, slug: &str, id: Option<i64>) -> Result<(), AppError>;
    /// Marks a notice as read and answers with the path of what it is about.
    async fn open_notice(&self, viewer: &Viewer, slug: &str, id: i64) -> Result<String, AppError>;
    /// Mutes a thread, or hears of it again.
    async fn mute(&self, viewer: &Viewer, slug: &str, subject: &str, is_muted: bool) -> Result<(), AppError>;
    /// Where the viewer wants to hear what.
    async fn notice_settings(&self, viewer: &Viewer, slug: &str) -> Result<NoticeSettingsView, AppError>;
    /// Keeps that.
    async fn save_notice_settings(
        &self,
        viewer: &Viewer,
        slug: &str,
        settings: NoticeSettingsForm,
    ) -> Result<(), AppError>;
    /// Sends a letter to an address whose link confirms it, and says so; forgets the address where it is empty.
    async fn claim_address(&self, viewer: &Viewer, slug: &str, address: &str) -> Result<String, AppError>;
    /// Confirms the address that a link names, and says so. Asks for no session.
    async fn confirm_address(&self, viewer: &Viewer, token: &str) -> Result<String, AppError>;
    /// Ends e-mail to the member that a link names, and says so. Asks for no session.
    async fn unsubscribe(&self, viewer: &Viewer, token: &str) -> Result<String, AppError>;
}

/// What members say about proposals.
#[async_trait]
pub trait DiscussionBackend: Send + Sync {
    /// The discussion of a proposal.
    async fn discussion(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        order: ThreadOrder,
    ) -> Result<DiscussionView, AppError>;
    /// Says something about it.
    async fn write_comment(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        comment: CommentInput,
    ) -> Result<CommentId, AppError>;
    /// Changes what the viewer said.
    async fn edit_comment(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: CommentId,
        comment: CommentInput,
    ) -> Result<(), AppError>;
    /// Takes a comment down.
    async fn remove_comment(&self, viewer: &Viewer, slug: &str, id: CommentId, reason: &str) -> Result<(), AppError>;
    /// Adds or takes back a reaction.
    async fn react_to_comment(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: CommentId,
        emoji: &str,
        on: bool,
    ) -> Result<(), AppError>;
}

/// One member, and what roles may do.
#[async_trait]
pub trait MemberBackend: Send + Sync {
    /// One member by handle.
    async fn member(&self, viewer: &Viewer, slug: &str, handle: &str) -> Result<MemberView, AppError>;
    /// Which role may do what.
    async fn rights(&self, viewer: &Viewer, slug: &str) -> Result<RightsView, AppError>;
}

/// Search.
#[async_trait]
pub trait SearchBackend: Send + Sync {
    /// What holds all of the words, as far as the viewer may see it, the best first.
    async fn search(
        &self,
        viewer: &Viewer,
        slug: &str,
        text: &str,
        kind: Option<FoundKind>,
    ) -> Result<SearchView, AppError>;
}

/// A member's own settings, and founding communities.
#[async_trait]
pub trait SettingsBackend: Send + Sync {
    /// The viewer's settings in a community.
    async fn settings(&self, viewer: &Viewer, slug: &str) -> Result<SettingsView, AppError>;
    /// Changes the name by which the viewer is known there.
    async fn rename_me(&self, viewer: &Viewer, slug: &str, name: &str) -> Result<(), AppError>;
    /// Leaves the community; `confirm` is its name.
    async fn leave(&self, viewer: &Viewer, slug: &str, confirm: &str) -> Result<(), AppError>;
    /// What there is to choose from when founding a community.
    async fn founding(&self, viewer: &Viewer) -> Result<FoundingView, AppError>;
    /// Founds a community with the viewer as its first member, and answers with its name in addresses.
    async fn found(&self, viewer: &Viewer, form: FoundingForm) -> Result<String, AppError>;
}

/// The participation report.
#[async_trait]
pub trait ReportBackend: Send + Sync {
    /// How the community takes part, over the last twelve weeks.
    async fn report(&self, viewer: &Viewer, slug: &str) -> Result<ReportView, AppError>;
}

/// What exists only in a demo.
#[async_trait]
pub trait DemoBackend: Send + Sync {
    /// Moves the clock forward and answers with the new time. Refused where there is no demo.
    async fn advance_clock(&self, viewer: &Viewer, seconds: u32) -> Result<Timestamp, AppError>;
}
