//! Applies the certain fixes of diagnostics to a text. Whoever calls it compiles the result again.

use super::{Diagnostic, Fix};
use crate::source::SourceId;

/// The text with the certain fixes for it, and how many were applied. Of fixes that overlap the first in the text
/// is taken; a second round finds the others.
pub fn apply(text: &str, source: SourceId, diagnostics: &[Diagnostic]) -> (String, usize) {
    let mut fixes: Vec<&Fix> = diagnostics
        .iter()
        .filter_map(|it| it.fix.as_ref())
        .filter(|it| it.certain && it.span.source == source)
        .collect();
    fixes.sort_by_key(|it| (it.span.start, it.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut applied = 0;
    let mut last: Option<&Fix> = None;
    for fix in fixes {
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let repeated = last.is_some_and(|it| it.span == fix.span);
        let Some(between) = text.get(at..start).filter(|_| !repeated && text.get(start..end).is_some())
        else {
            continue;
        };
        out.push_str(between);
        out.push_str(&fix.replacement);
        at = end;
        applied += 1;
        last = Some(fix);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, applied)
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Sink};
    use super::*;
    use crate::source::Span;

    #[test]
    fn certain_fixes_are_applied_once() {
        let id = SourceId(0);
        let mut sink = Sink::default();
        let span = |start, end| Span::new(id, start, end);
        sink.report(Code::UnexpectedToken, span(6, 8), "m").fix("f", span(6, 8), "or");
        sink.report(Code::UnexpectedToken, span(2, 3), "m").fix("f", span(2, 3), "==");
        sink.report(Code::UnexpectedToken, span(2, 3), "m").fix("f", span(2, 3), "==");
        sink.report(Code::UnexpectedToken, span(7, 9), "m").fix("f", span(7, 9), "overlaps");
        sink.report(Code::UnexpectedToken, span(0, 1), "m").suggest("s", span(0, 1), "b");
        sink.report(Code::UnexpectedToken, span(90, 91), "m").fix("f", span(90, 91), "outside");
        assert_eq!(apply("a = b || c", id, sink.diagnostics()), ("a == b or c".into(), 2));
    }
}
