//! The whole compiler, top to bottom: rule files in, checked rules and their code out.
//!
//! A file with an error is left out and reported; the others are not affected. Rules and entries of the pack have
//! the same order: the order of the inputs.

use std::collections::HashMap;
use std::sync::Arc;

use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::pack::{Pack, RuleEntry};

use crate::check::{self, ExpressionScope};
use crate::codegen::{Emitter, Mode};
use crate::diag::{Code, Diagnostic, Sink};
use crate::expression;
use crate::hir::Hir;
use crate::lint::{self, Facts};
use crate::rule::{ParamSpec, RuleSpec};
use crate::rulefile::{self, Places, PluginContext, RuleFile, TextPlace};
use crate::source::{OffsetMap, Source, SourceId, Sources};
use crate::syntax;
use crate::syntax::ast::Expr;
use crate::template::{self, TemplateScope, TemplateUses};

/// A rule file as it was found.
#[derive(Clone, Debug)]
pub struct RuleInput {
    /// Its path, as diagnostics show it.
    pub path: String,
    /// Its content, which may be anything.
    pub bytes: Vec<u8>,
    /// The plugin whose folder it lies in.
    pub plugin: Option<Arc<PluginContext>>,
}

impl RuleInput {
    /// A file outside of plugins.
    pub fn loose(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> RuleInput {
        RuleInput { path: path.into(), bytes: bytes.into(), plugin: None }
    }
}

/// What the compiler does beyond what it must.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether the optimiser runs; the meaning is the same without.
    pub optimise: bool,
    /// Whether rules are looked at together for what is probably not meant.
    pub lint: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { optimise: true, lint: true }
    }
}

/// What became of an input, in the order of the inputs.
#[derive(Clone, Debug)]
pub struct FileOutcome {
    /// Its path.
    pub path: String,
    /// Its text, for diagnostics.
    pub source: SourceId,
    /// The rule that it gave; `None` where it was left out.
    pub rule: Option<RuleId>,
}

/// Everything that [`compile_rules`] made.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The good rules, by [`RuleId`].
    pub rules: Vec<RuleSpec>,
    /// Where their parts stand, by [`RuleId`].
    pub places: Vec<Places>,
    /// Their code: one entry for each rule, in the same order.
    pub pack: Pack,
    /// What is wrong, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// What became of each input.
    pub files: Vec<FileOutcome>,
}

/// Compiles rule files. Never fails as a whole: what is wrong with a file keeps only that file out.
pub fn compile_rules(inputs: &[RuleInput], options: Options) -> Compiled {
    let mut session = Session { options, ..Session::default() };
    for input in inputs {
        session.file(input);
    }
    session.finish()
}

/// What the lints need of a good rule, by [`RuleId`].
#[derive(Debug, Default)]
struct Kept {
    condition: Option<Expr>,
    clear_when: Option<Expr>,
    templates: TemplateUses,
}

#[derive(Debug, Default)]
struct Session {
    options: Options,
    made: Compiled,
    kept: Vec<Kept>,
    emitter: Emitter,
    rules: Vec<RuleEntry>,
    first: HashMap<String, RuleId>,
    sink: Sink,
}

impl Session {
    fn file(&mut self, input: &RuleInput) {
        let mut sink = Sink::default();
        let (source, is_text) =
            rulefile::decode(&input.path, &input.bytes, &mut self.made.sources, &mut sink);
        let plugin = input.plugin.as_deref();
        let file = is_text.then(|| rulefile::read(&self.made.sources, source, plugin, &mut sink)).flatten();
        let rule = file.and_then(|file| self.rule(source, file, plugin, &mut sink));
        self.made.files.push(FileOutcome { path: input.path.clone(), source, rule });
        self.sink.extend(sink);
    }

    /// Everything after the TOML; `None` when an error was reported on the way.
    fn rule(
        &mut self,
        source: SourceId,
        file: RuleFile,
        plugin: Option<&PluginContext>,
        sink: &mut Sink,
    ) -> Option<RuleId> {
        let settings = plugin.map_or(&[][..], |it| it.settings.as_slice());
        let RuleFile { spec, places } = file;
        let text = self.made.sources.get(source)?;
        let scope = ExpressionScope { hook: Some(spec.hook), params: &spec.params, settings };
        let scope = (!places.has_broken_params).then_some(scope);
        let mut condition = places.condition.as_ref().map(|it| Part::read(text, it, scope.as_ref(), sink));
        let mut clear_when = places.clear_when.as_ref().map(|it| Part::read(text, it, scope.as_ref(), sink));
        let templates = templates(text, &spec, &places, settings, sink);
        self.check_unique(&spec.id, &places, sink);
        let ast = |part: &mut Option<Part<'_>>| part.as_mut().and_then(|it| it.ast.take());
        let kept = Kept { condition: ast(&mut condition), clear_when: ast(&mut clear_when), templates };
        if self.options.lint {
            lint::one(&facts(&spec, &places, &kept), sink);
        }
        if sink.has_errors() {
            return None;
        }
        let (emitter, optimise) = (&mut self.emitter, self.options.optimise);
        let mut emit = |part: Option<Part<'_>>| part.and_then(|it| it.emit(emitter, optimise, sink));
        let (condition, clear_when) = (emit(condition), emit(clear_when));
        if sink.has_errors() {
            return None;
        }
        let id = RuleId(u32::try_from(self.rules.len()).ok()?);
        let RuleSpec { hook, priority, .. } = spec;
        self.rules.push(RuleEntry { id: spec.id.clone(), hook, priority, condition, clear_when });
        self.first.insert(spec.id.clone(), id);
        self.made.rules.push(spec);
        self.made.places.push(places);
        self.kept.push(kept);
        Some(id)
    }

    /// Ids are unique among the rules that load; the first one stays.
    fn check_unique(&self, id: &str, places: &Places, sink: &mut Sink) {
        let Some(other) = self.first.get(id).and_then(|it| self.made.places.get(it.index())) else { return };
        sink.report(Code::DuplicateId, places.id, format!("there is another rule with the id `{id}`"))
            .help("give one of them another id")
            .also(other.id, "this one stays");
    }

    fn finish(self) -> Compiled {
        let Session { options, mut made, kept, emitter, rules, mut sink, .. } = self;
        made.pack = emitter.finish().with_rules(rules);
        if options.lint {
            let rules = made.rules.iter().zip(&made.places).zip(&kept);
            let rules: Vec<Facts<'_>> =
                rules.map(|((spec, places), kept)| facts(spec, places, kept)).collect();
            lint::all(&rules, &mut sink);
        }
        made.diagnostics = sink.finish();
        made
    }
}

fn facts<'a>(spec: &'a RuleSpec, places: &'a Places, kept: &'a Kept) -> Facts<'a> {
    Facts {
        spec,
        places,
        condition: kept.condition.as_ref(),
        clear_when: kept.clear_when.as_ref(),
        templates: &kept.templates,
    }
}

/// An expression of a rule file.
#[derive(Debug)]
struct Part<'a> {
    text: &'a str,
    map: OffsetMap,
    ast: Option<Expr>,
    hir: Option<Hir>,
}

impl<'a> Part<'a> {
    /// Parses and, with a scope, checks it.
    fn read(
        file: &Source,
        place: &'a TextPlace,
        scope: Option<&ExpressionScope<'_>>,
        sink: &mut Sink,
    ) -> Part<'a> {
        let (start, end) = (place.span.start as usize, place.span.end as usize);
        let map = OffsetMap::toml_string(&file.text, start, end, &place.text);
        let ast = syntax::parse(place.span.source, &place.text, &map, sink);
        let hir = match (&ast, scope) {
            (Some(ast), Some(scope)) => check::expression(ast, scope, sink),
            _ => None,
        };
        Part { text: &place.text, map, ast, hir }
    }

    fn emit(self, emitter: &mut Emitter, optimise: bool, sink: &mut Sink) -> Option<ChunkId> {
        expression::emit(emitter, self.hir?, self.text, &self.map, Mode::Truth, optimise, sink)
    }
}

/// Checks all templates of a rule; gives what they read.
fn templates(
    file: &Source,
    spec: &RuleSpec,
    places: &Places,
    settings: &[ParamSpec],
    sink: &mut Sink,
) -> TemplateUses {
    let condition = places.condition.as_ref().map_or("", |it| it.text.as_str());
    let scope = TemplateScope { hook: spec.hook, params: &spec.params, settings, condition };
    let mut uses = TemplateUses::default();
    if !places.has_broken_params {
        for template in &places.templates {
            uses.extend(template::check(file, &template.text, &scope, sink));
        }
    }
    uses
}
