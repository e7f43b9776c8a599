//! Arithmetic in the lane: a few registers that hold numbers and nothing else.

use super::Lanes;
use super::scalar::{Scalar, order, set};
use super::step::Step;
use crate::builtin::truncate;
use crate::frame::{Frame, Scope};
use crate::ids::SlotId;
use crate::value::ops::{self, Number};
use crate::value::{Data, Map, Record, Text, Value};

/// Registers of a calculation.
pub(super) const REGISTERS: usize = 8;

/// A number of either type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Num {
    Int(i64),
    Float(f64),
}

/// An entry of the state: its key, and what stands for it where there is none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: Text,
    pub(super) missing: Num,
}

/// What a calculation reads.
#[derive(Clone, Copy)]
pub(super) struct Bound<'b> {
    pub(super) frame: &'b Frame<'b>,
    pub(super) scope: &'b Scope<'b>,
    /// The row, in the body of a loop.
    pub(super) record: Option<&'b Record>,
}

/// Where a number or a length is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Slot(u8),
    Field(u8),
}

/// One micro-operation. All but the last write a register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Micro {
    Load {
        dst: u8,
        from: Place,
    },
    Length {
        dst: u8,
        from: Place,
    },
    /// The length, or 0 of `None`.
    LengthOrZero {
        dst: u8,
        from: Place,
    },
    Int {
        dst: u8,
        value: i64,
    },
    Float {
        dst: u8,
        value: f64,
    },
    Param {
        dst: u8,
        at: u16,
    },
    Setting {
        dst: u8,
        at: u16,
    },
    Entry {
        dst: u8,
        at: u32,
    },
    One {
        op: One,
        dst: u8,
        src: u8,
    },
    Two {
        op: Two,
        dst: u8,
        a: u8,
        b: u8,
    },
    /// Ends the calculation: whether the order of two registers is among these.
    Compare {
        orders: u8,
        a: u8,
        b: u8,
    },
}

/// Operations on one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum One {
    Int,
    Float,
    Abs,
    Neg,
}

/// Operations on two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Two {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
}

impl Num {
    #[inline(always)]
    pub(super) fn read(value: &impl Scalar) -> Option<Num> {
        match value.int() {
            Some(i) => Some(Num::Int(i)),
            None => value.float().map(Num::Float),
        }
    }

    #[inline(always)]
    fn value(self) -> Value<'static> {
        match self {
            Num::Int(i) => Value::Int(i),
            Num::Float(x) => Value::Float(x),
        }
    }

    /// How two numbers compare, by their exact values.
    #[inline(always)]
    pub(super) fn order(self, other: Num) -> u8 {
        order(&self.value(), &other.value())
            .unwrap_or_else(|| set(ops::compare_numbers(self.exact(), other.exact())))
    }

    fn exact(self) -> Number {
        match self {
            Num::Int(i) => Number::Whole(i.into()),
            Num::Float(x) => Number::Float(x),
        }
    }
}

impl Entry {
    /// The whole number that the entry has; `None` where it is something else.
    pub(super) fn int(&self, state: &Map) -> Option<i64> {
        match self.number(state)? {
            Num::Int(i) => Some(i),
            Num::Float(_) => None,
        }
    }

    fn number(&self, state: &Map) -> Option<Num> {
        self.find(state).map_or(Some(self.missing), Num::read)
    }

    fn find<'s>(&self, state: &'s Map) -> Option<&'s Data> {
        state.get(self.key.as_str())
    }
}

impl Lanes {
    /// Runs a calculation; `None` where something is not the number that was expected.
    pub(super) fn calculate(&self, step: &Step, bound: &Bound<'_>) -> Option<bool> {
        let start = step.low() as usize;
        let micros = self.micros.get(start..start.checked_add(step.high() as usize)?)?;
        let mut registers = [Num::Int(0); REGISTERS];
        let get = |registers: &[Num; REGISTERS], at: u8| registers.get(usize::from(at)).copied();
        for micro in micros {
            let (dst, number) = match *micro {
                Micro::Load { dst, from } => (dst, bound.number(from)),
                Micro::Length { dst, from } => (dst, bound.length(from)),
                Micro::LengthOrZero { dst, from } => (dst, bound.length_or_zero(from)),
                Micro::Int { dst, value } => (dst, Some(Num::Int(value))),
                Micro::Float { dst, value } => (dst, Some(Num::Float(value))),
                Micro::Param { dst, at } => (dst, input(bound.scope.params, at)),
                Micro::Setting { dst, at } => (dst, input(bound.scope.settings, at)),
                Micro::Entry { dst, at } => (dst, self.entries.get(at as usize)?.number(bound.scope.state)),
                Micro::One { op, dst, src } => (dst, one(op, get(&registers, src)?)),
                Micro::Two { op, dst, a, b } => (dst, two(op, get(&registers, a)?, get(&registers, b)?)),
                Micro::Compare { orders, a, b } => {
                    return Some(get(&registers, a)?.order(get(&registers, b)?) & orders != 0);
                }
            };
            *registers.get_mut(usize::from(dst))? = number?;
        }
        None
    }
}

impl Bound<'_> {
    fn number(&self, from: Place) -> Option<Num> {
        match from {
            Place::Slot(slot) => Num::read(self.frame.peek(SlotId(slot))),
            Place::Field(field) => Num::read(self.field(field)?),
        }
    }

    fn length(&self, from: Place) -> Option<Num> {
        match from {
            Place::Slot(slot) => self.frame.peek(SlotId(slot)).length(),
            Place::Field(field) => self.field(field)?.length(),
        }
        .map(Num::Int)
    }

    fn length_or_zero(&self, from: Place) -> Option<Num> {
        let is_none = match from {
            Place::Slot(slot) => self.frame.peek(SlotId(slot)).is_none(),
            Place::Field(field) => self.field(field)?.is_none(),
        };
        if is_none { Some(Num::Int(0)) } else { self.length(from) }
    }

    fn field(&self, at: u8) -> Option<&Data> {
        self.record?.fields.get(usize::from(at))
    }
}

fn input(inputs: &[Data], at: u16) -> Option<Num> {
    Num::read(inputs.get(usize::from(at))?)
}

fn one(op: One, number: Num) -> Option<Num> {
    match (op, number) {
        (One::Int, Num::Int(_)) | (One::Float, Num::Float(_)) => Some(number),
        (One::Int, Num::Float(x)) => Num::read(&truncate("int", x).ok()?),
        (One::Float, Num::Int(i)) => Some(Num::Float(i as f64)),
        (One::Abs, Num::Int(i)) => i.checked_abs().map(Num::Int),
        (One::Abs, Num::Float(x)) => Some(Num::Float(x.abs())),
        (One::Neg, _) => Num::read(&ops::neg(number.value()).ok()?),
    }
}

/// What most conditions calculate in place; the rest, and what all of it means, is up to the operators.
#[inline(always)]
fn two(op: Two, a: Num, b: Num) -> Option<Num> {
    match (op, a, b) {
        (Two::Add, Num::Int(x), Num::Int(y)) => x.checked_add(y).map(Num::Int),
        (Two::Sub, Num::Int(x), Num::Int(y)) => x.checked_sub(y).map(Num::Int),
        (Two::Add, Num::Float(x), Num::Float(y)) => Some(Num::Float(x + y)),
        (Two::Sub, Num::Float(x), Num::Float(y)) => Some(Num::Float(x - y)),
        (Two::Mul, Num::Float(x), Num::Float(y)) => Some(Num::Float(x * y)),
        _ => any_two(op, a.value(), b.value()),
    }
}

#[inline(never)]
fn any_two(op: Two, a: Value<'static>, b: Value<'static>) -> Option<Num> {
    let result = match op {
        Two::Add => ops::add_numbers(a, b),
        Two::Sub => ops::sub(a, b),
        Two::Mul => ops::mul_numbers(a, b),
        Two::Div => ops::div(a, b),
        Two::FloorDiv => ops::floor_div(a, b),
        Two::Mod => ops::modulo(a, b),
    };
    Num::read(&result.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_micro_operation_is_two_words() {
        assert_eq!(size_of::<Micro>(), 16);
    }
}
