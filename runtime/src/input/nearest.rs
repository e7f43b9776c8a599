//! "Did you mean": the nearest of some known names, or none when nothing is near.

/// The known name nearest to what was written, at most a third of its length (and at least one edit) away.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.chars().take(64).collect();
    let most = (written.len() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(&written, name), name))
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Edits from one text to the other: insertions, deletions, replacements.
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (at, wanted) in to.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, have) in row.iter_mut().skip(1).zip(from) {
            let replaced = diagonal + usize::from(!have.eq_ignore_ascii_case(&wanted));
            diagonal = *cell;
            *cell = replaced.min(diagonal + 1).min(left + 1);
            left = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_is_near_and_nothing_else() {
        let known = ["turn", "history", "result"];
        assert_eq!(nearest("trun", known), None);
        assert_eq!(nearest("turns", known), Some("turn"));
        assert_eq!(nearest("histroy", known), Some("history"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("turn", known), None);
    }
}
