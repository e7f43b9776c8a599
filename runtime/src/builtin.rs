//! The built-in rules, embedded in the program.

use oracle_compiler::session::RuleInput;

macro_rules! rules {
    ($($name:literal,)*) => {
        &[$((concat!("rules/", $name, ".toml"), include_str!(concat!("../../rules/", $name, ".toml"))),)*]
    };
}

/// The files of the built-in rules, by path: a test keeps the list complete.
pub const RULES: &[(&str, &str)] = rules![
    "context-limit-warning",
    "iteration-budget-warning",
    "large-result-hint",
    "query-start-log",
    "repeated-failure-warning",
    "token-budget-warning",
];

/// The built-in rules as the compiler takes them; paths begin with `<built-in>/`.
pub fn inputs() -> impl Iterator<Item = RuleInput> {
    RULES.iter().map(|(path, text)| RuleInput::loose(format!("<built-in>/{path}"), *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_file_is_embedded() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("rules/{}", entry.unwrap().file_name().to_string_lossy()))
            .filter(|name| name.ends_with(".toml"))
            .collect();
        files.sort();
        assert_eq!(files, RULES.iter().map(|(path, _)| *path).collect::<Vec<_>>());
    }
}
