//! Attributes and indexes.

use super::super::{Items, Record, Value, repr};
use super::compare::check_hashable;
use super::work::Work;
use crate::fault::Trouble;
use crate::ty::Kinds;

/// `of.name`: a key of a map, a field of a record.
pub fn attribute<'a>(of: Value<'a>, name: &str) -> Result<Value<'a>, Trouble> {
    match of {
        Value::Map(map) => match map.get(name) {
            Some(value) => Ok(value.value()),
            None => Err(Trouble::NoKey(name.into())),
        },
        Value::Record(record) => match field(record, name) {
            Some(value) => Ok(value),
            None => Err(Trouble::NoAttribute(Kinds::RECORD, name.into())),
        },
        _ => Err(Trouble::NoAttribute(of.kind(), name.into())),
    }
}

fn field<'a>(record: &'a Record, name: &str) -> Option<Value<'a>> {
    let (at, _) = record.id.field(name)?;
    record.fields.get(at.index()).map(super::super::Data::value)
}

/// `of[at]`: an element by position, from the end where it is negative, or a value of a map by key.
pub fn index<'a>(of: Value<'a>, at: Value<'a>, work: &mut Work<'a>) -> Result<Value<'a>, Trouble> {
    match of {
        Value::Map(map) => match at {
            Value::Str(key, _) => {
                work.spend_bytes(key.len())?;
                map.get(key)
                    .map(super::super::Data::value)
                    .ok_or_else(|| Trouble::NoKey(repr::shortened(key)))
            }
            _ => {
                check_hashable(at, "[]")?;
                Err(Trouble::NoKey(repr::brief(at)))
            }
        },
        Value::Str(text, chars) => {
            let at = position(of, at, chars as usize)?;
            if text.len() == chars as usize {
                return Ok(text.get(at..at + 1).map(|part| Value::Str(part, 1)).unwrap_or_default());
            }
            work.spend_bytes(text.len())?;
            Ok(Items::Chars(text, chars).get(at).unwrap_or_default())
        }
        Value::None => Err(Trouble::NoneOperand("[]")),
        _ => match of.elements() {
            Some(items) => {
                let at = position(of, at, items.len())?;
                Ok(items.get(at).unwrap_or_default())
            }
            None => Err(Trouble::Operand("[]", of.kind())),
        },
    }
}

/// The position that an index means, within a length.
fn position(of: Value<'_>, at: Value<'_>, len: usize) -> Result<usize, Trouble> {
    let index = match at {
        Value::Int(i) => i,
        Value::Bool(b) => b.into(),
        Value::Big(_) => i64::MAX,
        _ => return Err(Trouble::Operands("[]", of.kind(), at.kind())),
    };
    let from_start = if index < 0 { i128::from(index) + len as i128 } else { index.into() };
    match usize::try_from(from_start) {
        Ok(place) if place < len => Ok(place),
        _ => Err(Trouble::Index(index, len as u64)),
    }
}
