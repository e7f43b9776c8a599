//! Values: [`Data`] is what the host and the constants own, [`Value`] is what the machine works with.
//!
//! A [`Value`] is small and `Copy`: scalars inline, everything else borrowed from the frame, the pack or the
//! arena of the evaluation. The semantics of the operators live in one place for both the machine and the
//! compiler's constant folder.

mod data;

pub use data::{Data, Map, Record, Text};

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
}
