//! The driver: fetches, pays, steps, until a step ends the chunk.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use super::step::Flow;
use crate::fault::{Fault, Trouble};
use crate::frame::{Frame, Scope};
use crate::ids::{Addr, ChunkId, Reg};
use crate::pack::Chunk;
use crate::value::Value;
use crate::value::ops::Work;
use crate::verify::VerifiedPack;

/// Everything that the steps of one run work with.
pub(super) struct Run<'a, const N: usize> {
    pub(super) pack: &'a VerifiedPack,
    pub(super) chunk: Chunk<'a>,
    pub(super) frame: &'a Frame<'a>,
    pub(super) scope: &'a Scope<'a>,
    pub(super) registers: [Value<'a>; N],
    /// The lists that are being built, innermost last.
    pub(super) lists: BumpVec<'a, BumpVec<'a, Value<'a>>>,
    pub(super) work: Work<'a>,
}

/// Runs a chunk, with as many registers as it needs or a few more.
#[inline]
pub(super) fn chunk<'a>(
    arena: &'a Bump,
    pack: &'a VerifiedPack,
    id: ChunkId,
    frame: &'a Frame<'a>,
    scope: &'a Scope<'a>,
) -> Result<Value<'a>, Fault> {
    let Some(chunk) = pack.chunk(id) else {
        return Err(fault(Trouble::Value("run: the pack has no such chunk", id.0.to_string().into()), 0));
    };
    match chunk.registers {
        0 => with::<0>(arena, pack, chunk, frame, scope),
        1..=8 => with::<8>(arena, pack, chunk, frame, scope),
        9..=32 => with::<32>(arena, pack, chunk, frame, scope),
        _ => with::<256>(arena, pack, chunk, frame, scope),
    }
}

#[inline(never)]
fn with<'a, const N: usize>(
    arena: &'a Bump,
    pack: &'a VerifiedPack,
    chunk: Chunk<'a>,
    frame: &'a Frame<'a>,
    scope: &'a Scope<'a>,
) -> Result<Value<'a>, Fault> {
    let lists = BumpVec::new_in(arena);
    let registers = [Value::None; N];
    let mut run = Run { pack, chunk, frame, scope, registers, lists, work: Work::new(arena) };
    run.until_end()
}

impl<'a, const N: usize> Run<'a, N> {
    fn until_end(&mut self) -> Result<Value<'a>, Fault> {
        let code = self.chunk.code;
        let mut at = 0;
        loop {
            let Some(op) = code.get(at) else {
                return Err(fault(Trouble::Value("run: the code has no end", "the condition".into()), at));
            };
            if let Err(trouble) = self.work.spend(op.fuel()) {
                return Err(fault(trouble, at));
            }
            match self.step(op) {
                Ok(Flow::Next) => at += 1,
                Ok(Flow::Goto(to)) => at = to.index(),
                Ok(Flow::Done(register)) => return Ok(self.get(register)),
                Ok(Flow::Truth(truth)) => return Ok(Value::Bool(truth)),
                Err(trouble) => return Err(fault(trouble, at)),
            }
        }
    }

    /// The value of a register.
    #[inline(always)]
    pub(super) fn get(&self, register: Reg) -> Value<'a> {
        self.registers.get(register.index()).copied().unwrap_or_default()
    }

    /// A register, in place: what was just written is slow to copy.
    #[inline(always)]
    pub(super) fn peek(&self, register: Reg) -> &Value<'a> {
        const NONE: &Value<'_> = &Value::None;
        self.registers.get(register.index()).unwrap_or(NONE)
    }

    /// Writes a register.
    #[inline(always)]
    pub(super) fn set(&mut self, register: Reg, value: Value<'a>) {
        if let Some(place) = self.registers.get_mut(register.index()) {
            *place = value;
        }
    }

    /// The register so many places after another; the verifier saw that there is one.
    #[inline(always)]
    pub(super) fn after(register: Reg, places: u8) -> Reg {
        Reg(register.0.saturating_add(places))
    }
}

#[cold]
fn fault(trouble: impl Into<Box<Trouble>>, at: usize) -> Fault {
    Fault { trouble: trouble.into(), at: Addr(u16::try_from(at).unwrap_or(u16::MAX)) }
}
