//! A table that was checked against its section: what is wrong was reported, what is right can be taken.

use oracle_vm::value::Data;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::data::{data, in_order};
use super::keys::{KeyRow, KeyType, SectionRow};
use super::place::TextPlace;
use crate::diag::suggest::nearest;
use crate::diag::{Code, Sink};
use crate::source::{SourceId, Span};

/// The place of something that TOML parsed.
pub(super) fn span_of<T>(source: SourceId, it: &Spanned<T>) -> Span {
    let range = it.span();
    Span::new(source, range.start, range.end)
}

/// A table of the file, with those of its keys whose values have the type that the section says.
#[derive(Debug)]
pub struct Fields<'a, 't> {
    source: SourceId,
    good: Vec<(&'static str, &'a Spanned<DeValue<'t>>)>,
}

impl<'a, 't> Fields<'a, 't> {
    /// Checks a table against its section: unknown and missing keys, types, ranges and words.
    pub fn check(
        source: SourceId,
        table: &'a DeTable<'t>,
        span: Span,
        section: &'static SectionRow,
        sink: &mut Sink,
    ) -> Fields<'a, 't> {
        let mut good = Vec::new();
        for (key, value) in in_order(table) {
            let name: &str = key.get_ref();
            match section.key(name) {
                None => unknown_key(span_of(source, key), name, section, table, sink),
                Some(row) => {
                    if check_value(source, value, row, sink) {
                        good.push((row.name, value));
                    }
                }
            }
        }
        for row in section.keys.iter().filter(|row| row.required) {
            if !table.iter().any(|(key, _)| key.get_ref().as_ref() == row.name) {
                sink.report(Code::MissingKey, span, format!("{} has no `{}`", section.name, row.name))
                    .help(format!("add `{}`: {}", row.name, row.doc));
            }
        }
        Fields { source, good }
    }

    /// The value of a key, where it is there and right.
    pub fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.good.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }
    /// The place of a value.
    pub fn span(&self, key: &str) -> Option<Span> {
        self.value(key).map(|it| span_of(self.source, it))
    }
    /// A text with its place.
    pub fn place(&self, key: &str) -> Option<TextPlace> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str()?.to_owned();
        Some(TextPlace { text, span: span_of(self.source, value) })
    }
    /// A text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value(key)?.get_ref().as_str()
    }
    /// A boolean.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.value(key)?.get_ref().as_bool()
    }
    /// A whole number.
    pub fn whole(&self, key: &str) -> Option<i64> {
        whole(self.value(key)?.get_ref())
    }
    /// A number.
    pub fn number(&self, key: &str) -> Option<f64> {
        number(self.value(key)?.get_ref())
    }
    /// A table with its place.
    pub fn table(&self, key: &str) -> Option<(&'a DeTable<'t>, Span)> {
        let value = self.value(key)?;
        Some((value.get_ref().as_table()?, span_of(self.source, value)))
    }
    /// One table or a list of tables, with their places.
    pub fn tables(&self, key: &str) -> Vec<(&'a DeTable<'t>, Span)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let one = |it: &'a Spanned<DeValue<'t>>| Some((it.get_ref().as_table()?, span_of(self.source, it)));
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(one).collect(),
            _ => one(value).into_iter().collect(),
        }
    }
    /// A list of texts.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let list = self.value(key).and_then(|it| it.get_ref().as_array());
        let items = list.into_iter().flat_map(|it| it.iter());
        items.filter_map(|it| it.get_ref().as_str()).map(str::to_owned).collect()
    }
    /// A list of texts with their places.
    pub fn places(&self, key: &str) -> Vec<TextPlace> {
        let list = self.value(key).and_then(|it| it.get_ref().as_array());
        let items = list.into_iter().flat_map(|it| it.iter());
        let place = |it: &Spanned<DeValue<'_>>| {
            let text = it.get_ref().as_str()?.to_owned();
            Some(TextPlace { text, span: span_of(self.source, it) })
        };
        items.filter_map(place).collect()
    }
    /// Any value as data.
    pub fn data(&self, key: &str, sink: &mut Sink) -> Option<Data> {
        data(self.source, self.value(key)?, sink)
    }
}

pub(super) fn whole(value: &DeValue<'_>) -> Option<i64> {
    let digits = value.as_integer()?;
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(digits) => digits.as_str().parse().ok(),
        #[expect(clippy::cast_precision_loss, reason = "bounds and seconds are compared as floats")]
        DeValue::Integer(_) => whole(value).map(|it| it as f64),
        _ => None,
    }
}

fn unknown_key(span: Span, name: &str, section: &SectionRow, table: &DeTable<'_>, sink: &mut Sink) {
    let free = section.keys.iter().map(|row| row.name).filter(|it| !table.contains_key(*it));
    let near = nearest(name, free);
    let report =
        sink.report(Code::UnknownKey, span, format!("{} has no key `{name}`; it is ignored", section.name));
    match near {
        Some(near) => {
            report.suggest(format!("write `{near}`"), span, near).help(format!("did you mean `{near}`?"));
        }
        None => {
            let known: Vec<String> = section.keys.iter().map(|row| format!("`{}`", row.name)).collect();
            report.help(format!("known keys: {}", known.join(", ")));
        }
    }
}

/// Whether the value is right; what is wrong is reported.
fn check_value(source: SourceId, value: &Spanned<DeValue<'_>>, row: &KeyRow, sink: &mut Sink) -> bool {
    let span = span_of(source, value);
    let it = value.get_ref();
    let fits = match row.ty {
        KeyType::Text | KeyType::Word(_) => it.is_str(),
        KeyType::Boolean => it.is_bool(),
        KeyType::Whole(..) => it.is_integer(),
        KeyType::Number(..) => it.is_integer() || it.is_float(),
        KeyType::Texts => it.as_array().is_some_and(|items| items.iter().all(|it| it.get_ref().is_str())),
        KeyType::Table => it.is_table(),
        KeyType::Tables => is_tables(it),
        KeyType::TableOrTables => it.is_table() || is_tables(it),
        KeyType::Any => true,
    };
    if !fits {
        let (name, wanted, found) = (row.name, row.ty.describe(), kind_name(it));
        let report = sink.report(Code::WrongType, span, format!("`{name}` must be {wanted}, not {found}"));
        report.label(format!("this is {found}"));
        match it {
            DeValue::Integer(_) | DeValue::Float(_) if row.ty == KeyType::Text => {
                report.help("put it in quotes")
            }
            DeValue::String(_) if row.ty != KeyType::Tables => report.help(format!("`{name}`: {}", row.doc)),
            _ => report.help(format!("`{name}`: {}", row.doc)),
        };
        return false;
    }
    match row.ty {
        KeyType::Word(words) => is_word(row.name, it.as_str().unwrap_or_default(), words, span, sink),
        KeyType::Whole(min, max) => {
            let good = whole(it).is_some_and(|x| min <= x && x <= max);
            good || out_of_range(row, format!("a whole number from {min} to {max}"), span, sink)
        }
        KeyType::Number(min, max) => {
            let good = number(it).is_some_and(|x| min <= x && x <= max);
            let range = if min < -1e300 {
                "a finite number".to_owned()
            } else {
                format!("a number from {min} to {max}")
            };
            good || out_of_range(row, range, span, sink)
        }
        _ => true,
    }
}

fn is_tables(it: &DeValue<'_>) -> bool {
    it.as_array().is_some_and(|items| items.iter().all(|it| it.get_ref().is_table()))
}

fn out_of_range(row: &KeyRow, range: String, span: Span, sink: &mut Sink) -> bool {
    sink.report(Code::OutOfRange, span, format!("`{}` must be {range}", row.name))
        .help(format!("`{}`: {}", row.name, row.doc));
    false
}

/// Whether the text is one of the words; reported where it is not.
fn is_word(key: &str, text: &str, words: &'static [&'static str], span: Span, sink: &mut Sink) -> bool {
    if words.contains(&text) {
        return true;
    }
    let report = sink.report(Code::UnknownWord, span, format!("`{key}` cannot be `{text}`"));
    if let Some(near) = nearest(text, words.iter().copied()) {
        report
            .suggest(format!("write `{near}`"), span, format!("\"{near}\""))
            .help(format!("did you mean `{near}`?"));
    }
    let known: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
    report.help(format!("it can be {}", known.join(", ")));
    false
}

impl KeyType {
    /// What operators call it.
    pub fn describe(self) -> &'static str {
        match self {
            KeyType::Text | KeyType::Word(_) => "text",
            KeyType::Boolean => "`true` or `false`",
            KeyType::Whole(..) => "a whole number",
            KeyType::Number(..) => "a number",
            KeyType::Texts => "a list of texts",
            KeyType::Table => "a table",
            KeyType::Tables => "a list of tables",
            KeyType::TableOrTables => "a table, or a list of tables",
            KeyType::Any => "any value",
        }
    }
}

/// What operators call the kind of a TOML value.
pub(super) fn kind_name(it: &DeValue<'_>) -> &'static str {
    match it {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
