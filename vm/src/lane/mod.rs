//! The fast lane: conditions that only test and calculate, as steps that a short loop walks.
//!
//! Most conditions compare slots with constants, ask whether something is there, calculate with a few numbers, or
//! look for rows of the history that pass such tests. [`Lanes::new`] reads these shapes off the verified code of all
//! chunks (`read`), with the constants inline and the kind of comparison decided; [`Lanes::run`] walks the steps with
//! no register of values, arena or fuel (`quick` for most, `rare` for the rest and for loops, `calc` for
//! arithmetic). Wherever a value is not of the kind that a test was made for, and wherever the code goes on with
//! something else, the lane ends without an answer and the machine runs the code from its start: conditions have no
//! effects, so nothing is lost but a few nanoseconds.
//!
//! A lane never answers where a full run would run out of fuel: what a walk can cost is bounded when it is read.

mod calc;
mod quick;
mod rare;
mod read;
mod scalar;
mod step;

use calc::Micro;
use quick::simply;
use step::Step;
pub(crate) use step::Way;

use crate::frame::{Frame, Scope};
use crate::ids::ChunkId;
use crate::pack::Chunk;
use crate::value::Data;

/// Where a walk through the steps of a chunk begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry(u32);

impl Entry {
    /// No steps.
    pub(crate) const NOWHERE: Entry = Entry(u32::MAX);
    /// Marks the first of steps that are not all simple.
    const QUICK: u32 = 1 << 31;

    /// The number of the first step.
    fn step(self) -> usize {
        (self.0 & !Entry::QUICK) as usize
    }
}

/// The steps of all chunks of a pack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    /// The first step of each chunk.
    starts: Box<[Entry]>,
    steps: Box<[Step]>,
    /// Texts of nine to sixteen bytes, as their first and last eight.
    mids: Box<[[u64; 2]]>,
    /// Longer texts, and lists.
    data: Box<[Data]>,
    /// Entries of the state.
    entries: Box<[calc::Entry]>,
    micros: Box<[Micro]>,
}

impl Lanes {
    /// Reads the steps off chunks of verified code.
    pub(crate) fn new<'p>(chunks: impl Iterator<Item = Chunk<'p>>) -> Lanes {
        let (mut pools, mut scratch) = (read::Pools::default(), read::Scratch::default());
        let starts =
            chunks.map(|chunk| start(&chunk, &mut pools, &mut scratch).unwrap_or(Entry::NOWHERE)).collect();
        Lanes {
            starts,
            steps: pools.steps.into(),
            mids: pools.mids.into(),
            data: pools.data.into(),
            entries: pools.entries.into(),
            micros: pools.micros.into(),
        }
    }

    /// Where the lane of a chunk begins; `None` for a chunk of another pack.
    #[inline]
    pub(crate) fn entry(&self, chunk: ChunkId) -> Option<Entry> {
        self.starts.get(chunk.index()).copied()
    }

    /// Where the lane of a chunk goes on when the tests of the first instructions hold, so many of which are a test that
    /// rejects when it does not hold. The beginning, where the lane does not have them as steps of their own.
    pub(crate) fn behind(&self, chunk: ChunkId, tests: usize) -> Entry {
        let whole = self.entry(chunk).unwrap_or(Entry::NOWHERE);
        let first = whole.step();
        // Each step that leads to the next one stands for one instruction, as the next one begins where it ends.
        let passes = |step: &Step| step.leads_on_or_rejects();
        match (self.steps.get(first..first.saturating_add(tests)), u32::try_from(tests)) {
            (Some(steps), Ok(tests)) if steps.iter().all(passes) => Entry(whole.0 + tests),
            _ => whole,
        }
    }

    /// Where the lane leads from there on: to the truth of the condition, or out.
    #[inline]
    pub(crate) fn run(&self, entry: Entry, frame: &Frame<'_>, scope: &Scope<'_>) -> Way {
        if entry.0 & Entry::QUICK != 0 {
            return self.quickly(entry.step(), frame, scope);
        }
        let start = entry.0 as usize;
        // What was walked in vain had no effects.
        simply(&self.steps, start, frame, scope).unwrap_or_else(|| self.quickly(start, frame, scope))
    }
}

/// Reads the steps of a chunk: where they begin, marked where not all are simple.
fn start(chunk: &Chunk<'_>, pools: &mut read::Pools, scratch: &mut read::Scratch) -> Option<Entry> {
    let start = read::lane(chunk, pools, scratch).filter(|start| *start < Entry::QUICK)?;
    let is_simple = pools.steps.get(start as usize..).is_some_and(|steps| steps.iter().all(Step::is_simple));
    Some(Entry(if is_simple { start } else { start | Entry::QUICK }))
}
