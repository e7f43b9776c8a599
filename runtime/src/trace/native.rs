//! Our own events, one JSON object a line.

use std::io;

use super::read::json_problem;
use super::{Problem, TraceSink};
use crate::event::{Event, MAX_EVENT_BYTES, kinds};

/// One line: an event for the sink, or a problem. A type that is nearly a known one is a problem too: it runs no
/// rules, and surely was meant to.
pub(super) fn line(number: u64, text: &str, sink: &mut dyn TraceSink) -> io::Result<()> {
    let event = match read(text) {
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

fn read(text: &str) -> Result<Event, Problem> {
    if text.len() > MAX_EVENT_BYTES {
        let mib = MAX_EVENT_BYTES / (1024 * 1024);
        return Err(Problem::error(0, format!("an event may be {mib} MiB long, this one is longer")));
    }
    let json = serde_json::from_str(text).map_err(|error| json_problem(&error))?;
    Event::from_json(&json).map_err(|error| Problem::error(0, error.to_string()))
}
