//! The command `oracle`.

use std::process::ExitCode;

fn main() -> ExitCode {
    oracle_runtime::cli::main()
}
