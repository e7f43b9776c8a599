//! Reports about the rules as a whole.

use axum::extract::State;
use oracle_vm::hook::Hook;
use serde::Serialize;
use utoipa::ToSchema;

use super::Service;
use super::auth::Manages;
use super::error::ApiError;
use super::page::Page;
use super::request::Asked;

/// Rules that did nothing so far.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NeverFired {
    /// When counting began, in seconds since 1970: when the server started. A reload does not begin anew.
    since: f64,
    /// The rules of this part of the list, by hook.
    rules: Vec<SilentRule>,
    /// How many there are in all parts together.
    total: usize,
}

/// A rule that has not fired, for anybody.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SilentRule {
    /// Qualified id.
    id: String,
    /// The hook at which it runs.
    #[schema(value_type = String)]
    trigger: Hook,
    /// Whether it is on for those who did not choose.
    enabled: bool,
    /// How often its condition held; a limit kept it from firing, or it failed.
    matched: u64,
    /// How often it failed.
    failed: u64,
    /// How many events its hook had.
    events: u64,
}

/// Rules that never fired since the server started: dead, mistaken, or waiting for what never happens.
#[utoipa::path(get, path = "/api/reports/never-fired", tag = "reports", params(Page),
    responses((status = 200, description = "rules that never fired", body = NeverFired)))]
pub(super) async fn never_fired(
    State(service): State<Service>,
    _: Manages,
    Asked(page): Asked<Page>,
) -> Result<axum::Json<NeverFired>, ApiError> {
    let engine = service.engine();
    let rules = engine.rules();
    let mut silent = Vec::new();
    for hook in Hook::all() {
        let events = engine.metrics().hook(hook).map_or(0, |it| it.time.counts().count());
        for rule in rules.of_hook(hook).iter().filter_map(|id| rules.get(*id)) {
            let counts = rule.counts();
            if counts.fired == 0 {
                silent.push(SilentRule {
                    id: rule.spec.id.clone(),
                    trigger: hook,
                    enabled: rule.spec.enabled,
                    matched: counts.matched,
                    failed: counts.failed,
                    events,
                });
            }
        }
    }
    let total = silent.len();
    Ok(axum::Json(NeverFired { since: service.started, rules: page.of(silent), total }))
}
