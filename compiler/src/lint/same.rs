//! Rules that do what another rule does.

use std::collections::HashMap;

use super::facts::Facts;
use crate::diag::{Code, Sink};
use crate::rule::ActionSpec;

/// Rules of a group that are compared with each other; beyond that it is generated code, and nobody reads warnings.
const MOST: usize = 64;

pub(super) fn rules(facts: &[Facts<'_>], sink: &mut Sink) {
    // Only rules that have a text in common can be the same, and only they can shadow each other.
    let mut groups: HashMap<String, Vec<&Facts<'_>>> = HashMap::new();
    let mut order: Vec<&Facts<'_>> =
        facts.iter().filter(|it| it.condition.is_some() && it.spec.enabled).collect();
    order.sort_by(|a, b| b.spec.priority.cmp(&a.spec.priority).then_with(|| a.spec.id.cmp(&b.spec.id)));
    for rule in order {
        let Some(key) = key(rule) else { continue };
        let group = groups.entry(key).or_default();
        if let Some(first) = group.iter().find(|it| it.condition == rule.condition) {
            report(first, rule, sink);
        } else if group.len() < MOST {
            group.push(rule);
        }
    }
}

/// What rules that may be the same have in common.
fn key(rule: &Facts<'_>) -> Option<String> {
    let spec = rule.spec;
    let first = spec.actions.first()?;
    let said = said(first).map_or_else(|| format!("{first:?}"), str::to_owned);
    Some(format!("{} {:?} {:?} {said}", spec.hook, spec.plugin, spec.params))
}

fn said(action: &ActionSpec) -> Option<&str> {
    match action {
        ActionSpec::NotifySelf { message, .. } => Some(message),
        _ => None,
    }
}

fn report(first: &Facts<'_>, rule: &Facts<'_>, sink: &mut Sink) {
    let other = &first.spec.id;
    let same = first.spec.actions == rule.spec.actions && first.spec.limits == rule.spec.limits;
    if same {
        let message = format!("the rule does what `{other}` does, under the same condition");
        sink.report(Code::SameRule, rule.places.id, message)
            .help("remove one of them, or switch it off with `enabled = false`")
            .also(first.places.id, "the other rule");
    } else if rule.spec.actions.first().and_then(said).is_some() && first.spec.limits == rule.spec.limits {
        let message = format!("`{other}` says the same under the same condition, and runs earlier");
        sink.report(Code::ShadowedRule, rule.places.id, message)
            .help("remove one of them, or let them say different things")
            .also(first.places.id, "the rule that runs earlier");
    }
}
