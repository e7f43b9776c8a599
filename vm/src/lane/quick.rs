//! The tests that take a few instructions, and two loops over them. The first, [`simply`], knows only what nearly every
//! condition asks and calls nothing, so that it needs hardly a register of the processor that it would have to save; it
//! walks the lanes that have no other tests. The others are for [`Lanes::quickly`], which hands over to
//! [`Lanes::slowly`] at the first step that asks for more.

use super::Lanes;
use super::scalar::{Scalar, both_ends, int_order, order, short};
use super::step::{Answer, Step, Test, Way};
use crate::frame::{Frame, Scope};
use crate::ids::SlotId;

impl Step {
    /// Whether an order is among those that hold.
    #[inline(always)]
    pub(super) fn takes(&self, order: u8) -> Answer {
        Answer::of(order & self.orders != 0)
    }

    /// What comes of a test against constants that are numbers or short texts, of truth, or of presence.
    #[inline(always)]
    fn simple(&self, value: &impl Scalar, scope: &Scope<'_>) -> Answer {
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
            Test::LowBits => match value.int() {
                Some(i) => Answer::of(i & i64::from(self.low()) == i64::from(self.high())),
                None => Answer::Leave,
            },
            Test::Short => {
                let is_same = |text: &[u8]| text.len() == usize::from(self.aux) && short(text) == self.bits;
                equal(value.bytes().map(is_same), value)
            }
            // To look an entry up takes a call.
            Test::Since if scope.state.is_empty() => self.since(value, i64::from(self.aux)),
            _ => Answer::Rare,
        }
    }

    /// Whether this is one of the tests that [`simply`] knows.
    pub(super) fn is_simple(&self) -> bool {
        match self.test {
            Test::FloatEq | Test::FloatLt | Test::FloatLe | Test::FloatGt | Test::FloatGe => true,
            Test::IntEq | Test::IntLt | Test::IntGt | Test::True | Test::None => true,
            Test::LowBits | Test::Since | Test::Short => true,
            Test::Mid | Test::Length | Test::LengthOrZero | Test::Remainder => false,
            Test::Slot | Test::Param | Test::Long | Test::Has | Test::OneOf => false,
            Test::Calc | Test::Rows | Test::Count => false,
        }
    }

    /// Whether a whole number less an entry of the state is less than a third.
    #[inline(always)]
    pub(super) fn since(&self, value: &impl Scalar, then: i64) -> Answer {
        let limit = i64::from(self.low().cast_signed());
        let since = value.int().and_then(|now| now.checked_sub(then));
        since.map_or(Answer::Leave, |since| Answer::of(since < limit))
    }

    /// Compares a length.
    #[inline(always)]
    fn length(&self, length: Option<i64>) -> Answer {
        length.map_or(Answer::Leave, |length| self.takes(int_order(length, self.int())))
    }

    #[inline(always)]
    fn remainder(&self, number: i64) -> Answer {
        let by = self.low();
        // Dividing 32 bits takes half the time.
        let rest = match u32::try_from(number) {
            Ok(number) => number.checked_rem(by).map(i64::from),
            Err(_) => number.checked_rem_euclid(i64::from(by)),
        };
        rest.map_or(Answer::Leave, |rest| self.takes(int_order(rest, i64::from(self.high()))))
    }
}

/// Walks simple steps from `at` on; `None` where a value asks for a test that is not simple.
#[inline(never)]
pub(super) fn simply(steps: &[Step], mut at: usize, frame: &Frame<'_>, scope: &Scope<'_>) -> Option<Way> {
    while let Some(step) = steps.get(at) {
        let holds = match step.simple(frame.peek(step.slot()), scope) {
            Answer::No => false,
            Answer::Yes => true,
            Answer::Leave => break,
            Answer::Rare => return None,
        };
        match step.next(at, holds) {
            Ok(next) => at = next,
            Err(end) => return Some(end),
        }
    }
    Some(Way::Leave)
}

impl Lanes {
    /// Walks the steps from `at` on, as long as they are quick.
    #[inline(never)]
    pub(super) fn quickly(&self, mut at: usize, frame: &Frame<'_>, scope: &Scope<'_>) -> Way {
        while let Some(step) = self.steps.get(at) {
            let holds = match self.quick(step, frame.peek(step.slot()), frame, scope) {
                Answer::No => false,
                Answer::Yes => true,
                Answer::Leave => return Way::Leave,
                Answer::Rare => return self.slowly(at, frame, scope),
            };
            match step.next(at, holds) {
                Ok(next) => at = next,
                Err(end) => return end,
            }
        }
        Way::Leave
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
            Test::Remainder => value.int().map_or(Answer::Leave, |i| step.remainder(i)),
            Test::Slot => match order(value, frame.peek(other_slot(step))) {
                Some(order) => step.takes(order),
                None => Answer::Rare,
            },
            Test::Param => match scope.params.get(usize::from(step.aux)).and_then(|it| order(value, it)) {
                Some(order) => step.takes(order),
                None => Answer::Rare,
            },
            _ => step.simple(value, scope),
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
