//! The context: the read-only tree that conditions, templates and scripts see.
//!
//! A [`Context`] owns one value per slot of the schema. An embedder builds it from JSON
//! ([`Context::from_json`]), a [session](crate::session) derives it from events. [`Context::bind`] lends it to the
//! machine.

mod read;
mod slots;
mod write;

pub use read::FLAT_NAMES;
pub use slots::Context;
