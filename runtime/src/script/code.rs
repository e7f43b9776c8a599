//! A script, compiled once.

use mlua::Error;
use mlua::chunk::Compiler;

use super::error::SyntaxError;
use super::limits::SOURCE_BYTES;

/// A script's code, which every sandbox loads. It is made here and kept in memory alone: bytecode from elsewhere
/// could break the machine.
#[derive(Clone, Debug)]
pub(super) struct Code {
    /// What errors call the script.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Parses a script without keeping anything.
///
/// # Errors
/// Text that is not Lua, and a script that is too large.
pub fn check(source: &str) -> Result<(), SyntaxError> {
    compile(source).map(drop)
}

impl Code {
    pub(super) fn new(name: &str, source: &str) -> Result<Code, SyntaxError> {
        Ok(Code { name: name.to_owned(), bytes: compile(source)? })
    }
}

fn compile(source: &str) -> Result<Vec<u8>, SyntaxError> {
    if source.len() > SOURCE_BYTES {
        let message = format!("the script has {} bytes, at most {SOURCE_BYTES} are taken", source.len());
        return Err(SyntaxError { line: 1, message });
    }
    // Lines in errors need the first level of debug information; more optimisation would inline them away.
    let compiler = Compiler::new().set_optimization_level(1).set_debug_level(1);
    compiler.compile(source).map_err(|error| syntax_error(&error))
}

/// The compiler says `:LINE: What is wrong` or `LINE: What is wrong`.
fn syntax_error(error: &Error) -> SyntaxError {
    let message = match error {
        Error::SyntaxError { message, .. } => message.as_str(),
        _ => return SyntaxError { line: 1, message: error.to_string() },
    };
    let place = message.trim_start_matches(':').split_once(": ");
    let (line, text) = match place.and_then(|(line, text)| Some((line.parse().ok()?, text))) {
        Some(found) => found,
        None => (1, message),
    };
    let mut chars = text.chars();
    let text: String =
        chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect());
    SyntaxError { line, message: text }
}
