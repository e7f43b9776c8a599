//! What all handlers share.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::http::HeaderMap;
use oracle_vm::value::Text;
use tokio::sync::{Semaphore, watch};

use super::auth::{Auth, Caller};
use super::error::{ApiError, Code};
use super::events::check_name;
use super::limits::Limits;
use super::live::Live;
use super::openapi::document;
use super::traffic::Traffic;
use crate::engine::Engine;
use crate::metrics::StoreMetrics;
use crate::reload::Reloader;

/// What a host chooses.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// How callers are told apart.
    pub auth: Auth,
    /// What they may use.
    pub limits: Limits,
    /// The project of calls that do not say.
    pub project: Text,
    /// Origins of pages that may call from a browser; `*` for all.
    pub cors_origins: Vec<String>,
    /// What happens in the store, where it is measured.
    pub store_metrics: Option<Arc<StoreMetrics>>,
    /// What loads the rules again, where the host lets callers do that.
    pub reloader: Option<Arc<Reloader>>,
}

impl Default for ServiceOptions {
    fn default() -> ServiceOptions {
        ServiceOptions {
            auth: Auth::Open("local".into()),
            limits: Limits::default(),
            project: "default".into(),
            cors_origins: Vec::new(),
            store_metrics: None,
            reloader: None,
        }
    }
}

/// The engine with what serving it takes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Shared>);

/// See [`Service`].
#[derive(Debug)]
pub struct Shared {
    engine: Arc<Engine>,
    options: ServiceOptions,
    /// Held while a caller's settings are compared and set.
    editing: Mutex<()>,
    /// Permits for requests.
    pub(super) room: Arc<Semaphore>,
    pub(super) request_ids: RequestIds,
    /// The OpenAPI document, as it is served.
    pub(super) document: Bytes,
    pub(super) traffic: Traffic,
    pub(super) live: Live,
    /// When the service was made, in seconds since 1970.
    pub(super) started: f64,
    stopping: watch::Sender<bool>,
}

impl Deref for Service {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Service {
    /// A service of this engine.
    pub fn new(engine: Arc<Engine>, options: ServiceOptions) -> Service {
        let document = document(!options.auth.is_open());
        Service(Arc::new(Shared {
            document: Bytes::from(document.to_json().unwrap_or_default()),
            engine,
            editing: Mutex::new(()),
            room: Arc::new(Semaphore::new(options.limits.in_flight)),
            request_ids: RequestIds::default(),
            traffic: Traffic::new(document.paths.paths.into_keys()),
            live: Live::default(),
            started: now(),
            stopping: watch::Sender::new(false),
            options,
        }))
    }

    /// Does work that may wait beside the threads that answer requests.
    pub(super) async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Service) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let service = self.clone();
        let span = tracing::Span::current();
        let work = move || span.in_scope(|| work(&service));
        tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::internal(format_args!("{error}")))
    }
}

impl Shared {
    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        &self.options.limits
    }

    /// What the host chose.
    pub fn options(&self) -> &ServiceOptions {
        &self.options
    }

    /// The project that a call names, or the one of calls that do not say.
    pub(super) fn project(&self, named: Option<String>) -> Result<Text, ApiError> {
        let project = named.map_or_else(|| self.options.project.clone(), Text::from);
        check_name("project_id", &project).map_err(|problem| ApiError::new(Code::BadRequest, problem))?;
        Ok(project)
    }

    /// Who sent these headers.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        self.options.auth.caller(headers, now())
    }

    /// Keeps others from changing settings meanwhile.
    pub(super) fn edit(&self) -> MutexGuard<'_, ()> {
        self.editing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the server is about to stop: it is not ready any more, and streams end.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the server is about to stop.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Done when the server is about to stop.
    pub(super) async fn stopped(&self) {
        // The sender lives as long as this service.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}

/// Seconds since 1970.
pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |it| it.as_secs_f64())
}

/// Names for requests that came without one.
#[derive(Debug)]
pub(super) struct RequestIds {
    /// Differs from one start of the server to the next.
    start: u64,
    next: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> RequestIds {
        let start = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
        RequestIds { start, next: AtomicU64::new(1) }
    }
}

impl RequestIds {
    pub(super) fn next(&self) -> String {
        format!("{:x}-{}", self.start, self.next.fetch_add(1, Ordering::Relaxed))
    }
}
