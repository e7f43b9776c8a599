//! Rule files below paths.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use oracle_compiler::rulefile::FILE_BYTES;
use oracle_compiler::session::RuleInput;

/// Folders within folders at most.
const MAX_DEPTH: usize = 32;
/// TOML files in rule folders that are not rules.
pub(crate) const NOT_RULES: &[&str] = &["manifest.toml", "oracle.toml", "Cargo.toml"];

/// A path that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The path.
    pub path: String,
    /// Why, in words.
    pub why: String,
}

impl Unreadable {
    pub(crate) fn new(path: &Path, error: &io::Error) -> Unreadable {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            _ => error.to_string(),
        };
        Unreadable { path: path.display().to_string(), why }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be read: {}", self.path, self.why)
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The rule files with their contents, path by path, each in sorted order.
    pub inputs: Vec<RuleInput>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// How files are read while rules are looked for.
pub(crate) trait Disk {
    /// The content of a regular file, one byte more than the compiler takes at most: it then says that the file is too
    /// large.
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        read_bounded(path)
    }

    /// A link was followed.
    fn linked(&mut self, _path: &Path) {}
}

/// Reads every file.
#[derive(Debug)]
pub(crate) struct Plain;

impl Disk for Plain {}

/// Reads the rule files at these paths: a file as it is, a folder with everything below it that ends in `.toml`.
/// Hidden files and folders are passed over; a folder that links lead back to is read once.
pub fn find(paths: &[PathBuf]) -> Found {
    find_with(paths, &mut Plain)
}

/// As [`find`], reading through `disk`.
pub(crate) fn find_with(paths: &[PathBuf], disk: &mut dyn Disk) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for path in paths {
        if path.is_symlink() {
            disk.linked(path);
        }
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => walk(path, path, MAX_DEPTH, disk, &mut seen, &mut found),
            Ok(_) => read(path, None, disk, &mut found),
            Err(error) => found.refuse(path, &error),
        }
    }
    found
}

fn walk(
    folder: &Path,
    root: &Path,
    depth: usize,
    disk: &mut dyn Disk,
    seen: &mut HashSet<PathBuf>,
    found: &mut Found,
) {
    match folder.canonicalize().map(|real| seen.insert(real)) {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return found.refuse(folder, &error),
    }
    let paths = match entries(folder, disk) {
        Ok(paths) => paths,
        Err(error) => return found.refuse(folder, &error),
    };
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            match depth.checked_sub(1) {
                Some(depth) => walk(&path, root, depth, disk, seen, found),
                None => found.refuse(&path, &io::Error::other("folders are nested too deep")),
            }
        } else if path.extension().is_some_and(|it| it == "toml") && !NOT_RULES.contains(&&*name) {
            read(&path, Some(root), disk, found);
        }
    }
}

/// The entries of a folder, sorted.
pub(crate) fn entries(folder: &Path, disk: &mut dyn Disk) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_symlink() {
            disk.linked(&path);
        }
        paths.push(path);
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path, root: Option<&Path>, disk: &mut dyn Disk, found: &mut Found) {
    match disk.read(path) {
        Ok(bytes) => {
            let root = root.map(|root| root.display().to_string());
            found.inputs.push(RuleInput { root, ..RuleInput::loose(path.display().to_string(), bytes) });
        }
        Err(error) => found.refuse(path, &error),
    }
}

/// Reads a file, as [`Disk::read`] promises.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for its writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Found {
    fn refuse(&mut self, path: &Path, error: &io::Error) {
        self.unreadable.push(Unreadable::new(path, error));
    }
}
