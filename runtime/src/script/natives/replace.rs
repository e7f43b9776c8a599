//! `gsub` with a replacement text.

use mlua::{Lua, LuaString, MultiValue, Result, Value};

use super::super::limits::TEXT_BYTES;
use super::Shared;
use super::pattern::{Capture, Matcher, Trouble};
use super::text::{position, results, trouble};

/// Bytes between two looks at the clock.
const BYTES: usize = 64 * 1024;

/// The text that is made, as far as memory and time go.
struct Output<'a> {
    run: &'a Shared,
    bytes: Vec<u8>,
    /// Bytes that there is memory for.
    room: usize,
    /// Length at the last look at the clock.
    looked: usize,
}

impl Output<'_> {
    fn add(&mut self, part: &[u8]) -> std::result::Result<(), Trouble> {
        let length = self.bytes.len() + part.len();
        if length > TEXT_BYTES {
            return Err(Trouble::Pattern("resulting string too large"));
        }
        if length > self.room {
            return Err(Trouble::Pattern("not enough memory"));
        }
        self.bytes.extend_from_slice(part);
        if length - self.looked > BYTES {
            self.looked = length;
            if !self.run.lock().may_go_on() {
                return Err(Trouble::Stopped);
            }
        }
        Ok(())
    }

    /// Adds the replacement of a match, in which `%1` is its first capture.
    fn add_replacement(
        &mut self,
        matcher: &Matcher<'_>,
        by: &[u8],
        range: (usize, usize),
    ) -> std::result::Result<(), Trouble> {
        let mut rest = by;
        while let Some(at) = memchr::memchr(b'%', rest) {
            let (plain, marked) = rest.split_at(at);
            self.add(plain)?;
            rest = marked.get(2..).unwrap_or_default();
            let capture = match marked.get(1) {
                Some(b'%') => Capture::Text(b"%"),
                Some(b'0') => Capture::Text(matcher.text(range)),
                Some(digit @ b'1'..=b'9') => matcher.capture(usize::from(digit - b'1'), range)?,
                _ => return Err(Trouble::Pattern("invalid use of '%' in replacement string")),
            };
            match capture {
                Capture::Text(text) => self.add(text)?,
                Capture::Position(at) => self.add(at.to_string().as_bytes())?,
            }
        }
        self.add(rest)
    }
}

pub(super) fn replace(
    lua: &Lua,
    run: &Shared,
    (text, pattern, by, most): (LuaString, LuaString, LuaString, f64),
) -> Result<MultiValue> {
    let (text, pattern, by) = (text.as_bytes(), pattern.as_bytes(), by.as_bytes());
    // While the text grows there may be two of it, and Lua gets its own in the end.
    let room = run.lock().room().saturating_sub(lua.used_memory()) / 4;
    let mut output = Output { run, bytes: Vec::new(), room, looked: 0 };
    match fill(&mut output, run, &text, &pattern, &by, most) {
        Ok(count) => Ok(results([Value::String(lua.create_string(&output.bytes)?), position(count)])),
        Err(error) => trouble(lua, error),
    }
}

/// Makes the new text; gives how often something was replaced.
fn fill(
    output: &mut Output<'_>,
    run: &Shared,
    text: &[u8],
    pattern: &[u8],
    by: &[u8],
    most: f64,
) -> std::result::Result<usize, Trouble> {
    let mut may_go_on = || run.lock().may_go_on();
    let mut matcher = Matcher::new(text, pattern, &mut may_go_on);
    let anchored = pattern.first() == Some(&b'^');
    let (mut at, mut copied, mut count) = (0, 0, 0_usize);
    #[expect(clippy::cast_precision_loss, reason = "texts are far shorter than 2^53 bytes")]
    while (count as f64) < most && at <= text.len() {
        let Some(range) = matcher.search(at, true)? else { break };
        output.add(text.get(copied..range.0).unwrap_or_default())?;
        output.add_replacement(&matcher, by, range)?;
        count += 1;
        copied = range.1;
        at = if range.1 == range.0 { range.0 + 1 } else { range.1 };
        if anchored {
            break;
        }
    }
    output.add(text.get(copied..).unwrap_or_default())?;
    Ok(count)
}
