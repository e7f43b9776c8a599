//! `[limits]`: what holds a rule back.

use toml::de::DeTable;

use super::fields::Fields;
use super::file::RuleFile;
use super::keys;
use crate::diag::Sink;
use crate::rule::LimitSpec;
use crate::source::{SourceId, Span};

pub(super) fn read(source: SourceId, table: &DeTable<'_>, span: Span, file: &mut RuleFile, sink: &mut Sink) {
    let fields = Fields::check(source, table, span, &keys::LIMITS, sink);
    let count = |key: &str| fields.whole(key).and_then(|it| u32::try_from(it).ok());
    let once = fields.text("once").map(|_| 1);
    file.places.clear_when = fields.place("clear_when");
    file.spec.limits = LimitSpec {
        hold_turns: count("hold_turns"),
        cooldown_turns: count("cooldown_turns"),
        cooldown_seconds: fields.number("cooldown_seconds"),
        max_per_session: once.or(count("max_per_session")),
        rising: fields.text("on").is_some(),
        clear_when: fields.text("clear_when").map(str::to_owned),
    };
}
