//! The section of sources: the files that a pack was compiled from. Its layout is the same in every version.

use oracle_vm::pack::{Container, ContentError, PackError, Section};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A rule file.
    Rule,
    /// A script.
    Script,
    /// The manifest of a plugin.
    Manifest,
}

/// The kinds by their number in the file.
const KINDS: [SourceKind; 3] = [SourceKind::Rule, SourceKind::Script, SourceKind::Manifest];

/// A file that a pack was compiled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// What it is.
    pub kind: SourceKind,
    /// The plugin that it belongs to; empty outside of plugins.
    pub plugin: String,
    /// Its path, which does not depend on where the folder lay; of a script, as its rule names it.
    pub path: String,
    /// Of a script, the path of the rule file that names it; else empty.
    pub rule: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Writes the files.
pub(super) fn encode(files: &[SourceFile]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    bytes.extend(number(files.len()));
    for SourceFile { kind, plugin, path, rule, bytes: content } in files {
        bytes.extend(number(KINDS.iter().position(|it| it == kind).unwrap_or_default()));
        let parts = [plugin.as_bytes(), path.as_bytes(), rule.as_bytes(), content.as_slice()];
        parts.iter().for_each(|part| bytes.extend(number(part.len())));
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
    }
    bytes
}

/// The files that a pack was compiled from, whatever its version; none where they were stripped.
///
/// # Errors
/// When the section is broken.
pub fn read(container: &Container<'_>) -> Result<Vec<SourceFile>, PackError> {
    let Some(bytes) = container.section(Section::Sources) else { return Ok(Vec::new()) };
    let mut rest = bytes;
    let mut read = || -> Result<Vec<SourceFile>, ContentError> {
        let count = number(&mut rest)?;
        let mut files = Vec::new();
        for _ in 0..count {
            files.push(file(&mut rest)?);
        }
        if rest.is_empty() { Ok(files) } else { Err(ContentError::LeftOver) }
    };
    read().map_err(|error| PackError::Content(Section::Sources, bytes.len() - rest.len(), error))
}

fn number(rest: &mut &[u8]) -> Result<usize, ContentError> {
    let (number, behind) = rest.split_first_chunk().ok_or(ContentError::Truncated)?;
    *rest = behind;
    usize::try_from(u32::from_le_bytes(*number)).map_err(|_| ContentError::Count)
}

fn file(rest: &mut &[u8]) -> Result<SourceFile, ContentError> {
    let kind = *KINDS.get(number(rest)?).ok_or(ContentError::Tag)?;
    let lengths = [number(rest)?, number(rest)?, number(rest)?, number(rest)?];
    let mut parts = [[].as_slice(); 4];
    for (part, length) in parts.iter_mut().zip(lengths) {
        (*part, *rest) = rest.split_at_checked(length).ok_or(ContentError::Truncated)?;
    }
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| ContentError::Utf8);
    let [plugin, path, rule, content] = parts;
    Ok(SourceFile {
        kind,
        plugin: text(plugin)?,
        path: text(path)?,
        rule: text(rule)?,
        bytes: content.to_vec(),
    })
}
