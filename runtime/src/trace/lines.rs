//! Lines of a trace, one buffer for all of them.

use std::io::{self, BufRead, BufReader, Read};

/// Bytes of one line of a trace; a longer line is skipped and reported.
pub const LINE_BYTES: usize = 32 * 1024 * 1024;

/// The lines of an input, numbered from 1; blank ones are left out unless they are asked for.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
    limit: usize,
    blank: bool,
}

/// What is wrong with a line before anything is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineError {
    /// It is longer than the limit, in bytes.
    TooLong(usize),
    /// It is not UTF-8: the offending byte and its position in the line, from 1.
    NotUtf8(u8, usize),
    /// It has a NUL byte: no text file has.
    Binary,
}

impl LineError {
    /// The problem in words.
    pub fn message(&self) -> String {
        match self {
            LineError::TooLong(limit) => {
                format!("the line is longer than {} MiB and was skipped", limit / (1024 * 1024))
            }
            LineError::NotUtf8(byte, at) => format!("not UTF-8: byte 0x{byte:02x} at column {at}"),
            LineError::Binary => "this looks like a binary file: it has a NUL byte".to_owned(),
        }
    }
}

/// A line: its number and its text, or what is wrong with it.
pub type Line<'a> = (u64, Result<&'a str, LineError>);

impl<R: BufRead> Lines<R> {
    /// The lines of an input.
    pub fn new(input: R) -> Lines<R> {
        Lines::with_limit(input, LINE_BYTES)
    }

    /// The lines of an input with another limit on the bytes of one line.
    pub fn with_limit(input: R, limit: usize) -> Lines<R> {
        Lines { input, buffer: Vec::new(), number: 0, limit, blank: false }
    }

    /// The same lines with the blank ones.
    #[must_use]
    pub fn with_blank(self) -> Lines<R> {
        Lines { blank: true, ..self }
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// What the input says when it cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.buffer.clear();
            let Some(fits) = self.fill()? else { return Ok(None) };
            self.number += 1;
            if !fits {
                return Ok(Some((self.number, Err(LineError::TooLong(self.limit)))));
            }
            if self.blank || !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let bytes: &[u8] = self.buffer.trim_ascii();
        // A file that begins with a byte order mark is still a text file.
        let bytes =
            if self.number == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        let text = match std::str::from_utf8(bytes) {
            Ok(_) if has_nul(bytes) => Err(LineError::Binary),
            Ok(text) => Ok(text),
            Err(_) if has_nul(bytes) => Err(LineError::Binary),
            Err(error) => {
                let at = error.valid_up_to();
                Err(LineError::NotUtf8(bytes.get(at).copied().unwrap_or_default(), at.saturating_add(1)))
            }
        };
        Ok(Some((self.number, text)))
    }

    /// Fills the buffer up to the next newline. `Some(false)`: the line is over the limit and was skipped.
    fn fill(&mut self) -> io::Result<Option<bool>> {
        let most = u64::try_from(self.limit).unwrap_or(u64::MAX).saturating_add(1);
        let taken = self.input.by_ref().take(most).read_until(b'\n', &mut self.buffer)?;
        if taken == 0 {
            return Ok(None);
        }
        if taken <= self.limit || self.buffer.ends_with(b"\n") {
            return Ok(Some(true));
        }
        self.buffer = Vec::new();
        self.input.skip_until(b'\n')?;
        Ok(Some(false))
    }
}

impl<R: Read> Lines<BufReader<R>> {
    /// Whether the next line may have to be waited for.
    pub fn would_block(&self) -> bool {
        !self.input.buffer().contains(&b'\n')
    }
}

/// Looks at a block at a time, without a branch for each byte.
fn has_nul(bytes: &[u8]) -> bool {
    bytes.chunks(64).any(|block| block.iter().fold(false, |found, byte| found | (*byte == 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8], limit: usize) -> Vec<(u64, Result<String, LineError>)> {
        let mut lines = Lines::with_limit(input, limit);
        let mut out = Vec::new();
        while let Some((number, line)) = lines.next_line().unwrap() {
            out.push((number, line.map(str::to_owned)));
        }
        out
    }

    #[test]
    fn blank_lines_count_but_are_not_given() {
        let out = all(b"\xef\xbb\xbfa\n\n  \r\nb", 100);
        assert_eq!(out, [(1, Ok("a".to_owned())), (4, Ok("b".to_owned()))]);
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_one_is_read() {
        let out = all(b"aaaaaaaaaaaaaaaaaaaa\nbb\n", 8);
        assert_eq!(out, [(1, Err(LineError::TooLong(8))), (2, Ok("bb".to_owned()))]);
    }

    #[test]
    fn what_is_not_text_is_told_apart() {
        assert_eq!(all(b"ab\xff\n", 8), [(1, Err(LineError::NotUtf8(0xff, 3)))]);
        assert_eq!(all(b"ab\0\n", 8), [(1, Err(LineError::Binary))]);
        assert_eq!(all(b"\xff\0\n", 8), [(1, Err(LineError::Binary))]);
    }
}
