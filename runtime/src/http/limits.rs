//! What one request and one caller may use.

use std::time::Duration;

/// The bounds of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Bytes of a request's line and headers together.
    pub header_bytes: usize,
    /// Time in which the line and the headers must arrive; as long, a connection may be idle.
    pub header_time: Duration,
    /// Time in which the body must arrive.
    pub body_time: Duration,
    /// Time that a request may take altogether.
    pub request_time: Duration,
    /// Time that accepted work gets to finish when the server stops.
    pub stop_time: Duration,
    /// Requests that are worked on at the same time; more are refused.
    pub in_flight: usize,
    /// Connections at the same time; more wait.
    pub connections: usize,
    /// Events in one request.
    pub batch: usize,
    /// Sessions of one user in memory.
    pub sessions_per_user: usize,
    /// Event streams of one user.
    pub streams_per_user: usize,
}

/// Levels of nesting in a body.
pub(super) const DEPTH: usize = 64;
/// Bytes of a name that the caller chooses: of a session, a project, a user.
pub(super) const NAME_BYTES: usize = 256;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes: 8 << 20,
            header_bytes: 16 << 10,
            header_time: Duration::from_secs(15),
            body_time: Duration::from_secs(15),
            request_time: Duration::from_secs(30),
            stop_time: Duration::from_secs(30),
            in_flight: 512,
            connections: 4096,
            batch: 10_000,
            sessions_per_user: 20_000,
            streams_per_user: 16,
        }
    }
}
