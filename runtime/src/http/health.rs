//! Whether the server lives, and whether it can work.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Service;
use super::error::{ApiError, Code};
use crate::state::{NO_PLUGIN, Namespace};

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Says that the server lives. Needs no token.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "it lives", body = Health)))]
pub(super) async fn alive() -> axum::Json<Health> {
    axum::Json(Health { status: "ok" })
}

/// Says whether the server can work: rules are loaded, the state can be read, and it is not about
/// to stop. Needs no token.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()),
    responses((status = 200, description = "it can work", body = Health)))]
pub(super) async fn ready(State(service): State<Service>) -> Result<axum::Json<Health>, ApiError> {
    if service.is_stopping() {
        return Err(ApiError::new(Code::NotReady, "the server is about to stop"));
    }
    if let Some(status) = service.options().reloader.as_ref().map(|it| it.status())
        && status.rules == 0
        && !status.is_healthy()
    {
        return Err(ApiError::new(Code::NotReady, "no rule could be loaded: see `/api/reload`"));
    }
    let read = |service: &Service| {
        let namespace = Namespace { user: "".into(), project: "".into(), plugin: NO_PLUGIN.into() };
        service.engine().options().store.get(&namespace, "ready").map(drop)
    };
    if let Err(error) = service.beside(read).await? {
        tracing::error!(%error, "the state cannot be read");
        return Err(ApiError::new(Code::NotReady, "the state cannot be read: the server's log says why"));
    }
    Ok(axum::Json(Health { status: "ok" }))
}
