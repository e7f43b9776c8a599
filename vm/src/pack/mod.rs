//! Packs: compiled rules as the machine takes them.
//!
//! A [`Pack`] is what the compiler made or a file said; nothing runs it. Only the verifier turns it into a
//! [`VerifiedPack`](crate::verify::VerifiedPack), the machine's only input.

use crate::hook::Hook;
use crate::ids::{ChunkId, ConstId, RuleId};
use crate::op::Op;
use crate::value::Data;

/// The code of one condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Its instructions; addresses count from here.
    pub code: Vec<Op>,
    /// Its constants; [`ConstId`] counts from here.
    pub consts: Vec<Data>,
    /// How many registers it uses, at most [`crate::limits::REGISTERS`].
    pub registers: u16,
    /// How many params and settings it may read.
    pub params: u16,
    /// How many settings it may read.
    pub settings: u16,
}

impl Chunk {
    /// A constant of the chunk.
    #[inline]
    pub fn constant(&self, id: ConstId) -> Option<&Data> {
        self.consts.get(id.index())
    }
}

/// A rule of the pack, as far as the machine knows rules.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleEntry {
    /// Qualified id.
    pub id: String,
    /// The hook at which it runs.
    pub hook: Hook,
    /// 1 to 1000; higher runs earlier.
    pub priority: u16,
    /// Its condition; `None` for a rule whose condition is a script.
    pub condition: Option<ChunkId>,
    /// The condition of `clear_when`.
    pub clear_when: Option<ChunkId>,
}

/// Where an instruction comes from: byte offsets in the condition's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DebugSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The debug information of one chunk: strippable.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ChunkDebug {
    /// One span for each instruction.
    pub spans: Vec<DebugSpan>,
    /// The source text of the condition.
    pub source: String,
}

/// Compiled rules, not yet verified.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Pack {
    /// Chunks by [`ChunkId`].
    pub chunks: Vec<Chunk>,
    /// Regular expressions by [`crate::ids::PatternId`].
    pub patterns: Vec<String>,
    /// Rules by [`RuleId`].
    pub rules: Vec<RuleEntry>,
    /// Debug information by [`ChunkId`]; empty where it was stripped.
    pub debug: Vec<ChunkDebug>,
}

impl Pack {
    /// The rules of a hook in the order in which they fire: by priority, highest first, then by qualified id.
    pub fn rules_of(&self, hook: Hook) -> Vec<RuleId> {
        let mut rules: Vec<(RuleId, &RuleEntry)> =
            (0..).map(RuleId).zip(&self.rules).filter(|(_, rule)| rule.hook == hook).collect();
        rules.sort_by(|(_, a), (_, b)| b.priority.cmp(&a.priority).then_with(|| a.id.cmp(&b.id)));
        rules.into_iter().map(|(id, _)| id).collect()
    }
}
