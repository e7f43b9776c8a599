//! What all handlers share.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use oracle_vm::value::Text;
use tokio::sync::Semaphore;

use super::auth::{Auth, Caller};
use super::error::ApiError;
use super::limits::Limits;
use crate::engine::Engine;

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
}

impl Default for ServiceOptions {
    fn default() -> ServiceOptions {
        ServiceOptions {
            auth: Auth::Open("local".into()),
            limits: Limits::default(),
            project: "default".into(),
            cors_origins: Vec::new(),
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
    stopping: AtomicBool,
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
        Service(Arc::new(Shared {
            engine,
            editing: Mutex::new(()),
            room: Arc::new(Semaphore::new(options.limits.in_flight)),
            request_ids: RequestIds::default(),
            stopping: AtomicBool::new(false),
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

    /// Who sent these headers.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        self.options.auth.caller(headers, now())
    }

    /// Keeps others from changing settings meanwhile.
    pub(super) fn edit(&self) -> MutexGuard<'_, ()> {
        self.editing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the server is about to stop: it is not ready any more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Whether the server is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
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
