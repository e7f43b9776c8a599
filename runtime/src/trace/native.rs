//! Our own events, one JSON object a line.

use std::io;

use super::read::json_problem;
use super::{Assumptions, Problem, TraceSink};
use crate::event::{Event, LineError, MAX_EVENT_BYTES, kinds};

/// One line: an event for the sink, or a problem. A type that is nearly a known one is a problem too: it runs no
/// rules, and surely was meant to.
pub(super) fn line(
    number: u64,
    text: &str,
    assumptions: &Assumptions,
    sink: &mut dyn TraceSink,
) -> io::Result<()> {
    let event = match read(text, assumptions) {
        Ok(event) => event,
        Err(problem) => return sink.problem(Problem { line: number, ..problem }),
    };
    if event.hook().is_none() {
        let event_type = event.event_type.as_str();
        if let Some(known) = kinds::suggest(event_type) {
            let problem = Problem::error(number, format!("unknown event type `{event_type}`"));
            sink.problem(problem.help(format!("did you mean `{known}`?")))?;
        }
    }
    sink.event(number, event)
}

fn read(text: &str, assumptions: &Assumptions) -> Result<Event, Problem> {
    if text.len() > MAX_EVENT_BYTES {
        let mib = MAX_EVENT_BYTES / (1024 * 1024);
        return Err(Problem::error(0, format!("an event may be {mib} MiB long, this one is longer")));
    }
    Event::from_line(text, &assumptions.user, &assumptions.project).map_err(|error| match error {
        LineError::Json(error) => json_problem(&error),
        LineError::Field(error) => Problem::error(0, error.to_string()),
    })
}
