//! The routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    layouts::community_layout::CommunityLayout,
    pages::{
        audit_page::AuditPage,
        board_page::BoardPage,
        compare_page::ComparePage,
        document_edit_page::{DocumentEditPage, DocumentNewPage},
        document_page::DocumentPage,
        documents_page::DocumentsPage,
        found_page::FoundPage,
        home_page::HomePage,
        landing_page::LandingPage,
        letter_pages::{ConfirmAddressPage, UnsubscribePage},
        library_page::{CommunityLibraryPage, LibraryPage},
        member_page::MemberPage,
        members_page::MembersPage,
        not_found_page::NotFoundPage,
        notice_settings_page::NoticeSettingsPage,
        notices_page::NoticesPage,
        policies_page::PoliciesPage,
        policy_page::PolicyPage,
        proposal_page::ProposalPage,
        proposals_page::ProposalsPage,
        propose_form_page::ProposeFormPage,
        propose_page::ProposePage,
        report_page::ReportPage,
        rights_page::RightsPage,
        search_page::SearchPage,
        settings_page::SettingsPage,
        sign_in_page::SignInPage,
        studio_page::StudioPage,
        template_page::{CommunityTemplatePage, TemplatePage},
    },
};

/// The app. Every page is sent whole, so that it can be read and used before any script arrives.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Polity".to_owned() } else { format!("{title} · Polity") } />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=LandingPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/found") view=FoundPage ssr=SsrMode::Async />
                <Route path=path!("/unsubscribe") view=UnsubscribePage ssr=SsrMode::Async />
                <Route path=path!("/confirm-address") view=ConfirmAddressPage ssr=SsrMode::Async />
                <Route path=path!("/library") view=LibraryPage ssr=SsrMode::Async />
                <Route path=path!("/library/:template") view=TemplatePage ssr=SsrMode::Async />
                <ParentRoute path=path!("/c/:slug") view=CommunityLayout ssr=SsrMode::Async>
                    <Route path=path!("") view=HomePage ssr=SsrMode::Async />
                    <Route path=path!("board") view=BoardPage ssr=SsrMode::Async />
                    <Route path=path!("board/:channel") view=BoardPage ssr=SsrMode::Async />
                    <Route path=path!("proposals") view=ProposalsPage ssr=SsrMode::Async />
                    <Route path=path!("proposals/:id") view=ProposalPage ssr=SsrMode::Async />
                    <Route path=path!("propose") view=ProposePage ssr=SsrMode::Async />
                    <Route path=path!("propose/:type") view=ProposeFormPage ssr=SsrMode::Async />
                    <Route path=path!("policies") view=PoliciesPage ssr=SsrMode::Async />
                    <Route path=path!("policies/:id") view=PolicyPage ssr=SsrMode::Async />
                    <Route path=path!("library") view=CommunityLibraryPage ssr=SsrMode::Async />
                    <Route path=path!("library/:template") view=CommunityTemplatePage ssr=SsrMode::Async />
                    <Route path=path!("policies/:id/edit") view=StudioPage ssr=SsrMode::Async />
                    <Route path=path!("studio") view=StudioPage ssr=SsrMode::Async />
                    <Route path=path!("documents") view=DocumentsPage ssr=SsrMode::Async />
                    <Route path=path!("documents/new") view=DocumentNewPage ssr=SsrMode::Async />
                    <Route path=path!("documents/:id") view=DocumentPage ssr=SsrMode::Async />
                    <Route path=path!("documents/:id/edit") view=DocumentEditPage ssr=SsrMode::Async />
                    <Route path=path!("documents/:id/changes") view=ComparePage ssr=SsrMode::Async />
                    <Route path=path!("members") view=MembersPage ssr=SsrMode::Async />
                    <Route path=path!("members/:handle") view=MemberPage ssr=SsrMode::Async />
                    <Route path=path!("permissions") view=RightsPage ssr=SsrMode::Async />
                    <Route path=path!("report") view=ReportPage ssr=SsrMode::Async />
                    <Route path=path!("search") view=SearchPage ssr=SsrMode::Async />
                    <Route path=path!("notices") view=NoticesPage ssr=SsrMode::Async />
                    <Route path=path!("settings") view=SettingsPage ssr=SsrMode::Async />
                    <Route path=path!("settings/notices") view=NoticeSettingsPage ssr=SsrMode::Async />
                    <Route path=path!("audit") view=AuditPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
