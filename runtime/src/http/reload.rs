//! Loading rules and plugins again, and what became of it.

use std::time::UNIX_EPOCH;

use axum::extract::State;
use oracle_compiler::diag::render::json::{JsonDiagnostic, diagnostics};
use serde::Serialize;
use utoipa::ToSchema;

use super::Service;
use super::auth::{Manages, Reads};
use super::error::{ApiError, Code};
use crate::reload::{ReloadStatus, Reloader};

/// The rules as they are in force, and what is wrong with their files.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoadState {
    /// How many loads found something changed; from 1.
    generation: u64,
    /// When the last one was, in seconds since 1970.
    at: f64,
    /// Milliseconds that it took.
    took_ms: f64,
    /// Whether every file is in force as it is on the disk.
    healthy: bool,
    /// Rules in force.
    rules: usize,
    /// Plugins.
    plugins: usize,
    /// Files that gave no rule.
    left_out: Vec<String>,
    /// Files that are bad now and whose last good version is in force.
    stale: Vec<String>,
    /// Why the rules as a whole could not be put in force; then the ones before stay.
    #[schema(required)]
    failure: Option<String>,
    /// What is wrong or doubtful, with file, line and column.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<JsonDiagnostic>,
}

impl From<&ReloadStatus> for LoadState {
    fn from(status: &ReloadStatus) -> LoadState {
        LoadState {
            generation: status.generation,
            at: status.at.duration_since(UNIX_EPOCH).map_or(0.0, |it| it.as_secs_f64()),
            took_ms: status.took.as_secs_f64() * 1000.0,
            healthy: status.is_healthy(),
            rules: status.rules,
            plugins: status.plugins,
            left_out: status.left_out.clone(),
            stale: status.stale.clone(),
            failure: status.failure.clone(),
            diagnostics: diagnostics(&status.diagnostics, &status.sources),
        }
    }
}

/// What became of the last load.
#[utoipa::path(get, path = "/api/reload", tag = "reload",
    responses((status = 200, description = "the rules in force, and what is wrong with their files",
        body = LoadState)))]
pub(super) async fn show(
    State(service): State<Service>,
    _: Reads,
) -> Result<axum::Json<LoadState>, ApiError> {
    let status = reloader(&service)?.status();
    Ok(axum::Json(LoadState::from(&*status)))
}

/// Reads every rule and plugin again and puts in force what changed. A file that is bad keeps its last good version.
#[utoipa::path(post, path = "/api/reload", tag = "reload",
    responses((status = 200, description = "the rules in force, and what is wrong with their files",
        body = LoadState)))]
pub(super) async fn run(
    State(service): State<Service>,
    Manages(caller): Manages,
) -> Result<axum::Json<LoadState>, ApiError> {
    reloader(&service)?;
    let reload = move |service: &Service| {
        tracing::info!(user = caller.user.as_str(), "reload");
        reloader(service).map(Reloader::reload)
    };
    let status = service.beside(reload).await??;
    Ok(axum::Json(LoadState::from(&*status)))
}

fn reloader(service: &Service) -> Result<&Reloader, ApiError> {
    let reloader = service.options().reloader.as_deref();
    reloader.ok_or_else(|| ApiError::new(Code::NotFound, "the rules of this server come from its host"))
}
