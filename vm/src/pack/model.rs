//! A pack in memory.

use super::chunk::{Chunk, ChunkBuf, Pools};
use super::debug::DebugInfo;
use super::rules::{RuleEntry, Rules};
use crate::hook::Hook;
use crate::ids::{ChunkId, RuleId};
use crate::op::Op;

/// Compiled rules, not yet verified.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Pack {
    pub(super) chunks: Pools,
    /// Regular expressions by [`crate::ids::PatternId`].
    pub patterns: Vec<String>,
    pub(super) rules: Rules,
    /// All rules: hook by hook, in the order in which they fire.
    pub(super) order: Vec<RuleId>,
    /// Debug information by [`ChunkId`]; empty where it was stripped.
    pub debug: DebugInfo,
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
    pub fn with_rules<'r>(mut self, rules: impl IntoIterator<Item = RuleEntry<'r>>) -> Pack {
        self.rules = rules.into_iter().collect();
        self.rules.shrink_to_fit();
        // The keys beside the ids: looking them up for each comparison would take most of the time.
        let keyed = (0..).map(RuleId).zip(self.rules.iter()).map(|(id, rule)| (rule.firing_key(), id));
        let mut keyed: Vec<_> = keyed.collect();
        keyed.sort_unstable();
        self.order = keyed.into_iter().map(|(_, id)| id).collect();
        self
    }

    /// The same pack with those of its rules that are to be kept; their code stays.
    #[must_use]
    pub fn keep_rules(mut self, keep: impl Fn(RuleId) -> bool) -> Pack {
        if (0..).map(RuleId).take(self.rules.len()).all(&keep) {
            return self;
        }
        let rules = std::mem::take(&mut self.rules);
        let kept = (0..).map(RuleId).zip(rules.iter()).filter(|(id, _)| keep(*id));
        self.with_rules(kept.map(|(_, rule)| rule))
    }

    /// Rules by [`RuleId`].
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// All rules: hook by hook, in the order in which they fire.
    pub fn order(&self) -> &[RuleId] {
        &self.order
    }

    /// The rules of a hook in the order in which they fire: by priority, highest first, then by qualified id.
    pub fn rules_of(&self, hook: Hook) -> &[RuleId] {
        let start = self.order.partition_point(|id| self.rules.hook_of(*id) < Some(hook));
        let end = self.order.partition_point(|id| self.rules.hook_of(*id) <= Some(hook));
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
        for op in self.chunks.append(&other.chunks) {
            if let Op::Matches { pattern, .. } = op {
                pattern.0 = pattern.0.saturating_add(patterns);
            }
        }
        self.patterns.extend(other.patterns);
        self.debug.append(&other.debug);
        if !debug {
            self.debug.clear();
        }
        let moved = |id: Option<ChunkId>| id.map(|id| ChunkId(id.0.saturating_add(chunks)));
        let rules = std::mem::take(&mut self.rules);
        let behind = other.rules.iter().map(|rule| RuleEntry {
            condition: moved(rule.condition),
            clear_when: moved(rule.clear_when),
            ..rule
        });
        Some(self.with_rules(rules.iter().chain(behind)))
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
