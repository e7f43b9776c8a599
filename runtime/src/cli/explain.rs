//! `oracle explain`: what a code of a diagnostic means.

use clap::Args;
use oracle_compiler::diag::codes::CODES;
use oracle_compiler::diag::explain;

use super::console::{Console, Look};
use super::status::{CliError, Status};

/// Explain the code of a message, with an example that is wrong and the same mended
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  oracle explain E0201\n  oracle explain --list")]
pub(super) struct ExplainArgs {
    /// The code, such as E0201
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List every code
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

pub(super) fn run(args: &ExplainArgs, console: &mut Console) -> Result<Status, CliError> {
    let paint = console.paint();
    let Some(code) = &args.code else {
        for row in CODES {
            writeln!(console.out(), "{}  {}", paint.show(Look::Bold, row.code), row.title)?;
        }
        return Ok(Status::Ok);
    };
    let text = explain::explain(code).ok_or_else(|| {
        CliError::Misuse(format!("there is no code `{code}`; `oracle explain --list` shows all"))
    })?;
    writeln!(console.out(), "{}", text.trim_end())?;
    Ok(Status::Ok)
}
