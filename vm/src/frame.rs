//! The bound context: one value for each path of the schema, filled once per event.

use crate::ids::SlotId;
use crate::schema::{Empty, SLOT_COUNT, SLOTS};
use crate::value::{Data, Map, Value};

/// The context as the machine reads it: slots by position, everything larger than a number borrowed.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    slots: [Value<'a>; ROOM],
}

/// Slots and a few more: a power of two, so that a position needs no check.
const ROOM: usize = SLOT_COUNT.next_power_of_two();

impl Default for Frame<'_> {
    fn default() -> Self {
        Frame { slots: [Value::None; ROOM] }
    }
}

impl<'a> Frame<'a> {
    /// A frame in which every path is `None`.
    pub fn new() -> Frame<'a> {
        Frame::default()
    }

    /// The frame of an empty session: what the schema says each path has then.
    pub fn empty() -> Frame<'a> {
        static NOTHING: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::default);
        let mut frame = Frame::new();
        for row in SLOTS {
            let value = match row.empty {
                Empty::None => Value::None,
                Empty::Int(i) => Value::Int(i),
                Empty::Float(x) => Value::Float(x),
                Empty::Str(text) => Value::text(text),
                Empty::List => Value::Data(&[]),
                Empty::Map => Value::Map(&NOTHING),
            };
            frame.set(row.id, value);
        }
        frame
    }

    /// The value of a slot that the verifier saw, in place.
    #[inline]
    pub(crate) fn peek(&self, slot: SlotId) -> &Value<'a> {
        const NONE: &Value<'_> = &Value::None;
        self.slots.get(slot.index() % ROOM).unwrap_or(NONE)
    }

    /// The value of a slot.
    #[inline]
    pub fn get(&self, slot: SlotId) -> Value<'a> {
        self.slots.get(slot.index()).copied().unwrap_or_default()
    }

    /// Binds a slot.
    #[inline]
    pub fn set(&mut self, slot: SlotId, value: Value<'a>) {
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = value;
        }
    }
}

/// What belongs to one rule rather than to the event: effective params and settings, by position of their
/// declaration, and the state of the rule's plugin.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Effective params of the rule.
    pub params: &'a [Data],
    /// Effective settings of the rule's plugin.
    pub settings: &'a [Data],
    /// The persistent state of the rule's plugin, as of the start of the event.
    pub state: &'a Map,
}
