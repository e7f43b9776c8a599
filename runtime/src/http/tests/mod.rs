//! The API without a socket, where the router is called directly, and over one, where that matters.

mod calls;
mod document;
mod errors;
mod executions;
mod harness;
mod hostile;
mod isolation;
mod observed;
mod plugins;
mod reload;
mod socket;
