//! What became of the last load.

use std::time::{Duration, SystemTime};

use oracle_compiler::diag::{Diagnostic, Severity};
use oracle_compiler::source::Sources;

/// The rules as they are in force, and what is wrong with their files.
#[derive(Clone, Debug)]
pub struct ReloadStatus {
    /// How many loads found something changed, this one included; from 1.
    pub generation: u64,
    /// When it was.
    pub at: SystemTime,
    /// How long it took, from looking at the files to the rules in force.
    pub took: Duration,
    /// Rules in force.
    pub rules: usize,
    /// Plugins in force or disabled.
    pub plugins: usize,
    /// Files that gave no rule.
    pub left_out: Vec<String>,
    /// Files that are bad now and whose last good version is in force; manifests too.
    pub stale: Vec<String>,
    /// What is wrong or doubtful.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// Why the rules as a whole could not be put in force, where they could not; then the ones before stay.
    pub failure: Option<String>,
}

impl ReloadStatus {
    /// Whether every file is in force as it is on the disk.
    pub fn is_healthy(&self) -> bool {
        self.failure.is_none() && self.errors() == 0
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|it| it.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.diagnostics.len() - self.errors()
    }
}

/// How often rules were loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReloadCounts {
    /// Loads that found something changed.
    pub loads: u64,
    /// Those of them that found errors.
    pub broken: u64,
}
