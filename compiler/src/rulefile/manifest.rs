//! `manifest.toml`: what a plugin is, what it needs, where its rules lie and what users may change.

use super::fields::Fields;
use super::file::parse;
use super::place::TextPlace;
use super::rule::{check_id, check_version};
use super::{keys, params};
use crate::diag::{Code, Sink};
use crate::rule::ParamSpec;
use crate::source::{SourceId, Sources, Span};

/// Where a plugin's rules lie unless it says otherwise.
pub const DEFAULT_INCLUDE: &str = "rules/*.toml";

/// Patterns of one manifest.
const MOST_PATTERNS: usize = 100;

/// A manifest that was read without errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The id with its place.
    pub id: TextPlace,
    /// What people call it.
    pub name: String,
    /// Its semantic version.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// What the host must offer.
    pub requires: Vec<TextPlace>,
    /// The patterns of its rule files; none where the usual one holds.
    pub include: Vec<TextPlace>,
    /// What users may change, in the order of the file.
    pub settings: Vec<ParamSpec>,
}

/// Reads a manifest; `None` where anything is wrong with it. Everything that is wrong is reported.
pub fn read(sources: &Sources, source: SourceId, sink: &mut Sink) -> Option<Manifest> {
    let mut own = Sink::default();
    let made = read_into(sources, source, &mut own);
    let failed = own.has_errors();
    sink.extend(own);
    made.filter(|_| !failed)
}

fn read_into(sources: &Sources, source: SourceId, sink: &mut Sink) -> Option<Manifest> {
    let file = sources.get(source)?;
    let table = parse(source, &file.text, sink)?;
    let fields = Fields::check(source, table.get_ref(), Span::new(source, 0, 0), &keys::MANIFEST, sink);
    let section = |key: &str, section, sink: &mut Sink| {
        fields.table(key).map(|(table, span)| Fields::check(source, table, span, section, sink))
    };
    let plugin = section("plugin", &keys::PLUGIN, sink);
    let capabilities = section("capabilities", &keys::CAPABILITIES, sink);
    let rules = section("rules", &keys::PLUGIN_RULES, sink);
    let settings =
        fields.table("settings").map(|(table, _)| params::read(source, table, &keys::SETTING, sink));
    let include = rules.map(|it| it.places("include")).unwrap_or_default();
    check_include(&include, sink);
    let plugin = plugin?;
    let version = plugin.place("version").filter(|it| check_version(it, sink));
    let id = plugin.place("id").filter(|it| check_id(it, sink))?;
    Some(Manifest {
        name: plugin.text("name").unwrap_or(&id.text).to_owned(),
        version: version.map_or_else(|| "1.0.0".to_owned(), |it| it.text),
        description: plugin.text("description").unwrap_or_default().to_owned(),
        requires: capabilities.map(|it| it.places("requires")).unwrap_or_default(),
        include,
        settings: settings.map(|it| it.specs).unwrap_or_default(),
        id,
    })
}

/// Patterns stay inside the plugin's folder. They are only ever compared with what lies in there, so this is for the
/// one who wrote it, not for safety.
fn check_include(include: &[TextPlace], sink: &mut Sink) {
    if let Some(first) = include.get(MOST_PATTERNS) {
        sink.report(Code::FileLimit, first.span, format!("more than {MOST_PATTERNS} patterns"));
    }
    for pattern in include {
        let text = pattern.text.as_str();
        let why = if text.trim().is_empty() {
            "is empty"
        } else if text.contains('\\') {
            "has a backslash"
        } else if text.starts_with('/') || text.chars().nth(1) == Some(':') {
            "begins at the root"
        } else if text.split(['/', '{', ',', '}']).any(|part| part == "..") {
            "leads out of the plugin's folder"
        } else {
            continue;
        };
        let message = format!("the pattern `{}` {why}", text.escape_debug());
        sink.report(Code::BadGlob, pattern.span, message).help(format!(
            "write it from the plugin's folder, with `/` between names, such as `{DEFAULT_INCLUDE}`"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> (Option<Manifest>, Vec<String>) {
        let mut sources = Sources::default();
        let mut sink = Sink::default();
        let source = sources.add("manifest.toml", text);
        let made = read(&sources, source, &mut sink);
        let messages =
            sink.finish().into_iter().map(|it| format!("{} {}", it.code.code(), it.message)).collect();
        (made, messages)
    }

    #[test]
    fn everything_is_read() {
        let (made, messages) = manifest(
            "[plugin]\nid = 'research'\nname = 'Research'\nversion = '2.1.0'\ndescription = 'd'\n\
             [capabilities]\nrequires = ['web_search']\n[rules]\ninclude = ['a/*.toml', '**/b.toml']\n\
             [settings.most]\ntype = 'integer'\ndefault = 3\nname = 'Most'\n[settings.also]\ntype = 'boolean'\ndefault = true\n",
        );
        assert_eq!(messages, [""; 0]);
        let made = made.unwrap();
        assert_eq!(
            (made.id.text.as_str(), made.name.as_str(), made.version.as_str()),
            ("research", "Research", "2.1.0")
        );
        assert_eq!((made.requires.len(), made.include.len()), (1, 2));
        let names: Vec<&str> = made.settings.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["most", "also"]);
        assert_eq!(made.settings[0].title.as_deref(), Some("Most"));
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let (made, messages) = manifest("[plugin]\nid = 'p'\n");
        assert_eq!(messages, [""; 0]);
        let made = made.unwrap();
        assert_eq!((made.name.as_str(), made.version.as_str(), made.include.len()), ("p", "1.0.0", 0));
    }

    #[test]
    fn every_problem_is_reported_in_one_go() {
        let (made, messages) = manifest(
            "name = 'x'\n[plugin]\nid = 'Re Search'\nversion = 1\n[capabilities]\nrequires = 'web_search'\n\
             [rules]\ninclude = ['../x/*.toml', '/etc/*.toml', 'C:\\x', '', '{..,a}/b']\n\
             [settings.most]\ntype = 'integer'\ndefault = 'a'\nmin = 1\n[settings.a__b]\ntype = 'integer'\ndefault = 1\n",
        );
        assert!(made.is_none());
        insta::assert_snapshot!(messages.join("\n"));
        for (text, code) in
            [("", "E0303"), ("[plugin", "E0302"), ("plugin = 5", "E0308"), ("[plugin]\nid = 7", "E0308")]
        {
            let (made, messages) = manifest(text);
            assert!(made.is_none(), "{text}");
            assert!(messages.iter().any(|it| it.starts_with(code)), "{text}: {messages:?}");
        }
    }
}
