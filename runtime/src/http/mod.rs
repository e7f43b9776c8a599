//! The REST API: the engine over HTTP.
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | a socket | requests, one connection after the other | [`server`] |
//! | a request | who calls, within which bounds, and what is logged and counted | `gate`, `auth` |
//! | a body | JSON that says one thing only | `body`, `strict` |
//! | a call | the engine's answer | one file for each resource |
//! | what went wrong | a status, a code and a text | `error` |
//!
//! [`router`] makes the routes of a [`Service`]; it needs no socket, so tests call it directly. Handlers act on the
//! caller's own settings and state and use the engine's public API only. Whatever may wait, for a script, the disk or
//! another event of the session, runs beside the threads that answer requests.

#![expect(
    unused_qualifications,
    reason = "the attributes that make the OpenAPI document spell out every path"
)]

mod auth;
mod body;
mod configured;
mod error;
mod etag;
mod events;
mod executions;
mod gate;
mod health;
mod limits;
mod live;
mod metrics;
mod openapi;
mod page;
mod params;
mod plugins;
mod reload;
mod reports;
mod request;
mod router;
mod rules;
pub mod server;
mod service;
mod sessions;
mod stream;
mod strict;
mod traffic;
mod trial;
mod wire;

pub use auth::{Auth, Caller, JwtKey, JwtKeyError, NewToken, Scope, Scopes, Token, TokenHash};
pub use error::{Code, ERRORS};
pub use limits::Limits;
pub use openapi::document;
pub use router::router;
pub use service::{Service, ServiceOptions};

#[cfg(test)]
mod tests;
