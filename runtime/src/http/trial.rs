//! Trying a rule: what it would do, and nothing of it done.

use axum::extract::State;
use oracle_vm::value::Map;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Service;
use super::auth::Evaluates;
use super::body::Json;
use super::error::{ApiError, Code};
use super::request::Id;
use super::rules::find;
use crate::action::Prepared;
use crate::context::Context;
use crate::engine::TracedPart;
use crate::error::RuleError;

/// What the rule is tried with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default, expecting = "an object with the key `context_override`")]
pub(super) struct TrialRequest {
    /// The context: the nested tree, the names `turn_number`, `token_usage`, `context_usage` and `iteration_count`,
    /// or both. What it leaves out is what an empty session has.
    #[schema(value_type = Option<Object>, example = json!({"turn": {"token_usage": 0.9}}))]
    context_override: Option<Value>,
}

/// What the rule would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrialResult {
    /// Whether its condition held.
    condition_result: bool,
    /// Whether its actions would run. Limits do not count.
    action_would_execute: bool,
    /// Milliseconds that the condition took.
    evaluation_time_ms: f64,
    /// Why the condition or an action failed.
    #[schema(required)]
    error: Option<RuleError>,
    /// The parts of the condition with their values, each evaluated by itself, from the whole to the names in it.
    trace: Vec<TracedPart>,
    /// The actions with their templates rendered, in order.
    #[schema(value_type = Vec<Object>)]
    rendered: Vec<Prepared>,
}

/// Evaluates a rule against a given context with the caller's params, and changes nothing.
#[utoipa::path(post, path = "/api/rules/{rule_id}/test", tag = "rules", request_body = TrialRequest,
    params(("rule_id" = String, Path, description = "qualified id, percent-encoded")),
    responses((status = 200, description = "what the rule would do", body = TrialResult)))]
pub(super) async fn run(
    State(service): State<Service>,
    Evaluates(caller): Evaluates,
    Id(id): Id,
    Json(request): Json<TrialRequest>,
) -> Result<axum::Json<TrialResult>, ApiError> {
    let run = move |service: &Service| {
        let view = service.engine().view(&caller.user);
        let (rule_id, rule) = find(&view, &id)?;
        let given = request.context_override.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let context = Context::from_override(&given, Some(rule.spec.hook))
            .map_err(|error| ApiError::new(Code::Invalid, error.to_string()))?;
        let params = view.params(rule_id).unwrap_or_default();
        let params: Map = params.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let settings = rule.spec.plugin.as_deref().and_then(|id| view.settings(id)).unwrap_or_default();
        let settings: Map = settings.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let trace = view.rules().trace(rule_id, &context, &params, &settings);
        let trial = view.rules().try_rule_within(
            rule_id,
            &context,
            &params,
            &settings,
            &service.engine().options().scripts,
        )?;
        Ok(axum::Json(TrialResult {
            condition_result: trial.matched,
            action_would_execute: trial.matched && trial.error.is_none(),
            evaluation_time_ms: trial.time_us / 1000.0,
            error: trial.error,
            trace,
            rendered: trial.rendered,
        }))
    };
    service.beside(run).await?
}
