//! Plugins: folders with a manifest, rules and scripts.
//!
//! [`discover`] looks for `manifest.toml` below the folders of plugins, `check` holds each against the [`Host`],
//! `files` gathers the rule files of those that may run. Whatever is wrong with a plugin is a diagnostic into its
//! manifest and keeps out that plugin alone. Nothing outside of a plugin's folder is ever read on its behalf.

mod check;
mod discover;
mod files;
mod host;

use std::path::PathBuf;

use oracle_compiler::rule::ParamSpec;

pub use discover::{Discovered, discover};
pub(crate) use discover::{LastGood, discover_with};
pub use host::{DEFAULT_CAPABILITIES, Host};

/// The file that makes a folder a plugin.
pub const MANIFEST: &str = "manifest.toml";

/// A plugin that the host may run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugin {
    /// Its id, before the colon of its rules' ids.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its semantic version.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// What it needs of the host.
    pub requires: Vec<String>,
    /// What users may change, in the order of the manifest.
    pub settings: Vec<ParamSpec>,
    /// Its folder, as it was found; empty for a plugin that lies in none.
    pub folder: PathBuf,
    /// Whether the host runs its rules; a disabled plugin is listed and has none.
    pub enabled: bool,
}

impl Plugin {
    /// A plugin of which nothing is known but its id.
    pub fn unnamed(id: &str) -> Plugin {
        Plugin {
            id: id.to_owned(),
            name: id.to_owned(),
            version: "1.0.0".to_owned(),
            description: String::new(),
            requires: Vec::new(),
            settings: Vec::new(),
            folder: PathBuf::new(),
            enabled: true,
        }
    }
}
