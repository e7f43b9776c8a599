//! JSON text to what stands at the paths that are read. Nothing is checked here but that it is JSON: what is not read
//! is passed over, tool calls and groups become records without a map in between.

use std::fmt;

use oracle_vm::ids::SlotId;
use oracle_vm::schema::{EVENT, RESULT, RecordId, SLOTS, SlotRow, TOOL, slot};
use oracle_vm::value::Data;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::read::GROUPS;
use super::reads::{Reads, bit};

/// One path that was given.
#[derive(Debug)]
pub(super) enum Entry {
    /// A slot that is read.
    Slot(&'static SlotRow, Data),
    /// The tool calls.
    Tools(Rows),
    /// The group `event` or `result`.
    Record(&'static str, Row),
    /// The state.
    State(Data),
    /// A group that is not an object.
    Group(&'static str, Data),
    /// A group or a field that nothing has.
    Unknown(Option<&'static str>, Box<str>),
}

impl Entry {
    /// The group that the entry belongs to.
    fn group(&self) -> Option<&'static str> {
        match self {
            Entry::Slot(row, _) => row.path.split_once('.').map(|(group, _)| group),
            Entry::Tools(_) => Some("history"),
            Entry::Record(group, _) | Entry::Group(group, _) => Some(group),
            Entry::State(_) => Some("state"),
            Entry::Unknown(group, _) => *group,
        }
    }

    /// The slot that the entry is for, where it is for one.
    fn slot(&self) -> Option<SlotId> {
        match self {
            Entry::Slot(row, _) => Some(row.id),
            Entry::Tools(_) => Some(slot::TOOLS),
            _ => None,
        }
    }
}

/// A record before its fields are checked, or what stands in its place.
#[derive(Debug)]
pub(super) enum Row {
    /// An object: fields by position, `None` where nothing was given or read.
    Fields {
        /// The fields.
        fields: Box<[Data]>,
        /// One bit for each field that the text names.
        named: u64,
        /// A key that the record does not have.
        unknown: Option<Box<str>>,
    },
    /// Something else.
    Other(Data),
}

/// A list of records, or what stands in its place.
#[derive(Debug)]
pub(super) enum Rows {
    /// A list.
    List(Vec<Row>),
    /// Something else.
    Other(Data),
}

/// What the text says, in its order, of a key that comes twice the last; or what it is where it is no object.
pub(super) fn given(text: &str, reads: Reads) -> Result<Result<Vec<Entry>, Data>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let given = At(Tree { reads }).deserialize(&mut json)?;
    json.end()?;
    Ok(given)
}

/// A reader of one place of the text: it says what it makes of an object, of a list, and of anything else.
trait Place<'de>: Sized {
    type Value;

    fn other(self, data: Data) -> Self::Value;

    fn object<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error>;

    fn list<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Data::deserialize(SeqAccessDeserializer::new(items)).map(|data| self.other(data))
    }
}

/// Makes a seed and a visitor of a [`Place`].
struct At<P>(P);

impl<'de, P: Place<'de>> DeserializeSeed<'de> for At<P> {
    type Value = P::Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<P::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, P: Place<'de>> Visitor<'de> for At<P> {
    type Value = P::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<P::Value, E> {
        Ok(self.0.other(Data::None))
    }
    fn visit_bool<E>(self, b: bool) -> Result<P::Value, E> {
        Ok(self.0.other(Data::Bool(b)))
    }
    fn visit_i64<E>(self, i: i64) -> Result<P::Value, E> {
        Ok(self.0.other(Data::Int(i)))
    }
    fn visit_u64<E>(self, u: u64) -> Result<P::Value, E> {
        Ok(self.0.other(i64::try_from(u).map_or(Data::Big(u), Data::Int)))
    }
    fn visit_f64<E>(self, x: f64) -> Result<P::Value, E> {
        Ok(self.0.other(Data::Float(x)))
    }
    fn visit_str<E>(self, text: &str) -> Result<P::Value, E> {
        Ok(self.0.other(Data::text(text)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<P::Value, A::Error> {
        self.0.list(items)
    }
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<P::Value, A::Error> {
        self.0.object(entries)
    }
}

/// Passes over a value; whether it is null. As strict as reading it: what is too deep or too large is refused here too.
struct Skip;

impl<'de> DeserializeSeed<'de> for Skip {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skip {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(true)
    }
    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        while items.next_element_seed(Skip)?.is_some() {}
        Ok(false)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<bool, A::Error> {
        while entries.next_key_seed(Skip)?.is_some() {
            entries.next_value_seed(Skip)?;
        }
        Ok(false)
    }
}

/// A key, looked up while it is still borrowed from the text.
struct Key<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Key<F> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Key<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, key: &str) -> Result<T, E> {
        Ok((self.0)(key))
    }
}

/// The whole text.
struct Tree {
    reads: Reads,
}

impl<'de> Place<'de> for Tree {
    type Value = Result<Vec<Entry>, Data>;

    fn other(self, data: Data) -> Self::Value {
        Err(data)
    }

    fn object<A: MapAccess<'de>>(self, mut groups: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(SLOTS.len());
        let mut seen = 0;
        let known = |key: &str| GROUPS.iter().position(|group| *group == key).ok_or_else(|| key.into());
        while let Some(key) = groups.next_key_seed(Key(known))? {
            let at = match key {
                Ok(at) => at,
                Err(unknown) => {
                    entries.retain(|entry| !matches!(entry, Entry::Unknown(None, it) if *it == unknown));
                    if !groups.next_value_seed(Skip)? {
                        entries.push(Entry::Unknown(None, unknown));
                    }
                    continue;
                }
            };
            let group = GROUPS.get(at).copied().unwrap_or_default();
            if seen & bit(at) != 0 {
                entries.retain(|entry| entry.group() != Some(group));
            }
            seen |= bit(at);
            self.group(group, &mut groups, &mut entries)?;
        }
        Ok(Ok(entries))
    }
}

impl Tree {
    fn group<'de, A: MapAccess<'de>>(
        &self,
        group: &'static str,
        groups: &mut A,
        entries: &mut Vec<Entry>,
    ) -> Result<(), A::Error> {
        let reads = self.reads;
        let (record, whole, first) = match group {
            "event" => (EVENT, slot::EVENT, slot::EVENT_TYPE),
            "result" => (RESULT, slot::RESULT, slot::RESULT_TOOL_NAME),
            "state" => {
                if reads.reads_state() {
                    entries.push(Entry::State(groups.next_value()?));
                } else {
                    groups.next_value_seed(Skip)?;
                }
                return Ok(());
            }
            _ => return groups.next_value_seed(At(Group { group, reads, entries })),
        };
        let wanted = reads.group_fields(whole, first);
        if wanted == 0 {
            groups.next_value_seed(Skip)?;
        } else {
            entries.push(Entry::Record(group, groups.next_value_seed(At(RowOf { record, wanted }))?));
        }
        Ok(())
    }
}

/// A group of slots.
struct Group<'e> {
    group: &'static str,
    reads: Reads,
    entries: &'e mut Vec<Entry>,
}

impl<'de> Place<'de> for Group<'_> {
    type Value = ();

    fn other(self, data: Data) {
        if data != Data::None {
            self.entries.push(Entry::Group(self.group, data));
        }
    }

    fn object<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Group { group, reads, entries } = self;
        let mut seen = 0;
        let known = |key: &str| row_of(group, key).ok_or_else(|| key.into());
        while let Some(key) = fields.next_key_seed(Key(known))? {
            let row = match key {
                Ok(row) => row,
                Err(unknown) => {
                    fields.next_value_seed(Skip)?;
                    entries.push(Entry::Unknown(Some(group), unknown));
                    continue;
                }
            };
            if !reads.contains(row.id) {
                fields.next_value_seed(Skip)?;
                continue;
            }
            let entry = if row.id == slot::TOOLS {
                let row = RowOf { record: TOOL, wanted: reads.tool_fields() };
                Entry::Tools(fields.next_value_seed(At(RowsOf(row)))?)
            } else {
                Entry::Slot(row, fields.next_value()?)
            };
            let place = (seen & bit(row.id.index()) != 0)
                .then(|| entries.iter_mut().find(|entry| entry.slot() == Some(row.id)))
                .flatten();
            match place {
                Some(place) => *place = entry,
                None => entries.push(entry),
            }
            seen |= bit(row.id.index());
        }
        Ok(())
    }
}

/// The slot at a field of a group.
pub(super) fn row_of(group: &str, field: &str) -> Option<&'static SlotRow> {
    let ends = |path: &str| path.strip_prefix(group).and_then(|rest| rest.strip_prefix('.')) == Some(field);
    SLOTS.iter().find(|row| row.path.len() == group.len() + 1 + field.len() && ends(row.path))
}

/// A list of records.
struct RowsOf(RowOf);

impl<'de> Place<'de> for RowsOf {
    type Value = Rows;

    fn other(self, data: Data) -> Rows {
        Rows::Other(data)
    }

    fn list<A: SeqAccess<'de>>(self, mut items: A) -> Result<Rows, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = items.next_element_seed(At(self.0))? {
            rows.push(row);
        }
        Ok(Rows::List(rows))
    }

    fn object<A: MapAccess<'de>>(self, entries: A) -> Result<Rows, A::Error> {
        Data::deserialize(MapAccessDeserializer::new(entries)).map(Rows::Other)
    }
}

/// A record of which some fields are wanted.
#[derive(Clone, Copy)]
struct RowOf {
    record: RecordId,
    wanted: u64,
}

impl<'de> Place<'de> for RowOf {
    type Value = Row;

    fn other(self, data: Data) -> Row {
        Row::Other(data)
    }

    fn object<A: MapAccess<'de>>(self, mut entries: A) -> Result<Row, A::Error> {
        let rows = self.record.row().map_or(&[][..], |row| row.fields);
        let mut fields: Box<[Data]> = rows.iter().map(|_| Data::None).collect();
        let (mut named, mut unknown) = (0, None);
        let known = |key: &str| rows.iter().position(|row| row.name == key).ok_or_else(|| key.into());
        while let Some(key) = entries.next_key_seed(Key(known))? {
            match key {
                Ok(at) if self.wanted & bit(at) != 0 => {
                    named |= bit(at);
                    let value = entries.next_value()?;
                    if let Some(place) = fields.get_mut(at) {
                        *place = value;
                    }
                }
                Ok(_) => drop(entries.next_value_seed(Skip)?),
                Err(key) => {
                    entries.next_value_seed(Skip)?;
                    unknown = unknown.or(Some(key));
                }
            }
        }
        Ok(Row::Fields { fields, named, unknown })
    }
}
