//! Plugins of an engine as their users see them: on or off, and with settings.

use oracle_vm::value::{Data, Map};

use super::choices::set;
use super::inputs::effective;
use super::{Engine, RuleSet};
use crate::error::EngineError;

impl Engine {
    /// Whether a plugin's rules run for a user.
    ///
    /// # Errors
    /// An unknown plugin.
    pub fn is_plugin_enabled(&self, user: &str, plugin: &str) -> Result<bool, EngineError> {
        let world = self.world();
        let about = world.rules.plugin_list().iter().find(|it| it.id == plugin);
        let about = about.ok_or_else(|| EngineError::UnknownPlugin(plugin.to_owned()))?;
        Ok(about.enabled && world.choices(user).plugins.get(plugin).copied().unwrap_or(true))
    }

    /// Switches a plugin on or off for a user, from the next event on; its core rules run all the same.
    ///
    /// # Errors
    /// An unknown plugin; a choice that could not be stored.
    pub fn set_plugin_enabled(&self, user: &str, plugin: &str, enabled: bool) -> Result<(), EngineError> {
        self.choose(user, |rules, choices| {
            find_plugin(rules, plugin)?;
            choices.plugins.insert(plugin.to_owned(), enabled);
            Ok(())
        })
    }

    /// The effective settings of a plugin for a user, in order of declaration.
    ///
    /// # Errors
    /// An unknown plugin.
    pub fn settings(&self, user: &str, plugin: &str) -> Result<Vec<(String, Data)>, EngineError> {
        let world = self.world();
        let at = find_plugin(&world.rules, plugin)?;
        let Some(defaults) = world.rules.settings(at) else { return Ok(Vec::new()) };
        let values = world.overlay(&user.into()).settings(at).unwrap_or(&defaults.values);
        Ok(defaults.names.iter().cloned().zip(values.iter().cloned()).collect())
    }

    /// Sets a user's settings of a plugin, replacing those set before, from the next event on.
    ///
    /// # Errors
    /// An unknown plugin; every setting that it does not take; settings that could not be stored.
    pub fn set_settings(&self, user: &str, plugin: &str, settings: Map) -> Result<(), EngineError> {
        self.choose(user, |rules, choices| {
            let specs = rules.setting_specs(find_plugin(rules, plugin)?);
            effective(specs, &settings, "settings").map_err(EngineError::BadParams)?;
            set(&mut choices.settings, plugin, settings);
            Ok(())
        })
    }
}

fn find_plugin(rules: &RuleSet, id: &str) -> Result<usize, EngineError> {
    rules.plugin_at(id).ok_or_else(|| EngineError::UnknownPlugin(id.to_owned()))
}
