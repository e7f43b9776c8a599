//! Rules: what there is, and switching them on and off.

use axum::extract::State;
use axum::http::HeaderMap;
use oracle_compiler::rule::{Condition, LimitSpec};
use oracle_vm::hook::Hook;
use oracle_vm::ids::RuleId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Service;
use super::auth::{Manages, Reads};
use super::body::Json;
use super::error::{ApiError, Code};
use super::etag::{Tagged, change};
use super::page::Page;
use super::request::{Asked, Id};
use super::wire::{Settable, action};
use crate::engine::{Rule, View};

/// A rule in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleInfo {
    /// Qualified id: `plugin:rule`, or `rule` outside plugins.
    id: String,
    /// What people call it.
    name: String,
    /// What it is for.
    description: String,
    /// The hook at which it runs.
    #[schema(value_type = String)]
    trigger: Hook,
    /// Whether it is on for the caller.
    enabled: bool,
    /// Whether it cannot be switched off.
    core: bool,
    /// 1 to 1000; higher runs earlier.
    priority: u16,
    /// The plugin that it is part of.
    #[schema(required)]
    plugin_id: Option<String>,
}

/// Everything about a rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleDetail {
    #[serde(flatten)]
    #[schema(inline)]
    info: RuleInfo,
    /// Its semantic version.
    version: String,
    /// Its condition as written, where it is an expression.
    #[schema(required)]
    condition: Option<String>,
    /// The path of its script as written, where it has one.
    #[schema(required)]
    script: Option<String>,
    /// What it does: an action with its `type` and fields, or a list of several.
    #[schema(value_type = Value)]
    action: Value,
    /// What may be set.
    params: Vec<Settable>,
    /// What holds it back; only what its file says.
    #[schema(schema_with = super::wire::values_schema)]
    limits: Value,
    /// The file that it comes from.
    source_path: String,
}

/// Rules in firing order, hook by hook.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleList {
    /// The rules of this part of the list.
    rules: Vec<RuleInfo>,
    /// How many there are in all parts together.
    total: usize,
}

/// Which rules are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleQuery {
    /// Those of a plugin.
    plugin_id: Option<String>,
    /// Those of a hook.
    #[param(schema_with = super::openapi::hooks)]
    trigger: Option<String>,
    /// Those that are on for the caller.
    #[serde(default)]
    enabled_only: bool,
    /// The most items; without it, all.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    limit: Option<u32>,
    /// How many items to pass over.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    offset: Option<u32>,
}

/// Whether a rule is to be on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with the key `enabled`")]
pub(super) struct Toggle {
    /// On or off.
    enabled: bool,
}

/// Lists rules.
#[utoipa::path(get, path = "/api/rules", tag = "rules", params(RuleQuery),
    responses((status = 200, description = "rules in firing order, hook by hook", body = RuleList)))]
pub(super) async fn list(
    State(service): State<Service>,
    Reads(caller): Reads,
    Asked(query): Asked<RuleQuery>,
) -> Result<axum::Json<RuleList>, ApiError> {
    let hook = query.trigger.as_deref().map(hook).transpose()?;
    let view = service.engine().view(&caller.user);
    let wanted = |rule: &Rule| {
        hook.is_none_or(|hook| rule.spec.hook == hook)
            && query.plugin_id.as_ref().is_none_or(|id| rule.spec.plugin.as_ref() == Some(id))
    };
    let order = Hook::all().flat_map(|hook| view.rules().of_hook(hook).iter().copied());
    let mut found = Vec::new();
    for id in order {
        let Some(rule) = view.rules().get(id).filter(|rule| wanted(rule)) else { continue };
        let enabled = view.is_enabled(id);
        if enabled || !query.enabled_only {
            found.push((rule, enabled));
        }
    }
    let total = found.len();
    let page = Page { limit: query.limit, offset: query.offset };
    let rules = page.of(found).into_iter().map(|(rule, enabled)| info(rule, enabled)).collect();
    Ok(axum::Json(RuleList { rules, total }))
}

/// Shows a rule.
#[utoipa::path(get, path = "/api/rules/{rule_id}", tag = "rules",
    params(("rule_id" = String, Path, description = "qualified id, percent-encoded")),
    responses((status = 200, description = "the rule; its `etag` is for `if-match` of a toggle", body = RuleDetail,
        headers(("etag" = String)))))]
pub(super) async fn detail(
    State(service): State<Service>,
    Reads(caller): Reads,
    Id(id): Id,
) -> Result<Tagged<RuleDetail>, ApiError> {
    look(&service, &caller.user, &id).map(Tagged)
}

/// Switches a rule on or off for the caller, from the next event on.
#[utoipa::path(post, path = "/api/rules/{rule_id}/toggle", tag = "rules", request_body = Toggle,
    params(("rule_id" = String, Path, description = "qualified id, percent-encoded"),
        ("if-match" = Option<String>, Header, description = "the `etag` of the rule as it was read")),
    responses((status = 200, description = "the rule as it is now", body = RuleInfo)))]
pub(super) async fn toggle(
    State(service): State<Service>,
    Manages(caller): Manages,
    Id(id): Id,
    headers: HeaderMap,
    Json(toggle): Json<Toggle>,
) -> Result<axum::Json<RuleInfo>, ApiError> {
    let set = move |service: &Service| {
        let read = |service: &Service| look(service, &caller.user, &id);
        change(service, &headers, read, |service| {
            service.engine().set_enabled(caller.user.as_str(), &id, toggle.enabled)?;
            tracing::info!(user = caller.user.as_str(), rule = id, enabled = toggle.enabled, "toggled");
            Ok(())
        })
    };
    service.beside(set).await?.map(|detail| axum::Json(detail.info))
}

fn hook(name: &str) -> Result<Hook, ApiError> {
    Hook::all().find(|hook| hook.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Hook::all().map(Hook::name).collect();
        ApiError::new(Code::BadRequest, format!("`trigger` must be one of {}", names.join(", ")))
    })
}

fn look(service: &Service, user: &oracle_vm::value::Text, id: &str) -> Result<RuleDetail, ApiError> {
    let view = service.engine().view(user);
    let (rule_id, rule) = find(&view, id)?;
    let spec = &rule.spec;
    let (condition, script) = match &spec.condition {
        Condition::Expression(text) => (Some(text.clone()), None),
        Condition::Script(script) => (None, Some(script.path.clone())),
    };
    let mut actions: Vec<Value> = spec.actions.iter().map(action).collect();
    let action = if actions.len() == 1 { actions.remove(0) } else { actions.into() };
    Ok(RuleDetail {
        info: info(rule, view.is_enabled(rule_id)),
        version: spec.version.clone(),
        condition,
        script,
        action,
        params: spec.params.iter().map(Settable::from).collect(),
        limits: limits(&spec.limits),
        source_path: spec.source_path.clone(),
    })
}

/// The rule with this qualified id.
pub(super) fn find<'v>(view: &'v View, id: &str) -> Result<(RuleId, &'v Rule), ApiError> {
    let found = view.rules().find(id).and_then(|it| Some((it, view.rules().get(it)?)));
    found.ok_or_else(|| ApiError::not_found("rule", id))
}

/// A rule in a list.
pub(super) fn info(rule: &Rule, enabled: bool) -> RuleInfo {
    let spec = &rule.spec;
    RuleInfo {
        id: spec.id.clone(),
        name: spec.name.clone(),
        description: spec.description.clone(),
        trigger: spec.hook,
        enabled,
        core: spec.core,
        priority: spec.priority,
        plugin_id: spec.plugin.clone(),
    }
}

/// The limits with the keys of rule files.
fn limits(limits: &LimitSpec) -> Value {
    let LimitSpec { hold_turns, cooldown_turns, cooldown_seconds, max_per_session, rising, clear_when } =
        limits;
    let known = [
        ("hold_turns", hold_turns.map(Value::from)),
        ("cooldown_turns", cooldown_turns.map(Value::from)),
        ("cooldown_seconds", cooldown_seconds.map(Value::from)),
        ("max_per_session", max_per_session.map(Value::from)),
        ("on", rising.then(|| "rising".into())),
        ("clear_when", clear_when.as_deref().map(Value::from)),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
