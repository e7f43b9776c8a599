//! What users chose, resolved against a rule set: a bitmap of enabled rules and the params that differ.

use std::collections::HashMap;
use std::sync::Arc;

use oracle_vm::hook::Hook;
use oracle_vm::ids::RuleId;
use oracle_vm::index::HookProgram;
use oracle_vm::value::{Data, Text};

use super::RuleSet;
use super::inputs::effective_with_defaults;
use crate::input::FieldError;
use crate::state::UserChoices;

/// A choice that was stored and is not taken any more: the default holds.
#[derive(Clone, Debug)]
pub(super) struct Stale {
    /// The rule or the plugin.
    pub(super) of: String,
    pub(super) error: FieldError,
}

/// The choices of one user against one rule set.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    enabled: Vec<u64>,
    params: HashMap<RuleId, Arc<[Data]>>,
    /// By position of the plugin.
    settings: HashMap<usize, Arc<[Data]>>,
    /// By hook, the positions in its program of the rules with other params than the defaults.
    changed: Vec<Vec<u32>>,
}

impl Overlay {
    /// What holds for users who chose nothing.
    fn base(rules: &RuleSet) -> Overlay {
        let enabled = vec![0; rules.rules().len().div_ceil(64)];
        let mut overlay = Overlay { enabled, ..Overlay::default() };
        for (id, rule) in (0..).map(RuleId).zip(rules.rules()) {
            overlay.set(id, rule.spec.enabled);
        }
        overlay
    }

    /// The same with the choices of a user: the work follows the choices, not the rules. What the rules do not take of
    /// them is told.
    fn resolve(&self, rules: &RuleSet, choices: &UserChoices, stale: &mut Vec<Stale>) -> Overlay {
        let mut overlay = self.clone();
        for (rule, chosen) in &choices.enabled {
            let Some((id, rule)) = rules.find(rule).and_then(|id| Some((id, rules.get(id)?))) else {
                continue;
            };
            // A core rule cannot be switched off by a user, whatever an older choice says.
            overlay.set(id, *chosen || (rule.spec.core && rule.spec.enabled));
        }
        for plugin in choices.plugins.iter().filter(|(_, on)| !**on).filter_map(|(id, _)| rules.plugin_at(id))
        {
            for (id, rule) in (0..).map(RuleId).zip(rules.rules()) {
                if rule.plugin == plugin && !rule.spec.core {
                    overlay.set(id, false);
                }
            }
        }
        for (plugin, set) in &choices.settings {
            let Some(at) = rules.plugin_at(plugin) else { continue };
            let (values, errors) = effective_with_defaults(rules.setting_specs(at), set, "settings");
            stale.extend(errors.into_iter().map(|error| Stale { of: plugin.clone(), error }));
            overlay.settings.insert(at, values);
        }
        for (name, set) in &choices.params {
            let Some((id, rule)) = rules.find(name).and_then(|id| Some((id, rules.get(id)?))) else {
                continue;
            };
            let (values, errors) = effective_with_defaults(&rule.spec.params, set, "params");
            stale.extend(errors.into_iter().map(|error| Stale { of: name.clone(), error }));
            overlay.params.insert(id, values);
        }
        if !overlay.params.is_empty() {
            overlay.changed = rules.programs().map(|program| overlay.changed_in(program)).collect();
        }
        overlay
    }

    fn set(&mut self, id: RuleId, enabled: bool) {
        let Some(word) = self.enabled.get_mut(id.index() / 64) else { return };
        let bit = 1 << (id.index() % 64);
        *word = if enabled { *word | bit } else { *word & !bit };
    }

    fn changed_in(&self, program: &HookProgram) -> Vec<u32> {
        let changed = |(at, id): (u32, &RuleId)| self.params.contains_key(id).then_some(at);
        (0..).zip(program.rules()).filter_map(changed).collect()
    }

    /// The user's effective settings of a plugin, where they differ from the defaults.
    #[inline]
    pub(super) fn settings(&self, plugin: usize) -> Option<&Arc<[Data]>> {
        if self.settings.is_empty() { None } else { self.settings.get(&plugin) }
    }

    /// The positions in a hook's program of the rules whose params the user changed.
    #[inline]
    pub(super) fn changed(&self, hook: Hook) -> &[u32] {
        self.changed.get(hook as usize).map_or(&[], Vec::as_slice)
    }

    #[inline]
    pub(super) fn is_enabled(&self, id: RuleId) -> bool {
        self.enabled.get(id.index() / 64).is_some_and(|word| word >> (id.index() % 64) & 1 == 1)
    }

    /// The user's effective params, where they differ from the defaults.
    #[inline]
    pub(super) fn params(&self, id: RuleId) -> Option<&Arc<[Data]>> {
        if self.params.is_empty() { None } else { self.params.get(&id) }
    }
}

/// A rule set and the choices of every user, consistent with each other.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) rules: Arc<RuleSet>,
    base: Arc<Overlay>,
    users: HashMap<Text, (Arc<UserChoices>, Arc<Overlay>)>,
}

impl World {
    pub(super) fn new(rules: Arc<RuleSet>) -> World {
        let base = Arc::new(Overlay::base(&rules));
        World { rules, base, users: HashMap::new() }
    }

    /// The same users over other rules; what they chose and these rules do not take is told by user.
    pub(super) fn with_rules(&self, rules: Arc<RuleSet>) -> (World, Vec<(Text, Stale)>) {
        let mut world = World::new(rules);
        let mut stale = Vec::new();
        for (user, (choices, _)) in &self.users {
            let theirs = world.set_choices(user.clone(), Arc::clone(choices));
            stale.extend(theirs.into_iter().map(|it| (user.clone(), it)));
        }
        (world, stale)
    }

    pub(super) fn overlay(&self, user: &Text) -> &Arc<Overlay> {
        self.users.get(user.as_str()).map_or(&self.base, |(_, overlay)| overlay)
    }

    /// Whether an event of this hook may wait for a script or the disk.
    pub(super) fn may_wait(&self, hook: Hook, user: &Text) -> bool {
        // What limits count is written with any event of a session.
        if self.rules.has_limits() {
            return true;
        }
        let Some(set) = self.rules.hook(hook).filter(|set| !set.waiting.is_empty()) else { return false };
        let overlay = self.overlay(user);
        set.waiting.iter().any(|id| overlay.is_enabled(*id))
    }

    pub(super) fn choices(&self, user: &str) -> UserChoices {
        self.users.get(user).map(|(choices, _)| UserChoices::clone(choices)).unwrap_or_default()
    }

    /// Sets what a user chose; what the rules do not take of it is told.
    pub(super) fn set_choices(&mut self, user: Text, choices: Arc<UserChoices>) -> Vec<Stale> {
        let mut stale = Vec::new();
        if choices.is_empty() {
            self.users.remove(&user);
            return stale;
        }
        let overlay = Arc::new(self.base.resolve(&self.rules, &choices, &mut stale));
        self.users.insert(user, (choices, overlay));
        stale
    }
}
