//! The API without a socket: the router is called directly.

mod calls;
mod document;
mod errors;
mod harness;
