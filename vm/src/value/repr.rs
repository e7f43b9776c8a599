//! Text forms of values: what `str()` and `repr()` give in Python.

use std::fmt::Write;

use super::{Items, Map, Record, Value, unicode};
use crate::fault::Trouble;
use crate::limits;

/// Bytes of a value shown in a message.
const BRIEF_BYTES: usize = 60;

/// `str(value)`.
pub fn str(value: Value<'_>) -> Result<String, Trouble> {
    match value {
        Value::Str(text, _) => Ok(text.to_owned()),
        _ => repr(value),
    }
}

/// `repr(value)`; a record looks like a map of its fields.
pub fn repr(value: Value<'_>) -> Result<String, Trouble> {
    let mut out = Out { text: String::new(), limit: limits::TEXT_BYTES };
    out.value(value, limits::DATA_DEPTH)?;
    Ok(out.text)
}

/// The value for a message: its `repr`, cut short.
pub fn brief(value: Value<'_>) -> Box<str> {
    let mut out = Out { text: String::new(), limit: BRIEF_BYTES };
    match out.value(value, limits::DATA_DEPTH) {
        Ok(()) => out.text.into(),
        Err(_) => shortened(&out.text),
    }
}

/// A text for a message: cut after some 60 bytes.
pub fn shortened(text: &str) -> Box<str> {
    if text.len() <= BRIEF_BYTES {
        return text.into();
    }
    let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= BRIEF_BYTES).last().unwrap_or(0);
    format!("{}...", text.get(..cut).unwrap_or_default()).into()
}

struct Out {
    text: String,
    limit: usize,
}

impl Out {
    fn push(&mut self, text: &str) -> Result<(), Trouble> {
        self.text.push_str(text);
        if self.text.len() > self.limit {
            return Err(Trouble::Limit("bytes of a text", self.limit as u64));
        }
        Ok(())
    }

    fn value(&mut self, value: Value<'_>, depth: usize) -> Result<(), Trouble> {
        match value {
            Value::None => self.push("None"),
            Value::Bool(true) => self.push("True"),
            Value::Bool(false) => self.push("False"),
            Value::Int(i) => self.push(&i.to_string()),
            Value::Big(u) => self.push(&u.to_string()),
            Value::Float(x) => self.push(&float(x)),
            Value::Str(text, _) => self.quoted(text),
            Value::Data(items) => self.row("[", Items::Data(items), "]", depth),
            Value::List(items) => self.row("[", Items::Values(items), "]", depth),
            Value::Tuple([item]) => self.row("(", Items::Values(&[*item]), ",)", depth),
            Value::Tuple(items) => self.row("(", Items::Values(items), ")", depth),
            Value::Map(map) => self.map(map, depth),
            Value::Record(record) => self.record(record, depth),
        }
    }

    fn row(&mut self, open: &str, items: Items<'_>, close: &str, depth: usize) -> Result<(), Trouble> {
        let below = less(depth)?;
        self.push(open)?;
        for (nth, item) in items.iter().enumerate() {
            if nth > 0 {
                self.push(", ")?;
            }
            self.value(item, below)?;
        }
        self.push(close)
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), Trouble> {
        let entries = map.iter().map(|(key, value)| (key.as_str(), value.value()));
        self.entries(entries, depth)
    }

    fn record(&mut self, record: &Record, depth: usize) -> Result<(), Trouble> {
        let names = record.id.row().map(|row| row.fields).unwrap_or_default();
        self.entries(names.iter().zip(&record.fields).map(|(row, field)| (row.name, field.value())), depth)
    }

    fn entries<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a str, Value<'a>)>,
        depth: usize,
    ) -> Result<(), Trouble> {
        let below = less(depth)?;
        self.push("{")?;
        for (nth, (key, value)) in entries.enumerate() {
            if nth > 0 {
                self.push(", ")?;
            }
            self.quoted(key)?;
            self.push(": ")?;
            self.value(value, below)?;
        }
        self.push("}")
    }

    fn quoted(&mut self, text: &str) -> Result<(), Trouble> {
        let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
        self.text.push(quote);
        for c in text.chars() {
            match c {
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\\' => self.text.push_str("\\\\"),
                _ if c == quote => {
                    self.text.push('\\');
                    self.text.push(c);
                }
                _ if unicode::is_printable(c) => self.text.push(c),
                _ => escape(c, &mut self.text),
            }
            self.push("")?;
        }
        self.text.push(quote);
        self.push("")
    }
}

fn less(depth: usize) -> Result<usize, Trouble> {
    depth.checked_sub(1).ok_or(Trouble::Limit("levels of nested values", limits::DATA_DEPTH as u64))
}

fn escape(c: char, out: &mut String) {
    let code = u32::from(c);
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// A float with as few digits as tell it from every other.
pub fn float(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let shortest = even_digits(x, format!("{x:e}"));
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return plain(mantissa, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// Where two numbers with the fewest digits are equally near to `x`, the one whose last digit is even.
fn even_digits(x: f64, shortest: String) -> String {
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return shortest };
    let Some(last) = mantissa.bytes().last().filter(|digit| digit % 2 == 1) else { return shortest };
    let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let Some(kept) = mantissa.get(..mantissa.len().saturating_sub(1)) else { return shortest };
    let lower = format!("{kept}{}e{exponent}", char::from(last.saturating_sub(1)));
    if lower.parse() != Ok(x) {
        return shortest;
    }
    // The exact value, which has fewer than 800 digits: a tie goes on with a 5 and nothing else.
    let exact = format!("{x:.800e}");
    let digits = exact.split_once('e').map_or("", |(digits, _)| digits);
    let rest = digits.get(mantissa.len() + usize::from(places == 0)..).unwrap_or_default();
    let is_tie = rest.strip_prefix('5').is_some_and(|zeros| zeros.bytes().all(|digit| digit == b'0'));
    if is_tie && digits.starts_with(lower.get(..mantissa.len()).unwrap_or("?")) { lower } else { shortest }
}

/// The digits of a float as a plain number.
fn plain(mantissa: &str, exponent: i32) -> String {
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    let digits: String = digits.chars().filter(|c| *c != '.').collect();
    match usize::try_from(exponent) {
        Ok(exponent) if exponent + 1 < digits.len() => {
            let (whole, fraction) = digits.split_at_checked(exponent + 1).unwrap_or((&digits, "0"));
            format!("{sign}{whole}.{fraction}")
        }
        Ok(exponent) => format!("{sign}{digits:0<width$}.0", width = exponent + 1),
        Err(_) => {
            let zeros = "0".repeat((exponent.unsigned_abs() as usize).saturating_sub(1));
            format!("{sign}0.{zeros}{digits}")
        }
    }
}
