//! `[[test]]`: examples that `oracle test` runs. The context is looked at when it is bound, not here.

use oracle_vm::value::{Data, Map};
use toml::de::DeTable;

use super::fields::Fields;
use super::file::RuleFile;
use super::keys;
use crate::diag::{Code, Sink};
use crate::rule::TestSpec;
use crate::source::{SourceId, Span};

/// Tests of one rule.
const MOST: usize = 1000;

pub(super) fn read(source: SourceId, tables: &[(&DeTable<'_>, Span)], file: &mut RuleFile, sink: &mut Sink) {
    for (at, (table, span)) in tables.iter().enumerate() {
        if at >= MOST {
            sink.report(Code::FileLimit, *span, format!("more than {MOST} tests in one rule"));
            return;
        }
        let fields = Fields::check(source, table, *span, &keys::TEST, sink);
        let mut map = |key: &str| match fields.value(key) {
            Some(_) => fields.data(key, sink),
            None => Some(Data::map(Map::default())),
        };
        let (Some(context), Some(params), Some(settings)) = (map("context"), map("params"), map("settings"))
        else {
            continue;
        };
        let Some(fires) = fields.boolean("fires") else { continue };
        file.places.tests.push(*span);
        file.spec.tests.push(TestSpec {
            name: fields.text("name").map_or_else(|| format!("test {}", at + 1), str::to_owned),
            context,
            params,
            settings,
            fires,
            message: fields.text("message").map(str::to_owned),
        });
    }
}
