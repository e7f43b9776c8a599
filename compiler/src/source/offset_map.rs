//! Where the bytes of a condition stand in its file. A condition in a TOML string may be written with escapes,
//! trimmed newlines and line continuations, so its bytes and the file's bytes differ.

use super::{SourceId, Span};

/// A stretch of the condition and the stretch of the file it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    /// First byte in the condition.
    at: usize,
    /// Bytes in the condition; never zero.
    len: usize,
    /// First byte in the file.
    file: usize,
    /// Bytes in the file. Equal lengths map byte by byte, others as a whole.
    file_len: usize,
}

/// Maps byte offsets of a condition to byte offsets of its file. Every offset maps to something inside the text
/// the map was made for, also offsets past the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    /// In order, without overlap. None: the condition is the file.
    segments: Option<Vec<Segment>>,
    /// Where the value's text ends in the file; offsets past the last segment go there.
    end: usize,
    /// How text must be written to stand in the file.
    style: Style,
}

/// How a condition is written in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Style {
    /// As it is.
    #[default]
    Plain,
    /// In a TOML string with escapes.
    Escaped,
    /// In a TOML string without escapes, which cannot hold its quote.
    Literal,
}

impl OffsetMap {
    /// The condition is the whole text, as with `<expression>`.
    pub fn identity() -> OffsetMap {
        OffsetMap::default()
    }

    /// The condition stands in the file as it is, `len` bytes from byte `base`.
    pub fn shifted(base: usize, len: usize) -> OffsetMap {
        let segments = match len {
            0 => Vec::new(),
            _ => vec![Segment { at: 0, len, file: base, file_len: len }],
        };
        OffsetMap { segments: Some(segments), end: base.saturating_add(len), style: Style::Plain }
    }

    /// The condition is the TOML string at bytes `start..end` of `file`, quotes included, which reads `decoded`.
    /// When the text at the place does not read so, every offset maps to the whole string.
    pub fn toml_string(file: &str, start: usize, end: usize, decoded: &str) -> OffsetMap {
        let end = end.min(file.len());
        let start = start.min(end);
        let raw = file.get(start..end).unwrap_or_default();
        let style = if raw.starts_with('"') { Style::Escaped } else { Style::Literal };
        let walked = if raw.len() >= 2 { Walk::new(raw, start).run(decoded, style) } else { None };
        walked.unwrap_or_else(|| {
            let whole = Segment { at: 0, len: decoded.len().max(1), file: start, file_len: raw.len() };
            OffsetMap { segments: Some(vec![whole]), end, style }
        })
    }

    /// The span in the file of the condition's bytes `start..end`.
    pub fn span(&self, source: SourceId, start: usize, end: usize) -> Span {
        let Some(segments) = &self.segments else {
            return Span::new(source, start, end.max(start));
        };
        let from = self.start_of(segments, start);
        let to = if end > start { self.end_of(segments, end) } else { from };
        Span::new(source, from, to.max(from))
    }

    /// The bytes of the condition that a span of the file was made from: the way back of [`OffsetMap::span`].
    pub fn back(&self, span: Span) -> (u32, u32) {
        let Some(segments) = &self.segments else { return (span.start, span.end) };
        let offset = |at: u32, end: bool| {
            let at = at as usize;
            let next = segments.partition_point(|it| if end { it.file < at } else { it.file <= at });
            let Some(it) = next.checked_sub(1).and_then(|before| segments.get(before)) else { return 0 };
            let inside = at.saturating_sub(it.file);
            let inside = match it.len == it.file_len {
                true => inside.min(it.len),
                false if end || inside >= it.file_len => it.len,
                false => 0,
            };
            u32::try_from(it.at + inside).unwrap_or(u32::MAX)
        };
        (offset(span.start, false), offset(span.end, true))
    }

    /// How a replacement in the condition is written in the file, or nothing when it cannot be.
    pub fn written(&self, text: &str) -> Option<String> {
        match self.style {
            Style::Plain => Some(text.to_owned()),
            Style::Escaped => Some(text.replace('\\', "\\\\").replace('"', "\\\"")),
            Style::Literal => (!text.contains('\'')).then(|| text.to_owned()),
        }
    }

    /// Where a span that begins at this offset begins in the file.
    fn start_of(&self, segments: &[Segment], offset: usize) -> usize {
        let next = segments.partition_point(|it| it.at <= offset);
        match next.checked_sub(1).and_then(|at| segments.get(at)) {
            Some(it) if offset < it.at + it.len => {
                let inside = if it.len == it.file_len { offset - it.at } else { 0 };
                it.file + inside
            }
            _ => self.end,
        }
    }

    /// Where a span that ends at this offset ends in the file.
    fn end_of(&self, segments: &[Segment], offset: usize) -> usize {
        let next = segments.partition_point(|it| it.at < offset);
        match next.checked_sub(1).and_then(|at| segments.get(at)) {
            Some(it) if offset <= it.at + it.len => {
                let inside = if it.len == it.file_len { offset - it.at } else { it.file_len };
                it.file + inside
            }
            _ => self.end,
        }
    }
}

/// A walk through the text of a TOML string that pairs it with what it reads.
struct Walk<'a> {
    body: &'a str,
    /// Where the body begins in the file.
    base: usize,
    /// Position in the body.
    at: usize,
    escapes: bool,
    multi_line: bool,
    segments: Vec<Segment>,
    /// Bytes of the condition so far.
    read: usize,
}

impl<'a> Walk<'a> {
    fn new(raw: &'a str, start: usize) -> Walk<'a> {
        let (quote, escapes, multi_line) = if raw.starts_with("\"\"\"") && raw.len() >= 6 {
            (3, true, true)
        } else if raw.starts_with("'''") && raw.len() >= 6 {
            (3, false, true)
        } else {
            (1, raw.starts_with('"'), false)
        };
        let body = raw.get(quote..raw.len().saturating_sub(quote)).unwrap_or_default();
        Walk { body, base: start + quote, at: 0, escapes, multi_line, segments: Vec::new(), read: 0 }
    }

    /// Nothing when the text does not read `decoded`.
    fn run(mut self, decoded: &str, style: Style) -> Option<OffsetMap> {
        if self.multi_line {
            self.at = newline_len(self.body);
        }
        while let Some(rest) = self.body.get(self.at..).filter(|it| !it.is_empty()) {
            let want = decoded.get(self.read..)?;
            if self.escapes && rest.starts_with('\\') {
                self.escape(rest, want)?;
            } else if rest.starts_with("\r\n") && want.starts_with('\n') {
                self.push(1, 2);
            } else {
                let first = rest.chars().next()?;
                if !want.starts_with(first) {
                    return None;
                }
                self.push(first.len_utf8(), first.len_utf8());
            }
        }
        let end = self.base + self.body.len();
        (self.read == decoded.len()).then_some(OffsetMap { segments: Some(self.segments), end, style })
    }

    fn escape(&mut self, rest: &str, want: &str) -> Option<()> {
        let letter = rest.chars().nth(1)?;
        let written = match letter {
            'u' => 6,
            'U' => 10,
            'x' => 4,
            ' ' | '\t' | '\r' | '\n' => {
                self.at += 1 + rest.get(1..)?.bytes().take_while(|it| b" \t\r\n".contains(it)).count();
                return Some(());
            }
            _ => 1 + letter.len_utf8(),
        };
        self.push(want.chars().next()?.len_utf8(), written.min(rest.len()));
        Some(())
    }

    fn push(&mut self, len: usize, file_len: usize) {
        let file = self.base + self.at;
        let at = self.read;
        self.at += file_len;
        self.read += len;
        if let Some(last) = self.segments.last_mut()
            && last.len == last.file_len
            && len == file_len
            && last.file + last.file_len == file
        {
            last.len += len;
            last.file_len += file_len;
            return;
        }
        self.segments.push(Segment { at, len, file, file_len });
    }
}

fn newline_len(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file text that stands behind `part` of the condition.
    fn behind<'a>(file: &'a str, decoded: &str, part: &str) -> &'a str {
        let start = file.find(['"', '\'']).unwrap();
        let end = file.rfind(['"', '\'']).unwrap() + 1;
        let map = OffsetMap::toml_string(file, start, end, decoded);
        let at = decoded.find(part).unwrap();
        let span = map.span(SourceId(0), at, at + part.len());
        &file[span.start as usize..span.end as usize]
    }

    #[test]
    fn plain_strings_shift() {
        assert_eq!(behind("if = 'a == \"x\"'", "a == \"x\"", "\"x\""), "\"x\"");
        assert_eq!(behind("if = \"a == 1\"", "a == 1", "== 1"), "== 1");
    }

    #[test]
    fn escapes_map_as_a_whole() {
        let file = r#"if = "a == \"x\" and \u00e9 or b""#;
        let decoded = "a == \"x\" and \u{e9} or b";
        assert_eq!(behind(file, decoded, "\"x\""), r#"\"x\""#);
        assert_eq!(behind(file, decoded, "\u{e9}"), r"\u00e9");
        assert_eq!(behind(file, decoded, "or b"), "or b");
        assert_eq!(behind(r#"k = "\t\e\x41\U00000042z""#, "\t\u{1b}ABz", "AB"), r"\x41\U00000042");
    }

    #[test]
    fn multi_line_strings_trim_and_continue() {
        assert_eq!(behind("k = '''\r\na and\r\nb'''", "a and\r\nb", "b"), "b");
        assert_eq!(behind("k = '''\r\na and\r\nb'''", "a and\nb", "b"), "b");
        assert_eq!(behind("k = \"\"\"\na and \\\n   b\"\"\"", "a and b", "b"), "b");
        assert_eq!(behind("k = \"\"\"\na and \\\n   b\"\"\"", "a and b", "and "), "and ");
    }

    #[test]
    fn offsets_past_the_end_stay_inside() {
        let map = OffsetMap::toml_string("k = 'ab'", 4, 8, "ab");
        assert_eq!(map.span(SourceId(0), 9, 99), Span::new(SourceId(0), 7, 7));
        let empty = OffsetMap::toml_string("k = ''", 4, 6, "");
        assert_eq!(empty.span(SourceId(0), 0, 0), Span::new(SourceId(0), 5, 5));
        let wrong = OffsetMap::toml_string("k = 'ab'", 4, 8, "other");
        assert_eq!(wrong.span(SourceId(0), 1, 2), Span::new(SourceId(0), 4, 8));
    }
}
