//! The rules that are part of the binary.

use oracle_compiler::session::RuleInput;

/// The built-in rule files: name and content, sorted by name.
pub const BUILTIN_RULES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));

/// The built-in rules as input of the compiler.
pub fn builtin_inputs() -> Vec<RuleInput> {
    BUILTIN_RULES.iter().map(|(name, bytes)| RuleInput::loose(format!("<built-in>/{name}"), *bytes)).collect()
}
