//! The readable form of a chunk, for `oracle disasm` and for tests; [`crate::asm`] reads it back.
//!
//! ```text
//! chunk 0: 0 registers, 0 params, 0 settings
//!   k0 = 0.8
//!   0  jump_unless_slot `>` s1 k0 @2  ; turn.token_usage, 0.8 | context.turn.token_usage > 0.8
//!   1  accept
//!   2  reject
//! ```

use std::fmt::{self, Display, Formatter};

use crate::ids::{ChunkId, ConstId, SlotId};
use crate::op::{Op, OperandRole};
use crate::pack::{Chunk, Pack};
use crate::value::{json, repr};

/// Columns before the comment.
const COMMENT_COLUMN: usize = 44;

/// A chunk of a pack, to be written.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    pack: &'a Pack,
    id: ChunkId,
    chunk: Chunk<'a>,
}

/// The listing of a chunk; `None` where the pack has no such chunk.
pub fn chunk(pack: &Pack, id: ChunkId) -> Option<Listing<'_>> {
    Some(Listing { pack, id, chunk: pack.chunk(id)? })
}

impl Display for Listing<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Chunk { registers, params, settings, .. } = self.chunk;
        writeln!(f, "chunk {}: {registers} registers, {params} params, {settings} settings", self.id.0)?;
        for (nth, data) in self.chunk.consts.iter().enumerate() {
            match json::to_json(data.value()) {
                Ok(json) => writeln!(f, "  k{nth} = {json}")?,
                Err(trouble) => writeln!(f, "  k{nth} = null ; {trouble}")?,
            }
        }
        for (at, op) in self.chunk.code.iter().enumerate() {
            let op_text = op.to_string();
            let comment = self.comment(at, op);
            if comment.is_empty() {
                writeln!(f, "{at:>4}  {}", op_text.trim_end())?;
            } else {
                writeln!(f, "{at:>4}  {op_text:<COMMENT_COLUMN$} ; {comment}")?;
            }
        }
        Ok(())
    }
}

impl Listing<'_> {
    /// What the operands stand for, and the source.
    fn comment(&self, at: usize, op: &Op) -> String {
        let mut notes = Vec::new();
        op.operands(|_, role| notes.extend(self.note(role)));
        let mut comment = notes.join(", ");
        if let Some(source) = self.source(at) {
            if !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str("| ");
            comment.push_str(&source);
        }
        comment
    }

    fn note(&self, role: OperandRole) -> Option<String> {
        match role {
            OperandRole::Const(id) => self.constant(id),
            OperandRole::Slot(slot) => slot_path(slot).map(Into::into),
            OperandRole::Builtin(id) => id.row().map(|row| row.name.to_owned()),
            OperandRole::Pattern(id) => {
                self.pack.patterns.get(id.index()).map(|text| repr::shortened(text).into())
            }
            OperandRole::Write(_)
            | OperandRole::Read(_)
            | OperandRole::ReadRow(_)
            | OperandRole::Count(_)
            | OperandRole::Param(_)
            | OperandRole::Target(_)
            | OperandRole::Plain => None,
        }
    }

    fn constant(&self, id: ConstId) -> Option<String> {
        self.chunk.constant(id).map(repr::brief).map(Into::into)
    }

    fn source(&self, at: usize) -> Option<String> {
        let debug = self.pack.debug.get(self.id)?;
        let span = debug.spans.get(at)?;
        let text = debug.source.get(span.start as usize..span.end as usize)?;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then(|| repr::shortened(&line).into())
    }
}

/// The path of a slot, as conditions write it.
pub(crate) fn slot_path(slot: SlotId) -> Option<&'static str> {
    let path = slot.row()?.path;
    Some(if path.is_empty() { "the time of the event" } else { path })
}
