//! Plugins: what there is, the caller's settings, and the state that a plugin keeps for the caller.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use oracle_vm::value::Text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Service;
use super::auth::{Manages, Reads};
use super::body::JsonText;
use super::error::ApiError;
use super::etag::{Tagged, change};
use super::page::Page;
use super::params::given;
use super::request::{Asked, Id};
use super::rules::{RuleInfo, info};
use super::wire::{Settable, Values, values};
use crate::engine::View;
use crate::input::json_from_data;
use crate::plugin::Plugin;
use crate::state::{NO_PLUGIN, Namespace};

/// A plugin in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PluginInfo {
    /// Its id, before the colon of its rules' ids.
    id: String,
    /// What people call it.
    name: String,
    /// Its semantic version.
    version: String,
    /// What it is for.
    description: String,
    /// How many rules it has.
    rule_count: usize,
    /// Whether its rules run for the caller, core rules aside.
    enabled: bool,
}

/// Everything about a plugin.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PluginDetail {
    #[serde(flatten)]
    #[schema(inline)]
    info: PluginInfo,
    /// Its rules, in firing order.
    rules: Vec<RuleInfo>,
    /// What it needs of the host.
    requires: Vec<String>,
    /// What may be set.
    settings_schema: Vec<Settable>,
    /// Its folder; empty for a plugin that lies in none.
    source_dir: String,
}

/// Plugins in the order in which they were found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PluginList {
    /// The plugins of this part of the list.
    plugins: Vec<PluginInfo>,
    /// How many there are in all parts together.
    total: usize,
}

/// Whose state, and which part of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct StateQuery {
    /// The project; without it, the server's default.
    project_id: Option<String>,
    /// The most keys; without it, all.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    limit: Option<u32>,
    /// How many keys to pass over.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    offset: Option<u32>,
}

/// Whose state; all of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectQuery {
    /// The project; without it, the server's default.
    project_id: Option<String>,
}

/// Lists plugins.
#[utoipa::path(get, path = "/api/plugins", tag = "plugins", params(Page),
    responses((status = 200, description = "plugins in the order in which they were found", body = PluginList)))]
pub(super) async fn list(
    State(service): State<Service>,
    Reads(caller): Reads,
    Asked(page): Asked<Page>,
) -> Result<axum::Json<PluginList>, ApiError> {
    let view = service.engine().view(&caller.user);
    let all: Vec<&Arc<Plugin>> = view.rules().plugin_list().iter().collect();
    let total = all.len();
    let plugins =
        page.of(all).into_iter().map(|plugin| about(&service, &caller.user, &view, plugin)).collect();
    Ok(axum::Json(PluginList { plugins, total }))
}

/// Shows a plugin.
#[utoipa::path(get, path = "/api/plugins/{plugin_id}", tag = "plugins",
    params(("plugin_id" = String, Path, description = "the plugin's id")),
    responses((status = 200, description = "the plugin", body = PluginDetail)))]
pub(super) async fn detail(
    State(service): State<Service>,
    Reads(caller): Reads,
    Id(id): Id,
) -> Result<axum::Json<PluginDetail>, ApiError> {
    let view = service.engine().view(&caller.user);
    let plugin = find(&view, &id)?;
    let order = oracle_vm::hook::Hook::all().flat_map(|hook| view.rules().of_hook(hook).iter().copied());
    let rules = order
        .filter_map(|id| Some((id, view.rules().get(id)?)))
        .filter(|(_, rule)| rule.spec.plugin.as_deref() == Some(plugin.id.as_str()))
        .map(|(id, rule)| info(rule, view.is_enabled(id)))
        .collect();
    Ok(axum::Json(PluginDetail {
        info: about(&service, &caller.user, &view, plugin),
        rules,
        requires: plugin.requires.clone(),
        settings_schema: plugin.settings.iter().map(Settable::from).collect(),
        source_dir: plugin.folder.display().to_string(),
    }))
}

/// The values of a plugin's settings that are in force for the caller.
#[utoipa::path(get, path = "/api/plugins/{plugin_id}/settings", tag = "plugins",
    params(("plugin_id" = String, Path, description = "the plugin's id")),
    responses((status = 200, description = "values by name; the `etag` is for `if-match` of a change",
        body = serde_json::Map<String, serde_json::Value>, headers(("etag" = String)))))]
pub(super) async fn settings(
    State(service): State<Service>,
    Reads(caller): Reads,
    Id(id): Id,
) -> Result<Tagged<Values>, ApiError> {
    current(&service, &caller.user, &id).map(Tagged)
}

/// Sets the caller's settings of a plugin, from the next event on; those that are left out get their defaults.
#[utoipa::path(put, path = "/api/plugins/{plugin_id}/settings", tag = "plugins",
    request_body = serde_json::Map<String, serde_json::Value>,
    params(("plugin_id" = String, Path, description = "the plugin's id"),
        ("if-match" = Option<String>, Header, description = "the `etag` of the values as they were read")),
    responses((status = 200, description = "the values that are in force now",
        body = serde_json::Map<String, serde_json::Value>, headers(("etag" = String)))))]
pub(super) async fn set_settings(
    State(service): State<Service>,
    Manages(caller): Manages,
    Id(id): Id,
    headers: HeaderMap,
    JsonText(text): JsonText,
) -> Result<Tagged<Values>, ApiError> {
    let settings = given(&text, "settings")?;
    let set = move |service: &Service| {
        let read = |service: &Service| current(service, &caller.user, &id);
        change(service, &headers, read, |service| {
            service.engine().set_settings(caller.user.as_str(), &id, settings)?;
            tracing::info!(user = caller.user.as_str(), plugin = id, "settings set");
            Ok(())
        })
    };
    service.beside(set).await?.map(Tagged)
}

/// What a plugin keeps for the caller in a project; `_rules` is the plugin of rules outside plugins.
#[utoipa::path(get, path = "/api/plugins/{plugin_id}/state", tag = "plugins",
    params(("plugin_id" = String, Path, description = "the plugin's id"), StateQuery),
    responses((status = 200, description = "values by key, sorted by key",
        body = serde_json::Map<String, serde_json::Value>)))]
pub(super) async fn state(
    State(service): State<Service>,
    Reads(caller): Reads,
    Id(id): Id,
    Asked(query): Asked<StateQuery>,
) -> Result<axum::Json<Values>, ApiError> {
    let page = Page { limit: query.limit, offset: query.offset };
    let namespace = namespace(&service, caller.user, &id, query.project_id)?;
    let read = move |service: &Service| service.engine().options().store.snapshot(&namespace);
    let state = service.beside(read).await??;
    let part = page.of(state.iter().collect());
    let values = part.into_iter().map(|(key, value)| (key.as_str().to_owned(), json_from_data(value)));
    Ok(axum::Json(values.collect()))
}

/// Forgets what a plugin keeps for the caller in a project.
#[utoipa::path(delete, path = "/api/plugins/{plugin_id}/state", tag = "plugins",
    params(("plugin_id" = String, Path, description = "the plugin's id"), ProjectQuery),
    responses((status = 204, description = "nothing is kept any more")))]
pub(super) async fn clear_state(
    State(service): State<Service>,
    Manages(caller): Manages,
    Id(id): Id,
    Asked(query): Asked<ProjectQuery>,
) -> Result<StatusCode, ApiError> {
    let namespace = namespace(&service, caller.user, &id, query.project_id)?;
    let clear = move |service: &Service| {
        tracing::info!(user = namespace.user.as_str(), plugin = namespace.plugin.as_str(), "state cleared");
        service.engine().options().store.clear(&namespace)
    };
    service.beside(clear).await??;
    Ok(StatusCode::NO_CONTENT)
}

fn find<'v>(view: &'v View, id: &str) -> Result<&'v Arc<Plugin>, ApiError> {
    let found = view.rules().plugin_list().iter().find(|plugin| plugin.id == id);
    found.ok_or_else(|| ApiError::not_found("plugin", id))
}

fn about(service: &Service, user: &Text, view: &View, plugin: &Plugin) -> PluginInfo {
    let is_of = |rule: &&crate::engine::Rule| rule.spec.plugin.as_deref() == Some(plugin.id.as_str());
    PluginInfo {
        id: plugin.id.clone(),
        name: plugin.name.clone(),
        version: plugin.version.clone(),
        description: plugin.description.clone(),
        rule_count: view.rules().rules().iter().filter(is_of).count(),
        enabled: service.engine().is_plugin_enabled(user.as_str(), &plugin.id).unwrap_or(plugin.enabled),
    }
}

fn current(service: &Service, user: &Text, id: &str) -> Result<Values, ApiError> {
    let view = service.engine().view(user);
    find(&view, id)?;
    Ok(values(view.settings(id).unwrap_or_default()))
}

/// Where the state of a plugin is kept for a user.
fn namespace(
    service: &Service,
    user: Text,
    id: &str,
    project: Option<String>,
) -> Result<Namespace, ApiError> {
    if id != NO_PLUGIN {
        find(&service.engine().view(&user), id)?;
    }
    Ok(Namespace { user, project: service.project(project)?, plugin: id.into() })
}
