//! Puts the tests of a chunk in a row: each leads to the next step, or ahead, or to an end.

use std::collections::BTreeMap;

use super::super::calc::Micro;
use super::super::step::{Step, Test, Way as Lead, halves};
use super::{Draft, Extra, Pools, Shape, Way, follow};
use crate::limits::FUEL;
use crate::op::Op;
use crate::pack::Chunk;

/// What all tests of a lane may cost, without its loops, and what its loops may.
const SHARE: u64 = FUEL / 4;

/// Where a test leads.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// To the test that is read at this address.
    At(usize),
    End(Lead),
}

/// How a step goes on.
struct Form {
    yes: Lead,
    no: Lead,
    /// What one of the two leads ahead to.
    ahead: Option<usize>,
    /// What a step without a test leads to that must follow.
    goto: Option<usize>,
}

/// Appends the steps; says where they begin.
pub(super) fn steps(chunk: &Chunk<'_>, shapes: BTreeMap<usize, Shape>, pools: &mut Pools) -> Option<u32> {
    let start = u32::try_from(pools.steps.len()).ok()?;
    if shapes.values().map(|shape| shape.fuel).sum::<u64>() > SHARE {
        return None;
    }
    let forms = forms(chunk, &shapes);
    let mut numbers = BTreeMap::new();
    let mut count = 0usize;
    for (at, form) in shapes.keys().zip(&forms) {
        numbers.insert(*at, count);
        count += 1 + usize::from(form.goto.is_some());
    }
    // All ways first: a chunk too large for a lane leaves nothing behind.
    let skip = |from: usize, ahead: Option<usize>| match ahead {
        None => Some(0),
        Some(at) => u16::try_from(numbers.get(&at)?.checked_sub(from)?).ok(),
    };
    let mut skips = Vec::new();
    for (at, form) in shapes.keys().zip(&forms) {
        let own = *numbers.get(at)?;
        skips.push((skip(own, form.ahead)?, skip(own + 1, form.goto)?));
    }
    let walks = walks(&shapes, &numbers, count)?;
    for ((at, shape), (form, (skip, goto))) in shapes.into_iter().zip(forms.iter().zip(skips)) {
        let mut step = pools.step(shape.draft, (form.yes, form.no), skip)?;
        if let Some((body, rows)) = walks.get(&at) {
            step.bits = halves(*rows, *body);
        }
        pools.steps.push(step);
        if form.goto.is_some() {
            let step = pools.step(Draft::new(Test::Goto, 0), (Lead::Ahead, Lead::Ahead), goto)?;
            pools.steps.push(step);
        }
    }
    Some(start)
}

fn forms(chunk: &Chunk<'_>, shapes: &BTreeMap<usize, Shape>) -> Vec<Form> {
    let place = |way: Way| match way {
        Way::NextRow => Place::End(Lead::NextRow),
        Way::Counted => Place::End(Lead::Counted),
        Way::Code(at) => {
            let at = follow(chunk, at);
            match chunk.code.get(at) {
                Some(Op::Accept {}) => Place::End(Lead::Accept),
                Some(Op::Reject {}) => Place::End(Lead::Reject),
                _ if shapes.contains_key(&at) => Place::At(at),
                _ => Place::End(Lead::Leave),
            }
        }
    };
    let nexts = shapes.keys().skip(1).copied().map(Some).chain([None]);
    let form = |(shape, next): (&Shape, Option<usize>)| {
        // The step behind a walk is its body's.
        let next = next.filter(|_| shape.draft.test != Test::Rows);
        let lead = |place: Place| match place {
            Place::End(end) => (end, None),
            Place::At(at) if Some(at) == next => (Lead::On, None),
            Place::At(at) => (Lead::Ahead, Some(at)),
        };
        let ((yes, to), (no, other)) = (lead(place(shape.yes)), lead(place(shape.no)));
        match (to, other) {
            (Some(to), Some(other)) if to != other => {
                Form { yes: Lead::On, no, ahead: Some(other), goto: Some(to) }
            }
            (to, other) => Form { yes, no, ahead: to.or(other), goto: None },
        }
    };
    shapes.values().zip(nexts).map(form).collect()
}

/// For each walk how long its body is, and how many rows it may walk so that the machine would not run out of fuel.
fn walks(
    shapes: &BTreeMap<usize, Shape>,
    numbers: &BTreeMap<usize, usize>,
    count: usize,
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
        let behind = shapes.range(end..).next().and_then(|(at, _)| numbers.get(at)).copied().unwrap_or(count);
        let body = behind.checked_sub(numbers.get(at)? + 1)?;
        walks.insert(*at, (u32::try_from(body).ok()?, u32::try_from(rows).ok()?));
    }
    Some(walks)
}

impl Pools {
    fn step(&mut self, draft: Draft, (yes, no): (Lead, Lead), skip: u16) -> Option<Step> {
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
        Some(Step { test, of, orders, aux, yes, no, skip, bits })
    }
}
