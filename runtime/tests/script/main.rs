//! Scripts: what they see, what they may call, what they return, and what stops them.

#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking, their functions too")]

mod attacks;
mod bridge;
mod cases;
mod cli;
mod definitions;
mod generated;
mod library;
mod soak;
mod support;
