//! A loaded rule.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use oracle_compiler::rule::{Condition, LimitSpec, RuleSpec};
use oracle_vm::ids::ChunkId;
use oracle_vm::pack::RuleEntry;
use oracle_vm::verify::VerifiedPack;

use super::RuleOutcome;
use super::hooks::reads_state;
use super::inputs::defaults;
use crate::action::Actions;
use crate::metrics::{Histogram, HistogramCounts};
use crate::script::{Script, ScriptError};
use crate::template::Inputs;

/// A loaded rule.
#[derive(Debug)]
pub struct Rule {
    /// What its file says.
    pub spec: Arc<RuleSpec>,
    /// Qualified id.
    pub id: Arc<str>,
    pub(super) condition: Option<ChunkId>,
    pub(super) clear_when: Option<ChunkId>,
    /// Its script, where its condition is one.
    pub(super) script: Option<Result<Script, ScriptError>>,
    pub(super) actions: Arc<Actions>,
    /// Its plugin, by position in the rule set's list.
    pub(super) plugin: usize,
    /// Its params with their defaults.
    pub(super) params: Inputs,
    pub(super) is_limited: bool,
    /// Whether its limits have to see evaluations without a match.
    pub(super) is_watched: bool,
    /// Names its condition: what limits remember holds as long as it stays the same.
    pub(super) condition_mark: u64,
    /// Whether its code reads the state of its plugin.
    pub(super) reads_state: bool,
    /// Its place in the firing order of its hook.
    pub(super) rank: u32,
    /// Its place in the hook's program; beyond the end for a script.
    pub(super) at: u32,
    counts: Arc<Counts>,
}

/// What names a rule and its condition.
#[derive(Clone, Debug)]
pub(super) struct RuleMark {
    /// The qualified id.
    pub(super) id: Arc<str>,
    /// The condition.
    pub(super) condition: u64,
}

#[derive(Debug, Default)]
struct Counts {
    matched: AtomicU64,
    fired: AtomicU64,
    failed: AtomicU64,
    /// Made when there is a first time to count: most rules rarely match.
    time: OnceLock<Box<Histogram>>,
    /// Every run of its script.
    script: OnceLock<Box<Histogram>>,
}

/// How often a rule matched, fired and failed since the engine began; a reload does not begin anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// Evaluations at which its condition held.
    pub matched: u64,
    /// Firings.
    pub fired: u64,
    /// Evaluations or actions that failed.
    pub failed: u64,
}

impl Rule {
    /// A rule with its code. `known` is the rule of this id in the set before: what its file alone decides is taken
    /// over where the file is the same, and what was counted goes on.
    pub(super) fn new(
        spec: Arc<RuleSpec>,
        entry: &RuleEntry<'_>,
        plugin: usize,
        pack: &VerifiedPack,
        known: Option<&Rule>,
    ) -> Rule {
        let same = known.filter(|it| Arc::ptr_eq(&it.spec, &spec));
        let limits = &spec.limits;
        Rule {
            id: known.map_or_else(|| spec.id.as_str().into(), |it| Arc::clone(&it.id)),
            condition: entry.condition,
            clear_when: entry.clear_when,
            script: same.map_or_else(|| script(&spec), |it| it.script.clone()),
            actions: same
                .map_or_else(|| Arc::new(Actions::compile(&spec.actions)), |it| Arc::clone(&it.actions)),
            plugin,
            params: same.map_or_else(|| defaults(&spec.params), |it| it.params.clone()),
            is_limited: *limits != LimitSpec::default(),
            is_watched: limits.hold_turns.is_some() || limits.rising || limits.clear_when.is_some(),
            condition_mark: same.map_or_else(|| condition_mark(&spec), |it| it.condition_mark),
            reads_state: reads_state(pack, [entry.condition, entry.clear_when]),
            rank: u32::MAX,
            at: u32::MAX,
            counts: known.map(|it| Arc::clone(&it.counts)).unwrap_or_default(),
            spec,
        }
    }

    /// What names the rule and its condition.
    pub(super) fn mark(&self) -> RuleMark {
        RuleMark { id: Arc::clone(&self.id), condition: self.condition_mark }
    }

    /// What errors and printed lines call its script.
    pub(super) fn script_name(&self) -> &str {
        match &self.spec.condition {
            Condition::Script(script) => &script.path,
            Condition::Expression(_) => "",
        }
    }

    /// How often it matched, fired and failed.
    pub fn counts(&self) -> RuleCounts {
        RuleCounts {
            matched: self.counts.matched.load(Ordering::Relaxed),
            fired: self.counts.fired.load(Ordering::Relaxed),
            failed: self.counts.failed.load(Ordering::Relaxed),
        }
    }

    /// How long it took where it matched or failed; nothing before the first such time.
    pub fn time(&self) -> Option<HistogramCounts> {
        self.counts.time.get().map(|time| time.counts())
    }

    /// How long its script took, over all of its runs; nothing before the first.
    pub fn script_time(&self) -> Option<HistogramCounts> {
        self.counts.script.get().map(|time| time.counts())
    }

    /// Notes a run of its script.
    pub(super) fn count_script(&self, time_us: f64) {
        self.counts.script.get_or_init(Box::default).add(time_us);
    }

    pub(super) fn count(&self, outcome: &RuleOutcome) {
        let failed = outcome.error.is_some();
        if !outcome.matched && !failed {
            return;
        }
        self.counts.time.get_or_init(Box::default).add(outcome.time_us);
        for (happened, count) in [
            (outcome.matched, &self.counts.matched),
            (outcome.fired, &self.counts.fired),
            (failed, &self.counts.failed),
        ] {
            if happened {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Goes on counting where another version of the rule stopped.
    pub(super) fn carry_counts(&self, from: &Rule) {
        if Arc::ptr_eq(&self.counts, &from.counts) {
            return;
        }
        let before = from.counts();
        self.counts.matched.fetch_add(before.matched, Ordering::Relaxed);
        self.counts.fired.fetch_add(before.fired, Ordering::Relaxed);
        self.counts.failed.fetch_add(before.failed, Ordering::Relaxed);
        for (place, time) in [(&self.counts.time, from.time()), (&self.counts.script, from.script_time())] {
            if let Some(time) = time {
                place.get_or_init(Box::default).carry(&time);
            }
        }
    }
}

/// A number that stays the same as long as a rule's condition does, from one version to the next and on every
/// machine: it is stored.
fn condition_mark(spec: &RuleSpec) -> u64 {
    let text = match &spec.condition {
        Condition::Expression(text) => text.trim(),
        Condition::Script(script) => script.source.as_deref().unwrap_or(&script.path).trim(),
    };
    // FNV-1a.
    let bytes = spec.hook.name().bytes().chain([0]).chain(text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |mark, byte| (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Compiles the script of a rule. One that does not parse fails when the rule would run: the load reported it.
fn script(spec: &RuleSpec) -> Option<Result<Script, ScriptError>> {
    let Condition::Script(script) = &spec.condition else { return None };
    Some(match &script.source {
        Some(source) => Script::compile(&script.path, source),
        None => Err(ScriptError::Unread(script.path.clone())),
    })
}
