//! Events: what happens in an agent's life, as JSON says it, and the bus that carries it.
//!
//! An event is read once ([`Event::from_json`]), checked against what the schema knows about its type, and from
//! then on shared. Types that no hook knows are carried on the [`bus`] and run no rules.

pub mod bus;
mod fields;
pub mod kinds;
mod listener;
mod queue;
mod read;
mod severity;

pub use listener::Listener;
pub(crate) use read::LineError;
pub use read::{Event, MAX_EVENT_BYTES};
pub use severity::Severity;
