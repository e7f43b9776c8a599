//! What a test can ask of a value, borrowed or owned, and how numbers compare.

use std::cmp::Ordering;

use crate::op::CmpOp;
use crate::value::{Data, Value, ops};

/// The first operand is less.
const LESS: u8 = 1;
/// They are equal.
const EQUAL: u8 = 2;
/// The first operand is greater.
const GREATER: u8 = 4;
/// One is not a number.
const UNORDERED: u8 = 8;

/// The orders in which a comparison holds, as a set; `None` for membership.
pub(super) fn orders(op: CmpOp) -> Option<u8> {
    Some(match op {
        CmpOp::Eq => EQUAL,
        CmpOp::Ne => LESS | GREATER | UNORDERED,
        CmpOp::Lt => LESS,
        CmpOp::Le => LESS | EQUAL,
        CmpOp::Gt => GREATER,
        CmpOp::Ge => GREATER | EQUAL,
        CmpOp::In | CmpOp::NotIn => return None,
    })
}

/// The order of two whole numbers, as a set of one.
#[inline(always)]
pub(super) fn int_order(x: i64, y: i64) -> u8 {
    u8::from(x < y) | u8::from(x == y) << 1 | u8::from(x > y) << 2
}

/// The order of two floats, as a set of one.
#[inline(always)]
pub(super) fn float_order(x: f64, y: f64) -> u8 {
    let known = u8::from(x < y) | u8::from(x == y) << 1 | u8::from(x > y) << 2;
    known | u8::from(known == 0) << 3
}

/// The order of two numbers that were compared elsewhere.
pub(super) fn set(order: Option<Ordering>) -> u8 {
    match order {
        Some(Ordering::Less) => LESS,
        Some(Ordering::Equal) => EQUAL,
        Some(Ordering::Greater) => GREATER,
        None => UNORDERED,
    }
}

/// The order of two numbers of one type; `None` for all else.
#[inline(always)]
pub(super) fn order(left: &impl Scalar, right: &impl Scalar) -> Option<u8> {
    if let (Some(x), Some(y)) = (left.float(), right.float()) {
        return Some(float_order(x, y));
    }
    Some(int_order(left.int()?, right.int()?))
}

/// What a test can ask of a value.
pub(super) trait Scalar {
    fn float(&self) -> Option<f64>;
    fn int(&self) -> Option<i64>;
    fn bool(&self) -> Option<bool>;
    fn text(&self) -> Option<&str>;
    fn is_none(&self) -> bool;
    fn length(&self) -> Option<i64>;
    fn truth(&self) -> bool;
    #[inline(always)]
    fn bytes(&self) -> Option<&[u8]> {
        self.text().map(str::as_bytes)
    }
}

macro_rules! scalar {
    ($ty:ty, $truth:expr, $text:pat => $str:expr, $counted:pat => $chars:expr, $list:pat => $len:expr) => {
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
            fn truth(&self) -> bool {
                $truth(self)
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

scalar!(Value<'_>, |value: &Value<'_>| ops::truth(*value), Value::Str(text, _) => text, Value::Str(_, chars) => *chars, Value::Data(items) => items.len());
scalar!(Data, |data: &Data| ops::truth(data.value()), Data::Str(text) => text.as_str(), Data::Str(text) => text.chars(), Data::List(items) => items.len());

/// The bytes of a text of at most eight, as a number: the first byte is the lowest.
#[inline(always)]
pub(crate) fn short(text: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        // The two overlap where the text has less than eight bytes, and say the same there.
        let shift = (text.len() - 4) * 8 % 64;
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift;
    }
    match text {
        [] => 0,
        [a] => u64::from(*a),
        [a, b] => u64::from(*a) | u64::from(*b) << 8,
        [a, b, c, ..] => u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16,
    }
}

/// The bytes of a text of eight to sixteen, as two numbers: among texts of one length no two have the same.
#[inline(always)]
pub(super) fn both_ends(text: &[u8]) -> Option<[u64; 2]> {
    Some([u64::from_le_bytes(*text.first_chunk()?), u64::from_le_bytes(*text.last_chunk()?)])
}

/// Whether one text is in another; the standard search prepares more than most names are worth.
pub(super) fn contains(text: &str, part: &str) -> bool {
    let ([first, rest @ ..], true) = (part.as_bytes(), text.len() <= 64) else {
        return text.contains(part);
    };
    let mut left = text.as_bytes();
    while let Some((byte, after)) = left.split_first() {
        if byte == first && after.starts_with(rest) {
            return true;
        }
        left = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_of_both_sorts_read_alike() {
        let text = Data::text("é");
        assert_eq!(text.text(), text.value().text());
        assert_eq!(text.length(), Some(1));
        assert_eq!(text.value().length(), Some(1));
        assert_eq!(Data::None.length(), None);
    }

    #[test]
    fn texts_are_told_apart_by_length_and_bytes() {
        let texts: Vec<String> = (0u8..17)
            .flat_map(|len| {
                let plain = "abcdefghijklmnopq"[..usize::from(len)].to_owned();
                let others = (0..usize::from(len)).map(|at| {
                    let mut other = plain.clone().into_bytes();
                    other[at] ^= 1;
                    String::from_utf8(other).unwrap()
                });
                let mut all: Vec<String> = others.collect();
                all.push(plain);
                all
            })
            .collect();
        for a in &texts {
            for b in texts.iter().filter(|b| b.len() == a.len()) {
                if a.len() <= 8 {
                    assert_eq!(short(a.as_bytes()) == short(b.as_bytes()), a == b, "{a} {b}");
                }
                if (8..=16).contains(&a.len()) {
                    assert_eq!(both_ends(a.as_bytes()) == both_ends(b.as_bytes()), a == b, "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn parts_are_found_where_the_standard_search_finds_them() {
        for text in ["", "a", "aab", "vault_search", "seasearch", "é", &"ab".repeat(40)] {
            for part in ["", "a", "ab", "search", "é", "b", "abab"] {
                assert_eq!(contains(text, part), text.contains(part), "{part} in {text}");
            }
        }
    }

    #[test]
    fn every_order_is_in_one_set() {
        for (x, y) in [(1.0, 2.0), (2.0, 2.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, -0.0)] {
            assert_eq!(float_order(x, y), set(x.partial_cmp(&y)), "{x} {y}");
        }
        for (x, y) in [(1, 2), (2, 2), (2, 1), (i64::MIN, i64::MAX)] {
            assert_eq!(int_order(x, y), set(Some(x.cmp(&y))), "{x} {y}");
        }
    }
}
