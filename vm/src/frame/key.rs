//! Keys: the scalars of a frame as whole numbers, so that a test against a constant is one comparison.
//!
//! The key of a value depends on what the schema promises for its slot. Keys of one slot are ordered as the values are,
//! and equal exactly where these are; what would break that has no key, and the slot is then *odd*: lanes that compare
//! keys leave such a slot to the machine.

use crate::ids::SlotId;
use crate::schema::{Empty, SLOTS};
use crate::ty::TyDesc;
use crate::value::Value;

/// What the schema promises for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// A whole number.
    Int,
    /// A float, or a time.
    Float,
    /// A truth value.
    Bool,
    /// Text.
    Text,
    /// Something that has no order: only whether it is there can be asked.
    Other,
}

/// Slots of a frame, one bit for each.
pub(crate) type SlotBits = u32;

/// The key of `None`: no value of another kind has it.
pub(crate) const NONE: i64 = i64::MIN;

/// Bytes of the longest text that is told from all others by its key alone.
pub(crate) const WHOLE_TEXT: usize = 7;

/// The promise for each slot.
const PROMISES: [Promise; super::ROOM] = promises();
/// The slots that may be `None`.
const OPTIONAL: SlotBits = optional();
/// The bit of no slot: it is set among the odd slots of every frame.
pub(crate) const NO_SLOT: SlotBits = 1 << (SlotBits::BITS - 1);
const _: () = assert!(SLOTS.len() < SlotBits::BITS as usize, "each slot has its bit, and one is left");
/// The slots of a frame that was just made and is not as promised: those that must not be `None`.
pub(super) const UNBOUND: SlotBits = !OPTIONAL;

impl Promise {
    /// What the schema promises for this slot.
    pub(crate) fn of(slot: SlotId) -> Promise {
        PROMISES.get(slot.index()).copied().unwrap_or(Promise::Other)
    }
}

/// The bit of a slot.
#[inline(always)]
pub(crate) fn bit(slot: SlotId) -> SlotBits {
    1 << (slot.index() % super::ROOM)
}

/// Whether the schema lets a slot be `None`.
pub(crate) fn is_optional(slot: SlotId) -> bool {
    OPTIONAL & bit(slot) != 0
}

/// The key of a value in this slot; `None` where the slot is odd.
#[inline]
pub(super) fn key(slot: SlotId, value: &Value<'_>) -> Option<i64> {
    match (PROMISES.get(slot.index() % super::ROOM)?, value) {
        (_, Value::None) => is_optional(slot).then_some(NONE),
        (Promise::Int, Value::Int(i)) => int(*i),
        (Promise::Float, Value::Float(x)) => float(*x),
        (Promise::Bool, Value::Bool(b)) => Some(i64::from(*b)),
        (Promise::Text, Value::Str(text, _)) => Some(self::text(text.as_bytes())),
        (Promise::Other, _) => Some(0),
        _ => None,
    }
}

/// The key of a whole number.
#[inline]
pub(crate) fn int(i: i64) -> Option<i64> {
    (i != NONE).then_some(i)
}

/// The key of a float: its bits, turned so that their order is that of the numbers. One that is not a number has none.
#[inline]
pub(crate) fn float(x: f64) -> Option<i64> {
    // Adding zero turns -0.0 into 0.0.
    let bits = (x + 0.0).to_bits().cast_signed();
    (!x.is_nan()).then_some(bits ^ (bits >> 63 & i64::MAX))
}

/// The key of a text: its length and its first seven bytes.
#[inline]
pub(crate) fn text(text: &[u8]) -> i64 {
    // Above that only the first bytes count; the sign stays free, so that no text has the key of `None`.
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX).min(0x7f);
    match text.first_chunk() {
        Some(first) => of_text(length, u64::from_le_bytes(*first)),
        None => of_text(length, crate::lane::short(text)),
    }
}

/// The key of a text of this length that begins with these bytes.
#[inline]
pub(crate) fn of_text(length: u8, first: u64) -> i64 {
    const LENGTH_AT: u32 = 56;
    (u64::from(length) << LENGTH_AT | first & ((1 << LENGTH_AT) - 1)).cast_signed()
}

const fn promises() -> [Promise; super::ROOM] {
    let mut promises = [Promise::Other; super::ROOM];
    let (mut rows, mut places) = (SLOTS, promises.as_mut_slice());
    while let (Some((row, more)), Some((place, others))) = (rows.split_first(), places.split_first_mut()) {
        *place = promise(&row.ty);
        (rows, places) = (more, others);
    }
    promises
}

const fn promise(ty: &TyDesc) -> Promise {
    match ty {
        TyDesc::Int => Promise::Int,
        TyDesc::Float | TyDesc::Time => Promise::Float,
        TyDesc::Bool => Promise::Bool,
        TyDesc::Str | TyDesc::OneOf(_) => Promise::Text,
        TyDesc::Opt(inner) => promise(inner),
        _ => Promise::Other,
    }
}

const fn optional() -> SlotBits {
    let (mut rows, mut bits, mut bit) = (SLOTS, 0, 1);
    while let Some((row, more)) = rows.split_first() {
        if matches!(row.empty, Empty::None) {
            bits |= bit;
        }
        (rows, bit) = (more, bit << 1);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::slot;

    #[test]
    fn keys_are_ordered_as_floats_are() {
        let floats =
            [f64::NEG_INFINITY, f64::MIN, -1.5, -1.0, -f64::MIN_POSITIVE, -5e-324, -0.0, 0.0, 5e-324];
        let floats = floats.into_iter().chain([0.8, 0.8f64.next_up(), 1.0, 2.5, f64::MAX, f64::INFINITY]);
        let floats: Vec<f64> = floats.collect();
        for x in &floats {
            for y in &floats {
                assert_eq!(float(*x).cmp(&float(*y)), x.partial_cmp(y).unwrap(), "{x} {y}");
            }
            assert_ne!(float(*x), Some(NONE));
        }
        assert_eq!(float(f64::NAN), None);
    }

    #[test]
    fn short_texts_have_keys_of_their_own() {
        let texts = ["", "a", "b", "ab", "\0", "\0\0", "abcdefg", "abcdefh", "\0\0\0\0\0\0\0"];
        let long = ["abcdefgh".to_owned(), "abcdefg".repeat(40), "\0".repeat(128), "\0".repeat(300)];
        let all: Vec<&str> = texts.into_iter().chain(long.iter().map(String::as_str)).collect();
        for a in texts {
            for b in &all {
                assert_eq!(text(a.as_bytes()) == text(b.as_bytes()), a == *b, "{a:?} {b:?}");
            }
        }
        assert!(all.iter().all(|it| text(it.as_bytes()) != NONE));
    }

    #[test]
    fn what_is_not_as_promised_has_no_key() {
        assert_eq!(key(slot::TOKEN_USAGE, &Value::Int(1)), None);
        assert_eq!(key(slot::TOKEN_USAGE, &Value::None), None);
        assert_eq!(key(slot::TURN_NUMBER, &Value::Int(i64::MIN)), None);
        assert_eq!(key(slot::TURN_NUMBER, &Value::Bool(true)), None);
        assert_eq!(key(slot::ITERATION_LIMIT, &Value::None), Some(NONE));
        assert_eq!(key(slot::RESULT, &Value::None), Some(NONE));
        assert_eq!(key(slot::RESULT_SUCCESS, &Value::Bool(true)), Some(1));
        assert_eq!(key(slot::EVENT_SEVERITY, &Value::Int(3)), None);
    }
}
