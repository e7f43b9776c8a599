//! From a pack to bytes. The same pack gives the same bytes, always and everywhere.

use std::collections::BTreeMap;

use super::bytes::{Out, count};
use super::container::{ALIGN, BEFORE_HASH, ENTRY, FORMAT, HEADER, MAGIC, REQUIRED, content_hash};
use super::read::NO_CHUNK;
use super::section::Section;
use super::text::TextWriter;
use super::{Pack, fingerprint};

/// A pack file on its way to bytes: section by section, in any order.
#[derive(Debug, Default)]
pub struct PackWriter {
    texts: TextWriter,
    sections: BTreeMap<Section, Vec<u8>>,
}

impl PackWriter {
    /// A file without sections.
    pub fn new() -> PackWriter {
        PackWriter::default()
    }

    /// Writes a section; one that was written before is replaced.
    pub fn section(&mut self, section: Section, write: impl FnOnce(&mut Out<'_>)) {
        let mut out = Out { bytes: Vec::new(), texts: &mut self.texts };
        write(&mut out);
        let bytes = out.bytes;
        self.sections.insert(section, bytes);
    }

    /// Writes what the machine needs of a pack, and its debug information where that is wanted.
    pub fn pack(&mut self, pack: &Pack, debug: bool) {
        self.section(Section::Consts, |out| {
            pack.chunks().for_each(|(_, chunk)| chunk.consts.iter().for_each(|data| out.data(&data)));
        });
        self.section(Section::Code, |out| {
            pack.chunks().for_each(|(_, chunk)| chunk.code.iter().for_each(|op| out.put(&op.encode())));
        });
        self.section(Section::Chunks, |out| {
            out.count(pack.chunk_count());
            for (_, chunk) in pack.chunks() {
                // What is longer is not verified either; the reader then says that the sizes do not fit.
                for length in [chunk.code.len(), chunk.consts.len()] {
                    out.u16(u16::try_from(length).unwrap_or(u16::MAX));
                }
                out.u16(chunk.registers);
                out.u16(chunk.params);
                out.u16(chunk.settings);
            }
        });
        self.section(Section::Patterns, |out| {
            out.count(pack.patterns.len());
            pack.patterns.iter().for_each(|pattern| out.str(pattern));
        });
        self.section(Section::Rules, |out| {
            out.count(pack.rules().len());
            for rule in pack.rules().iter() {
                out.str(rule.id);
                out.u16(rule.hook as u16);
                out.u16(rule.priority);
                for chunk in [rule.condition, rule.clear_when] {
                    out.u32(chunk.map_or(NO_CHUNK, |id| id.0));
                }
            }
        });
        self.section(Section::Hooks, |out| {
            out.count(pack.order().len());
            pack.order().iter().for_each(|rule| out.u32(rule.0));
        });
        if debug && !pack.debug.is_empty() {
            self.section(Section::Debug, |out| {
                out.count(pack.debug.len());
                for chunk in pack.debug.iter() {
                    out.str(chunk.source);
                    for span in chunk.spans {
                        out.u32(span.start);
                        out.u32(span.end);
                    }
                }
            });
        }
    }

    /// The file.
    pub fn finish(mut self) -> Vec<u8> {
        self.sections.insert(Section::Strings, self.texts.finish());
        let sections: Vec<(u32, bool, Vec<u8>)> = self
            .sections
            .into_iter()
            .map(|(section, bytes)| (section as u32, section.is_required(), bytes))
            .collect();
        frame(&sections, FORMAT, fingerprint::schema(), fingerprint::functions())
    }
}

/// Puts a frame around sections: kind, whether it must be understood, content. For [`PackWriter`], and for tests
/// that need packs of versions that do not exist.
#[doc(hidden)]
pub fn frame(sections: &[(u32, bool, Vec<u8>)], format: u16, schema: u64, functions: u64) -> Vec<u8> {
    let mut table = Vec::with_capacity(sections.len() * ENTRY);
    let mut body = Vec::new();
    let start = HEADER + sections.len() * ENTRY;
    for (kind, required, bytes) in sections {
        table.extend(kind.to_le_bytes());
        table.extend(if *required { REQUIRED } else { 0 }.to_le_bytes());
        table.extend(((start + body.len()) as u64).to_le_bytes());
        table.extend((bytes.len() as u64).to_le_bytes());
        body.extend_from_slice(bytes);
        body.resize(body.len().next_multiple_of(ALIGN), 0);
    }
    let mut file = Vec::with_capacity(start + body.len());
    file.extend(MAGIC);
    file.extend(format.to_le_bytes());
    file.extend(0_u16.to_le_bytes());
    file.extend(count(sections.len()).to_le_bytes());
    file.extend(((start + body.len()) as u64).to_le_bytes());
    file.extend(schema.to_le_bytes());
    file.extend(functions.to_le_bytes());
    file.extend([0; HEADER - BEFORE_HASH]);
    file.extend(table);
    file.extend(body);
    let hash = content_hash(&file);
    if let Some(place) = file.get_mut(BEFORE_HASH..HEADER) {
        place.copy_from_slice(&hash);
    }
    file
}

/// The file of a pack that only the machine reads: no descriptions, no actions.
pub fn write(pack: &Pack) -> Vec<u8> {
    let mut writer = PackWriter::new();
    writer.pack(pack, true);
    writer.finish()
}
