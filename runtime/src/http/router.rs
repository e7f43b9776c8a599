//! The routes.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::error::{ApiError, Code, shown};
use super::{
    Service, events, executions, gate, health, metrics, openapi, params, plugins, reload, reports, rules,
    sessions, stream, trial,
};

/// The routes of a service.
pub fn router(service: Service) -> Router {
    let cors = cors(&service.options().cors_origins);
    let routes = Router::new()
        .route("/api/rules", get(rules::list))
        .route("/api/rules/{rule_id}", get(rules::detail))
        .route("/api/rules/{rule_id}/toggle", post(rules::toggle))
        .route("/api/rules/{rule_id}/test", post(trial::run))
        .route("/api/rules/{rule_id}/params", get(params::show).put(params::set))
        .route("/api/plugins", get(plugins::list))
        .route("/api/plugins/{plugin_id}", get(plugins::detail))
        .route("/api/plugins/{plugin_id}/settings", get(plugins::settings).put(plugins::set_settings))
        .route("/api/plugins/{plugin_id}/state", get(plugins::state).delete(plugins::clear_state))
        .route("/api/events", post(events::handle))
        .route("/api/sessions/{session_id}/notifications", get(sessions::notifications))
        .route("/api/executions", get(executions::list))
        .route("/api/reload", get(reload::show).post(reload::run))
        .route("/api/stream", get(stream::open))
        .route("/api/reports/never-fired", get(reports::never_fired))
        .route("/metrics", get(metrics::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(openapi::show))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn_with_state(service.clone(), gate::pass));
    let routes = match cors {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.with_state(service)
}

async fn unknown(uri: Uri) -> ApiError {
    let path = shown(uri.path());
    ApiError::new(
        Code::NotFound,
        format!("there is nothing at `{path}`: see `/openapi.json` for what there is"),
    )
}

async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let (method, path) = (shown(method.as_str()), shown(uri.path()));
    ApiError::new(Code::MethodNotAllowed, format!("`{path}` does not take {method}: see `/openapi.json`"))
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    ApiError::internal(format_args!("a handler panicked: {said}")).into_response()
}

/// What pages of other origins may do; without origins, nothing is allowed that a browser asks about.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let origin = if origins.iter().any(|it| it == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|it| HeaderValue::from_str(it).ok()))
    };
    let layer = CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH])
        .expose_headers([header::ETAG, HeaderName::from_static("x-request-id")]);
    Some(layer)
}
