//! Why a pack was refused.

use crate::ids::{Addr, ChunkId, PatternId, RuleId};
use crate::limits;

/// Why a pack was refused: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// A rule names a chunk that is not there.
    RuleChunk(RuleId, ChunkId),
    /// Two rules have the same id; the second one.
    DuplicateRule(RuleId),
    /// The firing order lacks rules, or has more than there are.
    OrderLength,
    /// The firing order is not by hook, priority and id, or has a rule twice; where in it.
    Order(usize),
    /// The debug information has not one entry for each chunk.
    DebugChunks,
    /// The debug information of a chunk has not one place for each instruction.
    DebugSpans(ChunkId),
    /// A regular expression does not compile: which, and what is wrong.
    Pattern(PatternId, String),
    /// The regular expressions up to this one need more than [`limits::PATTERNS_BYTES`].
    PatternMemory(PatternId),
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

macro_rules! code_errors {
    ($($name:ident $code:literal $text:literal;)*) => {
        /// What is wrong with an instruction: one variant for each check.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CodeError {
            $(#[doc = concat!($text, ".")] $name,)*
        }

        impl CodeError {
            /// All of them.
            pub const ALL: &'static [CodeError] = &[$(CodeError::$name),*];

            /// The name used in tests and machine-readable output.
            pub fn name(self) -> &'static str {
                match self { $(CodeError::$name => $code,)* }
            }

            fn text(self) -> &'static str {
                match self { $(CodeError::$name => $text,)* }
            }
        }
    };
}

code_errors! {
    Register "register" "a register beyond those that the chunk uses";
    Row "row" "a row of registers that ends beyond those that the chunk uses";
    LoopRegisters "loop_registers" "a loop whose registers end beyond those that the chunk uses";
    ElementRegister "element_register" "a loop whose element lies beyond the registers that the chunk uses";
    UnpackRegisters "unpack_registers" "elements unpacked beyond the registers that the chunk uses";
    Const "const" "a constant that the chunk does not have";
    Name "name" "an attribute whose name is no text";
    Slot "slot" "a slot that the schema does not have";
    Field "field" "a field that no record has";
    Param "param" "a param beyond those that the chunk reads";
    Setting "setting" "a setting beyond those that the chunk reads";
    Builtin "builtin" "a function that does not exist";
    TooFewArguments "too_few_arguments" "fewer arguments than the function needs";
    TooManyArguments "too_many_arguments" "more arguments than the function takes";
    SliceBounds "slice_bounds" "a slice without exactly three bounds";
    NoPattern "no_pattern" "a pattern that the pack does not have";
    NoCode "no_code" "no code at all";
    NoEnd "no_end" "code that ends without a result";
    Target "target" "a jump beyond the end of the code";
    Backward "backward" "a jump that does not go forward";
    JumpIntoLoop "jump_into_loop" "a jump into a loop";
    LoopOutside "loop_outside" "a jump back outside of loops";
    LoopTarget "loop_target" "a jump back to something else than the start of the innermost loop";
    LoopNotBegun "loop_not_begun" "a loop over registers that were not made for it on every path";
    LoopChanged "loop_changed" "a register of a running loop that is written inside of it";
    ReadBeforeWrite "read_before_write" "a register that is read before it is written on every path";
    RowBeforeWrite "row_before_write" "a row of registers that is read before it is written on every path";
    PushOutside "push_outside" "an element for a list that was not begun";
    ListNotBegun "list_not_begun" "the end of a list that was not begun";
    ListAtEnd "list_at_end" "a list that is not ended where the code ends";
    ListAtJoin "list_at_join" "paths that meet with different lists begun";
    ListAtLoop "list_at_loop" "a list that grows with each round of a loop";
}

impl VerifyError {
    /// The names of all checks, as [`VerifyError::code`] gives them.
    pub fn all_codes() -> impl Iterator<Item = &'static str> {
        const OTHERS: &[&str] = &[
            "rule_chunk",
            "duplicate_rule",
            "order_length",
            "order",
            "debug_chunks",
            "debug_spans",
            "pattern",
            "pattern_memory",
            "limit_ops",
            "limit_consts",
            "limit_registers",
            "limit_const_depth",
        ];
        OTHERS.iter().copied().chain(CodeError::ALL.iter().map(|error| error.name()))
    }

    /// The name used in tests and machine-readable output: one for each check.
    pub fn code(&self) -> &'static str {
        match self {
            VerifyError::RuleChunk(..) => "rule_chunk",
            VerifyError::DuplicateRule(_) => "duplicate_rule",
            VerifyError::OrderLength => "order_length",
            VerifyError::Order(_) => "order",
            VerifyError::DebugChunks => "debug_chunks",
            VerifyError::DebugSpans(_) => "debug_spans",
            VerifyError::Pattern(..) => "pattern",
            VerifyError::PatternMemory(_) => "pattern_memory",
            VerifyError::Limit(_, ChunkLimit::Ops) => "limit_ops",
            VerifyError::Limit(_, ChunkLimit::Consts) => "limit_consts",
            VerifyError::Limit(_, ChunkLimit::Registers) => "limit_registers",
            VerifyError::Limit(_, ChunkLimit::ConstDepth) => "limit_const_depth",
            VerifyError::Code(_, _, error) => error.name(),
        }
    }
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            VerifyError::RuleChunk(rule, chunk) => {
                write!(f, "rule {} names chunk {}, which is not there", rule.0, chunk.0)?;
            }
            VerifyError::DuplicateRule(rule) => write!(f, "rule {} has the id of another rule", rule.0)?,
            VerifyError::OrderLength => f.write_str("the firing order does not have all rules")?,
            VerifyError::Order(at) => write!(f, "the firing order is wrong at place {at}")?,
            VerifyError::DebugChunks => f.write_str("the debug information does not fit the chunks")?,
            VerifyError::DebugSpans(chunk) => {
                write!(f, "the debug information of chunk {} does not fit its code", chunk.0)?;
            }
            VerifyError::Pattern(pattern, error) => {
                write!(f, "pattern {} is no regular expression: {error}", pattern.0)?;
            }
            VerifyError::PatternMemory(pattern) => {
                let most = limits::PATTERNS_BYTES / (1024 * 1024);
                write!(f, "the patterns up to {} need more than {most} MiB", pattern.0)?;
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
