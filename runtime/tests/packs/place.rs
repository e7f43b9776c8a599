//! Where a test works: a folder of its own, and `oracle` run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with the built-in rules in `rules/`.
pub(super) struct Place(pub(super) TempDir);

impl Place {
    pub(super) fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        place.copy_rules("rules");
        place
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn copy_rules(&self, name: &str) {
        fs::create_dir_all(self.path(name)).unwrap();
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
        for entry in fs::read_dir(built_in).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "toml")
                && !fs::read_to_string(&path).unwrap().contains("script =")
            {
                fs::copy(&path, self.path(name).join(path.file_name().unwrap())).unwrap();
            }
        }
    }

    pub(super) fn oracle(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_oracle"))
            .args(args)
            .current_dir(self.0.path())
            .env_clear()
            .output()
            .unwrap()
    }

    /// What a command that must succeed prints.
    pub(super) fn ok(&self, args: &[&str]) -> String {
        let output = self.oracle(args);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that must fail says.
    pub(super) fn refused(&self, args: &[&str]) -> String {
        let output = self.oracle(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", String::from_utf8(output.stdout).unwrap());
        String::from_utf8(output.stderr).unwrap()
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(super) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}
