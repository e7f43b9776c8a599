//! The tests that take a few instructions: of keys, which [`Lanes::run`] knows, and of values, for
//! [`Lanes::quickly`], which hands over to [`Lanes::slowly`] at the first step that asks for more.

use super::Lanes;
use super::scalar::{Scalar, both_ends, int_order, order, short};
use super::step::{Answer, End, KeyTest, Step, Test};
use crate::frame::{Frame, Scope};
use crate::ids::SlotId;
use crate::value::Value;

impl Step {
    /// Whether an order is among those that hold.
    #[inline(always)]
    pub(super) fn takes(&self, order: u8) -> Answer {
        Answer::of(order & self.orders != 0)
    }

    /// What comes of a test against constants that are numbers or short texts, of truth, or of presence.
    #[inline(always)]
    fn simple(&self, value: &impl Scalar) -> Answer {
        let float = |holds: fn(f64, f64) -> bool| match value.float() {
            Some(x) => Answer::of(holds(x, self.float())),
            None => Answer::Leave,
        };
        let int = |holds: fn(i64, i64) -> bool| match value.int() {
            Some(i) => Answer::of(holds(i, self.int())),
            None => Answer::Leave,
        };
        match self.test {
            Test::FloatEq => equal(value.float().map(|x| x == self.float()), value),
            Test::FloatLt => float(|x, bound| x < bound),
            Test::FloatLe => float(|x, bound| x <= bound),
            Test::FloatGt => float(|x, bound| x > bound),
            Test::FloatGe => float(|x, bound| x >= bound),
            Test::IntEq => equal(value.int().map(|i| i == self.int()), value),
            Test::IntLt => int(|i, bound| i < bound),
            Test::IntGt => int(|i, bound| i > bound),
            Test::True => value.bool().map_or(Answer::Rare, Answer::of),
            Test::None => Answer::of(value.is_none()),
            Test::Short => {
                let is_same = |text: &[u8]| text.len() == usize::from(self.aux) && short(text) == self.bits;
                equal(value.bytes().map(is_same), value)
            }
            _ => Answer::Rare,
        }
    }

    /// Whether a whole number less an entry of the state is less than a third.
    #[inline(always)]
    pub(super) fn since(&self, now: i64, then: i64) -> Answer {
        let limit = i64::from(self.low().cast_signed());
        now.checked_sub(then).map_or(Answer::Leave, |since| Answer::of(since < limit))
    }

    /// Compares a length.
    #[inline(always)]
    fn length(&self, length: Option<i64>) -> Answer {
        length.map_or(Answer::Leave, |length| self.takes(int_order(length, self.int())))
    }

    #[inline(always)]
    fn remainder(&self, number: i64, orders: u8) -> Answer {
        let by = self.low();
        // Dividing 32 bits takes half the time.
        let rest = match u32::try_from(number) {
            Ok(number) => number.checked_rem(by).map(i64::from),
            Err(_) => number.checked_rem_euclid(i64::from(by)),
        };
        let order = rest.map(|rest| int_order(rest, i64::from(self.high())));
        order.map_or(Answer::Leave, |order| Answer::of(order & orders != 0))
    }
}

impl Lanes {
    /// What comes of a test of a slot's key; no slot that is tested so is odd.
    #[inline(always)]
    pub(super) fn keyed(&self, step: &Step, frame: &Frame<'_>, scope: &Scope<'_>) -> Answer {
        let key = frame.key(step.slot());
        match step.test {
            Test::Above | Test::Is => Answer::of(step.compare(frame)),
            Test::Key => match step.key_test() {
                KeyTest::LowBits => Answer::of(key & i64::from(step.low()) == i64::from(step.high())),
                // To look an entry up takes a call.
                KeyTest::Since if scope.state.is_empty() => step.since(key, step.aux.into()),
                KeyTest::Since => Answer::Rare,
                KeyTest::Remainder => step.remainder(key, step.aux),
                KeyTest::Name => Answer::of(self.is_name(step, key, frame.peek(step.slot()))),
            },
            _ => Answer::Rare,
        }
    }

    /// Walks the steps from `at` on, as long as they are quick.
    #[inline(never)]
    pub(super) fn quickly(&self, mut at: usize, frame: &Frame<'_>, scope: &Scope<'_>) -> End {
        while let Some(step) = self.steps.get(at) {
            let holds = match self.quick(step, frame.peek(step.slot()), frame, scope) {
                Answer::No => false,
                Answer::Yes => true,
                Answer::Leave => return End::LEAVE,
                Answer::Rare => return self.slowly(at, frame, scope),
            };
            match step.next(at, holds) {
                Ok(next) => at = next,
                Err(end) => return end,
            }
        }
        End::LEAVE
    }

    /// What comes of a test of this value.
    #[inline(always)]
    pub(super) fn quick(
        &self,
        step: &Step,
        value: &impl Scalar,
        frame: &Frame<'_>,
        scope: &Scope<'_>,
    ) -> Answer {
        match step.test {
            Test::Mid => {
                let is_same = |text: &[u8]| text.len() == usize::from(step.aux) && self.is_mid(step, text);
                equal(value.bytes().map(is_same), value)
            }
            Test::Length => step.length(value.length()),
            Test::LengthOrZero if value.is_none() => step.length(Some(0)),
            Test::LengthOrZero => step.length(value.length()),
            Test::Remainder => value.int().map_or(Answer::Leave, |i| step.remainder(i, step.orders)),
            Test::Slot => match order(value, frame.peek(other_slot(step))) {
                Some(order) => step.takes(order),
                None => Answer::Rare,
            },
            Test::Param => match scope.params.get(usize::from(step.aux)).and_then(|it| order(value, it)) {
                Some(order) => step.takes(order),
                None => Answer::Rare,
            },
            Test::Above | Test::Is | Test::Key => self.keyed(step, frame, scope),
            _ => step.simple(value),
        }
    }

    /// Whether a text that has this key is the one of a step. Kept apart: what it reads would be read by every walk.
    #[inline(never)]
    fn is_name(&self, step: &Step, key: i64, value: &Value<'_>) -> bool {
        match (self.mids.get(step.low() as usize), value.bytes().and_then(<[u8]>::last_chunk)) {
            (Some([wanted, end]), Some(found)) => {
                key == wanted.cast_signed() && u64::from_le_bytes(*found) == *end
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn is_mid(&self, step: &Step, text: &[u8]) -> bool {
        match (self.mids.get(step.low() as usize), both_ends(text)) {
            (Some(wanted), Some(found)) => *wanted == found,
            _ => false,
        }
    }
}

/// What comes of a test for equality, where the value could be asked; what is not there equals no constant.
#[inline(always)]
fn equal(same: Option<bool>, value: &impl Scalar) -> Answer {
    match same {
        Some(same) => Answer::of(same),
        None if value.is_none() => Answer::No,
        None => Answer::Leave,
    }
}

/// The second slot of a test that has two.
#[inline(always)]
pub(super) fn other_slot(step: &Step) -> SlotId {
    SlotId(step.aux)
}
