//! The rules that are part of the binary.

use oracle_compiler::session::RuleInput;

/// The built-in rule files: name and content, sorted by name.
pub const BUILTIN_RULES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));

/// The built-in rules as input of the compiler.
pub fn builtin_inputs() -> Vec<RuleInput> {
    BUILTIN_RULES.iter().map(|(name, bytes)| RuleInput::loose(format!("<built-in>/{name}"), *bytes)).collect()
}

/// The built-in scripts: path as built-in rules name it, and content, sorted by path.
pub const BUILTIN_SCRIPTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin_scripts.rs"));

/// The built-in script with this path.
pub(super) fn builtin_script(path: &str) -> Option<&'static str> {
    BUILTIN_SCRIPTS.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}
