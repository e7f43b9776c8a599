//! Why a pack was refused.

use crate::ids::{Addr, ChunkId, PatternId, RuleId};
use crate::limits;

/// Why a pack was refused: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// A rule names a chunk that is not there.
    RuleChunk(RuleId, ChunkId),
    /// The debug information has not one entry for each chunk, or a chunk's not one for each instruction.
    Debug(ChunkId),
    /// A regular expression does not compile: which, and what is wrong.
    Pattern(PatternId, String),
    /// A chunk is larger than a limit allows.
    Limit(ChunkId, ChunkLimit),
    /// Something is wrong with an instruction.
    Code(ChunkId, Addr, CodeError),
}

/// The limits of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkLimit {
    /// [`limits::CHUNK_OPS`]
    Ops,
    /// [`limits::CHUNK_CONSTS`]
    Consts,
    /// [`limits::REGISTERS`]
    Registers,
    /// [`limits::DATA_DEPTH`], in a constant.
    ConstDepth,
}

/// What is wrong with an instruction: one variant for each check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// A register beyond those that the chunk says it uses.
    Register,
    /// A constant that the chunk does not have.
    Const,
    /// A slot that the schema does not have.
    Slot,
    /// A param or setting beyond those that the chunk says it reads.
    Input,
    /// A function that is not in the table.
    Builtin,
    /// More or fewer arguments than the function takes, or bounds than a slice has.
    Arity,
    /// A pattern that the pack does not have.
    NoPattern,
    /// An attribute whose name is no text.
    Name,
    /// A jump that does not go forward to an instruction.
    Target,
    /// A jump into a loop, past its `iter_next`.
    JumpIntoLoop,
    /// A loop that ends beyond the loop around it.
    LoopNesting,
    /// An `iter_loop` that does not go back to the `iter_next` of the innermost loop.
    LoopTarget,
    /// A register that is read although some path leads here without writing it.
    ReadBeforeWrite,
    /// A list that is ended or added to but not begun, or not ended where the code ends, loops or joins.
    ListBalance,
    /// The code ends without a result.
    NoEnd,
}

impl CodeError {
    /// The name used in tests and machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            CodeError::Register => "register",
            CodeError::Const => "const",
            CodeError::Slot => "slot",
            CodeError::Input => "input",
            CodeError::Builtin => "builtin",
            CodeError::Arity => "arity",
            CodeError::NoPattern => "no_pattern",
            CodeError::Name => "name",
            CodeError::Target => "target",
            CodeError::JumpIntoLoop => "jump_into_loop",
            CodeError::LoopNesting => "loop_nesting",
            CodeError::LoopTarget => "loop_target",
            CodeError::ReadBeforeWrite => "read_before_write",
            CodeError::ListBalance => "list_balance",
            CodeError::NoEnd => "no_end",
        }
    }

    fn text(self) -> &'static str {
        match self {
            CodeError::Register => "a register beyond those that the chunk uses",
            CodeError::Const => "a constant that the chunk does not have",
            CodeError::Slot => "a slot that the schema does not have",
            CodeError::Input => "a param or setting beyond those that the chunk reads",
            CodeError::Builtin => "a function that does not exist",
            CodeError::Arity => "a wrong number of arguments",
            CodeError::NoPattern => "a pattern that the pack does not have",
            CodeError::Name => "an attribute whose name is no text",
            CodeError::Target => "a jump that does not go forward to an instruction",
            CodeError::JumpIntoLoop => "a jump into a loop",
            CodeError::LoopNesting => "a loop that ends beyond the loop around it",
            CodeError::LoopTarget => "a jump back to something else than the start of the innermost loop",
            CodeError::ReadBeforeWrite => "a register that is read before it is written",
            CodeError::ListBalance => "a list that is not begun or not ended",
            CodeError::NoEnd => "code that ends without a result",
        }
    }
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            VerifyError::RuleChunk(rule, chunk) => {
                write!(f, "rule {} names chunk {}, which is not there", rule.0, chunk.0)?;
            }
            VerifyError::Debug(chunk) => {
                write!(f, "the debug information of chunk {} does not fit its code", chunk.0)?;
            }
            VerifyError::Pattern(pattern, error) => {
                write!(f, "pattern {} is no regular expression: {error}", pattern.0)?;
            }
            VerifyError::Limit(chunk, limit) => write!(f, "chunk {} has {limit}", chunk.0)?,
            VerifyError::Code(chunk, at, error) => {
                write!(f, "chunk {}, instruction {}: {}", chunk.0, at.0, error.text())?;
            }
        }
        f.write_str("; compile the rules again")
    }
}

impl std::fmt::Display for ChunkLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (limit, of) = match self {
            ChunkLimit::Ops => (limits::CHUNK_OPS, "instructions"),
            ChunkLimit::Consts => (limits::CHUNK_CONSTS, "constants"),
            ChunkLimit::Registers => (limits::REGISTERS, "registers"),
            ChunkLimit::ConstDepth => (limits::DATA_DEPTH, "levels of nested data in a constant"),
        };
        write!(f, "more than {limit} {of}")
    }
}

impl std::error::Error for VerifyError {}
