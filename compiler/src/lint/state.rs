//! Keys of the state that are set and not read, or read and not set.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use crate::diag::suggest::nearest;
use crate::diag::{Code, Sink};

pub(super) fn keys(facts: &[Facts<'_>], sink: &mut Sink) {
    let mut plugins: BTreeMap<Option<&str>, Vec<&Facts<'_>>> = BTreeMap::new();
    for rule in facts {
        plugins.entry(rule.spec.plugin.as_deref()).or_default().push(rule);
    }
    for rules in plugins.values().filter(|rules| !rules.iter().any(|it| it.is_script())) {
        plugin(rules, sink);
    }
}

/// The rules of one plugin share a state. Scripts would read and write what cannot be seen from here.
fn plugin(rules: &[&Facts<'_>], sink: &mut Sink) {
    let set: BTreeSet<&str> =
        rules.iter().flat_map(|it| &it.places.state_keys).map(|it| it.text.as_str()).collect();
    let mut read: BTreeSet<&str> = BTreeSet::new();
    let mut any = false;
    for rule in rules {
        any |= rule.reads.any_state || rule.templates.any_state;
        for (key, span) in &rule.reads.state_keys {
            if !set.contains(key.as_str())
                && let Some(near) = nearest(key, set.iter().copied())
            {
                sink.report(Code::UnsetState, *span, format!("no rule sets `{key}` in the state"))
                    .help(format!("did you mean `{near}`?"));
            }
            read.insert(key);
        }
        read.extend(rule.templates.state_keys.iter().map(String::as_str));
    }
    if any {
        return;
    }
    for key in rules.iter().flat_map(|it| &it.places.state_keys).filter(|it| !read.contains(it.text.as_str()))
    {
        sink.report(Code::UnreadState, key.span, format!("no rule reads `{}` from the state", key.text))
            .help(format!("read it as `context.state.get('{}')`, or remove the action", key.text));
    }
}
