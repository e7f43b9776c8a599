//! The code of one chunk while it grows: instructions, places, constants, labels, registers.

use super::emitter::{EmitError, Limit};
use crate::hir::LocalId;
use crate::source::Span;
use oracle_vm::ids::{Addr, ConstId, Reg};
use oracle_vm::limits;
use oracle_vm::op::Op;
use oracle_vm::value::Data;

/// A place in the code that jumps may name before it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(usize);

/// The code of one chunk while it grows.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) code: Vec<Op>,
    pub(super) spans: Vec<Span>,
    pub(super) consts: Vec<Data>,
    /// Instructions that wait for the address of a label.
    waiting: Vec<(Label, usize)>,
    labels: usize,
    /// The next free register.
    next: usize,
    /// The most registers that were in use at once.
    pub(super) registers: usize,
    locals: Vec<(LocalId, Reg)>,
}

impl Writer {
    /// Appends an instruction.
    pub(super) fn op(&mut self, op: Op, span: Span) -> Result<(), EmitError> {
        if self.code.len() >= limits::CHUNK_OPS {
            return Err(EmitError { limit: Limit::Code, span });
        }
        self.code.push(op);
        self.spans.push(span);
        Ok(())
    }

    /// The address of the next instruction.
    pub(super) fn here(&self) -> Addr {
        Addr(u16::try_from(self.code.len()).unwrap_or(u16::MAX))
    }

    /// A new label, not yet placed.
    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels)
    }

    /// Appends an instruction whose target is the label; [`Writer::place`] fills it in.
    pub(super) fn jump(&mut self, op: Op, to: Label, span: Span) -> Result<(), EmitError> {
        self.waiting.push((to, self.code.len()));
        self.op(op, span)
    }

    /// Whether anything jumps to the label, which is not yet placed.
    pub(super) fn is_target(&self, label: Label) -> bool {
        self.waiting.iter().any(|(waits, _)| *waits == label)
    }

    /// Puts the label here.
    pub(super) fn place(&mut self, label: Label) {
        let here = self.here();
        let code = &mut self.code;
        self.waiting.retain(|(waits, at)| {
            if *waits != label {
                return true;
            }
            if let Some(op) = code.get_mut(*at) {
                op.set_target(here);
            }
            false
        });
    }

    /// The constant, which is stored once however often it is used.
    pub(super) fn constant(&mut self, data: &Data, span: Span) -> Result<ConstId, EmitError> {
        let at = match self.consts.iter().position(|known| same(known, data)) {
            Some(at) => at,
            None if self.consts.len() >= limits::CHUNK_CONSTS => {
                return Err(EmitError { limit: Limit::Constants, span });
            }
            None => {
                self.consts.push(data.clone());
                self.consts.len() - 1
            }
        };
        Ok(ConstId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// Takes a row of free registers and gives the first.
    pub(super) fn take(&mut self, count: usize, span: Span) -> Result<Reg, EmitError> {
        let first = self.next;
        let end = first.saturating_add(count);
        if end > limits::REGISTERS {
            return Err(EmitError { limit: Limit::Registers, span });
        }
        self.next = end;
        self.registers = self.registers.max(end);
        // A row of none behind the last register names the last one: nobody reads it.
        Ok(Reg(u8::try_from(first).unwrap_or(u8::MAX)))
    }

    /// The state of the registers, for [`Writer::release`].
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    /// Frees what was taken since the mark.
    pub(super) fn release(&mut self, mark: usize) {
        self.next = mark;
    }

    /// Says where a variable lives.
    pub(super) fn bind(&mut self, local: LocalId, register: Reg) {
        self.locals.push((local, register));
    }

    /// Where a variable lives.
    pub(super) fn local(&self, local: LocalId) -> Option<Reg> {
        self.locals.iter().rev().find(|(known, _)| *known == local).map(|(_, register)| *register)
    }
}

/// Whether two constants are the same in every respect: `1`, `1.0` and `True` are three, as are `0.0` and `-0.0`.
fn same(one: &Data, other: &Data) -> bool {
    match (one, other) {
        (Data::Float(one), Data::Float(other)) => one.to_bits() == other.to_bits(),
        (Data::List(one), Data::List(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| same(one, other))
        }
        (one, other) => one == other,
    }
}
