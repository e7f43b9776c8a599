//! Loading folders: whatever is in them, the good rules load.

use std::fs;
use std::path::{Path, PathBuf};

use oracle_compiler::diag::Severity;
use oracle_runtime::ruleset::{BUILTIN_RULES, LoadError, LoadOptions, LoadReport, OnBad, load};

use crate::support::rule;

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("oracle-loading-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn load_from(path: &Path, on_bad: OnBad) -> Result<LoadReport, LoadError> {
    load(&LoadOptions { paths: vec![path.to_owned()], on_bad, ..LoadOptions::default() })
}

fn ids(report: &LoadReport) -> Vec<&str> {
    report.ruleset.rules().iter().map(|it| &*it.id).collect()
}

#[test]
fn bad_files_do_not_keep_the_good_ones_out() {
    let folder = Folder::new("bad");
    let good = |id: &str| rule(id, "on_turn_start", "context.turn.number > 1", "m", "");
    folder.write("b.toml", good("b"));
    folder.write("deep/er/a.toml", good("a"));
    folder.write("folder.toml/c.toml", good("c"));
    folder.write("latin1.toml", b"[rule]\nid = \"\xe9\"\n");
    folder.write("number.toml", good("x").replace("\"x\"", "5"));
    folder.write("text.toml", good("y").replace("[condition]", "priority = \"high\"\n[condition]"));
    folder.write("empty.toml", "");
    folder.write("twice.toml", good("b"));
    folder.write("notes.md", "not a rule");
    folder.write(".hidden.toml", "garbage");
    folder.write("deep/manifest.toml", "[plugin]\nid = \"p\"\n");
    let report = load_from(&folder.0, OnBad::Skip).unwrap();
    assert_eq!(ids(&report), ["b", "a", "c"]);
    let bad: Vec<String> = report
        .diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .map(|it| report.sources.get(it.primary.span.source).unwrap().name.clone())
        .collect();
    for name in ["latin1.toml", "number.toml", "text.toml", "empty.toml", "twice.toml"] {
        assert!(bad.iter().any(|path| path.ends_with(name)), "{name} in {bad:?}");
    }
    assert!(matches!(load_from(&folder.0, OnBad::Fail), Err(LoadError::Bad { .. })));
}

#[cfg(unix)]
#[test]
fn loops_of_links_end_and_missing_files_are_reported() {
    let folder = Folder::new("links");
    folder.write("a.toml", rule("a", "on_turn_start", "True", "m", ""));
    std::os::unix::fs::symlink(&folder.0, folder.0.join("loop")).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all.toml", folder.0.join("gone.toml")).unwrap();
    let report = load_from(&folder.0, OnBad::Skip).unwrap();
    assert_eq!(ids(&report), ["a"]);
    assert!(
        report.diagnostics.iter().any(|it| it.code.code() == "E0601" && it.message.contains("gone.toml"))
    );
}

#[test]
fn a_missing_folder_is_an_error_of_its_own() {
    let report = load_from(Path::new("no/such/folder"), OnBad::Skip).unwrap();
    assert!(report.diagnostics[0].message.contains("`no/such/folder` cannot be read"));
    assert!(load_from(Path::new("no/such/folder"), OnBad::Fail).is_err());
}

#[test]
fn every_built_in_rule_loads_and_keeps_its_examples() {
    let report = load(&LoadOptions { builtin: true, on_bad: OnBad::Fail, ..LoadOptions::default() }).unwrap();
    assert_eq!(report.ruleset.rules().len(), BUILTIN_RULES.len());
    let folder = Folder::new("builtin");
    for (name, bytes) in BUILTIN_RULES {
        folder.write(name, bytes);
    }
    let paths = vec![folder.0.clone()];
    let both = load(&LoadOptions { builtin: true, paths, ..LoadOptions::default() }).unwrap();
    assert_eq!(both.ruleset.rules().len(), BUILTIN_RULES.len(), "the same file is not loaded twice");
}
