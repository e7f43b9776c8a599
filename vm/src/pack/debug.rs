//! Debug information: where instructions come from, of all chunks in one place.

use crate::ids::ChunkId;

/// Where an instruction comes from: byte offsets in the condition's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DebugSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The debug information of one chunk.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct ChunkDebug<'p> {
    /// One span for each instruction.
    pub spans: &'p [DebugSpan],
    /// The source text of the condition.
    pub source: &'p str,
}

/// The debug information of all chunks: strippable.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DebugInfo {
    spans: Vec<DebugSpan>,
    sources: String,
    /// Of each chunk, where its spans and its source end.
    ends: Vec<(usize, usize)>,
}

impl DebugInfo {
    pub(super) fn with_capacity(chunks: usize, spans: usize) -> DebugInfo {
        let (spans, ends) = (Vec::with_capacity(spans), Vec::with_capacity(chunks));
        DebugInfo { spans, sources: String::new(), ends }
    }

    /// Of how many chunks there is debug information.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// That of a chunk; `None` where it was stripped.
    pub fn get(&self, chunk: ChunkId) -> Option<ChunkDebug<'_>> {
        let at = chunk.index();
        let (spans_end, source_end) = *self.ends.get(at)?;
        let before = at.checked_sub(1).and_then(|at| self.ends.get(at));
        let (spans, source) = before.copied().unwrap_or_default();
        let (spans, source) = (self.spans.get(spans..spans_end)?, self.sources.get(source..source_end)?);
        Some(ChunkDebug { spans, source })
    }

    /// Those of all chunks, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = ChunkDebug<'_>> {
        (0..).map(ChunkId).map_while(|id| self.get(id))
    }

    /// Adds that of the next chunk.
    pub fn push(&mut self, spans: impl IntoIterator<Item = DebugSpan>, source: &str) {
        self.spans.extend(spans);
        self.sources.push_str(source);
        self.ends.push((self.spans.len(), self.sources.len()));
    }

    /// Adds those of all chunks of another pack.
    pub(super) fn append(&mut self, other: &DebugInfo) {
        let (spans, sources) = (self.spans.len(), self.sources.len());
        self.spans.extend_from_slice(&other.spans);
        self.sources.push_str(&other.sources);
        let moved =
            |(span, source): &(usize, usize)| (spans.saturating_add(*span), sources.saturating_add(*source));
        self.ends.extend(other.ends.iter().map(moved));
    }

    /// Takes all of it out.
    pub fn clear(&mut self) {
        *self = DebugInfo::default();
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.spans.shrink_to_fit();
        self.sources.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}
