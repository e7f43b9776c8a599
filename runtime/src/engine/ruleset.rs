//! Loaded rules, ready to run.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use oracle_compiler::rule::{ParamSpec, RuleSpec};
use oracle_vm::hook::{HOOKS, Hook};
use oracle_vm::ids::RuleId;
use oracle_vm::index::HookProgram;
use oracle_vm::pack::Pack;
use oracle_vm::value::Text;
use oracle_vm::verify::{VerifiedPack, VerifyError, verify};

use super::Rule;
use super::hooks::HookRules;
use super::inputs::defaults;
use super::rule::RuleMark;
use crate::plugin::Plugin;
use crate::script::Sandboxes;
use crate::state::NO_PLUGIN;
use crate::template::Inputs;

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
    /// What names the rules and their conditions, by [`RuleId`].
    marks: Arc<[RuleMark]>,
    has_limits: bool,
    by_id: HashMap<Arc<str>, RuleId, foldhash::quality::RandomState>,
    /// The ids of the plugins, `_rules` first.
    plugins: Vec<Text>,
    /// The plugins by the same positions, from 1; rules outside plugins have no settings.
    about: Vec<Arc<Plugin>>,
    /// The settings' defaults, by position.
    settings: Vec<Inputs>,
    /// Where the scripts run.
    sandboxes: Arc<Sandboxes>,
}

impl RuleSet {
    /// Joins rules with their pack; both have the same order.
    ///
    /// # Errors
    /// A pack that does not verify, or that has other rules.
    pub fn new<S: Into<Arc<RuleSpec>>>(specs: Vec<S>, pack: Pack) -> Result<RuleSet, RuleSetError> {
        RuleSet::with_plugins(specs, pack, Vec::new())
    }

    /// As [`RuleSet::new`], with what is known about the rules' plugins; others are known by their ids alone.
    ///
    /// # Errors
    /// As [`RuleSet::new`].
    pub fn with_plugins<S: Into<Arc<RuleSpec>>>(
        specs: Vec<S>,
        pack: Pack,
        about: Vec<Arc<Plugin>>,
    ) -> Result<RuleSet, RuleSetError> {
        RuleSet::after(None, specs.into_iter().map(Into::into).collect(), pack, about)
    }

    /// As [`RuleSet::with_plugins`], taking over from the set before what did not change: rules that are the very
    /// same are not prepared anew, and all rules go on counting.
    ///
    /// # Errors
    /// As [`RuleSet::new`].
    pub fn after(
        before: Option<&RuleSet>,
        specs: Vec<Arc<RuleSpec>>,
        pack: Pack,
        mut about: Vec<Arc<Plugin>>,
    ) -> Result<RuleSet, RuleSetError> {
        if let Some((spec, _)) =
            specs.iter().zip(pack.rules().iter()).find(|(spec, entry)| spec.id != entry.id)
        {
            return Err(RuleSetError::Mismatch(spec.id.clone()));
        }
        if specs.len() != pack.rules().len() {
            return Err(RuleSetError::Mismatch(format!("rule {}", specs.len().min(pack.rules().len()))));
        }
        let pack = verify(pack).map_err(RuleSetError::Verify)?;
        let mut plugins = vec![Text::from(NO_PLUGIN)];
        plugins.extend(about.iter().map(|plugin| Text::from(plugin.id.as_str())));
        let mut rules = Vec::with_capacity(specs.len());
        for ((spec, entry), at) in specs.into_iter().zip(pack.rules().iter()).zip((0..).map(RuleId)) {
            let plugin = plugin_position(&spec, &mut plugins, &mut about);
            let known = before.and_then(|set| set.find_near(&spec.id, at));
            rules.push(Rule::new(spec, &entry, plugin, &pack, known));
        }
        let marks = rules.iter().map(Rule::mark).collect();
        let by_id = rules.iter().map(|rule| Arc::clone(&rule.id)).zip((0..).map(RuleId)).collect();
        let has_limits = rules.iter().any(|rule| rule.is_limited);
        let hooks = HOOKS.iter().map(|row| HookRules::new(&pack, row.hook, &mut rules)).collect();
        let sandboxes = before.map_or_else(Arc::default, |set| Arc::clone(&set.sandboxes));
        let specs = about.iter().map(|plugin| defaults(&plugin.settings));
        let settings = std::iter::once(Inputs::default()).chain(specs).collect();
        Ok(RuleSet { rules, pack, hooks, marks, has_limits, by_id, plugins, about, settings, sandboxes })
    }

    /// A set without rules.
    ///
    /// # Errors
    /// None in practice: an empty pack verifies.
    pub fn empty() -> Result<RuleSet, RuleSetError> {
        RuleSet::new(Vec::<RuleSpec>::new(), Pack::default())
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

    /// The rule with this qualified id, which probably has this number: most rules keep theirs over a reload.
    fn find_near(&self, qualified: &str, probably: RuleId) -> Option<&Rule> {
        let there = self.get(probably).filter(|rule| &*rule.id == qualified);
        there.or_else(|| self.get(self.find(qualified)?))
    }

    /// The rules of a hook, in firing order.
    pub fn of_hook(&self, hook: Hook) -> &[RuleId] {
        self.hook(hook).map_or(&[], |set| &set.order)
    }

    /// What runs at a hook.
    pub(super) fn hook(&self, hook: Hook) -> Option<&HookRules> {
        self.hooks.get(hook as usize)
    }

    /// The program of a hook: its rules with an expression as their condition, and the index over them.
    pub fn program(&self, hook: Hook) -> Option<&HookProgram> {
        self.hook(hook).map(|set| &set.program)
    }

    /// The programs of the hooks, in the order of the hooks.
    pub(super) fn programs(&self) -> impl Iterator<Item = &HookProgram> {
        self.hooks.iter().map(|set| &set.program)
    }

    /// Goes on counting where these rules stopped.
    pub(super) fn carry_counts(&self, from: &RuleSet) {
        for (rule, at) in from.rules.iter().zip((0..).map(RuleId)) {
            if let Some(now) = self.find_near(&rule.id, at) {
                now.carry_counts(rule);
            }
        }
    }

    /// The pack that the machine runs.
    pub fn pack(&self) -> &VerifiedPack {
        &self.pack
    }

    /// What names the rules and their conditions, by [`RuleId`]: what sessions keep of a set that was replaced.
    pub(super) fn marks(&self) -> &Arc<[RuleMark]> {
        &self.marks
    }

    /// Whether a rule has limits.
    pub(super) fn has_limits(&self) -> bool {
        self.has_limits
    }

    /// Whether any rule has a script.
    pub(crate) fn has_scripts(&self) -> bool {
        self.hooks.iter().any(|hook| !hook.scripts.is_empty())
    }

    /// Where the scripts run.
    pub(super) fn sandboxes(&self) -> &Sandboxes {
        &self.sandboxes
    }

    /// The plugins, `_rules` first.
    pub fn plugins(&self) -> &[Text] {
        &self.plugins
    }

    /// What is known about the plugins, in the order in which they were found.
    pub fn plugin_list(&self) -> &[Arc<Plugin>] {
        &self.about
    }

    /// The position of a plugin among [`RuleSet::plugins`].
    pub(super) fn plugin_at(&self, id: &str) -> Option<usize> {
        let at = self.about.iter().position(|plugin| plugin.id == id)?;
        Some(at + 1)
    }

    /// What settings a plugin declares.
    pub(super) fn setting_specs(&self, plugin: usize) -> &[ParamSpec] {
        let about = plugin.checked_sub(1).and_then(|at| self.about.get(at));
        about.map_or(&[], |plugin| &plugin.settings)
    }

    /// The settings of a plugin with their defaults.
    pub(super) fn settings(&self, plugin: usize) -> Option<&Inputs> {
        self.settings.get(plugin)
    }
}

fn plugin_position(spec: &RuleSpec, plugins: &mut Vec<Text>, about: &mut Vec<Arc<Plugin>>) -> usize {
    let name = spec.plugin.as_deref().unwrap_or(NO_PLUGIN);
    plugins.iter().position(|plugin| plugin.as_str() == name).unwrap_or_else(|| {
        plugins.push(name.into());
        about.push(Arc::new(Plugin::unnamed(name)));
        plugins.len() - 1
    })
}
