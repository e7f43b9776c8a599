//! The scripts that rule files name, from their folders.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use oracle_compiler::script::{ScriptProblem, ScriptSource};
use oracle_compiler::session::{Compiled, Compiler, Options, RuleInput};

use super::builtin::builtin_script;
use super::find::Unreadable;
use crate::script::{check, limits::SOURCE_BYTES};

/// Compiles rule files together with the scripts that they name.
pub fn compile(inputs: &[RuleInput], options: Options) -> Compiled {
    Compiler::new(options).compile_with(inputs, &ScriptFiles)
}

/// Reads scripts from disk: relative to the rule file, else to the rule's root folder, else the built-in ones; never
/// from outside of the root folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScriptFiles;

impl ScriptSource for ScriptFiles {
    fn read(&self, rule: &RuleInput, path: &str) -> Result<Option<Arc<str>>, ScriptProblem> {
        let (name, text) = find(rule, path)?;
        match check(&text) {
            Ok(()) => Ok(Some(text.into())),
            Err(error) => {
                Err(ScriptProblem::Syntax { file: name, text, line: error.line, message: error.message })
            }
        }
    }
}

/// The name and text of a script.
fn find(rule: &RuleInput, path: &str) -> Result<(String, String), ScriptProblem> {
    let relative = Path::new(path);
    if relative.is_absolute() || relative.has_root() || path.contains(['\\', '\0']) {
        return Err(ScriptProblem::Outside("its path must be relative, with `/` between folders".to_owned()));
    }
    let folder = Path::new(&rule.path).parent().unwrap_or(Path::new(""));
    let root = rule.root.as_deref().map_or(folder, Path::new);
    // How deep the rule lies in its root says how many `..` are too many, before anything is looked at.
    let depth = folder.strip_prefix(root).map_or(0, |below| below.components().count());
    if climbs(relative) > depth {
        return Err(ScriptProblem::Outside(
            "its path leaves the folder that the rule was loaded from".to_owned(),
        ));
    }
    for base in [folder, root] {
        let file = base.join(relative);
        if !file.exists() || (base == root && climbs(relative) > 0) {
            continue;
        }
        let real = |path: &Path| {
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            path.canonicalize().map_err(|error| ScriptProblem::Unreadable(Unreadable::new(path, &error).why))
        };
        if !real(&file)?.starts_with(real(root)?) {
            let why = "a link leads out of the folder that the rule was loaded from";
            return Err(ScriptProblem::Outside(why.to_owned()));
        }
        return Ok((file.display().to_string(), read(&file)?));
    }
    match builtin_script(path) {
        Some(text) => Ok((format!("<built-in>/{path}"), text.to_owned())),
        None => Err(ScriptProblem::Unreadable("there is no such file or folder".to_owned())),
    }
}

/// How many folders a path goes up at its highest point.
fn climbs(path: &Path) -> usize {
    let (mut depth, mut most) = (0_usize, 0_usize);
    for part in path.components() {
        match part {
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir => most += 1,
            Component::Normal(_) => depth += 1,
            _ => {}
        }
    }
    most
}

fn read(file: &PathBuf) -> Result<String, ScriptProblem> {
    let read = || -> std::io::Result<Vec<u8>> {
        // Opening a pipe would wait for its writer.
        if !fs::metadata(file)?.is_file() {
            return Err(std::io::Error::other("it is not a regular file"));
        }
        let mut bytes = Vec::new();
        File::open(file)?.take(SOURCE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| ScriptProblem::Unreadable(Unreadable::new(file, &error).why))?;
    if bytes.len() > SOURCE_BYTES {
        return Err(ScriptProblem::Unreadable(format!("it has more than {SOURCE_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| ScriptProblem::Unreadable("it is not UTF-8".to_owned()))
}
