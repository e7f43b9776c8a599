//! The context: slots, binding, groups.

use std::sync::{Arc, LazyLock};

use oracle_vm::frame::{Bind, Frame};
use oracle_vm::ids::SlotId;
use oracle_vm::schema::{EVENT, Empty, RESULT, RecordId, SLOT_COUNT, SLOTS, slot};
use oracle_vm::value::{Data, Map, Record, Value};

use super::Reads;

/// One value per path of the schema, and the state of the plugin where an embedder gave one. Cheap to clone:
/// whatever is large is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    slots: [Data; SLOT_COUNT],
    state: Arc<Map>,
}

impl Default for Context {
    fn default() -> Self {
        Context::empty()
    }
}

impl Context {
    /// What an empty session has.
    pub fn empty() -> Context {
        static EMPTY: LazyLock<Context> = LazyLock::new(Context::made_empty);
        EMPTY.clone()
    }

    fn made_empty() -> Context {
        let mut context = Context { slots: std::array::from_fn(|_| Data::None), state: Arc::default() };
        for row in SLOTS {
            context.set(row.id, empty_value(row.empty));
        }
        context
    }

    /// The value of a slot.
    pub fn get(&self, slot: SlotId) -> &Data {
        self.slots.get(slot.index()).unwrap_or(&Data::None)
    }

    /// Sets a slot, without checking.
    pub(crate) fn set(&mut self, slot: SlotId, value: Data) {
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = value;
        }
    }

    /// The value of a slot, to be changed in place.
    pub(crate) fn slot_mut(&mut self, slot: SlotId) -> Option<&mut Data> {
        self.slots.get_mut(slot.index())
    }

    /// The state that conditions read where no store is at hand.
    pub fn state(&self) -> &Arc<Map> {
        &self.state
    }

    /// Replaces the state.
    pub fn set_state(&mut self, state: Arc<Map>) {
        self.state = state;
    }

    /// Lends every slot to the machine. Allocates nothing.
    pub fn bind<'a>(&'a self, frame: &mut Frame<'a>) {
        frame.bind(self, SLOTS.iter().map(|row| row.id));
    }

    /// Lends only these slots to the machine.
    pub fn bind_only<'a>(&'a self, frame: &mut Frame<'a>, slots: &[SlotId]) {
        frame.bind(self, slots.iter().copied());
    }

    /// Lends what is read to the machine.
    pub fn bind_reads<'a>(&'a self, frame: &mut Frame<'a>, reads: Reads) {
        frame.bind(self, reads.slots());
    }

    /// Sets the group `event`: the record and its fields, or nothing.
    pub(crate) fn set_event(&mut self, fields: Option<[Data; 5]>) {
        self.set_group(EVENT, slot::EVENT, slot::EVENT_TYPE, fields);
    }

    /// Sets the group `result`: the record and its fields, or nothing.
    pub(crate) fn set_result(&mut self, fields: Option<[Data; 6]>) {
        self.set_group(RESULT, slot::RESULT, slot::RESULT_TOOL_NAME, fields);
    }

    /// The fields of a group lie behind each other in the frame, in the order of its record.
    fn set_group<const N: usize>(
        &mut self,
        id: RecordId,
        group: SlotId,
        first: SlotId,
        fields: Option<[Data; N]>,
    ) {
        let places = self.slots.iter_mut().skip(first.index()).take(N);
        let Some(fields) = fields else {
            places.for_each(|place| *place = Data::None);
            return self.set(group, Data::None);
        };
        for (place, field) in places.zip(&fields) {
            place.clone_from(field);
        }
        // A record that nobody else holds is filled again instead of being replaced.
        if let Some(Data::Record(record)) = self.slot_mut(group)
            && let Some(record) = Arc::get_mut(record)
        {
            for (place, field) in record.fields.iter_mut().zip(fields) {
                *place = field;
            }
            return;
        }
        self.set(group, Data::Record(Arc::new(Record { id, fields: Box::new(fields) })));
    }
}

impl Bind for Context {
    #[inline]
    fn value(&self, slot: SlotId) -> Value<'_> {
        self.get(slot).value()
    }
}

fn empty_value(empty: Empty) -> Data {
    match empty {
        Empty::None => Data::None,
        Empty::Int(int) => Data::Int(int),
        Empty::Float(float) => Data::Float(float),
        Empty::Str(text) => Data::text(text),
        Empty::List => Data::list(Vec::new()),
        Empty::Map => Data::map(Map::default()),
    }
}

#[cfg(test)]
mod tests {
    use oracle_vm::schema::SlotRow;

    use super::*;

    #[test]
    fn the_fields_of_a_group_lie_behind_each_other() {
        for (id, first) in [(EVENT, slot::EVENT_TYPE), (RESULT, slot::RESULT_TOOL_NAME)] {
            let record = id.row().unwrap();
            let rows: Vec<&SlotRow> = SLOTS.iter().skip(first.index()).take(record.fields.len()).collect();
            for (slot, field) in rows.iter().zip(record.fields) {
                assert_eq!(slot.path, format!("{}.{}", record.name, field.name));
            }
        }
    }
}
