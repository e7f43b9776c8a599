//! From bytes to a pack: what every section says, checked before it is believed.

use super::bytes::In;
use super::chunk::Pools;
use super::consts::ConstPool;
use super::container::{Container, FORMAT};
use super::error::{ContentError, PackError};
use super::section::{SECTIONS, Section};
use super::text::Texts;
use super::{DebugInfo, DebugSpan, Pack, RuleEntry, Rules, fingerprint};
use crate::hook::HOOKS;
use crate::ids::{ChunkId, RuleId};
use crate::op::{OP_BYTES, Op};

/// Marks a chunk that a rule does not have.
pub(super) const NO_CHUNK: u32 = u32::MAX;

/// The sections of a pack of this version.
#[derive(Debug)]
pub struct Contents<'p> {
    container: Container<'p>,
    texts: Texts<'p>,
}

/// Reads a section inside of which something may be wrong.
fn content<'p, 't, T>(
    section: Section,
    mut input: In<'p, 't>,
    read: impl FnOnce(&mut In<'p, 't>) -> Result<T, ContentError>,
) -> Result<T, PackError> {
    let read = read(&mut input).and_then(|found| input.end().map(|()| found));
    read.map_err(|error| PackError::Content(section, input.position(), error))
}

impl<'p> Contents<'p> {
    /// Takes a container whose versions are those of this crate.
    ///
    /// # Errors
    /// When it is of another version, lacks a section, or its texts are broken.
    pub fn of(container: Container<'p>) -> Result<Contents<'p>, PackError> {
        if container.format() != FORMAT {
            return Err(PackError::Format(container.format()));
        }
        if container.schema() != fingerprint::schema() {
            return Err(PackError::Schema);
        }
        if container.functions() != fingerprint::functions() {
            return Err(PackError::Functions);
        }
        for entry in container.sections() {
            if entry.required && Section::from_kind(entry.kind).is_none() {
                return Err(PackError::UnknownSection(entry.kind));
            }
        }
        // What the machine needs; the other sections are asked for by those who need them.
        for row in SECTIONS.iter().filter(|row| row.required && row.section < Section::Debug) {
            if container.section(row.section).is_none() {
                return Err(PackError::MissingSection(row.section));
            }
        }
        let bytes = container.section(Section::Strings).unwrap_or_default();
        let texts = Texts::read(bytes, container.content().len())
            .map_err(|(at, error)| PackError::Content(Section::Strings, at, error))?;
        Ok(Contents { container, texts })
    }

    /// The frame.
    pub fn container(&self) -> &Container<'p> {
        &self.container
    }

    /// Reads a section to its end; `None` where the pack does not have it.
    ///
    /// # Errors
    /// Those of `read`, and bytes that it leaves over.
    pub fn section<'t, T>(
        &'t self,
        section: Section,
        read: impl FnOnce(&mut In<'p, 't>) -> Result<T, ContentError>,
    ) -> Result<Option<T>, PackError> {
        let Some(bytes) = self.container.section(section) else { return Ok(None) };
        content(section, In::new(bytes, &self.texts), read).map(Some)
    }

    fn needed<'t, T>(
        &'t self,
        section: Section,
        read: impl FnOnce(&mut In<'p, 't>) -> Result<T, ContentError>,
    ) -> Result<T, PackError> {
        self.section(section, read)?.ok_or(PackError::MissingSection(section))
    }

    /// What the machine needs of the pack, not yet verified.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn pack(&self) -> Result<Pack, PackError> {
        let sizes = self.needed(Section::Chunks, sizes)?;
        let code = self.needed(Section::Code, |input| code(input, &sizes))?;
        let consts = self.needed(Section::Consts, |input| {
            let count = total(sizes.iter().map(|it| it.consts));
            // A constant takes four bytes at least: more of them than that cannot follow.
            let mut consts = ConstPool::with_capacity(count.min(input.left() / 4));
            for _ in 0..count {
                consts.push(input.data()?);
            }
            Ok(consts)
        })?;
        let mut chunks = Pools::of(code, consts, sizes.len());
        let (mut code_end, mut consts_end) = (0_u32, 0_u32);
        for Sizes { ops, consts, registers, params, settings } in &sizes {
            code_end += u32::from(*ops);
            consts_end += u32::from(*consts);
            chunks.end_at((code_end, consts_end), *registers, *params, *settings);
        }
        let patterns = self.needed(Section::Patterns, |input| {
            let count = input.count(4)?;
            (0..count).map(|_| input.string()).collect::<Result<Vec<_>, _>>()
        })?;
        let rules = self.needed(Section::Rules, |input| {
            let count = input.count(16)?;
            let mut rules = Rules::with_capacity(count);
            for _ in 0..count {
                rules.push(rule(input)?);
            }
            rules.shrink_to_fit();
            Ok(rules)
        })?;
        let order = self.needed(Section::Hooks, |input| {
            let count = input.count(4)?;
            (0..count).map(|_| input.u32().map(RuleId)).collect::<Result<Vec<_>, _>>()
        })?;
        let debug = self.section(Section::Debug, |input| debug(input, &sizes))?.unwrap_or_default();
        Ok(Pack { chunks, patterns, rules, order, debug })
    }
}

/// The sizes of a chunk.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    ops: u16,
    consts: u16,
    registers: u16,
    params: u16,
    settings: u16,
}

fn total(sizes: impl Iterator<Item = u16>) -> usize {
    sizes.map(usize::from).sum()
}

fn sizes(input: &mut In<'_, '_>) -> Result<Vec<Sizes>, ContentError> {
    let count = input.count(10)?;
    let mut found = Vec::with_capacity(count);
    let (mut ops, mut consts) = (0_u32, 0_u32);
    for _ in 0..count {
        let sizes = Sizes {
            ops: input.u16()?,
            consts: input.u16()?,
            registers: input.u16()?,
            params: input.u16()?,
            settings: input.u16()?,
        };
        ops = ops.checked_add(sizes.ops.into()).ok_or(ContentError::Sizes)?;
        consts = consts.checked_add(sizes.consts.into()).ok_or(ContentError::Sizes)?;
        found.push(sizes);
    }
    Ok(found)
}

fn code(input: &mut In<'_, '_>, sizes: &[Sizes]) -> Result<Vec<Op>, ContentError> {
    let count = total(sizes.iter().map(|it| it.ops));
    let bytes = count.checked_mul(OP_BYTES).ok_or(ContentError::Sizes)?;
    let (ops, rest) = input.take(bytes).map_err(|_| ContentError::Sizes)?.as_chunks::<OP_BYTES>();
    debug_assert!(rest.is_empty());
    let mut code = Vec::with_capacity(count);
    for bytes in ops {
        code.push(Op::decode(*bytes).ok_or(ContentError::Op)?);
    }
    Ok(code)
}

fn rule<'p>(input: &mut In<'p, '_>) -> Result<RuleEntry<'p>, ContentError> {
    let id = input.copied()?;
    let hook = HOOKS.get(usize::from(input.u16()?)).ok_or(ContentError::Tag)?.hook;
    let priority = input.u16()?;
    let mut chunk = || input.u32().map(|raw| (raw != NO_CHUNK).then_some(ChunkId(raw)));
    Ok(RuleEntry { id, hook, priority, condition: chunk()?, clear_when: chunk()? })
}

fn debug(input: &mut In<'_, '_>, sizes: &[Sizes]) -> Result<DebugInfo, ContentError> {
    let count = input.count(4)?;
    if count != sizes.len() {
        return Err(ContentError::ChunkCount);
    }
    // The code was read before, so there are that many instructions; their spans may still be missing.
    let spans = total(sizes.iter().map(|it| it.ops)).min(input.left() / 8);
    let mut debug = DebugInfo::with_capacity(count, spans);
    for chunk in sizes {
        let source = input.copied()?;
        let bytes = input.take(usize::from(chunk.ops) * 8)?;
        let word = |bytes: &[u8; 8], at: usize| {
            bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u32::from_le_bytes(*word))
        };
        let spans = bytes.as_chunks::<8>().0.iter();
        debug.push(spans.map(|bytes| DebugSpan { start: word(bytes, 0), end: word(bytes, 4) }), source);
    }
    debug.shrink_to_fit();
    Ok(debug)
}

/// Reads what the machine needs of a pack file, not yet verified.
///
/// # Errors
/// What is wrong with the bytes, and where. Takes time and memory in proportion to them.
pub fn read(bytes: &[u8]) -> Result<Pack, PackError> {
    Contents::of(Container::open(bytes)?)?.pack()
}
