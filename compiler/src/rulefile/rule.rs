//! `[rule]`: what the rule is.

use oracle_vm::hook::{HOOKS, Hook};
use toml::de::DeTable;

use super::fields::Fields;
use super::file::{PluginContext, RuleFile};
use super::place::TextPlace;
use super::{keys, version};
use crate::diag::suggest::nearest;
use crate::diag::{Code, Sink};
use crate::source::{SourceId, Span};

pub(super) fn read(
    source: SourceId,
    table: &DeTable<'_>,
    span: Span,
    plugin: Option<&PluginContext>,
    file: &mut RuleFile,
    sink: &mut Sink,
) {
    let fields = Fields::check(source, table, span, &keys::RULE, sink);
    file.places.rule = span;
    file.places.id = fields.span("id").unwrap_or(span);
    let id = fields.place("id").filter(|it| check_id(it, sink)).map(|it| it.text).unwrap_or_default();
    let spec = &mut file.spec;
    spec.name = fields.text("name").unwrap_or(&id).to_owned();
    spec.id = qualified(plugin.map(|it| it.id.as_str()), &id);
    spec.plugin = plugin.map(|it| it.id.clone());
    if let Some(text) = fields.text("description") {
        spec.description = text.to_owned();
    }
    if let Some(text) = fields.place("version").filter(|it| check_version(it, sink)) {
        spec.version = text.text;
    }
    if let Some(number) = fields.whole("priority").and_then(|it| u16::try_from(it).ok()) {
        spec.priority = number;
    }
    spec.enabled = fields.boolean("enabled").unwrap_or(true);
    spec.core = fields.boolean("core").unwrap_or(false);
    read_trigger(&fields, table, span, file, sink);
    check_plugin(&fields, plugin, file.spec.core, sink);
}

/// The id under which everything knows a rule.
fn qualified(plugin: Option<&str>, id: &str) -> String {
    match plugin {
        Some(plugin) => format!("{plugin}:{id}"),
        None => id.to_owned(),
    }
}

/// Whether the text is an id of a rule or plugin: lower case ASCII letters, digits and hyphens, not hyphens alone.
pub fn is_id(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        && text.bytes().any(|it| it != b'-')
}

/// Whether this is an id; reported where it is not.
pub fn check_id(id: &TextPlace, sink: &mut Sink) -> bool {
    if is_id(&id.text) {
        return true;
    }
    let shown: String = id.text.chars().take(80).collect();
    let report = sink.report(Code::BadId, id.span, format!("`{}` is not an id", shown.escape_debug()));
    report
        .help("an id consists of lower case letters, digits and hyphens, with at least one letter or digit");
    let words = shown.to_lowercase();
    let words: Vec<&str> =
        words.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty()).collect();
    if !words.is_empty() {
        let near = words.join("-");
        report.suggest(format!("write `{near}`"), id.span, format!("\"{near}\""));
    }
    false
}

/// Whether this is a semantic version; reported where it is not.
pub fn check_version(text: &TextPlace, sink: &mut Sink) -> bool {
    if version::is_semantic(&text.text) {
        return true;
    }
    let message = format!("`{}` is not a semantic version", text.text.escape_debug());
    let report = sink.report(Code::BadVersion, text.span, message);
    report.help("a version is three numbers such as `1.0.0`");
    if let Some(near) = version::nearest(&text.text) {
        report.suggest(format!("write `{near}`"), text.span, format!("\"{near}\""));
    }
    false
}

fn read_trigger(
    fields: &Fields<'_, '_>,
    table: &DeTable<'_>,
    span: Span,
    file: &mut RuleFile,
    sink: &mut Sink,
) {
    let Some(trigger) = fields.place("trigger") else {
        if !table.contains_key("trigger") {
            sink.report(
                Code::MissingTrigger,
                span,
                "the rule has no `trigger`, so it runs at `on_turn_start`",
            )
            .help("add `trigger = \"on_turn_start\"`, or the hook that was meant");
        }
        return;
    };
    if let Some(hook) = Hook::from_name(&trigger.text) {
        file.spec.hook = hook;
        file.places.trigger = Some(trigger.span);
        return;
    }
    let report = sink.report(Code::UnknownHook, trigger.span, format!("there is no hook `{}`", trigger.text));
    let by_event = Hook::of_event(&trigger.text).map(Hook::name);
    if let Some(near) = by_event.or_else(|| nearest(&trigger.text, HOOKS.iter().map(|row| row.name))) {
        report.suggest(format!("write `{near}`"), trigger.span, format!("\"{near}\""));
        report.help(format!("did you mean `{near}`?"));
    }
    let known: Vec<String> = HOOKS.iter().map(|row| format!("`{}`", row.name)).collect();
    report.help(format!("hooks: {}", known.join(", ")));
}

fn check_plugin(fields: &Fields<'_, '_>, plugin: Option<&PluginContext>, core: bool, sink: &mut Sink) {
    if let Some(claimed) = fields.place("plugin_id") {
        match plugin {
            None => {
                sink.report(
                    Code::IgnoredPlugin,
                    claimed.span,
                    "`plugin_id` is ignored outside of a plugin's folder",
                )
                .help("remove it, or move the file into the plugin's folder");
            }
            Some(plugin) if plugin.id != claimed.text => {
                let (id, claimed_id) = (&plugin.id, &claimed.text);
                let message =
                    format!("the rule lies in plugin `{id}` and says that it is part of `{claimed_id}`");
                sink.report(Code::ForeignPlugin, claimed.span, message)
                    .help("remove `plugin_id`: the folder says which plugin a rule is part of");
            }
            Some(_) => {}
        }
    }
    if let (true, Some(plugin), Some(span)) = (core, plugin, fields.span("core"))
        && !plugin.may_be_core
    {
        let message = format!("a rule of plugin `{}` cannot be core: the host does not allow it", plugin.id);
        sink.report(Code::CoreInPlugin, span, message).help("remove `core = true`");
    }
}
