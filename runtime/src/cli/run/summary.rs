//! What a replay amounts to.

use std::fmt::Write as _;
use std::time::Duration;

use oracle_vm::hook::{HOOKS, Hook};
use serde::Serialize;

use super::profile::Report;
use crate::cli::check::plural;
use crate::engine::EventResult;

/// Counts over a whole trace.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Summary {
    /// Events of the trace.
    pub(super) events: u64,
    /// Events that rules emitted.
    pub(super) emitted: u64,
    /// Events, of both sorts, that lead to no hook.
    pub(super) without_hook: u64,
    /// Sessions in the trace.
    pub(super) sessions: u64,
    /// Conditions evaluated.
    pub(super) evaluated: u64,
    /// Conditions that held.
    pub(super) matched: u64,
    /// Rules that fired.
    pub(super) fired: u64,
    /// Rules that a limit held back.
    pub(super) held: u64,
    /// Rules that failed.
    pub(super) failed: u64,
    /// Notifications that were queued.
    pub(super) notifications: u64,
    /// Notifications that the agent would have read.
    pub(super) delivered: u64,
    /// Lines of the trace that could not be read.
    pub(super) trace_errors: u64,
    /// Oddities of the trace.
    pub(super) trace_warnings: u64,
    /// By hook, in the order of the table of hooks; hooks that were never reached are left out.
    pub(super) hooks: Vec<HookSummary>,
    /// What the trace did not say and was derived instead.
    pub(super) derived: Vec<String>,
    /// Microseconds spent in the engine.
    pub(super) engine_us: f64,
    /// Microseconds from start to end.
    pub(super) total_us: f64,
    /// Where the time went, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<Report>,
}

/// The share of one hook.
#[derive(Clone, Debug, Serialize)]
pub(super) struct HookSummary {
    pub(super) hook: Hook,
    pub(super) events: u64,
    pub(super) evaluated: u64,
    pub(super) matched: u64,
    pub(super) fired: u64,
    pub(super) held: u64,
    pub(super) failed: u64,
    pub(super) time_us: f64,
}

impl Summary {
    /// Counts one result. `evaluated`: how many rules the hook has.
    pub(super) fn count(&mut self, result: &EventResult, evaluated: u64) {
        self.notifications = self.notifications.saturating_add(result.notifications.len() as u64);
        self.engine_us += result.time_us;
        let Some(hook) = result.hook else {
            self.without_hook = self.without_hook.saturating_add(1);
            return;
        };
        let [mut matched, mut fired, mut held, mut failed] = [0_u64; 4];
        for rule in &result.rules {
            matched += u64::from(rule.matched);
            fired += u64::from(rule.fired);
            held += u64::from(rule.held.is_some());
            failed += u64::from(rule.error.is_some());
        }
        self.evaluated = self.evaluated.saturating_add(evaluated);
        self.matched = self.matched.saturating_add(matched);
        self.fired = self.fired.saturating_add(fired);
        self.held = self.held.saturating_add(held);
        self.failed = self.failed.saturating_add(failed);
        let row = self.row(hook);
        row.events = row.events.saturating_add(1);
        row.evaluated = row.evaluated.saturating_add(evaluated);
        row.matched = row.matched.saturating_add(matched);
        row.fired = row.fired.saturating_add(fired);
        row.held = row.held.saturating_add(held);
        row.failed = row.failed.saturating_add(failed);
        row.time_us += result.time_us;
    }

    fn row(&mut self, hook: Hook) -> &mut HookSummary {
        let at = self.hooks.partition_point(|row| row.hook < hook);
        if self.hooks.get(at).is_none_or(|row| row.hook != hook) {
            let empty = HookSummary {
                hook,
                events: 0,
                evaluated: 0,
                matched: 0,
                fired: 0,
                held: 0,
                failed: 0,
                time_us: 0.0,
            };
            self.hooks.insert(at, empty);
        }
        #[expect(
            clippy::indexing_slicing,
            reason = "a row for the hook is at this place since the lines above"
        )]
        &mut self.hooks[at]
    }

    /// The summary for people.
    pub(super) fn text(&self, total: Duration) -> String {
        let mut out = String::new();
        let events = plural(self.events, "event");
        let sessions = plural(self.sessions, "session");
        let _ = writeln!(
            out,
            "{events} in {sessions}, {} ({} in the engine)",
            time(total),
            micros(self.engine_us)
        );
        let _ = writeln!(
            out,
            "{} evaluated, {} matched, {} fired, {} held back, {} failed; {}, {} read by the agent",
            plural(self.evaluated, "rule"),
            self.matched,
            self.fired,
            self.held,
            self.failed,
            plural(self.notifications, "notification"),
            self.delivered,
        );
        if self.emitted > 0 {
            let _ = writeln!(out, "{} emitted by rules", plural(self.emitted, "event"));
        }
        if self.trace_errors + self.trace_warnings > 0 {
            let (errors, warnings) =
                (plural(self.trace_errors, "error"), plural(self.trace_warnings, "warning"));
            let _ = writeln!(out, "in the trace: {errors}, {warnings}");
        }
        if !self.hooks.is_empty() {
            let width = HOOKS.iter().map(|row| row.name.len()).max().unwrap_or_default();
            let head = ["events", "evaluated", "matched", "fired", "held", "failed"];
            let _ = writeln!(
                out,
                "\n{:width$}  {}      time",
                "hook",
                head.map(|it| format!("{it:>11}")).join("")
            );
            for row in &self.hooks {
                let counts = [row.events, row.evaluated, row.matched, row.fired, row.held, row.failed];
                let counts = counts.map(|it| format!("{it:>11}")).join("");
                let _ = writeln!(out, "{:width$}  {counts}  {:>8}", row.hook.name(), micros(row.time_us));
            }
        }
        for line in &self.derived {
            let _ = writeln!(out, "note: {line}");
        }
        if let Some(profile) = &self.profile {
            out.push_str(&profile.text());
        }
        out
    }
}

/// A duration with three digits or so.
pub(super) fn time(duration: Duration) -> String {
    micros(duration.as_secs_f64() * 1e6)
}

pub(super) fn micros(micros: f64) -> String {
    match micros {
        it if it < 1e3 => format!("{it:.0} us"),
        it if it < 1e6 => format!("{:.1} ms", it / 1e3),
        it => format!("{:.2} s", it / 1e6),
    }
}
