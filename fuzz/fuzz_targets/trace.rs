//! Bytes -> events, whatever the format of the trace. A bad line is a problem, never the end.

#![no_main]

use std::io;

use libfuzzer_sys::fuzz_target;
use oracle_runtime::event::Event;
use oracle_runtime::trace::{Assumptions, Problem, SessionHeader, TraceSink, read};

/// Takes so many events and problems.
struct Count(usize);

impl Count {
    fn one(&mut self) -> io::Result<()> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::other("enough"))?;
        Ok(())
    }
}

impl TraceSink for Count {
    fn session(&mut self, _: SessionHeader) -> io::Result<()> {
        self.one()
    }
    fn event(&mut self, _: u64, event: Event) -> io::Result<()> {
        let _ = event.hook();
        self.one()
    }
    fn problem(&mut self, problem: Problem) -> io::Result<()> {
        assert!(!problem.message.is_empty(), "a problem without a word");
        self.one()
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        for line in text.lines() {
            let _ = Event::from_json_text(line);
        }
    }
    let assumptions = Assumptions {
        user: "local".into(),
        project: "default".into(),
        token_budget: 100_000,
        context_window: 200_000,
    };
    let _ = read(bytes, None, &assumptions, &mut Count(10_000));
});
