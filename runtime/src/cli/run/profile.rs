//! Where the time of a replay went: by hook and by rule.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use oracle_vm::hook::Hook;
use serde::Serialize;

use super::summary::micros;
use crate::cli::check::plural;
use crate::engine::EventResult;

/// Time and counts over a whole trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    rules: HashMap<Arc<str>, RuleProfile>,
    hooks: HashMap<Hook, HookProfile>,
}

/// The share of one rule.
#[derive(Clone, Debug, Serialize)]
struct RuleProfile {
    hook: Hook,
    rule: Arc<str>,
    /// Events at which the rule was asked.
    candidates: u64,
    /// Of these, how often its code ran; the index answered the others.
    evaluations: u64,
    matched: u64,
    fired: u64,
    errors: u64,
    total_us: f64,
    mean_us: f64,
}

/// The share of one hook: sessions, limits, actions and lookups included.
#[derive(Clone, Debug, Serialize)]
struct HookProfile {
    hook: Hook,
    events: u64,
    candidates: u64,
    evaluations: u64,
    total_us: f64,
    mean_us: f64,
}

/// A profile as it is shown: the slowest first.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    hooks: Vec<HookProfile>,
    rules: Vec<RuleProfile>,
    /// Rules asked, over all events.
    candidates: u64,
    /// How often code ran.
    evaluations: u64,
    /// The share of the rules asked that the index answered without running their code, from 0 to 1.
    skipped_by_index: f64,
}

impl Profile {
    /// Counts a result that lists all candidates.
    pub(super) fn count(&mut self, result: &EventResult) {
        let Some(hook) = result.hook else { return };
        let empty =
            HookProfile { hook, events: 0, candidates: 0, evaluations: 0, total_us: 0.0, mean_us: 0.0 };
        let row = self.hooks.entry(hook).or_insert(empty);
        row.events += 1;
        row.candidates += result.rules.len() as u64;
        row.evaluations += u64::from(result.evaluated);
        row.total_us += result.time_us;
        for rule in &result.rules {
            let row = self.rules.entry(Arc::clone(&rule.id)).or_insert_with(|| RuleProfile {
                hook,
                rule: Arc::clone(&rule.id),
                candidates: 0,
                evaluations: 0,
                matched: 0,
                fired: 0,
                errors: 0,
                total_us: 0.0,
                mean_us: 0.0,
            });
            row.candidates += 1;
            row.evaluations += u64::from(rule.ran);
            row.matched += u64::from(rule.matched);
            row.fired += u64::from(rule.fired);
            row.errors += u64::from(rule.error.is_some());
            row.total_us += rule.time_us;
        }
    }

    /// The rows in order, the means computed.
    pub(super) fn report(&self) -> Report {
        let mut hooks: Vec<HookProfile> = self.hooks.values().cloned().collect();
        let mut rules: Vec<RuleProfile> = self.rules.values().cloned().collect();
        hooks.iter_mut().for_each(|row| row.mean_us = mean(row.total_us, row.events));
        rules.iter_mut().for_each(|row| row.mean_us = mean(row.total_us, row.candidates));
        hooks.sort_by(|a, b| b.total_us.total_cmp(&a.total_us).then(a.hook.cmp(&b.hook)));
        rules.sort_by(|a, b| b.total_us.total_cmp(&a.total_us).then(a.rule.cmp(&b.rule)));
        let candidates: u64 = hooks.iter().map(|row| row.candidates).sum();
        let evaluations: u64 = hooks.iter().map(|row| row.evaluations).sum();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
        let skipped =
            if candidates == 0 { 0.0 } else { 1.0 - evaluations.min(candidates) as f64 / candidates as f64 };
        Report { hooks, rules, candidates, evaluations, skipped_by_index: skipped }
    }
}

impl Report {
    /// The tables for people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let width = self.rules.iter().map(|row| row.rule.chars().count()).max().unwrap_or_default().max(16);
        let _ = writeln!(
            out,
            "\n{:width$}  {:>10}  {:>11}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}",
            "profile", "asked", "evaluations", "matched", "fired", "errors", "total", "mean"
        );
        for row in &self.hooks {
            let (total, mean) = (micros(row.total_us), short(row.mean_us));
            let _ = writeln!(
                out,
                "{:width$}  {:>10}  {:>11}  {:>10}  {:>10}  {:>10}  {total:>10}  {mean:>10}",
                row.hook.name(),
                row.candidates,
                row.evaluations,
                "",
                "",
                ""
            );
        }
        for row in &self.rules {
            let (total, mean) = (micros(row.total_us), short(row.mean_us));
            let _ = writeln!(
                out,
                "{:width$}  {:>10}  {:>11}  {:>10}  {:>10}  {:>10}  {total:>10}  {mean:>10}",
                row.rule, row.candidates, row.evaluations, row.matched, row.fired, row.errors
            );
        }
        let _ = writeln!(
            out,
            "{} asked; the index answered for {:.1} % of them",
            plural(self.candidates, "rule"),
            self.skipped_by_index * 100.0
        );
        out
    }
}

#[expect(clippy::cast_precision_loss, reason = "a mean needs no more than 53 bits")]
fn mean(total: f64, count: u64) -> f64 {
    if count == 0 { 0.0 } else { total / count as f64 }
}

/// A mean: nanoseconds count.
fn short(us: f64) -> String {
    if us < 100.0 { format!("{us:.2} us") } else { micros(us) }
}
