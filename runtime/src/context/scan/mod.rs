//! A scanner over JSON text that is asked for one value after the other, and passes over what nobody wants.
//!
//! It gives up (`None`) on whatever is not JSON or is not worth judging here; serde_json then reads the text from the
//! start and says what is wrong. What the scanner takes, serde_json takes too, and to the same value: numbers that need
//! more than a division and texts with escapes are handed to it as they stand.

mod key;
mod number;
mod special;

use oracle_vm::value::{Data, Map, Text};

pub(super) use key::{Key, Name};
use special::{all_plain, special};

/// Lists and objects inside each other that serde_json reads.
const DEPTH: usize = 127;
/// Entries that a map has room for when it is read.
const SMALL_MAP: usize = 4;

/// A place in a text, after which the scanner goes on.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Levels that may still be opened.
    room: usize,
}

/// A text as it stands between its quotes, or with them where something in it is escaped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Raw<'t> {
    /// What the text says.
    Plain(&'t str),
    /// JSON that serde_json reads.
    Escaped(&'t str),
}

impl Raw<'_> {
    /// The text.
    pub(super) fn text(self) -> Option<Text> {
        match self {
            Raw::Plain(text) => Some(Text::from(text)),
            Raw::Escaped(json) => serde_json::from_str(json).ok(),
        }
    }
}

impl<'t> Scanner<'t> {
    /// At the start of a text.
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, at: 0, room: DEPTH }
    }

    #[inline]
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The byte at this place; 0, which stands nowhere in JSON, at the end.
    #[inline]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let there = self.byte() == byte;
        self.at += usize::from(there);
        there
    }

    /// The first byte of what comes next.
    #[inline]
    pub(super) fn next(&mut self) -> u8 {
        loop {
            match self.byte() {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return byte,
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next() == byte).then(|| self.at += 1)
    }

    /// Nothing but space may follow.
    pub(super) fn end(&mut self) -> Option<()> {
        self.next();
        (self.at == self.text.len()).then_some(())
    }

    /// Enters a list or an object; whether there is something in it.
    #[inline]
    pub(super) fn open(&mut self, open: u8, close: u8) -> Option<bool> {
        self.expect(open)?;
        self.room = self.room.checked_sub(1)?;
        let empty = self.next() == close;
        if empty {
            self.leave();
        }
        Some(!empty)
    }

    /// After an entry: whether there is another.
    #[inline]
    pub(super) fn more(&mut self, close: u8) -> Option<bool> {
        match self.next() {
            b',' => {
                self.at += 1;
                Some(true)
            }
            byte if byte == close => {
                self.leave();
                Some(false)
            }
            _ => None,
        }
    }

    #[inline]
    fn leave(&mut self) {
        self.at += 1;
        self.room += 1;
    }

    /// A key, and the colon behind it.
    #[inline]
    pub(super) fn key(&mut self) -> Option<Key<'t>> {
        self.expect(b'"')?;
        let bytes = self.rest();
        let start = self.at;
        if self.plain()? != b'"' {
            return None;
        }
        let name = self.text.get(start..self.at)?;
        self.at += 1;
        self.expect(b':')?;
        Some(Key::new(name, bytes))
    }

    /// Whether this key comes next; passes over it, and the colon behind it, if so. May overlook it.
    #[inline]
    pub(super) fn starts_with(&mut self, name: &Name) -> bool {
        self.next();
        let found = name.starts(self.rest());
        self.at += found.unwrap_or(0);
        found.is_some()
    }

    /// A text.
    #[inline]
    pub(super) fn string(&mut self) -> Option<Raw<'t>> {
        self.expect(b'"')?;
        let start = self.at;
        Some(if self.string_end()? {
            Raw::Escaped(self.text.get(start.checked_sub(1)?..self.at)?)
        } else {
            Raw::Plain(self.text.get(start..self.at.checked_sub(1)?)?)
        })
    }

    /// Passes over the rest of a text and its quote; whether something in it is escaped.
    #[inline]
    fn string_end(&mut self) -> Option<bool> {
        let mut escaped = false;
        loop {
            match self.plain()? {
                b'"' => {
                    self.at += 1;
                    return Some(escaped);
                }
                b'\\' => {
                    self.escape()?;
                    escaped = true;
                }
                _ => return None,
            }
        }
    }

    /// Goes to the next byte of a text that does not stand for itself.
    #[inline]
    fn plain(&mut self) -> Option<u8> {
        // Most texts are keys and words.
        for _ in 0..2 {
            let Some(word) = self.rest().first_chunk() else { break };
            if let Some(at) = special(*word) {
                self.at += at;
                return word.get(at).copied();
            }
            self.at += word.len();
        }
        self.plain_long()
    }

    #[inline(never)]
    fn plain_long(&mut self) -> Option<u8> {
        let mut rest = self.rest();
        while let Some((bytes, below)) = rest.split_first_chunk()
            && all_plain(bytes)
        {
            rest = below;
        }
        while let Some((word, below)) = rest.split_first_chunk() {
            if let Some(at) = special(*word) {
                self.at = self.text.len().checked_sub(rest.len())? + at;
                return word.get(at).copied();
            }
            rest = below;
        }
        let at = rest.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'))?;
        self.at = self.text.len().checked_sub(rest.len())? + at;
        rest.get(at).copied()
    }

    /// An escape that stands for a character, or two that stand for one.
    fn escape(&mut self) -> Option<()> {
        self.at += 1;
        let byte = self.byte();
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => match self.hex()? {
                0xd800..0xdc00 => {
                    let pair = self.eat(b'\\') && self.eat(b'u');
                    (pair && matches!(self.hex()?, 0xdc00..0xe000)).then_some(())
                }
                0xdc00..0xe000 => None,
                _ => Some(()),
            },
            _ => None,
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().first_chunk::<4>()?;
        self.at += digits.len();
        digits.iter().try_fold(0, |code, byte| Some(code * 16 + char::from(*byte).to_digit(16)?))
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        let there = self.rest().starts_with(word.as_bytes());
        there.then(|| self.at += word.len())
    }

    /// Passes over a value.
    pub(super) fn pass(&mut self) -> Option<()> {
        match self.next() {
            b'"' => self.string_end_of_next().map(drop),
            b'{' => {
                let mut more = self.open(b'{', b'}')?;
                while more {
                    self.expect(b'"')?;
                    self.string_end()?;
                    self.expect(b':')?;
                    self.pass()?;
                    more = self.more(b'}')?;
                }
                Some(())
            }
            b'[' => {
                let mut more = self.open(b'[', b']')?;
                while more {
                    self.pass()?;
                    more = self.more(b']')?;
                }
                Some(())
            }
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.pass_number(),
        }
    }

    #[inline]
    fn string_end_of_next(&mut self) -> Option<bool> {
        self.at += 1;
        self.string_end()
    }

    /// Reads a value.
    pub(super) fn data(&mut self) -> Option<Data> {
        match self.next() {
            b'"' => self.string()?.text().map(Data::Str),
            b'{' => self.map().map(Data::map),
            b'[' => {
                let mut items = Vec::new();
                let mut more = self.open(b'[', b']')?;
                while more {
                    items.push(self.data()?);
                    more = self.more(b']')?;
                }
                Some(Data::list(items))
            }
            b't' => self.literal("true").map(|()| Data::Bool(true)),
            b'f' => self.literal("false").map(|()| Data::Bool(false)),
            b'n' => self.literal("null").map(|()| Data::None),
            _ => self.read_number(),
        }
    }

    fn map(&mut self) -> Option<Map> {
        let mut map = Map::default();
        let mut more = self.open(b'{', b'}')?;
        if more {
            map.reserve(SMALL_MAP);
        }
        while more {
            let key = self.string()?.text()?;
            self.expect(b':')?;
            map.insert(key, self.data()?);
            more = self.more(b'}')?;
        }
        Some(map)
    }
}
