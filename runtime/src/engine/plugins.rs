//! Plugins of an engine as their users see them: on or off, and with settings.

use std::sync::Arc;

use oracle_vm::value::{Data, Map, Text};

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
    /// An unknown plugin.
    pub fn set_plugin_enabled(&self, user: &str, plugin: &str, enabled: bool) -> Result<(), EngineError> {
        self.try_change(|world| {
            find_plugin(&world.rules, plugin)?;
            let mut choices = world.choices(user);
            choices.plugins.insert(plugin.to_owned(), enabled);
            world.set_choices(Text::from(user), Arc::new(choices));
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
    /// An unknown plugin; every setting that it does not take.
    pub fn set_settings(&self, user: &str, plugin: &str, settings: Map) -> Result<(), EngineError> {
        self.try_change(|world| {
            let at = find_plugin(&world.rules, plugin)?;
            effective(world.rules.setting_specs(at), &settings, "settings")
                .map_err(EngineError::BadParams)?;
            let mut choices = world.choices(user);
            choices.settings.insert(plugin.to_owned(), settings);
            world.set_choices(Text::from(user), Arc::new(choices));
            Ok(())
        })
    }
}

fn find_plugin(rules: &RuleSet, id: &str) -> Result<usize, EngineError> {
    rules.plugin_at(id).ok_or_else(|| EngineError::UnknownPlugin(id.to_owned()))
}
