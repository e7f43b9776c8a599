//! Reading arguments. The checker and the verifier saw to their number; their kinds may still be wrong where a
//! value is dynamic.

use crate::fault::Trouble;
use crate::value::{Items, Value};

/// An argument; `None` where it was left out.
pub(super) fn arg<'a>(args: &[Value<'a>], nth: usize) -> Value<'a> {
    args.get(nth).copied().unwrap_or_default()
}

/// An argument that must be text.
pub(super) fn text<'a>(by: &'static str, value: Value<'a>) -> Result<&'a str, Trouble> {
    match value {
        Value::Str(text, _) => Ok(text),
        other => Err(Trouble::Operand(by, other.kind())),
    }
}

/// An argument that must be a whole number; beyond 64 bits the largest does as well.
pub(super) fn whole(by: &'static str, value: Value<'_>) -> Result<i64, Trouble> {
    match value {
        Value::Int(i) => Ok(i),
        Value::Bool(b) => Ok(b.into()),
        Value::Big(_) => Ok(i64::MAX),
        other => Err(Trouble::Operand(by, other.kind())),
    }
}

/// A count of replacements or parts; one beyond 64 bits is an overflow, as in Python.
pub(super) fn times(by: &'static str, value: Value<'_>) -> Result<i64, Trouble> {
    match value {
        Value::Big(_) => Err(Trouble::Overflow(by)),
        _ => whole(by, value),
    }
}

/// An argument that must be iterable.
pub(super) fn items<'a>(by: &'static str, value: Value<'a>) -> Result<Items<'a>, Trouble> {
    value.items().ok_or(Trouble::Operand(by, value.kind()))
}

/// The positions from `start` to `end` within a length, as Python adjusts them; `None` where `start` lies after
/// `end`. Left out or `None`, they are the first and the last.
pub(super) fn window(
    by: &'static str,
    start: Value<'_>,
    end: Value<'_>,
    len: usize,
) -> Result<Option<(usize, usize)>, Trouble> {
    let adjusted = |value, otherwise| -> Result<i128, Trouble> {
        if matches!(value, Value::None) {
            return Ok(otherwise);
        }
        let bound = i128::from(whole(by, value)?);
        Ok(if bound < 0 { (bound + len as i128).max(0) } else { bound })
    };
    let start = adjusted(start, 0)?;
    let end = adjusted(end, len as i128)?.min(len as i128);
    if start > end {
        return Ok(None);
    }
    Ok(usize::try_from(start).ok().zip(usize::try_from(end).ok()))
}
