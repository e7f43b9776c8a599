//! Reading paths and queries, with refusals in our own form.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::{ApiError, Code};

/// What the reader of queries says before it says what is wrong.
const QUERY_REFUSED: &str = "Failed to deserialize query string: ";

/// The id in a path, percent-decoded.
#[derive(Debug)]
pub(super) struct Id(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id, ApiError> {
        let refuse = |error: axum::extract::rejection::PathRejection| {
            ApiError::new(Code::BadRequest, format!("the path cannot be read: {}", error.body_text()))
        };
        Path::from_request_parts(parts, state).await.map(|Path(id)| Id(id)).map_err(refuse)
    }
}

/// The query of a call.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, ApiError> {
        let refuse = |error: axum::extract::rejection::QueryRejection| {
            let text = error.body_text();
            let why = text.strip_prefix(QUERY_REFUSED).unwrap_or(&text);
            ApiError::new(Code::BadRequest, format!("the query cannot be read: {why}"))
        };
        Query::from_request_parts(parts, state).await.map(|Query(asked)| Asked(asked)).map_err(refuse)
    }
}
