//! An expression that is ready to run.

use oracle_compiler::diag::codes::Kind;
use oracle_compiler::diag::{Code, Diagnostic, Severity, Sink};
use oracle_compiler::expression::{ExpressionScope, Mode, compile};
use oracle_compiler::source::{SourceId, Sources, Span};
use oracle_vm::fault::Fault;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, SlotId};
use oracle_vm::machine::Machine;
use oracle_vm::value::{json, ops};
use oracle_vm::verify::{VerifiedPack, verify};

use super::request::{self, Request};

/// A compiled expression and what it was compiled for.
#[derive(Debug)]
pub(super) struct Program {
    pack: VerifiedPack,
    chunk: ChunkId,
    reads: Vec<SlotId>,
    hook: Option<Hook>,
    /// What is probably not meant.
    pub(super) warnings: Vec<Diagnostic>,
    /// The text that the warnings point into.
    pub(super) sources: Sources,
}

/// What an expression gave.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its value as JSON.
    pub(super) result: serde_json::Value,
    /// Whether a rule with this condition matches.
    pub(super) matched: bool,
}

/// Why an expression gave nothing.
#[derive(Debug)]
pub(super) struct Failure {
    /// The kind of the error, as machines read it.
    pub(super) kind: &'static str,
    /// What is wrong, in one line.
    pub(super) message: String,
    /// The part that failed, in code points of the expression.
    pub(super) code_points: (u32, u32),
    /// Everything that is wrong, for people.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The text that the diagnostics point into.
    pub(super) sources: Sources,
}

impl Program {
    /// Compiles the expression of a request for its hook and the types of its inputs; a request whose hook or
    /// inputs cannot be taken was refused before.
    pub(super) fn compile(request: &Request) -> Result<Program, Failure> {
        let hook = request.hook().unwrap_or_default();
        let params = request::specs("params", &request.params).unwrap_or_default();
        let settings = request::specs("settings", &request.settings).unwrap_or_default();
        let scope = ExpressionScope { hook, params: &params, settings: &settings };
        let made = match compile(&request.expression, &scope, Mode::Value, true) {
            Ok(made) => made,
            Err(failed) => return Err(Failure::compiling(failed.diagnostics, failed.sources)),
        };
        match verify(made.pack) {
            Ok(pack) => Ok(Program {
                pack,
                chunk: made.chunk,
                reads: made.reads,
                hook,
                warnings: made.warnings,
                sources: made.sources,
            }),
            Err(error) => {
                let mut sink = Sink::default();
                let span = whole(&made.sources);
                sink.report(
                    Code::TooComplex,
                    span,
                    format!("the code of the expression is refused: {error}"),
                );
                Err(Failure::compiling(sink.finish(), made.sources))
            }
        }
    }

    /// Runs it with a request's context and inputs. The outer error says what is wrong with the context.
    pub(super) fn run(
        &self,
        request: &Request,
        machine: &mut Machine,
    ) -> Result<Result<Answer, Failure>, String> {
        let context = request.context(self.hook)?;
        let mut frame = Frame::new();
        context.bind_only(&mut frame, &self.reads);
        let params = request::values(&request.params);
        let settings = request::values(&request.settings);
        let scope = Scope { params: &params, settings: &settings, state: context.state() };
        let outcome = machine.evaluate(&self.pack, self.chunk, &frame, &scope, |value| {
            json::to_json(value).map(|result| Answer { result, matched: ops::truth(value) })
        });
        Ok(match outcome {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(trouble)) => {
                let kind = trouble.kind().name();
                Err(Failure::running(kind, trouble.to_string(), whole(&self.sources), &self.sources))
            }
            Err(fault) => {
                let kind = fault.trouble.kind().name();
                Err(Failure::running(kind, fault.trouble.to_string(), self.place(&fault), &self.sources))
            }
        })
    }

    /// The part of the expression that a fault is about.
    fn place(&self, fault: &Fault) -> Span {
        let debug = self.pack.debug.get(self.chunk);
        let span = debug.and_then(|it| it.spans.get(usize::from(fault.at.0)));
        span.map_or_else(
            || whole(&self.sources),
            |span| Span { source: SourceId::default(), start: span.start, end: span.end },
        )
    }
}

impl Failure {
    fn compiling(diagnostics: Vec<Diagnostic>, sources: Sources) -> Failure {
        let first = diagnostics.iter().find(|it| it.severity == Severity::Error);
        let (kind, message, span) = match first {
            Some(first) => (kind_name(first.code.row().kind), first.message.clone(), first.primary.span),
            None => ("syntax", "the expression cannot be compiled".to_owned(), Span::default()),
        };
        let code_points = code_points(&sources, span);
        Failure { kind, message, code_points, diagnostics, sources }
    }

    fn running(kind: &'static str, message: String, span: Span, sources: &Sources) -> Failure {
        let mut sink = Sink::default();
        sink.report(Code::EvaluationFailed, span, message.clone()).label(format!("error kind `{kind}`"));
        Failure {
            kind,
            message,
            code_points: code_points(sources, span),
            diagnostics: sink.finish(),
            sources: sources.clone(),
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Syntax | Kind::File => "syntax",
        Kind::Name => "name",
        Kind::Attribute => "attribute",
        Kind::Type => "type",
        Kind::Arity => "arity",
        Kind::Limit => "limit",
    }
}

fn whole(sources: &Sources) -> Span {
    let length = sources.get(SourceId::default()).map_or(0, |source| source.text.len());
    Span::new(SourceId::default(), 0, length)
}

/// A span in bytes as code points of its text.
fn code_points(sources: &Sources, span: Span) -> (u32, u32) {
    let text = sources.get(span.source).map_or("", |source| source.text.as_str());
    let count = |end: u32| {
        let before = text.char_indices().take_while(|(at, _)| *at < end as usize).count();
        u32::try_from(before).unwrap_or(u32::MAX)
    };
    (count(span.start), count(span.end))
}
