//! The paths through a chunk: jumps, loops, registers, lists.
//!
//! Jumps go forward except those that close a loop, so one walk in order of the addresses sees every way to an
//! instruction before the instruction. A jump that closes a loop needs no second walk: registers that were
//! written when the loop was entered are still written when it goes round.

use super::error::CodeError;
use crate::ids::{Addr, Reg};
use crate::op::{Op, OperandRole};

/// The registers that every path so far has written.
#[derive(Clone, Copy, Debug, Default)]
struct Written([u64; 4]);

impl Written {
    fn word(register: Reg) -> (usize, u64) {
        (register.index() / 64, 1 << (register.index() % 64))
    }
    fn add(&mut self, register: Reg) {
        let (word, bit) = Written::word(register);
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
    }
    fn has(&self, register: Reg) -> bool {
        let (word, bit) = Written::word(register);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }
    fn keep_common(&mut self, other: &Written) {
        for (bits, others) in self.0.iter_mut().zip(other.0) {
            *bits &= others;
        }
    }
}

/// What is known where paths meet.
#[derive(Clone, Copy, Debug)]
struct State {
    written: Written,
    /// Lists begun and not ended.
    lists: u32,
    /// The first instruction from which a path comes here.
    from: usize,
}

/// An open loop: from its `iter_next` to where that goes at the end.
#[derive(Clone, Copy, Debug)]
struct Loop {
    start: usize,
    end: usize,
    lists: u32,
}

/// The walk; kept between chunks for its memory.
#[derive(Debug, Default)]
pub(super) struct Walk {
    states: Vec<Option<State>>,
    loops: Vec<Loop>,
}

/// How an instruction passes control on.
enum Next {
    /// To the next one.
    On,
    /// To the next one or to a target.
    Branch(Addr),
    /// To a target.
    Jump(Addr),
    /// Back to the start of a loop.
    Back(Addr),
    /// Nowhere.
    End,
}

impl Walk {
    /// Checks all paths of a chunk.
    pub(super) fn check(&mut self, code: &[Op]) -> Result<(), (Addr, CodeError)> {
        self.loops.clear();
        self.states.clear();
        self.states.resize(code.len(), None);
        let start = State { written: Written::default(), lists: 0, from: 0 };
        match self.states.first_mut() {
            Some(first) => *first = Some(start),
            None => return Err((Addr(0), CodeError::NoEnd)),
        }
        for (at, op) in code.iter().enumerate() {
            if let Some(state) = self.states.get(at).copied().flatten() {
                let here = Addr(u16::try_from(at).unwrap_or(u16::MAX));
                self.visit(at, op, state).map_err(|error| (here, error))?;
            }
        }
        Ok(())
    }

    fn visit(&mut self, at: usize, op: &Op, mut state: State) -> Result<(), CodeError> {
        while self.loops.last().is_some_and(|open| open.end <= at) {
            self.loops.pop();
        }
        if self.loops.last().is_some_and(|open| state.from < open.start) {
            return Err(CodeError::JumpIntoLoop);
        }
        reads(op, &state.written)?;
        lists(op, &mut state)?;
        match next(op) {
            Next::On => {
                writes(op, &mut state.written);
                self.reach(at, at + 1, state, CodeError::NoEnd)
            }
            Next::Branch(to) => {
                self.jump(at, to, state)?;
                if let Op::IterNext { iter, .. } = op {
                    self.open(at, to.index(), state.lists)?;
                    state.written.add(Reg(iter.0.0.saturating_add(2)));
                }
                self.reach(at, at + 1, state, CodeError::NoEnd)
            }
            Next::Jump(to) => self.jump(at, to, state),
            Next::Back(to) => match self.loops.last() {
                Some(open) if open.start == to.index() && open.lists == state.lists => Ok(()),
                Some(open) if open.start == to.index() => Err(CodeError::ListBalance),
                _ => Err(CodeError::LoopTarget),
            },
            Next::End if state.lists > 0 => Err(CodeError::ListBalance),
            Next::End => Ok(()),
        }
    }

    fn open(&mut self, start: usize, end: usize, lists: u32) -> Result<(), CodeError> {
        if self.loops.last().is_some_and(|around| around.end < end) {
            return Err(CodeError::LoopNesting);
        }
        self.loops.push(Loop { start, end, lists });
        Ok(())
    }

    fn jump(&mut self, at: usize, to: Addr, state: State) -> Result<(), CodeError> {
        if to.index() <= at {
            return Err(CodeError::Target);
        }
        self.reach(at, to.index(), state, CodeError::Target)
    }

    /// A path leads from one instruction to another.
    fn reach(&mut self, from: usize, to: usize, state: State, missing: CodeError) -> Result<(), CodeError> {
        let place = self.states.get_mut(to).ok_or(missing)?;
        match place {
            None => *place = Some(State { from, ..state }),
            Some(known) if known.lists != state.lists => return Err(CodeError::ListBalance),
            // Paths arrive in the order in which they leave, so the first one known left first.
            Some(known) => known.written.keep_common(&state.written),
        }
        Ok(())
    }
}

fn next(op: &Op) -> Next {
    match *op {
        Op::Jump { to } => Next::Jump(to),
        Op::IterLoop { to } => Next::Back(to),
        Op::Return { .. } | Op::Accept {} | Op::Reject {} => Next::End,
        // Every other instruction with a target may go there: the table says so, no list here can forget one.
        _ => op.target().map_or(Next::On, Next::Branch),
    }
}

fn reads(op: &Op, written: &Written) -> Result<(), CodeError> {
    let mut row = Reg(0);
    let mut all = true;
    op.operands(|_, role| match role {
        OperandRole::Read(register) => all &= written.has(register),
        OperandRole::ReadRow(first) => row = first,
        // The count of `unpack` counts registers that are written.
        OperandRole::Count(count) if !matches!(op, Op::Unpack { .. }) => {
            all &= (0..count).all(|nth| written.has(Reg(row.0.saturating_add(nth))));
        }
        _ => {}
    });
    if let Op::IterNext { iter, .. } = op {
        all &= written.has(Reg(iter.0.0.saturating_add(1)));
    }
    if all { Ok(()) } else { Err(CodeError::ReadBeforeWrite) }
}

fn writes(op: &Op, written: &mut Written) {
    op.operands(|_, role| {
        if let OperandRole::Write(register) = role {
            written.add(register);
        }
    });
    match *op {
        Op::IterBegin { dst, .. } => written.add(Reg(dst.0.0.saturating_add(1))),
        Op::Unpack { dst, count, .. } => {
            (0..count).for_each(|nth| written.add(Reg(dst.0.0.saturating_add(nth))));
        }
        _ => {}
    }
}

fn lists(op: &Op, state: &mut State) -> Result<(), CodeError> {
    match op {
        Op::ListBegin {} => state.lists = state.lists.saturating_add(1),
        Op::ListPush { .. } if state.lists == 0 => return Err(CodeError::ListBalance),
        Op::ListEnd { .. } | Op::TupleEnd { .. } => {
            state.lists = state.lists.checked_sub(1).ok_or(CodeError::ListBalance)?;
        }
        _ => {}
    }
    Ok(())
}
