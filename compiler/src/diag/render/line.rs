//! One source line as a terminal shows it: tabs widened, what could move the cursor or hide text made visible, and
//! long lines cut around the place that matters.

use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Columns of source text that are shown at most.
const WIDEST: usize = 120;
/// Columns shown before the place when the line is cut.
const BEFORE: usize = 30;

/// A line ready to print.
pub(super) struct Line {
    /// What to print.
    pub(super) text: String,
    /// For each character and for the end: its byte in the line and the column it is printed at.
    columns: Vec<(usize, usize)>,
}

impl Line {
    /// Lays out a line so that the bytes `focus` are shown.
    pub(super) fn new(line: &str, focus: &Range<usize>) -> Line {
        let mut cells: Vec<(usize, String, usize)> = Vec::new();
        for (at, character) in line.char_indices() {
            let shown = show(character);
            let width = width(&shown);
            cells.push((at, shown, width));
        }
        let total: usize = cells.iter().map(|it| it.2).sum();
        let from = match total > WIDEST {
            true => columns_before(&cells, focus.start).saturating_sub(BEFORE).min(total - WIDEST),
            false => 0,
        };
        let mut text = String::new();
        let mut columns = Vec::new();
        let (mut column, mut seen) = (0, 0);
        if from > 0 {
            text.push_str("...");
            column = 3;
        }
        let mut cut = false;
        for (at, shown, width) in cells {
            columns.push((at, column));
            let inside = seen >= from && seen + width <= from + WIDEST;
            cut |= seen + width > from + WIDEST;
            if inside {
                text.push_str(&shown);
                column += width;
            }
            seen += width;
        }
        if cut {
            text.push_str("...");
        }
        columns.push((line.len(), column));
        Line { text, columns }
    }

    /// The column a byte of the line is printed at, from 0.
    pub(super) fn column(&self, byte: usize) -> usize {
        let next = self.columns.partition_point(|(at, _)| *at < byte);
        let found = self.columns.get(next).or(self.columns.last());
        found.map_or(0, |it| it.1)
    }
}

fn columns_before(cells: &[(usize, String, usize)], byte: usize) -> usize {
    cells.iter().take_while(|it| it.0 < byte).map(|it| it.2).sum()
}

fn width(shown: &str) -> usize {
    shown.chars().map(|it| it.width().unwrap_or(0)).sum()
}

/// A character as it is printed.
fn show(character: char) -> String {
    match character {
        '\t' => "    ".to_owned(),
        it if is_hidden(it) => format!("\\u{{{:x}}}", it as u32),
        it => it.to_string(),
    }
}

/// Whether a terminal would act on the character, or show nothing for it.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Text of a message with everything visible; it may quote a hostile file.
pub(super) fn visible(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|it| if it == '\n' { "\\n".to_owned() } else { show(it) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_hidden_characters_take_their_room() {
        let line = Line::new("\ta\u{4e2d}e\u{301}\u{202e}z", &(0..1));
        assert_eq!(line.text, "    a\u{4e2d}e\u{301}\\u{202e}z");
        assert_eq!(line.column(1), 4);
        assert_eq!(line.column(2), 5);
        assert_eq!(line.column(5), 7);
        assert_eq!(line.column(8), 8);
        assert_eq!(line.column(11), 16);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let line = Line::new(&text, &(500..504));
        assert!(line.text.len() <= WIDEST + 6, "{}", line.text);
        let at = line.column(500);
        assert_eq!(line.text.get(at..at + 4), Some("HERE"));
    }
}
