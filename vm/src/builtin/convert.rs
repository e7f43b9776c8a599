//! `int`, `float`, `str` and `bool`.

use super::Env;
use super::arg::{arg, whole};
use crate::fault::Trouble;
use crate::value::{Value, ops, repr, unicode};

/// 2^63: the first float beyond 64 bits.
const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;

/// A float cut to a whole number.
pub(crate) fn truncate<'a>(by: &'static str, x: f64) -> Result<Value<'a>, Trouble> {
    if x.is_nan() {
        return Err(Trouble::Value("a whole number", "nan".into()));
    }
    let whole = x.trunc();
    if !(-TOO_LARGE..TOO_LARGE).contains(&whole) {
        return Err(Trouble::Overflow(by));
    }
    Ok(Value::Int(whole as i64))
}

pub(super) fn int<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    if let Some(base) = args.get(1) {
        let base = whole("int", *base)?;
        return match arg(args, 0) {
            Value::Str(text, _) => parse_int(env, text, base),
            other => Err(Trouble::Operand("int with a base", other.kind())),
        };
    }
    match arg(args, 0) {
        Value::Bool(b) => Ok(Value::Int(b.into())),
        number @ (Value::Int(_) | Value::Big(_)) => Ok(number),
        Value::Float(x) => truncate("int", x),
        Value::Str(text, _) => parse_int(env, text, 10),
        other => Err(Trouble::Operand("int", other.kind())),
    }
}

fn parse_int<'a>(env: &mut Env<'a, '_>, text: &str, base: i64) -> Result<Value<'a>, Trouble> {
    env.work.spend_bytes(text.len())?;
    let not_a_number = || Trouble::Value("a whole number", repr::brief(Value::text(text)));
    let base = match u32::try_from(base) {
        Ok(base @ (0 | 2..=36)) => base,
        _ => return Err(Trouble::Value("the base of a number", base.to_string().into())),
    };
    let trimmed = text.trim_matches(unicode::is_number_space);
    let (negative, unsigned) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let (base, digits) = after_prefix(unsigned, base).ok_or_else(not_a_number)?;
    let mut total: Option<i128> = Some(0);
    let mut after_digit = false;
    for c in digits.chars() {
        if c == '_' {
            if !after_digit {
                return Err(not_a_number());
            }
            after_digit = false;
            continue;
        }
        let digit =
            unicode::decimal(c).map(u32::from).or_else(|| c.to_digit(36)).filter(|digit| *digit < base);
        let digit = digit.ok_or_else(not_a_number)?;
        after_digit = true;
        total = total.and_then(|total| total.checked_mul(base.into())?.checked_add(digit.into()));
    }
    if !after_digit {
        return Err(not_a_number());
    }
    let total = total.ok_or(Trouble::Overflow("int"))?;
    let total = if negative { -total } else { total };
    i64::try_from(total).map(Value::Int).map_err(|_| Trouble::Overflow("int"))
}

/// The base and the digits after a prefix such as `0x`, where the base allows one.
fn after_prefix(text: &str, base: u32) -> Option<(u32, &str)> {
    let prefixed = |letters: [char; 2]| {
        let rest = text.strip_prefix('0')?.strip_prefix(letters)?;
        // One underscore may stand between the prefix and the digits.
        Some(rest.strip_prefix('_').unwrap_or(rest))
    };
    for (letters, of) in [(['x', 'X'], 16), (['o', 'O'], 8), (['b', 'B'], 2)] {
        if (base == 0 || base == of)
            && let Some(rest) = prefixed(letters)
        {
            return Some((of, rest));
        }
    }
    if base == 0 {
        let zero = |c| unicode::decimal(c) == Some(0);
        // As in source code, a number with a leading zero is zero or a mistake.
        if text.starts_with(zero) && !text.chars().all(|c| zero(c) || c == '_') {
            return None;
        }
        return Some((10, text));
    }
    Some((base, text))
}

pub(super) fn float<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    match arg(args, 0) {
        Value::Bool(b) => Ok(Value::Float(f64::from(u8::from(b)))),
        Value::Int(i) => Ok(Value::Float(i as f64)),
        Value::Big(u) => Ok(Value::Float(u as f64)),
        number @ Value::Float(_) => Ok(number),
        Value::Str(text, _) => {
            env.work.spend_bytes(text.len())?;
            parse_float(text)
                .map(Value::Float)
                .ok_or_else(|| Trouble::Value("a float", repr::brief(Value::text(text))))
        }
        other => Err(Trouble::Operand("float", other.kind())),
    }
}

fn parse_float(text: &str) -> Option<f64> {
    let trimmed = text.trim_matches(unicode::is_number_space);
    let mut plain = String::with_capacity(trimmed.len());
    let mut before = None;
    let mut chars = trimmed.chars().peekable();
    while let Some(c) = chars.next() {
        let is_digit = |c: char| unicode::decimal(c).is_some();
        if c == '_' {
            if !(before.is_some_and(is_digit) && chars.peek().copied().is_some_and(is_digit)) {
                return None;
            }
        } else {
            match unicode::decimal(c) {
                Some(digit) => plain.push(char::from(b'0'.saturating_add(digit))),
                None => plain.push(c),
            }
        }
        before = Some(c);
    }
    plain.parse().ok()
}

pub(super) fn str<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    match arg(args, 0) {
        text @ Value::Str(..) => Ok(text),
        other => {
            let text = repr::str(other)?;
            env.work.keep_text(&text)
        }
    }
}

pub(super) fn bool<'a>(_: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    Ok(Value::Bool(ops::truth(arg(args, 0))))
}
