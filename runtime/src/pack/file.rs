//! Reading and writing files as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use oracle_vm::pack::MAGIC;

/// Bytes of a pack file at most: a thousand times the largest that was ever useful.
pub const PACK_BYTES: u64 = 1 << 30;

/// What ends the names of pack files.
pub const EXTENSION: &str = "opk";

/// Whether a path leads to a pack: a file that is called so, or begins as one.
pub fn is_pack(path: &Path) -> bool {
    let is_called_so = path.extension().is_some_and(|it| it == EXTENSION);
    match fs::metadata(path) {
        Ok(data) if data.is_file() => {}
        Ok(_) => return false,
        // It was one, or will be.
        Err(_) => return is_called_so,
    }
    let mut start = [0; MAGIC.len()];
    let begins = File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == MAGIC;
    begins || is_called_so
}

/// Reads a pack file.
///
/// # Errors
/// When it cannot be read, is no regular file, or is larger than [`PACK_BYTES`].
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for its writer.
    let data = fs::metadata(path)?;
    if !data.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if data.len() > PACK_BYTES {
        return Err(io::Error::other("it is larger than any pack"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(PACK_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file so that under its name there is always either the old content or the new one, whole: into a file
/// beside it, which takes the name once its bytes are on the disk.
///
/// # Errors
/// When it cannot be written; the old content is still there then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path)?;
    let written = write_new(&beside, bytes, false).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of the attempt; that it cannot be removed is less than what went wrong before.
        let _ = fs::remove_file(&beside);
        return written;
    }
    sync_folder(path)
}

/// Writes a file that must not be there yet; for the owner alone where it is secret.
///
/// # Errors
/// When it is there, or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8], secret: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name beside a path that nobody else has: the process and a random number tell attempts apart.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    let random = getrandom::u64().map_err(|error| io::Error::other(error.to_string()))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{random:016x}.tmp"));
    Ok(path.with_file_name(beside))
}

/// A renamed file is only sure to have its name once its folder is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
