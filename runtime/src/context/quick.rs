//! JSON text to a context in one pass, as long as nothing about it is out of the ordinary.
//!
//! Where a text is no JSON, has unknown names, the same group twice, or a value that its path does not take, nothing is
//! read here, and [`text`](super::text) says what the text means. What is read here is what would be read there.

use std::sync::{Arc, LazyLock};

use oracle_vm::ids::SlotId;
use oracle_vm::schema::{EVENT, FieldRow, RECORDS, RESULT, RecordId, SLOTS, TOOL, slot};
use oracle_vm::value::{Data, Record};

use super::read::{GROUPS, ROOT};
use super::reads::{Reads, bit};
use super::scan::{Key, Name, Raw, Scanner};
use super::slots::Context;
use super::text::{Entry, Row};
use crate::input;

/// Calls that a list has room for when the first is read.
const CALLS: usize = 16;

/// Names, and positions for which they stand.
#[derive(Debug)]
struct Names(Box<[(Name, usize)]>);

impl Names {
    fn of(names: impl Iterator<Item = (&'static str, usize)>) -> Names {
        Names(names.map(|(name, at)| (Name::of(name), at)).collect())
    }

    #[inline]
    fn find(&self, key: Key<'_>) -> Option<usize> {
        self.0.iter().find(|(name, _)| key.is(name)).map(|(_, at)| *at)
    }
}

/// In which order the fields of a record come: the next one is probably written by the same program.
type Order = [usize; 8];

/// The names of the schema.
#[derive(Debug)]
struct Schema {
    groups: Names,
    /// The slots of each group.
    slots: Box<[Names]>,
    /// The fields of each record.
    records: Box<[Names]>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let slots_of = |group: &str| {
        let fields = SLOTS.iter().filter_map(|row| Some((row.path.split_once('.')?, row.id.index())));
        Names::of(fields.filter(|((first, _), _)| *first == group).map(|((_, field), at)| (field, at)))
    };
    let fields_of =
        |fields: &'static [FieldRow]| Names::of(fields.iter().zip(0..).map(|(row, at)| (row.name, at)));
    Schema {
        groups: Names::of(GROUPS.iter().copied().zip(0..)),
        slots: GROUPS.iter().map(|group| slots_of(group)).collect(),
        records: RECORDS.iter().map(|row| fields_of(row.fields)).collect(),
    }
});

/// The context that the text says, before its groups are settled; or nothing.
pub(super) fn read(text: &str, reads: Reads) -> Option<Context> {
    let mut quick = Quick { schema: &SCHEMA, scan: Scanner::new(text), reads, context: Context::empty() };
    let (mut seen, mut more) = (0, quick.scan.open(b'{', b'}')?);
    while more {
        let group = quick.schema.groups.find(quick.scan.key()?)?;
        // The second of two groups takes the place of the first as a whole.
        if seen & bit(group) != 0 {
            return None;
        }
        seen |= bit(group);
        quick.group(group)?;
        more = quick.scan.more(b'}')?;
    }
    quick.scan.end()?;
    Some(quick.context)
}

struct Quick<'t> {
    schema: &'static Schema,
    scan: Scanner<'t>,
    reads: Reads,
    context: Context,
}

impl Quick<'_> {
    fn group(&mut self, group: usize) -> Option<()> {
        match *GROUPS.get(group)? {
            "event" => self.record("event", EVENT, slot::EVENT, slot::EVENT_TYPE),
            "result" => self.record("result", RESULT, slot::RESULT, slot::RESULT_TOOL_NAME),
            "state" if self.reads.reads_state() => match self.scan.data()? {
                Data::None => Some(()),
                Data::Map(map) => {
                    self.context.set_state(map);
                    Some(())
                }
                _ => None,
            },
            "state" => self.scan.pass(),
            _ if self.scan.next() == b'n' => self.scan.pass(),
            _ => self.slots(group),
        }
    }

    fn record(&mut self, group: &'static str, id: RecordId, whole: SlotId, first: SlotId) -> Option<()> {
        let wanted = self.reads.group_fields(whole, first);
        if wanted == 0 || self.scan.next() == b'n' {
            return self.scan.pass();
        }
        let (fields, named) = self.fields(id, wanted, &mut Order::default(), None)?;
        let row = Row::Fields { fields, named, unknown: None };
        self.context.take(Entry::Record(group, row), self.reads).ok()
    }

    /// The slots of a group. Of a key that comes twice the last counts, as everywhere.
    fn slots(&mut self, group: usize) -> Option<()> {
        let names = self.schema.slots.get(group)?;
        let mut more = self.scan.open(b'{', b'}')?;
        while more {
            let row = SLOTS.get(names.find(self.scan.key()?)?)?;
            if !self.reads.contains(row.id) {
                self.scan.pass()?;
            } else if row.id == slot::TOOLS {
                let calls = self.calls()?;
                self.context.set(row.id, calls);
            } else {
                let mut value = self.scan.data()?;
                input::settle(&row.ty, row.range, &mut value, ROOT).ok()?;
                self.context.set(row.id, value);
            }
            more = self.scan.more(b'}')?;
        }
        Some(())
    }

    fn calls(&mut self) -> Option<Data> {
        let wanted = self.reads.tool_fields();
        let mut more = self.scan.open(b'[', b']')?;
        let mut order = Order::default();
        let mut calls = Vec::with_capacity(if more { CALLS } else { 0 });
        while more {
            let (mut fields, _) = self.fields(TOOL, wanted, &mut order, calls.last())?;
            input::settle_fields(TOOL, &mut fields, wanted, ROOT).ok()?;
            calls.push(Data::Record(Arc::new(Record { id: TOOL, fields })));
            more = self.scan.more(b']')?;
        }
        Some(Data::list(calls))
    }

    /// The fields of a record that are wanted, and one bit for each of them that the text names.
    fn fields(
        &mut self,
        id: RecordId,
        wanted: u64,
        order: &mut Order,
        before: Option<&Data>,
    ) -> Option<(Box<[Data]>, u64)> {
        let names = self.schema.records.get(usize::from(id.0))?;
        let mut fields: Box<[Data]> = names.0.iter().map(|_| Data::None).collect();
        let (mut named, mut more) = (0, self.scan.open(b'{', b'}')?);
        let mut place = 0;
        while more {
            let guess = order.get_mut(place % Order::default().len())?;
            let at = match names.0.get(*guess) {
                Some((name, at)) if self.scan.starts_with(name) => *at,
                _ => names.find(self.scan.key()?)?,
            };
            *guess = at;
            place += 1;
            if wanted & bit(at) == 0 {
                self.scan.pass()?;
            } else {
                named |= bit(at);
                *fields.get_mut(at)? = self.field(at, before)?;
            }
            more = self.scan.more(b'}')?;
        }
        Some((fields, named))
    }

    /// The value of a field. A text that the record before has there too is shared: agents call the same few tools.
    #[inline]
    fn field(&mut self, at: usize, before: Option<&Data>) -> Option<Data> {
        if self.scan.next() != b'"' {
            return self.scan.data();
        }
        let raw = self.scan.string()?;
        if let (Raw::Plain(text), Some(Data::Record(before))) = (raw, before)
            && let Some(Data::Str(same)) = before.fields.get(at)
            && same.as_str() == text
        {
            return Some(Data::Str(same.clone()));
        }
        raw.text().map(Data::Str)
    }
}

#[cfg(test)]
mod tests;
