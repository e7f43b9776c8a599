//! `[action]`: what a fired rule does.

use oracle_vm::limits::DATA_DEPTH;
use oracle_vm::value::{Data, Map};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::data::in_order;
use super::fields::{Fields, span_of};
use super::file::RuleFile;
use super::keys::{FILE, KeyRow, SectionRow};
use super::place::{Places, TemplatePlace, TextPlace};
use crate::diag::{Code, Sink};
use crate::rule::{ActionSpec, ActionType, DeliverAt, LogLevel, Priority};
use crate::source::{SourceId, Span};

/// Actions of one rule.
const MOST: usize = 100;
/// Bytes of a key of the state.
const KEY_BYTES: usize = 512;
/// Only the type is looked at until it is known which fields it has.
const UNTYPED: SectionRow = SectionRow { name: "[action]", keys: &[TYPE] };
const TYPE: KeyRow = super::keys::TYPE;

pub(super) fn read(
    source: SourceId,
    tables: &[(&DeTable<'_>, Span)],
    missing: bool,
    file: &mut RuleFile,
    sink: &mut Sink,
) {
    if missing {
        let doc = FILE.key("action").map_or("", |row| row.doc);
        sink.report(Code::NoAction, file.places.rule, "the rule has no action")
            .help(format!("add `[action]`: {doc}"));
    }
    for (at, (table, span)) in tables.iter().enumerate() {
        if at >= MOST {
            sink.report(Code::FileLimit, *span, format!("more than {MOST} actions in one rule"));
            return;
        }
        if let Some(action) = read_one(source, table, *span, at, &mut file.places, sink) {
            file.spec.actions.push(action);
            file.places.actions.push(*span);
        }
    }
}

fn read_one(
    source: SourceId,
    table: &DeTable<'_>,
    span: Span,
    at: usize,
    places: &mut Places,
    sink: &mut Sink,
) -> Option<ActionSpec> {
    let Some(ty) = table.get("type").and_then(|it| it.get_ref().as_str()).and_then(ActionType::from_word)
    else {
        check_type(source, table, span, sink);
        return None;
    };
    let fields = Fields::check(source, table, span, ty.section(), sink);
    let mut template = |text: Option<TextPlace>| {
        places.templates.extend(text.map(|text| TemplatePlace { action: at, text }));
    };
    template(fields.place("message"));
    let word = |key: &str| fields.text(key).unwrap_or_default();
    Some(match ty {
        ActionType::NotifySelf => ActionSpec::NotifySelf {
            message: fields.text("message")?.to_owned(),
            category: fields.text("category").unwrap_or("info").to_owned(),
            priority: Priority::from_word(word("priority")).unwrap_or(Priority::Normal),
            deliver_at: DeliverAt::from_word(word("deliver_at")).unwrap_or(DeliverAt::TurnStart),
        },
        ActionType::Log => ActionSpec::Log {
            message: fields.text("message").unwrap_or("Rule triggered").to_owned(),
            level: LogLevel::from_word(word("level")).unwrap_or(LogLevel::Info),
        },
        ActionType::SetState => {
            let key = fields.place("key").filter(|it| check_state_key(it, sink));
            let value = read_value(source, &fields, "value", at, places, sink);
            places.state_keys.extend(key.clone());
            ActionSpec::SetState { key: key?.text, value: value? }
        }
        ActionType::EmitEvent => {
            let event_type = fields.place("event_type").filter(|it| check_event_type(it, sink));
            let payload = match read_value(source, &fields, "payload", at, places, sink)? {
                Data::None => Data::map(Map::default()),
                payload => payload,
            };
            ActionSpec::EmitEvent { event_type: event_type?.text, payload }
        }
    })
}

/// Reports what is wrong with the type of an action; its other keys cannot be judged.
fn check_type(source: SourceId, table: &DeTable<'_>, span: Span, sink: &mut Sink) {
    let mut only = DeTable::new();
    if let Some((key, value)) = table.get_key_value("type") {
        only.insert(key.clone(), value.clone());
    }
    Fields::check(source, &only, span, &UNTYPED, sink);
}

/// A value whose strings are templates; null where the key is missing.
fn read_value(
    source: SourceId,
    fields: &Fields<'_, '_>,
    key: &str,
    at: usize,
    places: &mut Places,
    sink: &mut Sink,
) -> Option<Data> {
    let Some(value) = fields.value(key) else { return Some(Data::None) };
    let data = fields.data(key, sink)?;
    collect(source, value, at, DATA_DEPTH, places);
    Some(data)
}

fn collect(source: SourceId, value: &Spanned<DeValue<'_>>, action: usize, depth: usize, places: &mut Places) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value.get_ref() {
        DeValue::String(text) => {
            let text = TextPlace { text: text.clone().into_owned(), span: span_of(source, value) };
            places.templates.push(TemplatePlace { action, text });
        }
        DeValue::Array(items) => {
            for item in items.iter() {
                collect(source, item, action, depth, places);
            }
        }
        DeValue::Table(table) => {
            for (_, item) in in_order(table) {
                collect(source, item, action, depth, places);
            }
        }
        _ => {}
    }
}

fn check_state_key(key: &TextPlace, sink: &mut Sink) -> bool {
    let good = !key.text.is_empty() && key.text.len() <= KEY_BYTES;
    if !good {
        sink.report(Code::OutOfRange, key.span, format!("`key` must have 1 to {KEY_BYTES} bytes"));
    }
    good
}

fn check_event_type(event_type: &TextPlace, sink: &mut Sink) -> bool {
    let good = !event_type.text.trim().is_empty() && event_type.text.len() <= KEY_BYTES;
    if !good {
        sink.report(
            Code::OutOfRange,
            event_type.span,
            format!("`event_type` must have 1 to {KEY_BYTES} bytes"),
        )
        .help("name an event, such as `research.finished`");
    }
    good
}
