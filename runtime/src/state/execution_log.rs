//! The execution log: written behind the back of those who record, in batches.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Batch, Execution, ExecutionQuery, StateError, Store};

/// Executions that wait to be written at most; beyond, the oldest are dropped and counted.
const MOST_WAITING: usize = 65_536;
/// Executions written at once at most.
const BATCH: usize = 4_096;
/// How long an execution waits for others to be written with it.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the writer waits after the storage failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes executions without waiting for the disk and writes them in batches. What was not yet written when the
/// process dies is lost: about the last tenth of a second. While the storage fails, executions wait, as many as there
/// is room for. Bounded by the store's options.
pub struct ExecutionLog {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

struct Shared {
    store: Arc<dyn Store>,
    waiting: Mutex<Waiting>,
    /// Tells the writer that there is work, and those who flush that it is done.
    changed: Condvar,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    executions: VecDeque<Execution>,
    /// How many were taken, and how many of these were written or given up.
    taken: u64,
    done: u64,
    /// How often the storage failed.
    failures: u64,
    /// Whether somebody waits for the writer.
    urgent: bool,
    closed: bool,
}

impl ExecutionLog {
    /// A log in this store. Without a thread for the writer, everything is written when it is asked for.
    pub fn new(store: Arc<dyn Store>) -> ExecutionLog {
        let shared = Arc::new(Shared {
            store,
            waiting: Mutex::default(),
            changed: Condvar::new(),
            dropped: AtomicU64::new(0),
        });
        let its = Arc::clone(&shared);
        let writer = std::thread::Builder::new().name("execution-log".to_owned()).spawn(move || its.write());
        ExecutionLog { shared, writer: writer.ok() }
    }

    /// Takes executions. Never waits for the disk.
    pub fn record(&self, executions: impl IntoIterator<Item = Execution>) {
        let mut waiting = self.shared.lock();
        let before = waiting.executions.len();
        waiting.executions.extend(executions);
        let added = waiting.executions.len().saturating_sub(before) as u64;
        waiting.taken += added;
        self.shared.drop_beyond(&mut waiting, MOST_WAITING);
        // The writer sleeps without a limit only while nothing waits.
        if before == 0 && added > 0 {
            self.shared.changed.notify_all();
        }
    }

    /// The executions that a query asks for, newest first, everything that was recorded before the call included.
    ///
    /// # Errors
    /// Storage that cannot be read.
    pub fn query(&self, query: &ExecutionQuery) -> Result<Vec<Execution>, StateError> {
        self.flush();
        self.shared.store.executions(query)
    }

    /// Waits until everything that was recorded so far is written, or the storage fails.
    pub fn flush(&self) {
        if self.writer.is_none() {
            while self.shared.write_some() == Written::Some {}
            return;
        }
        let mut waiting = self.shared.lock();
        let (target, failures) = (waiting.taken, waiting.failures);
        while waiting.done < target && waiting.failures == failures {
            waiting.urgent = true;
            self.shared.changed.notify_all();
            waiting = self.shared.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How many executions were lost: too many at once, or while the storage failed.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }
}

impl Drop for ExecutionLog {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing left to say.
            let _ = writer.join();
        } else {
            while self.shared.write_some() == Written::Some {}
        }
    }
}

impl std::fmt::Debug for ExecutionLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExecutionLog").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer's thread.
    fn write(&self) {
        loop {
            let mut waiting = self.lock();
            while waiting.executions.is_empty() && !waiting.closed {
                waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            }
            if waiting.executions.is_empty() {
                return;
            }
            if !waiting.closed && !waiting.urgent && waiting.executions.len() < BATCH {
                let (guard, _) = self
                    .changed
                    .wait_timeout_while(waiting, PATIENCE, |it| !it.closed && !it.urgent)
                    .unwrap_or_else(PoisonError::into_inner);
                waiting = guard;
            }
            drop(waiting);
            let outcome = loop {
                match self.write_some() {
                    Written::Some => {}
                    outcome => break outcome,
                }
            };
            if outcome == Written::Failed {
                let mut waiting = self.lock();
                if waiting.closed {
                    self.drop_beyond(&mut waiting, 0);
                    return;
                }
                let pausing = self.changed.wait_timeout_while(waiting, PAUSE, |it| !it.closed && !it.urgent);
                drop(pausing.unwrap_or_else(PoisonError::into_inner));
            }
        }
    }

    /// Gives up the oldest executions that wait, so that not more than so many do.
    fn drop_beyond(&self, waiting: &mut Waiting, most: usize) {
        let over = waiting.executions.len().saturating_sub(most);
        waiting.executions.drain(..over);
        waiting.done += over as u64;
        self.dropped.fetch_add(over as u64, Ordering::Relaxed);
    }

    /// Writes one batch. What cannot be written waits on.
    fn write_some(&self) -> Written {
        let executions: Vec<Execution> = {
            let mut waiting = self.lock();
            let count = waiting.executions.len().min(BATCH);
            waiting.executions.drain(..count).collect()
        };
        let count = executions.len() as u64;
        let batch = Batch { executions, ..Batch::default() };
        let written = count == 0 || self.store.commit(&batch).is_ok();
        let mut waiting = self.lock();
        waiting.urgent = false;
        if written {
            waiting.done += count;
        } else {
            waiting.failures += 1;
            for execution in batch.executions.into_iter().rev() {
                waiting.executions.push_front(execution);
            }
            self.drop_beyond(&mut waiting, MOST_WAITING);
        }
        drop(waiting);
        self.changed.notify_all();
        match (written, count) {
            (true, 0) => Written::Nothing,
            (true, _) => Written::Some,
            (false, _) => Written::Failed,
        }
    }
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// There was none.
    Nothing,
    /// It is written.
    Some,
    /// It could not be written.
    Failed,
}
