//! Checked trees to bytecode.
//!
//! [`Emitter`] adds one chunk after the other to a pack. A `writer::Writer` holds the code of one chunk:
//! instructions with their places, constants, labels and registers. An expression is emitted either for its value
//! (`value`) or for a jump that depends on its truth (`branch`): conditions become jumps and no truth value is
//! ever stored. Registers are given out by depth: what an operand used is free again after its operator.
//!
//! A checked tree always compiles, but for the limits of [`EmitError`].

mod branch;
mod emitter;
mod loops;
mod reads;
mod value;
mod writer;

pub use emitter::{EmitError, Emitter, Limit, Mode};
pub use reads::{slots_read, tool_fields_read};
