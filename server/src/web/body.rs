//! What comes in with a request of a program, or a refusal that says where it went wrong.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::error::ApiError;

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if !is_json(&request) {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "send the body as Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| unread(&rejection))?;
        read(&bytes).map(Self)
    }
}

/// The body as bytes, as large as the route takes: for hooks, whose signature covers the bytes.
#[derive(Clone, Debug)]
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| unread(&rejection))
    }
}

fn unread(rejection: &BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is larger than this address takes")
        }
        _ => ApiError::new(StatusCode::BAD_REQUEST, "body-not-read", "the body did not arrive whole; send it again"),
    }
}

/// Reads JSON, or says where it stops being what is expected.
///
/// # Errors
/// 400 `malformed-json` with line and column; 422 with the field and what belongs there.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        misread(error.into_inner(), &path)
    })?;
    deserializer.end().map_err(|error| misread(error, "."))?;
    Ok(value)
}

fn misread(error: serde_json::Error, path: &str) -> ApiError {
    if error.classify() != Category::Data {
        let what = match error.classify() {
            Category::Eof => "the body ends in the middle".to_owned(),
            _ => strip_place(&error.to_string()),
        };
        let (line, column) = (error.line(), error.column());
        return ApiError::new(
            StatusCode::BAD_REQUEST,
            "malformed-json",
            format!("the body is not JSON: {what} (line {line}, column {column})"),
        );
    }
    let said = strip_place(&error.to_string());
    let code = if said.starts_with("unknown field") {
        "unknown-field"
    } else if said.starts_with("missing field") {
        "missing-field"
    } else {
        "invalid-field"
    };
    let refusal = ApiError::invalid(code, said.clone());
    match field_of(path, &said) {
        Some(field) => refusal.at(field),
        None => refusal,
    }
}

/// The field that an error is about: the path, and for unknown and missing fields the name that the error quotes.
fn field_of(path: &str, said: &str) -> Option<String> {
    let quoted = (said.starts_with("unknown field") || said.starts_with("missing field"))
        .then(|| said.split('`').nth(1))
        .flatten();
    match (path, quoted) {
        ("." | "", quoted) => quoted.map(str::to_owned),
        (path, Some(name)) if path == name || path.ends_with(&format!(".{name}")) => Some(path.to_owned()),
        (path, Some(name)) => Some(format!("{path}.{name}")),
        (path, None) => Some(path.to_owned()),
    }
}

/// The error without serde_json's " at line 1 column 2", which we say ourselves.
fn strip_place(said: &str) -> String {
    said.rsplit_once(" at line ").map_or(said, |(before, _)| before).to_owned()
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// The query of an address.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(query)| Self(query)).map_err(
            |rejection| {
                ApiError::invalid("invalid-query", format!("the query cannot be used: {}", rejection.body_text()))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "inner")]
        _inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "count")]
        _count: u8,
    }

    #[test]
    fn a_refusal_says_where() {
        let refusal = |text: &str| read::<Outer>(text.as_bytes()).unwrap_err();
        let error = refusal("{\"inner\":\n{\"count\": }}");
        assert_eq!((error.status.as_u16(), error.code), (400, "malformed-json"));
        assert!(error.message.contains("line 2, column 11"), "{}", error.message);

        let error = refusal(r#"{"inner":{"count":"x"}}"#);
        assert_eq!(
            (error.status.as_u16(), error.code, error.field.as_deref()),
            (422, "invalid-field", Some("inner.count"))
        );
        let error = refusal(r#"{"inner":{"count":1,"more":2}}"#);
        assert_eq!((error.code, error.field.as_deref()), ("unknown-field", Some("inner.more")));
        let error = refusal(r#"{"inner":{}}"#);
        assert_eq!((error.code, error.field.as_deref()), ("missing-field", Some("inner.count")));
        assert_eq!(refusal(r#"{"inner":{"count":1}} x"#).code, "malformed-json");
        assert_eq!(refusal("").code, "malformed-json");
    }
}
