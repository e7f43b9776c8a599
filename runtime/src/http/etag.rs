//! Marks of what was read, so that a change made in between is not overwritten.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Service;
use super::error::{ApiError, Code};

/// A value whose answer carries its mark.
#[derive(Debug)]
pub(super) struct Tagged<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = tag(&self.0);
        let mut response = axum::Json(self.0).into_response();
        if let Ok(value) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response
    }
}

/// The mark of a value: the same for equal values.
fn tag(value: &impl Serialize) -> String {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(value).unwrap_or_default().hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// Refuses a change where the caller saw another value than the current one.
fn require_match(headers: &HeaderMap, current: &impl Serialize) -> Result<(), ApiError> {
    let Some(wanted) = headers.get(header::IF_MATCH) else { return Ok(()) };
    let wanted = wanted
        .to_str()
        .map_err(|_| ApiError::new(Code::BadRequest, "`if-match` must hold an etag: send the one you got"))?;
    let current = tag(current);
    let matches = |it: &str| it == "*" || it == current;
    if wanted.split(',').map(str::trim).any(matches) {
        return Ok(());
    }
    Err(ApiError::new(Code::Conflict, "it was changed since you read it: read it again, then decide"))
}

/// Changes what `read` reads, where it is still as the caller saw it; what it is then. Nothing else is changed
/// meanwhile.
pub(super) fn change<T: Serialize>(
    service: &Service,
    headers: &HeaderMap,
    read: impl Fn(&Service) -> Result<T, ApiError>,
    set: impl FnOnce(&Service) -> Result<(), ApiError>,
) -> Result<T, ApiError> {
    let _edit = service.edit();
    require_match(headers, &read(service)?)?;
    set(service)?;
    read(service)
}
