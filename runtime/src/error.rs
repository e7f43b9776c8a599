//! What went wrong with one rule, or with a call of the engine.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

pub use crate::input::FieldError;
use crate::state::StateError;

/// Why a rule did not fire although it should have been able to: recorded, and without effect on other rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleError {
    /// What kind of error it is: a kind of run-time error of conditions (`type`, `zero_division`, ..),
    /// `template`, `action`, `state`, `chain` or `script`.
    pub kind: &'static str,
    /// What happened, and where.
    pub message: String,
    /// First byte of the place in the condition's text, where there is one.
    #[serde(skip)]
    pub start: Option<u32>,
    /// One past the last byte of the place.
    #[serde(skip)]
    pub end: Option<u32>,
}

impl RuleError {
    /// An error without a place in the condition.
    pub fn new(kind: &'static str, message: impl Into<String>) -> RuleError {
        RuleError { kind, message: message.into(), start: None, end: None }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for RuleError {}

/// Why a call of the engine was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineError {
    /// No rule has this qualified id.
    UnknownRule(String),
    /// No plugin has this id.
    UnknownPlugin(String),
    /// The rule is a core rule: users cannot disable it.
    CoreRule(String),
    /// Params that the rule, or settings that the plugin, does not take: every one of them.
    BadParams(Vec<FieldError>),
    /// The state could not be read or written.
    State(StateError),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::UnknownRule(id) => write!(f, "no rule has the id `{id}`: see the list of rules"),
            EngineError::UnknownPlugin(id) => {
                write!(f, "no plugin has the id `{id}`: see the list of plugins")
            }
            EngineError::CoreRule(id) => write!(f, "`{id}` is a core rule: it cannot be disabled"),
            EngineError::BadParams(errors) => {
                let mut first = true;
                for error in errors {
                    write!(f, "{}{error}", if first { "" } else { "; " })?;
                    first = false;
                }
                Ok(())
            }
            EngineError::State(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EngineError {}

impl From<StateError> for EngineError {
    fn from(error: StateError) -> Self {
        EngineError::State(error)
    }
}
