//! Properties and changes of characters, as Python 3.11 has them.

mod table;

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    let c = u32::from(c);
    ranges
        .binary_search_by(|(first, last)| {
            if *last < c {
                std::cmp::Ordering::Less
            } else if *first > c {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Whether `repr` shows the character as it is.
pub(crate) fn is_printable(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_control() } else { !within(table::NOT_PRINTABLE, c) }
}

/// Whether it is a letter.
pub(crate) fn is_alpha(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(table::ALPHA, c) }
}

/// Whether it is a digit.
pub(crate) fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(table::DIGIT, c) }
}

/// Whether it is a letter with a case.
fn is_cased(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(table::CASED, c) }
}

/// Whether it is white space: Unicode's, and the four separators of ASCII.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Whether it may stand around the digits of a number: white space without the separators of ASCII.
pub(crate) fn is_number_space(c: char) -> bool {
    is_space(c) && !('\u{1c}'..='\u{1f}').contains(&c)
}

/// The value of a decimal digit of any script.
pub(crate) fn decimal(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
    }
    let code = u32::from(c);
    let before = table::ZEROS.partition_point(|zero| *zero <= code);
    let zero = table::ZEROS.get(before.checked_sub(1)?)?;
    u8::try_from(code - zero).ok().filter(|digit| *digit < 10)
}

/// The text with each word's first letter in title case and the others lower.
pub(crate) fn title(text: &str, out: &mut String) {
    // Lowered as a whole, so that a sigma at the end of a word gets its own form.
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    let mut in_word = false;
    for c in text.chars() {
        let width = c.to_lowercase().map(char::len_utf8).sum();
        let (lowered, after) = rest.split_at_checked(width).unwrap_or((rest, ""));
        rest = after;
        if in_word {
            out.push_str(lowered);
        } else {
            push_title(c, out);
        }
        in_word = is_cased(c);
    }
}

fn push_title(c: char, out: &mut String) {
    match table::TITLE.binary_search_by(|(from, _)| from.cmp(&c)) {
        Ok(at) => out.push_str(table::TITLE.get(at).map_or("", |(_, to)| to)),
        Err(_) => out.extend(c.to_uppercase()),
    }
}
