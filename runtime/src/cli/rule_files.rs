//! Rule files by the paths on the command line.

use std::fs;
use std::path::{Path, PathBuf};

use oracle_compiler::session::RuleInput;

/// Folders below a folder at most.
const DEPTH: usize = 32;
/// Bytes of one rule file at most; conditions have 64 KiB.
const FILE_BYTES: u64 = 4 * 1024 * 1024;
/// TOML files that are no rules.
const OTHERS: &[&str] = &["manifest.toml", crate::config::FILE_NAME, "Cargo.toml"];

/// Rule files as they were found, and what could not be read.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files, in sorted order within each path.
    pub(super) inputs: Vec<RuleInput>,
    /// Paths that could not be read, and why.
    pub(super) unreadable: Vec<String>,
}

/// Reads the rule files at these paths: a file as it is, a folder with everything below it that ends in `.toml`.
pub(super) fn read(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => walk(path, DEPTH, &mut found),
            Ok(_) => read_file(path, &mut found),
            Err(error) => found.unreadable.push(describe(path, &error)),
        }
    }
    found
}

fn walk(folder: &Path, depth: usize, found: &mut Found) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.unreadable.push(describe(folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || OTHERS.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            match depth.checked_sub(1) {
                Some(depth) => walk(&path, depth, found),
                None => found.unreadable.push(format!("`{}`: folders are nested too deep", path.display())),
            }
        } else if path.extension().is_some_and(|it| it == "toml") {
            read_file(&path, found);
        }
    }
}

fn read_file(path: &Path, found: &mut Found) {
    if fs::metadata(path).is_ok_and(|data| data.len() > FILE_BYTES) {
        let mib = FILE_BYTES / (1024 * 1024);
        return found.unreadable.push(format!("`{}`: a rule file may have {mib} MiB", path.display()));
    }
    match fs::read(path) {
        Ok(bytes) => found.inputs.push(RuleInput::loose(path.display().to_string(), bytes)),
        Err(error) => found.unreadable.push(describe(path, &error)),
    }
}

/// Why a path cannot be read, in words.
pub(super) fn describe(path: &Path, error: &std::io::Error) -> String {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    format!("`{}`: {why}", path.display())
}

/// The paths that were given, else the configured folders, else `./rules`.
pub(super) fn or_default(
    paths: &[PathBuf],
    config: &crate::config::Config,
) -> Result<Vec<PathBuf>, super::status::CliError> {
    let usual = Path::new("rules");
    match (paths, config.rules.as_slice()) {
        ([], []) if usual.is_dir() => Ok(vec![usual.to_owned()]),
        ([], []) => Err(super::status::CliError::Misuse(
            "there is no folder `rules` here: name the rule files or folders".to_owned(),
        )),
        ([], configured) => Ok(configured.to_owned()),
        (given, _) => Ok(given.to_owned()),
    }
}
