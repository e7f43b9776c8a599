//! What every request passes through: bounds, names, logs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::Service;
use super::error::{ApiError, Code};

/// The header that names a request.
const REQUEST_ID: &str = "x-request-id";
/// Bytes of the longest name that is taken over from the caller.
const REQUEST_ID_BYTES: usize = 128;

/// Lets a request in, or not; names it, bounds its time, and notes what became of it.
pub(super) async fn pass(State(service): State<Service>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = name(&service, request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let span = tracing::info_span!("request", id = %id.to_str().unwrap_or_default(), %method, route);
    let mut response = answer(&service, request, next)
        .instrument(span.clone())
        .await
        .unwrap_or_else(IntoResponse::into_response);
    let status = response.status().as_u16();
    let time_us = began.elapsed().as_secs_f64() * 1e6;
    service.traffic.count(route, status, time_us);
    span.in_scope(|| tracing::debug!(status, time_us, "answered"));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

async fn answer(service: &Service, request: Request, next: Next) -> Result<Response, ApiError> {
    if service.options().auth.is_open() {
        refuse_strangers(service, request.method(), request.headers())?;
    }
    let _permit = service.room.try_acquire().map_err(|_| {
        ApiError::new(Code::Overloaded, "the server has too much to do: try again in a second")
    })?;
    let within = service.limits().request_time;
    let _counted = Counted::new(&service.traffic.in_flight);
    tokio::time::timeout(within, next.run(request)).await.map_err(|_| {
        let within = within.as_secs();
        ApiError::new(
            Code::Overloaded,
            format!("the work took longer than {within} s: ask for less at a time"),
        )
    })
}

/// Counts something for as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Counted<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The caller's name for the request where it is a plain one, else one of ours.
fn name(service: &Service, headers: &HeaderMap) -> HeaderValue {
    let plain = |it: &&HeaderValue| {
        (1..=REQUEST_ID_BYTES).contains(&it.len()) && it.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    let own = || HeaderValue::from_str(&service.request_ids.next()).ok();
    headers.get(REQUEST_ID).filter(plain).cloned().or_else(own).unwrap_or(HeaderValue::from_static("unnamed"))
}

/// Without tokens, whoever reaches the server may do everything. Pages of other sites, which a browser on this
/// machine shows, can reach it too: they are known by their origin, or by a name that is not this machine's.
fn refuse_strangers(service: &Service, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).map(|it: &HeaderValue| it.to_str().unwrap_or("?"));
    let refuse = |why: String| Err(ApiError::new(Code::Forbidden, why));
    if let Some(host) = text(header::HOST).filter(|host| !is_loopback(host)) {
        let host = super::error::shown(host);
        return refuse(format!("`{host}` is not a name of this machine: call it `localhost`, or use tokens"));
    }
    let is_safe = method == Method::GET || method == Method::HEAD || method == Method::OPTIONS;
    if let (Some(origin), false) = (text(header::ORIGIN), is_safe) {
        let own = origin.split_once("://").is_some_and(|(_, host)| is_loopback(host));
        let listed = service.options().cors_origins.iter().any(|it| it == "*" || it == origin);
        if !own && !listed {
            let origin = super::error::shown(origin);
            return refuse(format!(
                "pages of `{origin}` may not call: list it under `cors_origins`, or use tokens"
            ));
        }
    }
    Ok(())
}

/// Whether a host, with or without a port, is a name of this machine that nobody else can have.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_known() {
        for host in
            ["localhost", "LOCALHOST:8377", "127.0.0.1", "127.0.0.1:80", "127.9.9.9", "[::1]:8377", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "localhost.example", "127.0.0.1.example:80", "10.0.0.1", "0.0.0.0", "[::]:80", "::1"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
