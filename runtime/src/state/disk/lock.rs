//! One process at a time: a lock file beside the state, which says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::state::StateError;

/// The name of the lock file in the folder of the state.
pub(super) const LOCK_FILE: &str = "state.lock";

/// Longest text that is read of a lock file.
const MOST_READ: u64 = 512;

/// How long a folder's state may be held by others before that is an error.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// The right to use a folder's state, held until it is dropped. The system takes it back when the process dies, so a
/// lock file that is left over locks nobody out.
#[derive(Debug)]
pub(super) struct Holder {
    /// Closing the file unlocks it.
    _file: File,
}

impl Holder {
    /// Takes the right, and writes down whose it is now.
    pub(super) fn take(folder: &Path, state: &Path) -> Result<Holder, StateError> {
        let path: PathBuf = folder.join(LOCK_FILE);
        let failed = |error: std::io::Error| StateError::Storage(format!("`{}`: {error}", path.display()));
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match lock_soon(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let path = state.display().to_string();
                return Err(StateError::InUse { path, holder: read(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| file.write_all(describe().as_bytes())).map_err(failed)?;
        Ok(Holder { _file: file })
    }
}

/// Locks the file, now or within [`PATIENCE`]: a program that this process is just starting holds a copy of every
/// open file until it really runs, also of one that was closed here in the meantime.
fn lock_soon(file: &File) -> Result<(), TryLockError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
}

/// This process, in words that a person can look for.
fn describe() -> String {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
    // The command alone: what follows may be long, or nobody else's business.
    let command =
        arguments.next().map(|it| it.to_string_lossy().into_owned()).filter(|it| !it.starts_with('-'));
    let call = command.map_or_else(|| program.clone(), |command| format!("{program} {command}"));
    format!("process {} (`{call}`)\n", std::process::id())
}

fn read(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(MOST_READ).read_to_string(&mut text).ok()?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
