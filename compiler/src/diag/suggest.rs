//! "Did you mean": the known name that is nearest to an unknown one, or none when none is near.

/// Longest name that is compared; nobody mistypes longer ones, and the comparison is quadratic.
const LONGEST: usize = 64;

/// The known name most like `name`: the same but for case and underscores, one or two typing errors away, or one
/// that it begins. The first wins among equals.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = fold(name);
    if plain.is_empty() || plain.len() > LONGEST {
        return None;
    }
    let cap = match plain.len() {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if candidate == name || candidate.len() > LONGEST {
            continue;
        }
        let Some(score) = score(&plain, &fold(candidate), cap) else { continue };
        if best.is_none_or(|(it, _)| score < it) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, it)| it)
}

/// A help line for [`nearest`]: "did you mean `x`?".
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, known).map(|it| format!("did you mean `{it}`?"))
}

/// How unlike two folded names are; smaller is nearer.
fn score(name: &[char], candidate: &[char], cap: usize) -> Option<usize> {
    if name == candidate {
        return Some(0);
    }
    if let Some(distance) = distance(name, candidate, cap) {
        return Some(distance);
    }
    let (short, long) = if name.len() < candidate.len() { (name, candidate) } else { (candidate, name) };
    let is_part = short.len() >= 4 && (long.starts_with(short) || long.ends_with(short));
    is_part.then_some(cap + 1)
}

/// Small letters without what separates words.
fn fold(name: &str) -> Vec<char> {
    name.chars().filter(|it| !matches!(it, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Typing errors between two words (insert, delete, replace, swap neighbours), or nothing when over `cap`.
fn distance(a: &[char], b: &[char], cap: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > cap {
        return None;
    }
    // Three rows of the table: the one before the last, the last and the one in work.
    let mut older: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(&last, j + 1) + 1).min(at(&row, j) + 1).min(at(&last, j) + usize::from(x != y));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&older, j - 1) + 1);
            }
            row.push(best);
        }
        older = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|it| *it <= cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 6] = ["token_usage", "number", "tool_name", "success", "total_tool_calls", "id"];

    #[test]
    fn typing_errors_are_mended() {
        assert_eq!(nearest("tokn_usage", FIELDS), Some("token_usage"));
        assert_eq!(nearest("nubmer", FIELDS), Some("number"), "swapped neighbours");
        assert_eq!(nearest("TokenUsage", FIELDS), Some("token_usage"), "case and underscores");
        assert_eq!(nearest("tool_calls", FIELDS), Some("total_tool_calls"), "an end of it");
        assert_eq!(nearest("succes", FIELDS), Some("success"));
    }

    #[test]
    fn far_names_suggest_nothing() {
        assert_eq!(nearest("banana", FIELDS), None);
        assert_eq!(nearest("x", FIELDS), None);
        assert_eq!(nearest("ip", FIELDS), None);
        assert_eq!(nearest(&"a".repeat(10_000), FIELDS), None);
        assert_eq!(nearest("", FIELDS), None);
    }
}
