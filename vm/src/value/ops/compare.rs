//! Truth, equality, order and membership.

use std::cmp::Ordering;

use super::super::{Items, Map, Record, Value};
use super::number::{compare_numbers, number};
use super::work::Work;
use crate::fault::Trouble;
use crate::limits;
use crate::op::{CmpOp, Singleton};

/// The truth of a value: zero, empty and `None` are false.
#[inline]
pub fn truth(value: Value<'_>) -> bool {
    match value {
        Value::None => false,
        Value::Bool(b) => b,
        Value::Int(i) => i != 0,
        Value::Big(_) | Value::Record(_) => true,
        Value::Float(x) => x != 0.0,
        Value::Str(text, _) => !text.is_empty(),
        Value::Data(items) => !items.is_empty(),
        Value::List(items) | Value::Tuple(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
    }
}

/// `value is what`.
#[inline]
pub fn is(value: Value<'_>, what: Singleton) -> bool {
    matches!(
        (value, what),
        (Value::None, Singleton::None)
            | (Value::Bool(true), Singleton::True)
            | (Value::Bool(false), Singleton::False)
    )
}

/// `a op b`. Equality of any two values is defined; order is for numbers, texts, lists and tuples.
#[inline]
pub fn compare(op: CmpOp, a: Value<'_>, b: Value<'_>, work: &mut Work<'_>) -> Result<bool, Trouble> {
    match (op, a, b) {
        (CmpOp::Eq, Value::Int(x), Value::Int(y)) => Ok(x == y),
        (CmpOp::Ne, Value::Int(x), Value::Int(y)) => Ok(x != y),
        (CmpOp::Lt, Value::Int(x), Value::Int(y)) => Ok(x < y),
        (CmpOp::Le, Value::Int(x), Value::Int(y)) => Ok(x <= y),
        (CmpOp::Gt, Value::Int(x), Value::Int(y)) => Ok(x > y),
        (CmpOp::Ge, Value::Int(x), Value::Int(y)) => Ok(x >= y),
        (CmpOp::Eq, Value::Float(x), Value::Float(y)) => Ok(x == y),
        (CmpOp::Ne, Value::Float(x), Value::Float(y)) => Ok(x != y),
        (CmpOp::Lt, Value::Float(x), Value::Float(y)) => Ok(x < y),
        (CmpOp::Le, Value::Float(x), Value::Float(y)) => Ok(x <= y),
        (CmpOp::Gt, Value::Float(x), Value::Float(y)) => Ok(x > y),
        (CmpOp::Ge, Value::Float(x), Value::Float(y)) => Ok(x >= y),
        _ => compare_any(op, a, b, work),
    }
}

fn compare_any(op: CmpOp, a: Value<'_>, b: Value<'_>, work: &mut Work<'_>) -> Result<bool, Trouble> {
    match op {
        CmpOp::Eq => equal(a, b, work),
        CmpOp::Ne => equal(a, b, work).map(|same| !same),
        CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge => ordered(op, a, b, limits::DATA_DEPTH, work),
        CmpOp::In => contains(b, a, work),
        CmpOp::NotIn => contains(b, a, work).map(|found| !found),
    }
}

/// `a == b`: numbers by exact value, everything else by kind and content. Fails only where data nests too
/// deeply or fuel ends.
pub fn equal(a: Value<'_>, b: Value<'_>, work: &mut Work<'_>) -> Result<bool, Trouble> {
    equal_within(a, b, limits::DATA_DEPTH, work)
}

fn equal_within(a: Value<'_>, b: Value<'_>, depth: usize, work: &mut Work<'_>) -> Result<bool, Trouble> {
    match (a, b) {
        (Value::None, Value::None) => Ok(true),
        (Value::Str(a, _), Value::Str(b, _)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            work.spend_bytes(a.len())?;
            Ok(a == b)
        }
        (Value::Map(a), Value::Map(b)) => equal_maps(a, b, less(depth)?, work),
        (Value::Record(a), Value::Record(b)) => equal_records(a, b, less(depth)?, work),
        (Value::Tuple(a), Value::Tuple(b)) => {
            equal_items(Items::Values(a), Items::Values(b), less(depth)?, work)
        }
        (Value::Data(_) | Value::List(_), Value::Data(_) | Value::List(_)) => {
            match (a.elements(), b.elements()) {
                (Some(a), Some(b)) => equal_items(a, b, less(depth)?, work),
                _ => Ok(false),
            }
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => Ok(compare_numbers(a, b) == Some(Ordering::Equal)),
            _ => Ok(false),
        },
    }
}

fn less(depth: usize) -> Result<usize, Trouble> {
    depth.checked_sub(1).ok_or(Trouble::Limit("levels of nested values", limits::DATA_DEPTH as u64))
}

fn equal_items(a: Items<'_>, b: Items<'_>, depth: usize, work: &mut Work<'_>) -> Result<bool, Trouble> {
    if a.len() != b.len() {
        return Ok(false);
    }
    work.spend_items(a.len() + 8)?;
    for (a, b) in a.iter().zip(b.iter()) {
        if !equal_within(a, b, depth, work)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps(a: &Map, b: &Map, depth: usize, work: &mut Work<'_>) -> Result<bool, Trouble> {
    if a.len() != b.len() {
        return Ok(false);
    }
    work.spend_items(a.len() * 4 + 8)?;
    for (key, value) in a {
        let Some(other) = b.get(key) else { return Ok(false) };
        if !equal_within(value.value(), other.value(), depth, work)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_records(a: &Record, b: &Record, depth: usize, work: &mut Work<'_>) -> Result<bool, Trouble> {
    Ok(a.id == b.id && equal_items(Items::Data(&a.fields), Items::Data(&b.fields), depth, work)?)
}

fn ordered(
    op: CmpOp,
    a: Value<'_>,
    b: Value<'_>,
    depth: usize,
    work: &mut Work<'_>,
) -> Result<bool, Trouble> {
    match (a, b) {
        (Value::Str(a, _), Value::Str(b, _)) => {
            work.spend_bytes(a.len().min(b.len()))?;
            // The order of UTF-8 bytes is the order of code points.
            Ok(holds(op, Some(a.cmp(b))))
        }
        (Value::Tuple(a), Value::Tuple(b)) => {
            ordered_items(op, Items::Values(a), Items::Values(b), less(depth)?, work)
        }
        (Value::Data(_) | Value::List(_), Value::Data(_) | Value::List(_)) => {
            match (a.elements(), b.elements()) {
                (Some(a), Some(b)) => ordered_items(op, a, b, less(depth)?, work),
                _ => Ok(false),
            }
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => Ok(holds(op, compare_numbers(a, b))),
            _ => Err(Trouble::Operands(op.symbol(), a.kind(), b.kind())),
        },
    }
}

/// The first elements that differ decide; without any, the lengths.
fn ordered_items(
    op: CmpOp,
    a: Items<'_>,
    b: Items<'_>,
    depth: usize,
    work: &mut Work<'_>,
) -> Result<bool, Trouble> {
    work.spend_items(a.len().min(b.len()) + 8)?;
    for (a, b) in a.iter().zip(b.iter()) {
        if !equal_within(a, b, depth, work)? {
            return ordered(op, a, b, depth, work);
        }
    }
    Ok(holds(op, Some(a.len().cmp(&b.len()))))
}

fn holds(op: CmpOp, order: Option<Ordering>) -> bool {
    let Some(order) = order else { return op == CmpOp::Ne };
    match op {
        CmpOp::Eq => order.is_eq(),
        CmpOp::Ne => order.is_ne(),
        CmpOp::Lt => order.is_lt(),
        CmpOp::Le => order.is_le(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::Ge => order.is_ge(),
        CmpOp::In | CmpOp::NotIn => false,
    }
}

/// `item in container`: part of a text, element of a list or tuple, key of a map.
pub fn contains(container: Value<'_>, item: Value<'_>, work: &mut Work<'_>) -> Result<bool, Trouble> {
    match (container, item) {
        (Value::Str(text, _), Value::Str(part, _)) => {
            work.spend_bytes(text.len())?;
            Ok(text.contains(part))
        }
        (Value::Str(..), _) => Err(Trouble::Operands("in", item.kind(), container.kind())),
        (Value::Map(map), Value::Str(key, _)) => {
            work.spend_bytes(key.len())?;
            Ok(map.contains_key(key))
        }
        (Value::Map(_), _) => check_hashable(item, "in").map(|()| false),
        (Value::None, _) => Err(Trouble::NoneOperand("in")),
        _ => match container.elements() {
            Some(items) => any_equal(items, item, work),
            None => Err(Trouble::Operands("in", item.kind(), container.kind())),
        },
    }
}

fn any_equal(items: Items<'_>, wanted: Value<'_>, work: &mut Work<'_>) -> Result<bool, Trouble> {
    work.spend_items(items.len())?;
    for item in items.iter() {
        if equal(item, wanted, work)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Fails for what can never be a key of a map: lists, maps, records, and tuples that hold one.
pub(crate) fn check_hashable(key: Value<'_>, by: &'static str) -> Result<(), Trouble> {
    check_hashable_within(key, by, limits::DATA_DEPTH)
}

fn check_hashable_within(key: Value<'_>, by: &'static str, depth: usize) -> Result<(), Trouble> {
    match key {
        Value::Data(_) | Value::List(_) | Value::Map(_) | Value::Record(_) => {
            Err(Trouble::Operands(by, key.kind(), crate::ty::Kinds::MAP))
        }
        Value::Tuple(items) => {
            let below = less(depth)?;
            items.iter().try_for_each(|item| check_hashable_within(*item, by, below))
        }
        _ => Ok(()),
    }
}
