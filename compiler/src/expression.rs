//! One expression, from text to a pack with one chunk: what `oracle eval` runs, and what tests use.

use crate::codegen::{EmitError, Emitter, Limit, slots_read};
use crate::diag::{Code, Diagnostic, Sink};
use crate::hir::Hir;
use crate::source::{OffsetMap, SourceId, Sources, Span};
use crate::{check, opt, syntax};
use oracle_vm::ids::{ChunkId, SlotId};
use oracle_vm::pack::{DebugSpan, Pack};

pub use crate::check::ExpressionScope;
pub use crate::codegen::Mode;

/// The name of the source text of an expression that stands in no file.
pub const SOURCE_NAME: &str = "<expression>";

/// An expression that compiled.
#[derive(Clone, Debug)]
pub struct CompiledExpression {
    /// A pack with its code and nothing else.
    pub pack: Pack,
    /// Its chunk in the pack.
    pub chunk: ChunkId,
    /// What is probably not meant.
    pub warnings: Vec<Diagnostic>,
    /// The slots that it may read, in order: nothing else must be bound.
    pub reads: Vec<SlotId>,
    /// The text that the warnings point into.
    pub sources: Sources,
}

/// An expression that did not compile.
#[derive(Clone, Debug)]
pub struct Failed {
    /// What is wrong, by place; warnings included.
    pub diagnostics: Vec<Diagnostic>,
    /// The text that they point into.
    pub sources: Sources,
}

/// Compiles one expression: parses, checks, optimises where that is wanted, and emits it.
///
/// # Errors
/// When the text is no expression or cannot work; every problem is reported.
pub fn compile(
    text: &str,
    scope: &ExpressionScope<'_>,
    mode: Mode,
    optimise: bool,
) -> Result<CompiledExpression, Failed> {
    let mut sources = Sources::default();
    let source = sources.add(SOURCE_NAME, text);
    let mut sink = Sink::default();
    let mut emitter = Emitter::new();
    let map = OffsetMap::identity();
    let chunk = compile_into(&mut emitter, source, text, &map, scope, mode, optimise, &mut sink);
    let Some(chunk) = chunk else { return Err(Failed { diagnostics: sink.finish(), sources }) };
    let pack = emitter.finish();
    let reads = pack.chunk(chunk).map(|chunk| slots_read(&chunk)).unwrap_or_default();
    Ok(CompiledExpression { pack, chunk, warnings: sink.finish(), reads, sources })
}

/// Compiles one expression into a pack that is being made. `text` is the expression, `map` leads from it to the file
/// `source`. `None` when it does not compile; the sink says why.
#[expect(clippy::too_many_arguments, reason = "each is one thing that an expression has")]
pub fn compile_into(
    emitter: &mut Emitter,
    source: SourceId,
    text: &str,
    map: &OffsetMap,
    scope: &ExpressionScope<'_>,
    mode: Mode,
    optimise: bool,
    sink: &mut Sink,
) -> Option<ChunkId> {
    let hir = checked(source, text, map, scope, sink)?;
    emit(emitter, hir, text, map, mode, optimise, sink)
}

/// Adds a checked tree to a pack that is being made; `None` when it is too large, which is reported.
pub(crate) fn emit(
    emitter: &mut Emitter,
    hir: Hir,
    text: &str,
    map: &OffsetMap,
    mode: Mode,
    optimise: bool,
    sink: &mut Sink,
) -> Option<ChunkId> {
    let hir = if optimise { opt::run(hir) } else { hir };
    let locate = |span: Span| {
        let (start, end) = map.back(span);
        DebugSpan { start, end }
    };
    match emitter.add(&hir, mode, text, &locate) {
        Ok(chunk) => Some(chunk),
        Err(error) => {
            report_limit(error, sink);
            None
        }
    }
}

/// The typed tree of an expression; `None` when it is wrong, the sink says why.
pub fn checked(
    source: SourceId,
    text: &str,
    map: &OffsetMap,
    scope: &ExpressionScope<'_>,
    sink: &mut Sink,
) -> Option<Hir> {
    let mut own = Sink::default();
    let ast = syntax::parse(source, text, map, &mut own);
    let hir = ast.and_then(|ast| check::expression(&ast, scope, &mut own));
    let failed = own.has_errors();
    sink.extend(own);
    hir.filter(|_| !failed)
}

fn report_limit(error: EmitError, sink: &mut Sink) {
    let message = match error.limit {
        Limit::Registers => "the condition needs too many intermediate values at once",
        Limit::Code => "the condition needs too many instructions",
        Limit::Constants => "the condition has too many constants",
        Limit::Patterns => "there are too many patterns",
    };
    sink.report(Code::TooComplex, error.span, message)
        .help("split it into several rules, or move it into a script");
}
