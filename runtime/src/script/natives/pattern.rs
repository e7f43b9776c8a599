//! Lua patterns, matched with a look at the clock.

use super::super::limits::{CAPTURES, PATTERN_DEPTH};

/// Steps between two looks at the clock.
const STEPS: usize = 4096;

/// Why a match gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The pattern is wrong; in words.
    Pattern(&'static str),
    /// Time is over.
    Stopped,
}

type Found<T> = Result<T, Trouble>;

/// How far a capture got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Open,
    /// It captures a position.
    Position,
    Closed(usize),
}

/// What a capture stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capture<'t> {
    Text(&'t [u8]),
    /// A position, from 1.
    Position(usize),
}

/// A pattern against a text.
pub(super) struct Matcher<'a> {
    text: &'a [u8],
    pattern: &'a [u8],
    captures: [(usize, Extent); CAPTURES],
    level: usize,
    depth: usize,
    steps: usize,
    may_go_on: &'a mut dyn FnMut() -> bool,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(
        text: &'a [u8],
        pattern: &'a [u8],
        may_go_on: &'a mut dyn FnMut() -> bool,
    ) -> Matcher<'a> {
        let captures = [(0, Extent::Open); CAPTURES];
        Matcher { text, pattern, captures, level: 0, depth: 0, steps: STEPS, may_go_on }
    }

    /// The first match that begins at `from` or later: its range. With `anchors`, a `^` in front means that it begins
    /// at `from`.
    pub(super) fn search(&mut self, from: usize, anchors: bool) -> Found<Option<(usize, usize)>> {
        let anchored = anchors && self.pattern.first() == Some(&b'^');
        let first = usize::from(anchored);
        for start in from..=self.text.len() {
            self.level = 0;
            self.depth = 0;
            if let Some(end) = self.run(start, first)? {
                return Ok(Some((start, end)));
            }
            if anchored {
                break;
            }
        }
        Ok(None)
    }

    /// How many captures the match made.
    pub(super) fn count(&self) -> usize {
        self.level
    }

    /// A range of the text.
    pub(super) fn text(&self, (start, end): (usize, usize)) -> &'a [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    /// A capture of the match, from 0; without any, the first one is the whole match.
    pub(super) fn capture(&self, nth: usize, (start, end): (usize, usize)) -> Found<Capture<'a>> {
        let text = self.text;
        if nth >= self.level {
            return match nth {
                0 => Ok(Capture::Text(text.get(start..end).unwrap_or_default())),
                _ => Err(Trouble::Pattern("invalid capture index")),
            };
        }
        match self.captures.get(nth) {
            Some((at, Extent::Closed(end))) => Ok(Capture::Text(text.get(*at..*end).unwrap_or_default())),
            Some((at, Extent::Position)) => Ok(Capture::Position(at + 1)),
            _ => Err(Trouble::Pattern("unfinished capture")),
        }
    }

    fn step(&mut self) -> Found<()> {
        self.pay(1)
    }

    /// Pays for work; now and then, this is when the clock is looked at.
    fn pay(&mut self, steps: usize) -> Found<()> {
        if let Some(left) = self.steps.checked_sub(steps) {
            self.steps = left;
            return Ok(());
        }
        self.steps = STEPS;
        if (self.may_go_on)() { Ok(()) } else { Err(Trouble::Stopped) }
    }

    /// Matches the pattern from `p` at `s`: where the match ends. Nests at most [`PATTERN_DEPTH`] deep.
    fn run(&mut self, s: usize, p: usize) -> Found<Option<usize>> {
        if self.depth >= PATTERN_DEPTH {
            return Err(Trouble::Pattern("pattern too complex"));
        }
        self.depth += 1;
        let found = self.items(s, p);
        self.depth -= 1;
        found
    }

    fn items(&mut self, mut s: usize, mut p: usize) -> Found<Option<usize>> {
        loop {
            self.step()?;
            match (self.pattern.get(p), self.pattern.get(p + 1)) {
                (None, _) => return Ok(Some(s)),
                (Some(b'('), Some(b')')) => return self.open(s, p + 2, Extent::Position),
                (Some(b'('), _) => return self.open(s, p + 1, Extent::Open),
                (Some(b')'), _) => return self.close(s, p + 1),
                (Some(b'$'), None) => return Ok((s == self.text.len()).then_some(s)),
                (Some(b'%'), Some(b'b')) => match self.balanced(s, p + 2)? {
                    Some(end) => (s, p) = (end, p + 4),
                    None => return Ok(None),
                },
                (Some(b'%'), Some(b'f')) => {
                    let set = p + 2;
                    if self.pattern.get(set) != Some(&b'[') {
                        return Err(Trouble::Pattern("missing '[' after '%f' in pattern"));
                    }
                    let end = self.item_end(set)?;
                    self.pay((end - set) / 4)?;
                    let before = s.checked_sub(1).and_then(|at| self.text.get(at)).copied().unwrap_or(0);
                    let here = self.text.get(s).copied().unwrap_or(0);
                    if self.in_set(before, set, end) || !self.in_set(here, set, end) {
                        return Ok(None);
                    }
                    p = end;
                }
                (Some(b'%'), Some(digit)) if digit.is_ascii_digit() => match self.again(s, *digit)? {
                    Some(end) => (s, p) = (end, p + 2),
                    None => return Ok(None),
                },
                _ => {
                    let end = self.item_end(p)?;
                    // A set takes as long as it is.
                    self.pay((end - p) / 4)?;
                    let here = self.single(s, p, end);
                    match self.pattern.get(end) {
                        Some(b'?') => {
                            if here && let Some(found) = self.run(s + 1, end + 1)? {
                                return Ok(Some(found));
                            }
                            p = end + 1;
                        }
                        Some(b'+') if !here => return Ok(None),
                        Some(b'+') => return self.most(s + 1, p, end),
                        Some(b'*') => return self.most(s, p, end),
                        Some(b'-') => return self.least(s, p, end),
                        _ if here => (s, p) = (s + 1, end),
                        _ => return Ok(None),
                    }
                }
            }
        }
    }

    /// As many of the item as there are, then fewer, until the rest matches.
    fn most(&mut self, s: usize, p: usize, end: usize) -> Found<Option<usize>> {
        let mut count = 0;
        while self.single(s + count, p, end) {
            self.pay(1 + (end - p) / 4)?;
            count += 1;
        }
        loop {
            if let Some(found) = self.run(s + count, end + 1)? {
                return Ok(Some(found));
            }
            match count.checked_sub(1) {
                Some(fewer) => count = fewer,
                None => return Ok(None),
            }
        }
    }

    /// As few of the item as possible.
    fn least(&mut self, mut s: usize, p: usize, end: usize) -> Found<Option<usize>> {
        loop {
            if let Some(found) = self.run(s, end + 1)? {
                return Ok(Some(found));
            }
            self.pay((end - p) / 4)?;
            if !self.single(s, p, end) {
                return Ok(None);
            }
            s += 1;
        }
    }

    fn open(&mut self, s: usize, p: usize, extent: Extent) -> Found<Option<usize>> {
        let Some(place) = self.captures.get_mut(self.level) else {
            return Err(Trouble::Pattern("too many captures"));
        };
        *place = (s, extent);
        self.level += 1;
        let found = self.run(s, p)?;
        if found.is_none() {
            self.level -= 1;
        }
        Ok(found)
    }

    fn close(&mut self, s: usize, p: usize) -> Found<Option<usize>> {
        let nth = self.captures.iter().take(self.level).rposition(|(_, extent)| *extent == Extent::Open);
        let Some(nth) = nth else { return Err(Trouble::Pattern("invalid pattern capture")) };
        self.extend(nth, Extent::Closed(s));
        let found = self.run(s, p)?;
        if found.is_none() {
            self.extend(nth, Extent::Open);
        }
        Ok(found)
    }

    fn extend(&mut self, nth: usize, to: Extent) {
        if let Some((_, extent)) = self.captures.get_mut(nth) {
            *extent = to;
        }
    }

    /// The end of a balanced range whose delimiters are the two bytes of the pattern at `p`.
    fn balanced(&mut self, s: usize, p: usize) -> Found<Option<usize>> {
        let (Some(&open), Some(&close)) = (self.pattern.get(p), self.pattern.get(p + 1)) else {
            return Err(Trouble::Pattern("malformed pattern (missing arguments to '%b')"));
        };
        if self.text.get(s) != Some(&open) {
            return Ok(None);
        }
        let mut depth = 1_usize;
        let mut at = s + 1;
        while let Some(&byte) = self.text.get(at) {
            self.step()?;
            at += 1;
            if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Ok(Some(at));
                }
            } else if byte == open {
                depth += 1;
            }
        }
        Ok(None)
    }

    /// The same text as an earlier capture.
    fn again(&mut self, s: usize, digit: u8) -> Found<Option<usize>> {
        let nth = usize::from(digit).checked_sub(usize::from(b'1')).filter(|nth| *nth < self.level);
        let Some((start, Extent::Closed(end))) = nth.and_then(|nth| self.captures.get(nth)).copied() else {
            return Err(Trouble::Pattern("invalid capture index"));
        };
        // Comparing may take as long as the text: it is paid for before.
        self.pay((end - start) / 64)?;
        let wanted = self.text.get(start..end).unwrap_or_default();
        let is_there = self.text.get(s..).is_some_and(|rest| rest.starts_with(wanted));
        Ok(is_there.then_some(s + (end - start)))
    }

    /// Where the item of the pattern at `p` ends: one byte, a class or a set.
    fn item_end(&self, p: usize) -> Found<usize> {
        match self.pattern.get(p) {
            Some(b'%') => match self.pattern.get(p + 1) {
                Some(_) => Ok(p + 2),
                None => Err(Trouble::Pattern("malformed pattern (ends with '%')")),
            },
            Some(b'[') => {
                let mut at = p + 1;
                if self.pattern.get(at) == Some(&b'^') {
                    at += 1;
                }
                let first = at;
                loop {
                    match self.pattern.get(at) {
                        None => return Err(Trouble::Pattern("malformed pattern (missing ']')")),
                        Some(b']') if at > first => return Ok(at + 1),
                        Some(b'%') => at += 2,
                        Some(_) => at += 1,
                    }
                }
            }
            _ => Ok(p + 1),
        }
    }

    /// Whether the byte at `s` is one that the item from `p` to `end` stands for.
    fn single(&self, s: usize, p: usize, end: usize) -> bool {
        let Some(&byte) = self.text.get(s) else { return false };
        match self.pattern.get(p) {
            Some(b'.') => true,
            Some(b'%') => self.pattern.get(p + 1).is_some_and(|class| in_class(byte, *class)),
            Some(b'[') => self.in_set(byte, p, end),
            Some(&other) => other == byte,
            None => false,
        }
    }

    /// Whether a byte is in the set from `p`, its bracket, to `end`, one past the closing one.
    fn in_set(&self, byte: u8, p: usize, end: usize) -> bool {
        let mut at = p + 1;
        let negated = self.pattern.get(at) == Some(&b'^');
        at += usize::from(negated);
        let last = end - 1;
        while at < last {
            let item = self.pattern.get(at).copied().unwrap_or(0);
            let next = self.pattern.get(at + 1).copied();
            if item == b'%' {
                if next.is_some_and(|class| in_class(byte, class)) {
                    return !negated;
                }
                at += 2;
            } else if next == Some(b'-') && at + 2 < last {
                let high = self.pattern.get(at + 2).copied().unwrap_or(0);
                if (item..=high).contains(&byte) {
                    return !negated;
                }
                at += 3;
            } else {
                if item == byte {
                    return !negated;
                }
                at += 1;
            }
        }
        negated
    }
}

fn in_class(byte: u8, class: u8) -> bool {
    let is_in = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte.is_ascii_whitespace() || byte == 0x0b,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    is_in != class.is_ascii_uppercase()
}

/// Whether a pattern is plain text.
pub(super) fn is_plain(pattern: &[u8]) -> bool {
    !pattern.iter().any(|byte| b"^$*+?.([%-".contains(byte))
}
