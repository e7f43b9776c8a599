//! What can be said about a template before it runs.

use std::collections::BTreeSet;

use minijinja::machinery::{Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;
use oracle_vm::hook::Hook;

use super::TEMPLATE_BYTES;
use super::environment::is_plain;
use super::filters::{FILTERS, FUNCTIONS, TESTS};
use super::names::{Found, find};
use super::uses::{PathUse, Uses};
use crate::diag::suggest::nearest;
use crate::diag::{Code, Sink};
use crate::rule::ParamSpec;
use crate::rulefile::TextPlace;
use crate::source::{OffsetMap, Source, Span};

/// Tokens of one tag: bounds how deep a template nests.
const TAG_TOKENS: usize = 1000;
/// Tokens of one template.
const TOKENS: usize = 10_000;
/// Statement tags of one template: each `elif` nests the rest of the template one deeper.
const STATEMENTS: usize = 200;

/// What a template may name.
#[derive(Clone, Copy, Debug)]
pub struct TemplateScope<'a> {
    /// Where the rule runs.
    pub hook: Hook,
    /// The rule's params.
    pub params: &'a [ParamSpec],
    /// The plugin's settings.
    pub settings: &'a [ParamSpec],
    /// The rule's condition: what it talks about is not warned about again.
    pub condition: &'a str,
}

/// What a template reads, for the lints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateUses {
    /// Names of params.
    pub params: BTreeSet<String>,
    /// Whether params are read by names that are known only at run time.
    pub any_param: bool,
    /// Keys of the state.
    pub state_keys: BTreeSet<String>,
    /// Whether the state is read by keys that are known only at run time.
    pub any_state: bool,
}

impl TemplateUses {
    /// Adds what another template reads.
    pub fn extend(&mut self, other: TemplateUses) {
        self.params.extend(other.params);
        self.any_param |= other.any_param;
        self.state_keys.extend(other.state_keys);
        self.any_state |= other.any_state;
    }
}

struct Check<'a> {
    scope: TemplateScope<'a>,
    span: Span,
    map: OffsetMap,
    found: TemplateUses,
}

/// Checks a template: syntax, names, filters and tests, and what may be None. Everything that is wrong is reported
/// at its place in the file.
pub fn check(source: &Source, place: &TextPlace, scope: &TemplateScope<'_>, sink: &mut Sink) -> TemplateUses {
    if is_plain(&place.text) {
        return TemplateUses::default();
    }
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let map = OffsetMap::toml_string(&source.text, start, end, &place.text);
    let mut check = Check { scope: *scope, span: place.span, map, found: TemplateUses::default() };
    if let Some(uses) = check.parse(&place.text, sink) {
        check.names(&uses, sink);
        check.words(&uses, sink);
    }
    check.found
}

/// The smallest range of whole characters around a range that may begin or end inside of one: the template engine
/// counts an unexpected character as one byte.
fn whole_characters(text: &str, start: usize, end: usize) -> (usize, usize) {
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start = start.saturating_sub(1);
    }
    let mut end = end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_add(1);
    }
    (start, end)
}

impl Check<'_> {
    fn at(&self, (start, end): (usize, usize)) -> Span {
        self.map.span(self.span.source, start, end)
    }

    fn parse(&self, text: &str, sink: &mut Sink) -> Option<Uses> {
        if text.len() > TEMPLATE_BYTES {
            let message =
                format!("the template has {} bytes, at most {TEMPLATE_BYTES} are allowed", text.len());
            sink.report(Code::FileLimit, self.span, message);
            return None;
        }
        if is_too_long(text) {
            let message = format!(
                "the template is too long: at most {TAG_TOKENS} parts in a tag, {STATEMENTS} statements and {TOKENS} parts in all"
            );
            sink.report(Code::FileLimit, self.span, message).help("split it into several with `{% set %}`");
            return None;
        }
        match parse(text, "template", SyntaxConfig::default()) {
            Ok(template) => Some(Uses::of(&template)),
            Err(error) => {
                let at =
                    error.range().map_or(self.span, |it| self.at(whole_characters(text, it.start, it.end)));
                let detail = error.detail().unwrap_or("cannot be read");
                sink.report(Code::TemplateSyntax, at, format!("the template does not parse: {detail}"))
                    .help("values are written `{{ ... }}`, statements `{% ... %}`");
                None
            }
        }
    }

    fn names(&mut self, uses: &Uses, sink: &mut Sink) {
        for path in &uses.paths {
            match path.root.as_str() {
                root if uses.defined.contains(root) || FUNCTIONS.contains(&root) => {}
                "context" => self.context(path, uses, sink),
                "params" => self.input(path, "param", self.scope.params, sink),
                "settings" => self.input(path, "setting", self.scope.settings, sink),
                _ if path.soft => {}
                root => self.unknown_root(root, path, sink),
            }
        }
    }

    fn unknown_root(&self, root: &str, path: &PathUse, sink: &mut Sink) {
        let message = format!("templates know no `{root}`");
        let span = self.at(path.at);
        let is_part = path.rest.is_empty()
            || !matches!(find(&whole(root, path), self.scope.hook), Found::Unknown { .. });
        let near = if is_part && is_context_part(root) {
            Some(format!("context.{root}"))
        } else {
            nearest(root, ["context", "params", "settings"].into_iter().chain(FUNCTIONS.iter().copied()))
                .map(str::to_owned)
        };
        let report = sink.report(Code::TemplateName, span, message);
        match near {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help("templates know `context`, `params` and `settings`"),
        };
    }

    fn input(&mut self, path: &PathUse, what: &str, specs: &[ParamSpec], sink: &mut Sink) {
        let Some(name) = path.rest.first().filter(|_| !(path.called && path.rest.len() == 1)) else {
            self.found.any_param |= path.root == "params";
            return;
        };
        if path.root == "params" {
            self.found.params.insert(name.clone());
        }
        if path.soft || specs.iter().any(|it| it.name == *name) {
            return;
        }
        let report =
            sink.report(Code::TemplateName, self.at(path.at), format!("there is no {what} `{name}`"));
        match nearest(name, specs.iter().map(|it| it.name.as_str())) {
            Some(near) => report.help(format!("did you mean `{}.{near}`?", path.root)),
            None if specs.is_empty() => report.help(format!("the rule has no {what}s")),
            None => {
                let known: Vec<String> = specs.iter().map(|it| format!("`{}`", it.name)).collect();
                report.help(format!("{what}s: {}", known.join(", ")))
            }
        };
    }

    fn context(&mut self, path: &PathUse, uses: &Uses, sink: &mut Sink) {
        self.note_state(path);
        let rest = match path.rest.split_last() {
            Some((_, receiver)) if path.called => receiver,
            _ => &path.rest,
        };
        match find(rest, self.scope.hook) {
            Found::Value => {}
            Found::Unknown { .. } if path.soft => {}
            Found::Unknown { known, name, near } => {
                let span = self.at(path.at);
                let report = sink.report(Code::TemplateName, span, format!("`{known}` has no `{name}`"));
                if let Some(near) = near {
                    report.help(format!("did you mean `{near}`?"));
                }
            }
            Found::MaybeNone(at) if path.tested || self.is_handled(&at, uses) => {}
            Found::AlwaysNone(at) if path.tested || self.is_handled(&at, uses) => {}
            Found::MaybeNone(at) => {
                sink.report(Code::TemplateMaybeNone, self.at(path.at), format!("`{at}` may be None"))
                    .help("say what to write then: `| default('?', true)`, or `{% if ... %}` around it");
            }
            Found::AlwaysNone(at) => {
                let message = format!("`{at}` is None at `{}`", self.scope.hook);
                sink.report(Code::TemplateMaybeNone, self.at(path.at), message)
                    .help("there is a result only at `on_tool_complete` and `on_tool_failure`");
            }
        }
    }

    fn note_state(&mut self, path: &PathUse) {
        let Some(("state", rest)) = path.rest.split_first().map(|(it, rest)| (it.as_str(), rest)) else {
            self.found.any_state |= path.rest.is_empty();
            return;
        };
        match (rest.first(), &path.argument, path.called) {
            (Some(_), Some(key), true) => {
                self.found.state_keys.insert(key.clone());
            }
            (Some(key), None, false) => {
                self.found.state_keys.insert(key.clone());
            }
            _ => self.found.any_state = true,
        }
    }

    /// Whether the condition or another part of the template looks at this path, so that None was thought of.
    fn is_handled(&self, at: &str, uses: &Uses) -> bool {
        let short = at.strip_prefix("context.").unwrap_or(at);
        self.scope.condition.contains(short)
            || uses.paths.iter().any(|it| {
                let whole = format!("{}.{}", it.root, it.rest.join("."));
                it.tested && (whole == at || at.starts_with(&format!("{whole}.")))
            })
    }

    fn words(&self, uses: &Uses, sink: &mut Sink) {
        for (what, known, used) in [("filter", FILTERS, &uses.filters), ("test", TESTS, &uses.tests)] {
            for (name, at) in used.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
                let report =
                    sink.report(Code::TemplateFilter, self.at(*at), format!("there is no {what} `{name}`"));
                match nearest(name, known.iter().copied()) {
                    Some(near) => report.help(format!("did you mean `{near}`?")),
                    None => report.help(format!("{what}s: {}", known.join(", "))),
                };
            }
        }
    }
}

fn whole(root: &str, path: &PathUse) -> Vec<String> {
    std::iter::once(root.to_owned()).chain(path.rest.iter().cloned()).collect()
}

fn is_context_part(name: &str) -> bool {
    name == "state"
        || oracle_vm::schema::SLOTS
            .iter()
            .any(|row| !name.is_empty() && row.path.split('.').next() == Some(name))
}

/// Whether the template has more tokens than the engine nests safely.
fn is_too_long(text: &str) -> bool {
    let (mut all, mut tag, mut statements) = (0_usize, 0_usize, 0_usize);
    for token in tokenize(text, false, SyntaxConfig::default()) {
        let Ok((token, _)) = token else { return false };
        all += 1;
        statements += usize::from(matches!(token, Token::BlockStart));
        tag = match token {
            Token::VariableStart | Token::BlockStart => 0,
            _ => tag + 1,
        };
        if tag > TAG_TOKENS || all > TOKENS || statements > STATEMENTS {
            return true;
        }
    }
    false
}
