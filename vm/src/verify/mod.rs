//! From a pack to one that can be run: everything that the machine relies on is checked here, once.

mod error;
mod flow;
mod operands;

pub use error::{ChunkLimit, CodeError, VerifyError};

use regex::{Regex, RegexBuilder};

use crate::ids::{Addr, ChunkId, PatternId, RuleId};
use crate::lane::Lane;
use crate::limits;
use crate::pack::{Chunk, Pack};
use crate::value::Data;

/// A pack that the machine can run. Only [`verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedPack {
    pack: Pack,
    patterns: Vec<Regex>,
    lanes: Vec<Lane>,
}

impl std::ops::Deref for VerifiedPack {
    type Target = Pack;
    fn deref(&self) -> &Pack {
        &self.pack
    }
}

impl VerifiedPack {
    /// A regular expression of the pack, ready to search.
    pub(crate) fn pattern(&self, id: PatternId) -> Option<&Regex> {
        self.patterns.get(id.index())
    }

    /// The fast lane of a chunk.
    #[inline]
    pub(crate) fn lane(&self, id: ChunkId) -> Option<&Lane> {
        self.lanes.get(id.index())
    }

    /// The pack as it was before it was verified.
    pub fn into_pack(self) -> Pack {
        self.pack
    }
}

/// Checks a pack: that everything it names is there, that its code ends on every path, and that its patterns
/// compile. Takes time in proportion to its size.
pub fn verify(pack: Pack) -> Result<VerifiedPack, VerifyError> {
    check_rules(&pack)?;
    check_debug(&pack)?;
    let mut walk = flow::Walk::default();
    for (id, chunk) in pack.chunks() {
        check_limits(&chunk).map_err(|limit| VerifyError::Limit(id, limit))?;
        for (at, op) in chunk.code.iter().enumerate() {
            operands::check(&pack, &chunk, at, op)
                .map_err(|error| VerifyError::Code(id, Addr(u16::try_from(at).unwrap_or(u16::MAX)), error))?;
        }
        walk.check(chunk.code).map_err(|(at, error)| VerifyError::Code(id, at, error))?;
    }
    let patterns = (0..)
        .map(PatternId)
        .zip(&pack.patterns)
        .map(|(id, pattern)| compile(pattern).map_err(|error| VerifyError::Pattern(id, error.to_string())))
        .collect::<Result<_, _>>()?;
    let lanes = pack.chunks().map(|(_, chunk)| Lane::new(&chunk)).collect();
    Ok(VerifiedPack { pack, patterns, lanes })
}

fn check_rules(pack: &Pack) -> Result<(), VerifyError> {
    for (id, rule) in (0..).map(RuleId).zip(pack.rules()) {
        for chunk in [rule.condition, rule.clear_when].into_iter().flatten() {
            if chunk.index() >= pack.chunk_count() {
                return Err(VerifyError::RuleChunk(id, chunk));
            }
        }
    }
    Ok(())
}

fn check_debug(pack: &Pack) -> Result<(), VerifyError> {
    if pack.debug.is_empty() {
        return Ok(());
    }
    if pack.debug.len() != pack.chunk_count() {
        let fewer = pack.debug.len().min(pack.chunk_count());
        return Err(VerifyError::Debug(ChunkId(u32::try_from(fewer).unwrap_or(u32::MAX))));
    }
    let mut pairs = pack.chunks().zip(&pack.debug);
    match pairs.find(|((_, chunk), debug)| chunk.code.len() != debug.spans.len()) {
        Some(((id, _), _)) => Err(VerifyError::Debug(id)),
        None => Ok(()),
    }
}

fn check_limits(chunk: &Chunk) -> Result<(), ChunkLimit> {
    if chunk.code.len() > limits::CHUNK_OPS {
        return Err(ChunkLimit::Ops);
    }
    if chunk.consts.len() > limits::CHUNK_CONSTS {
        return Err(ChunkLimit::Consts);
    }
    if usize::from(chunk.registers) > limits::REGISTERS {
        return Err(ChunkLimit::Registers);
    }
    if chunk.consts.iter().all(|data| fits(data, limits::DATA_DEPTH)) {
        Ok(())
    } else {
        Err(ChunkLimit::ConstDepth)
    }
}

/// Whether the data nests no deeper than so many levels.
fn fits(data: &Data, depth: usize) -> bool {
    let mut inside = match data {
        Data::List(items) => items.iter().collect::<Vec<_>>(),
        Data::Map(map) => map.values().collect(),
        Data::Record(record) => record.fields.iter().collect(),
        _ => return true,
    }
    .into_iter();
    depth.checked_sub(1).is_some_and(|below| inside.all(|data| fits(data, below)))
}

/// Compiles a regular expression within the limits of the language; the error says what is wrong with it.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(limits::PATTERN_BYTES)
        .dfa_size_limit(limits::PATTERN_BYTES)
        .nest_limit(64)
        .build()
}
