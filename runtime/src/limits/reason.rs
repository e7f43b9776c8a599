//! Why a rule was held back.

use serde::{Deserialize, Serialize};

/// The limit that held a matched rule back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It fired as often as it may in a session.
    MaxPerSession,
    /// It fired, and `clear_when` has not held since.
    ClearWhen,
    /// The condition has not held often enough in a row.
    HoldTurns,
    /// The condition held before already, and the rule wants it to turn true.
    Rising,
    /// Too few turns since it fired.
    CooldownTurns,
    /// Too few seconds since it fired, in this or another session of the user and project.
    CooldownSeconds,
}

impl Held {
    /// The name in results, such as `cooldown_turns`.
    pub fn name(self) -> &'static str {
        match self {
            Held::MaxPerSession => "max_per_session",
            Held::ClearWhen => "clear_when",
            Held::HoldTurns => "hold_turns",
            Held::Rising => "rising",
            Held::CooldownTurns => "cooldown_turns",
            Held::CooldownSeconds => "cooldown_seconds",
        }
    }
}
