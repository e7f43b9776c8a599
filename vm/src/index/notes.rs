//! What the index says about the rules of one event, and lists of rules that it says the same of.

use super::bits::{Positions, Room};
use super::table::Posting;

/// Rules by what is said about them once their tests hold.
#[derive(Clone, Debug, Default)]
struct Notes {
    matched: Positions,
    candidates: Positions,
}

/// Where the rules of an event are noted.
pub(super) struct Noting<'r> {
    matched: Room<'r>,
    candidates: Room<'r>,
}

impl<'r> Noting<'r> {
    /// Begins to note into these.
    pub(super) fn new(matched: &'r mut Positions, candidates: &'r mut Positions) -> Noting<'r> {
        Noting { matched: matched.room(), candidates: candidates.room() }
    }

    /// Notes one rule.
    #[inline]
    pub(super) fn one(&mut self, posting: Posting) {
        if posting.exact { &mut self.matched } else { &mut self.candidates }.insert(posting.at);
    }

    fn all(&mut self, notes: &Notes) {
        self.matched.add(&notes.matched);
        self.candidates.add(&notes.candidates);
    }
}

/// Rules that are often noted together.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    each: Vec<Posting>,
    /// All of them, where adding them at once takes less than one after the other.
    notes: Option<Box<Notes>>,
}

impl Postings {
    /// The rules of which adding sets word by word is worth it.
    const MANY: usize = 64;

    /// Keeps the rules in this order.
    pub(super) fn new(mut each: Vec<Posting>) -> Postings {
        each.shrink_to_fit();
        let last = each.iter().map(|posting| posting.at as usize).max().unwrap_or(0);
        let is_dense = each.len() >= Postings::MANY && each.len() >= last / Postings::MANY;
        let notes = is_dense.then(|| {
            let mut notes = Box::<Notes>::default();
            notes.matched.reserve(last + 1);
            notes.candidates.reserve(last + 1);
            let mut noting = Noting::new(&mut notes.matched, &mut notes.candidates);
            each.iter().for_each(|posting| noting.one(*posting));
            notes
        });
        Postings { each, notes }
    }

    /// Notes all of them.
    #[inline]
    pub(super) fn note(&self, noting: &mut Noting<'_>) {
        match &self.notes {
            Some(notes) => noting.all(notes),
            None => self.each.iter().for_each(|posting| noting.one(*posting)),
        }
    }
}

impl std::ops::Deref for Postings {
    type Target = [Posting];
    fn deref(&self) -> &[Posting] {
        &self.each
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_noted_at_once_as_they_are_one_by_one() {
        for (count, step) in [(0u32, 1), (3, 1), (64, 1), (200, 3), (1_000, 7), (64, 100)] {
            let each: Vec<Posting> =
                (0..count).map(|nth| Posting { at: nth * step, exact: nth % 3 == 0 }).collect();
            let postings = Postings::new(each.clone());
            assert_eq!(postings.notes.is_some(), count >= 64 && step < 64, "{count} {step}");
            let found = |note: &dyn Fn(&mut Noting<'_>)| {
                let (mut matched, mut candidates) = (Positions::default(), Positions::default());
                matched.reserve(8_000);
                candidates.reserve(8_000);
                note(&mut Noting::new(&mut matched, &mut candidates));
                let mut found = Vec::new();
                matched.drain(|at| found.push((at, true)));
                candidates.drain(|at| found.push((at, false)));
                found
            };
            let one_by_one = found(&|noting| each.iter().for_each(|posting| noting.one(*posting)));
            assert_eq!(found(&|noting| postings.note(noting)), one_by_one, "{count} {step}");
            assert_eq!(one_by_one.len(), each.len());
        }
    }
}
