//! Instructions: one table, and everything that can be derived from it.
//!
//! The rows of `table` give each instruction its opcode, mnemonic, operands, fuel and documentation. The enum
//! [`Op`], the codec, the listing and the verifier's operand checks are generated from the same rows. An
//! instruction is eight bytes, in memory as in a pack: the opcode, then up to seven bytes of operands.

mod operand;
mod table;

pub use operand::{CmpOp, Dst, Operand, OperandRole, Singleton, Src, Srcs};
pub use table::{Op, OpRow, TABLE};

/// Bytes of one instruction.
pub const OP_BYTES: usize = 8;
