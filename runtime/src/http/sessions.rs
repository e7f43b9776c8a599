//! Sessions: the notifications that wait in them.

use axum::extract::State;
use oracle_compiler::rule::DeliverAt;
use oracle_vm::value::Text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Service;
use super::auth::Evaluates;
use super::error::{ApiError, Code};
use super::events::check_name;
use super::request::{Asked, Id};
use crate::notify::Notification;
use crate::session::SessionKey;

/// Which notifications are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DrainQuery {
    /// The delivery point; without it, all of them.
    #[param(schema_with = super::openapi::delivery_points)]
    deliver_at: Option<String>,
    /// The session's project; without it, the server's default.
    project_id: Option<String>,
}

/// Notifications, most urgent first, then in firing order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Drained {
    /// What waited; it is handed out once.
    notifications: Vec<Notification>,
}

/// Takes the notifications of a session that wait at a delivery point. An unknown session has none.
#[utoipa::path(get, path = "/api/sessions/{session_id}/notifications", tag = "sessions",
    params(("session_id" = String, Path, description = "the session, percent-encoded"), DrainQuery),
    responses((status = 200, description = "what waited; it waits no more", body = Drained)))]
pub(super) async fn notifications(
    State(service): State<Service>,
    Evaluates(caller): Evaluates,
    Id(id): Id,
    Asked(query): Asked<DrainQuery>,
) -> Result<axum::Json<Drained>, ApiError> {
    let point = query.deliver_at.as_deref().map(delivery_point).transpose()?;
    let project = service.project(query.project_id)?;
    let session = Text::from(id);
    check_name("session_id", &session).map_err(|problem| ApiError::new(Code::BadRequest, problem))?;
    let key = SessionKey { user: caller.user, project, session };
    let drain = move |service: &Service| service.engine().drain(&key, point);
    let notifications = service.beside(drain).await?;
    Ok(axum::Json(Drained { notifications }))
}

fn delivery_point(word: &str) -> Result<DeliverAt, ApiError> {
    DeliverAt::from_word(word).ok_or_else(|| {
        let words = DeliverAt::WORDS.join(", ");
        ApiError::new(Code::BadRequest, format!("`deliver_at` must be one of {words}"))
    })
}
