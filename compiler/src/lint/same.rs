//! Rules that do what another rule does.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Reads;
use super::facts::Facts;
use crate::diag::{Code, Sink};
use crate::rule::{ActionSpec, RuleSpec};

/// Rules of a group that are compared with each other.
const MOST: usize = 64;

pub(super) fn rules(facts: &[Facts<'_>], sink: &mut Sink) {
    let mut rules: Vec<&Facts<'_>> =
        facts.iter().filter(|it| it.condition.is_some() && it.spec.enabled).collect();
    rules.sort_unstable_by_key(|it| it.likeness);
    for group in rules.chunk_by_mut(|a, b| a.likeness == b.likeness).filter(|group| group.len() > 1) {
        group.sort_by(|a, b| b.spec.priority.cmp(&a.spec.priority).then_with(|| a.spec.id.cmp(&b.spec.id)));
        compare(group, sink);
    }
}

/// Compares rules, which stand in firing order, with those before them.
fn compare(group: &[&Facts<'_>], sink: &mut Sink) {
    let mut before: Vec<&Facts<'_>> = Vec::new();
    for rule in group {
        if let Some(first) = before.iter().find(|it| are_alike(it, rule)) {
            report(first, rule, sink);
        } else if before.len() < MOST {
            before.push(rule);
        }
    }
}

/// A number that is the same for rules that may be reported as the same, and hardly ever for others. It is made once
/// for a rule, and only rules that have it in common are compared.
pub fn likeness(spec: &RuleSpec, reads: &Reads) -> u64 {
    let mut hasher = DefaultHasher::new();
    (spec.hook.name(), &spec.plugin, reads.mark, spec.params.len()).hash(&mut hasher);
    for param in &spec.params {
        param.name.hash(&mut hasher);
    }
    spec.actions.first().and_then(said).hash(&mut hasher);
    hasher.finish()
}

/// Whether rules run at the same events, under the same condition, and do the same or say the same at first.
fn are_alike(a: &Facts<'_>, b: &Facts<'_>) -> bool {
    let (does, other_does) = (a.spec.actions.first(), b.spec.actions.first());
    let (says, other_says) = (does.and_then(said), other_does.and_then(said));
    a.spec.hook == b.spec.hook
        && a.spec.plugin == b.spec.plugin
        && a.spec.params == b.spec.params
        && a.condition == b.condition
        && says == other_says
        && (says.is_some() || does == other_does)
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
