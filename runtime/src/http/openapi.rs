//! The OpenAPI document, made from the handlers and the table of errors.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use oracle_compiler::rule::DeliverAt;
use oracle_vm::hook::Hook;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::Service;
use super::error::{ERRORS, ErrorBody};
use super::{
    events, executions, health, metrics, params, plugins, reload, reports, rules, sessions, stream, trial,
};
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
        plugins::list, plugins::detail, plugins::settings, plugins::set_settings, plugins::state,
        plugins::clear_state, events::handle, sessions::notifications, stream::open, executions::list, reload::show, reload::run, reports::never_fired,
        health::alive, health::ready, metrics::show, show,
    ),
    components(schemas(ErrorBody)),
    security(("bearer" = [])),
    modifiers(&Names, &Errors, &Bearer),
)]
struct Document;

/// The OpenAPI document of the API, as a server describes itself that asks for tokens, or one that does not.
pub fn document(needs_tokens: bool) -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    if !needs_tokens {
        document.security = None;
        if let Some(components) = &mut document.components {
            components.security_schemes.clear();
        }
        for operation in document.paths.paths.values_mut().flat_map(operations) {
            operation.security = None;
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// This document. Needs no token.
#[utoipa::path(get, path = "/openapi.json", tag = "about", security(()),
    responses((status = 200, description = "the OpenAPI document", content_type = "application/json",
        body = Object)))]
pub(super) async fn show(State(service): State<Service>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], service.document.clone())
}

/// Names every call after its method and path.
struct Names;

impl Modify for Names {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let path = path.trim_start_matches("/api").replace(['{', '}'], "").replace(['-', '.'], "_");
            let path = path.replace("/rule_id", "/by_rule_id").replace("/session_id", "/by_session_id");
            let path = path.replace("/plugin_id", "/by_plugin_id").replace('/', "_");
            let methods = [("get", &mut item.get), ("put", &mut item.put), ("post", &mut item.post)];
            for (method, operation) in methods.into_iter().chain([("delete", &mut item.delete)]) {
                if let Some(operation) = operation {
                    operation.operation_id = Some(format!("{method}{path}"));
                }
            }
        }
    }
}

/// Adds what every call can answer beside its own answers.
struct Errors;

impl Modify for Errors {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.paths.paths.values_mut().flat_map(operations).for_each(add_errors);
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
