//! `oracle token`: tokens for the server.

use clap::{Args, Subcommand};

use super::console::{Console, Look};
use super::status::{CliError, Status};
use crate::config::Config;
use crate::http::{NewToken, Scope, Scopes};

/// Make tokens for those who call the server
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  oracle token new --user ada --scopes read+evaluate")]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    New(NewArgs),
}

/// Make a token, and the line of the configuration that knows it
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  oracle token new --user ada --scopes read+evaluate")]
struct NewArgs {
    /// What the token allows: read, evaluate and manage, with `+` in between
    #[arg(long, value_name = "SCOPES", default_value = "read+evaluate+manage")]
    scopes: String,
}

/// Prints the token, which is kept nowhere, and what is to be configured.
pub(super) fn run(args: &TokenArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let TokenCommand::New(args) = &args.command;
    let user = &config.user;
    if user.contains(char::is_whitespace) {
        return Err(CliError::Misuse(format!("`--user {user}`: the user of a token has no spaces")));
    }
    let scopes = Scopes::parse(&args.scopes).map_err(|name| {
        CliError::Misuse(format!("`{name}` is no scope: they are read, evaluate and manage"))
    })?;
    let words: Vec<&str> = Scope::ALL.into_iter().filter(|it| scopes.allows(*it)).map(Scope::word).collect();
    if words.is_empty() {
        return Err(CliError::Misuse("a token without scopes allows nothing: name one".to_owned()));
    }
    let token = NewToken::generate().map_err(CliError::Input)?;
    let paint = console.paint();
    writeln!(console.out(), "{}", paint.show(Look::Bold, token.text()))?;
    writeln!(console.out())?;
    writeln!(console.out(), "Keep it: it is shown this once. Let the server know it in oracle.toml:")?;
    writeln!(console.out())?;
    writeln!(console.out(), "tokens = [\"{user} {} {}\"]", words.join("+"), token.hash())?;
    Ok(Status::Ok)
}
