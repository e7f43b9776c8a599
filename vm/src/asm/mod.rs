//! The assembler: reads what [`crate::listing`] writes. Tests use it to write code that no compiler would emit.
//!
//! A line is a header (`chunk 0: 2 registers, 0 params, 0 settings`), a constant (`k0 = JSON`), a pattern of the
//! pack (`re0 = JSON text`) or an instruction (`0 load_slot r0 s1`). What stands after `;` is a comment, and
//! addresses before instructions are checked where they are given.

mod error;
mod line;

pub use error::AsmError;

use crate::pack::{ChunkBuf, Pack};

/// What was read so far.
#[derive(Debug, Default)]
struct Assembly {
    pack: Pack,
    /// The chunk whose lines come now.
    open: Option<ChunkBuf>,
}

impl Assembly {
    fn begin(&mut self, chunk: ChunkBuf) {
        if let Some(done) = self.open.replace(chunk) {
            self.pack.push(done);
        }
    }

    fn finish(mut self) -> Pack {
        if let Some(done) = self.open.take() {
            self.pack.push(done);
        }
        self.pack
    }
}

/// Assembles a pack of chunks, without rules.
pub fn assemble(text: &str) -> Result<Pack, AsmError> {
    let mut made = Assembly::default();
    for (number, line) in (1..).zip(text.lines()) {
        line::read(line, &mut made).map_err(|problem| AsmError { line: number, problem })?;
    }
    Ok(made.finish())
}
