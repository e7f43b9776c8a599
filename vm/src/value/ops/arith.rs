//! Arithmetic. Whole numbers have 64 bits and never wrap; a float on one side makes both floats.

use super::super::Value;
use super::float;
use super::sequence;
use super::work::Work;
use crate::fault::Trouble;

/// Two numbers, made alike.
enum Pair {
    Whole(i64, i64),
    Float(f64, f64),
}

enum Side {
    Whole(i64),
    Float(f64),
    /// A whole number that is too large to calculate with.
    Big,
}

fn side(value: Value<'_>) -> Option<Side> {
    match value {
        Value::Bool(b) => Some(Side::Whole(b.into())),
        Value::Int(i) => Some(Side::Whole(i)),
        Value::Float(x) => Some(Side::Float(x)),
        Value::Big(_) => Some(Side::Big),
        _ => None,
    }
}

/// Both operands as numbers of one type.
fn numbers(op: &'static str, a: Value<'_>, b: Value<'_>) -> Result<Pair, Trouble> {
    match (side(a), side(b)) {
        (Some(Side::Whole(a)), Some(Side::Whole(b))) => Ok(Pair::Whole(a, b)),
        (Some(Side::Float(a)), Some(Side::Float(b))) => Ok(Pair::Float(a, b)),
        (Some(Side::Whole(a)), Some(Side::Float(b))) => Ok(Pair::Float(a as f64, b)),
        (Some(Side::Float(a)), Some(Side::Whole(b))) => Ok(Pair::Float(a, b as f64)),
        (Some(_), Some(_)) => Err(Trouble::Overflow(op)),
        (None, _) | (_, None) => Err(Trouble::Operands(op, a.kind(), b.kind())),
    }
}

fn whole<'a>(op: &'static str, result: Option<i64>) -> Result<Value<'a>, Trouble> {
    result.map(Value::Int).ok_or(Trouble::Overflow(op))
}

/// `a + b`: numbers, or two texts, lists or tuples joined.
#[inline]
pub fn add<'a>(a: Value<'a>, b: Value<'a>, work: &mut Work<'a>) -> Result<Value<'a>, Trouble> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => whole("+", x.checked_add(y)),
        (Value::Float(x), Value::Float(y)) => Ok(Value::Float(x + y)),
        _ => add_any(a, b, work),
    }
}

fn add_any<'a>(a: Value<'a>, b: Value<'a>, work: &mut Work<'a>) -> Result<Value<'a>, Trouble> {
    if let Some(joined) = sequence::concat(a, b, work)? {
        return Ok(joined);
    }
    add_numbers(a, b)
}

/// `a + b` of numbers alone.
pub(crate) fn add_numbers<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("+", a, b)? {
        Pair::Whole(a, b) => whole("+", a.checked_add(b)),
        Pair::Float(a, b) => Ok(Value::Float(a + b)),
    }
}

/// `a - b`.
#[inline]
pub fn sub<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("-", a, b)? {
        Pair::Whole(a, b) => whole("-", a.checked_sub(b)),
        Pair::Float(a, b) => Ok(Value::Float(a - b)),
    }
}

/// `a * b`: numbers, or a text, list or tuple repeated.
#[inline]
pub fn mul<'a>(a: Value<'a>, b: Value<'a>, work: &mut Work<'a>) -> Result<Value<'a>, Trouble> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => whole("*", x.checked_mul(y)),
        (Value::Float(x), Value::Float(y)) => Ok(Value::Float(x * y)),
        _ => mul_any(a, b, work),
    }
}

fn mul_any<'a>(a: Value<'a>, b: Value<'a>, work: &mut Work<'a>) -> Result<Value<'a>, Trouble> {
    if let Some(repeated) = sequence::repeat(a, b, work)? {
        return Ok(repeated);
    }
    mul_numbers(a, b)
}

/// `a * b` of numbers alone.
pub(crate) fn mul_numbers<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("*", a, b)? {
        Pair::Whole(a, b) => whole("*", a.checked_mul(b)),
        Pair::Float(a, b) => Ok(Value::Float(a * b)),
    }
}

/// `a / b`: always a float, rounded once from the exact quotient.
#[inline]
pub fn div<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("/", a, b)? {
        Pair::Whole(_, 0) => Err(Trouble::ZeroDivision("/")),
        Pair::Whole(a, b) => Ok(Value::Float(float::quotient(a, b))),
        Pair::Float(_, 0.0) => Err(Trouble::ZeroDivision("/")),
        Pair::Float(a, b) => Ok(Value::Float(a / b)),
    }
}

/// `a // b`: rounded down.
#[inline]
pub fn floor_div<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("//", a, b)? {
        Pair::Whole(_, 0) => Err(Trouble::ZeroDivision("//")),
        Pair::Whole(a, b) => {
            let down = i64::from(a.wrapping_rem(b) != 0 && (a < 0) != (b < 0));
            whole("//", a.checked_div(b).map(|quotient| quotient - down))
        }
        Pair::Float(_, 0.0) => Err(Trouble::ZeroDivision("//")),
        Pair::Float(a, b) => Ok(Value::Float(float::floor_div(a, b))),
    }
}

/// `a % b`: the remainder of `//`, with the sign of `b`.
#[inline]
pub fn modulo<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("%", a, b)? {
        Pair::Whole(_, 0) => Err(Trouble::ZeroDivision("%")),
        Pair::Whole(a, b) => {
            let rest = a.wrapping_rem(b);
            Ok(Value::Int(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }))
        }
        Pair::Float(_, 0.0) => Err(Trouble::ZeroDivision("%")),
        Pair::Float(a, b) => Ok(Value::Float(float::modulo(a, b))),
    }
}

/// `a ** b`: whole numbers with a negative exponent give a float; a fractional power of a negative number is
/// not a number of this language.
pub fn pow<'a>(a: Value<'a>, b: Value<'a>) -> Result<Value<'a>, Trouble> {
    match numbers("**", a, b)? {
        Pair::Whole(a, b) if b >= 0 => whole("**", whole_pow(a, b)),
        Pair::Whole(a, b) => float::pow(a as f64, b as f64).map(Value::Float),
        Pair::Float(a, b) => float::pow(a, b).map(Value::Float),
    }
}

fn whole_pow(a: i64, b: i64) -> Option<i64> {
    match a {
        0 => Some(i64::from(b == 0)),
        1 => Some(1),
        -1 => Some(if b % 2 == 0 { 1 } else { -1 }),
        _ => a.checked_pow(u32::try_from(b).ok()?),
    }
}

/// `-a`.
pub fn neg(a: Value<'_>) -> Result<Value<'_>, Trouble> {
    match a {
        Value::Big(u) if u == i64::MIN.unsigned_abs() => Ok(Value::Int(i64::MIN)),
        _ => match side(a) {
            Some(Side::Whole(i)) => whole("-", i.checked_neg()),
            Some(Side::Float(x)) => Ok(Value::Float(-x)),
            Some(Side::Big) => Err(Trouble::Overflow("-")),
            None => Err(Trouble::Operand("-", a.kind())),
        },
    }
}

/// `+a`.
pub fn pos(a: Value<'_>) -> Result<Value<'_>, Trouble> {
    match side(a) {
        Some(Side::Whole(i)) => Ok(Value::Int(i)),
        Some(Side::Float(_) | Side::Big) => Ok(a),
        None => Err(Trouble::Operand("+", a.kind())),
    }
}
