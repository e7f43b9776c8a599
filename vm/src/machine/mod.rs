//! The interpreter: registers, fuel, one step for each instruction.
//!
//! [`Machine::truth`] and [`Machine::evaluate`] run one chunk of a verified pack against a bound context. The
//! registers of a run are an array on the stack, as small as the chunk allows; what the run makes lives in an
//! arena that the machine keeps for the next one.

mod run;
mod step;

use bumpalo::Bump;

use crate::fault::Fault;
use crate::frame::{Frame, Scope};
use crate::ids::ChunkId;
use crate::value::{Value, ops};
use crate::verify::VerifiedPack;

/// Bytes that the arena keeps between evaluations.
const KEPT_BYTES: usize = 1024 * 1024;

/// An interpreter to be used again and again, by one thread at a time.
#[derive(Debug, Default)]
pub struct Machine {
    arena: Bump,
}

impl Machine {
    /// A machine that owns no memory yet.
    pub fn new() -> Machine {
        Machine::default()
    }

    /// The truth of a condition.
    // Most conditions take less time than a call that saves registers.
    #[inline(always)]
    pub fn truth(
        &mut self,
        pack: &VerifiedPack,
        chunk: ChunkId,
        frame: &Frame<'_>,
        scope: &Scope<'_>,
    ) -> Result<bool, Fault> {
        let lanes = pack.lanes();
        // Not `and_then`: what it calls with the entry is not always compiled into its caller.
        if let Some(entry) = lanes.entry(chunk)
            && let Some(truth) = lanes.run(entry, frame, scope)
        {
            return Ok(truth);
        }
        self.full_run(pack, chunk, frame, scope)
    }

    /// The value of an expression, given to `read`: it may borrow from the machine's arena.
    pub fn evaluate<R>(
        &mut self,
        pack: &VerifiedPack,
        chunk: ChunkId,
        frame: &Frame<'_>,
        scope: &Scope<'_>,
        read: impl FnOnce(Value<'_>) -> R,
    ) -> Result<R, Fault> {
        self.recycle();
        run::chunk(&self.arena, pack, chunk, frame, scope).map(read)
    }

    /// The truth of a condition of which its lane does not know the answer. Kept apart: its registers would make the
    /// stack frame of every caller as large as they are.
    #[inline(never)]
    pub(crate) fn full_run(
        &mut self,
        pack: &VerifiedPack,
        chunk: ChunkId,
        frame: &Frame<'_>,
        scope: &Scope<'_>,
    ) -> Result<bool, Fault> {
        self.recycle();
        run::chunk(&self.arena, pack, chunk, frame, scope).map(ops::truth)
    }

    fn recycle(&mut self) {
        if self.arena.allocated_bytes() > KEPT_BYTES {
            self.arena = Bump::new();
        } else {
            self.arena.reset();
        }
    }
}
