//! Puts the tests of a chunk in a row: each leads to the next step, or ahead, or to an end.

use std::collections::BTreeMap;

use super::super::calc::Micro;
use super::super::step::{Lead, Step, Test, Way as End, halves};
use super::{Draft, Extra, Pools, Shape, Way, follow};
use crate::limits::FUEL;
use crate::op::Op;
use crate::pack::Chunk;

/// What all tests of a lane may cost, without its loops, and what its loops may.
const SHARE: u64 = FUEL / 4;

/// Appends the steps; says where they begin.
pub(super) fn steps(chunk: &Chunk<'_>, shapes: BTreeMap<usize, Shape>, pools: &mut Pools) -> Option<u32> {
    let start = u32::try_from(pools.steps.len()).ok()?;
    if shapes.values().map(|shape| shape.fuel).sum::<u64>() > SHARE {
        return None;
    }
    let numbers: BTreeMap<usize, usize> = shapes.keys().copied().zip(0..).collect();
    // All leads first: a chunk too large for a lane leaves nothing behind.
    let mut leads = Vec::new();
    for (shape, own) in shapes.values().zip(0..) {
        leads.push((lead(chunk, &numbers, shape.yes, own)?, lead(chunk, &numbers, shape.no, own)?));
    }
    let walks = walks(&shapes, &numbers)?;
    for ((at, shape), leads) in shapes.into_iter().zip(leads) {
        let mut step = pools.step(shape.draft, leads)?;
        if let Some((body, rows)) = walks.get(&at) {
            step.bits = halves(*rows, *body);
        }
        pools.steps.push(step);
    }
    Some(start)
}

/// Where a way leads from the step with this number.
fn lead(chunk: &Chunk<'_>, numbers: &BTreeMap<usize, usize>, way: Way, own: usize) -> Option<Lead> {
    let at = match way {
        Way::NextRow => return Some(Lead::end(End::NextRow)),
        Way::Counted => return Some(Lead::end(End::Counted)),
        Way::Code(at) => follow(chunk, at),
    };
    match (chunk.code.get(at), numbers.get(&at)) {
        (Some(Op::Accept {}), _) => Some(Lead::end(End::Accept)),
        (Some(Op::Reject {}), _) => Some(Lead::end(End::Reject)),
        (_, Some(number)) => Lead::ahead(number.checked_sub(own)?),
        (_, None) => Some(Lead::end(End::Leave)),
    }
}

/// For each walk how long its body is, and how many rows it may walk so that the machine would not run out of fuel.
fn walks(
    shapes: &BTreeMap<usize, Shape>,
    numbers: &BTreeMap<usize, usize>,
) -> Option<BTreeMap<usize, (u32, u32)>> {
    /// What a row costs that fails the first test: the next element, the way back, and an element kept.
    const ROW_FUEL: u64 = 16;
    let is_walk = |shape: &&Shape| shape.draft.test == Test::Rows;
    let share = SHARE / shapes.values().filter(is_walk).count().max(1) as u64;
    let mut walks = BTreeMap::new();
    for (at, shape) in shapes.iter().filter(|(_, shape)| is_walk(shape)) {
        let end = usize::try_from(shape.draft.bits).ok()?;
        let fuel: u64 = shapes.range(at + 1..end).map(|(_, shape)| shape.fuel).sum();
        let rows = share / (fuel + ROW_FUEL);
        let behind =
            shapes.range(end..).next().and_then(|(at, _)| numbers.get(at)).copied().unwrap_or(numbers.len());
        let body = behind.checked_sub(numbers.get(at)? + 1)?;
        walks.insert(*at, (u32::try_from(body).ok()?, u32::try_from(rows).ok()?));
    }
    Some(walks)
}

impl Pools {
    fn step(&mut self, draft: Draft, (yes, no): (Lead, Lead)) -> Option<Step> {
        let Draft { test, of, orders, aux, mut bits, extra } = draft;
        let place = |len: usize| u32::try_from(len).ok();
        match extra {
            Extra::None => {}
            Extra::Mid(text) => {
                bits = place(self.mids.len())?.into();
                self.mids.push(text);
            }
            Extra::Data(data) => {
                bits = place(self.data.len())?.into();
                self.data.push(data);
            }
            Extra::Entry(entry) => {
                bits = halves((bits & 0xffff_ffff) as u32, place(self.entries.len())?);
                self.entries.push(entry);
            }
            Extra::Calc(micros, entries) => {
                bits = halves(place(self.micros.len())?, place(micros.len())?);
                let base = place(self.entries.len())?;
                self.entries.extend(entries);
                self.micros.extend(micros.into_iter().map(|micro| match micro {
                    Micro::Entry { dst, at } => Micro::Entry { dst, at: base.saturating_add(at) },
                    other => other,
                }));
            }
        }
        Some(Step { test, of, orders, aux, yes, no, bits })
    }
}
