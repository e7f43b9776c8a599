//! The execution log: what rules did in the caller's sessions.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Service;
use super::auth::Reads;
use super::error::{ApiError, Code};
use super::page::Page;
use super::request::Asked;
use crate::state::{Execution, ExecutionQuery};

/// Executions that are listed where the caller does not say how many.
const USUAL: u32 = 100;
/// Executions that are listed at most.
const MOST: u32 = 10_000;

/// Which executions are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecutionsQuery {
    /// Those of a rule, by qualified id.
    rule_id: Option<String>,
    /// Those of a project.
    project_id: Option<String>,
    /// Those of a session.
    session_id: Option<String>,
    /// Not before this time: seconds since 1970, or RFC 3339.
    #[param(schema_with = super::openapi::time)]
    since: Option<String>,
    /// The most items, 100 where it is left out and 10,000 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    limit: Option<u32>,
    /// How many items to pass over.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    offset: Option<u32>,
}

/// Executions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Executions {
    /// One for each rule that matched or failed at an event.
    #[schema(value_type = Vec<ExecutionBody>)]
    executions: Vec<Execution>,
}

/// What became of one rule at one event.
#[derive(ToSchema)]
#[schema(as = Execution)]
#[expect(dead_code, reason = "executions are made by the engine; this says what they hold")]
pub(super) struct ExecutionBody {
    /// When it was recorded, in seconds since 1970.
    at: f64,
    /// The rule, by qualified id.
    rule_id: String,
    /// Where it ran.
    hook: String,
    /// The user.
    user_id: String,
    /// The project.
    project_id: String,
    /// The session.
    session_id: String,
    /// The event.
    event_id: String,
    /// Whether the condition held.
    matched: bool,
    /// Whether the actions ran.
    fired: bool,
    /// The limit that held the rule back.
    #[schema(required)]
    held: Option<String>,
    /// The types of the actions that ran, in order.
    actions: Vec<String>,
    /// Why the rule failed.
    #[schema(required)]
    error: Option<crate::error::RuleError>,
    /// Microseconds that the rule took.
    time_us: f64,
}

/// Lists what rules did in the caller's sessions, newest first.
#[utoipa::path(get, path = "/api/executions", tag = "executions", params(ExecutionsQuery),
    responses((status = 200, description = "executions, newest first", body = Executions)))]
pub(super) async fn list(
    State(service): State<Service>,
    Reads(caller): Reads,
    Asked(query): Asked<ExecutionsQuery>,
) -> Result<axum::Json<Executions>, ApiError> {
    let since = query.since.as_deref().map(since).transpose()?;
    let limit = query.limit.unwrap_or(USUAL).min(MOST);
    let page = Page { limit: Some(limit), offset: query.offset };
    let end = u64::from(limit).saturating_add(u64::from(query.offset.unwrap_or(0)));
    let query = ExecutionQuery {
        user_id: Some(caller.user.as_str().to_owned()),
        project_id: query.project_id,
        session_id: query.session_id,
        rule_id: query.rule_id,
        since,
        limit: Some(usize::try_from(end).unwrap_or(usize::MAX)),
    };
    let read = move |service: &Service| match &service.engine().options().executions {
        Some(log) => log.query(&query),
        None => service.engine().options().store.executions(&query),
    };
    let found = service.beside(read).await??;
    Ok(axum::Json(Executions { executions: page.of(found) }))
}

/// Seconds since 1970.
fn since(text: &str) -> Result<f64, ApiError> {
    let number = text.parse::<f64>().ok().filter(|it| it.is_finite());
    number.or_else(|| crate::input::parse_rfc3339(text)).ok_or_else(|| {
        ApiError::new(
            Code::BadRequest,
            "`since` must be seconds since 1970, or a time such as `2025-12-24T10:00:00Z`",
        )
    })
}
