//! Diagnostics for people: message, place, source lines with marks, and what to do.

use super::line::{Line, visible};
use crate::diag::{Diagnostic, Fix, Label, Severity};
use crate::source::{Source, Sources, Span};
use std::collections::BTreeMap;
use std::fmt::Write;

/// All diagnostics, each followed by a blank line; with colours for a terminal when `colour` is set.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let mut out = String::new();
    let paint = Paint { colour };
    for diagnostic in diagnostics {
        one(&mut out, diagnostic, sources, paint);
        out.push('\n');
    }
    out
}

/// The colours of the parts of a message.
#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn with(self, style: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
    fn frame(self, text: &str) -> String {
        self.with("1;34", text)
    }
    fn severity(self, severity: Severity, text: &str) -> String {
        self.with(if severity == Severity::Error { "1;31" } else { "1;33" }, text)
    }
}

/// A stretch of a line to mark.
struct Mark {
    start: usize,
    end: usize,
    primary: bool,
    text: String,
}

fn one(out: &mut String, diagnostic: &Diagnostic, sources: &Sources, paint: Paint) {
    let word = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    let head = paint.severity(diagnostic.severity, &format!("{word}[{}]", diagnostic.code.code()));
    let message = paint.with("1", &visible(&diagnostic.message));
    let _ = writeln!(out, "{head}: {message}");
    let gutter = gutter_width(diagnostic, sources);
    let mut groups: Vec<Vec<(&Label, bool)>> = vec![vec![(&diagnostic.primary, true)]];
    for label in &diagnostic.secondary {
        let same =
            groups.iter_mut().find(|it| it.first().is_some_and(|it| it.0.span.source == label.span.source));
        match same {
            Some(group) => group.push((label, false)),
            None => groups.push(vec![(label, false)]),
        }
    }
    for (at, group) in groups.iter().enumerate() {
        let Some((first, _)) = group.first() else { continue };
        let Some(source) = sources.get(first.span.source) else { continue };
        let place = source.place(first.span.start);
        let arrow = paint.frame(if at == 0 { "-->" } else { ":::" });
        let name = visible(&source.name);
        let _ = writeln!(out, "{:gutter$}{arrow} {name}:{}:{}", "", place.line, place.column);
        excerpt(out, source, group, diagnostic.severity, gutter, paint);
    }
    for help in &diagnostic.helps {
        let _ = writeln!(
            out,
            "{:gutter$} {} {}",
            "",
            paint.frame("="),
            paint.with("1", "help:") + " " + &visible(help)
        );
    }
    if let Some(fix) = &diagnostic.fix {
        show_fix(out, fix, sources, gutter, paint);
    }
}

/// Columns for the largest line number that is shown.
fn gutter_width(diagnostic: &Diagnostic, sources: &Sources) -> usize {
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    let lines = labels.filter_map(|it| {
        let source = sources.get(it.span.source)?;
        Some(source.place(it.span.end).line)
    });
    lines.max().unwrap_or(1).to_string().len()
}

fn excerpt(
    out: &mut String,
    source: &Source,
    labels: &[(&Label, bool)],
    severity: Severity,
    gutter: usize,
    paint: Paint,
) {
    let mut lines: BTreeMap<usize, Vec<Mark>> = BTreeMap::new();
    for (label, primary) in labels {
        mark(&mut lines, source, label, *primary);
    }
    let bar = paint.frame("|");
    let _ = writeln!(out, "{:gutter$} {bar}", "");
    let mut before: Option<usize> = None;
    for (number, marks) in &lines {
        if before.is_some_and(|it| it + 1 < *number) {
            let _ = writeln!(out, "{}", paint.frame("..."));
        }
        before = Some(*number);
        let Some((_, text)) = source.line(*number) else { continue };
        let focus = marks.iter().find(|it| it.primary).or(marks.first()).map_or(0..0, |it| it.start..it.end);
        let line = Line::new(text, &focus);
        let shown = format!("{} {bar} {}", paint.frame(&format!("{number:gutter$}")), line.text);
        let _ = writeln!(out, "{}", shown.trim_end());
        for mark in marks {
            let (start, end) = (line.column(mark.start), line.column(mark.end));
            let sign = if mark.primary { "^" } else { "-" };
            let shown =
                sign.repeat(end.saturating_sub(start).max(1)) + if mark.text.is_empty() { "" } else { " " };
            let shown = shown + &visible(&mark.text);
            let shown = match mark.primary {
                true => paint.severity(severity, &shown),
                false => paint.frame(&shown),
            };
            let _ = writeln!(out, "{:gutter$} {bar} {:start$}{shown}", "", "");
        }
    }
}

/// Adds what to mark for a label: its line, or the first and last of several.
fn mark(lines: &mut BTreeMap<usize, Vec<Mark>>, source: &Source, label: &Label, primary: bool) {
    let (first, last) = (source.place(label.span.start).line, source.place(label.span.end).line);
    for number in if first == last { vec![first] } else { vec![first, last] } {
        let Some((begin, text)) = source.line(number) else { continue };
        let inside = |at: u32| (at as usize).saturating_sub(begin).min(text.len());
        let start = if number == first { inside(label.span.start) } else { indent(text) };
        let end = if number == last { inside(label.span.end) } else { text.trim_end().len() };
        let text = if number == last { label.text.clone() } else { String::new() };
        let marks = lines.entry(number).or_default();
        marks.push(Mark { start, end: end.max(start), primary, text });
        marks.sort_by_key(|it| (!it.primary, it.start));
    }
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The fix: what it does and the line as it would read.
fn show_fix(out: &mut String, fix: &Fix, sources: &Sources, gutter: usize, paint: Paint) {
    let _ = writeln!(out, "{}: {}", paint.with("1;32", "help"), visible(&fix.title));
    let Some(source) = sources.get(fix.span.source) else { return };
    let Some((number, text, changed)) = mended_line(source, fix) else { return };
    let line = Line::new(&text, &changed);
    let bar = paint.frame("|");
    let (start, end) = (line.column(changed.start), line.column(changed.end));
    let _ = writeln!(out, "{:gutter$} {bar}", "");
    let shown = format!("{} {bar} {}", paint.frame(&format!("{number:gutter$}")), line.text);
    let _ = writeln!(out, "{}", shown.trim_end());
    if end > start {
        let signs = paint.with("32", &"+".repeat(end - start));
        let _ = writeln!(out, "{:gutter$} {bar} {:start$}{signs}", "", "");
    }
}

/// The line after the fix, with the bytes that are new. Nothing for changes over several lines.
fn mended_line(source: &Source, fix: &Fix) -> Option<(usize, String, std::ops::Range<usize>)> {
    let Span { start, end, .. } = fix.span;
    let number = source.place(start).line;
    if source.place(end).line != number || fix.replacement.contains(['\n', '\r']) {
        return None;
    }
    let (begin, text) = source.line(number)?;
    let (from, to) = ((start as usize).checked_sub(begin)?, (end as usize).checked_sub(begin)?);
    let text = format!("{}{}{}", text.get(..from)?, fix.replacement, text.get(to..)?);
    Some((number, text, from..from + fix.replacement.len()))
}
