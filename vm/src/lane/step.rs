//! One test of the lane: what is tested, against what, and where it leads.

use crate::ids::SlotId;
use crate::op::CmpOp;
use crate::value::{Data, Value};

/// Where a test leads: to another step, or to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target(pub(super) u16);

impl Target {
    /// The condition holds.
    pub(crate) const ACCEPT: Target = Target(u16::MAX);
    /// It does not.
    pub(crate) const REJECT: Target = Target(u16::MAX - 1);
    /// The machine must say.
    pub(crate) const LEAVE: Target = Target(u16::MAX - 2);
    /// The next row of the list that is walked.
    pub(super) const NEXT_ROW: Target = Target(u16::MAX - 3);
    /// Steps are below this.
    pub(super) const STEPS: u16 = u16::MAX - 3;

    #[inline(always)]
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What is asked about the value. Each comparison has its own, so that one jump leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Test {
    FloatEq,
    FloatNe,
    FloatLt,
    FloatLe,
    FloatGt,
    FloatGe,
    IntEq,
    IntNe,
    IntLt,
    IntLe,
    IntGt,
    IntGe,
    /// Equals the text constant.
    TextEq,
    /// Differs from the text constant.
    TextNe,
    /// Contains the text constant.
    TextHas,
    /// Is one of the texts of the list constant.
    TextIn,
    /// Is `True`, and not `False`.
    True,
    /// Is `None`.
    None,
    /// Its length compares so with a number.
    Length,
    /// Its length, or 0 where it is `None`, compares so with a number.
    LengthOrZero,
    /// The remainder of a whole number by another compares so with a third.
    Remainder,
    /// Compares so with a param.
    Param,
    /// Some row of a list leads out of the body.
    Rows,
}

/// What came of a test: the position of the way it leads, see [`Step::ways`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome(u8);

impl Outcome {
    /// The value is not of the kind that the test is for.
    pub(super) const LEAVE: Outcome = Outcome(2);

    #[inline(always)]
    pub(super) fn of(holds: bool) -> Outcome {
        Outcome(u8::from(holds))
    }

    fn maybe(holds: Option<bool>) -> Outcome {
        holds.map_or(Outcome::LEAVE, Outcome::of)
    }
}

/// A test with its operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) test: Test,
    /// The slot, or in a body the field.
    pub(super) of: u8,
    /// Where it leads when it does not hold, when it holds, and when it cannot say.
    pub(super) ways: [Target; 3],
    /// The number to compare with, the constant, or what the test needs besides.
    pub(super) bits: u64,
}

/// What a test can ask of a value, borrowed or owned.
pub(super) trait Scalar {
    fn float(&self) -> Option<f64>;
    fn int(&self) -> Option<i64>;
    fn bool(&self) -> Option<bool>;
    fn text(&self) -> Option<&str>;
    #[inline(always)]
    fn bytes(&self) -> Option<&[u8]> {
        self.text().map(str::as_bytes)
    }
    fn is_none(&self) -> bool;
    fn length(&self) -> Option<i64>;
}

macro_rules! scalar {
    ($ty:ty, $text:pat => $str:expr, $counted:pat => $chars:expr, $list:pat => $len:expr) => {
        impl Scalar for $ty {
            #[inline(always)]
            fn float(&self) -> Option<f64> {
                if let Self::Float(x) = self { Some(*x) } else { None }
            }
            #[inline(always)]
            fn int(&self) -> Option<i64> {
                if let Self::Int(i) = self { Some(*i) } else { None }
            }
            #[inline(always)]
            fn bool(&self) -> Option<bool> {
                if let Self::Bool(b) = self { Some(*b) } else { None }
            }
            #[inline(always)]
            fn text(&self) -> Option<&str> {
                if let $text = self { Some($str) } else { None }
            }
            #[inline(always)]
            fn is_none(&self) -> bool {
                matches!(self, Self::None)
            }
            #[inline(always)]
            fn length(&self) -> Option<i64> {
                match self {
                    $counted => Some(i64::from($chars)),
                    $list => i64::try_from($len).ok(),
                    _ => None,
                }
            }
        }
    };
}

scalar!(Value<'_>, Value::Str(text, _) => text, Value::Str(_, chars) => *chars, Value::Data(items) => items.len());
scalar!(Data, Data::Str(text) => text.as_str(), Data::Str(text) => text.chars(), Data::List(items) => items.len());

impl Step {
    /// Where an outcome leads.
    #[inline(always)]
    pub(super) fn way(&self, outcome: Outcome) -> Target {
        self.ways.get(usize::from(outcome.0)).copied().unwrap_or(Target::LEAVE)
    }

    #[inline(always)]
    pub(super) fn of_slot(&self) -> SlotId {
        SlotId(self.of)
    }

    /// The steps of a body, for [`Test::Rows`].
    #[inline(always)]
    pub(super) fn body(&self) -> (usize, usize) {
        ((self.bits & 0xffff) as usize, (self.bits >> 16 & 0xffff) as usize)
    }

    /// The comparison of a test that is not specific to one: kept in the uppermost byte.
    fn cmp(&self) -> Option<CmpOp> {
        CmpOp::ALL.get((self.bits >> 56) as usize).copied()
    }

    #[inline(always)]
    fn constant<'c>(&self, consts: &'c [Data]) -> Option<&'c Data> {
        consts.get((self.bits & 0xffff) as usize)
    }

    #[inline(always)]
    fn text<'c>(&self, consts: &'c [Data]) -> &'c [u8] {
        self.constant(consts).and_then(Scalar::text).unwrap_or_default().as_bytes()
    }

    /// Whether it reads more of a constant than its bits hold.
    pub(super) fn needs_constant(&self) -> bool {
        matches!(self.test, Test::TextEq | Test::TextNe | Test::TextHas | Test::TextIn)
    }

    /// What comes of the test.
    #[inline(always)]
    pub(super) fn outcome(&self, consts: &[Data], value: &impl Scalar) -> Outcome {
        macro_rules! compare {
            ($read:ident, $op:tt, $with:expr) => {
                match value.$read() {
                    Some(read) => Outcome::of(read $op $with),
                    None => Outcome::LEAVE,
                }
            };
        }
        let float = f64::from_bits(self.bits);
        #[expect(clippy::cast_possible_wrap, reason = "the bits are those of an i64")]
        let int = self.bits as i64;
        match self.test {
            Test::FloatEq => compare!(float, ==, float),
            Test::FloatNe => compare!(float, !=, float),
            Test::FloatLt => compare!(float, <, float),
            Test::FloatLe => compare!(float, <=, float),
            Test::FloatGt => compare!(float, >, float),
            Test::FloatGe => compare!(float, >=, float),
            Test::IntEq => compare!(int, ==, int),
            Test::IntNe => compare!(int, !=, int),
            Test::IntLt => compare!(int, <, int),
            Test::IntLe => compare!(int, <=, int),
            Test::IntGt => compare!(int, >, int),
            Test::IntGe => compare!(int, >=, int),
            Test::TextEq => compare!(bytes, ==, self.text(consts)),
            Test::TextNe => compare!(bytes, !=, self.text(consts)),
            Test::True => Outcome::maybe(value.bool()),
            Test::None => Outcome::of(value.is_none()),
            _ => self.rare_outcome(consts, value),
        }
    }

    /// The tests that take longer than a call.
    #[inline(never)]
    fn rare_outcome(&self, consts: &[Data], value: &impl Scalar) -> Outcome {
        Outcome::maybe(self.rarely(consts, value))
    }

    fn rarely(&self, consts: &[Data], value: &impl Scalar) -> Option<bool> {
        let low = i64::try_from(self.bits & 0xffff_ffff).ok()?;
        match self.test {
            Test::TextHas => Some(contains(value.text()?, self.constant(consts)?.text()?)),
            Test::TextIn => {
                let Data::List(items) = self.constant(consts)? else { return None };
                let text = value.text()?;
                Some(items.iter().any(|item| item.text() == Some(text)))
            }
            Test::Length => order(self.cmp()?, &value.length()?, &low),
            Test::LengthOrZero if value.is_none() => order(self.cmp()?, &0, &low),
            Test::LengthOrZero => order(self.cmp()?, &value.length()?, &low),
            Test::Remainder => {
                let left = value.int()?.checked_rem_euclid(low & 0xffff)?;
                order(self.cmp()?, &left, &(low >> 16))
            }
            _ => None,
        }
    }

    /// What comes of a comparison with a param.
    #[inline(never)]
    pub(super) fn with_param(&self, params: &[Data], value: &impl Scalar) -> Outcome {
        let compared = || compare_any(self.cmp()?, value, self.constant(params)?);
        Outcome::maybe(compared())
    }
}

/// Whether one text is in another; the standard search prepares more than most names are worth.
fn contains(text: &str, part: &str) -> bool {
    if text.len() > 64 || part.is_empty() {
        return text.contains(part);
    }
    text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// Compares scalars of one kind.
#[inline]
fn compare_any(op: CmpOp, left: &impl Scalar, right: &Data) -> Option<bool> {
    match right {
        Data::Float(y) => order(op, &left.float()?, y),
        Data::Int(y) => order(op, &left.int()?, y),
        Data::Str(y) => match op {
            CmpOp::Eq => Some(left.text()? == y.as_str()),
            CmpOp::Ne => Some(left.text()? != y.as_str()),
            _ => None,
        },
        _ => None,
    }
}

#[inline(always)]
fn order<T: PartialOrd>(op: CmpOp, x: &T, y: &T) -> Option<bool> {
    Some(match op {
        CmpOp::Eq => x == y,
        CmpOp::Ne => x != y,
        CmpOp::Lt => x < y,
        CmpOp::Le => x <= y,
        CmpOp::Gt => x > y,
        CmpOp::Ge => x >= y,
        CmpOp::In | CmpOp::NotIn => return None,
    })
}
