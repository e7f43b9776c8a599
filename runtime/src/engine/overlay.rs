//! What users chose, resolved against a rule set: a bitmap of enabled rules and the params that differ.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use oracle_vm::hook::Hook;
use oracle_vm::ids::RuleId;
use oracle_vm::index::HookProgram;
use oracle_vm::value::{Data, Map, Text};

use super::RuleSet;
use super::inputs::effective_with_defaults;

/// What one user chose, by qualified rule id: it outlives reloads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserChoices {
    /// Rules switched on or off.
    pub enabled: BTreeMap<String, bool>,
    /// Params that were set.
    pub params: BTreeMap<String, Map>,
}

/// The choices of one user against one rule set.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    enabled: Vec<u64>,
    params: HashMap<RuleId, Arc<[Data]>>,
    /// By hook, the positions in its program of the rules with other params than the defaults.
    changed: Vec<Vec<u32>>,
}

impl Overlay {
    pub(super) fn resolve(rules: &RuleSet, choices: &UserChoices) -> Overlay {
        let mut overlay =
            Overlay { enabled: vec![0; rules.rules().len().div_ceil(64)], ..Overlay::default() };
        for (id, rule) in (0..).map(RuleId).zip(rules.rules()) {
            let chosen = choices.enabled.get(&rule.spec.id).copied().unwrap_or(rule.spec.enabled);
            // A core rule cannot be switched off by a user, whatever an older choice says.
            let enabled = if rule.spec.core { rule.spec.enabled || chosen } else { chosen };
            if let (true, Some(word)) = (enabled, overlay.enabled.get_mut(id.index() / 64)) {
                *word |= 1 << (id.index() % 64);
            }
            if let Some(set) = choices.params.get(&rule.spec.id) {
                overlay.params.insert(id, effective_with_defaults(&rule.spec.params, set));
            }
        }
        if !overlay.params.is_empty() {
            overlay.changed = rules.programs().map(|program| overlay.changed_in(program)).collect();
        }
        overlay
    }

    fn changed_in(&self, program: &HookProgram) -> Vec<u32> {
        let changed = |(at, id): (u32, &RuleId)| self.params.contains_key(id).then_some(at);
        (0..).zip(program.rules()).filter_map(changed).collect()
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
        let base = Arc::new(Overlay::resolve(&rules, &UserChoices::default()));
        World { rules, base, users: HashMap::new() }
    }

    /// The same users over other rules.
    pub(super) fn with_rules(&self, rules: Arc<RuleSet>) -> World {
        let mut world = World::new(rules);
        for (user, (choices, _)) in &self.users {
            world.set_choices(user.clone(), Arc::clone(choices));
        }
        world
    }

    pub(super) fn overlay(&self, user: &Text) -> &Arc<Overlay> {
        self.users.get(user.as_str()).map_or(&self.base, |(_, overlay)| overlay)
    }

    /// Whether an event of this hook may wait for a script or the disk.
    pub(super) fn may_wait(&self, hook: Hook, user: &Text) -> bool {
        let Some(set) = self.rules.hook(hook).filter(|set| !set.waiting.is_empty()) else { return false };
        let overlay = self.overlay(user);
        set.waiting.iter().any(|id| overlay.is_enabled(*id))
    }

    pub(super) fn choices(&self, user: &str) -> UserChoices {
        self.users.get(user).map(|(choices, _)| UserChoices::clone(choices)).unwrap_or_default()
    }

    pub(super) fn set_choices(&mut self, user: Text, choices: Arc<UserChoices>) {
        let overlay = Arc::new(Overlay::resolve(&self.rules, &choices));
        self.users.insert(user, (choices, overlay));
    }
}
