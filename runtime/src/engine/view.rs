//! The rules as one user has them, at one moment.

use std::sync::Arc;

use oracle_vm::ids::RuleId;
use oracle_vm::value::{Data, Text};

use super::overlay::{Overlay, World};
use super::{Engine, RuleSet};

/// The rules and a user's choices, consistent with each other, whatever changes meanwhile.
#[derive(Debug)]
pub struct View {
    world: Arc<World>,
    overlay: Arc<Overlay>,
}

impl Engine {
    /// What a user has now.
    pub fn view(&self, user: &Text) -> View {
        let world = self.world();
        let overlay = Arc::clone(world.overlay(user));
        View { world, overlay }
    }
}

impl View {
    /// The rules.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.world.rules
    }

    /// Whether a rule is on for the user.
    pub fn is_enabled(&self, id: RuleId) -> bool {
        self.overlay.is_enabled(id)
    }

    /// The effective settings of a plugin for the user, in order of declaration.
    pub fn settings(&self, plugin: &str) -> Option<Vec<(String, Data)>> {
        let at = self.world.rules.plugin_at(plugin)?;
        let defaults = self.world.rules.settings(at)?;
        let values = self.overlay.settings(at).unwrap_or(&defaults.values);
        Some(defaults.names.iter().cloned().zip(values.iter().cloned()).collect())
    }

    /// The effective params of a rule for the user, in order of declaration.
    pub fn params(&self, id: RuleId) -> Option<Vec<(String, Data)>> {
        let rule = self.world.rules.get(id)?;
        let values = self.overlay.params(id).unwrap_or(&rule.params.values);
        Some(rule.params.names.iter().cloned().zip(values.iter().cloned()).collect())
    }
}
