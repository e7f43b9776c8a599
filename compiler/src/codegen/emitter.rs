//! From trees to a pack: one chunk for each condition, patterns shared by all.

use super::writer::Writer;
use crate::hir::{Expr, ExprId, ExprKind, Hir};
use crate::source::Span;
use oracle_vm::ids::{ChunkId, PatternId};
use oracle_vm::op::Op;
use oracle_vm::pack::{ChunkBuf, DebugSpan, Pack};
use std::collections::HashMap;

/// What a chunk ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The value of the expression.
    Value,
    /// Its truth: whether the rule matches.
    Truth,
}

/// A limit that an expression did not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// More intermediate values at once than there are registers.
    Registers,
    /// More instructions than a chunk may have.
    Code,
    /// More constants than a chunk may have.
    Constants,
    /// More regular expressions than a pack may have.
    Patterns,
}

/// An expression that is too large for a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmitError {
    /// Which limit.
    pub limit: Limit,
    /// The part that was too much.
    pub span: Span,
}

/// Makes a pack, chunk by chunk.
#[derive(Debug, Default)]
pub struct Emitter {
    pack: Pack,
    patterns: HashMap<String, PatternId>,
}

impl Emitter {
    /// An empty pack.
    pub fn new() -> Emitter {
        Emitter::default()
    }

    /// Adds the code of an expression. `text` is what was written; `locate` turns a place of the tree, which may lie
    /// in a rule file, into a place of that text.
    ///
    /// # Errors
    /// When the expression is too large for a chunk; the pack is as it was before.
    pub fn add(
        &mut self,
        hir: &Hir,
        mode: Mode,
        text: &str,
        locate: &dyn Fn(Span) -> DebugSpan,
    ) -> Result<ChunkId, EmitError> {
        let mut chunk =
            ChunkEmitter { hir, emitter: self, writer: Writer::default(), params: 0, settings: 0 };
        chunk.root(mode)?;
        let ChunkEmitter { writer, params, settings, .. } = chunk;
        self.pack.debug.push(writer.spans.into_iter().map(locate), text);
        Ok(self.pack.push(ChunkBuf {
            code: writer.code,
            consts: writer.consts,
            registers: u16::try_from(writer.registers).unwrap_or(u16::MAX),
            params,
            settings,
        }))
    }

    /// The pack, without rules: who knows them adds them.
    pub fn finish(mut self) -> Pack {
        self.pack.shrink_to_fit();
        self.pack
    }
}

/// Emits one chunk.
pub(super) struct ChunkEmitter<'h, 'e> {
    pub(super) hir: &'h Hir,
    emitter: &'e mut Emitter,
    pub(super) writer: Writer,
    pub(super) params: u16,
    pub(super) settings: u16,
}

impl<'h> ChunkEmitter<'h, '_> {
    fn root(&mut self, mode: Mode) -> Result<(), EmitError> {
        let root = self.hir.root;
        let span = self.span(root);
        match mode {
            Mode::Value => {
                let src = self.operand(root)?;
                self.writer.op(Op::Return { src }, span)
            }
            Mode::Truth => {
                let reject = self.writer.label();
                if let Some(truth) = self.constant_truth(root) {
                    return self.writer.op(if truth { Op::Accept {} } else { Op::Reject {} }, span);
                }
                self.branch(root, false, reject)?;
                self.writer.op(Op::Accept {}, span)?;
                if self.writer.is_target(reject) {
                    self.writer.place(reject);
                    self.writer.op(Op::Reject {}, span)?;
                }
                Ok(())
            }
        }
    }

    /// The node. The checker makes no dangling ids; were there one, it would be `None`.
    pub(super) fn expr(&self, id: ExprId) -> Option<&'h Expr> {
        self.hir.get(id)
    }

    pub(super) fn kind(&self, id: ExprId) -> &'h ExprKind {
        self.hir.get(id).map_or(&ExprKind::Const(oracle_vm::value::Data::None), |expr| &expr.kind)
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        self.expr(id).map_or(Span::default(), |expr| expr.span)
    }

    /// The pattern's place in the pack, where equal patterns stand once.
    pub(super) fn pattern(&mut self, pattern: &str, span: Span) -> Result<PatternId, EmitError> {
        if let Some(id) = self.emitter.patterns.get(pattern) {
            return Ok(*id);
        }
        let Ok(at) = u16::try_from(self.emitter.pack.patterns.len()) else {
            return Err(EmitError { limit: Limit::Patterns, span });
        };
        self.emitter.pack.patterns.push(pattern.to_owned());
        self.emitter.patterns.insert(pattern.to_owned(), PatternId(at));
        Ok(PatternId(at))
    }
}
