//! The replay: trace in, engine, counts, view.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use oracle_compiler::rule::DeliverAt;

use super::profile::Profile;
use super::summary::Summary;
use crate::action::{LogRecord, MemoryLog};
use crate::cli::console::{Console, Look};
use crate::cli::rules::Loaded;
use crate::cli::status::{CliError, Status};
use crate::engine::{Engine, EngineOptions, EventResult, Report, RuleOutcome};
use crate::event::Event;
use crate::notify::Notification;
use crate::session::SessionKey;
use crate::state::ExecutionLog;
use crate::trace::{Assumptions, Format, Problem, SessionHeader, TraceSink};

/// Sessions that the engine keeps in memory: traces interleave few, and memory must not grow with their number.
const SESSIONS: usize = 1_000;

/// One event and what became of it.
pub(super) struct Step<'a> {
    /// The event.
    pub(super) event: &'a Event,
    /// The turn that begins with it, where one does.
    pub(super) turn: Option<i64>,
    /// Its result, then those of the events that rules emitted.
    pub(super) results: &'a [EventResult],
    /// What the agent reads at this point, in the order in which it reads.
    pub(super) delivered: &'a [Notification],
    /// What rules logged.
    pub(super) logs: &'a [LogRecord],
}

/// Where a replay is shown.
pub(super) trait View {
    /// A derived session begins.
    fn session(&mut self, header: &SessionHeader, out: &mut dyn Write) -> io::Result<()>;
    /// An event was handled.
    fn step(&mut self, step: &Step<'_>, out: &mut dyn Write) -> io::Result<()>;
    /// The trace is over.
    fn summary(&mut self, summary: &Summary, total: Duration, out: &mut dyn Write) -> io::Result<()>;
}

/// What is shown beside what happens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// Every candidate, not only the rules that matched or failed.
    pub(super) all: bool,
    /// Where the time went.
    pub(super) profile: bool,
}

/// Hands events to the engine, one by one.
pub(super) struct Replay<'a> {
    name: String,
    engine: Engine,
    log: Arc<MemoryLog>,
    report: Report,
    /// Whether candidates that are not notable are shown.
    all: bool,
    profile: Option<Profile>,
    assumptions: &'a Assumptions,
    view: Box<dyn View>,
    console: &'a mut Console,
    summary: Summary,
    rule_counts: [u64; 7],
    /// Hashes of the sessions so far: eight bytes for each, however long it is.
    sessions: HashSet<u64>,
    hasher: RandomState,
    /// The session of the last event, and its hash.
    session: Option<(SessionKey, u64)>,
    /// Hashes of the sessions in which notifications were queued: there is nothing to read in the others.
    notified: HashSet<u64>,
    /// Room for the results of an event.
    results: Vec<EventResult>,
    began: Instant,
    derived: Option<(Format, bool)>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        name: String,
        loaded: Loaded,
        parts: EngineOptions,
        shown: Shown,
        assumptions: &'a Assumptions,
        view: Box<dyn View>,
        console: &'a mut Console,
    ) -> Replay<'a> {
        let log = Arc::new(MemoryLog::default());
        let rule_counts = loaded.enabled_by_hook();
        let options = EngineOptions {
            executions: parts
                .store
                .is_durable()
                .then(|| Arc::new(ExecutionLog::new(Arc::clone(&parts.store)))),
            log: Arc::clone(&log) as _,
            max_sessions: SESSIONS,
            ..parts
        };
        Replay {
            name,
            engine: Engine::new(loaded.rules, options),
            log,
            report: if shown.all || shown.profile { Report::All } else { Report::Notable },
            all: shown.all,
            profile: shown.profile.then(Profile::default),
            assumptions,
            view,
            console,
            summary: Summary::default(),
            rule_counts,
            sessions: HashSet::new(),
            hasher: RandomState::new(),
            session: None,
            notified: HashSet::new(),
            results: Vec::new(),
            began: Instant::now(),
            derived: None,
        }
    }

    /// The end of the trace.
    pub(super) fn finish(mut self) -> Result<Status, CliError> {
        let total = self.began.elapsed();
        self.summary.total_us = total.as_secs_f64() * 1e6;
        self.summary.sessions = self.sessions.len() as u64;
        self.summary.derived = self.derivations();
        self.summary.profile = self.profile.as_ref().map(Profile::report);
        self.view.summary(&self.summary, total, self.console.out())?;
        if let Some(log) = &self.engine.options().executions {
            log.flush();
            let dropped = log.dropped();
            if dropped > 0 {
                self.console.note(format_args!(
                    "{dropped} lines of the execution log were dropped: too many at once"
                ));
            }
        }
        Ok(Status::of(self.summary.trace_errors + self.summary.failed))
    }

    /// What was derived, in words.
    fn derivations(&self) -> Vec<String> {
        let Some((format, timed)) = self.derived else { return Vec::new() };
        let Assumptions { token_budget, context_window, .. } = self.assumptions;
        let times = if timed {
            "times are those of the trace".to_owned()
        } else {
            "the trace has no times: every message is taken to be a second after the one before".to_owned()
        };
        let recorded = if format == Format::ClaudeCode { " where the trace has no counts" } else { "" };
        vec![
            format!("events are derived from {}: a message of the model is a turn", format.name()),
            times,
            format!(
                "tokens are estimated as 4 characters each{recorded}, against a budget of {token_budget} and a \
                 window of {context_window}"
            ),
            "a tool result is a failure where it is marked as one or begins with `Error`".to_owned(),
        ]
    }

    /// Notes whose event it is; most follow one of the same session.
    fn enter(&mut self, event: &Event) {
        let same = |(key, _): &(SessionKey, u64)| {
            key.session == event.session_id && key.user == event.user_id && key.project == event.project_id
        };
        if !self.session.as_ref().is_some_and(same) {
            let key = SessionKey::of(event);
            let hash = self.hasher.hash_one(&key);
            self.sessions.insert(hash);
            self.session = Some((key, hash));
        }
    }

    /// What the agent would read after this event.
    fn deliver(&mut self, event: &Event, results: &[EventResult]) -> Vec<Notification> {
        let Some((key, hash)) = &self.session else { return Vec::new() };
        if results.iter().any(|result| !result.notifications.is_empty()) {
            self.notified.insert(*hash);
        } else if !self.notified.contains(hash) {
            return Vec::new();
        }
        let points: &[DeliverAt] = match event.event_type.as_str() {
            "agent.turn.start" => &[DeliverAt::Immediate, DeliverAt::TurnStart],
            "tool.call.success" | "tool.call.failure" | "tool.call.timeout" => {
                &[DeliverAt::Immediate, DeliverAt::AfterTool]
            }
            "agent.turn.end" => &[DeliverAt::Immediate, DeliverAt::TurnEnd],
            _ => &[DeliverAt::Immediate],
        };
        self.engine.drain_points(key, points)
    }
}

impl TraceSink for Replay<'_> {
    fn session(&mut self, header: SessionHeader) -> io::Result<()> {
        self.derived = Some((header.format, header.timed && self.derived.is_none_or(|(_, timed)| timed)));
        self.view.session(&header, self.console.out())
    }

    fn event(&mut self, _line: u64, event: Event) -> io::Result<()> {
        self.summary.events += 1;
        self.enter(&event);
        let mut results = std::mem::take(&mut self.results);
        results.clear();
        self.engine.handle_into(event.clone(), self.report, &mut results);
        for (at, result) in results.iter().enumerate() {
            self.summary.emitted += u64::from(at > 0);
            let evaluated = result.hook.and_then(|hook| self.rule_counts.get(hook as usize)).copied();
            self.summary.count(result, evaluated.unwrap_or_default());
        }
        if let Some(profile) = &mut self.profile {
            results.iter().for_each(|result| profile.count(result));
            if !self.all {
                let notable = |rule: &RuleOutcome| rule.matched || rule.error.is_some();
                results.iter_mut().for_each(|result| result.rules.retain(notable));
            }
        }
        let delivered = self.deliver(&event, &results);
        self.summary.delivered += delivered.len() as u64;
        let logs = self.log.take();
        let begins = event.event_type.as_str() == "agent.turn.start";
        let session = self.session.as_ref().filter(|_| begins);
        let turn = session.and_then(|(key, _)| self.engine.turn_number(key));
        let step = Step { event: &event, turn, results: &results, delivered: &delivered, logs: &logs };
        self.view.step(&step, self.console.out())?;
        self.results = results;
        let events = self.summary.events;
        if events.is_multiple_of(4_096) {
            self.console.progress(|| format!("{events} events"));
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> io::Result<()> {
        let Problem { line, error, message, help } = problem;
        let paint = self.console.paint_errors();
        let level = if error {
            self.summary.trace_errors += 1;
            paint.show(Look::Red, "error")
        } else {
            self.summary.trace_warnings += 1;
            paint.show(Look::Yellow, "warning")
        };
        let place = if line == 0 { self.name.clone() } else { format!("{}:{line}", self.name) };
        let help = help.map(|it| format!("; {it}")).unwrap_or_default();
        let text = format!("{place}: {level}: {message}{help}");
        // What was shown so far comes first where both streams end on the same terminal.
        self.console.out().flush()?;
        self.console.note(text);
        Ok(())
    }
}
