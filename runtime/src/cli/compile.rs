//! `oracle compile`: rule files into one pack.

use std::path::PathBuf;

use clap::Args;
use oracle_compiler::diag::{Severity, render};
use oracle_compiler::packfile;
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_vm::pack::{Container, MAX_SIGNATURES};

use super::check::plural;
use super::console::{Console, Look};
use super::rule_files;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::pack::{SecretKey, build, file, sign};
use crate::ruleset::find;

/// Compile rules into a pack: one file that loads at once, anywhere
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle compile rules/ -o rules.opk
  oracle compile rules/ -o rules.opk --sign ci.key
  oracle run session.jsonl --rules rules.opk

The same files give the same bytes, wherever they lie and in whatever order they are named.")]
pub(super) struct CompileArgs {
    /// Rule files, and folders that are searched for them [default: the folders of rules]
    paths: Vec<PathBuf>,
    /// The pack; replaced as a whole where it is there
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Sign it with this secret key, which `oracle key new` made
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// Leave out debug information and sources: smaller, but errors name no place, and a later version cannot compile
    /// it again
    #[arg(long)]
    strip: bool,
}

pub(super) fn run(args: &CompileArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let key = args.sign.as_deref().map(SecretKey::from_file).transpose();
    let key = key.map_err(|error| CliError::Input(format!("the key to sign with: {error}")))?;
    let roots = rule_files::or_default(&args.paths, config)?;
    let found = find(&roots);
    for why in &found.unreadable {
        console.complain(why);
    }
    let named = build::sorted(found.inputs, &roots);
    let inputs: Vec<RuleInput> = named.iter().map(|(_, input)| input.clone()).collect();
    let mut compiled = compile_rules(&inputs, Options::default());
    compiled.diagnostics.retain(|it| it.severity == Severity::Error);
    if !compiled.diagnostics.is_empty() {
        let colour = console.paint_errors().0;
        console.note(render::human::render(&compiled.diagnostics, &compiled.sources, colour).trim_end());
    }
    if !compiled.diagnostics.is_empty() || !found.unreadable.is_empty() {
        let text = "no pack was written: mend the files, then compile again";
        console.complain(text);
        return Ok(Status::Problems);
    }
    if compiled.rules.is_empty() {
        return Err(CliError::Input("there are no rules to compile".to_owned()));
    }
    let packed = build::pack(compiled, &named, Vec::new(), Vec::new());
    let mut bytes = packfile::write(&packed, args.strip);
    if let Some(key) = &key {
        bytes = signed(&bytes, key)?;
    }
    let path = &args.output;
    file::write_whole(path, &bytes)
        .map_err(|error| CliError::Input(format!("`{}` cannot be written: {error}", path.display())))?;
    let rules = plural(packed.rules.len() as u64, "rule");
    let by = key.map_or_else(String::new, |key| format!(", signed by {}", key.public()));
    let text = format!("{}: {rules} in {}{by}", path.display(), plural(bytes.len() as u64, "byte"));
    let text = console.paint().show(Look::Green, text);
    writeln!(console.out(), "{text}")?;
    Ok(Status::Ok)
}

fn signed(bytes: &[u8], key: &SecretKey) -> Result<Vec<u8>, CliError> {
    let broken =
        |error: &dyn std::fmt::Display| CliError::Input(format!("the pack cannot be signed: {error}"));
    let container = Container::open(bytes).map_err(|error| broken(&error))?;
    sign(&container, key).ok_or_else(|| broken(&format_args!("it has {MAX_SIGNATURES} signatures already")))
}
