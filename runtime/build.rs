//! Lists the built-in rules and scripts, so that adding one is adding a file to `rules/` or `scripts/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    list("../rules", "toml", "", "include_bytes!", "builtin_rules.rs")?;
    list("../scripts", "lua", "scripts/", "include_str!", "builtin_scripts.rs")
}

/// Writes a list of the files of a folder, each with its content.
fn list(folder: &str, extension: &str, prefix: &str, include: &str, output: &str) -> io::Result<()> {
    let variable =
        |name: &str| env::var_os(name).ok_or_else(|| io::Error::other(format!("`{name}` is not set")));
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join(folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = path.canonicalize()?;
        writeln!(list, "    ({:?}, {include}({:?})),", format!("{prefix}{name}"), path.display().to_string())
            .map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join(output), list)
}
