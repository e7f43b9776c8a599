//! What users choose about rules: which run for them, and with which params.

use std::collections::BTreeMap;

use oracle_vm::ids::RuleId;
use oracle_vm::value::{Data, Map};

use super::inputs::effective;
use super::{Engine, RuleSet, UserChoices};
use crate::error::EngineError;

/// Names with their effective values, in order of declaration.
type Values = Vec<(String, Data)>;

impl Engine {
    /// What a user chose.
    pub fn choices(&self, user: &str) -> UserChoices {
        self.world().choices(user)
    }

    /// Sets everything that a user chose; what the rules do not take is kept, not used, and written to the log.
    ///
    /// # Errors
    /// Choices that could not be stored: then nothing changed.
    pub fn set_choices(&self, user: &str, choices: UserChoices) -> Result<(), EngineError> {
        self.choose(user, |_, its| {
            *its = choices;
            Ok(())
        })
    }

    /// Whether a rule runs for a user.
    ///
    /// # Errors
    /// An unknown rule.
    pub fn is_enabled(&self, user: &str, rule: &str) -> Result<bool, EngineError> {
        let world = self.world();
        let id = find(&world.rules, rule)?;
        Ok(world.overlay(&user.into()).is_enabled(id))
    }

    /// Switches a rule on or off for a user, from the next event on.
    ///
    /// # Errors
    /// An unknown rule; switching a core rule off; a choice that could not be stored.
    pub fn set_enabled(&self, user: &str, rule: &str, enabled: bool) -> Result<(), EngineError> {
        self.choose(user, |rules, choices| {
            let id = find(rules, rule)?;
            if !enabled && rules.get(id).is_some_and(|rule| rule.spec.core) {
                return Err(EngineError::CoreRule(rule.to_owned()));
            }
            choices.enabled.insert(rule.to_owned(), enabled);
            Ok(())
        })
    }

    /// The effective params of a rule for a user, in order of declaration.
    ///
    /// # Errors
    /// An unknown rule.
    pub fn params(&self, user: &str, rule: &str) -> Result<Values, EngineError> {
        let world = self.world();
        let id = find(&world.rules, rule)?;
        let rule = world.rules.get(id).ok_or_else(|| EngineError::UnknownRule(rule.to_owned()))?;
        let values = world.overlay(&user.into()).params(id).unwrap_or(&rule.params.values);
        Ok(rule.params.names.iter().cloned().zip(values.iter().cloned()).collect())
    }

    /// Sets a user's params of a rule, replacing those set before, from the next event on.
    ///
    /// # Errors
    /// An unknown rule; every param that the rule does not take; params that could not be stored.
    pub fn set_params(&self, user: &str, rule: &str, params: Map) -> Result<(), EngineError> {
        self.choose(user, |rules, choices| {
            let id = find(rules, rule)?;
            let specs = rules.get(id).map_or(&[][..], |rule| &rule.spec.params);
            effective(specs, &params, "params").map_err(EngineError::BadParams)?;
            set(&mut choices.params, rule, params);
            Ok(())
        })
    }
}

/// Sets what was chosen of one rule or plugin; nothing stands for the defaults.
pub(super) fn set(chosen: &mut BTreeMap<String, Map>, name: &str, values: Map) {
    if values.is_empty() {
        chosen.remove(name);
    } else {
        chosen.insert(name.to_owned(), values);
    }
}

fn find(rules: &RuleSet, qualified: &str) -> Result<RuleId, EngineError> {
    rules.find(qualified).ok_or_else(|| EngineError::UnknownRule(qualified.to_owned()))
}
