//! The sessions of an engine, each under its own lock.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

use oracle_vm::value::Text;

use super::cell::Cell;
use super::memory::Tenant;
use crate::session::{Session, SessionKey};

/// A session and when it was last used.
#[derive(Debug)]
pub(super) struct Slot {
    cell: Mutex<Cell>,
    used: AtomicU64,
    /// When it was last used, in milliseconds since the sessions began.
    at: AtomicU64,
}

impl Slot {
    /// Locks the session. A panic while it was locked left it as consistent as the last step.
    pub(super) fn lock(&self) -> MutexGuard<'_, Cell> {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the session, if nobody else has.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, Cell>> {
        match self.cell.try_lock() {
            Ok(cell) => Some(cell),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

type Slots = HashMap<SessionKey, Arc<Slot>, foldhash::quality::RandomState>;

/// All sessions, by what names them.
#[derive(Debug)]
pub(super) struct Sessions {
    began: Instant,
    slots: RwLock<Slots>,
    tenants: Mutex<HashMap<(Text, Text), Arc<Tenant>>>,
    uses: AtomicU64,
}

impl Default for Sessions {
    fn default() -> Sessions {
        Sessions {
            began: Instant::now(),
            slots: RwLock::default(),
            tenants: Mutex::default(),
            uses: AtomicU64::new(0),
        }
    }
}

impl Sessions {
    /// The session, if it is known.
    pub(super) fn find(&self, key: &SessionKey) -> Option<Arc<Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// The session, begun if it is not known; at most about `most` are kept.
    pub(super) fn open(&self, key: &SessionKey, most: usize) -> Arc<Slot> {
        let now = self.uses.fetch_add(1, Ordering::Relaxed);
        let slot = self.find(key).unwrap_or_else(|| self.begin(key, most));
        slot.used.store(now, Ordering::Relaxed);
        slot.at.store(self.millis(Instant::now()), Ordering::Relaxed);
        slot
    }

    /// The sessions that nobody used for so long, and that nobody uses now.
    pub(super) fn idle(&self, now: Instant, idle: Duration) -> Vec<(SessionKey, Arc<Slot>)> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let found =
            slots.iter().filter(|(_, slot)| Arc::strong_count(slot) == 1 && self.is_idle(slot, now, idle));
        found.map(|(key, slot)| (key.clone(), Arc::clone(slot))).collect()
    }

    /// Whether nobody used a session for so long.
    pub(super) fn is_idle(&self, slot: &Slot, now: Instant, idle: Duration) -> bool {
        let since = self.millis(now).saturating_sub(slot.at.load(Ordering::Relaxed));
        u128::from(since) >= idle.as_millis()
    }

    /// Forgets these sessions, but for those that somebody uses meanwhile; how many were forgotten.
    pub(super) fn forget(&self, found: Vec<(SessionKey, Arc<Slot>)>, now: Instant, idle: Duration) -> usize {
        let keys: Vec<SessionKey> = found.into_iter().map(|(key, _)| key).collect();
        let mut forgotten = Vec::with_capacity(keys.len());
        {
            let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
            for key in keys {
                let unused = |slot: &Arc<Slot>| Arc::strong_count(slot) == 1 && self.is_idle(slot, now, idle);
                if slots.get(&key).is_some_and(unused) {
                    forgotten.extend(slots.remove(&key));
                }
            }
            slots.shrink_to_fit();
        }
        // Their memory is given back without the lock held.
        let count = forgotten.len();
        drop(forgotten);
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.retain(|_, tenant| Arc::strong_count(tenant) > 1);
        tenants.shrink_to_fit();
        count
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// How many sessions are known.
    pub(super) fn len(&self) -> usize {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether a session is known, or its user has less than `most`.
    pub(super) fn has_room_for(&self, key: &SessionKey, most: usize) -> bool {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        // Counting is for users who could have that many at all.
        slots.contains_key(key)
            || slots.len() < most
            || slots.keys().filter(|it| it.user == key.user).count() < most
    }

    /// How many pairs of a user and a project are known.
    pub(super) fn tenants(&self) -> usize {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn begin(&self, key: &SessionKey, most: usize) -> Arc<Slot> {
        let tenant = {
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(tenants.entry((key.user.clone(), key.project.clone())).or_default())
        };
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= most.max(1) && !slots.contains_key(key) {
            forget(&mut slots);
            // What the sessions of a user and project shared is stored: the next of them reads it again.
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            tenants.retain(|_, tenant| Arc::strong_count(tenant) > 1);
        }
        let begin = || Slot {
            cell: Mutex::new(Cell::new(Session::new(key.clone()), tenant)),
            used: AtomicU64::new(0),
            at: AtomicU64::new(0),
        };
        Arc::clone(slots.entry(key.clone()).or_insert_with(|| Arc::new(begin())))
    }
}

/// Forgets a tenth of the sessions: ended ones that nobody has to read from, then the least recently used.
fn forget(slots: &mut Slots) {
    let mut ranked: Vec<(bool, u64, SessionKey)> = slots
        .iter()
        // A session that is being used is not forgotten: others hold its slot or its lock.
        .filter(|(_, slot)| Arc::strong_count(slot) == 1)
        .map(|(key, slot)| {
            let cell = slot.lock();
            let done = cell.session.has_ended() && cell.inbox.is_empty();
            (!done, slot.used.load(Ordering::Relaxed), key.clone())
        })
        .collect();
    ranked.sort_by_key(|(kept, used, _)| (*kept, *used));
    for (_, _, key) in ranked.iter().take(slots.len().div_ceil(10)) {
        slots.remove(key);
    }
}
