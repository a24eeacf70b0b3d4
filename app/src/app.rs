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
        document_page::DocumentPage,
        documents_page::DocumentsPage,
        home_page::HomePage,
        landing_page::LandingPage,
        library_page::{CommunityLibraryPage, LibraryPage},
        members_page::MembersPage,
        not_found_page::NotFoundPage,
        policies_page::PoliciesPage,
        policy_page::PolicyPage,
        proposal_page::ProposalPage,
        proposals_page::ProposalsPage,
        propose_form_page::ProposeFormPage,
        propose_page::ProposePage,
        sign_in_page::SignInPage,
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
                    <Route path=path!("documents") view=DocumentsPage ssr=SsrMode::Async />
                    <Route path=path!("documents/:id") view=DocumentPage ssr=SsrMode::Async />
                    <Route path=path!("members") view=MembersPage ssr=SsrMode::Async />
                    <Route path=path!("audit") view=AuditPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
