//! The operators, as in Python 3.11: shared by the machine and the compiler's constant folder.
//!
//! | file | what |
//! | --- | --- |
//! | `work` | what an operation uses up: fuel and the arena |
//! | `number` | exact comparison of numbers |
//! | `compare` | truth, equality, order, `in` |
//! | `arith` | `+ - * / // % **` and the signs |
//! | `float` | division, remainder and power of floats |
//! | `sequence` | joining and repeating texts, lists and tuples |
//! | `access` | attributes, indexes |
//! | `slice` | slices |
//!
//! Equality is by value everywhere: Python takes an object that is itself for equal when it compares elements, so
//! that the same NaN object is found in a list; here a NaN is never equal to anything.

mod access;
mod arith;
mod compare;
mod float;
mod number;
mod sequence;
mod slice;
mod work;

pub use access::{attribute, index};
pub use arith::{add, div, floor_div, modulo, mul, neg, pos, pow, sub};
pub(crate) use arith::{add_numbers, mul_numbers};
pub(crate) use compare::check_hashable;
pub use compare::{compare, contains, equal, is, truth};
pub(crate) use number::{Number, compare_numbers};
pub(crate) use slice::clamp_range;
pub use slice::slice;
pub use work::Work;
