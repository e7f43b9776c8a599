//! The file as a [`Store`].

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use oracle_vm::value::Map;
use redb::{Database, ReadableDatabase, ReadableTable};

use super::cache::Cache;
use super::committer::{Committer, Job, Shared};
use super::lock::Holder;
use super::open::{create, open};
use super::storage::{FileStorage, STATE_FILE, Storage};
use super::tables::{self, EXECUTIONS, RECORDS, ReadError, STATE, USAGE};
use crate::state::encode::Encoded;
use crate::state::{
    Batch, Entry, Execution, ExecutionQuery, Namespace, Record, RecordKind, StateError, Store, StoreOptions,
};

/// State in one file, which one process has open at a time. Commits of several threads share a transaction and its
/// sync. After a failure of the storage the file is opened again with the next call.
pub struct RedbStore {
    shared: Arc<Shared>,
    jobs: Option<Sender<Job>>,
    committer: Option<JoinHandle<()>>,
    /// Goes last: when it is free, the file is closed.
    _holder: Option<Holder>,
}

impl RedbStore {
    /// Opens the state of a folder; where there is none, the folder and an empty file are made.
    ///
    /// # Errors
    /// A folder that cannot be made or read; a file that another process has open, that is not a state file, that is
    /// damaged, or that a newer version wrote. Such a file is left as it is.
    pub fn open(folder: impl AsRef<Path>, options: StoreOptions) -> Result<RedbStore, StateError> {
        let folder = folder.as_ref();
        let failed = |error: std::io::Error| StateError::Storage(format!("`{}`: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(failed)?;
        let path = folder.join(STATE_FILE);
        let holder = Holder::take(folder, &path)?;
        if path.try_exists().map_err(failed)? {
            refuse_empty(&path)?;
        } else {
            begin(folder, &path)?;
        }
        RedbStore::start(Arc::new(FileStorage::new(&path)), options, Some(holder))
    }

    /// Opens state that lies elsewhere than in a file; empty storage is begun.
    ///
    /// # Errors
    /// As [`RedbStore::open`].
    pub fn with_storage(storage: Arc<dyn Storage>, options: StoreOptions) -> Result<RedbStore, StateError> {
        RedbStore::start(storage, options, None)
    }

    fn start(
        storage: Arc<dyn Storage>,
        options: StoreOptions,
        holder: Option<Holder>,
    ) -> Result<RedbStore, StateError> {
        let opened = open(&*storage)?;
        let shared = Arc::new(Shared {
            database: RwLock::new(Some(opened.database)),
            epoch: AtomicU64::new(0),
            cache: Cache::new(options.cache_bytes),
            storage,
            options,
        });
        let (jobs, receiver) = channel();
        let committer = Committer::new(Arc::clone(&shared), receiver, opened.commit);
        let thread = std::thread::Builder::new().name("state".to_owned()).spawn(move || committer.run());
        let committer =
            thread.map_err(|error| StateError::Storage(format!("no thread for writing: {error}")))?;
        Ok(RedbStore { shared, jobs: Some(jobs), committer: Some(committer), _holder: holder })
    }

    fn ask(
        &self,
        job: impl FnOnce(std::sync::mpsc::SyncSender<Result<(), StateError>>) -> Job,
    ) -> Result<(), StateError> {
        let gone = || StateError::Storage("the thread that writes is gone: start again".to_owned());
        let (reply, answer) = sync_channel(1);
        self.jobs.as_ref().ok_or_else(gone)?.send(job(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Reads; a database that cannot be read is opened again once.
    fn read<T>(&self, read: impl Fn(&Database) -> Result<T, ReadError>) -> Result<T, StateError> {
        let mut again = false;
        loop {
            let epoch = self.shared.epoch.load(Ordering::Acquire);
            let error = {
                let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
                match database.as_ref().map(&read) {
                    Some(Ok(found)) => return Ok(found),
                    Some(Err(ReadError::Content(error))) => return Err(error),
                    Some(Err(ReadError::Redb(error))) => {
                        StateError::Storage(format!("`{}`: {error}", self.shared.storage.name()))
                    }
                    None => StateError::Storage(format!("`{}`: it is closed", self.shared.storage.name())),
                }
            };
            if again {
                return Err(error);
            }
            again = true;
            self.ask(|reply| Job::Reopen(epoch, reply))?;
        }
    }
}

/// An empty file is no new one: a new one never has this name.
fn refuse_empty(path: &Path) -> Result<(), StateError> {
    let about =
        fs::metadata(path).map_err(|error| StateError::Storage(format!("`{}`: {error}", path.display())))?;
    if about.is_file() && about.len() == 0 {
        return Err(StateError::Damaged { path: path.display().to_string(), what: "it is empty".to_owned() });
    }
    Ok(())
}

/// Makes a new file under another name and then gives it its own: it is there whole or not at all.
fn begin(folder: &Path, path: &Path) -> Result<(), StateError> {
    let failed = |error: std::io::Error| StateError::Storage(format!("`{}`: {error}", path.display()));
    let new = folder.join(format!("{STATE_FILE}.new"));
    make(&new).map_err(failed)?;
    let made = create(&FileStorage::new(&new));
    let placed = made.and_then(|()| {
        fs::rename(&new, path).map_err(failed)?;
        sync_folder(folder).map_err(failed)
    });
    if placed.is_err() {
        // What is left over is made anew the next time.
        let _ = fs::remove_file(&new);
    }
    placed
}

/// An empty file that nobody else may read: state is its users' own.
fn make(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A new name is on disk when its folder is.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Store for RedbStore {
    fn snapshot(&self, namespace: &Namespace) -> Result<Arc<Map>, StateError> {
        let generation = match self.shared.cache.get(namespace) {
            Ok(map) => return Ok(map),
            Err(generation) => generation,
        };
        let (map, bytes) = self.read(|database| {
            let transaction = database.begin_read()?;
            let map = tables::read_map(&transaction.open_table(STATE)?, namespace)?;
            let row = (namespace.user.as_str(), namespace.project.as_str(), namespace.plugin.as_str());
            let bytes = transaction.open_table(USAGE)?.get(row)?.map_or(0, |bytes| bytes.value());
            Ok((map, bytes))
        })?;
        let map = Arc::new(map);
        self.shared.cache.keep(namespace, &map, bytes, generation);
        Ok(map)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
        let encoded = Encoded::of(batch)?;
        self.ask(|reply| Job::Commit(encoded, reply))
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn entries(&self, namespace: &Namespace) -> Result<Vec<Entry>, StateError> {
        self.read(|database| tables::read_entries(&database.begin_read()?.open_table(STATE)?, namespace))
    }

    fn namespaces(&self) -> Result<Vec<Namespace>, StateError> {
        self.read(|database| {
            let mut found = Vec::new();
            for row in database.begin_read()?.open_table(USAGE)?.iter()? {
                let (key, _) = row?;
                let (user, project, plugin) = key.value();
                found.push(Namespace { user: user.into(), project: project.into(), plugin: plugin.into() });
            }
            Ok(found)
        })
    }

    fn records(&self, kind: RecordKind, begin: &[&str]) -> Result<Vec<Record>, StateError> {
        self.read(|database| tables::read_records(&database.begin_read()?.open_table(RECORDS)?, kind, begin))
    }

    fn executions(&self, query: &ExecutionQuery) -> Result<Vec<Execution>, StateError> {
        self.read(|database| {
            let mut found = Vec::new();
            for row in database.begin_read()?.open_table(EXECUTIONS)?.iter()?.rev() {
                if found.len() >= query.most() {
                    break;
                }
                let execution = tables::execution_of(row?.1.value())?;
                if query.takes(&execution) {
                    found.push(execution);
                }
            }
            Ok(found)
        })
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(committer) = self.committer.take() {
            // A committer that panicked has nothing left to write.
            let _ = committer.join();
        }
        let closed = self.shared.database.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(closed);
    }
}

impl std::fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedbStore").field("storage", &self.shared.storage.name()).finish_non_exhaustive()
    }
}
