//! The params of a rule, as the caller set them.

use axum::extract::State;
use axum::http::HeaderMap;
use oracle_vm::value::{Map, Text};

use super::Service;
use super::auth::{Manages, Reads};
use super::body::JsonText;
use super::error::{ApiError, Code};
use super::etag::{Tagged, change};
use super::request::Id;
use super::rules::find;
use super::wire::{Values, values};
use crate::input::map_from_text;

/// The values of a rule's params that are in force for the caller.
#[utoipa::path(get, path = "/api/rules/{rule_id}/params", tag = "rules",
    params(("rule_id" = String, Path, description = "qualified id, percent-encoded")),
    responses((status = 200, description = "values by name; the `etag` is for `if-match` of a change",
        body = serde_json::Map<String, serde_json::Value>, headers(("etag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Reads(caller): Reads,
    Id(id): Id,
) -> Result<Tagged<Values>, ApiError> {
    current(&service, &caller.user, &id).map(Tagged)
}

/// Sets the caller's params of a rule, from the next event on; those that are left out get their defaults.
#[utoipa::path(put, path = "/api/rules/{rule_id}/params", tag = "rules",
    request_body = serde_json::Map<String, serde_json::Value>,
    params(("rule_id" = String, Path, description = "qualified id, percent-encoded"),
        ("if-match" = Option<String>, Header, description = "the `etag` of the values as they were read")),
    responses((status = 200, description = "the values that are in force now",
        body = serde_json::Map<String, serde_json::Value>, headers(("etag" = String)))))]
pub(super) async fn set(
    State(service): State<Service>,
    Manages(caller): Manages,
    Id(id): Id,
    headers: HeaderMap,
    JsonText(text): JsonText,
) -> Result<Tagged<Values>, ApiError> {
    let params = given(&text, "params")?;
    let set = move |service: &Service| {
        let read = |service: &Service| current(service, &caller.user, &id);
        change(service, &headers, read, |service| {
            service.engine().set_params(caller.user.as_str(), &id, params)?;
            tracing::info!(user = caller.user.as_str(), rule = id, "params set");
            Ok(())
        })
    };
    service.beside(set).await?.map(Tagged)
}

/// The values in a body.
pub(super) fn given(text: &str, root: &str) -> Result<Map, ApiError> {
    map_from_text(text, root).map_err(|error| ApiError::new(Code::Invalid, error.to_string()))
}

fn current(service: &Service, user: &Text, id: &str) -> Result<Values, ApiError> {
    let view = service.engine().view(user);
    let (rule, _) = find(&view, id)?;
    Ok(values(view.params(rule).unwrap_or_default()))
}
