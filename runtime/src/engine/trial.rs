//! Trying a rule against a given context, without effects: for `oracle test` and the settings page.

use std::sync::Arc;
use std::time::Instant;

use oracle_vm::frame::{Frame, Scope};
use oracle_vm::ids::RuleId;
use oracle_vm::machine::Machine;
use oracle_vm::value::Map;
use serde::Serialize;

use super::RuleSet;
use super::conditions::condition;
use super::inputs::effective;
use crate::action::{Cause, Prepared};
use crate::context::Context;
use crate::error::{EngineError, RuleError};
use crate::event::Event;
use crate::template::{Inputs, TemplateContext};

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
}

impl Trial {
    /// The text of the first notification or log line.
    pub fn message(&self) -> Option<&str> {
        self.rendered.iter().find_map(Prepared::message)
    }

    fn failed(matched: bool, error: RuleError, time_us: f64) -> Trial {
        Trial { matched, rendered: Vec::new(), error: Some(error), time_us }
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
        let rule = self.get(id).ok_or_else(|| EngineError::UnknownRule(id.0.to_string()))?;
        let values = effective(&rule.spec.params, params, "params").map_err(EngineError::BadParams)?;
        let specs = self.setting_specs(rule.plugin);
        let settings = Inputs {
            names: specs.iter().map(|spec| spec.name.clone()).collect(),
            values: effective(specs, settings, "settings").map_err(EngineError::BadParams)?,
        };
        let mut frame = Frame::new();
        context.bind(&mut frame);
        let scope = Scope { params: &values, settings: &settings.values, state: context.state() };
        let mut machine = Machine::new();
        let began = Instant::now();
        let truth = condition(self, rule, &mut machine, &frame, &scope);
        let time_us = began.elapsed().as_secs_f64() * 1e6;
        match truth {
            Ok(true) => {}
            Ok(false) => return Ok(Trial { matched: false, rendered: Vec::new(), error: None, time_us }),
            Err(error) => return Ok(Trial::failed(false, error, time_us)),
        }
        let seen = TemplateContext {
            context: Arc::new(context.clone()),
            state: Arc::clone(context.state()),
            params: Inputs { names: Arc::clone(&rule.params.names), values: Arc::clone(&values) },
            settings,
        };
        let event = Event::new("cli.event").map_err(|error| EngineError::BadParams(vec![error]))?;
        let cause = Cause { rule_id: &rule.id, event: &event, seconds: 0.0, chain: &[] };
        Ok(match rule.actions.prepare(&seen, cause) {
            Ok(rendered) => Trial { matched: true, rendered, error: None, time_us },
            Err(error) => Trial::failed(true, error, time_us),
        })
    }
}
