//! What crosses the wire between the pages and the server: one file per resource, each with the plain structs that its pages
//! show and the thin server functions that load and change them.
//!
//! Every server function is a public endpoint. Each asks [`asked`] for the backend and the viewer, names the community, and lets
//! the backend decide.

pub mod action;
pub mod audit;
pub mod ballot;
pub mod board;
pub mod community;
pub mod demo;
pub mod discussion;
pub mod document;
pub mod founding;
pub mod landing;
pub mod library;
pub mod member;
pub mod notice;
pub mod policy;
pub mod proposal;
pub mod report;
pub mod search;
pub mod session;
pub mod settings;
pub mod simulation;
pub mod studio;
pub mod trial;
pub mod words;

#[cfg(feature = "ssr")]
pub use guard::{Asked, answered, asked, back_with};

#[cfg(feature = "ssr")]
mod guard {
    use std::sync::Arc;

    use axum::http::{
        Method, StatusCode,
        header::{ACCEPT, REFERER},
        request::Parts,
    };
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    use crate::{
        backend::{Backend, Viewer},
        error::{AppError, ErrorKind},
    };

    /// The backend, and who asks it.
    pub type Asked = (Arc<dyn Backend>, Viewer);

    /// The backend and the viewer of this request.
    ///
    /// # Errors
    /// `not-wired` where the server did not provide them: a mistake of ours, never of the viewer's.
    pub fn asked() -> Result<Asked, AppError> {
        let backend = use_context::<Arc<dyn Backend>>();
        let viewer = use_context::<Viewer>();
        backend.zip(viewer).ok_or_else(|| {
            AppError::new(ErrorKind::Internal, "not-wired", "Something went wrong on our side. Nothing was changed.")
        })
    }

    /// Passes an answer on, with the HTTP status that its error stands for.
    ///
    /// # Errors
    /// The one it was given.
    pub fn answered<T>(answer: Result<T, AppError>) -> Result<T, AppError> {
        if let Err(error) = &answer
            && let Some(response) = use_context::<ResponseOptions>()
            && !is_plain_form()
            && let Ok(status) = StatusCode::from_u16(error.kind.status())
        {
            response.set_status(status);
        }
        answer
    }

    /// Sends a browser without a script back to the page it came from, which then finds `query` in its address.
    pub fn back_with(query: &str) {
        if !is_plain_form() {
            return;
        }
        let referer = use_context::<Parts>()
            .and_then(|parts| parts.headers.get(REFERER).and_then(|value| value.to_str().ok().map(str::to_owned)));
        let Some(path) = referer.as_deref().and_then(path_of) else { return };
        let page = path.split('?').next().unwrap_or_default();
        leptos_axum::redirect(&format!("{page}?{query}"));
    }

    /// The path of an address: what stands after the host.
    fn path_of(address: &str) -> Option<String> {
        let (_, rest) = address.split_once("://")?;
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        Some(format!("/{path}"))
    }

    /// Whether a browser without a script sent a form: its answer is a redirect, which must keep its own status.
    fn is_plain_form() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            parts.method == Method::POST && accepts.contains("text/html")
        })
    }
}
