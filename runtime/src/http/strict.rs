//! Whether JSON says one thing only.
//!
//! Readers of JSON differ in what they make of a key that is there twice, and of a number that fits into no type.
//! Such a body is refused before anything is made of it, with the place.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::limits::DEPTH;

/// Keys of an object that are compared one by one; beyond, they are hashed.
const FEW: usize = 16;

/// Checks a text: that it is JSON, that no object has a key twice, that it is not nested too deep and that its whole
/// numbers fit into 64 bits.
///
/// # Errors
/// What is wrong, with line and column.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut from = serde_json::Deserializer::from_str(text);
    Level(DEPTH).deserialize(&mut from).and_then(|()| from.end()).map_err(|error| error.to_string())?;
    match large_number(text) {
        Some(number) => Err(format!("the whole number {number} does not fit into 64 bits: write it as text")),
        None => Ok(()),
    }
}

/// A value with so many levels left below it.
#[derive(Clone, Copy)]
struct Level(usize);

impl<'de> DeserializeSeed<'de> for Level {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl Level {
    fn below<E: de::Error>(self) -> Result<Level, E> {
        let too_deep = || E::custom(format_args!("nested deeper than {DEPTH} levels"));
        self.0.checked_sub(1).map(Level).ok_or_else(too_deep)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while items.next_element_seed(below)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut keys = Keys::default();
        while let Some(key) = entries.next_key_seed(Key)? {
            if let Err(key) = keys.add(key) {
                return Err(de::Error::custom(format_args!("the key `{key}` is there twice")));
            }
            entries.next_value_seed(below)?;
        }
        Ok(())
    }
}

/// The keys of one object.
#[derive(Default)]
struct Keys<'de> {
    few: Vec<Cow<'de, str>>,
    many: HashSet<Cow<'de, str>>,
}

impl<'de> Keys<'de> {
    /// Adds a key; gives it back if it is there already.
    fn add(&mut self, key: Cow<'de, str>) -> Result<(), Cow<'de, str>> {
        if self.few.contains(&key) || self.many.contains(&key) {
            return Err(key);
        }
        if self.few.len() < FEW {
            self.few.push(key);
        } else {
            self.many.insert(key);
        }
        Ok(())
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Cow<'de, str>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// The first whole number of a JSON text that neither a signed nor an unsigned 64-bit integer can hold.
fn large_number(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find(|it: char| it == '"' || it == '-' || it.is_ascii_digit()) {
        let (_, found) = rest.split_at(at);
        if let Some(inside) = found.strip_prefix('"') {
            rest = after_string(inside);
            continue;
        }
        let is_part = |it: char| it.is_ascii_digit() || matches!(it, '-' | '+' | '.' | 'e' | 'E');
        let end = found.find(|it| !is_part(it)).unwrap_or(found.len());
        let (number, after) = found.split_at(end);
        let is_whole = !number.contains(['.', 'e', 'E']);
        if is_whole && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
            return Some(number);
        }
        rest = after;
    }
    None
}

/// What follows a string whose opening quote was read.
fn after_string(inside: &str) -> &str {
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return inside.get(at + 1..).unwrap_or(""),
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_json_passes() {
        for text in [
            "{}",
            r#"{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}], "c": "\"a\": 99999999999999999999"}"#,
            "[18446744073709551615, -9223372036854775808, 1e300, 0.1, -0]",
            " null ",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for (text, problem) in [
            (r#"{"a": 1, "a": 2}"#, "the key `a` is there twice"),
            (r#"{"a": 1, "\u0061": 2}"#, "the key `a` is there twice"),
            (r#"[{"x": {"b": 1, "b": 1}}]"#, "the key `b` is there twice"),
            ("[18446744073709551616]", "the whole number 18446744073709551616 does not fit"),
            ("-9223372036854775809", "the whole number -9223372036854775809 does not fit"),
            ("1e400", "number out of range"),
            ("{\"a\": 1", "EOF while parsing"),
            ("{} {}", "trailing characters"),
            ("", "EOF while parsing"),
        ] {
            let error = check(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
        let wide: Vec<String> = (0..40).map(|at| format!("\"k{at}\": 0")).collect();
        let error = check(&format!("{{{}, \"k39\": 1}}", wide.join(","))).unwrap_err();
        assert!(error.contains("`k39` is there twice"), "{error}");
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(DEPTH)), Ok(()));
        assert!(check(&nested(DEPTH + 1)).unwrap_err().contains("nested deeper than 64 levels"));
        assert!(check(&"[".repeat(1_000_000)).is_err());
    }
}
