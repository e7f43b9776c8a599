//! `oracle compile`: rule files into one pack.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use oracle_compiler::diag::{Code, Diagnostic, Severity, render};
use oracle_compiler::packfile::{self, SourceFile, SourceKind};
use oracle_compiler::session::{Options, RuleInput};
use oracle_vm::pack::{Container, MAX_SIGNATURES};

use super::check::plural;
use super::console::{Console, Look};
use super::rule_files;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::pack::{SecretKey, build, file, sign};
use crate::plugin::{MANIFEST, Plugin};
use crate::ruleset::{compile_with_plugins, read_bounded};

/// Compile rules into a pack: one file that loads at once, anywhere
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle compile rules/ -o rules.opk
  oracle compile rules/ -o rules.opk --sign ci.key
  oracle run session.jsonl --rules rules.opk

The same files give the same bytes, wherever they lie and in whatever order they are named.")]
pub(super) struct CompileArgs {
    /// Rule files, folders that are searched for them, and folders of plugins [default: the folders of rules]
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
    let mut roots = rule_files::or_default(&args.paths, config)?;
    if let Some(pack) = roots.iter().find(|path| file::is_pack(path)) {
        return Err(CliError::Misuse(format!("`{}` is a pack already: name rule files", pack.display())));
    }
    let mut files = rule_files::gather(&args.paths, config)?;
    let unreadable: Vec<String> = files.unreadable().map(ToString::to_string).collect();
    for why in &unreadable {
        console.complain(why);
    }
    let plugins = std::mem::take(&mut files.plugins.plugins);
    roots.extend(plugins.iter().map(|it| it.folder.clone()));
    let loose = std::mem::take(&mut files.loose.inputs);
    let inputs = loose.into_iter().chain(std::mem::take(&mut files.plugins.inputs)).collect();
    let named = build::sorted(inputs, &roots);
    let inputs: Vec<RuleInput> = named.iter().map(|(_, input)| input.clone()).collect();
    let mut compiled = compile_with_plugins(&inputs, files.plugins, Options::default());
    // A plugin that this host cannot run is left out of a folder; a pack that silently lacks it would be wrong.
    let keeps = |it: &Diagnostic| it.severity == Severity::Error || it.code == Code::MissingCapability;
    compiled.diagnostics.retain(keeps);
    if !compiled.diagnostics.is_empty() {
        let colour = console.paint_errors().0;
        console.note(render::human::render(&compiled.diagnostics, &compiled.sources, colour).trim_end());
    }
    if !compiled.diagnostics.is_empty() || !unreadable.is_empty() {
        let text = "no pack was written: mend the files, then compile again";
        console.complain(text);
        return Ok(Status::Problems);
    }
    if compiled.rules.is_empty() {
        return Err(CliError::Input("there are no rules to compile".to_owned()));
    }
    let packed = build::pack(compiled, &named, &plugins, manifests(&plugins, &roots)?);
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

/// The manifests of the plugins, as files of the pack.
fn manifests(plugins: &[Arc<Plugin>], roots: &[PathBuf]) -> Result<Vec<SourceFile>, CliError> {
    let manifest = |plugin: &Arc<Plugin>| {
        let path = plugin.folder.join(MANIFEST);
        let bytes = read_bounded(&path).map_err(|error| CliError::unreadable(&path, &error))?;
        Ok(SourceFile {
            kind: SourceKind::Manifest,
            plugin: plugin.id.clone(),
            path: build::short_path(&path, roots),
            rule: String::new(),
            bytes,
        })
    };
    plugins.iter().map(manifest).collect()
}

fn signed(bytes: &[u8], key: &SecretKey) -> Result<Vec<u8>, CliError> {
    let broken =
        |error: &dyn std::fmt::Display| CliError::Input(format!("the pack cannot be signed: {error}"));
    let container = Container::open(bytes).map_err(|error| broken(&error))?;
    sign(&container, key).ok_or_else(|| broken(&format_args!("it has {MAX_SIGNATURES} signatures already")))
}
