//! `[condition]`: an expression or a script.

use toml::de::DeTable;

use super::fields::Fields;
use super::file::RuleFile;
use super::keys;
use crate::diag::{Code, Sink};
use crate::rule::{Condition, ScriptSpec};
use crate::source::{SourceId, Span};

pub(super) fn read(
    source: SourceId,
    table: Option<(&DeTable<'_>, Span)>,
    is_there: bool,
    file: &mut RuleFile,
    sink: &mut Sink,
) {
    let Some((table, span)) = table else {
        if !is_there {
            sink.report(Code::ConditionCount, file.places.rule, "the rule has no condition").help(
                "add `[condition]` with `expression` or `script`; `expression = \"True\"` always fires",
            );
        }
        return;
    };
    let fields = Fields::check(source, table, span, &keys::CONDITION, sink);
    match (table.contains_key("expression"), table.contains_key("script")) {
        (true, true) => {
            let first = fields.span("expression").unwrap_or(span);
            let report =
                sink.report(Code::ConditionCount, first, "the condition has both `expression` and `script`");
            report.help("keep one of them; a script can test whatever an expression can");
            if let Some(other) = fields.span("script") {
                report.also(other, "the other condition");
            }
        }
        (false, false) => {
            sink.report(Code::ConditionCount, span, "the condition has neither `expression` nor `script`")
                .help("add one of them; `expression = \"True\"` always fires");
        }
        _ => {}
    }
    if let Some(place) = fields.place("script") {
        if place.text.trim().is_empty() {
            sink.report(Code::ConditionCount, place.span, "the path of the script is empty")
                .help("name the script, such as `scripts/check.lua`");
        }
        file.spec.condition = Condition::Script(ScriptSpec { path: place.text.clone(), source: None });
        file.places.script = Some(place);
    }
    if let Some(place) = fields.place("expression") {
        file.spec.condition = Condition::Expression(place.text.clone());
        file.places.condition = Some(place);
    }
}
