//! Values: [`Data`] is what the host and the constants own, [`Value`] is what the machine works with.
//!
//! A [`Value`] is small and `Copy`: scalars inline, everything else borrowed from the frame, the pack or the
//! arena of the evaluation. The semantics of the operators live in [`ops`], in one place for both the machine
//! and the compiler's constant folder; text forms in [`repr`], JSON in [`json`].

mod call;
mod data;
mod items;
pub mod json;
pub mod ops;
pub mod repr;
pub(crate) mod unicode;

pub use call::ToolCall;
pub use data::{Data, Map, Record, Text};
pub use items::Items;

use crate::limits;
use crate::ty::Kinds;

/// A value of one evaluation, borrowed from what was bound or made on the way.
#[derive(Clone, Copy, Debug, Default)]
pub enum Value<'a> {
    /// `None`.
    #[default]
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number of the host's data above the 64-bit range: it can be compared and passed on; arithmetic
    /// on it is an overflow.
    Big(u64),
    /// A float.
    Float(f64),
    /// Text, with its length in code points.
    Str(&'a str, u32),
    /// A list of the host's data or of the constants.
    Data(&'a [Data]),
    /// A list made by the evaluation.
    List(&'a [Value<'a>]),
    /// A tuple made by the evaluation.
    Tuple(&'a [Value<'a>]),
    /// A map with text keys.
    Map(&'a Map),
    /// A record of the context.
    Record(&'a Record),
}

impl<'a> Value<'a> {
    /// The text as a value; counts its code points.
    pub fn text(text: &'a str) -> Value<'a> {
        Value::Str(text, data::code_points(text))
    }

    /// The kind of the value: a set of one.
    pub fn kind(&self) -> Kinds {
        match self {
            Value::None => Kinds::NONE,
            Value::Bool(_) => Kinds::BOOL,
            Value::Int(_) | Value::Big(_) => Kinds::INT,
            Value::Float(_) => Kinds::FLOAT,
            Value::Str(..) => Kinds::STR,
            Value::Data(_) | Value::List(_) => Kinds::LIST,
            Value::Tuple(_) => Kinds::TUPLE,
            Value::Map(_) => Kinds::MAP,
            Value::Record(_) => Kinds::RECORD,
        }
    }

    /// A copy that owns everything; `None` for tuples, which data cannot hold, and for what nests deeper than
    /// [`limits::DATA_DEPTH`].
    pub fn to_data(&self) -> Option<Data> {
        self.to_data_within(limits::DATA_DEPTH)
    }

    fn to_data_within(self, depth: usize) -> Option<Data> {
        Some(match self {
            Value::None => Data::None,
            Value::Bool(b) => Data::Bool(b),
            Value::Int(i) => Data::Int(i),
            Value::Big(u) => Data::Big(u),
            Value::Float(x) => Data::Float(x),
            Value::Str(text, _) => Data::text(text),
            Value::Data(items) => Data::list(items.to_vec()),
            Value::List(items) => {
                let below = depth.checked_sub(1)?;
                Data::list(items.iter().map(|item| item.to_data_within(below)).collect::<Option<_>>()?)
            }
            Value::Tuple(_) => return None,
            Value::Map(map) => Data::map(map.clone()),
            Value::Record(record) => Data::Record(record.clone().into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        assert_eq!(size_of::<Value<'_>>(), 24);
    }
}
