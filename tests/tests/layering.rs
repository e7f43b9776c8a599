//! Who may import whom, and how long a file may be: the house plan as a test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest file, in lines; tables of data are excepted.
const LINES: usize = 400;
/// Files that hold tables and no logic.
const TABLES: &[&str] = &[
    "vm/src/value/unicode/",
    "vm/src/op/table.rs",
    "vm/src/schema/table.rs",
    "vm/src/builtin/table.rs",
    "compiler/src/diag/codes.rs",
    "compiler/src/diag/codes/",
    "tests/src/differential/signatures.rs",
];

/// In files below the first, no path may begin with any of the others. Each has its reason.
const RULES: &[(&str, &[&str], &str)] = &[
    ("vm/src", &["oracle_compiler", "oracle_runtime"], "the machine is a leaf"),
    ("compiler/src", &["oracle_runtime"], "the compiler knows nothing of effects"),
    (
        "compiler/src/rulefile",
        &["crate::syntax", "crate::check", "crate::codegen"],
        "a rule file's shape is not its conditions",
    ),
    (
        "compiler/src/syntax",
        &["crate::rulefile", "crate::hir", "crate::check", "crate::codegen"],
        "syntax is what was written",
    ),
    (
        "compiler/src/check",
        &["crate::rulefile", "crate::codegen", "crate::opt"],
        "checking comes before code",
    ),
    (
        "compiler/src/opt",
        &["crate::syntax", "crate::rulefile", "crate::check", "crate::diag"],
        "a checked tree has nothing to report",
    ),
    (
        "compiler/src/codegen",
        &["crate::syntax", "crate::rulefile", "crate::check", "crate::diag"],
        "a checked tree always compiles",
    ),
    (
        "compiler/src/diag",
        &["crate::syntax", "crate::rulefile", "crate::check", "crate::codegen", "crate::hir"],
        "diagnostics know no stage",
    ),
    (
        "vm/src/value",
        &["crate::machine", "crate::verify", "crate::pack", "crate::builtin"],
        "values know no machine",
    ),
    ("vm/src/op", &["crate::machine", "crate::verify", "crate::pack"], "instructions are data"),
    ("vm/src/pack", &["crate::machine", "crate::verify"], "a pack is not verified"),
    ("vm/src/verify", &["crate::machine"], "verifying runs nothing"),
    (
        "runtime/src/http",
        &["oracle_vm::machine", "oracle_compiler::check", "oracle_compiler::codegen"],
        "the API uses the engine",
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace").to_path_buf()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && !name.to_string_lossy().starts_with('.') {
                rust_files(&path, found);
            }
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The files of the workspace with their paths from its root.
fn sources() -> Vec<(String, String)> {
    let root = root();
    let mut files = Vec::new();
    for package in ["vm", "compiler", "runtime", "tests", "benches"] {
        rust_files(&root.join(package), &mut files);
    }
    files.sort();
    let name =
        |path: &Path| path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("readable"))).collect()
}

/// A file's code up to its unit tests, without comments; `super::` at the top of a module's file is spelled out.
fn code(path: &str, text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(line));
    let code = lines.collect::<Vec<_>>().join("\n");
    let folder = path.rsplit_once('/').map_or("", |it| it.0);
    // `super::super::x` in `crate/src/a/b.rs` is `crate::x`
    let levels: Vec<&str> =
        folder.split("src").nth(1).unwrap_or("").split('/').filter(|it| !it.is_empty()).collect();
    let ups = if path.ends_with("/mod.rs") { levels.len() } else { levels.len() + 1 };
    if ups == 0 { code } else { code.replace(&"super::".repeat(ups), "crate::") }
}

/// The paths that the code names, with `{a, b}` groups taken apart as far as the first level.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["crate::", "oracle_vm", "oracle_compiler", "oracle_runtime"] {
        for (at, _) in code.match_indices(prefix) {
            let rest = &code[at + prefix.len()..];
            if let Some(group) = rest.strip_prefix('{').or_else(|| rest.strip_prefix("::{")) {
                let mut depth = 1;
                let mut item = String::new();
                for char in group.chars() {
                    match char {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 || (depth == 1 && char == ',') {
                        found.push(format!("{}::{}", prefix.trim_end_matches("::"), item.trim()));
                        item.clear();
                    } else {
                        item.push(char);
                    }
                    if depth == 0 {
                        break;
                    }
                }
            } else {
                let end = rest
                    .find(|char: char| !char.is_alphanumeric() && char != ':' && char != '_')
                    .unwrap_or(rest.len());
                found.push(format!("{prefix}{}", &rest[..end]));
            }
        }
    }
    found
}

fn within(path: &str, module: &str) -> bool {
    path == module
        || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::") || rest.starts_with(' '))
}

#[test]
fn nobody_imports_what_comes_later() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if file.contains("/tests/") || file.ends_with("/tests.rs") {
            continue;
        }
        for (below, banned, reason) in RULES {
            let inside = file.strip_prefix(below).is_some_and(|rest| rest.starts_with('/') || rest == ".rs");
            if !inside {
                continue;
            }
            for path in paths(&code(&file, &text)) {
                if let Some(banned) = banned.iter().find(|banned| within(&path, banned)) {
                    wrong.push(format!("{file}: `{path}` is off limits (`{banned}`): {reason}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_crates_depend_on_each_other_one_way_only() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("vm", &[][..]),
        ("compiler", &["oracle-vm"]),
        ("runtime", &["oracle-vm", "oracle-compiler"]),
    ]);
    for (package, may) in allowed {
        let text = fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else { continue };
            for name in table.keys().filter(|name| name.starts_with("oracle-")) {
                assert!(may.contains(&name.as_str()), "{package} must not depend on {name}");
            }
        }
    }
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for (file, text) in sources() {
        let lines = text.lines().count();
        if lines > LINES && !TABLES.iter().any(|table| file.starts_with(table)) {
            long.push(format!("{file}: {lines} lines, at most {LINES}"));
        }
    }
    assert!(long.is_empty(), "split these files by concept:\n{}", long.join("\n"));
}

#[test]
fn paths_are_found_in_every_way_to_write_them() {
    let code = "use crate::{syntax::ast, hir};\nlet x = crate::diag::Sink;\nuse oracle_vm::{op::Op, ty};";
    let mut found = paths(code);
    found.sort();
    assert_eq!(
        found,
        ["crate::diag::Sink", "crate::hir", "crate::syntax::ast", "oracle_vm::op::Op", "oracle_vm::ty"]
    );
    assert!(within("crate::syntax::ast", "crate::syntax") && !within("crate::syntaxes", "crate::syntax"));
}
