//! One step of the lane: a test with its operands, and where it leads.

use crate::frame::Frame;
use crate::ids::SlotId;

/// How a walk through the steps ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Way {
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

/// Where a step leads: so many steps ahead, or to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lead(u16);

impl Lead {
    /// The first number that is an end; all below are steps.
    const ENDS: u16 = 0xff00;

    /// So many steps ahead; `None` where they are too many.
    pub(super) fn ahead(steps: usize) -> Option<Lead> {
        u16::try_from(steps).ok().filter(|steps| *steps < Lead::ENDS).map(Lead)
    }

    /// To an end.
    pub(super) const fn end(way: Way) -> Lead {
        Lead(Lead::ENDS + way as u16)
    }

    /// The step that follows the one at `at`, or the end.
    #[inline(always)]
    fn follow(self, at: usize) -> Result<usize, End> {
        if self.0 < Lead::ENDS { Ok(at + usize::from(self.0)) } else { Err(End(self.0)) }
    }
}

/// A lead that is an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End(u16);

impl End {
    /// The machine must say.
    pub(super) const LEAVE: End = End(Lead::end(Way::Leave).0);
    /// The next row of the list that is walked.
    pub(super) const NEXT_ROW: End = End(Lead::end(Way::NextRow).0);
    /// The next row, and this one counts.
    pub(super) const COUNTED: End = End(Lead::end(Way::Counted).0);

    /// The truth of the condition; `None` where the machine must say.
    #[inline(always)]
    pub(super) fn truth(self) -> Option<bool> {
        const ACCEPT: End = End(Lead::end(Way::Accept).0);
        const REJECT: End = End(Lead::end(Way::Reject).0);
        match self {
            ACCEPT => Some(true),
            REJECT => Some(false),
            _ => None,
        }
    }
}

/// What is asked about the value. Each comparison has its own, so that one jump leads to it; negations are
/// left to the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Test {
    /// The slot's [key](crate::frame::key) is greater than the bits; with [`FLIPPED`] in `aux`, the key with all its bits
    /// flipped is: that is how a key is less than a number.
    Above,
    /// The slot's key is the bits.
    Is,
    /// Another test of the slot's key: the [`KeyTest`] in `orders`.
    Key,
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
    /// Its remainder compares so with a number: the divisor in the lower half, the number in the upper.
    Remainder,
    /// Compares so with the slot in `aux`.
    Slot,
    /// Compares so with the param in `aux`.
    Param,
    /// Equals the text at this place, which is longer.
    Long,
    /// Contains the text at this place.
    Has,
    /// Is one of the texts of the list at this place.
    OneOf,
    /// A calculation ends in a comparison that holds: its first micro-operation in the lower half, how many in the
    /// upper.
    Calc,
    /// Walks the rows of a list through the body behind this step: at most so many rows as the lower half says; the
    /// upper says how many steps the body has.
    Rows,
    /// The rows that were counted compare so with the number in `bits`.
    Count,
}

/// In `aux` of [`Test::Above`]: the bits of the key are flipped, as those of the step are already.
pub(super) const FLIPPED: u8 = u8::MAX;

/// The tests of a slot's key that take more than one comparison. Two levels of few, since what is chosen among more is
/// looked up in a table of jumps, which takes longer than to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum KeyTest {
    /// Its lowest bits are a number: the mask in the lower half of `bits`, the number in the upper.
    LowBits,
    /// It less an entry of the state is less than a number: what stands for an entry that is not there in `aux`, the
    /// number in the lower half, the entry's place in the upper.
    Since,
    /// It is that of a text of eight to fifteen bytes: the place of the key and of the last eight bytes in `bits`.
    Name,
    /// Its remainder compares so, as `aux` says, with a number: the divisor in the lower half, the number in the upper.
    Remainder,
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

/// Keeps the code that calls this apart from the other side of its branch.
#[cold]
#[inline]
fn apart() {}

/// A test with its operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) test: Test,
    /// The slot, or in a body the field.
    pub(super) of: u8,
    /// Which orders of the operands hold, for the tests that are not specific to one; see [`super::scalar`]. For
    /// [`Test::Key`] a [`KeyTest`].
    pub(super) orders: u8,
    pub(super) aux: u8,
    /// Where it leads when it holds.
    pub(super) yes: Lead,
    /// Where it leads when it does not.
    pub(super) no: Lead,
    pub(super) bits: u64,
}

impl Step {
    #[inline(always)]
    pub(super) fn slot(&self) -> SlotId {
        SlotId(self.of)
    }

    /// The step that follows this one at `at`, or the end of the walk.
    #[inline(always)]
    pub(super) fn next(&self, at: usize, holds: bool) -> Result<usize, End> {
        if holds {
            self.yes.follow(at)
        } else {
            // A branch that the processor foresees: choosing the lead first would make every step wait for the one before.
            apart();
            self.no.follow(at)
        }
    }

    /// Whether this leads to the next step when it holds and else rejects.
    pub(super) fn leads_on_or_rejects(&self) -> bool {
        self.yes == Lead(1) && self.no == Lead::end(Way::Reject)
    }

    /// Whether the condition holds when this does.
    #[inline(always)]
    pub(super) fn is_last(&self) -> bool {
        self.yes == Lead::end(Way::Accept)
    }

    /// Whether these are comparisons of keys all of which must hold.
    pub(super) fn must_all_hold(steps: &[Step]) -> bool {
        let Some((last, others)) = steps.split_last() else { return false };
        let ends = last.is_last() && last.no == Lead::end(Way::Reject);
        let compares = |step: &Step| matches!(step.test, Test::Above | Test::Is);
        ends && others.iter().all(Step::leads_on_or_rejects) && steps.iter().all(compares)
    }

    /// The lower half of the bits.
    #[inline(always)]
    pub(super) fn low(&self) -> u32 {
        low(self.bits)
    }

    /// The upper half of the bits.
    #[inline(always)]
    pub(super) fn high(&self) -> u32 {
        high(self.bits)
    }

    /// What comes of [`Test::Above`] or [`Test::Is`]: a number that is greater, or the same.
    #[inline(always)]
    pub(super) fn compare(&self, frame: &Frame<'_>) -> bool {
        let key = frame.key(self.slot());
        if self.test == Test::Above {
            key ^ i64::from(self.aux.cast_signed()) > self.int()
        } else {
            key == self.int()
        }
    }

    /// Which test of a key this is, where it is one of those.
    #[inline(always)]
    pub(super) fn key_test(&self) -> KeyTest {
        const LOW_BITS: u8 = KeyTest::LowBits as u8;
        const SINCE: u8 = KeyTest::Since as u8;
        const REMAINDER: u8 = KeyTest::Remainder as u8;
        match self.orders {
            LOW_BITS => KeyTest::LowBits,
            SINCE => KeyTest::Since,
            REMAINDER => KeyTest::Remainder,
            _ => KeyTest::Name,
        }
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

/// The lower of two halves.
#[inline(always)]
pub(super) fn low(bits: u64) -> u32 {
    (bits & 0xffff_ffff) as u32
}

/// The upper of two halves.
#[inline(always)]
pub(super) fn high(bits: u64) -> u32 {
    (bits >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_two_words() {
        assert_eq!(size_of::<Step>(), 16);
        assert_eq!(size_of::<crate::lane::Entry>(), 8);
    }
}
