//! The fields of an event before they are checked, read from JSON text without a map in between.

use std::fmt;

use oracle_vm::value::{Data, Map};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// What stands at the keys of an event; null counts as missing.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) event_type: Option<Data>,
    pub(super) id: Option<Data>,
    pub(super) source: Option<Data>,
    pub(super) severity: Option<Data>,
    pub(super) timestamp: Option<Data>,
    pub(super) session_id: Option<Data>,
    pub(super) user_id: Option<Data>,
    pub(super) project_id: Option<Data>,
    pub(super) payload: Option<Data>,
}

/// The keys that mean something; hosts add their own.
const KEYS: [&str; 9] =
    ["type", "id", "source", "severity", "timestamp", "session_id", "user_id", "project_id", "payload"];

impl Fields {
    /// Takes the fields out of a map.
    pub(super) fn of(map: &mut Map) -> Fields {
        let mut fields = Fields::default();
        for key in KEYS {
            if let (Some(place), Some(value)) = (fields.place(key), map.swap_remove(key)) {
                *place = Some(value);
            }
        }
        fields.without_nulls()
    }

    fn place(&mut self, key: &str) -> Option<&mut Option<Data>> {
        Some(match key {
            "type" => &mut self.event_type,
            "id" => &mut self.id,
            "source" => &mut self.source,
            "severity" => &mut self.severity,
            "timestamp" => &mut self.timestamp,
            "session_id" => &mut self.session_id,
            "user_id" => &mut self.user_id,
            "project_id" => &mut self.project_id,
            "payload" => &mut self.payload,
            _ => return None,
        })
    }

    fn without_nulls(mut self) -> Fields {
        for key in KEYS {
            if let Some(place) = self.place(key) {
                place.take_if(|value| matches!(value, Data::None));
            }
        }
        self
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fields, D::Error> {
        from.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event: an object with a `type`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(Key(key)) = entries.next_key()? {
            let value = entries.next_value::<Data>()?;
            if let Some(place) = key.and_then(|key| fields.place(key)) {
                *place = Some(value);
            }
        }
        Ok(fields.without_nulls())
    }
}

/// One of [`KEYS`], or none of them.
struct Key(Option<&'static str>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Key, D::Error> {
        from.deserialize_identifier(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(Key(KEYS.into_iter().find(|known| *known == key)))
    }
}
