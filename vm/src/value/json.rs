//! JSON: reading and writing [`Data`] with serde, and showing a [`Value`] as JSON.
//!
//! Whole numbers from 2^63 to 2^64-1 become [`Data::Big`]; what nests deeper than [`limits::DATA_DEPTH`] is
//! refused. A record is written as a map of its fields.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Data, Map, Record, Text, Value};
use crate::fault::Trouble;
use crate::limits;

/// Entries that a map has room for when it is read.
const SMALL_MAP: usize = 4;

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Data, D::Error> {
        Seed { depth: limits::DATA_DEPTH }.deserialize(from)
    }
}

/// Reads data that may nest so deep.
#[derive(Clone, Copy)]
struct Seed {
    depth: usize,
}

impl Seed {
    fn below<E: serde::de::Error>(self) -> Result<Seed, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Seed { depth }),
            None => Err(E::custom(format_args!("data nests deeper than {} levels", limits::DATA_DEPTH))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Data;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Data, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a bool, a number, text, a list or a map with text keys")
    }
    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::None)
    }
    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::None)
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Data, D::Error> {
        self.deserialize(from)
    }
    fn visit_bool<E>(self, b: bool) -> Result<Data, E> {
        Ok(Data::Bool(b))
    }
    fn visit_i64<E>(self, i: i64) -> Result<Data, E> {
        Ok(Data::Int(i))
    }
    fn visit_u64<E>(self, u: u64) -> Result<Data, E> {
        Ok(i64::try_from(u).map_or(Data::Big(u), Data::Int))
    }
    fn visit_f64<E>(self, x: f64) -> Result<Data, E> {
        Ok(Data::Float(x))
    }
    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::text(text))
    }
    fn visit_string<E>(self, text: String) -> Result<Data, E> {
        Ok(Data::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
        let seed = self.below()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(seed)? {
            items.push(item);
        }
        Ok(Data::list(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
        let seed = self.below::<A::Error>()?;
        let Some(key) = entries.next_key::<Text>()? else { return Ok(Data::map(Map::default())) };
        // Most maps are small: room for a few entries at once saves growing step by step.
        let mut map = Map::with_capacity_and_hasher(SMALL_MAP, foldhash::fast::RandomState::default());
        map.insert(key, entries.next_value_seed(seed)?);
        while let Some(key) = entries.next_key::<Text>()? {
            map.insert(key, entries.next_value_seed(seed)?);
        }
        Ok(Data::map(map))
    }
}

/// The data that a JSON value holds; `None` where it nests too deeply.
pub fn from_json(json: &serde_json::Value) -> Result<Data, serde_json::Error> {
    Data::deserialize(json)
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        from.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }
    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text::from(text))
    }
    fn visit_string<E>(self, text: String) -> Result<Text, E> {
        Ok(Text::from(text))
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Nested { data: self, depth: limits::DATA_DEPTH }.serialize(to)
    }
}

/// Data to write that may nest so deep.
struct Nested<'a> {
    data: &'a Data,
    depth: usize,
}

impl Nested<'_> {
    fn below<E: serde::ser::Error>(&self) -> Result<usize, E> {
        self.depth
            .checked_sub(1)
            .ok_or_else(|| E::custom(format_args!("data nests deeper than {} levels", limits::DATA_DEPTH)))
    }
}

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.data {
            Data::None => to.serialize_unit(),
            Data::Bool(b) => to.serialize_bool(*b),
            Data::Int(i) => to.serialize_i64(*i),
            Data::Big(u) => to.serialize_u64(*u),
            Data::Float(x) => to.serialize_f64(*x),
            Data::Str(text) => text.serialize(to),
            Data::List(items) => {
                let depth = self.below()?;
                let mut seq = to.serialize_seq(Some(items.len()))?;
                for data in items.iter() {
                    seq.serialize_element(&Nested { data, depth })?;
                }
                seq.end()
            }
            Data::Map(map) => {
                let depth = self.below()?;
                let mut entries = to.serialize_map(Some(map.len()))?;
                for (key, data) in map.iter() {
                    entries.serialize_entry(key, &Nested { data, depth })?;
                }
                entries.end()
            }
            Data::Record(record) => {
                let depth = self.below()?;
                let mut entries = to.serialize_map(Some(record.fields.len()))?;
                for (name, data) in record.entries() {
                    entries.serialize_entry(name, &Nested { data, depth })?;
                }
                entries.end()
            }
        }
    }
}

impl Record {
    /// The names of the schema and the fields.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &Data)> {
        let rows = self.id.row().map(|row| row.fields).unwrap_or_default();
        rows.iter().map(|row| row.name).zip(&self.fields)
    }
}

impl From<Vec<Data>> for Data {
    fn from(items: Vec<Data>) -> Data {
        Data::List(Arc::new(items))
    }
}

/// The value as JSON. A float that JSON lacks becomes `{"$float": "nan" | "inf" | "-inf"}`, a tuple a list, a
/// record a map. Fails where the value nests deeper than [`limits::DATA_DEPTH`].
pub fn to_json(value: Value<'_>) -> Result<serde_json::Value, Trouble> {
    to_json_within(value, limits::DATA_DEPTH)
}

fn to_json_within(value: Value<'_>, depth: usize) -> Result<serde_json::Value, Trouble> {
    use serde_json::Value as Json;
    let below =
        || depth.checked_sub(1).ok_or(Trouble::Limit("levels of nested values", limits::DATA_DEPTH as u64));
    Ok(match value {
        Value::None => Json::Null,
        Value::Bool(b) => b.into(),
        Value::Int(i) => i.into(),
        Value::Big(u) => u.into(),
        Value::Float(x) => match serde_json::Number::from_f64(x) {
            Some(number) => Json::Number(number),
            None => serde_json::json!({ "$float": super::repr::float(x) }),
        },
        Value::Str(text, _) => text.into(),
        Value::Data(_) | Value::List(_) | Value::Tuple(_) => {
            let below = below()?;
            let items = value.elements().into_iter().flat_map(super::Items::iter);
            Json::Array(items.map(|item| to_json_within(item, below)).collect::<Result<_, _>>()?)
        }
        Value::Map(map) => {
            let below = below()?;
            let entries = map.iter().map(|(key, data)| (key.as_str(), data));
            Json::Object(entries.map(|entry| to_entry(entry, below)).collect::<Result<_, _>>()?)
        }
        Value::Record(record) => {
            let below = below()?;
            Json::Object(record.entries().map(|entry| to_entry(entry, below)).collect::<Result<_, _>>()?)
        }
    })
}

fn to_entry((name, data): (&str, &Data), depth: usize) -> Result<(String, serde_json::Value), Trouble> {
    Ok((name.to_owned(), to_json_within(data.value(), depth)?))
}
