//! The context: the read-only tree that conditions, templates and scripts see.
//!
//! A [`Context`] owns one value per slot of the schema. An embedder builds it from JSON
//! ([`Context::from_json`], or [`Context::from_json_text`] with the [`Reads`] of a hook), a [session](crate::session)
//! derives it from events. [`Context::bind`] lends it to the machine.

mod quick;
mod read;
mod reads;
mod scan;
mod slots;
mod text;
mod write;

pub use read::FLAT_NAMES;
pub use reads::Reads;
pub use slots::Context;
