//! Rules that ask for a slot to start with a text, by that text.
//!
//! The texts are sorted, and each knows the longest other one that it starts with: its parent. Of the texts that are not
//! behind a slot's text in that order, the last one is found by halving. Whatever the slot's text starts with is that
//! one, its parent, the parent's parent and so on, because no text can stand between a prefix and what begins with it
//! without beginning with it too. So a lookup costs what the search costs, and then what it finds.

use std::collections::BTreeMap;

use super::group::Group;
use super::notes::Noting;
use super::table::{Key, Posting};
use crate::frame::Frame;
use crate::ids::SlotId;
use crate::value::Value;

/// Rules that ask for a slot to start with a text, or with one of several.
#[derive(Clone, Debug)]
pub(super) struct Starts {
    slot: SlotId,
    chain: Chain,
    /// By the position of the text in the chain.
    groups: Vec<Group>,
}

impl Starts {
    /// Files the groups of rules by what the slot must start with.
    pub(super) fn new(slot: SlotId, groups: BTreeMap<Box<str>, Group>) -> Starts {
        let (texts, groups) = groups.into_iter().unzip();
        Starts { slot, chain: Chain::new(texts), groups }
    }

    /// Notes every rule that asks for a text that the slot starts with, and whose bounds hold; none where the slot has
    /// no text.
    #[inline]
    pub(super) fn note(
        &self,
        frame: &Frame<'_>,
        number: impl Fn(SlotId) -> f64 + Copy,
        noting: &mut Noting<'_>,
    ) {
        let Value::Str(text, _) = frame.get(self.slot) else { return };
        self.chain.visit(text, |at| {
            if let Some(group) = self.groups.get(at) {
                group.note(number, noting);
            }
        });
    }

    /// Gives every rule with a text that it asks for, and with its bounds.
    pub(super) fn rows(&self, give: &mut impl FnMut(SlotId, &str, &[(Key, f64)], Posting)) {
        for (text, group) in self.chain.texts.iter().zip(&self.groups) {
            group.rows(&mut |bounds, posting| give(self.slot, text, bounds, posting));
        }
    }
}

/// Sorted texts, each with the way to those that it starts with.
#[derive(Clone, Debug, Default)]
struct Chain {
    texts: Vec<Box<str>>,
    links: Vec<Link>,
}

/// Positions of texts that a text starts with; [`NOWHERE`] where there is none.
#[derive(Clone, Copy, Debug)]
struct Link {
    /// The longest of them.
    parent: u32,
    /// One further up, so far that a few dozen steps pass over any number of texts.
    jump: u32,
}

/// No position: there are fewer texts than that.
const NOWHERE: u32 = u32::MAX;

impl Chain {
    /// Links texts that are sorted and differ.
    fn new(texts: Vec<Box<str>>) -> Chain {
        let mut chain = Chain { links: Vec::with_capacity(texts.len()), texts };
        // Of each text, how many it starts with, itself included.
        let mut depths: Vec<usize> = Vec::with_capacity(chain.texts.len());
        // The texts that the last one starts with, itself included.
        let mut open: Vec<(u32, &str)> = Vec::new();
        for (at, text) in (0..NOWHERE).zip(&chain.texts) {
            while open.last().is_some_and(|(_, known)| !text.starts_with(known)) {
                open.pop();
            }
            let parent = open.last().map_or(NOWHERE, |(known, _)| *known);
            open.push((at, text));
            depths.push(open.len());
            // Two jumps of the same length become one of twice the length.
            let jump = |at| chain.links.get(at as usize).map_or(NOWHERE, |link| link.jump);
            let depth = |at| depths.get(at as usize).copied().unwrap_or(0);
            let (first, second) = (jump(parent), jump(jump(parent)));
            let alike = depth(parent) - depth(first) == depth(first) - depth(second);
            chain.links.push(Link { parent, jump: if alike { second } else { parent } });
        }
        chain
    }

    /// Gives the position of every text that this one starts with, the longest first.
    #[inline]
    fn visit(&self, text: &str, mut visit: impl FnMut(usize)) {
        let mut at = self.longest(text);
        while let Some(link) = self.links.get(at as usize) {
            visit(at as usize);
            at = link.parent;
        }
    }

    /// The position of the longest text that this one starts with.
    #[inline]
    fn longest(&self, text: &str) -> u32 {
        let behind = self.texts.partition_point(|known| known.as_ref() <= text);
        let Some(last) = behind.checked_sub(1).and_then(|at| self.texts.get(at)) else { return NOWHERE };
        let shared = last.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        let mut at = u32::try_from(behind - 1).unwrap_or(NOWHERE);
        // Those on the way up begin `last`, so the shorter ones among them begin what is shared.
        while let Some(link) = self.links.get(at as usize).filter(|_| self.len(at) > shared) {
            at = if self.len(link.jump) > shared { link.jump } else { link.parent };
        }
        at
    }

    fn len(&self, at: u32) -> usize {
        self.texts.get(at as usize).map_or(0, |text| text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(texts: &[&str]) -> Chain {
        let mut texts: Vec<Box<str>> = texts.iter().map(|text| (*text).into()).collect();
        texts.sort();
        texts.dedup();
        Chain::new(texts)
    }

    /// What a lookup finds, and what a plain loop does.
    fn agree(chain: &Chain, text: &str) {
        let mut found = Vec::new();
        chain.visit(text, |at| found.push(&*chain.texts[at]));
        let mut wanted: Vec<&str> = chain.texts.iter().map(|it| &**it).collect();
        wanted.retain(|known| text.starts_with(known));
        wanted.sort_by_key(|known| std::cmp::Reverse(known.len()));
        assert_eq!(found, wanted, "`{text}` in {:?}", chain.texts);
    }

    fn hash(seed: usize) -> usize {
        let mut x = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x ^= x >> 31;
        x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (x >> 40) as usize
    }

    /// A text of few letters, so that many begin others; some letters are of several bytes, and begin alike.
    fn text(seed: usize) -> String {
        let letters = ["a", "b", "é", "è", "\u{10348}"];
        (0..hash(seed) % 7).map(|at| letters[hash(seed * 31 + at) % letters.len()]).collect()
    }

    #[test]
    fn finds_what_a_plain_loop_finds() {
        for count in [0, 1, 2, 5, 20, 100, 600] {
            let texts: Vec<String> = (0..count).map(|at| text(at + count * 1_000)).collect();
            let chain = chain(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            for probe in 0..300 {
                agree(&chain, &text(probe + 77_777));
                agree(&chain, &(text(probe) + &text(probe + 5)));
            }
        }
    }

    #[test]
    fn the_empty_text_begins_all() {
        for texts in [&["", "a", "ab", "b"][..], &[""], &["a", "é", "éa"], &[]] {
            let chain = chain(texts);
            for text in ["", "a", "abc", "ac", "é", "è", "éab", "z", "\u{10ffff}"] {
                agree(&chain, text);
            }
        }
    }

    #[test]
    fn of_nested_texts_few_are_passed_over() {
        let long = "x".repeat(5_000);
        let chain = chain(&(1..=long.len()).map(|len| &long[..len]).collect::<Vec<_>>());
        for len in [0, 1, 2, 63, 64, 2_500, 4_999] {
            // `z` lies behind all of them, `a` before those that are longer.
            agree(&chain, &format!("{}z", &long[..len]));
            agree(&chain, &format!("{}a", &long[..len]));
        }
        let (mut at, mut steps) = (u32::try_from(chain.texts.len()).unwrap() - 1, 0);
        while let Some(link) = chain.links.get(at as usize) {
            at = if chain.len(link.jump) > 1 { link.jump } else { link.parent };
            steps += 1;
        }
        assert!(steps < 40, "{steps} steps from the longest text to the shortest");
    }
}
