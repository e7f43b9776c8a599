//! A rule as the runtime takes it: what a rule file means, without its places.

use std::sync::Arc;

use oracle_vm::hook::Hook;
use oracle_vm::value::Data;
use serde::{Deserialize, Serialize};

/// A rule that was read without errors.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSpec {
    /// Qualified id: `plugin-id:rule-id`, or `rule-id` outside plugins.
    pub id: String,
    /// The plugin that the rule is part of.
    pub plugin: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its semantic version.
    pub version: String,
    /// Where it runs.
    pub hook: Hook,
    /// 1 to 1000; higher runs earlier.
    pub priority: u16,
    /// Whether it is on for users who did not say otherwise.
    pub enabled: bool,
    /// Whether users may not switch it off.
    pub core: bool,
    /// What users may change.
    pub params: Vec<ParamSpec>,
    /// When it fires.
    pub condition: Condition,
    /// What holds it back.
    pub limits: LimitSpec,
    /// What it does, in order.
    pub actions: Vec<ActionSpec>,
    /// Its examples.
    pub tests: Vec<TestSpec>,
    /// The file it comes from.
    pub source_path: String,
}

/// When a rule fires.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// An expression, as written.
    Expression(String),
    /// A script.
    Script(ScriptSpec),
}

/// A script that decides whether a rule fires.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptSpec {
    /// Its path as the rule file has it; errors name it.
    pub path: String,
    /// Its text; `None` where nobody read it.
    pub source: Option<Arc<str>>,
}

/// The type of a param or setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
    /// A whole number.
    Integer,
    /// A float; whole numbers are taken too.
    Float,
    /// Text.
    String,
    /// A boolean.
    Boolean,
}

/// A param of a rule or a setting of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ParamType,
    /// Its value for users who did not set it.
    pub default: Data,
    /// The least number.
    pub min: Option<f64>,
    /// The greatest number.
    pub max: Option<f64>,
    /// The only texts it may be; empty for any.
    pub options: Vec<String>,
    /// What people call it; settings only.
    pub title: Option<String>,
    /// What it is for.
    pub description: String,
}

/// What holds back a rule whose condition holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitSpec {
    /// The condition must have held at this many evaluations in a row.
    pub hold_turns: Option<u32>,
    /// Turns of silence after firing.
    pub cooldown_turns: Option<u32>,
    /// Seconds of silence after firing.
    pub cooldown_seconds: Option<f64>,
    /// Most firings in a session.
    pub max_per_session: Option<u32>,
    /// Fire only when the condition turns true.
    pub rising: bool,
    /// After firing, silent until this expression has held.
    pub clear_when: Option<String>,
}

/// What a fired rule does. Strings are templates.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionSpec {
    /// Queues a notification for the agent.
    NotifySelf {
        /// The text.
        message: String,
        /// What it is about.
        category: String,
        /// How urgent it is.
        priority: Priority,
        /// When the agent reads it.
        deliver_at: DeliverAt,
    },
    /// Writes to the log.
    Log {
        /// The text.
        message: String,
        /// How severe it is.
        level: LogLevel,
    },
    /// Stores a value in the plugin's state.
    SetState {
        /// The key.
        key: String,
        /// The value; strings inside are templates.
        value: Data,
    },
    /// Puts an event on the bus.
    EmitEvent {
        /// The event type.
        event_type: String,
        /// The payload, a map; strings inside are templates.
        payload: Data,
    },
}

macro_rules! word_enums {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// The words of rule files, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The variants, in the order of their words.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word of rule files.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The variant with this word.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    )*};
}

word_enums! {
    /// How urgent a notification is, least urgent first.
    Priority {
        /// Can wait.
        Low = "low",
        /// The default.
        Normal = "normal",
        /// Before normal ones.
        High = "high",
        /// Before everything else.
        Critical = "critical",
    }
    /// When the agent reads a notification.
    DeliverAt {
        /// At once.
        Immediate = "immediate",
        /// Before the next turn; the default.
        TurnStart = "turn_start",
        /// After the tool call.
        AfterTool = "after_tool",
        /// At the end of the turn.
        TurnEnd = "turn_end",
    }
    /// How severe a log line is.
    LogLevel {
        /// For those who debug.
        Debug = "debug",
        /// The default.
        Info = "info",
        /// Something to look at.
        Warning = "warning",
        /// Something is broken.
        Error = "error",
    }
    /// The types of actions.
    ActionType {
        /// Queues a notification for the agent.
        NotifySelf = "notify_self",
        /// Writes to the log.
        Log = "log",
        /// Stores a value in the plugin's state.
        SetState = "set_state",
        /// Puts an event on the bus.
        EmitEvent = "emit_event",
    }
}

impl ActionSpec {
    /// Its type.
    pub fn action_type(&self) -> ActionType {
        match self {
            ActionSpec::NotifySelf { .. } => ActionType::NotifySelf,
            ActionSpec::Log { .. } => ActionType::Log,
            ActionSpec::SetState { .. } => ActionType::SetState,
            ActionSpec::EmitEvent { .. } => ActionType::EmitEvent,
        }
    }
}

/// An example of a rule, run by `oracle test`.
#[derive(Clone, Debug, PartialEq)]
pub struct TestSpec {
    /// What it shows.
    pub name: String,
    /// The context, as partial as it was written.
    pub context: Data,
    /// Params that differ from their defaults.
    pub params: Data,
    /// Settings that differ from their defaults.
    pub settings: Data,
    /// Whether the rule fires.
    pub fires: bool,
    /// The text of its first notification or log line.
    pub message: Option<String>,
}
