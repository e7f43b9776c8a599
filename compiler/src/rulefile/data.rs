//! TOML values as data.

use oracle_vm::limits::DATA_DEPTH;
use oracle_vm::value::{Data, Map};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::span_of;
use crate::diag::{Code, Sink};
use crate::source::SourceId;

/// A TOML value as data; `None` when it holds what data cannot, which is reported. Tables keep the order in which
/// they were written; dates and times become text.
pub fn data(source: SourceId, value: &Spanned<DeValue<'_>>, sink: &mut Sink) -> Option<Data> {
    convert(source, value, DATA_DEPTH, sink)
}

fn convert(source: SourceId, value: &Spanned<DeValue<'_>>, depth: usize, sink: &mut Sink) -> Option<Data> {
    let Some(depth) = depth.checked_sub(1) else {
        sink.report(Code::FileLimit, span_of(source, value), format!("nested more than {DATA_DEPTH} deep"));
        return None;
    };
    match value.get_ref() {
        DeValue::String(text) => Some(Data::text(text.as_ref())),
        DeValue::Integer(digits) => {
            let (text, radix) = (digits.as_str(), digits.radix());
            let small = i64::from_str_radix(text, radix).ok().map(Data::Int);
            let found = small.or_else(|| u64::from_str_radix(text, radix).ok().map(Data::Big));
            if found.is_none() {
                sink.report(Code::OutOfRange, span_of(source, value), "a whole number beyond 64 bits")
                    .help("write it as a float, or as text");
            }
            found
        }
        DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
            Ok(x) if x.is_finite() || digits.as_str().contains(['i', 'n']) => Some(Data::Float(x)),
            _ => {
                sink.report(Code::OutOfRange, span_of(source, value), "a float beyond the range of 64 bits");
                None
            }
        },
        DeValue::Boolean(it) => Some(Data::Bool(*it)),
        DeValue::Datetime(it) => Some(Data::text(it.to_string())),
        DeValue::Array(items) => {
            let items: Vec<Option<Data>> = items.iter().map(|it| convert(source, it, depth, sink)).collect();
            items.into_iter().collect::<Option<Vec<Data>>>().map(Data::list)
        }
        DeValue::Table(table) => {
            let mut map = Some(Map::default());
            for (key, value) in in_order(table) {
                match (convert(source, value, depth, sink), &mut map) {
                    (Some(value), Some(map)) => {
                        map.insert(key.get_ref().as_ref().into(), value);
                    }
                    _ => map = None,
                }
            }
            map.map(Data::map)
        }
    }
}

/// A key of a table with its place.
pub(super) type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;

/// The entries of a table as they were written.
pub(super) fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Key<'t>, &'a Spanned<DeValue<'t>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
