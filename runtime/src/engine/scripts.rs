//! Rules whose condition is a script.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use super::conditions::{Evaluation, Judgement, User, Verdict};
use super::overlay::Overlay;
use super::{EngineOptions, Rule, RuleSet};
use crate::action::Actions;
use crate::context::Context;
use crate::error::RuleError;
use crate::script::{Answer, Printed, Ran, ScriptError, ScriptInput, ScriptLimits};
use crate::template::{Inputs, InputsRef};

impl User<'_> {
    /// Runs the scripts of the hook's enabled rules, all on the same snapshot of the context.
    pub(super) fn scripts(
        &self,
        mut evaluation: Evaluation<'_, '_>,
        context: &Context,
        options: &EngineOptions,
        verdicts: &mut Vec<Verdict>,
        judgement: &mut Judgement,
    ) {
        let enabled = self.set.scripts.iter().copied().filter(|id| self.overlay.is_enabled(*id));
        for (id, rule) in enabled.filter_map(|id| Some((id, self.rules.get(id)?))) {
            let began = Instant::now();
            let context = judgement.snapshot.get_or_insert_with(|| Arc::new(context.clone()));
            let mut said = match self.states.of(rule.plugin, self.store) {
                Ok(state) => {
                    let params = self.overlay.params(id).unwrap_or(&rule.params.values);
                    let input = ScriptInput {
                        context: Arc::clone(context),
                        state: Arc::clone(state),
                        params: Inputs { names: Arc::clone(&rule.params.names), values: Arc::clone(params) },
                        settings: settings_of(self.rules, self.overlay, rule.plugin).to_owned(),
                    };
                    let began = Instant::now();
                    let said = ask(self.rules, rule, input, &options.scripts);
                    rule.count_script(began.elapsed().as_secs_f64() * 1e6);
                    said
                }
                Err(error) => Said { truth: Err(error), actions: None, printed: Vec::new() },
            };
            judgement.printed.extend(said.printed.drain(..).map(|line| (id, line)));
            judgement.evaluated += 1;
            let matched = matches!(said.truth, Ok(true));
            if rule.is_watched {
                if let Err(error) = self.watch_one(id, rule, matched, &mut evaluation) {
                    said.truth = Err(error);
                }
            } else if rule.is_limited && matched {
                evaluation.limits.observe(id, &rule.spec.limits, true, false);
            }
            if self.laps.is_some() || !matches!(said.truth, Ok(false)) {
                let time_us = began.elapsed().as_secs_f64() * 1e6;
                verdicts.push(Verdict { id, truth: said.truth, time_us, ran: true, actions: said.actions });
            }
        }
    }
}

/// What a script said about its rule.
pub(super) struct Said {
    /// Whether the rule matched.
    pub(super) truth: Result<bool, RuleError>,
    /// The actions that the script made, in place of the rule's own.
    pub(super) actions: Option<Actions>,
    /// What it printed.
    pub(super) printed: Vec<Printed>,
}

/// Runs the script of a rule.
pub(super) fn ask(rules: &RuleSet, rule: &Rule, input: ScriptInput, limits: &ScriptLimits) -> Said {
    let ran = match &rule.script {
        Some(Ok(script)) => rules.sandboxes().run(script, input, limits),
        Some(Err(error)) => Ran { answer: Err(error.clone()), printed: Vec::new() },
        None => {
            let error =
                ScriptError::Raised("the rule has no compiled condition: compile it again".to_owned());
            Ran { answer: Err(error), printed: Vec::new() }
        }
    };
    let (truth, actions) = match ran.answer {
        Ok(Answer::No) => (Ok(false), None),
        Ok(Answer::Yes) => (Ok(true), None),
        Ok(Answer::Actions(made)) => (Ok(true), Some(Actions::literal(made))),
        Err(error) => (Err(RuleError::new(error.kind(), error.to_string())), None),
    };
    Said { truth, actions, printed: ran.printed }
}

/// The effective settings of a plugin.
pub(super) fn settings_of<'a>(rules: &'a RuleSet, overlay: &'a Overlay, plugin: usize) -> InputsRef<'a> {
    static NONE: LazyLock<Inputs> = LazyLock::new(Inputs::default);
    let defaults = rules.settings(plugin).unwrap_or(&NONE);
    let values = overlay.settings(plugin).unwrap_or(&defaults.values);
    InputsRef { names: &defaults.names, values }
}
