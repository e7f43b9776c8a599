//! The rules that are part of the binary.

use oracle_compiler::session::RuleInput;

/// The built-in rule files: name and content, sorted by name.
pub const BUILTIN_RULES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));

/// The built-in rules as input of the compiler.
pub fn builtin_inputs() -> Vec<RuleInput> {
    BUILTIN_RULES.iter().map(|(name, bytes)| RuleInput::loose(format!("<built-in>/{name}"), *bytes)).collect()
}

/// Whether a file is a built-in rule as it is embedded: the same name and content.
pub(super) fn is_builtin(input: &RuleInput) -> bool {
    let name = std::path::Path::new(&input.path).file_name();
    BUILTIN_RULES
        .iter()
        .any(|(known, bytes)| name.is_some_and(|name| name == *known) && input.bytes == *bytes)
}
