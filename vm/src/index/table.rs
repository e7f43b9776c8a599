//! Rules that ask for one or two numbers above a bound, sorted so that the rules that hold are found without
//! touching the others.
//!
//! Every bound is brought into the form `value > bound` before it comes here, see [`super::test`]. A table
//! belongs to one or two keys (a slot and a direction). It is sorted by the first bound, so the rules whose
//! first test holds are a prefix. Over the second bounds lies a tree of minima, eight entries to a block: a
//! block whose least bound is not below the value holds no rule that matches and is skipped with all below it.

use super::notes::{Noting, Postings};
use crate::ids::SlotId;

/// Entries of a block of the tree of minima.
const BLOCK: usize = 8;

/// Which number is compared: a slot, as it is or negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    /// The slot.
    pub(super) slot: SlotId,
    /// Whether the number and its bounds are negated, which turns `<` into `>`.
    pub(super) negated: bool,
}

impl Key {
    /// The number that is compared, from the slot's.
    #[inline]
    pub(super) fn of(self, value: f64) -> f64 {
        if self.negated { -value } else { value }
    }
}

/// What is said about a rule once its bounds hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    /// The rule's position in the order of firing.
    pub(super) at: u32,
    /// Whether the rule then surely matches; else its code decides.
    pub(super) exact: bool,
}

/// A table over one key.
#[derive(Clone, Debug, Default)]
pub(super) struct Single {
    bounds: Vec<f64>,
    postings: Postings,
}

impl Single {
    /// Sorts the rows.
    pub(super) fn new(mut rows: Vec<(f64, Posting)>) -> Single {
        rows.sort_by(|(a, x), (b, y)| a.total_cmp(b).then(x.at.cmp(&y.at)));
        let (mut bounds, postings): (Vec<f64>, Vec<Posting>) = rows.into_iter().unzip();
        bounds.shrink_to_fit();
        Single { bounds, postings: Postings::new(postings) }
    }

    /// Every posting with its bound.
    pub(super) fn rows(&self) -> impl Iterator<Item = (f64, Posting)> {
        self.bounds.iter().copied().zip(self.postings.iter().copied())
    }

    /// Notes every rule whose bound is below the value.
    #[inline]
    pub(super) fn note(&self, value: f64, noting: &mut Noting<'_>) {
        if self.bounds.last().is_some_and(|highest| *highest < value) {
            return self.postings.note(noting);
        }
        self.above(value, |posting| noting.one(posting));
    }

    /// Gives every posting whose bound is below the value.
    #[inline]
    fn above(&self, value: f64, mut visit: impl FnMut(Posting)) {
        let end = self.bounds.partition_point(|bound| *bound < value);
        self.postings.iter().take(end).for_each(|posting| visit(*posting));
    }
}

/// A table over two keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Double {
    first: Vec<f64>,
    second: Vec<f64>,
    /// Level 0 has the minimum of every block of `second`, level 1 of every block of level 0, and so on.
    minima: Vec<Vec<f64>>,
    /// The greatest of `second`.
    highest: f64,
    postings: Postings,
}

impl Double {
    /// Sorts the rows and builds the tree.
    pub(super) fn new(mut rows: Vec<(f64, f64, Posting)>) -> Double {
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.at.cmp(&b.2.at)));
        let mut table = Double {
            first: rows.iter().map(|(first, ..)| *first).collect(),
            second: rows.iter().map(|(_, second, _)| *second).collect(),
            minima: Vec::new(),
            highest: rows.iter().map(|(_, second, _)| *second).fold(f64::NEG_INFINITY, f64::max),
            postings: Postings::new(rows.into_iter().map(|(.., posting)| posting).collect()),
        };
        let mut level = minima_of(&table.second);
        while level.len() > 1 {
            let next = minima_of(&level);
            table.minima.push(std::mem::replace(&mut level, next));
        }
        table
    }

    /// Every posting with its bounds.
    pub(super) fn rows(&self) -> impl Iterator<Item = (f64, f64, Posting)> {
        let bounds = self.first.iter().copied().zip(self.second.iter().copied());
        bounds.zip(self.postings.iter().copied()).map(|((first, second), posting)| (first, second, posting))
    }

    /// Notes every rule whose bounds are both below the values.
    #[inline]
    pub(super) fn note(&self, first: f64, second: f64, noting: &mut Noting<'_>) {
        if self.highest < second && self.first.last().is_some_and(|highest| *highest < first) {
            return self.postings.note(noting);
        }
        self.above(first, second, |posting| noting.one(posting));
    }

    /// Gives every posting whose bounds are both below the values.
    #[inline]
    fn above(&self, first: f64, second: f64, mut visit: impl FnMut(Posting)) {
        let end = self.first.partition_point(|bound| *bound < first);
        match self.minima.len() {
            0 => self.leaf(0, end, second, &mut visit),
            levels => self.descend(levels - 1, 0, end, second, &mut visit),
        }
    }

    /// Walks the entries of `level` from `from` to the end of their block that lie before `end` rows.
    fn descend(&self, level: usize, block: usize, end: usize, value: f64, visit: &mut impl FnMut(Posting)) {
        let Some(minima) = self.minima.get(level) else { return };
        // The top level is scanned as a whole, however long; below it a block has at most eight entries.
        let top = level + 1 == self.minima.len();
        let (from, to) =
            if top { (0, minima.len()) } else { (block * BLOCK, (block * BLOCK + BLOCK).min(minima.len())) };
        let rows = BLOCK.pow(u32::try_from(level + 1).unwrap_or(1));
        for (at, least) in (from..to).zip(minima.get(from..to).unwrap_or_default()) {
            if at * rows >= end {
                return;
            }
            if *least < value {
                match level {
                    0 => self.leaf(at * BLOCK, end, value, visit),
                    _ => self.descend(level - 1, at, end, value, visit),
                }
            }
        }
    }

    #[inline]
    fn leaf(&self, from: usize, end: usize, value: f64, visit: &mut impl FnMut(Posting)) {
        let to = (from + BLOCK).min(end);
        let bounds = self.second.get(from..to).unwrap_or_default();
        let postings = self.postings.get(from..to).unwrap_or_default();
        for (bound, posting) in bounds.iter().zip(postings) {
            if *bound < value {
                visit(*posting);
            }
        }
    }
}

fn minima_of(values: &[f64]) -> Vec<f64> {
    values.chunks(BLOCK).map(|block| block.iter().copied().fold(f64::INFINITY, f64::min)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(seed: u64) -> f64 {
        let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x ^= x >> 31;
        x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        f64::from(u32::try_from(x >> 40).unwrap()) / f64::from(1 << 24)
    }

    #[test]
    fn finds_what_a_plain_loop_finds() {
        for n in [0u32, 1, 7, 8, 9, 63, 64, 65, 513, 4_097] {
            let rows: Vec<(f64, f64, Posting)> = (0..n)
                .map(|at| (hash(u64::from(at)), hash(u64::from(at) + 77_777), Posting { at, exact: true }))
                .collect();
            let double = Double::new(rows.clone());
            let single = Single::new(rows.iter().map(|row| (row.0, row.2)).collect());
            for probe in 0..40 {
                let (x, y) = match probe {
                    0 => (f64::INFINITY, f64::INFINITY),
                    1 => (f64::NAN, 0.5),
                    2 => (0.5, f64::NAN),
                    3 => (f64::NEG_INFINITY, 1.0),
                    _ => (hash(probe * 31 + 5), hash(probe * 17 + 3)),
                };
                let mut found = Vec::new();
                double.above(x, y, |posting| found.push(posting.at));
                found.sort_unstable();
                let wanted: Vec<u32> =
                    rows.iter().filter(|row| x > row.0 && y > row.1).map(|row| row.2.at).collect();
                assert_eq!(found, wanted, "{n} rows, {x}, {y}");
                let mut found = Vec::new();
                single.above(x, |posting| found.push(posting.at));
                found.sort_unstable();
                let wanted: Vec<u32> = rows.iter().filter(|row| x > row.0).map(|row| row.2.at).collect();
                assert_eq!(found, wanted, "{n} rows, {x}");
            }
        }
    }
}
