//! `oracle key`: keys that packs are signed with.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::console::{Console, Look};
use super::status::{CliError, Status};
use crate::pack::{SecretKey, file};

/// Make keys that packs are signed with
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle key new ci.key
  oracle compile rules/ -o rules.opk --sign ci.key
  oracle pack verify rules.opk --key ci.key.pub")]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key pair: FILE for those who sign, readable by its owner alone, and FILE.pub for everybody
    #[command(after_help = "Example:\n  oracle key new ci.key")]
    New {
        /// The file of the secret key; neither it nor FILE.pub may be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

pub(super) fn run(args: &KeyArgs, console: &mut Console) -> Result<Status, CliError> {
    let KeyCommand::New { file: path } = &args.command;
    let key = SecretKey::generate().map_err(|error| CliError::Input(error.to_string()))?;
    let public = key.public();
    let mut public_path = path.clone().into_os_string();
    public_path.push(".pub");
    let public_path = PathBuf::from(public_path);
    let failed = |path: &Path, error: &io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::Input(format!(
            "`{}` is there already: name another file, or move it away",
            path.display()
        )),
        _ => CliError::Input(format!("`{}` cannot be written: {error}", path.display())),
    };
    // The public one first: where that fails, no secret lies about that nobody asked for.
    let public_text = format!("{public}\n");
    file::write_new(&public_path, public_text.as_bytes(), false)
        .map_err(|error| failed(&public_path, &error))?;
    let secret_text = format!("{}\n", key.to_text());
    if let Err(error) = file::write_new(path, secret_text.as_bytes(), true) {
        // It was made a moment ago and belongs to no key.
        let _ = std::fs::remove_file(&public_path);
        return Err(failed(path, &error));
    }
    let title = console.paint().show(Look::Bold, "public key");
    writeln!(console.out(), "{title}  {public}")?;
    writeln!(console.out(), "{} signs packs: keep it secret", path.display())?;
    writeln!(console.out(), "{} checks them: give it to every host", public_path.display())?;
    Ok(Status::Ok)
}
