//! The engine from outside: rule texts and events in, results out.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod bus;
mod chains;
mod contexts;
mod errors;
mod events;
mod eviction;
mod isolation;
mod limit_model;
mod limits;
mod loading;
mod locks;
mod memory;
mod notifications;
mod order;
mod plugins;
mod program;
mod projected;
mod reload;
mod restart;
mod script_reload;
mod scripts;
mod sessions;
mod support;
mod trials;
mod users;
