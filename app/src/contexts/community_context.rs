//! The community that a page belongs to.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use types::Timestamp;

use super::live_context::{LiveContext, refetch_on};
use crate::{
    api::{
        community::{FrameView, community_frame},
        session::{SessionView, session},
    },
    components::load::Loaded,
    error::AppError,
};

/// The community of the address, and who is looking.
#[derive(Clone, Copy)]
pub struct CommunityContext {
    /// The community's name in the address.
    pub slug: Memo<String>,
    /// What surrounds each of its pages.
    pub frame: Loaded<FrameView>,
    /// Who is looking.
    pub session: Loaded<SessionView>,
}

/// Where and when a page is shown.
#[derive(Clone, Debug)]
pub struct Place {
    /// What surrounds the page.
    pub frame: FrameView,
    /// The time to count from.
    pub now: Timestamp,
}

impl CommunityContext {
    /// The community of the present route, kept up to date.
    pub fn provide() -> Self {
        let params = use_params_map();
        let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
        let frame = Resource::new_blocking(move || slug.get(), community_frame);
        let session = Resource::new_blocking(|| (), |()| session());
        let context = Self { slug, frame, session };
        provide_context(context);
        LiveContext::provide(slug);
        refetch_on(frame, |topic| !topic.starts_with("board:"));
        refetch_on(session, |topic| topic == "clock");
        context
    }

    /// Where and when, once the frame is here.
    pub async fn place(self) -> Result<Place, AppError> {
        let frame = self.frame.await?;
        let now = frame.now;
        Ok(Place { frame, now })
    }
}

impl Place {
    /// An address in this community: `proposals/…`, or its home for an empty path.
    pub fn href(&self, path: &str) -> String {
        if path.is_empty() { format!("/c/{}", self.frame.slug) } else { format!("/c/{}/{path}", self.frame.slug) }
    }
}
