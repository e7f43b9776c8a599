//! The tests that take a few instructions, and the loop over them. No function is called, so nothing is saved.

use super::Lanes;
use super::scalar::{Scalar, both_ends, int_order, order, short};
use super::step::{Answer, End, Step, Test};
use crate::frame::{Frame, Scope};
use crate::ids::SlotId;

impl Step {
    /// The step that follows this one at `at`, or how the walk ends.
    #[inline(always)]
    pub(super) fn next(&self, at: usize, holds: bool) -> Result<usize, End> {
        if holds == self.pass.answer() {
            match self.pass.then() {
                End::On => Ok(at + 1),
                end => Err(end),
            }
        } else {
            self.skip.from(at)
        }
    }

    /// Whether an order is among those that hold.
    #[inline(always)]
    pub(super) fn takes(&self, order: u8) -> Answer {
        Answer::of(order & self.orders != 0)
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

impl Lanes {
    /// Walks the steps from `at` on.
    pub(super) fn quickly(&self, mut at: usize, frame: &Frame<'_>, scope: &Scope<'_>) -> End {
        while let Some(step) = self.steps.get(at) {
            let holds = match self.quick(step, frame.peek(step.slot()), frame, scope) {
                Answer::No => false,
                Answer::Yes => true,
                Answer::Leave => return End::Leave,
                Answer::Rare => return self.slowly(at, frame, scope),
            };
            match step.next(at, holds) {
                Ok(next) => at = next,
                Err(end) => return end,
            }
        }
        End::Leave
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
        macro_rules! ask {
            ($read:ident, $answer:expr) => {
                match value.$read() {
                    Some(read) => $answer(read),
                    None => Answer::Leave,
                }
            };
        }
        // What is not there equals no constant of these kinds.
        macro_rules! equal {
            ($read:ident, $holds:expr) => {
                match value.$read() {
                    Some(read) => Answer::of($holds(read)),
                    None if value.is_none() => Answer::No,
                    None => Answer::Leave,
                }
            };
        }
        match step.test {
            Test::FloatEq => equal!(float, |x| x == step.float()),
            Test::FloatLt => ask!(float, |x| Answer::of(x < step.float())),
            Test::FloatLe => ask!(float, |x| Answer::of(x <= step.float())),
            Test::FloatGt => ask!(float, |x| Answer::of(x > step.float())),
            Test::FloatGe => ask!(float, |x| Answer::of(x >= step.float())),
            Test::IntEq => equal!(int, |i| i == step.int()),
            Test::IntLt => ask!(int, |i| Answer::of(i < step.int())),
            Test::IntGt => ask!(int, |i| Answer::of(i > step.int())),
            Test::True => value.bool().map_or(Answer::Rare, Answer::of),
            Test::None => Answer::of(value.is_none()),
            Test::Short => equal!(bytes, |text: &[u8]| {
                text.len() == usize::from(step.aux) && short(text) == step.bits
            }),
            Test::Mid => equal!(bytes, |text: &[u8]| {
                text.len() == usize::from(step.aux) && self.is_mid(step, text)
            }),
            Test::Length => ask!(length, |length| step.takes(int_order(length, step.int()))),
            Test::LengthOrZero if value.is_none() => step.takes(int_order(0, step.int())),
            Test::LengthOrZero => ask!(length, |length| step.takes(int_order(length, step.int()))),
            Test::Masked => {
                ask!(int, |i| step.takes(int_order(i & i64::from(step.low()), i64::from(step.high()))))
            }
            Test::Remainder => ask!(int, |i| step.remainder(i)),
            Test::Slot => match order(value, frame.peek(other_slot(step))) {
                Some(order) => step.takes(order),
                None => Answer::Rare,
            },
            Test::Param => match scope.params.get(usize::from(step.aux)).and_then(|it| order(value, it)) {
                Some(order) => step.takes(order),
                None => Answer::Rare,
            },
            Test::Goto => Answer::No,
            Test::Long | Test::Has | Test::OneOf | Test::Since | Test::Calc | Test::Rows | Test::Count => {
                Answer::Rare
            }
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

/// The second slot of a test that has two.
#[inline(always)]
pub(super) fn other_slot(step: &Step) -> SlotId {
    SlotId(step.aux.to_le_bytes()[0])
}
