//! Scripts: conditions that an expression cannot say, in Luau, in a sandbox.
//!
//! A [`Script`] is compiled once, when rules are loaded. A run gets a sandbox out of the pool ([`Sandboxes`]), an environment of its own and a deadline; what it sees of the context is converted when it touches it. What it
//! returns becomes an [`Answer`].
//!
//! | part | keeps |
//! | --- | --- |
//! | `sandbox` | one interpreter: deadline, memory, a clean start for each run |
//! | `library.luau`, `natives` | what scripts can call, bounded in time |
//! | `bridge` | the context as read-only tables, filled when touched |
//! | `answer` | what a script returned, checked and bounded |

mod answer;
mod bridge;
mod code;
mod error;
pub mod limits;
mod natives;
mod run;
mod sandbox;
mod set;

pub use answer::Answer;
pub use code::check;
pub use error::{ScriptError, SyntaxError};
pub use limits::ScriptLimits;
pub use run::{Printed, ScriptInput};
pub use sandbox::Ran;
pub use set::{Sandboxes, Script};
