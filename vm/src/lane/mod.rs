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

use calc::{Entry, Micro};
use quick::simply;
use step::Step;
pub(crate) use step::Way;

use crate::frame::{Frame, Scope};
use crate::ids::ChunkId;
use crate::pack::Chunk;
use crate::value::Data;

/// No steps.
const NOWHERE: u32 = u32::MAX;
/// Marks the first of steps that are not all simple.
const QUICK: u32 = 1 << 31;

/// The steps of all chunks of a pack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    /// The first step of each chunk, or [`NOWHERE`].
    starts: Box<[u32]>,
    steps: Box<[Step]>,
    /// Texts of nine to sixteen bytes, as their first and last eight.
    mids: Box<[[u64; 2]]>,
    /// Longer texts, and lists.
    data: Box<[Data]>,
    /// Entries of the state.
    entries: Box<[Entry]>,
    micros: Box<[Micro]>,
}

impl Lanes {
    /// Reads the steps off chunks of verified code.
    pub(crate) fn new<'p>(chunks: impl Iterator<Item = Chunk<'p>>) -> Lanes {
        let (mut pools, mut scratch) = (read::Pools::default(), read::Scratch::default());
        let starts = chunks.map(|chunk| start(&chunk, &mut pools, &mut scratch).unwrap_or(NOWHERE)).collect();
        Lanes {
            starts,
            steps: pools.steps.into(),
            mids: pools.mids.into(),
            data: pools.data.into(),
            entries: pools.entries.into(),
            micros: pools.micros.into(),
        }
    }

    /// Where the lane of a chunk leads: to the truth of the condition, or out.
    #[inline]
    pub(crate) fn run(&self, chunk: ChunkId, frame: &Frame<'_>, scope: &Scope<'_>) -> Way {
        match self.starts.get(chunk.index()).copied() {
            Some(start) if start & QUICK == 0 => {
                let start = start as usize;
                // What was walked in vain had no effects.
                simply(&self.steps, start, frame, scope).unwrap_or_else(|| self.quickly(start, frame, scope))
            }
            Some(start) => self.quickly((start & !QUICK) as usize, frame, scope),
            None => Way::Leave,
        }
    }
}

/// Reads the steps of a chunk: where they begin, marked where not all are simple.
fn start(chunk: &Chunk<'_>, pools: &mut read::Pools, scratch: &mut read::Scratch) -> Option<u32> {
    let start = read::lane(chunk, pools, scratch).filter(|start| *start < QUICK)?;
    let is_simple = pools.steps.get(start as usize..).is_some_and(|steps| steps.iter().all(Step::is_simple));
    Some(if is_simple { start } else { start | QUICK })
}
