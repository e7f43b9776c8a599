//! Loops over records whose body is nothing but tests.

use std::collections::{BTreeMap, BTreeSet};

use super::super::scalar::{Scalar, orders};
use super::super::step::Test;
use super::test::{is_function, jump};
use super::{Draft, Found, Row, Scratch, Shape, Way, op, test};
use crate::ids::{Reg, SlotId};
use crate::op::Op;
use crate::pack::Chunk;
use crate::schema::RecordId;
use crate::ty::TyDesc;
use crate::value::Value;

/// A loop, as its head says it.
struct Loop {
    slot: SlotId,
    /// Where the instruction stands that takes the next row.
    first: usize,
    /// Where the loop goes on when there is no row left.
    to: usize,
    row: Reg,
    /// Whether a list is made in which the rows that count leave something.
    counts: bool,
}

/// The walk, the tests of its body, and where rows are counted, the comparison of their number.
pub(super) fn walk(chunk: &Chunk<'_>, at: usize, scratch: &Scratch) -> Option<Vec<(usize, Shape)>> {
    let counts = matches!(op(chunk, at)?, Op::ListBegin {});
    let head = head(chunk, at + usize::from(counts), counts)?;
    let body = body(chunk, &head, scratch)?;
    let on = Way::Code(head.to);
    let mut draft = Draft::new(Test::Rows, head.slot.0);
    // Where the body ends, until its length in steps is known.
    draft.bits = head.to as u64;
    let mut shapes = vec![(at, Shape { draft, yes: on, no: on, fuel: 0 })];
    if counts {
        shapes.push((head.to, count(chunk, head.to)?.shape(head.to, Way::Code)));
    }
    shapes.extend(body);
    Some(shapes)
}

fn head(chunk: &Chunk<'_>, at: usize, counts: bool) -> Option<Loop> {
    let (Op::LoadSlot { dst, slot }, Op::IterBegin { dst: iter, src }) = (op(chunk, at)?, op(chunk, at + 1)?)
    else {
        return None;
    };
    let Op::IterNext { iter: next, to } = op(chunk, at + 2)? else { return None };
    let fits = src.0 == dst.0 && next.0 == iter.0;
    let row = Reg(iter.0.0.checked_add(2)?);
    fits.then_some(Loop { slot, first: at + 2, to: to.index(), row, counts })
}

/// The tests of the body, by their addresses.
fn body(chunk: &Chunk<'_>, head: &Loop, scratch: &Scratch) -> Option<BTreeMap<usize, Shape>> {
    let row = Row::Record(head.row, record_in(head.slot));
    let way = |at: usize| {
        let at = scratch.follow(at);
        match op(chunk, at) {
            Some(Op::IterLoop { to }) if to.index() == head.first => Way::NextRow,
            _ if head.counts && is_counted(chunk, at, head.first) => Way::Counted,
            _ => Way::Code(at),
        }
    };
    let mut body: BTreeMap<usize, Shape> = BTreeMap::new();
    let mut todo = BTreeSet::from([head.first + 1]);
    while let Some(at) = todo.pop_first() {
        let at = scratch.follow(at);
        if at >= head.to || body.contains_key(&at) || ends(chunk, at) {
            continue;
        }
        let shape = test::found(chunk, at, row)?.shape(at, way);
        todo.extend(super::leads(&shape));
        body.insert(at, shape);
    }
    // A list in the making must not be left behind: only its end may follow.
    let stays = |way: &Way| !matches!(way, Way::Code(at) if !body.contains_key(at));
    if head.counts && !body.values().all(|shape| stays(&shape.yes) && stays(&shape.no)) {
        return None;
    }
    (!body.is_empty()).then_some(body)
}

/// The record that the schema promises in the list of this slot.
fn record_in(slot: SlotId) -> Option<RecordId> {
    match slot.row()?.ty {
        TyDesc::List(TyDesc::Record(record)) => Some(*record),
        _ => None,
    }
}

/// Whether the condition is decided here.
fn ends(chunk: &Chunk<'_>, at: usize) -> bool {
    matches!(op(chunk, at), Some(Op::Accept {} | Op::Reject {}))
}

/// Whether one element, which counts as one, is appended here and nothing else is done for the row.
fn is_counted(chunk: &Chunk<'_>, at: usize, first: usize) -> bool {
    let at = if pushed_one(chunk, at).is_some() { at + 1 } else { at };
    let goes_back = matches!(op(chunk, at + 1), Some(Op::IterLoop { to }) if to.index() == first);
    matches!(op(chunk, at), Some(Op::ListPush { .. })) && goes_back
}

/// The register into which the number 1 is loaded here, to be appended.
fn pushed_one(chunk: &Chunk<'_>, at: usize) -> Option<Reg> {
    let (Op::LoadConst { dst, k }, Op::ListPush { src }) = (op(chunk, at)?, op(chunk, at + 1)?) else {
        return None;
    };
    (src.0 == dst.0 && matches!(chunk.constant(k), Some(Value::Int(1)))).then_some(dst.0)
}

/// `len(list) cmp number` or `sum(list) cmp number` from the end of the list on.
fn count(chunk: &Chunk<'_>, at: usize) -> Option<Found> {
    let Op::ListEnd { dst: list } = op(chunk, at)? else { return None };
    let Op::Call { dst, f, args, count: 1 } = op(chunk, at + 1)? else { return None };
    let Op::LoadConst { dst: other, k } = op(chunk, at + 2)? else { return None };
    let counts = is_function(f, "len") || is_function(f, "sum") && sums_ones(chunk, at);
    if args.0 != list.0 || other.0 == dst.0 || !counts {
        return None;
    }
    let (cmp, jumps, to, next) = jump(chunk, at + 3, dst.0, other.0)?;
    let mut draft = Draft::new(Test::Count, 0);
    draft.orders = orders(cmp)?;
    draft.bits = u32::try_from(chunk.constant(k)?.int()?).ok()?.into();
    Some(Found { draft, jumps, to, next })
}

/// Whether the list that ends here is made of nothing but the number 1.
fn sums_ones(chunk: &Chunk<'_>, end: usize) -> bool {
    let mut pushes = (0..end).rev().take_while(|at| !matches!(op(chunk, *at), Some(Op::ListBegin {})));
    pushes.all(|at| match op(chunk, at) {
        Some(Op::ListPush { .. }) => {
            at.checked_sub(1).is_some_and(|before| pushed_one(chunk, before).is_some())
        }
        _ => true,
    })
}
