//! A replay for programs: the result of each event, one JSON object a line.

use std::io::{self, Write};

use super::Detail;
use super::replay::{Step, View};
use super::summary::Summary;
use crate::trace::SessionHeader;

/// Writes results as they come.
#[derive(Debug)]
pub(super) struct Lines {
    detail: Detail,
}

impl Lines {
    pub(super) fn new(detail: Detail) -> Lines {
        Lines { detail }
    }
}

impl View for Lines {
    fn session(&mut self, _: &SessionHeader, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, out: &mut dyn Write) -> io::Result<()> {
        for result in step.results {
            let shown = match self.detail {
                Detail::All => true,
                Detail::Fired => result.rules.iter().any(|rule| rule.fired || rule.error.is_some()),
                Detail::Summary => false,
            };
            if shown {
                serde_json::to_writer(&mut *out, result)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    fn summary(&mut self, summary: &Summary, _: std::time::Duration, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &serde_json::json!({ "summary": summary }))?;
        out.write_all(b"\n")
    }
}
