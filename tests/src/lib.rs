//! Support for the end-to-end tests.
//!
//! [`differential`] holds the parts of the test that compares conditions with Python, [`condition`] compiles and
//! runs one condition the way the tests need it, [`packs`] tampers with packs.

pub mod condition;
pub mod differential;
pub mod packs;
