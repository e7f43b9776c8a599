//! Pieces of a timeline.

use oracle_vm::value::{Data, Map};

use crate::input::json_from_data;

/// Characters of a text that a timeline shows.
const SHOWN: usize = 100;
/// Characters of one argument of a call.
const ARGUMENT: usize = 40;

/// A text on one line, cut to what fits, with everything that a terminal would act on made harmless.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut blank = false;
    for (at, c) in text.trim().chars().enumerate() {
        if at >= most {
            out.push_str("...");
            break;
        }
        if c.is_whitespace() || c.is_control() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) && !out.is_empty() {
            out.push(' ');
        }
        // Characters that reorder the text around them hide what is there.
        let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        out.push(if hides { '\u{fffd}' } else { c });
    }
    out
}

/// A text as a timeline quotes it.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", shorten(text, SHOWN))
}

/// A text of the payload.
pub(super) fn text_of<'a>(payload: &'a Map, key: &str) -> Option<&'a str> {
    match payload.get(key) {
        Some(Data::Str(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// A call as people write it: `grep(pattern="cart", path="src")`.
pub(super) fn call(payload: &Map) -> String {
    let name = shorten(text_of(payload, "tool_name").unwrap_or("unknown"), ARGUMENT);
    let Some(Data::Map(arguments)) = payload.get("arguments") else { return format!("{name}()") };
    let list: Vec<String> = arguments
        .iter()
        .map(|(key, value)| {
            let key = shorten(key.as_str(), ARGUMENT);
            format!("{key}={}", shorten(&json_from_data(value).to_string(), ARGUMENT))
        })
        .collect();
    format!("{name}({})", shorten(&list.join(", "), SHOWN))
}

/// What a call gave: `9 items`, `1204 characters`, or nothing where there is nothing.
pub(super) fn size(result: Option<&Data>) -> Option<String> {
    match result {
        None | Some(Data::None) => None,
        Some(Data::List(items)) => Some(crate::cli::check::plural(items.len() as u64, "item")),
        Some(Data::Str(text)) => Some(crate::cli::check::plural(u64::from(text.chars()), "character")),
        Some(_) => Some("an object".to_owned()),
    }
}

/// A duration in milliseconds: `310 ms`, `8.2 s`.
pub(super) fn duration(payload: &Map) -> Option<String> {
    match payload.get("duration_ms") {
        Some(Data::Float(ms)) if *ms >= 1_000.0 => Some(format!("{:.1} s", ms / 1_000.0)),
        Some(Data::Float(ms)) => Some(format!("{ms:.0} ms")),
        _ => None,
    }
}

/// The share of tokens: `41 %`.
pub(super) fn share(payload: &Map, share: &str, part: &str, whole: &str) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs no more than 53 bits")]
    let value = match (payload.get(share), payload.get(part), payload.get(whole)) {
        (Some(Data::Float(value)), ..) => *value,
        (_, Some(Data::Int(part)), Some(Data::Int(whole))) if *whole > 0 => *part as f64 / *whole as f64,
        _ => return None,
    };
    Some(format!("{:.0} %", value * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_one_line_and_harmless() {
        assert_eq!(shorten("  a\n\tb  c ", 20), "a b c");
        assert_eq!(shorten("abcdef", 3), "abc...");
        assert_eq!(shorten("a\u{1b}[31mb\u{202e}c", 20), "a [31mb\u{fffd}c");
        assert_eq!(shorten("", 3), "");
    }
}
