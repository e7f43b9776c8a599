//! Arithmetic over numbers that ends in a comparison: a straight run of instructions.

use super::super::calc::{Entry, Micro, Num, One, Place, REGISTERS, Two};
use super::super::scalar::{Scalar, orders};
use super::super::step::{KeyTest, Test};
use super::test::{any_jump, is_function, length};
use super::{Draft, Extra, Row, op};
use crate::builtin;
use crate::frame::key::{self, Promise};
use crate::ids::{ConstId, Reg, SlotId};
use crate::op::{CmpOp, Dst, Op, Src};
use crate::pack::Chunk;
use crate::value::Data;

/// Micro-operations of one calculation.
const MICROS: usize = 32;

/// A calculation in the making.
#[derive(Default)]
struct Calc {
    /// Registers of the code that hold numbers by now; their positions are the calculation's registers. `None` for
    /// one that was overwritten with something else.
    known: Vec<Option<Reg>>,
    micros: Vec<Micro>,
    entries: Vec<Entry>,
}

/// The calculation that begins at this address, whether it is its negation that must hold, and the address of the jump
/// that it ends in.
pub(super) fn read(chunk: &Chunk<'_>, at: usize, row: Row) -> Option<(Draft, bool, usize)> {
    let mut calc = Calc::default();
    let mut at = at;
    while calc.micros.len() < MICROS {
        if let Some(((cmp, a, b), ..)) = any_jump(chunk, at) {
            let (a, b) = (calc.source(a)?, calc.source(b)?);
            calc.micros.push(Micro::Compare { orders: orders(cmp)?, a, b });
            let (draft, negated) = calc.draft(row);
            return Some((draft, negated, at));
        }
        at = calc.instruction(chunk, at, row)?;
    }
    None
}

impl Calc {
    /// Takes the instruction at this address, or a few that belong together; gives the address behind them.
    fn instruction(&mut self, chunk: &Chunk<'_>, at: usize, row: Row) -> Option<usize> {
        let two = |op, dst: Reg, lhs: Src, rhs: Src| Some((dst, Kind::Two(op, lhs.0, rhs.0)));
        let (dst, kind) = match op(chunk, at)? {
            Op::LoadSlot { dst, slot } => return self.load(chunk, at, dst.0, Place::Slot(slot.0)),
            Op::Field { dst, src, f } if matches!(row, Row::Record(record, _) if record == src.0) => {
                return self.load(chunk, at, dst.0, Place::Field(f.0));
            }
            Op::LoadState { .. } => return self.entry(chunk, at),
            Op::LoadConst { dst, k } => (dst.0, Kind::Number(number(chunk, k)?)),
            Op::LoadParam { dst, input } => (dst.0, Kind::Param(input.0)),
            Op::LoadSetting { dst, input } => (dst.0, Kind::Setting(input.0)),
            Op::Neg { dst, src } => (dst.0, Kind::One(One::Neg, src.0)),
            Op::Add { dst, lhs, rhs } => two(Two::Add, dst.0, lhs, rhs)?,
            Op::Sub { dst, lhs, rhs } => two(Two::Sub, dst.0, lhs, rhs)?,
            Op::Mul { dst, lhs, rhs } => two(Two::Mul, dst.0, lhs, rhs)?,
            Op::Div { dst, lhs, rhs } => two(Two::Div, dst.0, lhs, rhs)?,
            Op::FloorDiv { dst, lhs, rhs } => two(Two::FloorDiv, dst.0, lhs, rhs)?,
            Op::Mod { dst, lhs, rhs } => two(Two::Mod, dst.0, lhs, rhs)?,
            Op::Call { dst, f, args, count: 1 } => {
                let named = [("int", One::Int), ("float", One::Float), ("abs", One::Abs)];
                let (_, one) = named.into_iter().find(|(name, _)| is_function(f, name))?;
                (dst.0, Kind::One(one, args.0))
            }
            _ => return None,
        };
        self.write(dst, kind)?;
        Some(at + 1)
    }

    /// A slot or field, or its length.
    fn load(&mut self, chunk: &Chunk<'_>, at: usize, reg: Reg, from: Place) -> Option<usize> {
        if let Some((dst, or_zero, next)) = length(chunk, at, reg) {
            self.write(dst, Kind::Length(from, or_zero))?;
            if dst != reg {
                // The value itself stays in its register.
                self.forget(reg);
            }
            return Some(next);
        }
        self.write(reg, Kind::Load(from))?;
        Some(at + 1)
    }

    /// `state.get('key', number)`.
    fn entry(&mut self, chunk: &Chunk<'_>, at: usize) -> Option<usize> {
        let Op::LoadState { dst: map } = op(chunk, at)? else { return None };
        let Op::LoadConst { dst: Dst(key_reg), k } = op(chunk, at + 1)? else { return None };
        let Op::LoadConst { dst: missing, k: default } = op(chunk, at + 2)? else { return None };
        let Op::Call { dst, f, args, count: 3 } = op(chunk, at + 3)? else { return None };
        let in_a_row = args.0 == map.0
            && Some(key_reg.0) == map.0.0.checked_add(1)
            && Some(missing.0.0) == map.0.0.checked_add(2);
        let is_get = builtin::method("get").is_some_and(|(get, _)| get == f);
        let Some(Data::Str(key)) = chunk.consts.data(k) else { return None };
        if !in_a_row || !is_get {
            return None;
        }
        let entry = Entry { key, missing: number(chunk, default)? };
        let nth = u32::try_from(self.entries.len()).ok()?;
        self.entries.push(entry);
        [map.0, key_reg, missing.0].into_iter().for_each(|reg| self.forget(reg));
        self.write(dst.0, Kind::Entry(nth))?;
        Some(at + 4)
    }

    /// The calculation's register for one of the code that holds a number.
    fn source(&self, reg: Reg) -> Option<u8> {
        u8::try_from(self.known.iter().position(|known| *known == Some(reg))?).ok()
    }

    /// A register got something else than a number.
    fn forget(&mut self, reg: Reg) {
        self.known.iter_mut().filter(|known| **known == Some(reg)).for_each(|known| *known = None);
    }

    fn write(&mut self, reg: Reg, kind: Kind) -> Option<()> {
        // What is read is looked up before the register is written.
        let sources = match kind {
            Kind::One(_, src) => (self.source(src)?, 0),
            Kind::Two(_, a, b) => (self.source(a)?, self.source(b)?),
            _ => (0, 0),
        };
        let dst = match self.source(reg) {
            Some(dst) => dst,
            None => {
                self.known.push(Some(reg));
                u8::try_from(self.known.len().checked_sub(1)?).ok()?
            }
        };
        if usize::from(dst) >= REGISTERS {
            return None;
        }
        self.micros.push(match kind {
            Kind::Number(Num::Int(value)) => Micro::Int { dst, value },
            Kind::Number(Num::Float(value)) => Micro::Float { dst, value },
            Kind::Load(from) => Micro::Load { dst, from },
            Kind::Length(from, false) => Micro::Length { dst, from },
            Kind::Length(from, true) => Micro::LengthOrZero { dst, from },
            Kind::Param(at) => Micro::Param { dst, at },
            Kind::Setting(at) => Micro::Setting { dst, at },
            Kind::Entry(at) => Micro::Entry { dst, at },
            Kind::One(op, _) => Micro::One { op, dst, src: sources.0 },
            Kind::Two(op, ..) => Micro::Two { op, dst, a: sources.0, b: sources.1 },
        });
        Some(())
    }

    fn draft(self, row: Row) -> (Draft, bool) {
        match (row, self.since()) {
            (Row::Frame, Some(draft)) => draft,
            _ => {
                (Draft { extra: Extra::Calc(self.micros, self.entries), ..Draft::new(Test::Calc, 0) }, false)
            }
        }
    }

    /// `slot - entry cmp number`: how rules keep their distance from what they last did. All orders of whole numbers
    /// become `<`, or its negation.
    fn since(&self) -> Option<(Draft, bool)> {
        let [Micro::Load { dst: now, from: Place::Slot(slot) }, Micro::Entry { dst: entry, .. }, rest @ ..] =
            self.micros.as_slice()
        else {
            return None;
        };
        // Of a whole number `int` changes nothing, and for others this test gives no answer.
        let (then, rest) = match rest {
            [Micro::One { op: One::Int, dst, src }, rest @ ..] if src == entry => (dst, rest),
            rest => (entry, rest),
        };
        let [
            Micro::Two { op: Two::Sub, dst: since, a, b },
            Micro::Int { dst: limit, value },
            Micro::Compare { orders, a: left, b: right },
        ] = rest
        else {
            return None;
        };
        let fits = now != entry && now != then && a == now && b == then && left == since && right == limit;
        let [Entry { missing: Num::Int(missing), .. }] = self.entries.as_slice() else { return None };
        let (value, missing) = (i32::try_from(*value).ok()?, u8::try_from(*missing).ok()?);
        let is = |cmp| self::orders(cmp) == Some(*orders);
        let (value, negated) = match () {
            () if is(CmpOp::Lt) => (value, false),
            () if is(CmpOp::Ge) => (value, true),
            () if is(CmpOp::Le) => (value.checked_add(1)?, false),
            () if is(CmpOp::Gt) => (value.checked_add(1)?, true),
            () => return None,
        };
        let draft = || Draft {
            aux: missing,
            bits: value.cast_unsigned().into(),
            extra: self.entries.first().cloned().map_or(Extra::None, Extra::Entry),
            orders: KeyTest::Since as u8,
            ..Draft::new(Test::Key, *slot)
        };
        let is_int = Promise::of(SlotId(*slot)) == Promise::Int && !key::is_optional(SlotId(*slot));
        (fits && is_int && since != limit).then(|| (draft(), negated))
    }
}

/// What is written to a register.
#[derive(Clone, Copy)]
enum Kind {
    Number(Num),
    Load(Place),
    Length(Place, bool),
    Param(u16),
    Setting(u16),
    Entry(u32),
    One(One, Reg),
    Two(Two, Reg, Reg),
}

fn number(chunk: &Chunk<'_>, k: ConstId) -> Option<Num> {
    let constant = chunk.constant(k)?;
    constant.int().map(Num::Int).or_else(|| constant.float().map(Num::Float))
}
