//! How calls fail, for the description of the interface. Handlers answer with [`ApiError`](crate::web::error::ApiError).
#![expect(dead_code, reason = "these only describe: utoipa reads the variants, nobody makes them")]

use utoipa::IntoResponses;

use crate::web::error::ErrorBody;

/// How any call may fail.
#[derive(IntoResponses)]
pub enum Anytime {
    /// No token, or one that is not known
    #[response(status = 401)]
    Unauthenticated(ErrorBody),
    /// Known, but not allowed
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// Nothing of this address, or nothing that the caller may know of
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// A query parameter that cannot be used
    #[response(status = 422)]
    Unprocessable(ErrorBody),
    /// Too many requests; see Retry-After
    #[response(status = 429)]
    TooMany(ErrorBody),
    /// A failure of ours, under its request_id in the log
    #[response(status = 500)]
    Internal(ErrorBody),
    /// A part of the service is not answering; try again
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// How a call with a body may fail besides.
#[derive(IntoResponses)]
pub enum WithBody {
    /// The body is not JSON; the message says where
    #[response(status = 400)]
    Malformed(ErrorBody),
    /// It collides with how things stand
    #[response(status = 409)]
    Conflict(ErrorBody),
    /// The body is too large
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The body is not declared as application/json
    #[response(status = 415)]
    UnsupportedMediaType(ErrorBody),
}
