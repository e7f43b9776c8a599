//! A pack in memory.

use std::cmp::Reverse;

use super::chunk::{Chunk, ChunkBuf, Pools};
use crate::hook::Hook;
use crate::ids::{ChunkId, RuleId};
use crate::op::Op;

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
    pub(super) chunks: Pools,
    /// Regular expressions by [`crate::ids::PatternId`].
    pub patterns: Vec<String>,
    pub(super) rules: Vec<RuleEntry>,
    /// All rules: hook by hook, in the order in which they fire.
    pub(super) order: Vec<RuleId>,
    /// Debug information by [`ChunkId`]; empty where it was stripped.
    pub debug: Vec<ChunkDebug>,
}

impl Pack {
    /// Adds a chunk.
    pub fn push(&mut self, chunk: ChunkBuf) -> ChunkId {
        self.chunks.push(chunk)
    }

    /// The chunk with this id; `None` where there is none.
    #[inline]
    pub fn chunk(&self, id: ChunkId) -> Option<Chunk<'_>> {
        self.chunks.get(id)
    }

    /// All chunks, in order of their ids.
    pub fn chunks(&self) -> impl Iterator<Item = (ChunkId, Chunk<'_>)> {
        (0..).map(ChunkId).map_while(|id| Some((id, self.chunk(id)?)))
    }

    /// How many chunks there are.
    pub fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// The same pack with these rules.
    #[must_use]
    pub fn with_rules(mut self, rules: Vec<RuleEntry>) -> Pack {
        // The keys beside the ids: looking them up for each comparison would take most of the time.
        let keyed = (0..).map(RuleId).take(rules.len()).map(|id| (firing_key(&rules, id), id));
        let mut keyed: Vec<_> = keyed.collect();
        keyed.sort_unstable();
        self.order = keyed.into_iter().map(|(_, id)| id).collect();
        self.rules = rules;
        self
    }

    /// Rules by [`RuleId`].
    pub fn rules(&self) -> &[RuleEntry] {
        &self.rules
    }

    /// All rules: hook by hook, in the order in which they fire.
    pub fn order(&self) -> &[RuleId] {
        &self.order
    }

    /// The rules of a hook in the order in which they fire: by priority, highest first, then by qualified id.
    pub fn rules_of(&self, hook: Hook) -> &[RuleId] {
        let hook_of = |id: &RuleId| self.rules.get(id.index()).map(|rule| rule.hook);
        let start = self.order.partition_point(|id| hook_of(id) < Some(hook));
        let end = self.order.partition_point(|id| hook_of(id) <= Some(hook));
        self.order.get(start..end).unwrap_or_default()
    }

    /// Adds everything of another pack, its rules behind these: their ids go on from here. `None` where both together
    /// have more patterns than there are numbers for.
    #[must_use]
    pub fn join(mut self, other: Pack) -> Option<Pack> {
        let patterns = u16::try_from(self.patterns.len()).ok()?;
        u16::try_from(self.patterns.len().checked_add(other.patterns.len())?).ok()?;
        let chunks = u32::try_from(self.chunk_count()).ok()?;
        // Debug information is all or nothing.
        let keeps_debug = |pack: &Pack| pack.debug.len() == pack.chunk_count();
        let debug = keeps_debug(&self) && keeps_debug(&other);
        for (_, chunk) in other.chunks() {
            let mut code = chunk.code.to_vec();
            for op in &mut code {
                if let Op::Matches { pattern, .. } = op {
                    pattern.0 = pattern.0.saturating_add(patterns);
                }
            }
            let Chunk { consts, registers, params, settings, .. } = chunk;
            self.push(ChunkBuf { code, consts: consts.to_vec(), registers, params, settings });
        }
        self.patterns.extend(other.patterns);
        self.debug.extend(other.debug);
        if !debug {
            self.debug.clear();
        }
        let moved = |id: Option<ChunkId>| id.map(|id| ChunkId(id.0.saturating_add(chunks)));
        let mut rules = std::mem::take(&mut self.rules);
        rules.extend(other.rules.into_iter().map(|rule| RuleEntry {
            condition: moved(rule.condition),
            clear_when: moved(rule.clear_when),
            ..rule
        }));
        Some(self.with_rules(rules))
    }

    /// Gives back memory that is not needed.
    pub fn shrink_to_fit(&mut self) {
        self.chunks.shrink_to_fit();
        self.patterns.shrink_to_fit();
        self.rules.shrink_to_fit();
        self.order.shrink_to_fit();
        self.debug.shrink_to_fit();
    }
}

/// What orders rules: the hook, the priority, highest first, the qualified id. Ids are unique, so is this.
pub(crate) fn firing_key(rules: &[RuleEntry], id: RuleId) -> Option<(Hook, Reverse<u16>, &str)> {
    let rule = rules.get(id.index())?;
    Some((rule.hook, Reverse(rule.priority), rule.id.as_str()))
}
