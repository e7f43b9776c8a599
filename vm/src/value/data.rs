//! Owned data: events, contexts, constants, state.

use std::sync::Arc;

use super::Value;
use crate::schema::RecordId;

/// Immutable text that knows its length in code points. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    text: Arc<str>,
    chars: u32,
}

/// The number of code points, at most `u32::MAX`.
pub(crate) fn code_points(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Its length in code points.
    pub fn chars(&self) -> u32 {
        self.chars
    }
    /// The text as the machine sees it: lent, and its length known.
    pub fn value(&self) -> Value<'_> {
        Value::Str(&self.text, self.chars)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text { chars: code_points(text), text: text.into() }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text { chars: code_points(&text), text: text.into() }
    }
}

/// As `str` hashes: maps are asked for keys with a `&str`.
impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

/// A map with text keys that keeps the order of insertion.
pub type Map = indexmap::IndexMap<Text, Data, foldhash::fast::RandomState>;

/// A record of the schema: fields by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Which record of the schema it is.
    pub id: RecordId,
    /// Its fields, as many as the schema names.
    pub fields: Box<[Data]>,
}

/// A tree of data that someone owns. Cheap to clone: whatever is large is shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Data {
    /// JSON's null.
    #[default]
    None,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number from 2^63 to 2^64-1: kept as it is, see [`Value::Big`].
    Big(u64),
    /// A float; JSON numbers beyond 64 bits are read as floats too.
    Float(f64),
    /// Text.
    Str(Text),
    /// A list.
    List(Arc<Vec<Data>>),
    /// A map.
    Map(Arc<Map>),
    /// A record of the schema.
    Record(Arc<Record>),
}

impl Data {
    /// Text as data.
    pub fn text(text: impl Into<Text>) -> Data {
        Data::Str(text.into())
    }
    /// A list as data.
    pub fn list(items: Vec<Data>) -> Data {
        Data::List(Arc::new(items))
    }
    /// A map as data.
    pub fn map(map: Map) -> Data {
        Data::Map(Arc::new(map))
    }

    /// The value that the machine sees: borrowed, never copied.
    #[inline]
    pub fn value(&self) -> Value<'_> {
        match self {
            Data::None => Value::None,
            Data::Bool(b) => Value::Bool(*b),
            Data::Int(i) => Value::Int(*i),
            Data::Big(u) => Value::Big(*u),
            Data::Float(x) => Value::Float(*x),
            Data::Str(text) => text.value(),
            Data::List(items) => Value::Data(items),
            Data::Map(map) => Value::Map(map),
            Data::Record(record) => Value::Record(record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_asked_with_plain_text() {
        let map: Map = [(Text::from("turn"), Data::Int(1))].into_iter().collect();
        assert_eq!(map.get("turn"), Some(&Data::Int(1)));
    }
}
