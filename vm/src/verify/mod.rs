//! From a pack to one that can be run: everything that the machine relies on is checked here, once.

mod checks;
mod error;
mod flow;
mod operands;
mod patterns;
mod registers;
mod rules;

pub use error::{ChunkLimit, CodeError, VerifyError};
pub use patterns::{compile, pattern_bytes, patterns_fit};

use regex::Regex;

use crate::ids::{Addr, ChunkId, PatternId};
use crate::lane::Lanes;
use crate::limits;
use crate::pack::{self, Chunk, Pack, PackError};
use crate::value::Data;
use checks::Checks;
use operands::Operands;

/// A pack that the machine can run. Only [`verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedPack {
    pack: Pack,
    patterns: Vec<Regex>,
    lanes: Lanes,
}

impl std::ops::Deref for VerifiedPack {
    type Target = Pack;
    fn deref(&self) -> &Pack {
        &self.pack
    }
}

/// Why bytes were not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// They are no pack.
    Pack(PackError),
    /// The pack was refused.
    Verify(VerifyError),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::Pack(error) => error.fmt(f),
            LoadError::Verify(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {}

impl VerifiedPack {
    /// Reads a pack file and verifies it.
    ///
    /// # Errors
    /// When the bytes are no pack of this version, or one that must not run.
    pub fn load(bytes: &[u8]) -> Result<VerifiedPack, LoadError> {
        verify(pack::read(bytes).map_err(LoadError::Pack)?).map_err(LoadError::Verify)
    }

    /// A regular expression of the pack, ready to search.
    pub(crate) fn pattern(&self, id: PatternId) -> Option<&Regex> {
        self.patterns.get(id.index())
    }

    /// The fast lanes of its chunks.
    #[inline]
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// The pack as it was before it was verified.
    pub fn into_pack(self) -> Pack {
        self.pack
    }
}

/// Checks a pack: that everything it names is there, that its code ends on every path, that loops are driven by
/// nothing but what they iterate, that the rules of each hook stand in firing order, and that its patterns compile.
/// Takes time in proportion to its size.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(pack: Pack) -> Result<VerifiedPack, VerifyError> {
    let patterns = check(&pack, Checks::default())?;
    let lanes = Lanes::new(pack.chunks().map(|(_, chunk)| chunk));
    Ok(VerifiedPack { pack, patterns, lanes })
}

/// What the verifier says with one check left out, by its [code](VerifyError::code): tests prove so that each check
/// is needed. It makes no [`VerifiedPack`].
///
/// # Errors
/// As [`verify`], but for that check.
#[doc(hidden)]
pub fn verify_without(pack: &Pack, check_code: &str) -> Result<(), VerifyError> {
    check(pack, Checks::without(check_code)).map(drop)
}

fn check(pack: &Pack, checks: Checks) -> Result<Vec<Regex>, VerifyError> {
    rules::check(pack, checks)?;
    check_debug(pack, checks)?;
    let mut walk = flow::Walk::new(checks);
    for (id, chunk) in pack.chunks() {
        check_limits(id, &chunk, checks)?;
        let operands = Operands { checks, pack, chunk: &chunk };
        for (at, op) in chunk.code.iter().enumerate() {
            let here = || Addr(u16::try_from(at).unwrap_or(u16::MAX));
            operands.check(op).map_err(|error| VerifyError::Code(id, here(), error))?;
        }
        walk.check(chunk.code).map_err(|(at, error)| VerifyError::Code(id, at, error))?;
    }
    patterns::compile_all(&pack.patterns, checks)
}

fn check_debug(pack: &Pack, checks: Checks) -> Result<(), VerifyError> {
    if pack.debug.is_empty() {
        return Ok(());
    }
    checks.pack(pack.debug.len() == pack.chunk_count(), || VerifyError::DebugChunks)?;
    for ((id, chunk), debug) in pack.chunks().zip(pack.debug.iter()) {
        checks.pack(chunk.code.len() == debug.spans.len(), || VerifyError::DebugSpans(id))?;
    }
    Ok(())
}

fn check_limits(id: ChunkId, chunk: &Chunk<'_>, checks: Checks) -> Result<(), VerifyError> {
    let within = |holds: bool, limit: ChunkLimit| checks.pack(holds, || VerifyError::Limit(id, limit));
    within(chunk.code.len() <= limits::CHUNK_OPS, ChunkLimit::Ops)?;
    within(chunk.consts.len() <= limits::CHUNK_CONSTS, ChunkLimit::Consts)?;
    within(usize::from(chunk.registers) <= limits::REGISTERS, ChunkLimit::Registers)?;
    within(chunk.consts.large().all(|data| fits(data, limits::DATA_DEPTH)), ChunkLimit::ConstDepth)
}

/// Whether the data nests no deeper than so many levels.
fn fits(data: &Data, depth: usize) -> bool {
    let below = depth.checked_sub(1);
    let inside = |data: &Data| below.is_some_and(|below| fits(data, below));
    match data {
        Data::List(items) => below.is_some() && items.iter().all(inside),
        Data::Map(map) => below.is_some() && map.values().all(inside),
        Data::Record(record) => below.is_some() && record.fields.iter().all(inside),
        _ => true,
    }
}
