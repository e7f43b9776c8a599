//! What is in a pack.

use std::fmt;
use std::path::Path;

use oracle_compiler::rule::Condition;
use oracle_vm::pack::{Container, FORMAT, Section, fingerprint};

use super::super::check::plural;
use super::super::console::{Console, Look};
use super::super::status::{CliError, Status};
use crate::pack::keys::hex;
use crate::pack::{LoadedPack, PublicKey, Trust, file, load_pack};

/// Bytes as hexadecimal digits.
struct Hex<'b>(&'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(self.0, f)
    }
}

/// Versions, hash, signatures, sections, counts. What can be told of a pack of another version is told.
pub(super) fn info(path: &Path, console: &mut Console) -> Result<Status, CliError> {
    let bytes = file::read(path).map_err(|error| CliError::unreadable(path, &error))?;
    let container = super::open(path, &bytes)?;
    let mut rows: Vec<(&str, String)> = vec![
        ("size", plural(bytes.len() as u64, "byte")),
        ("hash", Hex(container.hash()).to_string()),
        ("format", format!("{}, this version reads {FORMAT}", container.format())),
        ("schema", same(container.schema(), fingerprint::schema())),
        ("functions", same(container.functions(), fingerprint::functions())),
    ];
    for signature in container.signatures() {
        let key = PublicKey::from_bytes(signature.key);
        let holds = key.as_ref().is_ok_and(|key| Trust::Keys(vec![*key]).check(&container).is_ok());
        let whose = key.map_or_else(|_| format!("no key ({})", Hex(signature.key)), |key| key.to_string());
        rows.push(("signed by", format!("{whose}{}", if holds { "" } else { ", which does not hold" })));
    }
    if container.signatures().next().is_none() {
        rows.push(("signed by", "nobody".to_owned()));
    }
    let loaded = load_pack(&bytes, &Trust::Anyone);
    if let Ok(LoadedPack { packed, recompiled, .. }) = &loaded {
        let scripts = packed.rules.iter().filter(|it| matches!(it.condition, Condition::Script(..))).count();
        rows.push(("rules", packed.rules.len().to_string()));
        rows.push(("scripts", scripts.to_string()));
        rows.push(("plugins", packed.plugins.len().to_string()));
        rows.push(("examples", packed.rules.iter().map(|it| it.tests.len()).sum::<usize>().to_string()));
        rows.push(("sources", packed.sources.len().to_string()));
        if let Some(why) = recompiled {
            rows.push(("loads", format!("compiled again from its own sources: {why}")));
        }
    }
    for (name, value) in rows {
        let name = console.paint().show(Look::Bold, format!("{name:<10}"));
        writeln!(console.out(), "{name} {value}")?;
    }
    sections(&container, console)?;
    match loaded {
        Ok(_) => Ok(Status::Ok),
        Err(error) => Err(super::refused(path, &error)),
    }
}

fn same(found: u64, own: u64) -> String {
    format!("{found:016x}, {}", if found == own { "that of this version" } else { "of another version" })
}

fn sections(container: &Container<'_>, console: &mut Console) -> Result<(), CliError> {
    let title = console.paint().show(Look::Bold, "sections");
    writeln!(console.out(), "\n{title}")?;
    for entry in container.sections() {
        let name = Section::from_kind(entry.kind)
            .map_or_else(|| format!("unknown ({})", entry.kind), |section| section.name().to_owned());
        writeln!(console.out(), "  {name:<12} {:>10}", entry.bytes.len())?;
    }
    Ok(())
}

/// One line for each rule, hook by hook in firing order.
pub(super) fn list(loaded: &LoadedPack, console: &mut Console) -> Result<Status, CliError> {
    let packed = &loaded.packed;
    for id in packed.pack.order() {
        let Some(rule) = packed.rules.get(id.index()) else { continue };
        let off = if rule.enabled { "" } else { "  off" };
        let core = if rule.core { "  core" } else { "" };
        let title = console.paint().show(Look::Bold, format!("{:<40}", rule.id));
        let (hook, priority, version) = (rule.hook.name(), rule.priority, &rule.version);
        writeln!(console.out(), "{title} {hook:<17} {priority:>4}  {version}{core}{off}")?;
    }
    Ok(Status::Ok)
}
