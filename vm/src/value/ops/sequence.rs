//! Joining and repeating texts, lists and tuples.

use super::super::{Items, Value};
use super::work::Work;
use crate::fault::Trouble;

/// Both joined; `None` where they are not two texts, two lists or two tuples.
pub(super) fn concat<'a>(
    a: Value<'a>,
    b: Value<'a>,
    work: &mut Work<'a>,
) -> Result<Option<Value<'a>>, Trouble> {
    match (a, b) {
        (Value::Str(x, n), Value::Str(y, m)) => {
            if y.is_empty() {
                return Ok(Some(a));
            }
            work.claim_text(x.len() + y.len())?;
            let mut text = bumpalo::collections::String::with_capacity_in(x.len() + y.len(), work.arena);
            text.push_str(x);
            text.push_str(y);
            Ok(Some(Value::Str(text.into_bump_str(), n.saturating_add(m))))
        }
        (Value::Tuple(x), Value::Tuple(y)) => {
            join(Items::Values(x), Items::Values(y), work).map(|items| Some(Value::Tuple(items)))
        }
        (Value::Data(_) | Value::List(_), Value::Data(_) | Value::List(_)) => {
            match (a.elements(), b.elements()) {
                (Some(x), Some(y)) => join(x, y, work).map(|items| Some(Value::List(items))),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn join<'a>(a: Items<'a>, b: Items<'a>, work: &mut Work<'a>) -> Result<&'a [Value<'a>], Trouble> {
    work.claim_list(a.len() + b.len())?;
    let mut items = bumpalo::collections::Vec::with_capacity_in(a.len() + b.len(), work.arena);
    items.extend(a.iter());
    items.extend(b.iter());
    Ok(items.into_bump_slice())
}

/// One repeated as often as the other says; `None` where they are not a sequence and a whole number.
pub(super) fn repeat<'a>(
    a: Value<'a>,
    b: Value<'a>,
    work: &mut Work<'a>,
) -> Result<Option<Value<'a>>, Trouble> {
    let (sequence, times) = if is_sequence(a) { (a, b) } else { (b, a) };
    if !is_sequence(sequence) {
        return Ok(None);
    }
    let times = match times {
        Value::Bool(b) => usize::from(b),
        Value::Int(i) => usize::try_from(i.max(0)).unwrap_or(usize::MAX),
        Value::Big(_) => return Err(Trouble::Overflow("*")),
        _ => return Ok(None),
    };
    match sequence {
        Value::Str(text, chars) => {
            let bytes = text.len().saturating_mul(times);
            work.claim_text(bytes)?;
            if bytes == 0 {
                return Ok(Some(Value::Str("", 0)));
            }
            let mut repeated = bumpalo::collections::String::with_capacity_in(bytes, work.arena);
            (0..times).for_each(|_| repeated.push_str(text));
            let chars = u32::try_from(times).map_or(u32::MAX, |times| chars.saturating_mul(times));
            Ok(Some(Value::Str(repeated.into_bump_str(), chars)))
        }
        Value::Tuple(items) => {
            repeat_items(Items::Values(items), times, work).map(|items| Some(Value::Tuple(items)))
        }
        _ => match sequence.elements() {
            Some(items) => repeat_items(items, times, work).map(|items| Some(Value::List(items))),
            None => Ok(None),
        },
    }
}

fn is_sequence(value: Value<'_>) -> bool {
    matches!(value, Value::Str(..) | Value::Data(_) | Value::List(_) | Value::Tuple(_))
}

fn repeat_items<'a>(items: Items<'a>, times: usize, work: &mut Work<'a>) -> Result<&'a [Value<'a>], Trouble> {
    let count = items.len().saturating_mul(times);
    work.claim_list(count)?;
    if count == 0 {
        return Ok(&[]);
    }
    let mut repeated = bumpalo::collections::Vec::with_capacity_in(count, work.arena);
    (0..times).for_each(|_| repeated.extend(items.iter()));
    Ok(repeated.into_bump_slice())
}
