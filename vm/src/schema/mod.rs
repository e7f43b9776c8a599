//! The schema of the context: one table that the checker, the frame, the session, scripts, templates and the
//! handbook read.
//!
//! Every path with a value of its own is a *slot*. Lists of tool calls hold *records*, whose fields have fixed
//! positions; maps with some known keys have a *shape*.

mod table;

pub use table::{EVENT, MESSAGE, RESULT, SLOT_COUNT, SLOTS, TOOL, slot};
pub use table::{PAYLOADS, RECORDS, SHAPES};

use crate::hook::Hook;
use crate::ids::{FieldId, SlotId};
use crate::ty::TyDesc;

/// A record type of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct RecordId(pub u8);

/// A map type with known keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub u8);

/// The values that a number may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Any value of the type.
    Any,
    /// At least this whole number.
    AtLeast(i64),
    /// From 0.0 to 1.0, both included: a share.
    Share,
    /// A finite number that is not negative.
    NotNegative,
}

/// What an empty session has at a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Empty {
    /// `None`.
    None,
    /// This whole number.
    Int(i64),
    /// This float.
    Float(f64),
    /// This text.
    Str(&'static str),
    /// An empty list.
    List,
    /// An empty map.
    Map,
}

/// One path of the context.
#[derive(Debug)]
pub struct SlotRow {
    /// Its position in the frame.
    pub id: SlotId,
    /// The path below `context`, such as `turn.number`.
    pub path: &'static str,
    /// Its type when its group is there at all.
    pub ty: TyDesc,
    /// The values it may take.
    pub range: Range,
    /// What an empty session has here.
    pub empty: Empty,
    /// What it means, with its unit.
    pub doc: &'static str,
}

/// One field of a record, or one known key of a shape.
#[derive(Debug)]
pub struct FieldRow {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: TyDesc,
    /// What it means, with its unit.
    pub doc: &'static str,
}

/// A record type: fields with fixed positions.
#[derive(Debug)]
pub struct RecordRow {
    /// Its identity.
    pub id: RecordId,
    /// What operators call it: `tool call`, `event`, `result`.
    pub name: &'static str,
    /// Its fields, in order of position.
    pub fields: &'static [FieldRow],
}

/// A map with known keys. A known key may be missing; others may be there.
#[derive(Debug)]
pub struct ShapeRow {
    /// Its identity.
    pub id: ShapeId,
    /// What operators call it.
    pub name: &'static str,
    /// Its known keys.
    pub fields: &'static [FieldRow],
}

/// The known payload of an event type.
#[derive(Debug)]
pub struct PayloadRow {
    /// The event type.
    pub event: &'static str,
    /// The shape of its payload.
    pub shape: ShapeId,
}

impl RecordId {
    /// The row of this record type.
    pub fn row(self) -> Option<&'static RecordRow> {
        RECORDS.get(usize::from(self.0))
    }
    /// The position and row of a field.
    pub fn field(self, name: &str) -> Option<(FieldId, &'static FieldRow)> {
        let at = self.row()?.fields.iter().position(|field| field.name == name)?;
        Some((FieldId(u8::try_from(at).ok()?), self.row()?.fields.get(at)?))
    }
}

impl ShapeId {
    /// The row of this shape.
    pub fn row(self) -> Option<&'static ShapeRow> {
        SHAPES.get(usize::from(self.0))
    }
    /// The row of a known key.
    pub fn field(self, name: &str) -> Option<&'static FieldRow> {
        self.row()?.fields.iter().find(|field| field.name == name)
    }
}

/// Whether a group of paths (`result`, `event`) is there at a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Certain,
    /// Sometimes: nothing is known about the hook.
    Maybe,
    /// Never: it is `None`.
    Never,
}

/// Whether `context.result` is there at a hook; without a hook it may be.
pub fn result_presence(hook: Option<Hook>) -> Presence {
    match hook {
        None => Presence::Maybe,
        Some(Hook::OnToolComplete | Hook::OnToolFailure) => Presence::Certain,
        Some(_) => Presence::Never,
    }
}

/// Whether `context.event` is there at a hook; without a hook it may be.
pub fn event_presence(hook: Option<Hook>) -> Presence {
    if hook.is_some() { Presence::Certain } else { Presence::Maybe }
}

/// The shapes that `event.payload` may have at a hook, one for each event type that leads there.
pub fn payload_shapes(hook: Hook) -> impl Iterator<Item = ShapeId> {
    PAYLOADS.iter().filter(move |row| hook.events().contains(&row.event)).map(|row| row.shape)
}

/// The slot at a path below `context`, such as `turn.number`.
pub fn slot_at(path: &str) -> Option<&'static SlotRow> {
    SLOTS.iter().find(|row| row.path == path)
}

impl SlotId {
    /// The row of this slot.
    pub fn row(self) -> Option<&'static SlotRow> {
        SLOTS.get(self.index())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_positions() {
        for (at, row) in SLOTS.iter().enumerate() {
            assert_eq!(row.id.index(), at, "{}", row.path);
        }
        for (at, row) in RECORDS.iter().enumerate() {
            assert_eq!(usize::from(row.id.0), at, "{}", row.name);
        }
        for (at, row) in SHAPES.iter().enumerate() {
            assert_eq!(usize::from(row.id.0), at, "{}", row.name);
        }
    }

    #[test]
    fn the_slots_of_a_group_are_the_fields_of_its_record() {
        for record in [EVENT, RESULT] {
            let row = record.row().unwrap();
            for field in row.fields {
                let slot = slot_at(&format!("{}.{}", row.name, field.name)).unwrap();
                assert_eq!(slot.ty, field.ty, "{}", slot.path);
            }
        }
    }
}
