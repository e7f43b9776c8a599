//! A service over a few rules, and calling it.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::engine::{Engine, EngineOptions, RuleSet};
use crate::http::auth::tests::{SECRET, token};
use crate::http::{Auth, JwtKey, Service, ServiceOptions, router};
use crate::reload::Reloader;
use crate::ruleset::{LoadOptions, OnBad, load};
use crate::state::ExecutionLog;

/// A rule that writes state, so that its events go beside the answering threads.
const COUNTER: &str = r#"
[rule]
id = "counter"
trigger = "on_turn_end"
[params.step]
type = "integer"
default = 1
min = 1
max = 10
[params.label]
type = "string"
default = "a"
options = ["a", "b"]
[condition]
expression = "context.turn.number >= params.step"
[[action]]
type = "set_state"
key = "last"
value = "{{ context.turn.number }}"
[[action]]
type = "notify_self"
message = "turn {{ context.turn.number }} of {{ context.user.id }}"
deliver_at = "turn_end"
"#;

/// A rule whose message needs what may be missing.
const BROKEN: &str = r#"
[rule]
id = "broken"
trigger = "on_query_start"
[condition]
expression = "1 / (context.turn.number - 7) < 2"
[action]
type = "log"
message = "x"
"#;

/// A plugin with a setting and a rule that reads it and keeps state.
const MANIFEST: &str = r#"
[plugin]
id = "research"
name = "Research"
description = "Finds things."
[capabilities]
requires = ["web_search"]
[settings.most]
type = "integer"
default = 10
min = 1
max = 50
description = "The most sources."
"#;
const MANY: &str = r#"
[rule]
id = "many"
trigger = "on_session_end"
[condition]
expression = "context.turn.number < settings.most"
[action]
type = "set_state"
key = "user"
value = "{{ context.user.id }} of {{ settings.most }}"
"#;

/// The rules and plugins as files.
fn write_files(folder: &Path) {
    let files = [
        ("rules/counter.toml", COUNTER),
        ("rules/broken.toml", BROKEN),
        ("plugins/research/manifest.toml", MANIFEST),
        ("plugins/research/rules/many.toml", MANY),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn load_options(folder: &Path) -> LoadOptions {
    LoadOptions {
        builtin: true,
        paths: vec![folder.join("rules")],
        plugins: vec![folder.join("plugins")],
        on_bad: OnBad::Fail,
        ..LoadOptions::default()
    }
}

pub(super) fn rules() -> Arc<RuleSet> {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    load(&load_options(folder.path())).unwrap().ruleset
}

fn engine() -> Arc<Engine> {
    let options = EngineOptions::default();
    let executions = Some(Arc::new(ExecutionLog::new(options.store.clone())));
    Arc::new(Engine::new(rules(), EngineOptions { executions, ..options }))
}

/// An API and the way to call it.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) service: Service,
    routes: Router,
    authorization: Option<String>,
}

/// An answer, read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body, where the call succeeded.
    pub(super) fn good(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }

    /// Status, code and text of an error; the body holds nothing else.
    pub(super) fn error(&self) -> (u16, String, String) {
        let Value::Object(body) = self.json() else { panic!("{}", self.text) };
        assert_eq!(body.keys().collect::<Vec<_>>(), ["detail", "error"], "{}", self.text);
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        assert!(!text("detail").is_empty());
        (self.status.as_u16(), text("error"), text("detail"))
    }
}

impl Api {
    /// Everyone is `local`.
    pub(super) fn open() -> Api {
        Api::with(ServiceOptions::default())
    }

    /// Callers need tokens.
    pub(super) fn guarded() -> Api {
        let jwt = Some(JwtKey::new(SECRET).unwrap());
        Api::with(ServiceOptions {
            auth: Auth::Bearer { tokens: Vec::new(), jwt },
            ..ServiceOptions::default()
        })
    }

    /// The rules lie in a folder and can be loaded again.
    pub(super) fn reloading(folder: &Path) -> Api {
        write_files(folder);
        let engine = engine();
        let reloader = Some(Arc::new(Reloader::new(engine.clone(), load_options(folder))));
        Api::serving(engine, ServiceOptions { reloader, ..ServiceOptions::default() })
    }

    pub(super) fn with(options: ServiceOptions) -> Api {
        Api::serving(engine(), options)
    }

    fn serving(engine: Arc<Engine>, options: ServiceOptions) -> Api {
        let service = Service::new(engine, options);
        Api { routes: router(service.clone()), service, authorization: None }
    }

    /// The same API, called by a user.
    pub(super) fn as_user(&self, user: &str) -> Api {
        self.with_claims(&format!(r#"{{"sub": "{user}", "exp": 99999999999}}"#))
    }

    /// The same API, called with a token of these claims.
    pub(super) fn with_claims(&self, claims: &str) -> Api {
        Api { authorization: Some(format!("Bearer {}", token(claims))), ..self.clone() }
    }

    pub(super) fn authorization(&self) -> &str {
        self.authorization.as_deref().unwrap_or_default()
    }

    pub(super) async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(super) async fn get(&self, uri: &str) -> Answer {
        self.call(Method::GET, uri, None, &[]).await
    }

    pub(super) async fn post(&self, uri: &str, body: impl Into<Body>) -> Answer {
        self.call(Method::POST, uri, Some(body.into()), &[]).await
    }

    pub(super) async fn delete(&self, uri: &str) -> Answer {
        self.call(Method::DELETE, uri, None, &[]).await
    }

    pub(super) async fn put(&self, uri: &str, body: impl Into<Body>) -> Answer {
        self.call(Method::PUT, uri, Some(body.into()), &[]).await
    }

    pub(super) async fn call(
        &self,
        method: Method,
        uri: &str,
        body: Option<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(uri);
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.unwrap_or_default()).unwrap()).await
    }
}
