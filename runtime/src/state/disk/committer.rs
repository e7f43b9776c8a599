//! The thread that writes: it joins the batches that wait into one transaction, and opens the file again after a
//! failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use redb::Database;

use super::apply::{Group, Outcomes};
use super::cache::Cache;
use super::open::open;
use super::storage::Storage;
use crate::state::encode::Encoded;
use crate::state::{Durability, StateError, StoreOptions, now};

/// Batches in one transaction at most.
const MOST_BATCHES: usize = 4_096;
/// How long relaxed commits wait for the disk.
const RELAXED: Duration = Duration::from_millis(100);
/// Seconds between two looks for records that nobody needs.
const SWEEP_EVERY: f64 = 3_600.0;
/// Longest time in which a file that cannot be opened is not tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What readers and the committer share.
pub(super) struct Shared {
    pub(super) database: RwLock<Option<Database>>,
    /// Counts how often the database was opened.
    pub(super) epoch: AtomicU64,
    pub(super) cache: Cache,
    pub(super) storage: Arc<dyn Storage>,
    pub(super) options: StoreOptions,
}

/// The answer to a job.
type Reply = SyncSender<Result<(), StateError>>;

/// What the committer is asked to do.
pub(super) enum Job {
    /// Commit a batch.
    Commit(Encoded, Reply),
    /// Open the database again if it is still the one of this epoch, which could not be read.
    Reopen(u64, Reply),
}

/// The state of the committer's thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    jobs: Receiver<Job>,
    /// The number of the last commit.
    commit: u64,
    /// When records were last swept, by the machine's clock.
    swept: f64,
    /// Since when there are commits that are not on disk.
    unsynced: Option<Instant>,
    /// Not before this the file is opened again.
    pause: Option<(Instant, StateError)>,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, jobs: Receiver<Job>, commit: u64) -> Committer {
        Committer { shared, jobs, commit, swept: 0.0, unsynced: None, pause: None }
    }

    /// Works until nobody can ask any more.
    pub(super) fn run(mut self) {
        loop {
            let job = match self.unsynced {
                None => self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => self.jobs.recv_timeout(RELAXED.saturating_sub(since.elapsed())),
            };
            match job {
                Ok(Job::Reopen(epoch, reply)) => {
                    // Nobody who asked and went away is missing the answer.
                    let _ = reply.send(self.reopen(epoch));
                }
                Ok(Job::Commit(batch, reply)) => self.commit(batch, reply),
                Err(RecvTimeoutError::Timeout) => self.sync(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.sync();
    }

    /// Commits a batch together with those that wait behind it.
    fn commit(&mut self, first: Encoded, reply: Reply) {
        let mut batches = vec![first];
        let mut replies = vec![reply];
        let mut reopen = None;
        let mut bytes = batches.first().map_or(0, Encoded::bytes);
        while batches.len() < MOST_BATCHES && bytes < MOST_BYTES {
            match self.jobs.try_recv() {
                Ok(Job::Commit(batch, reply)) => {
                    bytes = bytes.saturating_add(batch.bytes());
                    batches.push(batch);
                    replies.push(reply);
                }
                Ok(Job::Reopen(epoch, reply)) => {
                    reopen = Some((epoch, reply));
                    break;
                }
                Err(_) => break,
            }
        }
        match self.write(&batches) {
            Ok(outcomes) => {
                for ((batch, reply), outcome) in batches.into_iter().zip(replies).zip(outcomes) {
                    let answer = outcome.map(|usage| self.shared.cache.follow(batch, &usage));
                    let _ = reply.send(answer);
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
        if let Some((epoch, reply)) = reopen {
            let _ = reply.send(self.reopen(epoch));
        }
    }

    /// Writes batches in one transaction.
    fn write(&mut self, batches: &[Encoded]) -> Result<Outcomes, StateError> {
        self.ensure_open()?;
        let durability = match (self.shared.options.durability, self.unsynced) {
            (Durability::Relaxed, Some(since)) if since.elapsed() >= RELAXED => Durability::Synced,
            (durability, _) => durability,
        };
        let now = now();
        let sweep = now - self.swept > SWEEP_EVERY;
        let commit = self.commit.saturating_add(1);
        let batches: Vec<&Encoded> = batches.iter().collect();
        let group =
            Group { batches: &batches, commit, durability, now, sweep, options: &self.shared.options };
        let mut outcomes = Outcomes::with_capacity(batches.len());
        let error = match self.apply(&group, &mut outcomes) {
            Ok(()) => {
                self.commit = commit;
                self.unsynced = match durability {
                    Durability::Synced => None,
                    Durability::Relaxed => self.unsynced.or_else(|| Some(Instant::now())),
                };
                if sweep {
                    self.swept = now;
                }
                return Ok(outcomes);
            }
            Err(error) => error,
        };
        // Whether a commit that failed is on disk, only the disk can say.
        self.close();
        if self.ensure_open().is_ok() && self.commit == commit && outcomes.len() == batches.len() {
            return Ok(outcomes);
        }
        Err(error)
    }

    fn apply(&self, group: &Group<'_>, outcomes: &mut Outcomes) -> Result<(), StateError> {
        let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = &*database else { return Err(StateError::Storage("it is closed".to_owned())) };
        match catch_unwind(AssertUnwindSafe(|| group.apply(database, outcomes))) {
            Ok(applied) => applied.map_err(|error| self.failed(&error.to_string())),
            Err(_) => Err(self.failed("the database gave up")),
        }
    }

    fn failed(&self, what: &str) -> StateError {
        StateError::Storage(format!("`{}`: {what}", self.shared.storage.name()))
    }

    /// Puts relaxed commits on disk.
    fn sync(&mut self) {
        if self.unsynced.is_none() {
            return;
        }
        let commit = self.commit.saturating_add(1);
        let group = Group {
            batches: &[],
            commit,
            durability: Durability::Synced,
            now: now(),
            sweep: false,
            options: &self.shared.options,
        };
        self.unsynced = None;
        match self.apply(&group, &mut Outcomes::new()) {
            Ok(()) => self.commit = commit,
            // What was not synced is lost, as the mode says.
            Err(_) => self.close(),
        }
    }

    fn close(&self) {
        let mut database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner);
        let closed = database.take();
        // A database that failed may fail once more on its way out: there is nothing left to save.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(closed)));
    }

    /// Opens the database again for a reader that could not read it.
    fn reopen(&mut self, epoch: u64) -> Result<(), StateError> {
        if self.shared.epoch.load(Ordering::Acquire) == epoch {
            self.sync();
            self.close();
        }
        self.ensure_open()
    }

    /// Opens the database where it is closed. A file that could not be opened is left alone for a moment: longer
    /// than the attempt took, so that failing costs no more than waiting.
    fn ensure_open(&mut self) -> Result<(), StateError> {
        let mut database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner);
        if database.is_some() {
            return Ok(());
        }
        let began = Instant::now();
        if let Some((until, error)) = &self.pause
            && began < *until
        {
            return Err(error.clone());
        }
        match open(&*self.shared.storage) {
            Ok(opened) => {
                self.pause = None;
                self.unsynced = None;
                // Memory follows the disk where the two disagree about the last commit.
                if opened.commit != self.commit {
                    self.commit = opened.commit;
                    self.shared.cache.forget();
                }
                *database = Some(opened.database);
                self.shared.epoch.fetch_add(1, Ordering::AcqRel);
                Ok(())
            }
            Err(error) => {
                let pause = (began.elapsed() * 4).min(LONGEST_PAUSE);
                self.pause = Some((Instant::now() + pause, error.clone()));
                Err(error)
            }
        }
    }
}

/// Bytes of values in one transaction, about.
const MOST_BYTES: usize = 16 * 1024 * 1024;
