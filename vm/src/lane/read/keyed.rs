//! Tests of slots for which the schema promises a kind of scalar, as tests of their keys.

use super::super::scalar::orders;
use super::super::step::{FLIPPED, KeyTest, Test, halves, high, low};
use super::{Extra, Found};
use crate::frame::key::{self, Promise};
use crate::ids::SlotId;
use crate::op::CmpOp;

/// A test of a key without where it leads.
struct Keyed {
    test: Test,
    kind: u8,
    bits: u64,
    aux: u8,
    /// Whether it is its negation that must hold.
    negated: bool,
}

impl Keyed {
    fn new(test: Test, key: i64) -> Keyed {
        Keyed { test, kind: 0, bits: key.cast_unsigned(), aux: 0, negated: false }
    }

    fn is(key: i64) -> Keyed {
        Keyed::new(Test::Is, key)
    }

    fn above(key: i64) -> Keyed {
        Keyed::new(Test::Above, key)
    }

    fn below(key: i64) -> Keyed {
        Keyed { aux: FLIPPED, ..Keyed::above(!key) }
    }

    fn other(kind: KeyTest, bits: u64) -> Keyed {
        Keyed { kind: kind as u8, bits, ..Keyed::new(Test::Key, 0) }
    }

    fn not(self) -> Keyed {
        Keyed { negated: !self.negated, ..self }
    }
}

impl Found {
    /// The same test of the slot's key, where there is one that says the same of every value as promised.
    pub(super) fn keyed(mut self) -> Found {
        let slot = SlotId(self.draft.of);
        if let Some(Keyed { test, kind, bits, aux, negated }) = self.key_test(slot, Promise::of(slot)) {
            self.draft.test = test;
            self.draft.orders = kind;
            self.draft.bits = bits;
            self.draft.aux = aux;
            self.jumps = self.jumps != negated;
            self.lead_on();
        }
        self
    }

    /// Turns an order that jumps when it holds into its negation, which goes on when it holds. Between two keys there is
    /// no third.
    fn lead_on(&mut self) {
        if self.draft.test != Test::Above || !self.jumps {
            return;
        }
        let bound = self.draft.bits.cast_signed();
        // Not above it is below the next key, not below one is above the key before.
        let turned = match self.draft.aux {
            FLIPPED => (!bound).checked_sub(1).map(Keyed::above),
            _ => bound.checked_add(1).map(Keyed::below),
        };
        if let Some(Keyed { bits, aux, .. }) = turned {
            self.draft.bits = bits;
            self.draft.aux = aux;
            self.jumps = false;
        }
    }

    fn key_test(&mut self, slot: SlotId, promise: Promise) -> Option<Keyed> {
        let bits = self.draft.bits;
        let (float, int) = (key::float(f64::from_bits(bits)), bits.cast_signed());
        // What is not there has a key that equals no other, but it has no order.
        let is_there = !key::is_optional(slot);
        Some(match (self.draft.test, promise) {
            (Test::FloatEq, Promise::Float) => Keyed::is(float?),
            (Test::FloatLt, Promise::Float) if is_there => Keyed::below(float?),
            (Test::FloatLe, Promise::Float) if is_there => Keyed::above(float?).not(),
            (Test::FloatGt, Promise::Float) if is_there => Keyed::above(float?),
            (Test::FloatGe, Promise::Float) if is_there => Keyed::below(float?).not(),
            (Test::IntEq, Promise::Int) => Keyed::is(key::int(int)?),
            (Test::IntLt, Promise::Int) if is_there => Keyed::below(int),
            (Test::IntGt, Promise::Int) if is_there => Keyed::above(int),
            (Test::True, Promise::Bool) => Keyed::is(1),
            (Test::None, _) => Keyed::is(key::NONE),
            (Test::Short, Promise::Text) => self.short_text(),
            (Test::Mid, Promise::Text) => self.long_name()?,
            (Test::Remainder, Promise::Int) if is_there => self.remainder(),
            _ => return None,
        })
    }

    /// A text of up to seven bytes is in its key; one of eight has a name.
    fn short_text(&mut self) -> Keyed {
        let (length, bytes) = (self.draft.aux, self.draft.bits);
        match usize::from(length) <= key::WHOLE_TEXT {
            true => Keyed::is(key::of_text(length, bytes)),
            false => self.name([bytes, bytes]),
        }
    }

    /// A text of nine to fifteen bytes.
    fn long_name(&mut self) -> Option<Keyed> {
        match self.draft.extra {
            Extra::Mid(ends) if usize::from(self.draft.aux) <= key::WHOLE_TEXT + 8 => Some(self.name(ends)),
            _ => None,
        }
    }

    /// A text of eight to fifteen bytes is in its key, which has the first seven, and its last eight.
    fn name(&mut self, [first, last]: [u64; 2]) -> Keyed {
        let key = key::of_text(self.draft.aux, first).cast_unsigned();
        self.draft.extra = Extra::Mid([key, last]);
        Keyed::other(KeyTest::Name, 0)
    }

    /// The remainder by a power of two is the lowest bits, also of a negative number.
    fn remainder(&self) -> Keyed {
        let (by, wanted) = (low(self.draft.bits), high(self.draft.bits));
        let low_bits = Keyed::other(KeyTest::LowBits, halves(by.saturating_sub(1), wanted));
        match Some(self.draft.orders).filter(|_| by.is_power_of_two()) {
            it if it == orders(CmpOp::Eq) => low_bits,
            it if it == orders(CmpOp::Ne) => low_bits.not(),
            _ => Keyed { aux: self.draft.orders, ..Keyed::other(KeyTest::Remainder, self.draft.bits) },
        }
    }
}
