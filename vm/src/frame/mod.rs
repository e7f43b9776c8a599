//! The bound context: one value for each path of the schema, filled once per event.
//!
//! Beside each value stands its key (`key.rs`): what the fast lanes compare.

pub(crate) mod key;

use key::SlotBits;

use crate::ids::SlotId;
use crate::schema::{Empty, SLOT_COUNT, SLOTS};
use crate::value::{Data, Map, Value};

/// The context as the machine reads it: slots by position, everything larger than a number borrowed.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    slots: [Value<'a>; ROOM],
    keys: [i64; ROOM],
    odd: SlotBits,
}

/// Slots and a few more: a power of two, so that a position needs no check.
const ROOM: usize = SLOT_COUNT.next_power_of_two();

impl Default for Frame<'_> {
    fn default() -> Self {
        Frame { slots: [Value::None; ROOM], keys: [key::NONE; ROOM], odd: key::UNBOUND }
    }
}

impl<'a> Frame<'a> {
    /// A frame in which every path is `None`.
    pub fn new() -> Frame<'a> {
        Frame::default()
    }

    /// The frame of an empty session: what the schema says each path has then.
    pub fn empty() -> Frame<'a> {
        let mut frame = Frame::new();
        for row in SLOTS {
            frame.set(row.id, unsaid(row.id));
        }
        frame
    }

    /// Binds these slots to what a host has there: those that the rules of a hook read.
    #[inline]
    pub fn bind<H: Bind + ?Sized>(&mut self, host: &'a H, slots: impl IntoIterator<Item = SlotId>) {
        for slot in slots {
            self.set(slot, host.value(slot));
        }
    }

    /// The value of a slot that the verifier saw, in place.
    #[inline]
    pub(crate) fn peek(&self, slot: SlotId) -> &Value<'a> {
        const NONE: &Value<'_> = &Value::None;
        self.slots.get(slot.index() % ROOM).unwrap_or(NONE)
    }

    /// The key of a slot that is not odd.
    #[inline(always)]
    pub(crate) fn key(&self, slot: SlotId) -> i64 {
        self.keys.get(slot.index() % ROOM).copied().unwrap_or(key::NONE)
    }

    /// The slots whose values are not what the schema promises, or have no key.
    #[inline(always)]
    pub(crate) fn odd(&self) -> SlotBits {
        self.odd
    }

    /// The value of a slot.
    #[inline]
    pub fn get(&self, slot: SlotId) -> Value<'a> {
        self.slots.get(slot.index()).copied().unwrap_or_default()
    }

    /// Binds a slot.
    #[inline]
    pub fn set(&mut self, slot: SlotId, value: Value<'a>) {
        let at = slot.index();
        if at >= SLOT_COUNT {
            return;
        }
        if let (Some(place), Some(known)) = (self.slots.get_mut(at), self.keys.get_mut(at)) {
            let key = key::key(slot, &value);
            *place = value;
            *known = key.unwrap_or(key::NONE);
            let bit = key::bit(slot);
            self.odd = if key.is_some() { self.odd & !bit } else { self.odd | bit };
        }
    }
}

/// A host's own data as a context: each path is asked for when it is bound, and lent. Nothing is copied.
///
/// Numbers and texts come straight from the host's fields; a [`Text`](crate::value::Text) knows its length, a `&str` is
/// counted. Tool calls are rows of [`Data`] that the host makes once, when a call ends
/// ([`ToolCall`](crate::value::ToolCall)), messages are maps. Where a host has nothing to say, it says [`unsaid`]. The
/// paths of `event` and `result` are `None` where there is no event or no result; `slot::EVENT` and `slot::RESULT` are
/// asked for by conditions that take the group as a whole.
///
/// ```
/// use oracle_vm::frame::{Bind, Frame, unsaid};
/// use oracle_vm::ids::SlotId;
/// use oracle_vm::schema::slot;
/// use oracle_vm::value::{Data, ToolCall, Value};
///
/// struct Agent {
///     turn: i64,
///     token_usage: f64,
///     project: String,
///     calls: Vec<Data>,
/// }
///
/// impl Bind for Agent {
///     fn value(&self, slot: SlotId) -> Value<'_> {
///         match slot {
///             slot::TURN_NUMBER => Value::Int(self.turn),
///             slot::TOKEN_USAGE => Value::Float(self.token_usage),
///             slot::PROJECT_ID => Value::text(&self.project),
///             slot::TOOLS => Value::Data(&self.calls),
///             other => unsaid(other),
///         }
///     }
/// }
///
/// let mut agent = Agent { turn: 3, token_usage: 0.92, project: "demo".into(), calls: Vec::new() };
/// agent.calls.push(ToolCall { name: "search".into(), turn: 3, ..ToolCall::default() }.into());
///
/// let mut frame = Frame::new();
/// frame.bind(&agent, [slot::TOKEN_USAGE, slot::TOOLS]);
/// assert!(matches!(frame.get(slot::TOOLS), Value::Data([Data::Record(_)])));
/// ```
pub trait Bind {
    /// The value at a slot, of the type that the schema declares for it.
    fn value(&self, slot: SlotId) -> Value<'_>;
}

/// What an empty session has at a slot.
pub fn unsaid(slot: SlotId) -> Value<'static> {
    static NOTHING: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::default);
    match slot.row().map_or(Empty::None, |row| row.empty) {
        Empty::None => Value::None,
        Empty::Int(i) => Value::Int(i),
        Empty::Float(x) => Value::Float(x),
        Empty::Str(text) => Value::text(text),
        Empty::List => Value::Data(&[]),
        Empty::Map => Value::Map(&NOTHING),
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
