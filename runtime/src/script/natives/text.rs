//! Natives of the string library.

use memchr::memmem;
use mlua::{IntoLua, Lua, LuaString, MultiValue, Result, Value};

use super::pattern::{Capture, Matcher, Trouble, is_plain};
use super::{Shared, stopped};

/// Pieces between two looks at the clock.
const PIECES: usize = 1024;

/// `(true, results..)`, which the library returns.
pub(super) fn results(values: impl IntoIterator<Item = Value>) -> MultiValue {
    std::iter::once(Value::Boolean(true)).chain(values).collect()
}

/// `(false, message)`, which the library raises where the script called.
fn refusal(lua: &Lua, message: &str) -> Result<MultiValue> {
    Ok([Value::Boolean(false), message.into_lua(lua)?].into_iter().collect())
}

pub(super) fn trouble(lua: &Lua, trouble: Trouble) -> Result<MultiValue> {
    match trouble {
        Trouble::Pattern(message) => refusal(lua, message),
        Trouble::Stopped => Err(stopped()),
    }
}

/// A position from 1, where negative ones count from the end, as a byte offset that may be one past the end; `None`
/// further on.
fn offset(init: f64, len: usize) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, reason = "positions beyond any text are cut to one")]
    let init = init as i64;
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let from = if init > 0 {
        init - 1
    } else if init == 0 {
        0
    } else {
        len.saturating_add(init).max(0)
    };
    usize::try_from(from).ok().filter(|_| from <= len)
}

#[expect(clippy::cast_precision_loss, reason = "texts are far shorter than 2^53 bytes")]
pub(super) fn position(at: usize) -> Value {
    Value::Number(at as f64)
}

fn push_captures(
    lua: &Lua,
    matcher: &Matcher<'_>,
    range: (usize, usize),
    count: usize,
    values: &mut Vec<Value>,
) -> Result<std::result::Result<(), Trouble>> {
    for nth in 0..count {
        match matcher.capture(nth, range) {
            Ok(Capture::Text(text)) => values.push(Value::String(lua.create_string(text)?)),
            Ok(Capture::Position(at)) => values.push(position(at)),
            Err(trouble) => return Ok(Err(trouble)),
        }
    }
    Ok(Ok(()))
}

/// What a search gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// The range and the captures there are.
    Range,
    /// The captures, or the whole match.
    Captures,
}

fn search(
    lua: &Lua,
    run: &Shared,
    (text, pattern): (&[u8], &[u8]),
    (from, anchors): (usize, bool),
    wanted: Wanted,
) -> Result<MultiValue> {
    let mut may_go_on = || run.lock().may_go_on();
    let mut matcher = Matcher::new(text, pattern, &mut may_go_on);
    let (start, end) = match matcher.search(from, anchors) {
        Ok(Some(range)) => range,
        Ok(None) => return Ok(results([Value::Nil])),
        Err(error) => return trouble(lua, error),
    };
    let mut values = Vec::new();
    let mut count = matcher.count();
    match wanted {
        Wanted::Range => values.extend([position(start + 1), position(end)]),
        Wanted::Captures => count = count.max(1),
    }
    match push_captures(lua, &matcher, (start, end), count, &mut values)? {
        Ok(()) => Ok(results(values)),
        Err(error) => trouble(lua, error),
    }
}

pub(super) fn find(
    lua: &Lua,
    run: &Shared,
    (text, pattern, init, plain): (LuaString, LuaString, f64, bool),
) -> Result<MultiValue> {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let Some(from) = offset(init, text.len()) else { return Ok(results([Value::Nil])) };
    if !plain && !is_plain(&pattern) {
        return search(lua, run, (&text, &pattern), (from, true), Wanted::Range);
    }
    Ok(match text.get(from..).and_then(|rest| memmem::find(rest, &pattern)) {
        Some(at) => results([position(from + at + 1), position(from + at + pattern.len())]),
        None => results([Value::Nil]),
    })
}

pub(super) fn match_once(
    lua: &Lua,
    run: &Shared,
    (text, pattern, init): (LuaString, LuaString, f64),
) -> Result<MultiValue> {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let Some(from) = offset(init, text.len()) else { return Ok(results([Value::Nil])) };
    search(lua, run, (&text, &pattern), (from, true), Wanted::Captures)
}

/// The next match of `gmatch` and `gsub`: its range and its captures.
pub(super) fn seek(
    lua: &Lua,
    run: &Shared,
    (text, pattern, init, anchors): (LuaString, LuaString, f64, bool),
) -> Result<MultiValue> {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let Some(from) = offset(init, text.len()) else { return Ok(results([Value::Nil])) };
    search(lua, run, (&text, &pattern), (from, anchors), Wanted::Range)
}

pub(super) fn split(
    lua: &Lua,
    run: &Shared,
    (text, separator): (LuaString, LuaString),
) -> Result<MultiValue> {
    let (text, separator) = (text.as_bytes(), separator.as_bytes());
    let finder = memmem::Finder::new(&*separator);
    let pieces = lua.create_table()?;
    let (mut start, mut count) = (0, 0_usize);
    loop {
        let rest = text.get(start..).unwrap_or_default();
        let end = if separator.is_empty() { (rest.len() > 1).then_some(1) } else { finder.find(rest) };
        let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        pieces.raw_push(lua.create_string(piece)?)?;
        count += 1;
        if count.is_multiple_of(PIECES) && !run.lock().may_go_on() {
            return Err(stopped());
        }
        match end {
            Some(end) => start += end + separator.len(),
            None => return Ok(results([Value::Table(pieces)])),
        }
    }
}
