//! Joining packs: the chunks of one after those of the other.

use std::collections::HashMap;

use super::{DebugSpan, Pack};
use crate::ids::PatternId;
use crate::op::Op;

/// Makes one pack out of several, whose patterns stand in it once. Rules are not taken over: who knows what becomes of
/// their ids adds them.
#[derive(Debug, Default)]
pub struct Merge {
    pack: Pack,
    patterns: HashMap<String, PatternId>,
}

impl Merge {
    /// Adds the chunks of a pack. Their ids grow by what is returned; `None` when there are too many patterns
    /// altogether, and then nothing was added.
    pub fn add(&mut self, other: &Pack) -> Option<u32> {
        let patterns = self.patterns(&other.patterns)?;
        let by = u32::try_from(self.pack.chunk_count()).ok()?;
        let added = self.pack.chunks.append(&other.chunks);
        if !patterns.is_empty() {
            for op in added {
                if let Op::Matches { pattern, .. } = op
                    && let Some(id) = patterns.get(pattern.index())
                {
                    *pattern = *id;
                }
            }
        }
        self.pack.debug.append(&other.debug);
        for (_, chunk) in other.chunks().skip(other.debug.len()) {
            // A pack has debug information for all of its chunks or for none: what was stripped is empty.
            let spans = std::iter::repeat_n(DebugSpan::default(), chunk.code.len());
            self.pack.debug.push(spans, "");
        }
        Some(by)
    }

    /// The places of another pack's patterns in this one.
    fn patterns(&mut self, other: &[String]) -> Option<Vec<PatternId>> {
        let new = other.iter().filter(|it| !self.patterns.contains_key(*it)).count();
        u16::try_from(self.pack.patterns.len() + new).ok()?;
        let mut places = Vec::with_capacity(other.len());
        for pattern in other {
            let next = PatternId(u16::try_from(self.pack.patterns.len()).ok()?);
            let id = *self.patterns.entry(pattern.clone()).or_insert(next);
            if id == next {
                self.pack.patterns.push(pattern.clone());
            }
            places.push(id);
        }
        Some(places)
    }

    /// The pack, without rules.
    pub fn finish(mut self) -> Pack {
        self.pack.shrink_to_fit();
        self.pack
    }
}
