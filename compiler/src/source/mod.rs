//! Source texts and places in them: files by [`SourceId`], stretches of them as [`Span`], and the [`OffsetMap`]
//! from a condition's bytes to its file's bytes.

mod offset_map;

use std::sync::Arc;

pub use offset_map::OffsetMap;

/// A source text, by position in [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A stretch of a source text in bytes; line and column are looked up when somebody reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of a source.
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source, start: clamp(start), end: clamp(end) }
    }
    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One source text with the name that diagnostics show.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the operator gave it, or `<expression>`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// All source texts of one run of the compiler. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    sources: Vec<Arc<Source>>,
    /// Places of texts that were taken out: the next ones get them.
    free: Vec<SourceId>,
}

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let source = Arc::new(Source { name: name.into(), text: text.into() });
        if let Some(id) = self.free.pop()
            && let Some(place) = self.sources.get_mut(id.0 as usize)
        {
            *place = source;
            return id;
        }
        self.sources.push(source);
        SourceId(u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX))
    }
    /// Takes a text out; the next one that is added gets its id.
    pub fn remove(&mut self, id: SourceId) {
        if let Some(place) = self.sources.get_mut(id.0 as usize) {
            *place = Arc::new(Source { name: String::new(), text: String::new() });
            self.free.push(id);
        }
    }
    /// Adds the texts of another list; the ids of that list grow by what is returned.
    pub fn append(&mut self, other: Sources) -> u32 {
        let by = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        self.sources.extend(other.sources);
        by
    }
    /// The text with this id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize).map(|it| &**it)
    }
    /// The text with this id, to be kept longer than the list.
    pub fn share(&self, id: SourceId) -> Option<Arc<Source>> {
        self.sources.get(id.0 as usize).map(Arc::clone)
    }
}

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in code points, from 1.
    pub column: usize,
}

impl Source {
    /// The line and column of a byte; bytes past the end are at the end. A line ends with `\n`, `\r\n` or `\r`.
    pub fn place(&self, offset: u32) -> Place {
        let offset = floor_boundary(&self.text, offset as usize);
        let (mut line, mut line_start) = (1, 0);
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        for (at, byte) in before.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.text.as_bytes().get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                line += 1;
                line_start = at + 1;
            }
        }
        let column = self.text.get(line_start..offset).map_or(0, |it| it.chars().count()) + 1;
        Place { line, column }
    }

    /// The text of a line, counted from 1, without its line end; with the byte it begins at.
    pub fn line(&self, number: usize) -> Option<(usize, &str)> {
        let mut start = 0;
        for _ in 1..number {
            let rest = self.text.get(start..)?;
            let end = rest.find(['\n', '\r'])?;
            start += end + if rest.get(end..)?.starts_with("\r\n") { 2 } else { 1 };
        }
        let rest = self.text.get(start..)?;
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        Some((start, rest.get(..end)?))
    }

    /// The text of a span, or nothing when it does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// The last character boundary at or before the offset.
fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: u32) -> (usize, usize) {
        let place = Source { name: String::new(), text: text.into() }.place(offset);
        (place.line, place.column)
    }

    #[test]
    fn columns_are_code_points() {
        assert_eq!(place("a\u{e9}b", 3), (1, 3));
        assert_eq!(place("a\u{e9}b", 2), (1, 2), "inside a character is at its start");
        assert_eq!(place("\tx", 1), (1, 2));
        assert_eq!(place("ab", 99), (1, 3));
    }

    #[test]
    fn every_line_end_counts_once() {
        assert_eq!(place("a\r\nb\nc\rd", 3), (2, 1));
        assert_eq!(place("a\r\nb\nc\rd", 2), (1, 3));
        assert_eq!(place("a\r\nb\nc\rd", 7), (4, 1));
        let source = Source { name: String::new(), text: "a\r\nb\nc\rd".into() };
        assert_eq!(source.line(2), Some((3, "b")));
        assert_eq!(source.line(4), Some((7, "d")));
        assert_eq!(source.line(5), None);
    }
}
