//! Reads the steps of the lane off a chunk's code.
//!
//! From its start on, the code is cut into tests: short runs of instructions that end in a jump (`test`), in a jump
//! after arithmetic (`calc`), or that walk the rows of a list (`rows`). Each test says where it leads, as addresses;
//! [`lane`] follows them, and `place` puts the tests in a row of steps.

mod calc;
mod keyed;
mod place;
mod rows;
mod test;

use super::calc::{Entry, Micro};
use super::step::{Lead, Step, Test};
use crate::ids::Reg;
use crate::lane;
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
#[derive(Debug)]
struct Shape {
    draft: Draft,
    yes: Way,
    no: Way,
    /// What the machine pays at most for the test.
    fuel: u64,
}

/// Where a test leads, in the code.
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// What is known about the chunk that is read; kept between chunks for its memory.
#[derive(Debug, Default)]
pub(in crate::lane) struct Scratch {
    /// Where control goes from each address without deciding anything.
    follows: Vec<u16>,
    /// Of each address, whether a test has to begin there, and the number of the one that does.
    marks: Vec<Mark>,
    /// The tests by their addresses.
    shapes: Vec<(usize, Shape)>,
    leads: Vec<(Lead, Lead)>,
}

/// What is known of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Mark {
    #[default]
    Unseen,
    /// A test leads there.
    Wanted,
    /// The test with this number begins there.
    Test(u16),
}

/// Puts the steps of a chunk behind those of others, and says where they begin; nothing where the code does not begin
/// with a test.
pub(in crate::lane) fn lane(
    chunk: &Chunk<'_>,
    pools: &mut Pools,
    scratch: &mut Scratch,
) -> Option<lane::Entry> {
    scratch.begin(chunk);
    scratch.want(0);
    // Jumps lead forward only, so every address is reached after all that lead to it.
    for at in 0..chunk.code.len() {
        if scratch.marks.get(at) != Some(&Mark::Wanted) {
            continue;
        }
        if let Some(found) = rows::walk(chunk, at, scratch) {
            found.into_iter().for_each(|(at, shape)| scratch.add(at, shape));
        } else if let Some(found) = test::found(chunk, at, Row::Frame) {
            scratch.add(at, found.shape(at, Way::Code));
        }
    }
    scratch.number();
    if !matches!(scratch.marks.get(scratch.follow(0)), Some(Mark::Test(_))) {
        return None;
    }
    place::steps(chunk, scratch, pools)
}

impl Scratch {
    fn begin(&mut self, chunk: &Chunk<'_>) {
        let Scratch { follows, marks, shapes, leads } = self;
        shapes.clear();
        leads.clear();
        marks.clear();
        marks.resize(chunk.code.len(), Mark::Unseen);
        follows.clear();
        follows.extend((0..=u16::MAX).take(chunk.code.len()));
        // From the end on, so that what a jump leads to is known before the jump.
        for (at, op) in chunk.code.iter().enumerate().rev() {
            if let Op::Jump { to } = op {
                let end = follows.get(to.index()).copied();
                if let (Some(place), Some(end)) = (follows.get_mut(at), end) {
                    *place = end;
                }
            }
        }
    }

    /// Where control goes from here without deciding anything.
    fn follow(&self, at: usize) -> usize {
        self.follows.get(at).map_or(at, |at| usize::from(*at))
    }

    /// A test leads there.
    fn want(&mut self, at: usize) {
        let at = self.follow(at);
        if let Some(mark @ Mark::Unseen) = self.marks.get_mut(at) {
            *mark = Mark::Wanted;
        }
    }

    /// A test begins at this address.
    fn add(&mut self, at: usize, shape: Shape) {
        leads(&shape).for_each(|to| self.want(to));
        // Each has its number when all are known.
        if let Some(mark) = self.marks.get_mut(at) {
            *mark = Mark::Test(0);
        }
        self.shapes.push((at, shape));
    }

    /// Numbers the tests by their addresses.
    fn number(&mut self) {
        if !self.shapes.is_sorted_by_key(|(at, _)| *at) {
            self.shapes.sort_by_key(|(at, _)| *at);
        }
        for ((at, _), number) in self.shapes.iter().zip(0..) {
            if let Some(mark) = self.marks.get_mut(*at) {
                *mark = Mark::Test(number);
            }
        }
    }

    /// The number of the test that begins here.
    fn number_at(&self, at: usize) -> Option<usize> {
        match self.marks.get(at)? {
            Mark::Test(number) => Some(usize::from(*number)),
            Mark::Unseen | Mark::Wanted => None,
        }
    }
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

fn op(chunk: &Chunk<'_>, at: usize) -> Option<Op> {
    chunk.code.get(at).copied()
}
