//! Numbers by their exact value, whatever their type.

use std::cmp::Ordering;

use super::super::Value;

/// A number of any type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    /// A bool or whole number.
    Whole(i128),
    /// A float.
    Float(f64),
}

/// The value as a number; `None` where it is none.
pub(crate) fn number(value: Value<'_>) -> Option<Number> {
    match value {
        Value::Bool(b) => Some(Number::Whole(b.into())),
        Value::Int(i) => Some(Number::Whole(i.into())),
        Value::Big(u) => Some(Number::Whole(u.into())),
        Value::Float(x) => Some(Number::Float(x)),
        _ => None,
    }
}

/// How two numbers compare; `None` where one is NaN.
pub(crate) fn compare_numbers(a: Number, b: Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Whole(a), Number::Whole(b)) => Some(a.cmp(&b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
        (Number::Whole(a), Number::Float(b)) => compare_whole_float(a, b),
        (Number::Float(a), Number::Whole(b)) => compare_whole_float(b, a).map(Ordering::reverse),
    }
}

/// 2^65: beyond every whole number that a value can hold.
const BEYOND: f64 = 36_893_488_147_419_103_232.0;

fn compare_whole_float(a: i128, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= BEYOND {
        return Some(Ordering::Less);
    }
    if b <= -BEYOND {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    // Exact: its magnitude is below 2^65.
    let order = a.cmp(&(whole as i128));
    Some(order.then_with(|| {
        if b > whole {
            Ordering::Less
        } else if b < whole {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }))
}
