//! Scripts: what they see, what they may call, what they return, and what stops them.

#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking, their functions too")]

mod bridge;
mod library;
mod support;
