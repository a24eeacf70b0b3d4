//! One member, who may do what, search, settings and founding in the invented community.

use app::{
    api::{
        community::FigureView,
        founding::{BlankView, FoundingForm, FoundingPlace, FoundingView, KitView},
        member::{HeldRole, MayLine, MemberView, RightCell, RightView, RightsGroup, RightsRow, RightsView},
        report::{BarView, ChartView, ReportView},
        search::{FoundKind, FoundLine, SearchView},
        settings::{ConnectionView, SettingsView},
    },
    backend::{MemberBackend, ReportBackend, SearchBackend, SettingsBackend, Viewer},
    error::{AppError, ErrorKind},
};
use async_trait::async_trait;

use super::{Fake, at, id, people, proposals};

#[async_trait]
impl MemberBackend for Fake {
    async fn member(&self, viewer: &Viewer, slug: &str, handle: &str) -> Result<MemberView, AppError> {
        Self::known(slug)?;
        if !people::HANDLES.iter().any(|(known, _)| *known == handle) {
            return Err(AppError::not_found("member"));
        }
        let role = |name: &str, is_everyone| HeldRole {
            name: name.to_owned(),
            is_everyone,
            since: at("2025-02-11T12:00:00Z"),
            decision: (!is_everyone).then(|| id(proposals::WASHER)),
            ..HeldRole::default()
        };
        let may = |what: &str, right, role: &str| MayLine {
            what: what.to_owned(),
            right,
            role: role.to_owned(),
            since: at("2025-02-11T12:00:00Z"),
            decision: None,
            then: "Decided by Juries".to_owned(),
        };
        let is_member = viewer.account.is_some();
        Ok(MemberView {
            person: people::person(handle),
            is_you: is_member && handle == "leila",
            since: at("2024-03-09T12:00:00Z"),
            identities: vec!["Matrix: @someone:example.org".to_owned()],
            roles: people::roles(handle).iter().map(|name| role(name, name == "Member")).collect(),
            may: vec![
                may("Set a channel's topic", RightView::AtOnce, "Steward"),
                may("Everything on the board", RightView::Propose, "Member"),
            ],
            n_voted: 31,
            offers: if is_member { vec!["Keyholder".to_owned()] } else { Vec::new() },
            may_remove: is_member,
            attempt_key: "key".to_owned(),
            proposed: proposals::all().iter().take(2).map(proposals::card).collect(),
            ..MemberView::default()
        })
    }

    async fn rights(&self, _viewer: &Viewer, slug: &str) -> Result<RightsView, AppError> {
        Self::known(slug)?;
        let cell =
            |right| Some(RightCell { right, since: at("2025-02-11T12:00:00Z"), decision: Some(id(proposals::WASHER)) });
        Ok(RightsView {
            roles: vec!["Member".to_owned(), "Steward".to_owned()],
            groups: vec![RightsGroup {
                title: "The board".to_owned(),
                rows: vec![
                    RightsRow {
                        title: "Rename a channel".to_owned(),
                        then: "Decided by Juries".to_owned(),
                        cells: vec![cell(RightView::Propose), None],
                    },
                    RightsRow {
                        title: "Pin a message".to_owned(),
                        then: "Happens at once: no policy governs it".to_owned(),
                        cells: vec![cell(RightView::See), cell(RightView::AtOnce)],
                    },
                ],
            }],
        })
    }
}

#[async_trait]
impl SearchBackend for Fake {
    async fn search(
        &self,
        _viewer: &Viewer,
        slug: &str,
        text: &str,
        kind: Option<FoundKind>,
    ) -> Result<SearchView, AppError> {
        Self::known(slug)?;
        let mut found = vec![
            FoundLine {
                kind: FoundKind::Document,
                title: "Opening hours".to_owned(),
                excerpt: vec![("… the workshop is open on ".to_owned(), false), ("Sundays".to_owned(), true)],
                at: at("2026-09-12T12:00:00Z"),
                path: "documents/00000000-0000-4000-8000-000000000004".to_owned(),
            },
            FoundLine {
                kind: FoundKind::Comment,
                title: "Open on Sundays".to_owned(),
                excerpt: vec![("I work Saturdays.".to_owned(), false)],
                at: at("2026-11-21T12:00:00Z"),
                path: "proposals/00000000-0000-4000-8000-000000000214#c-1".to_owned(),
            },
        ];
        found.retain(|line| !text.is_empty() && text != "nothing" && kind.is_none_or(|kind| kind == line.kind));
        Ok(SearchView { text: text.to_owned(), kind, found, has_more: false })
    }
}

#[async_trait]
impl SettingsBackend for Fake {
    async fn settings(&self, viewer: &Viewer, slug: &str) -> Result<SettingsView, AppError> {
        Self::known(slug)?;
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        Ok(SettingsView {
            person: people::person("leila"),
            since: at("2024-03-09T12:00:00Z"),
            roles: vec!["Member".to_owned()],
            connections: vec![ConnectionView {
                platform: "Matrix".to_owned(),
                is_well: false,
                state: "slow since 09:12".to_owned(),
                mine: Some("@leila:example.org".to_owned()),
            }],
            visibility: "Everybody may look at this community; only members take part.".to_owned(),
        })
    }

    async fn rename_me(&self, _viewer: &Viewer, _slug: &str, _name: &str) -> Result<(), AppError> {
        Ok(())
    }

    async fn leave(&self, _viewer: &Viewer, _slug: &str, confirm: &str) -> Result<(), AppError> {
        if confirm == "Riverside Tool Library" {
            return Ok(());
        }
        Err(AppError::new(ErrorKind::Invalid, "not-confirmed", "To leave, write the community's name."))
    }

    async fn founding(&self, viewer: &Viewer) -> Result<FoundingView, AppError> {
        if viewer.account.is_none() {
            let why_not = "Sign in first, so that the community has a founder.".to_owned();
            return Ok(FoundingView { why_not, ..FoundingView::default() });
        }
        Ok(FoundingView {
            may: true,
            places: vec![FoundingPlace {
                id: "board".to_owned(),
                name: "The board".to_owned(),
                about: "Channels and posts right here.".to_owned(),
            }],
            kits: vec![KitView {
                id: "jury".to_owned(),
                title: "Juries".to_owned(),
                about: "Three members drawn by lot decide.".to_owned(),
                used_by: "Small neighbourhoods.".to_owned(),
                fails_when: "Nobody answers.".to_owned(),
                blanks: vec![BlankView {
                    name: "size".to_owned(),
                    label: "Jurors".to_owned(),
                    is_number: true,
                    min: Some(3.0),
                    max: Some(15.0),
                    value: "3".to_owned(),
                }],
                policies: vec![("Jury".to_owned(), "Members drawn by lot decide.".to_owned())],
                roles: vec!["Steward".to_owned()],
                documents: Vec::new(),
            }],
            attempt_key: "key".to_owned(),
            ..FoundingView::default()
        })
    }

    async fn found(&self, _viewer: &Viewer, form: FoundingForm) -> Result<String, AppError> {
        if form.blanks.get("size").map(String::as_str) != Some("5") {
            return Err(AppError::new(ErrorKind::Invalid, "blanks-lost", "The blanks were lost on the way."));
        }
        Ok(form.slug)
    }
}

#[async_trait]
impl ReportBackend for Fake {
    async fn report(&self, _viewer: &Viewer, slug: &str) -> Result<ReportView, AppError> {
        let is_busy = Self::known(slug)?;
        let bar = |label: &str, value: f64| BarView { label: label.to_owned(), value: is_busy.then_some(value), n: 9 };
        Ok(ReportView {
            since: at("2026-08-30T10:38:00Z"),
            figures: vec![FigureView { value: "148".to_owned(), name: "members".to_owned(), ..FigureView::default() }],
            charts: vec![ChartView {
                id: "turnout".to_owned(),
                title: "Turnout".to_owned(),
                sentence: "Of those asked, so many took part. Latest: 38 % (9 Nov).".to_owned(),
                unit: "%".to_owned(),
                by: "Week".to_owned(),
                bars: vec![bar("2 Nov", 31.0), bar("9 Nov", 38.0)],
                left_out: "Roles with fewer than 5 holders are not shown.".to_owned(),
            }],
        })
    }
}
