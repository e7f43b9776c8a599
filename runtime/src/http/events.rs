//! Events: handled in the order in which they come.

use axum::extract::State;
use oracle_vm::value::{Data, Map, Text};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::Service;
use super::auth::{Caller, Evaluates};
use super::body::JsonText;
use super::error::{ApiError, Code};
use super::limits::NAME_BYTES;
use super::request::Asked;
use super::service::now;
use crate::engine::{EventResult, Report};
use crate::event::Event;
use crate::session::SessionKey;

/// Events of one request that are handled on the thread that answers; more would keep others waiting.
const FEW: usize = 32;

/// How much the answer says.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventQuery {
    /// Whether the results list every rule, not only those that matched or failed.
    #[serde(default)]
    all: bool,
}

/// The results in the order of the events; what an event's rules emitted follows it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventResults {
    /// One for each event that was handled.
    results: Vec<EventResult>,
}

/// An event, as the agent reports it.
#[derive(Debug, ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "events are read by the engine; this says what it takes")]
pub(super) struct EventBody {
    /// Its type, such as `agent.turn.start`.
    #[schema(rename = "type", min_length = 1, example = "agent.turn.start")]
    event_type: String,
    /// What names it; the server numbers those that have none.
    id: Option<String>,
    /// Who reported it.
    source: Option<String>,
    /// How severe it is.
    #[schema(schema_with = super::openapi::severities)]
    severity: Option<String>,
    /// When it happened: seconds since 1970, or RFC 3339.
    #[schema(schema_with = super::openapi::time)]
    timestamp: Option<f64>,
    /// The session; `default` where it is left out.
    #[schema(max_length = 256)]
    session_id: Option<String>,
    /// Not believed: an event is always the caller's own.
    user_id: Option<String>,
    /// The project.
    #[schema(max_length = 256)]
    project_id: Option<String>,
    /// What it carries; the known keys of known types are checked.
    #[schema(value_type = Option<Object>)]
    payload: Option<()>,
}

/// One event, or a list.
pub(super) struct EventsBody;

impl PartialSchema for EventsBody {
    fn schema() -> RefOr<Schema> {
        let event = || utoipa::openapi::Ref::from_schema_name("Event");
        let list = ArrayBuilder::new().items(event());
        OneOfBuilder::new().item(event()).item(list).into()
    }
}

impl ToSchema for EventsBody {
    fn name() -> std::borrow::Cow<'static, str> {
        "Events".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("Event".to_owned(), EventBody::schema()));
        EventBody::schemas(schemas);
    }
}

/// Handles events. All of them are read before the first is handled: if one is bad, none is.
#[utoipa::path(post, path = "/api/events", tag = "events", params(EventQuery),
    request_body(content = EventsBody, content_type = "application/json"),
    responses((status = 200, description = "what the rules made of the events", body = EventResults)))]
pub(super) async fn handle(
    State(service): State<Service>,
    Evaluates(caller): Evaluates,
    Asked(query): Asked<EventQuery>,
    JsonText(text): JsonText,
) -> Result<axum::Json<EventResults>, ApiError> {
    let events = read(&service, &caller, &text)?;
    let report = if query.all { Report::All } else { Report::Notable };
    let mut results = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    let mut left = None;
    if events.len() <= FEW {
        for event in events.by_ref() {
            admit(&service, &event)?;
            let (project, before) = (event.project_id.clone(), results.len());
            if let Some(event) = service.engine().handle_at_once(event, report, &mut results) {
                left = Some(event);
                break;
            }
            tell(&service, &caller.user, &project, results.get(before..));
        }
    }
    let rest: Vec<Event> = left.into_iter().chain(events).collect();
    if !rest.is_empty() {
        results = service.beside(move |service| handle_all(service, rest, report, results)).await??;
    }
    Ok(axum::Json(EventResults { results }))
}

fn handle_all(
    service: &Service,
    events: Vec<Event>,
    report: Report,
    mut results: Vec<EventResult>,
) -> Result<Vec<EventResult>, ApiError> {
    for event in events {
        admit(service, &event)?;
        let (user, project, before) = (event.user_id.clone(), event.project_id.clone(), results.len());
        service.engine().handle_into(event, report, &mut results);
        tell(service, &user, &project, results.get(before..));
    }
    Ok(results)
}

/// Tells those who listen.
fn tell(service: &Service, user: &Text, project: &Text, results: Option<&[EventResult]>) {
    service.live.tell(user, project, results.unwrap_or_default(), now());
}

/// Whether the caller may have one more session.
fn admit(service: &Service, event: &Event) -> Result<(), ApiError> {
    let most = service.limits().sessions_per_user;
    if service.engine().has_room_for(&SessionKey::of(event), most) {
        return Ok(());
    }
    Err(ApiError::new(Code::TooMany, format!("you have {most} sessions: end some with `session.end`")))
}

/// The events of a body, made the caller's own.
fn read(service: &Service, caller: &Caller, text: &str) -> Result<Vec<Event>, ApiError> {
    let invalid = |problem: String| ApiError::new(Code::Invalid, problem);
    let body: Data = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    match body {
        Data::Map(map) => Ok(vec![own(service, caller, unshared(map)).map_err(invalid)?]),
        Data::List(items) => {
            let most = service.limits().batch;
            if items.len() > most {
                let count = items.len();
                return Err(ApiError::new(
                    Code::TooLarge,
                    format!("{count} events are more than the {most} of one request: send them in parts"),
                ));
            }
            let events = (0..).zip(items.iter()).map(|(at, item): (usize, &Data)| {
                match item {
                    Data::Map(map) => own(service, caller, Map::clone(map)),
                    _ => Err("an event is an object with a `type`".to_owned()),
                }
                .map_err(|problem| invalid(format!("event {at} (counted from 0): {problem}")))
            });
            events.collect()
        }
        _ => {
            Err(invalid("the body must be an event, an object with a `type`, or a list of events".to_owned()))
        }
    }
}

fn unshared(map: std::sync::Arc<Map>) -> Map {
    std::sync::Arc::unwrap_or_clone(map)
}

fn own(service: &Service, caller: &Caller, map: Map) -> Result<Event, String> {
    let names_project = matches!(map.get("project_id"), Some(Data::Str(_)));
    let mut event = Event::from_map(map).map_err(|error| error.to_string())?;
    event.user_id = caller.user.clone();
    if !names_project {
        event.project_id = service.options().project.clone();
    }
    for (name, text) in [("session_id", &event.session_id), ("project_id", &event.project_id)] {
        check_name(name, text)?;
    }
    Ok(event)
}

/// A name that the caller chose is kept in memory: it is bounded.
pub(super) fn check_name(what: &str, name: &Text) -> Result<(), String> {
    let bytes = name.as_str().len();
    if (1..=NAME_BYTES).contains(&bytes) {
        return Ok(());
    }
    Err(format!("`{what}` must have 1 to {NAME_BYTES} bytes, not {bytes}"))
}
