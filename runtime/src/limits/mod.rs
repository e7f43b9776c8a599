//! What holds back a rule whose condition holds: a small state machine per session and rule.
//!
//! At every evaluation the engine tells it whether the condition held ([`LimitState::observe`]), asks whether the
//! rule may fire ([`LimitState::held`]) and, once it fired, says so ([`LimitState::fired`]). It sees no clock:
//! turns and seconds come with the [`Moment`]. The memories of a session's rules are its [`SessionLimits`].

mod machine;
mod reason;
mod session;

pub use machine::{LimitState, Moment};
pub use reason::Held;
pub use session::SessionLimits;
