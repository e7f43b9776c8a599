//! A replay for people: turn by turn, what happened, what fired, what the agent would have read.

use std::io::{self, Write};
use std::time::Duration;

use super::replay::{Step, View};
use super::summary::Summary;
use super::{Detail, text};
use crate::cli::console::{Look, Paint};
use crate::engine::{EventResult, RuleOutcome};
use crate::event::Event;
use crate::trace::SessionHeader;
use crate::trace::time::time_of_day;

/// Columns before what an event says: indent, time, label.
const INDENT: &str = "    ";
/// Columns of a time of day, or of the blank in its place.
const CLOCK: &str = "          ";

/// Prints as events come.
#[derive(Debug)]
pub(super) struct Timeline {
    detail: Detail,
    all: bool,
    paint: Paint,
    /// The session whose events were printed last.
    session: String,
    /// A header that is printed before the session's next event.
    header: Option<SessionHeader>,
}

impl View for Timeline {
    fn session(&mut self, header: &SessionHeader, _: &mut dyn Write) -> io::Result<()> {
        self.header = Some(header.clone());
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, out: &mut dyn Write) -> io::Result<()> {
        let eventful = !step.delivered.is_empty()
            || !step.logs.is_empty()
            || step.results.iter().any(|it| it.rules.iter().any(|rule| rule.fired || rule.error.is_some()));
        match self.detail {
            Detail::Summary => return Ok(()),
            Detail::Fired if !eventful => return Ok(()),
            Detail::Fired | Detail::All => {}
        }
        self.enter(step.event, out)?;
        self.event(step, out)?;
        for (at, result) in step.results.iter().enumerate() {
            if at > 0 {
                self.line(out, Look::Cyan, "emitted", &text::shorten(result.event.event_type.as_str(), 100))?;
            }
            self.rules(result, out)?;
        }
        for log in step.logs {
            let level = log.level.word();
            let message = text::shorten(&log.message, 500);
            self.line(out, Look::Dim, "log", &format!("[{level}] {message} ({})", log.rule_id))?;
        }
        for it in step.delivered {
            let message = text::shorten(&it.message, 500);
            let said = format!("[{}] {message} ({})", it.priority.word(), it.rule_id);
            self.line(out, Look::Bold, "reads", &said)?;
        }
        Ok(())
    }

    fn summary(&mut self, summary: &Summary, total: Duration, out: &mut dyn Write) -> io::Result<()> {
        if self.detail != Detail::Summary && summary.events > 0 {
            writeln!(out)?;
        }
        out.write_all(summary.text(total).as_bytes())
    }
}

impl Timeline {
    pub(super) fn new(detail: Detail, all: bool, paint: Paint) -> Timeline {
        Timeline { detail, all, paint, session: String::new(), header: None }
    }

    /// Says which session goes on from here.
    fn enter(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let id = event.session_id.as_str();
        if self.header.is_none() && self.session == id {
            return Ok(());
        }
        if !self.session.is_empty() {
            writeln!(out)?;
        }
        id.clone_into(&mut self.session);
        let who = format!("user {}, project {}", event.user_id.as_str(), event.project_id.as_str());
        let mut about = vec![text::shorten(&who, 100)];
        if let Some(header) = self.header.take_if(|it| it.id == id) {
            about.insert(0, format!("from {}", header.format.name()));
            if !header.detail.is_empty() {
                about.push(text::shorten(&header.detail, 100));
            }
        }
        let title = self.paint.show(Look::Bold, format!("session {}", text::shorten(id, 100)));
        writeln!(out, "{title}  {}", self.paint.show(Look::Dim, about.join(", ")))
    }

    /// The line of an event: a turn on its own, everything else below it.
    fn event(&self, step: &Step<'_>, out: &mut dyn Write) -> io::Result<()> {
        let event = step.event;
        let payload = &*event.payload;
        let joined =
            |parts: &[Option<String>]| parts.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        let name = || text::shorten(text::text_of(payload, "tool_name").unwrap_or("unknown"), 40);
        let (look, label, said) = match event.event_type.as_str() {
            "agent.turn.start" => return self.turn(event, step.turn, out),
            "agent.turn.end" => (Look::Dim, "turn end", String::new()),
            "query.start" => {
                (Look::Cyan, "query", text::quote(text::text_of(payload, "query").unwrap_or_default()))
            }
            "tool.call.pending" => (Look::Dim, "call", text::call(payload)),
            "tool.call.success" => {
                let said =
                    joined(&[Some(name()), text::duration(payload), text::size(payload.get("result"))]);
                (Look::Green, "ok", said)
            }
            "tool.call.failure" | "tool.call.timeout" => {
                let error = text::text_of(payload, "error").map(text::quote);
                let label =
                    if event.event_type.as_str() == "tool.call.timeout" { "timeout" } else { "failed" };
                (Look::Red, label, joined(&[Some(name()), text::duration(payload), error]))
            }
            "session.end" => {
                (Look::Dim, "end", text::shorten(text::text_of(payload, "reason").unwrap_or_default(), 100))
            }
            other => (Look::Cyan, "event", text::shorten(other, 100)),
        };
        let clock = clock(event);
        let label = self.paint.show(look, format!("{label:8}"));
        writeln!(out, "{}", format!("{INDENT}{}{label} {said}", self.paint.show(Look::Dim, clock)).trim_end())
    }

    fn turn(&self, event: &Event, number: Option<i64>, out: &mut dyn Write) -> io::Result<()> {
        let payload = &*event.payload;
        let number = number.map_or_else(|| "turn".to_owned(), |number| format!("turn {number}"));
        let tokens = text::share(payload, "token_usage", "tokens_used", "token_budget");
        let context = text::share(payload, "context_usage", "context_tokens", "context_window");
        let shares = [tokens.map(|it| format!("tokens {it}")), context.map(|it| format!("context {it}"))];
        let shares = shares.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let (number, shares) = (self.paint.show(Look::Bold, number), self.paint.show(Look::Dim, shares));
        writeln!(out, "  {}", format!("{number}  {shares}").trim_end())
    }

    fn rules(&self, result: &EventResult, out: &mut dyn Write) -> io::Result<()> {
        for rule in &result.rules {
            let (look, label, said) = outcome(rule);
            if self.all || label != "no" {
                self.line(out, look, label, &said)?;
            }
        }
        Ok(())
    }

    fn line(&self, out: &mut dyn Write, look: Look, label: &str, said: &str) -> io::Result<()> {
        let label = self.paint.show(look, format!("{label:8}"));
        writeln!(out, "{INDENT}{CLOCK}{label} {said}")
    }
}

/// What became of a rule: look, label, words.
fn outcome(rule: &RuleOutcome) -> (Look, &'static str, String) {
    let id = &rule.id;
    if let Some(error) = &rule.error {
        return (Look::Red, "error", format!("{id}: {}", text::shorten(&error.to_string(), 500)));
    }
    if rule.fired {
        let actions = rule.actions.iter().map(|it| it.word()).collect::<Vec<_>>().join(", ");
        return (Look::Yellow, "fired", format!("{id} ({actions})"));
    }
    match &rule.held {
        Some(reason) => (Look::Dim, "held", format!("{id} ({})", reason.name())),
        None if rule.matched => (Look::Dim, "matched", id.to_string()),
        None => (Look::Dim, "no", id.to_string()),
    }
}

/// The time of day of an event, or as many blanks.
fn clock(event: &Event) -> String {
    event.timestamp.map_or_else(|| CLOCK.to_owned(), |at| format!("{}  ", time_of_day(at)))
}
