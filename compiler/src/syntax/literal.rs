//! Reading numbers and texts as Python reads them.

use std::ops::Range;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A whole number that fits.
    Int(i64),
    /// 2^63: fits only behind a minus.
    MinMagnitude,
    /// A float.
    Float(f64),
}

/// Why a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// Over 64 bits.
    TooBig,
    /// `0123`
    LeadingZero,
    /// `1__0`, `1_`
    Underscore,
    /// `1j`
    Complex,
    /// `10L`, `5px`
    Suffix,
    /// `0x` without digits, `0b12`
    Digits,
}

/// Reads a number token.
pub(crate) fn number(text: &str) -> Result<Number, NumberError> {
    let plain = text.len() <= 18 && text.bytes().all(|it| it.is_ascii_digit());
    if plain && (!text.starts_with('0') || text.len() == 1) {
        return text.parse().map(Number::Int).map_err(|_| NumberError::TooBig);
    }
    let prefix = text.get(..2).map(str::to_ascii_lowercase);
    let radix = match prefix.as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => return decimal(text),
    };
    let digits = text.get(2..).unwrap_or_default();
    if digits.ends_with('_') || digits.contains("__") {
        return Err(NumberError::Underscore);
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || !digits.chars().all(|it| it.is_digit(radix)) {
        return Err(NumberError::Digits);
    }
    whole(u64::from_str_radix(&digits, radix).ok())
}

fn whole(value: Option<u64>) -> Result<Number, NumberError> {
    match value {
        Some(value) if value == 1 << 63 => Ok(Number::MinMagnitude),
        Some(value) => i64::try_from(value).map(Number::Int).map_err(|_| NumberError::TooBig),
        None => Err(NumberError::TooBig),
    }
}

fn decimal(text: &str) -> Result<Number, NumberError> {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('_') {
        let digit = |at: Option<usize>| at.and_then(|it| bytes.get(it)).is_some_and(u8::is_ascii_digit);
        if !digit(at.checked_sub(1)) || !digit(at.checked_add(1)) {
            return Err(match bytes.get(at + 1) {
                Some(it) if it.is_ascii_alphabetic() => NumberError::Suffix,
                _ => NumberError::Underscore,
            });
        }
    }
    let digits = text.replace('_', "");
    let is_float = digits.contains(['.', 'e', 'E']);
    if is_float && let Ok(value) = digits.parse::<f64>() {
        return Ok(Number::Float(value));
    }
    if let Some(last) = digits.strip_suffix(['j', 'J'])
        && last.parse::<f64>().is_ok()
    {
        return Err(NumberError::Complex);
    }
    if !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Err(NumberError::Suffix);
    }
    if digits.starts_with('0') && digits.bytes().any(|it| it != b'0') {
        return Err(NumberError::LeadingZero);
    }
    whole(digits.parse().ok())
}

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EscapeError {
    /// A letter that escapes nothing.
    Unknown,
    /// Too few or other digits than hexadecimal ones.
    Digits,
    /// Half of a surrogate pair, or over U+10FFFF.
    NoCharacter,
}

/// What a text token with its quotes reads, or the first wrong escape with its bytes in the token.
pub(crate) fn text(token: &str) -> Result<String, (EscapeError, Range<usize>)> {
    let body = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    if !body.contains('\\') {
        return Ok(body.to_owned());
    }
    let mut out = String::with_capacity(body.len());
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|it| !it.is_empty()) {
        let Some(escape) = rest.strip_prefix('\\') else {
            let plain = rest.find('\\').unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or_default());
            at += plain;
            continue;
        };
        let (character, len) = read_escape(escape).map_err(|(error, len)| (error, at + 1..at + 2 + len))?;
        out.push(character);
        at += 1 + len;
    }
    Ok(out)
}

/// The character of an escape without its backslash, and the bytes it takes.
fn read_escape(escape: &str) -> Result<(char, usize), (EscapeError, usize)> {
    let letter = escape.chars().next().unwrap_or('\\');
    let digits = match letter {
        'n' => return Ok(('\n', 1)),
        't' => return Ok(('\t', 1)),
        'r' => return Ok(('\r', 1)),
        '\\' | '\'' | '"' => return Ok((letter, 1)),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return Err((EscapeError::Unknown, letter.len_utf8())),
    };
    let written = escape.bytes().skip(1).take(digits).take_while(u8::is_ascii_hexdigit).count();
    if written < digits {
        return Err((EscapeError::Digits, 1 + written));
    }
    let value = escape.get(1..=digits).and_then(|it| u32::from_str_radix(it, 16).ok());
    let character = value.and_then(char::from_u32).ok_or((EscapeError::NoCharacter, 1 + digits))?;
    Ok((character, 1 + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_python() {
        assert_eq!(number("1_000"), Ok(Number::Int(1000)));
        assert_eq!(number("0xff"), Ok(Number::Int(255)));
        assert_eq!(number("0b1_0"), Ok(Number::Int(2)));
        assert_eq!(number("0x_ff"), Ok(Number::Int(255)));
        assert_eq!(number("00"), Ok(Number::Int(0)));
        assert_eq!(number("1e5"), Ok(Number::Float(1e5)));
        assert_eq!(number(".5"), Ok(Number::Float(0.5)));
        assert_eq!(number("5."), Ok(Number::Float(5.0)));
        assert_eq!(number("0123.5"), Ok(Number::Float(123.5)));
        assert_eq!(number("9223372036854775807"), Ok(Number::Int(i64::MAX)));
        assert_eq!(number("9223372036854775808"), Ok(Number::MinMagnitude));
    }

    #[test]
    fn wrong_numbers_say_why() {
        assert_eq!(number("0123"), Err(NumberError::LeadingZero));
        assert_eq!(number("1__0"), Err(NumberError::Underscore));
        assert_eq!(number("1_"), Err(NumberError::Underscore));
        assert_eq!(number("1j"), Err(NumberError::Complex));
        assert_eq!(number("1.5J"), Err(NumberError::Complex));
        assert_eq!(number("10L"), Err(NumberError::Suffix));
        assert_eq!(number("0x"), Err(NumberError::Digits));
        assert_eq!(number("0b12"), Err(NumberError::Digits));
        assert_eq!(number("9223372036854775809"), Err(NumberError::TooBig));
        assert_eq!(number("0xffff_ffff_ffff_ffff_f"), Err(NumberError::TooBig));
    }

    #[test]
    fn texts_are_unescaped() {
        assert_eq!(text(r#""a\n\t\r\\\'\"b""#), Ok("a\n\t\r\\'\"b".into()));
        assert_eq!(text(r"'\x41\u00e9\U0001F600'"), Ok("A\u{e9}\u{1F600}".into()));
        assert_eq!(text(r"'a\d'"), Err((EscapeError::Unknown, 2..4)));
        assert_eq!(text(r"'\u12'"), Err((EscapeError::Digits, 1..5)));
        assert_eq!(text(r"'\ud800'"), Err((EscapeError::NoCharacter, 1..7)));
        assert_eq!(text(r"'\U00110000'"), Err((EscapeError::NoCharacter, 1..11)));
    }
}
