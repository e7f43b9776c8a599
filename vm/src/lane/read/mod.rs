//! Reads the steps of the lane off a chunk's code.
//!
//! From its start on, the code is cut into tests: short runs of instructions that end in a jump (`test`), in a jump
//! after arithmetic (`calc`), or that walk the rows of a list (`rows`). Each test says where it leads, as addresses;
//! [`lane`] follows them, and `place` puts the tests in a row of steps.

mod calc;
mod place;
mod rows;
mod test;

use std::collections::{BTreeMap, BTreeSet};

use super::calc::{Entry, Micro};
use super::step::{Step, Test};
use crate::ids::Reg;
use crate::op::Op;
use crate::pack::Chunk;
use crate::schema::RecordId;
use crate::value::Data;

/// What the steps of all chunks share.
#[derive(Debug, Default)]
pub(in crate::lane) struct Pools {
    pub(in crate::lane) steps: Vec<Step>,
    pub(in crate::lane) mids: Vec<[u64; 2]>,
    pub(in crate::lane) data: Vec<Data>,
    pub(in crate::lane) entries: Vec<Entry>,
    pub(in crate::lane) micros: Vec<Micro>,
}

/// A test without its ways.
#[derive(Debug)]
struct Draft {
    test: Test,
    of: u8,
    orders: u8,
    aux: u8,
    bits: u64,
    extra: Extra,
}

/// What a test needs besides, to be put into a pool.
#[derive(Debug)]
enum Extra {
    None,
    Mid([u64; 2]),
    Data(Data),
    Entry(Entry),
    /// The entries are counted from the first of these.
    Calc(Vec<Micro>, Vec<Entry>),
}

/// A test as it stands in the code: whether it jumps when it holds, where to, and what follows.
struct Found {
    draft: Draft,
    jumps: bool,
    to: usize,
    next: usize,
}

/// A test with where it leads.
struct Shape {
    draft: Draft,
    yes: Way,
    no: Way,
    /// What the machine pays at most for the test.
    fuel: u64,
}

/// Where a test leads, in the code.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Code(usize),
    NextRow,
    Counted,
}

/// What the values in a run of instructions are taken from.
#[derive(Clone, Copy)]
enum Row {
    /// Slots of the frame.
    Frame,
    /// Fields of the record in this register.
    Record(Reg, Option<RecordId>),
}

/// Puts the steps of a chunk behind those of others, and says where they begin; nothing where the code does not begin
/// with a test.
pub(in crate::lane) fn lane(chunk: &Chunk<'_>, pools: &mut Pools) -> Option<u32> {
    let mut shapes: BTreeMap<usize, Shape> = BTreeMap::new();
    let mut todo = BTreeSet::from([0]);
    // Jumps lead forward only, so every address is reached after all that lead to it.
    while let Some(at) = todo.pop_first() {
        let at = follow(chunk, at);
        if shapes.contains_key(&at) {
            continue;
        }
        if let Some(found) = rows::walk(chunk, at) {
            todo.extend(found.iter().flat_map(|(_, shape)| leads(shape)));
            shapes.extend(found);
        } else if let Some(found) = test::found(chunk, at, Row::Frame) {
            let shape = found.shape(at, Way::Code);
            todo.extend(leads(&shape));
            shapes.insert(at, shape);
        }
    }
    if !shapes.contains_key(&follow(chunk, 0)) {
        return None;
    }
    place::steps(chunk, shapes, pools)
}

impl Draft {
    fn new(test: Test, of: u8) -> Draft {
        Draft { test, of, orders: 0, aux: 0, bits: 0, extra: Extra::None }
    }

    /// What the machine pays at most for what the test looks at, beyond its instructions.
    fn fuel(&self) -> u64 {
        let text = |data: &Data| match data {
            Data::Str(text) => text.as_str().len() as u64 / 64,
            _ => 0,
        };
        match (&self.extra, self.test) {
            (_, Test::Has | Test::Slot | Test::Param) => super::rare::TEXT_BYTES as u64 / 64,
            (Extra::Data(Data::List(items)), _) => {
                items.len() as u64 / 8 + items.iter().map(text).sum::<u64>()
            }
            (Extra::Data(data), _) => text(data),
            (Extra::Entry(entry), _) => entry.key.as_str().len() as u64 / 64,
            (Extra::Calc(_, entries), _) => {
                entries.iter().map(|entry| entry.key.as_str().len() as u64 / 64).sum()
            }
            _ => 0,
        }
    }
}

impl Found {
    /// The shape of what was found at this address.
    fn shape(self, at: usize, way: impl Fn(usize) -> Way) -> Shape {
        /// More than any instruction costs.
        const OP_FUEL: u64 = 4;
        let (yes, no) = if self.jumps { (self.to, self.next) } else { (self.next, self.to) };
        let instructions = self.next.saturating_sub(at) as u64;
        let fuel = self.draft.fuel() + instructions * OP_FUEL;
        Shape { draft: self.draft, yes: way(yes), no: way(no), fuel }
    }
}

fn leads(shape: &Shape) -> impl Iterator<Item = usize> + use<> {
    [shape.yes, shape.no].into_iter().filter_map(|way| match way {
        Way::Code(at) => Some(at),
        Way::NextRow | Way::Counted => None,
    })
}

/// Where control goes from here without deciding anything.
fn follow(chunk: &Chunk<'_>, mut at: usize) -> usize {
    while let Some(Op::Jump { to }) = chunk.code.get(at) {
        at = to.index();
    }
    at
}

fn op(chunk: &Chunk<'_>, at: usize) -> Option<Op> {
    chunk.code.get(at).copied()
}
