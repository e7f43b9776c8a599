//! What the index can read off a rule's code: the tests of slots against constants with which it begins.
//!
//! A condition that begins with `and`-joined tests compiles to a run of instructions that each reject unless
//! their test holds. The rule can only match, and only fail, where all of them hold, as long as none of them
//! can fail itself. So each of them is a reason to leave the rule alone, and where nothing else follows, they
//! are the whole rule. Reading the tests off the verified code means that no index can say anything else than
//! the code it stands for.

use super::affix::{self, Sure};
use super::table::Key;
use crate::ids::SlotId;
use crate::limits;
use crate::op::{CmpOp, Op};
use crate::pack::Chunk;
use crate::ty::TyDesc;
use crate::value::{Data, Value};

/// A test that the index understands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// The key's number is above the bound.
    Above(Key, f64),
    /// The slot equals one of these.
    OneOf(SlotId, Vec<Exact>),
    /// The slot's text starts with one of these, none of which starts with another.
    Starts(SlotId, Vec<Box<str>>),
}

/// A value that can be looked up: two are the same exactly when Python's `==` says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Exact {
    /// Text.
    Text(Box<str>),
    /// A number that a double holds exactly, as its bits; zero has no sign.
    Number(u64),
    /// `None`.
    None,
}

/// The tests with which a rule begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prefix {
    /// All of them must hold.
    pub(super) tests: Vec<Test>,
    /// How many of them the code begins with, one instruction each, with nothing between them that is no test.
    pub(super) leading: usize,
    /// Whether the rule matches where they do.
    pub(super) complete: bool,
    /// The slots that were taken to hold a number, as the schema promises.
    pub(super) ordered: Vec<SlotId>,
    /// The slots that were taken to hold text, and of each whether the code knows that it is not `None`.
    pub(super) texts: Vec<(SlotId, bool)>,
    /// The slots of whose presence something is known.
    present: Vec<(SlotId, Sure)>,
    /// How long the texts are for which those slots were searched.
    bytes: usize,
}

/// Reads the tests off a chunk; `params` are the values that the rule's params have.
pub(super) fn prefix(chunk: &Chunk, params: &[Data]) -> Prefix {
    let mut found = Prefix { complete: true, ..Prefix::default() };
    let mut at = 0;
    while let Some(op) = chunk.code.get(at) {
        let (cmp, slot, constant, to) = match *op {
            Op::Accept {} => {
                found.complete &= found.presence_follows();
                return found;
            }
            Op::JumpUnlessSlot { op, slot, k, to } => (op, slot, chunk.constant(k), to),
            Op::JumpUnlessSlotParam { op, slot, input, to } => {
                (op, slot, params.get(input.index()).map(Data::value), to)
            }
            Op::LoadSlot { .. } => match found.loaded(chunk, at, params) {
                Some(next) => {
                    at = next;
                    continue;
                }
                None => break,
            },
            _ => break,
        };
        let (Some(constant), true) = (constant, affix::rejects(chunk, to)) else { break };
        at += 1;
        let reading = read(cmp, slot, constant);
        let is_order = matches!(cmp, CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge);
        if is_order && !matches!(reading, Reading::MayFail) {
            found.ordered.push(slot);
        }
        match reading {
            Reading::Test(test) => {
                // Until something else came, every instruction was a test.
                found.leading += usize::from(found.only_leads());
                found.tests.push(test);
            }
            Reading::Harmless => found.complete = false,
            Reading::MayFail => break,
        }
    }
    found.complete = false;
    found
}

impl Prefix {
    /// Takes the test that begins with the load of a slot, and says where the code goes on behind it; `None` where there
    /// is no test that can be used.
    fn loaded(&mut self, chunk: &Chunk<'_>, at: usize, params: &[Data]) -> Option<usize> {
        if let Some(presence) = affix::presence(chunk, at) {
            self.complete &= presence.sure != Sure::Nothing;
            self.present.push((presence.slot, presence.sure));
            return Some(presence.next);
        }
        let affix = affix::affix(chunk, at, params)?;
        self.bytes += affix.texts.iter().map(|text| text.len()).sum::<usize>();
        // Much longer ones could use up the fuel, and so fail. No source has as many.
        if self.bytes > limits::SOURCE_BYTES {
            return None;
        }
        if self.texts.iter().all(|(slot, _)| *slot != affix.slot) {
            let is_something = |(slot, sure): &(SlotId, Sure)| *slot == affix.slot && *sure != Sure::Nothing;
            self.texts.push((affix.slot, self.present.iter().any(is_something)));
        }
        match affix.starts {
            true => self.tests.push(Test::Starts(affix.slot, shortest(affix.texts))),
            false => self.complete = false,
        }
        Some(affix.next)
    }

    /// Whether everything so far was a test of one instruction.
    fn only_leads(&self) -> bool {
        self.complete && self.present.is_empty() && self.leading == self.tests.len()
    }

    /// Whether what is known of the presence of slots follows from the tests.
    fn presence_follows(&self) -> bool {
        let follows = |slot: SlotId, sure: Sure| {
            self.tests.iter().any(|test| match test {
                Test::Starts(tested, texts) => {
                    *tested == slot && (sure != Sure::True || texts.iter().all(|text| !text.is_empty()))
                }
                _ => false,
            })
        };
        self.present.iter().all(|(slot, sure)| follows(*slot, *sure))
    }
}

/// Texts without those that start with another: whatever starts with them starts with that one too.
fn shortest(mut texts: Vec<Box<str>>) -> Vec<Box<str>> {
    texts.sort();
    // What begins others stands before them, with nothing but those between.
    texts.dedup_by(|text, kept| text.starts_with(&**kept));
    texts
}

enum Reading {
    /// The index can use it.
    Test(Test),
    /// The index cannot use it, but it cannot fail, so what follows still counts.
    Harmless,
    /// It may fail, so what follows must not keep the rule from running.
    MayFail,
}

fn read(cmp: CmpOp, slot: SlotId, constant: Value<'_>) -> Reading {
    match cmp {
        CmpOp::Eq => {
            exact(constant).map_or(Reading::Harmless, |it| Reading::Test(Test::OneOf(slot, vec![it])))
        }
        CmpOp::Ne => Reading::Harmless,
        CmpOp::In => match constant {
            Value::Data(items) => {
                let items: Option<Vec<Exact>> = items.iter().map(|item| exact(item.value())).collect();
                items.map_or(Reading::Harmless, |items| Reading::Test(Test::OneOf(slot, items)))
            }
            _ => Reading::MayFail,
        },
        CmpOp::NotIn if matches!(constant, Value::Data(_)) => Reading::Harmless,
        CmpOp::NotIn => Reading::MayFail,
        CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge if !is_number(slot) => Reading::MayFail,
        CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge => order(cmp, slot, constant),
    }
}

/// Whether the schema promises a number in this slot: then ordering it against a number cannot fail.
fn is_number(slot: SlotId) -> bool {
    slot.row().is_some_and(|row| matches!(row.ty, TyDesc::Int | TyDesc::Float | TyDesc::Time))
}

/// Brings an ordering into the form `number > bound`.
fn order(cmp: CmpOp, slot: SlotId, constant: Value<'_>) -> Reading {
    let bound = match constant {
        value @ (Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_)) => number(value),
        _ => return Reading::MayFail,
    };
    let Some(bound) = bound else { return Reading::Harmless };
    let negated = matches!(cmp, CmpOp::Lt | CmpOp::Le);
    let bound = if negated { -bound } else { bound };
    // `x >= b` is `x > c` for the double just below b; below minus infinity there is none.
    let bound = match cmp {
        CmpOp::Le | CmpOp::Ge if bound == f64::NEG_INFINITY => return Reading::Harmless,
        CmpOp::Le | CmpOp::Ge => bound.next_down(),
        _ => bound,
    };
    if bound.is_nan() {
        return Reading::Harmless;
    }
    Reading::Test(Test::Above(Key { slot, negated }, bound))
}

/// The number as a double, where one holds it exactly.
pub(super) fn number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Bool(b) => Some(f64::from(u8::from(b))),
        Value::Int(i) => small(i).or_else(|| whole(i128::from(i))),
        Value::Big(u) => whole(i128::from(u)),
        Value::Float(x) => Some(x),
        _ => None,
    }
}

/// The same for what nearly every whole number is, without wide arithmetic.
#[expect(clippy::cast_precision_loss, reason = "a double holds all of these exactly")]
#[inline]
fn small(i: i64) -> Option<f64> {
    (i.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(i as f64)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a lossy cast is seen and refused"
)]
fn whole(i: i128) -> Option<f64> {
    let x = i as f64;
    (x as i128 == i).then_some(x)
}

/// What a value is looked up as; `None` where it equals nothing that can be looked up.
pub(super) fn exact(value: Value<'_>) -> Option<Exact> {
    match value {
        Value::None => Some(Exact::None),
        Value::Str(text, _) => Some(Exact::Text(text.into())),
        _ => number_bits(value).map(Exact::Number),
    }
}

/// The bits under which a number is looked up.
pub(super) fn number_bits(value: Value<'_>) -> Option<u64> {
    let x = number(value)?;
    // Adding zero turns -0.0 into 0.0.
    (!x.is_nan()).then(|| (x + 0.0).to_bits())
}

/// Whether a slot's type and a number are what the ordered tables take.
pub(super) fn ordered_value(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => number(value),
        _ => None,
    }
}
