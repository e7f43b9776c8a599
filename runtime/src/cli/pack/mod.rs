//! `oracle pack`: what is in a pack, and whose it is.

mod diff;
mod extract;
mod info;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use oracle_vm::pack::Container;

use super::console::{Console, Look};
use super::status::{CliError, Status};
use crate::config::Config;
use crate::pack::{LoadedPack, PublicKey, Trust, file, load_pack};

/// Look into packs, and check whose they are
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle pack info rules.opk
  oracle pack verify rules.opk --key ci.key.pub
  oracle pack diff old.opk new.opk")]
pub(super) struct PackArgs {
    #[command(subcommand)]
    command: PackCommand,
}

#[derive(Debug, Subcommand)]
enum PackCommand {
    /// Show versions, hash, signatures and sections
    #[command(after_help = "Example:\n  oracle pack info rules.opk")]
    Info {
        /// The pack
        pack: PathBuf,
    },
    /// List the rules
    #[command(after_help = "Example:\n  oracle pack list rules.opk")]
    List {
        /// The pack
        pack: PathBuf,
    },
    /// Write the files that a pack was compiled from into a folder
    #[command(after_help = "Example:\n  oracle pack extract rules.opk --into sources/")]
    Extract {
        /// The pack
        pack: PathBuf,
        /// The folder; files that are there already are not replaced
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Check that a pack is whole, that its code is sound, and who signed it
    #[command(after_help = "Example:\n  oracle pack verify rules.opk --key ci.key.pub")]
    Verify {
        /// The pack
        pack: PathBuf,
        /// A public key, or its file, that may have signed it; may be repeated
        #[arg(long, value_name = "PUB")]
        key: Vec<String>,
    },
    /// Show which rules were added, removed or changed, and how
    #[command(after_help = "Example:\n  oracle pack diff old.opk new.opk")]
    Diff {
        /// The pack as it was
        old: PathBuf,
        /// The pack as it is
        new: PathBuf,
    },
}

pub(super) fn run(args: &PackArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    match &args.command {
        PackCommand::Info { pack } => info::info(pack, console),
        PackCommand::List { pack } => info::list(&load(pack, &trust(config)?)?, console),
        PackCommand::Extract { pack, into } => extract::run(pack, into, console),
        PackCommand::Verify { pack, key } => verify(pack, key, config, console),
        PackCommand::Diff { old, new } => {
            let (old, new) = (load(old, &Trust::Anyone)?, load(new, &Trust::Anyone)?);
            diff::run(&old.packed, &new.packed, console)
        }
    }
}

/// Whose packs the configuration wants.
pub(super) fn trust(config: &Config) -> Result<Trust, CliError> {
    if config.trusted_keys.is_empty() {
        return Ok(Trust::Anyone);
    }
    let keys = config.trusted_keys.iter().map(|path| {
        PublicKey::from_file(path)
            .map_err(|error| CliError::Input(format!("the trusted key `{}`: {error}", path.display())))
    });
    Ok(Trust::Keys(keys.collect::<Result<_, _>>()?))
}

/// Reads and loads a pack.
pub(super) fn load(path: &Path, trust: &Trust) -> Result<LoadedPack, CliError> {
    let bytes = file::read(path).map_err(|error| CliError::unreadable(path, &error))?;
    load_pack(&bytes, trust).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::Input(format!("`{}` is refused: {error}", path.display()))
}

fn verify(path: &Path, keys: &[String], config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let trust = match keys {
        [] => trust(config)?,
        keys => Trust::Keys(keys.iter().map(|key| public_key(key)).collect::<Result<_, _>>()?),
    };
    let loaded = load(path, &trust)?;
    let by = match loaded.signed_by {
        Some(key) => format!("signed by {key}"),
        None => "no key was asked for: name one with `--key`".to_owned(),
    };
    if let Some(why) = &loaded.recompiled {
        console.note(format_args!("`{}` was compiled again from its own sources: {why}", path.display()));
    }
    let text = console.paint().show(Look::Green, "ok");
    writeln!(console.out(), "{text}  whole and sound, {by}")?;
    Ok(Status::Ok)
}

/// A key as it is typed: its text, or a file.
fn public_key(given: &str) -> Result<PublicKey, CliError> {
    let read = if given.contains(':') && !Path::new(given).exists() {
        PublicKey::parse(given)
    } else {
        PublicKey::from_file(Path::new(given))
    };
    read.map_err(|error| CliError::Input(format!("the key `{given}`: {error}")))
}

/// Opens the frame of a pack, whatever version it has.
fn open<'b>(path: &Path, bytes: &'b [u8]) -> Result<Container<'b>, CliError> {
    Container::open(bytes).map_err(|error| refused(path, &error))
}
