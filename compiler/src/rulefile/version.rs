//! Semantic versions, as far as they need to be checked.

/// Whether the text is a semantic version such as `1.0.0`, `2.1.0-beta.1` or `1.0.0+build.5`.
pub(super) fn is_semantic(text: &str) -> bool {
    let (rest, build) = match text.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (text, None),
    };
    let (core, pre) = match rest.split_once('-') {
        Some((core, pre)) => (core, Some(pre)),
        None => (rest, None),
    };
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.len() == 3
        && numbers.iter().all(|it| is_number(it))
        && pre.is_none_or(|it| {
            it.split('.').all(|part| is_word(part) && (!all_digits(part) || is_number(part)))
        })
        && build.is_none_or(|it| it.split('.').all(is_word))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 19 && all_digits(text) && (text == "0" || !text.starts_with('0'))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

/// The nearest semantic version: missing numbers are zeros.
pub(super) fn nearest(text: &str) -> Option<String> {
    let short = text.trim().trim_start_matches(['v', 'V']);
    ["", ".0", ".0.0"].iter().map(|tail| format!("{short}{tail}")).find(|it| is_semantic(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers_with_optional_tails() {
        for good in ["1.0.0", "0.0.1", "10.20.30", "1.0.0-alpha.1", "1.0.0-0a", "1.0.0+build.01", "1.0.0--"] {
            assert!(is_semantic(good), "{good}");
        }
        for bad in [
            "", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.-1", "a.b.c", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0\n",
        ] {
            assert!(!is_semantic(bad), "{bad:?}");
        }
    }

    #[test]
    fn short_versions_are_completed() {
        assert_eq!(nearest("1.0").as_deref(), Some("1.0.0"));
        assert_eq!(nearest("v2").as_deref(), Some("2.0.0"));
        assert_eq!(nearest("newest"), None);
    }
}
