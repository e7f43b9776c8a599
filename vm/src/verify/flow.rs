//! The paths through a chunk: jumps, loops, registers, lists.
//!
//! Jumps go forward except those that close a loop, so one walk in order of the addresses sees every way to an
//! instruction before the instruction. A jump that closes a loop needs no second walk: registers that were
//! written when the loop was entered are still written when it goes round, and the registers that drive the loop
//! are written by nothing inside of it. So a loop takes as many rounds as what it iterates has elements.

use super::checks::Checks;
use super::error::CodeError;
use super::registers::Registers;
use crate::ids::{Addr, Reg};
use crate::op::{Op, OperandRole};

/// What is known where paths meet.
#[derive(Clone, Copy, Debug)]
struct State {
    /// The registers that every path so far has written.
    written: Registers,
    /// The registers in which every path so far has begun an iteration, by the first of the two.
    begun: Registers,
    /// Lists begun and not ended.
    lists: u32,
    /// The first instruction from which a path comes here.
    from: usize,
}

impl State {
    /// A value is written: what was known about the register before is gone.
    fn write(&mut self, register: Reg) {
        self.written.add(register);
        self.begun.remove(register);
        if let Some(before) = register.0.checked_sub(1) {
            self.begun.remove(Reg(before));
        }
    }
}

/// An open loop: from its `iter_next` to where that goes at the end.
#[derive(Clone, Copy, Debug)]
struct Loop {
    start: usize,
    end: usize,
    lists: u32,
    iter: Reg,
}

/// The walk; kept between chunks for its memory.
#[derive(Debug, Default)]
pub(super) struct Walk {
    checks: Checks,
    states: Vec<Option<State>>,
    loops: Vec<Loop>,
    /// The registers that drive open loops.
    held: Registers,
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
    pub(super) fn new(checks: Checks) -> Walk {
        Walk { checks, ..Walk::default() }
    }

    /// Checks all paths of a chunk.
    pub(super) fn check(&mut self, code: &[Op]) -> Result<(), (Addr, CodeError)> {
        self.loops.clear();
        self.held = Registers::default();
        self.states.clear();
        self.states.resize(code.len(), None);
        self.checks.code(!code.is_empty(), CodeError::NoCode).map_err(|error| (Addr(0), error))?;
        if let Some(first) = self.states.first_mut() {
            let none = Registers::default();
            *first = Some(State { written: none, begun: none, lists: 0, from: 0 });
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
        let checks = self.checks;
        while let Some(open) = self.loops.pop_if(|open| open.end <= at) {
            self.held.remove(open.iter);
            self.held.remove(after(open.iter, 1));
        }
        let from_outside = self.loops.last().is_some_and(|open| state.from < open.start);
        checks.code(!from_outside, CodeError::JumpIntoLoop)?;
        self.reads(op, &state)?;
        self.lists(op, &mut state)?;
        match next(op) {
            Next::On => {
                self.writes(op, &mut state)?;
                self.reach(at, at + 1, state, CodeError::NoEnd)
            }
            Next::Branch(to) => {
                self.jump(at, to, state)?;
                if let Op::IterNext { iter, .. } = op {
                    self.open(Loop { start: at, end: to.index(), lists: state.lists, iter: iter.0 });
                    self.write(after(iter.0, 2), &mut state)?;
                }
                self.reach(at, at + 1, state, CodeError::NoEnd)
            }
            Next::Jump(to) => self.jump(at, to, state),
            Next::Back(to) => {
                let open = self.loops.last();
                checks.code(open.is_some(), CodeError::LoopOutside)?;
                let Some(open) = open else { return Ok(()) };
                checks.code(open.start == to.index(), CodeError::LoopTarget)?;
                checks.code(open.lists == state.lists, CodeError::ListAtLoop)
            }
            Next::End => checks.code(state.lists == 0, CodeError::ListAtEnd),
        }
    }

    /// A loop that ends beyond the one around it is refused where that one ends: its `iter_next` jumps into this one.
    fn open(&mut self, opened: Loop) {
        self.held.add(opened.iter);
        self.held.add(after(opened.iter, 1));
        self.loops.push(opened);
    }

    fn jump(&mut self, at: usize, to: Addr, state: State) -> Result<(), CodeError> {
        self.checks.code(to.index() > at, CodeError::Backward)?;
        self.reach(at, to.index(), state, CodeError::Target)
    }

    /// A path leads from one instruction to another.
    fn reach(&mut self, from: usize, to: usize, state: State, missing: CodeError) -> Result<(), CodeError> {
        let checks = self.checks;
        let Some(place) = self.states.get_mut(to) else { return checks.code(false, missing) };
        match place {
            None => *place = Some(State { from, ..state }),
            // Paths arrive in the order in which they leave, so the first one known left first.
            Some(known) => {
                checks.code(known.lists == state.lists, CodeError::ListAtJoin)?;
                known.written.keep_common(&state.written);
                known.begun.keep_common(&state.begun);
            }
        }
        Ok(())
    }

    fn reads(&self, op: &Op, state: &State) -> Result<(), CodeError> {
        let mut row = Reg(0);
        let (mut all, mut whole_row) = (true, true);
        op.operands(|_, role| match role {
            OperandRole::Read(register) => all &= state.written.has(register),
            OperandRole::ReadRow(first) => row = first,
            // The count of `unpack` counts registers that are written.
            OperandRole::Count(count) if !matches!(op, Op::Unpack { .. }) => {
                whole_row &= (0..count).all(|nth| state.written.has(after(row, nth)));
            }
            _ => {}
        });
        self.checks.code(all, CodeError::ReadBeforeWrite)?;
        self.checks.code(whole_row, CodeError::RowBeforeWrite)?;
        match op {
            Op::IterNext { iter, .. } => self.checks.code(state.begun.has(iter.0), CodeError::LoopNotBegun),
            _ => Ok(()),
        }
    }

    fn write(&self, register: Reg, state: &mut State) -> Result<(), CodeError> {
        self.checks.code(!self.held.has(register), CodeError::LoopChanged)?;
        state.write(register);
        Ok(())
    }

    fn writes(&self, op: &Op, state: &mut State) -> Result<(), CodeError> {
        let mut written = Ok(());
        op.operands(|_, role| {
            if let (OperandRole::Write(register), true) = (role, written.is_ok()) {
                written = self.write(register, state);
            }
        });
        written?;
        match *op {
            Op::IterBegin { dst, .. } => {
                self.write(after(dst.0, 1), state)?;
                state.begun.add(dst.0);
                Ok(())
            }
            Op::Unpack { dst, count, .. } => {
                (0..count).try_for_each(|nth| self.write(after(dst.0, nth), state))
            }
            _ => Ok(()),
        }
    }

    fn lists(&self, op: &Op, state: &mut State) -> Result<(), CodeError> {
        match op {
            Op::ListBegin {} => state.lists = state.lists.saturating_add(1),
            Op::ListPush { .. } => self.checks.code(state.lists > 0, CodeError::PushOutside)?,
            Op::ListEnd { .. } | Op::TupleEnd { .. } => {
                self.checks.code(state.lists > 0, CodeError::ListNotBegun)?;
                state.lists = state.lists.saturating_sub(1);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The register so many places after another.
fn after(register: Reg, places: u8) -> Reg {
    Reg(register.0.saturating_add(places))
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
