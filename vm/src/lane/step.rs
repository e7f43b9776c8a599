//! One step of the lane: a test with its operands, and where it leads.

use crate::ids::SlotId;

/// How a walk through the steps ends, or the walk through the body of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum End {
    /// It does not: the next step follows.
    On,
    /// The condition holds.
    Accept,
    /// It does not.
    Reject,
    /// The machine must say.
    Leave,
    /// The next row of the list that is walked.
    NextRow,
    /// The next row, and this one counts.
    Counted,
}

/// What is asked about the value. Each comparison has its own, so that one jump leads to it; the negations are in
/// [`Step::passes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Test {
    FloatEq,
    FloatLt,
    FloatLe,
    FloatGt,
    FloatGe,
    IntEq,
    IntLt,
    IntGt,
    /// Is true.
    True,
    /// Is `None`.
    None,
    /// Equals a text of at most eight bytes: its length in `aux`, its bytes in `bits`.
    Short,
    /// Equals a text of nine to sixteen bytes: its length in `aux`, its place in `bits`.
    Mid,
    /// Its length compares so with the number in `bits`.
    Length,
    /// Its length, or 0 where it is `None`, compares so with the number in `bits`.
    LengthOrZero,
    /// Its lowest bits compare so with a number: the mask in the lower half of `bits`, the number in the upper.
    Masked,
    /// Its remainder compares so with a number: the divisor in the lower half, the number in the upper.
    Remainder,
    /// Compares so with the slot in `aux`.
    Slot,
    /// Compares so with the param in `aux`.
    Param,
    /// Leads on without a test.
    Goto,
    /// Equals the text at this place, which is longer.
    Long,
    /// Contains the text at this place.
    Has,
    /// Is one of the texts of the list at this place.
    OneOf,
    /// The slot less an entry of the state compares so with a number: that in the lower half, the entry's place in
    /// the upper.
    Since,
    /// A calculation ends in a comparison that holds: its first micro-operation in the lower half, how many in the
    /// upper.
    Calc,
    /// Walks the rows of a list through the body behind this step, `aux` steps long: at most so many rows as the
    /// lower half says, and where none leads out, on after the body.
    Rows,
    /// The rows that were counted compare so with the number in `bits`.
    Count,
}

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Answer {
    /// It does not hold.
    No,
    /// It holds.
    Yes,
    /// The value is not of the kind that the test is for.
    Leave,
    /// The test is none of the quick ones.
    Rare,
}

impl Answer {
    #[inline(always)]
    pub(super) fn of(holds: bool) -> Answer {
        if holds { Answer::Yes } else { Answer::No }
    }

    #[inline(always)]
    pub(super) fn maybe(holds: Option<bool>) -> Answer {
        holds.map_or(Answer::Leave, Answer::of)
    }
}

/// A test with its operands. Where the answer is the one that [`Step::passes`] says, the run ends so or goes on with
/// the next step; else it ends so or goes on as many steps ahead as [`Step::skip`] says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) test: Test,
    /// The slot, or in a body the field.
    pub(super) of: u8,
    /// Which orders of the operands hold, for the tests that are not specific to one; see [`super::scalar`].
    pub(super) orders: u8,
    pub(super) pass: Pass,
    pub(super) skip: Skip,
    pub(super) aux: u16,
    pub(super) bits: u64,
}

/// The answer that passes, and what follows it, in a byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pass(u8);

impl Pass {
    pub(super) fn new(answer: bool, then: End) -> Pass {
        Pass(u8::from(answer) | (then as u8) << 1)
    }

    #[inline(always)]
    pub(super) fn answer(self) -> bool {
        self.0 & 1 == 1
    }

    #[inline(always)]
    pub(super) fn then(self) -> End {
        end(self.0 >> 1)
    }
}

/// How many steps ahead, or an end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Skip(u16);

/// Skips are below this.
const ENDS: u16 = u16::MAX - 7;

impl Skip {
    /// So many steps ahead; `None` where they are too many.
    pub(super) fn ahead(steps: usize) -> Option<Skip> {
        u16::try_from(steps).ok().filter(|steps| *steps < ENDS).map(Skip)
    }

    pub(super) fn end(end: End) -> Skip {
        Skip(ENDS + end as u16)
    }

    /// The step that follows the one at `at`, or how the walk ends.
    #[inline(always)]
    pub(super) fn from(self, at: usize) -> Result<usize, End> {
        if self.0 < ENDS { Ok(at + usize::from(self.0)) } else { Err(end((self.0 - ENDS) as u8)) }
    }
}

#[inline(always)]
fn end(code: u8) -> End {
    match code {
        0 => End::On,
        1 => End::Accept,
        2 => End::Reject,
        4 => End::NextRow,
        5 => End::Counted,
        _ => End::Leave,
    }
}

impl Step {
    #[inline(always)]
    pub(super) fn slot(&self) -> SlotId {
        SlotId(self.of)
    }

    /// The lower half of the bits.
    #[inline(always)]
    pub(super) fn low(&self) -> u32 {
        (self.bits & 0xffff_ffff) as u32
    }

    /// The upper half of the bits.
    #[inline(always)]
    pub(super) fn high(&self) -> u32 {
        (self.bits >> 32) as u32
    }

    /// The bits as a whole number.
    #[expect(clippy::cast_possible_wrap, reason = "the bits are those of an i64")]
    #[inline(always)]
    pub(super) fn int(&self) -> i64 {
        self.bits as i64
    }

    /// The bits as a float.
    #[inline(always)]
    pub(super) fn float(&self) -> f64 {
        f64::from_bits(self.bits)
    }
}

/// Two halves as bits.
pub(super) fn halves(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_two_words() {
        assert_eq!(size_of::<Step>(), 16);
    }

    #[test]
    fn ways_are_read_as_they_were_written() {
        for then in [End::On, End::Accept, End::Reject, End::Leave, End::NextRow, End::Counted] {
            for answer in [false, true] {
                let pass = Pass::new(answer, then);
                assert_eq!((pass.answer(), pass.then()), (answer, then));
            }
            assert_eq!(Skip::end(then).from(5), Err(then));
        }
        assert_eq!(Skip::ahead(7).unwrap().from(5), Ok(12));
        assert_eq!(Skip::ahead(usize::from(ENDS)), None);
    }
}
