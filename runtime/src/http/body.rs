//! Reading JSON bodies.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::Service;
use super::error::{ApiError, Code};
use super::strict;

/// The text of a JSON body that was checked by [`strict::check`].
#[derive(Debug)]
pub(super) struct JsonText(pub(super) String);

/// A JSON body of a known shape.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

impl FromRequest<Service> for JsonText {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Service) -> Result<JsonText, ApiError> {
        require_json(request.headers())?;
        let limits = service.limits();
        require_room(request.headers(), limits.body_bytes)?;
        let bytes = read(request.into_body(), limits.body_bytes, limits.body_time).await?;
        let text = String::from_utf8(bytes.into()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            ApiError::new(Code::BadJson, format!("the body is not UTF-8: look at byte {at}"))
        })?;
        strict::check(&text).map_err(|problem| {
            ApiError::new(Code::BadJson, format!("the body is not valid JSON: {problem}"))
        })?;
        Ok(JsonText(text))
    }
}

impl<T: DeserializeOwned> FromRequest<Service> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Service) -> Result<Json<T>, ApiError> {
        let JsonText(text) = JsonText::from_request(request, service).await?;
        let invalid = |problem: &dyn std::fmt::Display| {
            ApiError::new(Code::Invalid, format!("the body is not what this call takes: {problem}"))
        };
        // A list of the fields' values would be read as the object otherwise.
        if !text.trim_start().starts_with('{') {
            return Err(invalid(&"it must be an object"));
        }
        serde_json::from_str(&text).map(Json).map_err(|error| invalid(&error))
    }
}

/// A body must say that it is JSON. Pages of other sites can send forms and plain text to a server on the same
/// machine without asking; JSON they cannot.
fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = given.and_then(|it| it.split(';').next()).map(str::trim);
    if essence.is_some_and(|it| it.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(ApiError::new(
        Code::UnsupportedMediaType,
        "the body must be JSON and say so: add the header `content-type: application/json`",
    ))
}

/// A body that says that it is too large is not waited for.
fn require_room(headers: &HeaderMap, most: usize) -> Result<(), ApiError> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > most as u64) { Err(too_large(most)) } else { Ok(()) }
}

fn too_large(most: usize) -> ApiError {
    ApiError::new(Code::TooLarge, format!("the body has more than {most} bytes: send it in parts"))
}

async fn read(body: Body, most: usize, within: Duration) -> Result<Bytes, ApiError> {
    let reading = Limited::new(body, most).collect();
    match tokio::time::timeout(within, reading).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::new(
            Code::TooLarge,
            format!("the body has more than {most} bytes: send it in parts"),
        )),
        Ok(Err(error)) => Err(ApiError::new(Code::BadRequest, format!("the body broke off: {error}"))),
        Err(_) => Err(ApiError::new(
            Code::Timeout,
            format!("the body did not arrive within {} s: send it faster", within.as_secs()),
        )),
    }
}
