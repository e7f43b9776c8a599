//! Loaded rules, ready to run.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use oracle_compiler::rule::{LimitSpec, ParamSpec, RuleSpec};
use oracle_vm::hook::{HOOKS, Hook};
use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::index::HookProgram;
use oracle_vm::pack::Pack;
use oracle_vm::value::{Data, Text};
use oracle_vm::verify::{VerifiedPack, VerifyError, verify};

use super::RuleOutcome;
use super::hooks::{HookRules, reads_state};
use super::inputs::defaults;
use crate::action::CompiledAction;
use crate::metrics::{Histogram, HistogramCounts};
use crate::state::NO_PLUGIN;
use crate::template::{Inputs, TemplateSet};

/// A loaded rule.
#[derive(Debug)]
pub struct Rule {
    /// What its file says.
    pub spec: RuleSpec,
    /// Qualified id.
    pub id: Arc<str>,
    pub(super) condition: Option<ChunkId>,
    pub(super) clear_when: Option<ChunkId>,
    pub(super) actions: Vec<CompiledAction>,
    /// Its plugin, by position in the rule set's list.
    pub(super) plugin: usize,
    /// Its params with their defaults.
    pub(super) params: Inputs,
    pub(super) is_limited: bool,
    /// Whether its limits have to see evaluations without a match.
    pub(super) is_watched: bool,
    /// Whether its code reads the state of its plugin.
    pub(super) reads_state: bool,
    /// Its place in the firing order of its hook.
    pub(super) rank: u32,
    /// Its place in the hook's program; beyond the end for a script.
    pub(super) at: u32,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    matched: AtomicU64,
    fired: AtomicU64,
    failed: AtomicU64,
    /// Made when there is a first time to count: most rules rarely match.
    time: OnceLock<Box<Histogram>>,
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
    fn carry_counts(&self, from: &Rule) {
        let before = from.counts();
        self.counts.matched.fetch_add(before.matched, Ordering::Relaxed);
        self.counts.fired.fetch_add(before.fired, Ordering::Relaxed);
        self.counts.failed.fetch_add(before.failed, Ordering::Relaxed);
        if let Some(time) = from.time() {
            self.counts.time.get_or_init(Box::default).carry(&time);
        }
    }
}

/// Why rules and pack do not make a rule set.
#[derive(Debug)]
#[non_exhaustive]
pub enum RuleSetError {
    /// The pack is not one that the machine can run.
    Verify(VerifyError),
    /// The pack's rules are not these rules; the first id that differs.
    Mismatch(String),
}

impl fmt::Display for RuleSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleSetError::Verify(error) => write!(f, "the compiled rules do not verify: {error}"),
            RuleSetError::Mismatch(id) => {
                write!(f, "the pack and its rules differ at `{id}`: compile the rules again")
            }
        }
    }
}

impl std::error::Error for RuleSetError {}

/// All rules of an engine: immutable, shared, replaced as a whole.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Rule>,
    pack: VerifiedPack,
    hooks: Vec<HookRules>,
    by_id: HashMap<Arc<str>, RuleId>,
    templates: TemplateSet,
    plugins: Vec<Text>,
}

impl RuleSet {
    /// Joins rules with their pack; both have the same order.
    ///
    /// # Errors
    /// A pack that does not verify, or that has other rules.
    pub fn new(specs: Vec<RuleSpec>, pack: Pack) -> Result<RuleSet, RuleSetError> {
        if let Some((spec, _)) = specs.iter().zip(pack.rules()).find(|(spec, entry)| spec.id != entry.id) {
            return Err(RuleSetError::Mismatch(spec.id.clone()));
        }
        if specs.len() != pack.rules().len() {
            return Err(RuleSetError::Mismatch(format!("rule {}", specs.len().min(pack.rules().len()))));
        }
        let pack = verify(pack).map_err(RuleSetError::Verify)?;
        let mut templates = TemplateSet::default();
        let mut plugins = vec![Text::from(NO_PLUGIN)];
        let mut rules = Vec::with_capacity(specs.len());
        for (spec, entry) in specs.into_iter().zip(pack.rules()) {
            rules.push(Rule {
                id: spec.id.as_str().into(),
                condition: entry.condition,
                clear_when: entry.clear_when,
                actions: spec.actions.iter().map(|it| CompiledAction::compile(it, &mut templates)).collect(),
                plugin: plugin_position(&spec, &mut plugins),
                params: defaults(&spec.params),
                is_limited: spec.limits != LimitSpec::default(),
                is_watched: is_watched(&spec.limits),
                reads_state: reads_state(&pack, [entry.condition, entry.clear_when]),
                rank: u32::MAX,
                at: u32::MAX,
                counts: Counts::default(),
                spec,
            });
        }
        let by_id = (0..).map(RuleId).zip(&rules).map(|(id, rule)| (Arc::clone(&rule.id), id)).collect();
        let hooks = HOOKS.iter().map(|row| HookRules::new(&pack, row.hook, &mut rules)).collect();
        Ok(RuleSet { rules, pack, hooks, by_id, templates, plugins })
    }

    /// A set without rules.
    ///
    /// # Errors
    /// None in practice: an empty pack verifies.
    pub fn empty() -> Result<RuleSet, RuleSetError> {
        RuleSet::new(Vec::new(), Pack::default())
    }

    /// The rules by [`RuleId`].
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this id.
    pub fn get(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.index())
    }

    /// The rule with this qualified id.
    pub fn find(&self, qualified: &str) -> Option<RuleId> {
        self.by_id.get(qualified).copied()
    }

    /// The rules of a hook, in firing order.
    pub fn of_hook(&self, hook: Hook) -> &[RuleId] {
        self.hook(hook).map_or(&[], |set| &set.order)
    }

    /// What runs at a hook.
    pub(super) fn hook(&self, hook: Hook) -> Option<&HookRules> {
        self.hooks.get(hook as usize)
    }

    /// The programs of the hooks, in the order of the hooks.
    pub(super) fn programs(&self) -> impl Iterator<Item = &HookProgram> {
        self.hooks.iter().map(|set| &set.program)
    }

    /// Goes on counting where these rules stopped.
    pub(super) fn carry_counts(&self, from: &RuleSet) {
        for rule in &from.rules {
            if let Some(now) = self.find(&rule.id).and_then(|id| self.get(id)) {
                now.carry_counts(rule);
            }
        }
    }

    /// The pack that the machine runs.
    pub fn pack(&self) -> &VerifiedPack {
        &self.pack
    }

    /// The templates of all rules.
    pub fn templates(&self) -> &TemplateSet {
        &self.templates
    }

    /// The plugins, `_rules` first.
    pub fn plugins(&self) -> &[Text] {
        &self.plugins
    }

    /// What settings a plugin declares; none has any yet.
    pub(super) fn setting_specs(&self, _plugin: usize) -> &[ParamSpec] {
        &[]
    }

    /// The settings of a plugin; none has any yet.
    pub(super) fn settings(&self, _plugin: usize) -> &[Data] {
        &[]
    }
}

fn plugin_position(spec: &RuleSpec, plugins: &mut Vec<Text>) -> usize {
    let name = spec.plugin.as_deref().unwrap_or(NO_PLUGIN);
    plugins.iter().position(|plugin| plugin.as_str() == name).unwrap_or_else(|| {
        plugins.push(name.into());
        plugins.len() - 1
    })
}

/// Whether limits count evaluations in a row, or wait for another condition.
fn is_watched(limits: &LimitSpec) -> bool {
    limits.hold_turns.is_some() || limits.rising || limits.clear_when.is_some()
}
