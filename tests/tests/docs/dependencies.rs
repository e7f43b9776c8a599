//! `docs/dependencies.md` says why each dependency of the workspace is here, and of no other.

use std::collections::BTreeSet;

use super::{read, root};

const PAGE: &str = "docs/dependencies.md";

/// Dependencies that a manifest declares, our own crates left out.
fn declared(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            inside = header.trim_end_matches(']').ends_with("dependencies");
        } else if inside && let Some((name, _)) = line.split_once('=') {
            let name = name.trim().trim_matches('"').split('.').next().unwrap_or_default();
            if !name.starts_with('#') && !name.starts_with("oracle-") {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// The names in the first column of the page's tables.
fn explained(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned())).collect()
}

#[test]
fn every_dependency_is_explained_and_nothing_else() {
    let root = root();
    let manifests = ["", "vm/", "compiler/", "runtime/", "tests/", "benches/"];
    let texts = manifests.iter().map(|folder| read(&root.join(format!("{folder}Cargo.toml"))));
    let declared: BTreeSet<String> = texts.flat_map(|manifest| declared(&manifest)).collect();
    let explained = explained(&read(&root.join(PAGE)));
    let missing: Vec<_> = declared.difference(&explained).collect();
    assert!(missing.is_empty(), "say in {PAGE} why these are here: {missing:?}");
    let gone: Vec<_> = explained.difference(&declared).collect();
    assert!(gone.is_empty(), "{PAGE} explains what no manifest declares: {gone:?}");
}

#[test]
fn manifests_are_read_as_cargo_reads_them() {
    let manifest = "[package]\nname = \"x\"\n[dev-dependencies]\nserde.workspace = true\n# no = 1\n\
                    toml = { version = \"1\" }\noracle-vm = { path = \"vm\" }\n[features]\npeers = []\n";
    assert_eq!(declared(manifest).into_iter().collect::<Vec<_>>(), ["serde", "toml"]);
}
