//! Pack files: everything that a set of compiled rules needs, in one file.
//!
//! [`write()`] puts the machine's [`Pack`], what people and the runtime know about the rules, plugins, scripts and the
//! sources into sections; [`read`] takes them out again. `rules` and `plugins` hold the codec of their sections,
//! [`sources`] the one section whose layout is the same in every version, so that a pack of another version can be
//! [compiled again](recompile). The frame, and the sections of the machine, are those of [`oracle_vm::pack`]; the
//! format is specified in `docs/pack.md`.

mod plugins;
mod recompile;
mod rules;
pub mod sources;

use std::sync::Arc;

use oracle_vm::pack::{Container, Contents, Pack, PackError, PackWriter, Section};

use crate::rule::{ParamSpec, RuleSpec};

pub use recompile::{compile, recompile};
pub use sources::{SourceFile, SourceKind};

/// What a pack knows about a plugin whose rules it has: what its manifest says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginSpec {
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
}

/// Everything that is in a pack file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packed {
    /// What the machine runs.
    pub pack: Pack,
    /// The rules, in the order of the pack's.
    pub rules: Vec<Arc<RuleSpec>>,
    /// The plugins, in order of their ids.
    pub plugins: Vec<PluginSpec>,
    /// What it was compiled from; empty where that was stripped.
    pub sources: Vec<SourceFile>,
}

/// Writes a pack file, without debug information and sources where it is to be stripped. The same rules give the same
/// bytes.
pub fn write(packed: &Packed, strip: bool) -> Vec<u8> {
    let mut writer = PackWriter::new();
    writer.pack(&packed.pack, !strip);
    rules::write(&mut writer, &packed.rules);
    plugins::write(&mut writer, &packed.plugins);
    if !strip && !packed.sources.is_empty() {
        writer.section(Section::Sources, |out| out.put(&sources::encode(&packed.sources)));
    }
    writer.finish()
}

/// Reads a pack file. Its code is not verified yet.
///
/// # Errors
/// When the bytes are no pack of this version.
pub fn read(container: Container<'_>) -> Result<Packed, PackError> {
    let contents = Contents::of(container)?;
    let pack = contents.pack()?;
    let rules = rules::read(&contents, pack.rules())?;
    let plugins = plugins::read(&contents)?;
    let sources = sources::read(contents.container())?;
    Ok(Packed { pack, rules, plugins, sources })
}
