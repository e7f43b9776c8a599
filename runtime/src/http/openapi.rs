//! The OpenAPI document, made from the handlers and the table of errors.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use oracle_compiler::rule::DeliverAt;
use oracle_vm::hook::Hook;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::error::{ERRORS, ErrorBody};
use super::{events, health, metrics, params, reports, rules, sessions, stream, trial};
use crate::event::Severity;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Oracle",
        description = "Rules for AI agents: events in, notifications out. \
            Every call acts on the caller's own settings, sessions and state.",
    ),
    paths(
        rules::list, rules::detail, rules::toggle, trial::run, params::show, params::set,
        events::handle, sessions::notifications, stream::open, reports::never_fired,
        health::alive, health::ready, metrics::show, show,
    ),
    components(schemas(ErrorBody)),
    security(("bearer" = [])),
    modifiers(&Errors, &Bearer),
)]
struct Document;

static TEXT: LazyLock<String> =
    LazyLock::new(|| document().to_pretty_json().unwrap_or_else(|error| error.to_string()));

/// The OpenAPI document of the API.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// This document. Needs no token.
#[utoipa::path(get, path = "/openapi.json", tag = "about", security(()),
    responses((status = 200, description = "the OpenAPI document", content_type = "application/json",
        body = Object)))]
pub(super) async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str())
}

/// Adds what every call can answer beside its own answers.
struct Errors;

impl Modify for Errors {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
            operations.into_iter().flatten().for_each(add_errors);
        }
    }
}

fn add_errors(operation: &mut Operation) {
    let mut statuses: Vec<u16> = ERRORS.iter().map(|(_, _, status, _)| *status).collect();
    statuses.dedup();
    for status in statuses {
        let meanings = ERRORS.iter().filter(|(_, _, it, _)| *it == status);
        let lines: Vec<String> =
            meanings.map(|(_, word, _, doc)| format!("`{word}`: {}", doc.trim())).collect();
        let response = ResponseBuilder::new()
            .description(lines.join(" "))
            .content("application/json", Content::new(Some(Ref::from_schema_name("ErrorBody"))))
            .build();
        operation.responses.responses.entry(status.to_string()).or_insert(response.into());
    }
}

/// Says how callers name themselves.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description =
            Some("a token of the configuration, or an HS256 JWT whose `sub` is the user".to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn words(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

/// The names of the hooks.
pub(super) fn hooks() -> Object {
    words(Hook::all().map(Hook::name))
}

/// The delivery points.
pub(super) fn delivery_points() -> Object {
    words(DeliverAt::WORDS.iter().copied())
}

/// The severities.
pub(super) fn severities() -> Object {
    words(Severity::ALL.map(Severity::word))
}

/// A point in time.
pub(super) fn time() -> Schema {
    let seconds = ObjectBuilder::new().schema_type(Type::Number);
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)));
    OneOfBuilder::new().item(seconds).item(text).into()
}
