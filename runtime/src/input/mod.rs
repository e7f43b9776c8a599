//! Reading data from outside against the schema: events, contexts, params.
//!
//! JSON becomes [`Data`](oracle_vm::value::Data), [`read::settle`] checks it against a type of the schema and
//! brings it into the declared form (whole numbers to floats, timestamps to seconds, tool calls to records). What
//! cannot be taken is a [`FieldError`] with the path, the value and a way out.

mod error;
mod json;
mod path;
mod read;
mod time;

pub use error::{FieldError, FieldProblem};
pub use json::{data_from_json, json_from_data, map_from_json, map_from_text};
pub use oracle_compiler::diag::suggest::nearest;
pub use path::Path;
pub use read::settle;
pub(crate) use read::{lookup, settle_fields, shape};
pub use time::{parse_rfc3339, to_rfc3339};
