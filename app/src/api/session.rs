//! Who is here: the session, the demo's sign-in, sign-out.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::words::Person;
use crate::error::AppError;

/// What the frame of every page knows of the viewer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The signed-in person; none for a visitor.
    pub person: Option<Person>,
    /// The communities they belong to.
    pub communities: Vec<CommunityLink>,
    /// What time it is here. In a demo the clock may have been moved.
    pub now: Timestamp,
    /// Whether this server is a demo: sign-in by choosing a member, and a clock that can be moved.
    pub demo: bool,
}

/// A community, as a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunityLink {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A community of the demo, with the members one may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoCommunity {
    /// The community.
    pub community: CommunityLink,
    /// One sentence about it and how it decides.
    pub about: String,
    /// Whom to be.
    pub members: Vec<DemoMember>,
}

/// A member one may be in the demo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoMember {
    /// Who.
    pub person: Person,
    /// The roles they hold, as names.
    pub roles: Vec<String>,
    /// Why one would choose them: "on the jury for a rename". May be empty.
    pub note: String,
}

/// What to tell the browser after signing in or out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionChange {
    /// The whole value of the `Set-Cookie` header.
    pub set_cookie: String,
    /// Where to go next, as a path of this site.
    pub location: String,
}

/// Loads the session for the frame.
#[server]
pub async fn session() -> Result<SessionView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.session(&viewer).await)
}

/// Loads the members one may be in the demo.
#[server]
pub async fn demo_members() -> Result<Vec<DemoCommunity>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.demo_members(&viewer).await)
}

/// Signs in as a demo member, sets the session cookie and goes to the community.
#[server]
pub async fn sign_in_as_demo(
    /// The community, by slug.
    community: String,
    /// The member, by handle.
    member: String,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    let change = super::answered(backend.sign_in_as_demo(&viewer, &community, &member).await)?;
    change_session(&change);
    Ok(())
}

/// Ends the session, clears the cookie and goes to the landing page.
#[server]
pub async fn sign_out() -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    let change = super::answered(backend.sign_out(&viewer).await)?;
    change_session(&change);
    Ok(())
}

/// Puts the cookie and the next address into the answer.
#[cfg(feature = "ssr")]
fn change_session(change: &SessionChange) {
    use axum::http::{HeaderValue, header::SET_COOKIE};

    let response = use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Ok(cookie)) = (response, HeaderValue::from_str(&change.set_cookie)) {
        response.append_header(SET_COOKIE, cookie);
    }
    leptos_axum::redirect(&change.location);
}
