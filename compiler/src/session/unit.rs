//! One rule file by itself: from its bytes to its rule and code, or to what is wrong with it.

use std::sync::Arc;

use oracle_vm::ids::ChunkId;
use oracle_vm::pack::Pack;

use super::{Options, RuleInput};
use crate::check::{self, ExpressionScope};
use crate::codegen::{Emitter, Mode};
use crate::diag::{Diagnostic, Sink};
use crate::expression;
use crate::hir::Hir;
use crate::lint::{self, Facts, Reads};
use crate::rule::{ParamSpec, RuleSpec};
use crate::rulefile::{self, Places, PluginContext, RuleFile, TextPlace};
use crate::script::{ScriptRead, ScriptSource};
use crate::source::{OffsetMap, Source, SourceId, Sources};
use crate::syntax;
use crate::syntax::ast::Expr;
use crate::template::{self, TemplateScope, TemplateUses};

/// A rule file, and everything about it that no other file has a say in.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) path: String,
    pub(super) source: SourceId,
    /// Whether the source has the bytes of the file: else it is a likeness for diagnostics.
    is_text: bool,
    plugin: Option<Arc<PluginContext>>,
    /// What its script was, where it names one.
    script: Option<ScriptRead>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The rule; `None` where an error was reported.
    pub(super) good: Option<Arc<Good>>,
    /// The version of the rule that was linked last.
    pub(super) linked: Option<Arc<Good>>,
}

/// A rule without errors, with its code.
#[derive(Debug)]
pub(super) struct Good {
    pub(super) spec: Arc<RuleSpec>,
    pub(super) places: Arc<Places>,
    /// Chunks of the rule alone.
    pub(super) code: Pack,
    /// How much memory each of its patterns takes, in bytes.
    pub(super) pattern_bytes: Vec<usize>,
    pub(super) condition: Option<ChunkId>,
    pub(super) clear_when: Option<ChunkId>,
    /// What it was made from.
    text: Arc<Source>,
    kept: Kept,
}

/// What the lints need of a good rule.
#[derive(Debug, Default)]
struct Kept {
    condition: Option<Expr>,
    reads: Reads,
    templates: TemplateUses,
    likeness: u64,
}

impl Good {
    /// What the lints look at.
    pub(super) fn facts(&self) -> Facts<'_> {
        facts(&self.spec, &self.places, &self.kept)
    }
}

fn facts<'a>(spec: &'a RuleSpec, places: &'a Places, kept: &'a Kept) -> Facts<'a> {
    Facts {
        spec,
        places,
        condition: kept.condition.as_ref(),
        reads: &kept.reads,
        templates: &kept.templates,
        likeness: kept.likeness,
    }
}

impl Unit {
    /// Compiles a file that is new or has changed; `known` is what it was before.
    pub(super) fn compile(
        input: &RuleInput,
        known: Option<Unit>,
        sources: &mut Sources,
        (options, scripts): (Options, &dyn ScriptSource),
    ) -> Unit {
        if let Some(known) = &known {
            known.remove(sources);
        }
        let plugin = input.plugin.clone();
        let mut sink = Sink::default();
        let (source, is_text) = rulefile::decode(&input.path, &input.bytes, sources, &mut sink);
        let mut file =
            is_text.then(|| rulefile::read(sources, source, plugin.as_deref(), &mut sink)).flatten();
        let script = file.as_mut().and_then(|file| ScriptRead::of(input, file, scripts, sources, &mut sink));
        let good = file.and_then(|file| rule(sources, source, file, plugin.as_deref(), options, &mut sink));
        let mut linked = known.as_ref().and_then(|it| it.linked.clone());
        // Code reads settings by their position: what was made for other settings is made anew.
        if known.is_some_and(|it| it.plugin != plugin) && good.is_none() {
            linked = linked.and_then(|it| again(&it, plugin.as_deref(), options));
        }
        let path = input.path.clone();
        let diagnostics = sink.finish();
        Unit { path, source, is_text, plugin, script, diagnostics, good: good.map(Arc::new), linked }
    }

    /// Takes its texts out of the sources.
    pub(super) fn remove(&self, sources: &mut Sources) {
        sources.remove(self.source);
        if let Some(source) = self.script.as_ref().and_then(|it| it.source) {
            sources.remove(source);
        }
    }

    /// Whether this is what the file and its script say.
    pub(super) fn is_of(&self, input: &RuleInput, sources: &Sources, scripts: &dyn ScriptSource) -> bool {
        self.is_text
            && self.script.as_ref().is_none_or(|script| script.is_of(input, scripts))
            && sources.get(self.source).is_some_and(|it| it.text.as_bytes() == input.bytes)
            && (same(&self.plugin, &input.plugin) || self.plugin == input.plugin)
    }
}

/// Whether two contexts are one: saves comparing them for every file of a plugin.
fn same(a: &Option<Arc<PluginContext>>, b: &Option<Arc<PluginContext>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Compiles a text once more, for another plugin context.
fn again(good: &Good, plugin: Option<&PluginContext>, options: Options) -> Option<Arc<Good>> {
    let mut sources = Sources::default();
    let source = sources.add(good.text.name.clone(), good.text.text.clone());
    let mut sink = Sink::default();
    let mut file = rulefile::read(&sources, source, plugin, &mut sink)?;
    file.spec.condition = good.spec.condition.clone();
    rule(&sources, source, file, plugin, options, &mut sink).map(Arc::new)
}

/// The rule of a file; `None` when an error was reported.
fn rule(
    sources: &Sources,
    source: SourceId,
    file: RuleFile,
    plugin: Option<&PluginContext>,
    options: Options,
    sink: &mut Sink,
) -> Option<Good> {
    let RuleFile { spec, places } = file;
    let settings = plugin.map_or(&[][..], |it| it.settings.as_slice());
    let text = sources.share(source)?;
    let scope = ExpressionScope { hook: Some(spec.hook), params: &spec.params, settings };
    let scope = (!places.has_broken_params).then_some(scope);
    let mut condition = places.condition.as_ref().map(|it| Part::read(&text, it, scope.as_ref(), sink));
    let mut clear_when = places.clear_when.as_ref().map(|it| Part::read(&text, it, scope.as_ref(), sink));
    let templates = templates(&text, &spec, &places, settings, sink);
    let ast = |part: &mut Option<Part<'_>>| part.as_mut().and_then(|it| it.ast.take());
    let (condition_ast, clear_when_ast) = (ast(&mut condition), ast(&mut clear_when));
    let mut kept = Kept::default();
    if options.lint {
        let reads = Reads::of(condition_ast.iter().chain(&clear_when_ast));
        let likeness = lint::likeness(&spec, &reads);
        kept = Kept { condition: condition_ast, reads, templates, likeness };
        lint::one(&facts(&spec, &places, &kept), sink);
    }
    if sink.has_errors() {
        return None;
    }
    let mut emitter = Emitter::new();
    let mut emit = |part: Option<Part<'_>>| part.and_then(|it| it.emit(&mut emitter, options.optimise, sink));
    let (condition, clear_when) = (emit(condition), emit(clear_when));
    if sink.has_errors() {
        return None;
    }
    let code = emitter.finish();
    let pattern_bytes = code.patterns.iter().map(|it| oracle_vm::verify::pattern_bytes(it)).collect();
    let (spec, places) = (Arc::new(spec), Arc::new(places));
    Some(Good { spec, places, code, pattern_bytes, condition, clear_when, text, kept })
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
