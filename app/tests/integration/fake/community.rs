//! An invented community in every state that a page can show, and a second one where nothing has happened yet.
//!
//! The tests render pages over it; the `showcase` example serves them to a browser.

use std::{collections::BTreeMap, sync::Mutex};

use app::{
    api::{
        action::{ActionFormView, ActionTypesView, Attempt, AttemptOutcome, AttemptResult},
        audit::{AuditPage, AuditQuery},
        ballot::{BallotInput, BallotReceipt, MyBallot},
        board::{BoardView, Reaction},
        community::{FrameView, HomeView, MembershipView, PlatformHealth},
        discussion::CommentInput,
        document::{CompareView, DocumentMoment, DocumentView, DocumentsView},
        landing::{KitCard, LandingExample, LandingView},
        library::{LibraryLine, LibraryView, SharedLine},
        member::MembersView,
        notice::NoticeSettingsForm,
        policy::{PoliciesView, PolicyView},
        proposal::{MyPart, ProposalFilter, ProposalView, ProposalsPage, StandingCounts},
        session::{CommunityLink, DemoCommunity, DemoMember, SessionChange, SessionView},
        studio::{Draft, DraftVersion, PolicyCase, ReferenceEntry, SavedDraft, ShareLink, StudioQuery, StudioView},
        words::Standing,
    },
    backend::{
        ActionBackend, AuditBackend, BoardBackend, CommunityBackend, DemoBackend, DocumentBackend, PolicyBackend,
        ProposalBackend, SessionBackend, StudioBackend, Viewer,
    },
    error::{AppError, ErrorKind},
};
use async_trait::async_trait;
use types::{ActionId, BallotValue, DocumentId, DraftId, PolicyId, ProposalId, Timestamp};

pub mod actions;
pub mod belonging;
pub mod board;
pub mod documents;
pub mod home;
pub mod notices;
pub mod people;
pub mod policies;
pub mod proposals;
pub mod record;
pub mod simulation;
pub mod studio;

/// The invented community's name in addresses.
pub const RIVERSIDE: &str = "riverside";
/// The one where nothing has happened yet.
pub const QUIET: &str = "quiet";

/// The fake: what a viewer does is remembered until the process ends.
#[derive(Default)]
pub struct Fake {
    ballots: Mutex<BTreeMap<ProposalId, MyBallot>>,
    said: Mutex<Vec<String>>,
    reacted: Mutex<Vec<Reaction>>,
    seconds: Mutex<i64>,
    read: Mutex<Vec<Option<i64>>>,
    wishes: Mutex<Option<NoticeSettingsForm>>,
    comments: Mutex<Vec<CommentInput>>,
}

/// A moment of the invented story.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// An id made of a number.
pub fn id<T: std::str::FromStr>(n: u32) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("00000000-0000-4000-8000-{n:012}").parse().expect("an id")
}

/// Leila, signed in.
pub fn leila() -> Viewer {
    Viewer { account: Some(id(1)), session: Some(id(1)), request_id: "req-1".to_owned() }
}

impl Fake {
    /// Ten thirty-eight on a Sunday morning, and what the clock was moved by.
    pub fn now(&self) -> Timestamp {
        let moved = *self.seconds.lock().expect("the clock");
        Timestamp(at("2026-11-22T10:38:00Z").millis() + moved * 1000)
    }

    fn known(slug: &str) -> Result<bool, AppError> {
        match slug {
            RIVERSIDE => Ok(true),
            QUIET => Ok(false),
            _ => Err(AppError::not_found("community").with_request_id("req-404")),
        }
    }

    fn mine(&self, proposal: ProposalId) -> Option<MyBallot> {
        self.ballots.lock().expect("the ballots").get(&proposal).cloned()
    }

    /// A proposal as this viewer sees it.
    pub fn view(&self, viewer: &Viewer, id: ProposalId) -> Option<ProposalView> {
        let mut view = proposals::all().into_iter().find(|view| view.id == id)?;
        if viewer.account.is_none() {
            view.ballot = None;
            view.eligibility.may_vote = false;
            view.eligibility.sentence = "You cannot vote here. Only members can, and you are not signed in.".to_owned();
            view.eligibility.conditions.clear();
        }
        if let (Some(form), Some(mine)) = (&mut view.ballot, self.mine(id)) {
            form.mine = Some(mine);
        }
        Some(view)
    }
}

#[async_trait]
impl SessionBackend for Fake {
    async fn session(&self, viewer: &Viewer) -> Result<SessionView, AppError> {
        Ok(SessionView {
            person: viewer.account.map(|_| people::person("leila")),
            communities: vec![link(RIVERSIDE, "Riverside Tool Library"), link(QUIET, "Quiet Corner")],
            now: self.now(),
            demo: true,
        })
    }

    async fn library(&self, _viewer: &Viewer) -> Result<LibraryView, AppError> {
        let line = |slug: &str, name: &str, about: &str, layer| LibraryLine {
            slug: slug.to_owned(),
            name: name.to_owned(),
            description: about.to_owned(),
            layer,
            tags: vec!["vote".to_owned()],
        };
        Ok(LibraryView {
            shipped: vec![line(
                "majority",
                "Majority vote",
                "Every member may vote.",
                Some(types::Layer::Constitution),
            )],
            kits: vec![line("open", "Start from nothing", "Everything happens at once.", None)],
            shared: vec![SharedLine {
                id: id(77),
                name: "Loan limits".to_owned(),
                description: "Three tools at a time.".to_owned(),
                layer: types::Layer::Platform,
                credit: String::new(),
                licence: "CC0-1.0".to_owned(),
                note: "Stopped the hoarding.".to_owned(),
                version: 2,
                hash: "ab".repeat(32),
                is_fork: true,
                adopted: 4,
                rolled_back: 1,
            }],
        })
    }

    async fn landing(&self, _viewer: &Viewer) -> Result<LandingView, AppError> {
        let example = proposals::sunday();
        Ok(LandingView {
            look_around: Some(link(RIVERSIDE, "Riverside Tool Library")),
            example: Some(LandingExample {
                title: example.title,
                place: "Riverside Tool Library, closes tomorrow".to_owned(),
                effect: "If it passes: hours change, two people get keys, #announcements is told.".to_owned(),
                tally: example.tally,
            }),
            kits: [
                (
                    "open",
                    "Start from nothing",
                    "Everything happens at once; add rules when you need them.",
                    "Any size",
                    1,
                ),
                (
                    "majority",
                    "Town meeting",
                    "A majority of members decides on every change of the rules.",
                    "20 to 500 people",
                    3,
                ),
                ("dictator", "One in charge", "One member decides, in the open and on the record.", "Any size", 2),
                ("jury", "Juries", "Three members drawn by lot decide what concerns everyone.", "5 to 200 people", 4),
            ]
            .map(|(id, name, about, size, n_policies)| KitCard {
                id: id.to_owned(),
                name: name.to_owned(),
                about: about.to_owned(),
                size: size.to_owned(),
                n_policies,
            })
            .to_vec(),
        })
    }

    async fn demo_members(&self, _viewer: &Viewer) -> Result<Vec<DemoCommunity>, AppError> {
        Ok(vec![DemoCommunity {
            community: link(RIVERSIDE, "Riverside Tool Library"),
            about: "Neighbours who share tools. Renames go to a jury, money to everyone, the rules to two thirds."
                .to_owned(),
            members: people::HANDLES
                .iter()
                .take(9)
                .map(|(handle, _)| DemoMember {
                    person: people::person(handle),
                    roles: people::roles(handle),
                    note: if *handle == "leila" { "on the jury for a rename".to_owned() } else { String::new() },
                })
                .collect(),
        }])
    }

    async fn sign_in_as_demo(&self, _viewer: &Viewer, slug: &str, handle: &str) -> Result<SessionChange, AppError> {
        Self::known(slug)?;
        if !people::HANDLES.iter().any(|(known, _)| *known == handle) {
            return Err(AppError::not_found("member"));
        }
        Ok(SessionChange {
            set_cookie: format!("session={handle}; Path=/; HttpOnly; SameSite=Lax"),
            location: format!("/c/{slug}"),
        })
    }

    async fn sign_out(&self, _viewer: &Viewer) -> Result<SessionChange, AppError> {
        Ok(SessionChange { set_cookie: "session=; Path=/; Max-Age=0".to_owned(), location: "/".to_owned() })
    }
}

fn link(slug: &str, name: &str) -> CommunityLink {
    CommunityLink { slug: slug.to_owned(), name: name.to_owned() }
}

#[async_trait]
impl CommunityBackend for Fake {
    async fn frame(&self, viewer: &Viewer, slug: &str) -> Result<FrameView, AppError> {
        let is_busy = Self::known(slug)?;
        let membership = viewer.account.map(|_| MembershipView {
            person: people::person("leila"),
            roles: vec!["Member".to_owned()],
            since: at("2024-03-09T12:00:00Z"),
        });
        if !is_busy {
            return Ok(FrameView {
                slug: QUIET.to_owned(),
                name: "Quiet Corner".to_owned(),
                emblem: "sprout".to_owned(),
                n_members: 1,
                membership,
                now: self.now(),
                ..FrameView::default()
            });
        }
        Ok(FrameView {
            slug: RIVERSIDE.to_owned(),
            name: "Riverside Tool Library".to_owned(),
            about: String::new(),
            emblem: "hand-heart".to_owned(),
            n_members: 148,
            n_open: 10,
            n_needs_you: 3,
            n_unread: if viewer.account.is_some() { 2 } else { 0 },
            membership,
            platforms: vec![health("Board", true, "working"), health("Matrix", false, "slow since 09:12")],
            now: self.now(),
        })
    }

    async fn home(&self, viewer: &Viewer, slug: &str) -> Result<HomeView, AppError> {
        if !Self::known(slug)? {
            return Ok(HomeView::default());
        }
        let mut home = home::home();
        home.needs.retain(|need| viewer.account.is_some() && self.mine(need.proposal).is_none());
        Ok(home)
    }

    async fn members(&self, _viewer: &Viewer, slug: &str) -> Result<MembersView, AppError> {
        if Self::known(slug)? { Ok(people::members()) } else { Ok(MembersView::default()) }
    }
}

fn health(name: &str, is_well: bool, state: &str) -> PlatformHealth {
    PlatformHealth { name: name.to_owned(), is_well, state: state.to_owned() }
}

#[async_trait]
impl BoardBackend for Fake {
    async fn board(&self, viewer: &Viewer, slug: &str, channel: Option<&str>) -> Result<BoardView, AppError> {
        if !Self::known(slug)? {
            return Ok(BoardView { may_create: true, ..BoardView::default() });
        }
        let said = self.said.lock().expect("what was said").clone();
        let reacted = self.reacted.lock().expect("the reactions").clone();
        board::board(channel, &said, &reacted, viewer.account.is_some()).ok_or_else(|| AppError::not_found("channel"))
    }

    async fn react(&self, viewer: &Viewer, slug: &str, reaction: Reaction) -> Result<(), AppError> {
        Self::known(slug)?;
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        let mut reacted = self.reacted.lock().expect("the reactions");
        reacted.retain(|earlier| earlier.post != reaction.post || earlier.emoji != reaction.emoji);
        reacted.push(reaction);
        Ok(())
    }
}

#[async_trait]
impl ActionBackend for Fake {
    async fn action_types(&self, viewer: &Viewer, slug: &str) -> Result<ActionTypesView, AppError> {
        Self::known(slug)?;
        Ok(if viewer.account.is_some() { actions::types() } else { ActionTypesView::default() })
    }

    async fn action_form(
        &self,
        _viewer: &Viewer,
        slug: &str,
        action_type: &str,
        _about: Option<&str>,
    ) -> Result<ActionFormView, AppError> {
        Self::known(slug)?;
        actions::form(action_type).ok_or_else(|| AppError::not_found("kind of action"))
    }

    async fn attempt(&self, viewer: &Viewer, slug: &str, attempt: Attempt) -> Result<AttemptOutcome, AppError> {
        Self::known(slug)?;
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        let field = |name: &str| attempt.fields.get(name).cloned().unwrap_or_default();
        let (result, sentence, proposal) = match attempt.action_type.as_str() {
            "board.post_message" => {
                self.said.lock().expect("what was said").push(field("text"));
                (AttemptResult::Done, "It is on the board.".to_owned(), None)
            }
            "board.rename_channel" if field("name") == "taken" => {
                return Err(AppError::new(
                    ErrorKind::Conflict,
                    "board-name-taken",
                    "We could not rename the channel: the name is taken. Choose another.",
                ));
            }
            _ => (
                AttemptResult::Open,
                "Three members were drawn by lot and asked. Until they decide, everything stays as it is.".to_owned(),
                Some(proposals::RENAME),
            ),
        };
        Ok(AttemptOutcome { action: id::<ActionId>(77), result, sentence, proposal: proposal.map(id) })
    }

    async fn outcome(&self, _viewer: &Viewer, slug: &str, wanted: ActionId) -> Result<AttemptOutcome, AppError> {
        Self::known(slug)?;
        if wanted != id(77) {
            return Err(AppError::not_found("action"));
        }
        let sentence = "That word is not posted here.".to_owned();
        Ok(AttemptOutcome { action: wanted, result: AttemptResult::Failed, sentence, proposal: None })
    }
}

#[async_trait]
impl ProposalBackend for Fake {
    async fn proposals(&self, viewer: &Viewer, slug: &str, filter: ProposalFilter) -> Result<ProposalsPage, AppError> {
        if !Self::known(slug)? {
            return Ok(ProposalsPage { page: 1, n_pages: 1, ..ProposalsPage::default() });
        }
        let mut cards: Vec<_> = proposals::all().iter().map(proposals::card).collect();
        let count =
            |standing| u32::try_from(cards.iter().filter(|card| card.standing == standing).count()).unwrap_or(0);
        let counts = StandingCounts {
            open: count(Standing::Open),
            held: count(Standing::Held),
            passed: count(Standing::Passed),
            failed: count(Standing::Failed),
        };
        cards.retain(|card| filter.standing.is_none_or(|standing| card.standing == standing));
        let text = filter.text.unwrap_or_default().to_lowercase();
        cards.retain(|card| card.title.to_lowercase().contains(&text));
        for card in &mut cards {
            card.mine = match self.mine(card.id) {
                Some(_) => MyPart::Voted,
                None if viewer.account.is_none() => MyPart::None,
                None => card.mine,
            };
        }
        let total = u32::try_from(cards.len()).unwrap_or(0);
        Ok(ProposalsPage { proposals: cards, counts, total, page: filter.page.unwrap_or(1), n_pages: 2 })
    }

    async fn proposal(&self, viewer: &Viewer, slug: &str, id: ProposalId) -> Result<ProposalView, AppError> {
        Self::known(slug)?;
        self.view(viewer, id).ok_or_else(|| AppError::not_found("proposal").with_request_id(viewer.request_id.clone()))
    }

    async fn cast_ballot(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: ProposalId,
        ballot: BallotInput,
    ) -> Result<BallotReceipt, AppError> {
        Self::known(slug)?;
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        let word = match &ballot.value {
            BallotValue::Yes => "yes".to_owned(),
            BallotValue::No => "no".to_owned(),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        let mine = MyBallot { value: ballot.value, reason: ballot.reason, at: self.now() };
        self.ballots.lock().expect("the ballots").insert(id, mine);
        let sentence = format!("Your vote is in: {word}. You can change it until Monday, 18:00.");
        Ok(BallotReceipt { sentence, at: self.now() })
    }
}

#[async_trait]
impl PolicyBackend for Fake {
    async fn policies(&self, _viewer: &Viewer, slug: &str) -> Result<PoliciesView, AppError> {
        Ok(policies::list(Self::known(slug)?))
    }

    async fn policy(
        &self,
        _viewer: &Viewer,
        slug: &str,
        id: PolicyId,
        version: Option<u32>,
    ) -> Result<PolicyView, AppError> {
        Self::known(slug)?;
        policies::policy(id, version).ok_or_else(|| AppError::not_found("policy"))
    }
}

#[async_trait]
impl StudioBackend for Fake {
    async fn studio(&self, viewer: &Viewer, slug: &str, query: StudioQuery) -> Result<StudioView, AppError> {
        Self::known(slug)?;
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        studio::view(slug, &query)
    }

    async fn reference(&self, _viewer: &Viewer) -> Result<Vec<ReferenceEntry>, AppError> {
        Ok(studio::reference())
    }

    async fn save_draft(
        &self,
        viewer: &Viewer,
        _slug: &str,
        id: Option<DraftId>,
        _draft: Draft,
    ) -> Result<SavedDraft, AppError> {
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        Ok(SavedDraft { id: id.unwrap_or(self::id(700)), version: 1, at: self.now() })
    }

    async fn draft_versions(&self, _viewer: &Viewer, _slug: &str, _id: DraftId) -> Result<Vec<DraftVersion>, AppError> {
        Ok(vec![DraftVersion { version: 1, at: self.now(), draft: Draft::default() }])
    }

    async fn share_draft(&self, _viewer: &Viewer, slug: &str, id: DraftId) -> Result<ShareLink, AppError> {
        Ok(ShareLink { href: format!("/c/{slug}/studio?draft={id}&key=0123") })
    }

    async fn delete_draft(&self, _viewer: &Viewer, _slug: &str, _id: DraftId) -> Result<(), AppError> {
        Ok(())
    }

    async fn policy_case(&self, _viewer: &Viewer, slug: &str, id: ProposalId) -> Result<Option<PolicyCase>, AppError> {
        Self::known(slug)?;
        Ok(studio::case(id))
    }
}

#[async_trait]
impl DocumentBackend for Fake {
    async fn documents(&self, _viewer: &Viewer, slug: &str, at: Option<Timestamp>) -> Result<DocumentsView, AppError> {
        Ok(if Self::known(slug)? {
            DocumentsView { at, ..documents::list() }
        } else {
            DocumentsView { may_add: true, ..DocumentsView::default() }
        })
    }

    async fn document(
        &self,
        _viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        moment: DocumentMoment,
    ) -> Result<DocumentView, AppError> {
        Self::known(slug)?;
        let version = match moment {
            DocumentMoment::Newest => None,
            DocumentMoment::Version(version) => Some(version),
            DocumentMoment::At(_) => Some(1),
        };
        let at = match moment {
            DocumentMoment::At(at) => Some(at),
            _ => None,
        };
        let document = documents::document(id, version).ok_or_else(|| AppError::not_found("document"))?;
        Ok(DocumentView { at, ..document })
    }

    async fn compare_document(
        &self,
        _viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        from: u32,
        to: u32,
    ) -> Result<CompareView, AppError> {
        Self::known(slug)?;
        documents::compare(id, from, to).ok_or_else(|| AppError::not_found("document"))
    }
}

#[async_trait]
impl AuditBackend for Fake {
    async fn audit(&self, _viewer: &Viewer, slug: &str, query: AuditQuery) -> Result<AuditPage, AppError> {
        Ok(if Self::known(slug)? { record::page(&query) } else { AuditPage::default() })
    }
}

#[async_trait]
impl DemoBackend for Fake {
    async fn advance_clock(&self, _viewer: &Viewer, seconds: u32) -> Result<Timestamp, AppError> {
        *self.seconds.lock().expect("the clock") += i64::from(seconds);
        Ok(self.now())
    }
}
