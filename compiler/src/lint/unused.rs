//! Params that nothing reads.

use super::facts::Facts;
use crate::diag::{Code, Sink};

pub(super) fn params(facts: &Facts<'_>, sink: &mut Sink) {
    if facts.is_script() || facts.templates.any_param {
        return;
    }
    for (spec, span) in facts.spec.params.iter().zip(&facts.places.params) {
        if !facts.reads.params.contains(&spec.name) && !facts.templates.params.contains(&spec.name) {
            sink.report(Code::UnusedParam, *span, format!("nothing reads the param `{}`", spec.name)).help(
                format!("read it as `params.{}` in the condition or in a message, or remove it", spec.name),
            );
        }
    }
}
