//! Reads tests off code that loads a slot first: whether its text starts or ends with a constant, and whether the slot
//! has anything at all.

use crate::ids::{Addr, Reg, SlotId};
use crate::op::Op;
use crate::pack::Chunk;
use crate::value::{Data, Value};

/// `slot.startswith(..)`, `slot.endswith(..)` or the negation of one. Where the slot has text, it cannot fail.
#[derive(Debug, PartialEq)]
pub(super) struct Affix {
    pub(super) slot: SlotId,
    /// The texts of which one is asked for.
    pub(super) texts: Vec<Box<str>>,
    /// Whether the slot must start with one of them.
    pub(super) starts: bool,
    /// Where the code goes on when the test holds.
    pub(super) next: usize,
}

/// Whether a slot is `None` or true. This cannot fail.
#[derive(Debug, PartialEq)]
pub(super) struct Presence {
    pub(super) slot: SlotId,
    pub(super) sure: Sure,
    /// Where the code goes on when the test holds.
    pub(super) next: usize,
}

/// What is known about a slot where a test of its presence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    /// It may be `None`.
    Nothing,
    /// It is not `None`.
    Something,
    /// It is true: text is not empty.
    True,
}

/// The test of a slot's presence that begins at this address and rejects where it does not hold.
pub(super) fn presence(chunk: &Chunk<'_>, at: usize) -> Option<Presence> {
    let Op::LoadSlot { dst, slot } = *op(chunk, at)? else { return None };
    let (src, to, sure) = match *op(chunk, at + 1)? {
        Op::JumpIf { src, to } | Op::JumpUnlessNone { src, to } => (src, to, Sure::Nothing),
        Op::JumpIfNone { src, to } => (src, to, Sure::Something),
        Op::JumpUnless { src, to } => (src, to, Sure::True),
        _ => return None,
    };
    (src.0 == dst.0 && rejects(chunk, to)).then_some(Presence { slot, sure, next: at + 2 })
}

/// The test of a slot's start or end that begins at this address and rejects where it does not hold; `params` are the
/// values that the rule's params have.
pub(super) fn affix(chunk: &Chunk<'_>, at: usize, params: &[Data]) -> Option<Affix> {
    let Op::LoadSlot { dst: receiver, slot } = *op(chunk, at)? else { return None };
    let (texts, at) = texts(chunk, at + 1, receiver.0, params)?;
    let Op::Call { dst, f, args, count: 2 } = *op(chunk, at)? else { return None };
    let row = f.row().filter(|row| row.receiver.is_some() && args.0 == receiver.0)?;
    let starts = match row.name {
        "startswith" => true,
        "endswith" => false,
        _ => return None,
    };
    let (src, to, holds) = match *op(chunk, at + 1)? {
        Op::JumpUnless { src, to } => (src, to, true),
        Op::JumpIf { src, to } => (src, to, false),
        _ => return None,
    };
    let is_test = src.0 == dst.0 && rejects(chunk, to);
    is_test.then_some(Affix { slot, texts, starts: starts && holds, next: at + 2 })
}

/// The text, or the tuple of texts, that the code loads into the register after the receiver's, and where it goes on.
fn texts(chunk: &Chunk<'_>, at: usize, receiver: Reg, params: &[Data]) -> Option<(Vec<Box<str>>, usize)> {
    let argument = Reg(receiver.0.checked_add(1)?);
    let mut texts = Vec::new();
    let Op::ListBegin {} = op(chunk, at)? else {
        let (dst, text) = text(chunk, at, params)?;
        texts.push(text.into());
        return (dst == argument).then_some((texts, at + 1));
    };
    let mut at = at + 1;
    loop {
        if let Op::TupleEnd { dst } = op(chunk, at)? {
            return (dst.0 == argument).then_some((texts, at + 1));
        }
        let (dst, text) = text(chunk, at, params)?;
        match op(chunk, at + 1)? {
            Op::ListPush { src } if src.0 == dst && dst != receiver => texts.push(text.into()),
            _ => return None,
        }
        at += 2;
    }
}

/// The text that is loaded there, and the register.
fn text<'a>(chunk: &Chunk<'a>, at: usize, params: &'a [Data]) -> Option<(Reg, &'a str)> {
    let (dst, value) = match *op(chunk, at)? {
        Op::LoadConst { dst, k } => (dst, chunk.constant(k)?),
        Op::LoadParam { dst, input } => (dst, params.get(input.index())?.value()),
        _ => return None,
    };
    match value {
        Value::Str(text, _) => Some((dst.0, text)),
        _ => None,
    }
}

/// Whether the rule does not match where the code goes on there.
pub(super) fn rejects(chunk: &Chunk<'_>, to: Addr) -> bool {
    matches!(op(chunk, to.index()), Some(Op::Reject {}))
}

fn op<'a>(chunk: &Chunk<'a>, at: usize) -> Option<&'a Op> {
    chunk.code.get(at)
}
