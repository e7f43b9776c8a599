//! Where the bytes are.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use redb::StorageBackend;
use redb::backends::FileBackend;

/// The name of the state file in its folder.
pub const STATE_FILE: &str = "state.redb";

/// Storage that can be opened again after a failure.
pub trait Storage: Send + Sync {
    /// What messages call it.
    fn name(&self) -> String;

    /// Opens it, once more after each failure; the one opened before was closed.
    ///
    /// # Errors
    /// Storage that cannot be opened.
    fn open(&self) -> io::Result<Box<dyn StorageBackend>>;
}

/// A file that exists.
#[derive(Clone, Debug)]
pub struct FileStorage {
    path: PathBuf,
}

impl FileStorage {
    /// The file at this path.
    pub fn new(path: impl AsRef<Path>) -> FileStorage {
        FileStorage { path: path.as_ref().to_owned() }
    }
}

impl fmt::Display for FileStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

impl Storage for FileStorage {
    fn name(&self) -> String {
        self.to_string()
    }

    fn open(&self) -> io::Result<Box<dyn StorageBackend>> {
        let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        Ok(Box::new(FileBackend::new(file).map_err(io::Error::other)?))
    }
}
