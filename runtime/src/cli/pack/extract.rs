//! The sources of a pack, as files again.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use oracle_compiler::packfile::{SourceFile, SourceKind, sources};

use super::super::check::plural;
use super::super::console::{Console, Look};
use super::super::status::{CliError, Status};
use crate::pack::file;

/// Writes every file below a folder. Nothing is written when one of them would lie outside of it or is there.
pub(super) fn run(path: &Path, into: &Path, console: &mut Console) -> Result<Status, CliError> {
    let bytes = file::read(path).map_err(|error| CliError::unreadable(path, &error))?;
    let container = super::open(path, &bytes)?;
    let files = sources::read(&container).map_err(|error| super::refused(path, &error))?;
    if files.is_empty() {
        let text = format!("`{}` has no sources: it was compiled with `--strip`", path.display());
        return Err(CliError::Input(text));
    }
    let mut places: BTreeMap<PathBuf, &[u8]> = BTreeMap::new();
    for file in &files {
        let place = place(file).ok_or_else(|| {
            let name = file.path.escape_debug();
            super::refused(path, &format_args!("its file `{name}` would not lie in the folder"))
        })?;
        let place = into.join(place);
        if place.exists() {
            let text = format!("`{}` is there already: name an empty folder", place.display());
            return Err(CliError::Input(text));
        }
        if places.insert(place, &file.bytes).is_some_and(|other| other != file.bytes) {
            let text = format!("two files are called `{}`", file.path.escape_debug());
            return Err(super::refused(path, &text));
        }
    }
    for (place, bytes) in &places {
        let folder = place.parent().unwrap_or(into);
        let written = std::fs::create_dir_all(folder).and_then(|()| file::write_new(place, bytes, false));
        written
            .map_err(|error| CliError::Input(format!("`{}` cannot be written: {error}", place.display())))?;
    }
    let text = format!("{} in {}", plural(places.len() as u64, "file"), into.display());
    let text = console.paint().show(Look::Green, text);
    writeln!(console.out(), "{text}")?;
    Ok(Status::Ok)
}

/// Where a file belongs; `None` where its path leads out of the folder.
fn place(file: &SourceFile) -> Option<PathBuf> {
    let base = match file.kind {
        SourceKind::Script => Path::new(&file.rule).parent()?,
        SourceKind::Rule | SourceKind::Manifest => Path::new(""),
    };
    let mut place = PathBuf::new();
    for part in base.join(&file.path).components() {
        match part {
            Component::Normal(name) => place.push(name),
            Component::CurDir => {}
            // A script may lie beside the folder of its rule, not above the root.
            Component::ParentDir => {
                if !place.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (place.file_name().is_some() && !file.path.contains(['\\', '\0'])).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(kind: SourceKind, path: &str, rule: &str) -> Option<PathBuf> {
        place(&SourceFile {
            kind,
            plugin: String::new(),
            path: path.to_owned(),
            rule: rule.to_owned(),
            bytes: Vec::new(),
        })
    }

    #[test]
    fn no_file_leaves_the_folder() {
        let rule = |path| placed(SourceKind::Rule, path, "");
        assert_eq!(rule("rules/a.toml"), Some("rules/a.toml".into()));
        assert_eq!(rule("./a/../b.toml"), Some("b.toml".into()));
        for path in ["../a", "a/../../b", "/etc/passwd", "", ".", "a/..", "..\\a", "a\0b"] {
            assert_eq!(rule(path), None, "{path:?}");
        }
        let script = |path, rule| placed(SourceKind::Script, path, rule);
        assert_eq!(script("scripts/x.lua", "rules/a.toml"), Some("rules/scripts/x.lua".into()));
        assert_eq!(script("../scripts/x.lua", "rules/a.toml"), Some("scripts/x.lua".into()));
        assert_eq!(script("../../x.lua", "rules/a.toml"), None);
    }
}
