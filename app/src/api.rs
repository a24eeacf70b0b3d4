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
pub mod document;
pub mod landing;
pub mod library;
pub mod member;
pub mod policy;
pub mod proposal;
pub mod session;
pub mod words;

#[cfg(feature = "ssr")]
pub use guard::{Asked, answered, asked};

#[cfg(feature = "ssr")]
mod guard {
    use std::sync::Arc;

    use axum::http::{Method, StatusCode, header::ACCEPT, request::Parts};
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

    /// Whether a browser without a script sent a form: its answer is a redirect, which must keep its own status.
    fn is_plain_form() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            parts.method == Method::POST && accepts.contains("text/html")
        })
    }
}
