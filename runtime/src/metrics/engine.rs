//! What happened to events, by hook.

use std::sync::atomic::{AtomicU64, Ordering};

use oracle_vm::hook::Hook;

use super::Histogram;
use crate::engine::EventResult;

/// What happened at one hook.
#[derive(Debug, Default)]
pub struct HookMetrics {
    /// How long its events took.
    pub time: Histogram,
    evaluated: AtomicU64,
    matched: AtomicU64,
    fired: AtomicU64,
    failed: AtomicU64,
    notified: AtomicU64,
}

impl HookMetrics {
    /// Conditions whose code ran.
    pub fn evaluated(&self) -> u64 {
        self.evaluated.load(Ordering::Relaxed)
    }

    /// Rules whose condition held.
    pub fn matched(&self) -> u64 {
        self.matched.load(Ordering::Relaxed)
    }

    /// Rules that fired.
    pub fn fired(&self) -> u64 {
        self.fired.load(Ordering::Relaxed)
    }

    /// Rules that failed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Notifications that were queued.
    pub fn notified(&self) -> u64 {
        self.notified.load(Ordering::Relaxed)
    }
}

/// What happened to events.
#[derive(Debug, Default)]
pub struct EngineMetrics {
    hooks: [HookMetrics; 7],
    /// Events that lead to no hook.
    others: AtomicU64,
}

impl EngineMetrics {
    /// Counts an event. One that no rule matched costs three atomic additions.
    #[inline]
    pub(crate) fn count(&self, result: &EventResult) {
        let Some(hook) = result.hook.and_then(|hook| self.hooks.get(hook as usize)) else {
            self.others.fetch_add(1, Ordering::Relaxed);
            return;
        };
        hook.time.add(result.time_us);
        if result.evaluated > 0 {
            hook.evaluated.fetch_add(u64::from(result.evaluated), Ordering::Relaxed);
        }
        if !result.rules.is_empty() {
            hook.count_rules(result);
        }
    }

    /// What happened at a hook.
    pub fn hook(&self, hook: Hook) -> Option<&HookMetrics> {
        self.hooks.get(hook as usize)
    }

    /// Events that led to no hook.
    pub fn others(&self) -> u64 {
        self.others.load(Ordering::Relaxed)
    }
}

impl HookMetrics {
    fn count_rules(&self, result: &EventResult) {
        let (mut matched, mut fired, mut failed) = (0, 0, 0);
        for rule in &result.rules {
            matched += u64::from(rule.matched);
            fired += u64::from(rule.fired);
            failed += u64::from(rule.error.is_some());
        }
        let notified = result.notifications.len() as u64;
        for (count, by) in [
            (&self.matched, matched),
            (&self.fired, fired),
            (&self.failed, failed),
            (&self.notified, notified),
        ] {
            if by > 0 {
                count.fetch_add(by, Ordering::Relaxed);
            }
        }
    }
}
