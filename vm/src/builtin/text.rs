//! Methods of text that search and change it. Positions count code points.

use bumpalo::collections::{String as BumpString, Vec as BumpVec};

use super::Env;
use super::arg::{arg, items, text, times, window};
use crate::fault::Trouble;
use crate::limits;
use crate::value::{Value, ops, repr, unicode};

/// The receiver as text, and its length in code points.
fn receiver<'a>(name: &'static str, args: &[Value<'a>]) -> Result<(&'a str, usize), Trouble> {
    match arg(args, 0) {
        Value::Str(text, chars) => Ok((text, chars as usize)),
        other => Err(Trouble::NoAttribute(other.kind(), name.into())),
    }
}

pub(super) fn lower<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let (text, _) = receiver("lower", args)?;
    env.work.keep_text(&text.to_lowercase())
}

pub(super) fn upper<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let (text, _) = receiver("upper", args)?;
    env.work.keep_text(&text.to_uppercase())
}

pub(super) fn title<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let (text, _) = receiver("title", args)?;
    let mut out = String::with_capacity(text.len());
    unicode::title(text, &mut out);
    env.work.keep_text(&out)
}

fn every<'a>(
    env: &mut Env<'a, '_>,
    name: &'static str,
    args: &[Value<'a>],
    is: fn(char) -> bool,
) -> Result<Value<'a>, Trouble> {
    let (text, _) = receiver(name, args)?;
    env.work.spend_bytes(text.len())?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(is)))
}

pub(super) fn isdigit<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    every(env, "isdigit", args, unicode::is_digit)
}

pub(super) fn isalpha<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    every(env, "isalpha", args, unicode::is_alpha)
}

pub(super) fn strip<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    trim(env, "strip", args, true, true)
}

pub(super) fn lstrip<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    trim(env, "lstrip", args, true, false)
}

pub(super) fn rstrip<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    trim(env, "rstrip", args, false, true)
}

fn trim<'a>(
    env: &mut Env<'a, '_>,
    name: &'static str,
    args: &[Value<'a>],
    start: bool,
    end: bool,
) -> Result<Value<'a>, Trouble> {
    let (text, _) = receiver(name, args)?;
    env.work.spend_bytes(text.len())?;
    let mut set: Vec<char> = match arg(args, 1) {
        Value::None => Vec::new(),
        chars => super::arg::text(name, chars)?.chars().collect(),
    };
    env.work.spend_items(set.len())?;
    set.sort_unstable();
    let spaces = matches!(arg(args, 1), Value::None);
    let is_cut = |c: char| if spaces { unicode::is_space(c) } else { set.binary_search(&c).is_ok() };
    let mut part = text;
    if start {
        part = part.trim_start_matches(is_cut);
    }
    if end {
        part = part.trim_end_matches(is_cut);
    }
    Ok(Value::text(part))
}

/// The part of the receiver that `start` and `end` leave, and where it starts.
fn searched<'a>(
    env: &mut Env<'a, '_>,
    name: &'static str,
    args: &[Value<'a>],
) -> Result<Option<(&'a str, usize)>, Trouble> {
    let (text, chars) = receiver(name, args)?;
    env.work.spend_bytes(text.len())?;
    let Some((start, end)) = window(name, arg(args, 2), arg(args, 3), chars)? else { return Ok(None) };
    if start == 0 && end == chars {
        return Ok(Some((text, 0)));
    }
    let part = if text.len() == chars { text.get(start..end) } else { ops::clamp_range(text, start, end) };
    Ok(part.map(|part| (part, start)))
}

fn position<'a>(
    env: &mut Env<'a, '_>,
    name: &'static str,
    args: &[Value<'a>],
) -> Result<Option<i64>, Trouble> {
    let wanted = text(name, arg(args, 1))?;
    let Some((part, start)) = searched(env, name, args)? else { return Ok(None) };
    let Some(at) = part.find(wanted) else { return Ok(None) };
    let before = part.get(..at).unwrap_or_default().chars().count();
    Ok(i64::try_from(start + before).ok())
}

pub(super) fn find<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    Ok(Value::Int(position(env, "find", args)?.unwrap_or(-1)))
}

pub(super) fn index<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    receiver("index", args)?;
    let wanted = arg(args, 1);
    let found = position(env, "index", args)?;
    found.map(Value::Int).ok_or_else(|| Trouble::Value("found in the text", repr::brief(wanted)))
}

pub(super) fn count<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    receiver("count", args)?;
    let wanted = text("count", arg(args, 1))?;
    let Some((part, _)) = searched(env, "count", args)? else { return Ok(Value::Int(0)) };
    let count = if wanted.is_empty() { part.chars().count() + 1 } else { part.matches(wanted).count() };
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn startswith<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    affix(env, "startswith", args, |part, affix| part.starts_with(affix))
}

pub(super) fn endswith<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    affix(env, "endswith", args, |part, affix| part.ends_with(affix))
}

fn affix<'a>(
    env: &mut Env<'a, '_>,
    name: &'static str,
    args: &[Value<'a>],
    has: fn(&str, &str) -> bool,
) -> Result<Value<'a>, Trouble> {
    let (receiver, chars) = receiver(name, args)?;
    let whole = args.len() <= 2;
    let part = match whole {
        true => Some((receiver, chars)),
        false => searched(env, name, args)?,
    };
    let one = [arg(args, 1)];
    let affixes = match arg(args, 1) {
        Value::Tuple(several) => several,
        _ => one.as_slice(),
    };
    for wanted in affixes {
        let wanted = text(name, *wanted)?;
        env.work.spend_bytes(wanted.len())?;
        if part.is_some_and(|(part, _)| has(part, wanted)) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn replace<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let (subject, _) = receiver("replace", args)?;
    let (old, new) = (text("replace", arg(args, 1))?, text("replace", arg(args, 2))?);
    let most = match args.get(3) {
        Some(count) => usize::try_from(times("replace", *count)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    env.work.spend_bytes(subject.len())?;
    // An empty `old` is found before every code point and at the end.
    let found = subject.matches(old).take(most).count();
    if found == 0 {
        return Ok(arg(args, 0));
    }
    let bytes = subject.len().saturating_add(found.saturating_mul(new.len()));
    let bytes = bytes.saturating_sub(found.saturating_mul(old.len()));
    env.work.claim_text(bytes)?;
    let mut out = BumpString::with_capacity_in(bytes, env.work.arena);
    let mut copied = 0;
    for (at, _) in subject.match_indices(old).take(found) {
        out.push_str(subject.get(copied..at).unwrap_or_default());
        out.push_str(new);
        copied = at + old.len();
    }
    out.push_str(subject.get(copied..).unwrap_or_default());
    Ok(Value::text(out.into_bump_str()))
}

pub(super) fn join<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let (between, _) = receiver("join", args)?;
    let parts = items("join", arg(args, 1))?;
    env.work.spend_items(parts.len())?;
    let mut bytes = between.len().saturating_mul(parts.len().saturating_sub(1));
    for part in parts.iter() {
        bytes = bytes.saturating_add(text("join", part)?.len());
    }
    env.work.claim_text(bytes)?;
    let mut out = BumpString::with_capacity_in(bytes, env.work.arena);
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            out.push_str(between);
        }
        out.push_str(text("join", part)?);
    }
    Ok(Value::text(out.into_bump_str()))
}

/// Parts of a text, as many as a list may have.
struct Parts<'a> {
    parts: BumpVec<'a, Value<'a>>,
}

impl<'a> Parts<'a> {
    fn push(&mut self, part: &'a str) -> Result<(), Trouble> {
        if self.parts.len() >= limits::LIST_ITEMS {
            return Err(Trouble::Limit("elements of a list", limits::LIST_ITEMS as u64));
        }
        self.parts.push(Value::text(part));
        Ok(())
    }
}

pub(super) fn split<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let (subject, _) = receiver("split", args)?;
    let most = match args.get(2) {
        Some(most) => usize::try_from(times("split", *most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    env.work.claim_list(0)?;
    env.work.spend_bytes(subject.len())?;
    let mut parts = Parts { parts: BumpVec::new_in(env.work.arena) };
    match arg(args, 1) {
        Value::None => split_spaces(subject, most, &mut parts)?,
        separator => split_at(subject, text("split", separator)?, most, &mut parts)?,
    }
    env.work.spend_items(parts.parts.len())?;
    Ok(Value::List(parts.parts.into_bump_slice()))
}

fn split_spaces<'a>(subject: &'a str, most: usize, parts: &mut Parts<'a>) -> Result<(), Trouble> {
    let mut rest = subject.trim_start_matches(unicode::is_space);
    while !rest.is_empty() {
        let end = if parts.parts.len() < most { rest.find(unicode::is_space) } else { None };
        let (part, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, ""));
        parts.push(part)?;
        rest = after.trim_start_matches(unicode::is_space);
    }
    Ok(())
}

fn split_at<'a>(
    subject: &'a str,
    separator: &str,
    most: usize,
    parts: &mut Parts<'a>,
) -> Result<(), Trouble> {
    if separator.is_empty() {
        return Err(Trouble::Value("the separator of `split`", "''".into()));
    }
    for part in subject.splitn(most.saturating_add(1), separator) {
        parts.push(part)?;
    }
    Ok(())
}
