//! The fast lane: conditions that only test and calculate, as steps that a short loop walks.
//!
//! Most conditions compare slots with constants, ask whether something is there, calculate with a few numbers, or
//! look for rows of the history that pass such tests. [`Lanes::new`] reads these shapes off the verified code of all
//! chunks (`read`), with the constants inline and the kind of comparison decided; [`Lanes::run`] walks the steps with
//! no register of values, arena or fuel. Most steps compare the [key](crate::frame::key) of a slot, and it does these
//! itself; `quick` has the tests that look at values, `rare` the rest and the loops, `calc` arithmetic. Wherever a
//! value is not of the kind that a test was made for, and wherever the code goes on with something else, the lane ends
//! without an answer and the machine runs the code from its start: conditions have no effects, so nothing is lost but
//! a few nanoseconds.
//!
//! A lane never answers where a full run would run out of fuel: what a walk can cost is bounded when it is read.

mod calc;
mod quick;
mod rare;
mod read;
mod scalar;
mod step;

use calc::{Bound, Micro};
pub(crate) use scalar::short;
use step::{Answer, End, Step, Test};

use crate::frame::key::{self, SlotBits};
use crate::frame::{Frame, Scope};
use crate::ids::ChunkId;
use crate::pack::Chunk;
use crate::value::Data;

/// Where a walk through the steps of a chunk begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The number of the first step; and [`Entry::ALL`], where the lane is comparisons of keys all of which must hold.
    first: u32,
    /// The slots that must not be odd; and [`key::NO_SLOT`], where not all steps compare keys.
    needs: SlotBits,
}

impl Entry {
    /// No steps.
    pub(crate) const NOWHERE: Entry = Entry { first: Entry::STEPS, needs: key::NO_SLOT };
    /// Marks the first of steps that must all hold.
    const ALL: u32 = 1 << 31;
    /// More steps than there are.
    const STEPS: u32 = Entry::ALL - 1;

    /// The number of the first step.
    #[inline(always)]
    fn step(self) -> usize {
        (self.first & Entry::STEPS) as usize
    }

    /// Whether all steps must hold.
    #[inline(always)]
    fn asks_for_all(self) -> bool {
        self.first & Entry::ALL != 0
    }
}

/// The steps of all chunks of a pack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    /// The first step of each chunk.
    starts: Box<[Entry]>,
    steps: Box<[Step]>,
    /// Texts of eight to sixteen bytes: the first eight of them, or of a slot its key, and the last eight.
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
        let start = |chunk: Chunk<'_>| read::lane(&chunk, &mut pools, &mut scratch).unwrap_or(Entry::NOWHERE);
        let starts = chunks.map(start).collect();
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
            (Some(steps), Ok(tests)) if steps.iter().all(passes) => {
                Entry { first: whole.first + tests, ..whole }
            }
            _ => whole,
        }
    }

    /// The truth of the condition, from there on; `None` where the machine must say.
    #[inline(always)]
    pub(crate) fn run(&self, entry: Entry, frame: &Frame<'_>, scope: &Scope<'_>) -> Option<bool> {
        if frame.odd() & entry.needs != 0 {
            return self.mixed(entry, frame, scope);
        }
        let mut at = entry.step();
        if entry.asks_for_all() {
            for step in self.steps.get(at..)? {
                if !step.compare(frame) {
                    return Some(false);
                }
                if step.is_last() {
                    return Some(true);
                }
            }
            return None;
        }
        while let Some(step) = self.steps.get(at) {
            match step.next(at, step.compare(frame)) {
                Ok(next) => at = next,
                Err(end) => return end.truth(),
            }
        }
        None
    }

    /// The same for a lane that has more than comparisons of keys, and for frames in which they say nothing.
    #[inline(always)]
    fn mixed(&self, entry: Entry, frame: &Frame<'_>, scope: &Scope<'_>) -> Option<bool> {
        let mut at = entry.step();
        if frame.odd() & entry.needs & !key::NO_SLOT != 0 {
            return None;
        }
        while let Some(step) = self.steps.get(at) {
            let holds = match self.keyed(step, frame, scope) {
                Answer::No => false,
                Answer::Yes => true,
                Answer::Leave => return None,
                Answer::Rare => return self.beyond(at, frame, scope).truth(),
            };
            match step.next(at, holds) {
                Ok(next) => at = next,
                Err(end) => return end.truth(),
            }
        }
        None
    }

    /// Walks on from a step that compares no key.
    #[inline(never)]
    fn beyond(&self, at: usize, frame: &Frame<'_>, scope: &Scope<'_>) -> End {
        match self.steps.get(at) {
            // Conditions that calculate mostly do nothing else, and need none of what a walk prepares.
            Some(step @ Step { test: Test::Calc, .. }) => {
                match self.calculate(step, &Bound { frame, scope, record: None }) {
                    Some(holds) => {
                        step.next(at, holds).map_or_else(|end| end, |next| self.slowly(next, frame, scope))
                    }
                    None => End::LEAVE,
                }
            }
            Some(Step { test: Test::Rows, .. }) => self.slowly(at, frame, scope),
            _ => self.quickly(at, frame, scope),
        }
    }
}
