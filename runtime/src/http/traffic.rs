//! What became of requests, by route.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::error::ERRORS;
use crate::metrics::{Exposition, Histogram, Kind};

/// Requests that no route takes.
const NO_ROUTE: &str = "other";

/// Requests so far, by route. The routes are known from the start, so counting takes no lock.
#[derive(Debug)]
pub(super) struct Traffic {
    routes: HashMap<String, Route>,
    other: Route,
    /// Requests that are worked on now.
    pub(super) in_flight: AtomicUsize,
    /// Event streams that are open now.
    pub(super) streams: AtomicUsize,
}

/// The requests of one route.
#[derive(Debug)]
struct Route {
    time: Histogram,
    statuses: Vec<(u16, AtomicU64)>,
}

impl Route {
    fn new() -> Route {
        let mut statuses: Vec<u16> = ERRORS.iter().map(|(_, _, status, _)| *status).collect();
        statuses.extend([200, 204]);
        statuses.sort_unstable();
        statuses.dedup();
        Route {
            time: Histogram::default(),
            statuses: statuses.into_iter().map(|status| (status, AtomicU64::new(0))).collect(),
        }
    }
}

impl Traffic {
    pub(super) fn new(routes: impl IntoIterator<Item = String>) -> Traffic {
        Traffic {
            routes: routes.into_iter().map(|route| (route, Route::new())).collect(),
            other: Route::new(),
            in_flight: AtomicUsize::new(0),
            streams: AtomicUsize::new(0),
        }
    }

    /// Counts an answer.
    pub(super) fn count(&self, route: &str, status: u16, time_us: f64) {
        let route = self.routes.get(route).unwrap_or(&self.other);
        route.time.add(time_us);
        if let Some((_, count)) = route.statuses.iter().find(|(known, _)| *known == status) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn write(&self, text: &mut Exposition) {
        let mut routes: Vec<(&str, &Route)> =
            self.routes.iter().map(|(name, it)| (name.as_str(), it)).collect();
        routes.sort_unstable_by_key(|(name, _)| *name);
        routes.push((NO_ROUTE, &self.other));
        text.family("oracle_http_requests_total", Kind::Counter, "requests by route and status");
        for (name, route) in &routes {
            for (status, count) in &route.statuses {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    text.count(&[("route", name), ("status", &status.to_string())], count);
                }
            }
        }
        text.family("oracle_http_request_seconds", Kind::Histogram, "time of requests by route");
        for (name, route) in &routes {
            let counts = route.time.counts();
            if counts.count() > 0 {
                text.histogram(&[("route", name)], &counts);
            }
        }
        for (name, help, gauge) in [
            ("oracle_http_in_flight", "requests that are worked on", &self.in_flight),
            ("oracle_http_streams", "event streams that are open", &self.streams),
        ] {
            text.family(name, Kind::Gauge, help);
            text.count(&[], gauge.load(Ordering::Relaxed) as u64);
        }
    }
}
