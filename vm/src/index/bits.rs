//! A set of positions that is cheap to fill, to walk in order and to empty, also when it is large and sparse.

/// A bitmap with a summary: one bit for every word that is not zero.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    words: Vec<u64>,
    summary: Vec<u64>,
}

impl Positions {
    /// Makes room for positions below `len`. Allocates only where the set never was as large.
    pub fn reserve(&mut self, len: usize) {
        let words = len.div_ceil(64);
        if self.words.len() < words {
            self.words.resize(words, 0);
            self.summary.resize(words.div_ceil(64), 0);
        }
    }

    /// Adds a position; one beyond the reserved room is ignored.
    #[inline]
    pub fn insert(&mut self, at: u32) {
        self.room().insert(at);
    }

    /// The set while many positions are added.
    #[inline]
    pub(super) fn room(&mut self) -> Room<'_> {
        Room { words: &mut self.words, summary: &mut self.summary }
    }

    /// Takes a position out.
    pub fn remove(&mut self, at: u32) {
        // The summary may keep a bit for a word that is zero now; walking it finds nothing there.
        if let Some(bits) = self.words.get_mut(at as usize / 64) {
            *bits &= !(1 << (at % 64));
        }
    }

    /// Whether a position is in the set.
    pub fn contains(&self, at: u32) -> bool {
        self.words.get(at as usize / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    /// Gives every position to `visit`, ascending, and empties the set.
    #[inline]
    pub fn drain(&mut self, mut visit: impl FnMut(u32)) {
        for (outer, sum) in self.summary.iter_mut().enumerate() {
            let mut left = std::mem::take(sum);
            while left != 0 {
                let word = outer * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                let Some(place) = self.words.get_mut(word) else { continue };
                let mut bits = std::mem::take(place);
                while bits != 0 {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "positions are u32, so the word is below 2^26"
                    )]
                    visit((word * 64) as u32 + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
        }
    }

    /// Empties the set.
    pub fn clear(&mut self) {
        self.drain(|_| ());
    }
}

/// A set to which positions are added. Apart from the set, so that where its words are need not be looked up each time.
#[derive(Debug)]
pub(super) struct Room<'s> {
    words: &'s mut [u64],
    summary: &'s mut [u64],
}

impl Room<'_> {
    /// Adds the positions of a set, as far as there is room for them.
    pub(super) fn add(&mut self, other: &Positions) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
        self.summary.iter_mut().zip(&other.summary).for_each(|(sum, more)| *sum |= more);
    }

    /// Adds a position; one beyond the reserved room is ignored.
    #[inline]
    pub(super) fn insert(&mut self, at: u32) {
        let word = at as usize / 64;
        if let (Some(bits), Some(sum)) = (self.words.get_mut(word), self.summary.get_mut(word / 64)) {
            *bits |= 1 << (at % 64);
            *sum |= 1 << (word % 64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drains_in_order_and_leaves_nothing() {
        let mut set = Positions::default();
        set.reserve(10_000);
        for at in [9_999, 0, 63, 64, 4_096, 64, 70_000] {
            set.insert(at);
        }
        assert!(set.contains(64) && !set.contains(65) && !set.contains(70_000));
        let mut seen = Vec::new();
        set.drain(|at| seen.push(at));
        assert_eq!(seen, [0, 63, 64, 4_096, 9_999]);
        set.drain(|_| panic!("the set was emptied"));
    }
}
