//! The whole file: TOML first, then section by section.

use oracle_vm::hook::Hook;
use toml::Spanned;
use toml::de::DeTable;

use super::fields::Fields;
use super::place::Places;
use super::{action, condition, keys, limits, params, rule, test};
use crate::diag::{Code, Sink};
use crate::rule::{Condition, LimitSpec, ParamSpec, RuleSpec};
use crate::source::{SourceId, Sources, Span};

/// What a rule file is read for: the plugin whose folder it lies in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginContext {
    /// The plugin's id.
    pub id: String,
    /// What users may change about the plugin.
    pub settings: Vec<ParamSpec>,
    /// Whether the host lets the plugin's rules be core.
    pub may_be_core: bool,
}

/// A rule file that is TOML. Where something in it was wrong, that was reported and `spec` has the default instead,
/// so that later stages can still look at the rest; such a rule is not to be run.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// What it means.
    pub spec: RuleSpec,
    /// Where its parts stand.
    pub places: Places,
}

/// TOML errors of one file that are shown.
const TOML_ERRORS: usize = 20;

/// Reads a rule file; `None` where it is not TOML or has no `[rule]`. Everything that is wrong is reported.
pub fn read(
    sources: &Sources,
    source: SourceId,
    plugin: Option<&PluginContext>,
    sink: &mut Sink,
) -> Option<RuleFile> {
    let file = sources.get(source)?;
    let table = parse(source, &file.text, sink)?;
    let start = Span::new(source, 0, 0);
    let fields = Fields::check(source, table.get_ref(), start, &keys::FILE, sink);
    let mut made = RuleFile { spec: empty(&file.name), places: Places::default() };
    if let Some((table, span)) = fields.table("rule") {
        rule::read(source, table, span, plugin, &mut made, sink);
    }
    if let Some((table, _)) = fields.table("params") {
        let read = params::read(source, table, &keys::PARAM, sink);
        made.spec.params = read.specs;
        made.places.params = read.spans;
        made.places.has_broken_params = read.is_broken;
    }
    made.places.has_broken_params |= is_there(&table, "params") && fields.value("params").is_none();
    condition::read(source, fields.table("condition"), is_there(&table, "condition"), &mut made, sink);
    if let Some((table, span)) = fields.table("limits") {
        limits::read(source, table, span, &mut made, sink);
    }
    let actions = fields.tables("action");
    let missing = actions.is_empty() && (fields.value("action").is_some() || !is_there(&table, "action"));
    action::read(source, &actions, missing, &mut made, sink);
    test::read(source, &fields.tables("test"), &mut made, sink);
    fields.table("rule").map(|_| made)
}

fn is_there(table: &Spanned<DeTable<'_>>, key: &str) -> bool {
    table.get_ref().contains_key(key)
}

pub(super) fn parse<'t>(source: SourceId, text: &'t str, sink: &mut Sink) -> Option<Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(TOML_ERRORS) {
        let range = error.span().unwrap_or_default();
        let message = error.message().replace('\n', " ");
        sink.report(Code::NotToml, Span::new(source, range.start, range.end), format!("not TOML: {message}"));
    }
    errors.is_empty().then_some(table)
}

fn empty(name: &str) -> RuleSpec {
    RuleSpec {
        id: String::new(),
        plugin: None,
        name: String::new(),
        description: String::new(),
        version: "1.0.0".to_owned(),
        hook: Hook::OnTurnStart,
        priority: 100,
        enabled: true,
        core: false,
        params: Vec::new(),
        condition: Condition::Expression(String::new()),
        limits: LimitSpec::default(),
        actions: Vec::new(),
        tests: Vec::new(),
        source_path: name.to_owned(),
    }
}
