//! Puts the tests of a chunk in a row: each leads to the next step, or ahead, or to an end.

use super::super::calc::Micro;
use super::super::step::{Lead, Step, Test, Way as End, halves, low};
use super::{Draft, Extra, Pools, Scratch, Shape, Way};
use crate::frame::key;
use crate::lane::Entry;
use crate::limits::FUEL;
use crate::op::Op;
use crate::pack::Chunk;

/// What all tests of a lane may cost, without its loops, and what its loops may.
const SHARE: u64 = FUEL / 4;

/// Appends the steps; says where they begin.
pub(super) fn steps(chunk: &Chunk<'_>, scratch: &mut Scratch, pools: &mut Pools) -> Option<Entry> {
    let first = pools.steps.len();
    let mut entry = Entry { first: u32::try_from(first).ok().filter(|at| *at < Entry::STEPS)?, needs: 0 };
    if scratch.shapes.iter().map(|(_, shape)| shape.fuel).sum::<u64>() > SHARE {
        return None;
    }
    // All leads and walks first: a chunk too large for a lane leaves nothing behind.
    let mut leads = std::mem::take(&mut scratch.leads);
    for ((_, shape), own) in scratch.shapes.iter().zip(0..) {
        leads.push((lead(chunk, scratch, shape.yes, own)?, lead(chunk, scratch, shape.no, own)?));
    }
    walks(scratch)?;
    for ((_, shape), leads) in scratch.shapes.drain(..).zip(leads.drain(..)) {
        let step = pools.step(shape.draft, leads)?;
        entry.needs |= match step.test {
            Test::Above | Test::Is => key::bit(step.slot()),
            Test::Key => key::bit(step.slot()) | key::NO_SLOT,
            _ => key::NO_SLOT,
        };
        pools.steps.push(step);
    }
    scratch.leads = leads;
    if Step::must_all_hold(pools.steps.get(first..)?) {
        entry.first |= Entry::ALL;
    }
    Some(entry)
}

/// Where a way leads from the step with this number.
fn lead(chunk: &Chunk<'_>, scratch: &Scratch, way: Way, own: usize) -> Option<Lead> {
    let at = match way {
        Way::NextRow => return Some(Lead::end(End::NextRow)),
        Way::Counted => return Some(Lead::end(End::Counted)),
        Way::Code(at) => scratch.follow(at),
    };
    match (chunk.code.get(at), scratch.number_at(at)) {
        (Some(Op::Accept {}), _) => Some(Lead::end(End::Accept)),
        (Some(Op::Reject {}), _) => Some(Lead::end(End::Reject)),
        (_, Some(number)) => Lead::ahead(number.checked_sub(own)?),
        (_, None) => Some(Lead::end(End::Leave)),
    }
}

/// Gives each walk the length of its body, and how many rows it may walk so that the machine would not run out of
/// fuel.
fn walks(scratch: &mut Scratch) -> Option<()> {
    /// What a row costs that fails the first test: the next element, the way back, and an element kept.
    const ROW_FUEL: u64 = 16;
    let is_walk = |shape: &Shape| shape.draft.test == Test::Rows;
    let count = scratch.shapes.iter().filter(|(_, shape)| is_walk(shape)).count();
    if count == 0 {
        return Some(());
    }
    let share = SHARE / count as u64;
    for own in 0..scratch.shapes.len() {
        let Some((_, shape)) = scratch.shapes.get(own).filter(|(_, shape)| is_walk(shape)) else { continue };
        let end = usize::try_from(shape.draft.bits).ok()?;
        let behind = scratch.shapes.partition_point(|(at, _)| *at < end);
        let body = scratch.shapes.get(own + 1..behind)?;
        let fuel: u64 = body.iter().map(|(_, shape)| shape.fuel).sum();
        let bits = halves(u32::try_from(share / (fuel + ROW_FUEL)).ok()?, u32::try_from(body.len()).ok()?);
        if let Some((_, shape)) = scratch.shapes.get_mut(own) {
            shape.draft.bits = bits;
        }
    }
    Some(())
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
                bits = halves(low(bits), place(self.entries.len())?);
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
