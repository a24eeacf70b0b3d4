//! Why the pipeline refused, as the interface says it: status, code, field, and what to do.

use axum::http::StatusCode;
use types::text::TextError;

use crate::pipeline::safeguards::StopError;
use crate::pipeline::{AdmitError, AttemptError, CastError, DelegateError, FoundError, WithdrawError};
use crate::simulate::SimulateError;
use crate::web::error::ApiError;

/// A text that breaks its rule.
pub fn text(error: &TextError, field: &str) -> ApiError {
    ApiError::invalid("invalid-field", error.to_string()).at(field)
}

/// An action type that nobody knows.
pub fn unknown_type(given: &str) -> ApiError {
    let shown: String = given.chars().take(80).collect();
    ApiError::invalid(
        "unknown-action-type",
        format!("there is no action type '{shown}': write platform.verb, such as board.post_message"),
    )
    .at("type")
}

/// Why a community was not founded.
pub fn found(error: FoundError) -> ApiError {
    let said = error.to_string();
    match error {
        FoundError::SlugTaken(_) => ApiError::conflict("slug-taken", said).at("slug"),
        FoundError::BadName(_) => ApiError::invalid("invalid-field", said).at("name"),
        FoundError::Kit(kit) => kit_refusal(&kit, said),
        FoundError::Store(store) => store.into(),
    }
}

/// Why a kit cannot be used.
fn kit_refusal(error: &crate::kits::KitError, said: String) -> ApiError {
    let is_unknown = matches!(error, crate::kits::KitError::Unknown(..));
    if is_unknown {
        ApiError::invalid("unknown-starter-kit", said).at("starter_kit")
    } else {
        ApiError::invalid("invalid-settings", said).at("settings")
    }
}

/// Why an attempt was not accepted.
pub fn attempt(error: AttemptError) -> ApiError {
    let said = error.to_string();
    match error {
        AttemptError::UnknownType(kind) => unknown_type(kind.as_str()),
        AttemptError::BadPayload(problem) => {
            let field = problem.field().map_or("payload".to_owned(), |name| format!("payload.{name}"));
            ApiError::invalid("bad-payload", said).at(field)
        }
        AttemptError::Refused(refusal) => ApiError::invalid(refusal.code, said).at("payload"),
        AttemptError::BadDraft(_) => ApiError::invalid("bad-policy", said).at("payload"),
        AttemptError::BadPolicy(_) => ApiError::invalid("policy-does-not-parse", said).at("payload.source"),
        AttemptError::TooLarge { .. } => ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", said).at("payload"),
        AttemptError::InPart { at, problem } => {
            let inner = attempt(*problem);
            // A stage's source stands in the stage; an action's fields stand in its payload.
            let inner_field = inner.field.as_deref().map(|field| match at.starts_with("stages") {
                true => field.trim_start_matches("payload."),
                false => field,
            });
            let field = match inner_field {
                Some("type") => format!("payload.{at}.type"),
                Some(field) => format!("payload.{at}.{field}"),
                None => format!("payload.{at}"),
            };
            ApiError { message: said, ..inner }.at(field)
        }
        AttemptError::NotAMember => ApiError::invalid("unknown-initiator", said).at("initiator"),
        AttemptError::Unfit { field, .. } => ApiError::invalid("invalid-field", said).at(field),
        AttemptError::RecoveryOpen => ApiError::conflict("recovery-open", said),
        AttemptError::NoCommunity => ApiError::not_found("community"),
        AttemptError::Store(store) => store.into(),
    }
}

/// Why somebody was not admitted.
pub fn admit(error: AdmitError) -> ApiError {
    let said = error.to_string();
    match error {
        AdmitError::HandleTaken(_) => ApiError::conflict("handle-taken", said).at("handle"),
        AdmitError::UnknownRole(..) => ApiError::invalid("unknown-role", said).at("roles"),
        AdmitError::BadName(_) => ApiError::invalid("invalid-field", said).at("display_name"),
        AdmitError::Store(store) => store.into(),
    }
}

/// Why an action was not withdrawn.
pub fn withdraw(error: WithdrawError) -> ApiError {
    let said = error.to_string();
    match error {
        WithdrawError::NoAction => ApiError::not_found("action"),
        WithdrawError::Decided => ApiError::conflict("decided", said),
        WithdrawError::NotTheirs(_) => ApiError::forbidden("not-yours", said).at("member"),
        WithdrawError::HasBallots(_) => ApiError::conflict("has-ballots", said),
        WithdrawError::InCombination => ApiError::conflict("in-combination", said),
        WithdrawError::ReasonTooLong(_) => ApiError::invalid("too-long", said).at("reason"),
        WithdrawError::Store(store) => store.into(),
    }
}

/// Why a voice was not given, or not taken back.
pub fn delegate(error: DelegateError) -> ApiError {
    let said = error.to_string();
    match error {
        DelegateError::NoCommunity => ApiError::not_found("community"),
        DelegateError::NotAVoter(_) => ApiError::invalid("not-a-voter", said).at("to"),
        DelegateError::NoWeight(_) => ApiError::invalid("no-weight", said).at("scope"),
        DelegateError::BadScope(_) => ApiError::invalid("invalid-field", said).at("scope"),
        DelegateError::Expired => ApiError::invalid("invalid-field", said).at("expires_at"),
        DelegateError::NotGiven => ApiError::conflict("not-given", said),
        DelegateError::Store(store) => store.into(),
    }
}

/// Why a ballot was not counted.
pub fn cast(error: CastError) -> ApiError {
    let said = error.to_string();
    match error {
        CastError::NoProposal => ApiError::not_found("proposal"),
        CastError::NotAMember => ApiError::forbidden("not-a-member", said).at("member"),
        CastError::NotEligible(_) => ApiError::forbidden("not-eligible", said).at("member"),
        CastError::Closed(_) => ApiError::conflict("vote-closed", said),
        CastError::BadBallot(_) => ApiError::invalid("bad-ballot", said).at("value"),
        CastError::ReasonTooLong(_) => ApiError::invalid("too-long", said).at("reason"),
        CastError::AlreadyVoted => ApiError::conflict("already-voted", said),
        CastError::NoBallot => ApiError::conflict("no-ballot", said),
        CastError::Store(store) => store.into(),
    }
}

/// Why a scenario was not played.
pub fn simulate(error: SimulateError) -> ApiError {
    let said = error.to_string();
    match error {
        SimulateError::UnknownMember { place, .. } => ApiError::invalid("unknown-member", said).at(place),
        SimulateError::UnknownRole { place, .. } => ApiError::invalid("unknown-role", said).at(place),
        SimulateError::BadBallot { place, .. } => ApiError::invalid("bad-ballot", said).at(place),
        SimulateError::NotCovered { .. } => ApiError::invalid("not-covered", said).at("policy.action_types"),
        SimulateError::TooManyEvents(_) => ApiError::invalid("too-many-events", said).at("events"),
        SimulateError::BadInput { field, .. } => ApiError::invalid(input_code(&field, &said), said).at(field),
        SimulateError::Spent { seconds } => {
            let mut error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too-many-simulations", said);
            error.retry_after = Some(seconds);
            error
        }
        SimulateError::Unavailable(cause) => ApiError::unavailable(cause),
    }
}

/// The code of an input that is not what it should be.
fn input_code(field: &str, said: &str) -> &'static str {
    match field {
        "action.type" => "unknown-action-type",
        "policy" if !said.contains("at least `source`") => "bad-policy",
        field if field.starts_with("members[") => "taken",
        _ => "invalid-field",
    }
}

/// Why nothing was said in a discussion.
pub fn discussion(error: crate::discussion::DiscussionError) -> ApiError {
    use crate::discussion::DiscussionError as Error;
    let (said, code) = (error.to_string(), error.code());
    match error {
        Error::NoComment => ApiError::not_found("comment"),
        Error::NotYours | Error::NotAModerator => ApiError::forbidden(code, said),
        Error::TooMany => ApiError::conflict(code, said),
        Error::Empty | Error::TooLong(_) => ApiError::invalid(code, said).at("text"),
        Error::BadSide(_) => ApiError::invalid(code, said).at("side"),
        Error::BadReaction(_) => ApiError::invalid(code, said).at("emoji"),
        Error::NoReason | Error::ReasonTooLong(_) => ApiError::invalid(code, said).at("reason"),
        Error::Store(store) => store.into(),
    }
}

/// Why an action was not stopped.
pub fn stop(error: StopError) -> ApiError {
    let said = error.to_string();
    match error {
        StopError::NoAction => ApiError::not_found("action"),
        StopError::NotNow(_) => ApiError::conflict("too-late", said),
        StopError::NotEntitled(_) => ApiError::forbidden("not-entitled", said).at("member"),
        StopError::NoReason => ApiError::invalid("invalid-field", said).at("reason"),
        StopError::Store(store) => store.into(),
    }
}
