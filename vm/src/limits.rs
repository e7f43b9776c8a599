//! Every limit of the language and of its packs, in one place. Each has a test that reaches it.

/// Bytes of source text in one condition.
pub const SOURCE_BYTES: usize = 64 * 1024;
/// Nesting of parentheses, brackets, operators and comprehensions in one condition.
pub const NESTING: usize = 64;
/// Height of the syntax tree of one condition. Chains such as `1 + 1 + 1` are as high as they are long, though nothing
/// is nested in them, so this is more than [`NESTING`]; every stage after the parser may recurse this deep.
pub const HEIGHT: usize = 256;
/// Nodes of the syntax tree of one condition.
pub const NODES: usize = 4_000;
/// Bytes of a text made at run time.
pub const TEXT_BYTES: usize = 1024 * 1024;
/// Elements of a list made at run time.
pub const LIST_ITEMS: usize = 100_000;
/// Fuel of one evaluation, in units: an instruction costs at least one, and what works through a text or a
/// list costs one more for every 64 bytes or 8 elements.
pub const FUEL: u64 = 1_000_000;
/// Nesting of data that comes from outside: events, contexts, state, payloads.
pub const DATA_DEPTH: usize = 128;
/// Instructions of one chunk; addresses are 16 bit.
pub const CHUNK_OPS: usize = 60_000;
/// Registers of one chunk.
pub const REGISTERS: usize = 256;
/// Constants of one chunk.
pub const CHUNK_CONSTS: usize = 60_000;
/// Bytes of one compiled regular expression.
pub const PATTERN_BYTES: usize = 1024 * 1024;
/// Bytes of all compiled regular expressions of a pack, each counted with the size that it was compiled within.
pub const PATTERNS_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of memory for what one evaluation makes.
pub const ARENA_BYTES: usize = 64 * 1024 * 1024;
