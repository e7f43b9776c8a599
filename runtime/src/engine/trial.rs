//! Trying a rule against a given context, without effects: for `oracle test` and the settings page.

use std::time::Instant;

use oracle_vm::frame::{Frame, Scope};
use oracle_vm::ids::RuleId;
use oracle_vm::machine::Machine;
use oracle_vm::value::Map;
use serde::Serialize;

use super::conditions::condition;
use super::inputs::effective;
use super::scripts::{Said, ask};
use super::{Rule, RuleSet};
use crate::action::{Cause, Prepared};
use crate::context::Context;
use crate::error::{EngineError, RuleError};
use crate::event::Event;
use crate::script::{Printed, ScriptInput, ScriptLimits};
use crate::template::{Inputs, InputsRef, Snapshot, TemplateContext};

/// What a rule would have done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// Whether its condition held.
    pub matched: bool,
    /// Its actions, rendered, in order; empty when it did not match or failed.
    pub rendered: Vec<Prepared>,
    /// Why the condition or an action failed.
    pub error: Option<RuleError>,
    /// Microseconds that the condition took.
    pub time_us: f64,
    /// What a script printed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<Printed>,
}

impl Trial {
    /// The text of the first notification or log line.
    pub fn message(&self) -> Option<&str> {
        self.rendered.iter().find_map(Prepared::message)
    }
}

impl RuleSet {
    /// Evaluates a rule's condition and, when it holds, renders its actions. Limits do not count, nothing takes
    /// effect. State is what the context says.
    ///
    /// # Errors
    /// An unknown rule; params that the rule does not take, and settings that its plugin does not have.
    pub fn try_rule(
        &self,
        id: RuleId,
        context: &Context,
        params: &Map,
        settings: &Map,
    ) -> Result<Trial, EngineError> {
        self.try_rule_within(id, context, params, settings, &ScriptLimits::default())
    }

    /// As [`RuleSet::try_rule`], with a choice of what a script may use.
    ///
    /// # Errors
    /// As [`RuleSet::try_rule`].
    pub fn try_rule_within(
        &self,
        id: RuleId,
        context: &Context,
        params: &Map,
        settings: &Map,
        limits: &ScriptLimits,
    ) -> Result<Trial, EngineError> {
        let rule = self.get(id).ok_or_else(|| EngineError::UnknownRule(id.0.to_string()))?;
        let values = effective(&rule.spec.params, params, "params").map_err(EngineError::BadParams)?;
        let specs = self.setting_specs(rule.plugin);
        let settings = Inputs {
            names: specs.iter().map(|spec| spec.name.clone()).collect(),
            values: effective(specs, settings, "settings").map_err(EngineError::BadParams)?,
        };
        let seen = TemplateContext {
            context: &Snapshot::new(context, None),
            state: context.state(),
            params: InputsRef { names: &rule.params.names, values: &values },
            settings: settings.lend(),
        };
        let began = Instant::now();
        let said = self.say(rule, &seen, limits);
        let time_us = began.elapsed().as_secs_f64() * 1e6;
        let trial =
            Trial { matched: false, rendered: Vec::new(), error: None, time_us, printed: said.printed };
        let matched = match said.truth {
            Ok(matched) => matched,
            Err(error) => return Ok(Trial { error: Some(error), ..trial }),
        };
        if !matched {
            return Ok(trial);
        }
        let event = Event::new("cli.event").map_err(|error| EngineError::BadParams(vec![error]))?;
        let cause = Cause { rule_id: &rule.id, event: &event, seconds: 0.0, chain: &[] };
        Ok(match said.actions.as_ref().unwrap_or(&*rule.actions).prepare(&seen, cause) {
            Ok(rendered) => Trial { matched, rendered: rendered.into_vec(), ..trial },
            Err(error) => Trial { matched, error: Some(error), ..trial },
        })
    }

    /// What the condition of a rule says, be it an expression or a script.
    fn say(&self, rule: &Rule, seen: &TemplateContext<'_>, limits: &ScriptLimits) -> Said {
        if rule.script.is_some() {
            return ask(self, rule, ScriptInput::from(seen), limits);
        }
        let mut frame = Frame::new();
        seen.context.context().bind(&mut frame);
        let scope = Scope { params: seen.params.values, settings: seen.settings.values, state: seen.state };
        let truth = condition(self, rule, &mut Machine::new(), &frame, &scope);
        Said { truth, actions: None, printed: Vec::new() }
    }
}
