//! What may go wrong, in the only shape that crosses the wire: a stable code, a sentence for the person, a request id.

use leptos::{
    prelude::FromServerFnError,
    server_fn::{codec::JsonEncoding, error::ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// An error as a person sees it. It never carries a cause, a path or a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What family it belongs to; decides the HTTP status and the picture on the error page.
    pub kind: ErrorKind,
    /// Stable and kebab-case, so that scripts and people can search for it: `proposal-closed`.
    pub code: String,
    /// What was tried, why not, and what to do: one or two sentences.
    pub message: String,
    /// Finds the request in the log. Empty where no request was made.
    pub request_id: String,
}

/// The families of errors, one per way the page reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The address names nothing, or nothing this viewer may know of.
    NotFound,
    /// Only a signed-in person may do this.
    SignInNeeded,
    /// Signed in, but not allowed.
    NotPermitted,
    /// What was sent cannot be right.
    Invalid,
    /// It was right a moment ago: the proposal closed, the name was taken.
    Conflict,
    /// A limit was reached; later it will work.
    TooMany,
    /// A part of the service is not answering.
    Unavailable,
    /// Our fault.
    Internal,
}

impl ErrorKind {
    /// The HTTP status that says the same.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignInNeeded => 401,
            Self::NotPermitted => 403,
            Self::Invalid => 422,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

impl AppError {
    /// An error of a kind, with its code and sentence.
    pub fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), message: message.into(), request_id: String::new() }
    }

    /// The page, proposal or policy asked for is not here: `what` completes "There is no …".
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            "not-found",
            format!("There is no {what} here. It may have another address, or it may be one that you cannot see."),
        )
    }

    /// Asks the visitor to sign in first.
    pub fn sign_in_needed() -> Self {
        Self::new(ErrorKind::SignInNeeded, "sign-in-needed", "Sign in first, so that we know whose answer this is.")
    }

    /// The same error, findable in the log.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = request_id.into();
        self
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::new(
                ErrorKind::Invalid,
                "form-not-understood",
                "We could not read this form. Reload the page and try again.",
            ),
            ServerFnErrorErr::Request(_) => Self::new(
                ErrorKind::Unavailable,
                "not-reached",
                "We could not reach the server. Check the connection and try again; nothing was sent twice.",
            ),
            _ => Self::new(
                ErrorKind::Internal,
                "internal",
                "Something went wrong on our side. Nothing was changed; try again.",
            ),
        }
    }
}
