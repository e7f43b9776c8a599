//! The table of keys: what a rule file may say. The checks, the suggestions and the handbook read these rows.

use crate::rule::{ActionType, DeliverAt, LogLevel, Priority};

/// What the value of a key may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyType {
    /// Text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A whole number from the first to the second, both included.
    Whole(i64, i64),
    /// A number from the first to the second, both included.
    Number(f64, f64),
    /// A list of texts.
    Texts,
    /// A table.
    Table,
    /// A list of tables, `[[key]]`.
    Tables,
    /// One table, or a list of them.
    TableOrTables,
    /// Any TOML value.
    Any,
}

/// A key of a section.
#[derive(Clone, Copy, Debug)]
pub struct KeyRow {
    /// Its name.
    pub name: &'static str,
    /// What its value may be.
    pub ty: KeyType,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, with its default.
    pub doc: &'static str,
}

/// A section: a kind of table.
#[derive(Debug)]
pub struct SectionRow {
    /// How it is written, such as `[rule]`.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [KeyRow],
}

const fn key(name: &'static str, ty: KeyType, doc: &'static str) -> KeyRow {
    KeyRow { name, ty, required: false, doc }
}

const fn required(name: &'static str, ty: KeyType, doc: &'static str) -> KeyRow {
    KeyRow { name, ty, required: true, doc }
}

use KeyType::{Any, Boolean, Number, Table, TableOrTables, Tables, Text, Texts, Whole, Word};

const COUNT: i64 = u32::MAX as i64;
const SECONDS: f64 = 1e9;

/// The whole file.
pub const FILE: SectionRow = SectionRow {
    name: "the rule file",
    keys: &[
        required("rule", Table, "what the rule is"),
        key("params", Table, "values that users may change"),
        key("condition", Table, "when the rule fires"),
        key("limits", Table, "what holds it back"),
        key("action", TableOrTables, "what it does; `[[action]]` for several, run in order"),
        key("test", Tables, "examples"),
    ],
};

/// `[rule]`
pub const RULE: SectionRow = SectionRow {
    name: "[rule]",
    keys: &[
        required("id", Text, "lower case letters, digits and hyphens; unique in its plugin"),
        key("name", Text, "what people call it; default: the id"),
        key("description", Text, "what it is for; default: empty"),
        key("version", Text, "semantic version; default 1.0.0"),
        key("trigger", Text, "the hook; default on_turn_start"),
        key("priority", Whole(1, 1000), "1 to 1000, default 100; higher runs earlier"),
        key("enabled", Boolean, "whether it is on for users who did not say otherwise; default true"),
        key("core", Boolean, "whether users cannot switch it off; default false"),
        key("plugin_id", Text, "the plugin that it is part of; set by the loader"),
    ],
};

/// The words of a param's `type`.
pub const PARAM_TYPES: &[&str] = &["integer", "float", "string", "boolean"];

/// `[params.NAME]`
pub const PARAM: SectionRow = SectionRow {
    name: "[params.NAME]",
    keys: &[
        required("type", Word(PARAM_TYPES), "integer, float, string or boolean"),
        required("default", Any, "the value for users who did not change it"),
        key("min", Number(f64::MIN, f64::MAX), "the least number"),
        key("max", Number(f64::MIN, f64::MAX), "the greatest number"),
        key("options", Texts, "the only texts that it may be"),
        key("description", Text, "what it is for"),
    ],
};

/// `[settings.NAME]` of a plugin's manifest
pub const SETTING: SectionRow = SectionRow {
    name: "[settings.NAME]",
    keys: &[
        required("type", Word(PARAM_TYPES), "integer, float, string or boolean"),
        required("default", Any, "the value for users who did not change it"),
        key("min", Number(f64::MIN, f64::MAX), "the least number"),
        key("max", Number(f64::MIN, f64::MAX), "the greatest number"),
        key("options", Texts, "the only texts that it may be"),
        key("name", Text, "what people call it"),
        key("description", Text, "what it is for"),
    ],
};

/// `[condition]`
pub const CONDITION: SectionRow = SectionRow {
    name: "[condition]",
    keys: &[
        key("expression", Text, "an expression; the rule matches when it is true"),
        key("script", Text, "the path of a Lua script, relative to the rule file"),
    ],
};

/// `[limits]`
pub const LIMITS: SectionRow = SectionRow {
    name: "[limits]",
    keys: &[
        key("hold_turns", Whole(1, COUNT), "the condition must have held at this many evaluations in a row"),
        key("cooldown_turns", Whole(0, COUNT), "turns of silence after firing"),
        key(
            "cooldown_seconds",
            Number(0.0, SECONDS),
            "seconds of silence after firing, also across sessions",
        ),
        key("max_per_session", Whole(1, COUNT), "most firings in a session"),
        key("once", Word(&["session"]), "`session`: the same as max_per_session = 1"),
        key("on", Word(&["rising"]), "`rising`: fire only when the condition turns true"),
        key("clear_when", Text, "after firing, silent until this expression has held once"),
    ],
};

/// The key that every action has.
pub(super) const TYPE: KeyRow = required("type", Word(ActionType::WORDS), "what kind of action it is");

/// `[action]` of type `notify_self`
pub const NOTIFY_SELF: SectionRow = SectionRow {
    name: "[action] of type notify_self",
    keys: &[
        TYPE,
        required("message", Text, "the text, a template"),
        key("category", Text, "what it is about; default info"),
        key("priority", Word(Priority::WORDS), "how urgent it is; default normal"),
        key("deliver_at", Word(DeliverAt::WORDS), "when the agent reads it; default turn_start"),
    ],
};

/// `[action]` of type `log`
pub const LOG: SectionRow = SectionRow {
    name: "[action] of type log",
    keys: &[
        TYPE,
        key("message", Text, "the text, a template; default: Rule triggered"),
        key("level", Word(LogLevel::WORDS), "how severe it is; default info"),
    ],
};

/// `[action]` of type `set_state`
pub const SET_STATE: SectionRow = SectionRow {
    name: "[action] of type set_state",
    keys: &[
        TYPE,
        required("key", Text, "the key, up to 512 bytes"),
        key("value", Any, "the value, its strings are templates; default: null"),
    ],
};

/// `[action]` of type `emit_event`
pub const EMIT_EVENT: SectionRow = SectionRow {
    name: "[action] of type emit_event",
    keys: &[
        TYPE,
        required("event_type", Text, "the type of the event"),
        key("payload", Table, "what the event carries, its strings are templates; default: empty"),
    ],
};

/// `[[test]]`
pub const TEST: SectionRow = SectionRow {
    name: "[[test]]",
    keys: &[
        key("name", Text, "what it shows"),
        key("context", Table, "the context; what it leaves out is an empty session's"),
        key("params", Table, "params that differ from their defaults"),
        key("settings", Table, "settings that differ from their defaults"),
        required("fires", Boolean, "whether the rule fires"),
        key("message", Text, "the text of its first notification or log line"),
    ],
};

/// The whole manifest of a plugin.
pub const MANIFEST: SectionRow = SectionRow {
    name: "the manifest",
    keys: &[
        required("plugin", Table, "what the plugin is"),
        key("capabilities", Table, "what the plugin needs of its host"),
        key("rules", Table, "where its rules lie"),
        key("settings", Table, "values that users may change"),
    ],
};

/// `[plugin]` of a manifest
pub const PLUGIN: SectionRow = SectionRow {
    name: "[plugin]",
    keys: &[
        required("id", Text, "lower case letters, digits and hyphens; unique among the plugins"),
        key("name", Text, "what people call it; default: the id"),
        key("version", Text, "semantic version; default 1.0.0"),
        key("description", Text, "what it is for; default: empty"),
    ],
};

/// `[capabilities]` of a manifest
pub const CAPABILITIES: SectionRow = SectionRow {
    name: "[capabilities]",
    keys: &[key("requires", Texts, "what the host must offer; without it, the plugin is skipped")],
};

/// `[rules]` of a manifest
pub const PLUGIN_RULES: SectionRow = SectionRow {
    name: "[rules]",
    keys: &[key("include", Texts, "patterns of its rule files, from its folder; default: rules/*.toml")],
};

/// All sections, in the order of the handbook.
pub const SECTIONS: &[&SectionRow] = &[
    &FILE,
    &RULE,
    &PARAM,
    &CONDITION,
    &LIMITS,
    &NOTIFY_SELF,
    &LOG,
    &SET_STATE,
    &EMIT_EVENT,
    &TEST,
    &MANIFEST,
    &PLUGIN,
    &CAPABILITIES,
    &PLUGIN_RULES,
    &SETTING,
];

impl ActionType {
    /// The section of actions of this type.
    pub fn section(self) -> &'static SectionRow {
        match self {
            ActionType::NotifySelf => &NOTIFY_SELF,
            ActionType::Log => &LOG,
            ActionType::SetState => &SET_STATE,
            ActionType::EmitEvent => &EMIT_EVENT,
        }
    }
}

impl SectionRow {
    /// The row of a key.
    pub fn key(&self, name: &str) -> Option<&'static KeyRow> {
        self.keys.iter().find(|row| row.name == name)
    }
}
