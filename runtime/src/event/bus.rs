//! The bus: events to whoever subscribed, in the order in which they were published.
//!
//! Publishing puts an event into a bounded queue, [`Bus::deliver`] empties it: one thread at a time, so every subscriber
//! sees the events in order. A subscriber is a function that is called, or a [`Listener`] that takes its events when it
//! has time. One that fails or panics is counted and does not stop the others. When the queue is full, the oldest of
//! the least severe events gives way; errors and critical events never do, and every dropped event is counted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError, Weak};

use super::Event;
use super::listener::{Listener, Mailbox};
use super::queue::Queue;

/// Events that wait at most, unless the host says otherwise.
pub const DEFAULT_CAPACITY: usize = 1000;

/// What a subscriber says when it fails.
pub type SubscriberError = Box<dyn std::error::Error + Send + Sync>;

type Callback = dyn Fn(&Event) -> Result<(), SubscriberError> + Send + Sync;

/// Which events a subscriber wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// One type.
    Exact(String),
    /// Every type that begins with this text: `tool.` for `tool.*`.
    Prefix(String),
}

impl Topic {
    /// Reads `tool.call.success`, `tool.*` or `*`.
    pub fn parse(pattern: &str) -> Topic {
        match pattern.strip_suffix('*') {
            Some(prefix) => Topic::Prefix(prefix.to_owned()),
            None => Topic::Exact(pattern.to_owned()),
        }
    }

    /// Whether an event of this type is wanted.
    pub fn wants(&self, event_type: &str) -> bool {
        match self {
            Topic::Exact(wanted) => wanted == event_type,
            Topic::Prefix(prefix) => event_type.starts_with(prefix.as_str()),
        }
    }
}

/// Names a subscription, to end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubscriptionId(u64);

struct Subscriber {
    id: SubscriptionId,
    topic: Topic,
    reader: Reader,
}

/// How a subscriber gets its events.
#[derive(Clone)]
enum Reader {
    Callback(Arc<Callback>),
    Mailbox(Weak<Mailbox>),
}

/// What became of the events so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusCounts {
    /// Events that were published.
    pub published: u64,
    /// Events that gave way because the queue, or the one of a listener, was full.
    pub dropped: u64,
    /// Calls of subscribers that failed or panicked.
    pub failed: u64,
}

/// The bus.
pub struct Bus {
    capacity: usize,
    pending: Mutex<Queue>,
    /// Held by the thread that delivers.
    delivering: Mutex<()>,
    subscribers: RwLock<Vec<Subscriber>>,
    /// How many subscribers there are: without any, events pass without a lock.
    listening: AtomicUsize,
    next_id: AtomicU64,
    published: AtomicU64,
    dropped: AtomicU64,
    failed: AtomicU64,
}

impl Default for Bus {
    fn default() -> Self {
        Bus::new(DEFAULT_CAPACITY)
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bus").field("capacity", &self.capacity).field("counts", &self.counts()).finish()
    }
}

impl Bus {
    /// A bus on which at most `capacity` events wait, errors and critical ones aside.
    pub fn new(capacity: usize) -> Bus {
        Bus {
            capacity,
            pending: Mutex::default(),
            delivering: Mutex::default(),
            subscribers: RwLock::default(),
            listening: AtomicUsize::new(0),
            next_id: AtomicU64::new(0),
            published: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Calls `callback` for every event whose type fits `pattern`: a type, or a prefix such as `tool.*`.
    pub fn subscribe(
        &self,
        pattern: &str,
        callback: impl Fn(&Event) -> Result<(), SubscriberError> + Send + Sync + 'static,
    ) -> SubscriptionId {
        self.add(pattern, Reader::Callback(Arc::new(callback)))
    }

    /// Keeps every event whose type fits `pattern` until the listener takes it; at most `capacity` of them.
    pub fn listen(&self, pattern: &str, capacity: usize) -> Listener {
        let listener = Listener::new(capacity);
        self.add(pattern, Reader::Mailbox(Arc::downgrade(listener.mailbox())));
        listener
    }

    fn add(&self, pattern: &str, reader: Reader) -> SubscriptionId {
        let id = SubscriptionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        let subscriber = Subscriber { id, topic: Topic::parse(pattern), reader };
        let mut subscribers = self.subscribers.write().unwrap_or_else(PoisonError::into_inner);
        subscribers.push(subscriber);
        self.listening.store(subscribers.len(), Ordering::Release);
        id
    }

    /// Ends a subscription; says whether there was one.
    pub fn unsubscribe(&self, id: SubscriptionId) -> bool {
        let mut subscribers = self.subscribers.write().unwrap_or_else(PoisonError::into_inner);
        let before = subscribers.len();
        subscribers.retain(|subscriber| subscriber.id != id);
        self.listening.store(subscribers.len(), Ordering::Release);
        subscribers.len() < before
    }

    /// Queues an event. Nothing is queued while nobody subscribed.
    pub fn publish(&self, event: &Event) {
        self.published.fetch_add(1, Ordering::Relaxed);
        if self.listening.load(Ordering::Acquire) == 0 {
            return;
        }
        let event = Arc::new(event.clone());
        if self.pending.lock().unwrap_or_else(PoisonError::into_inner).push(event, self.capacity, true) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Hands every waiting event to its subscribers, including those that they publish meanwhile, up to the
    /// capacity; returns how many events that were. While another thread delivers, that one hands them over.
    pub fn deliver(&self) -> usize {
        let mut delivered = 0;
        while delivered < self.capacity.max(1) && self.pending() > 0 {
            // A subscriber that publishes and delivers comes here too, and finds the lock held by itself.
            let _delivering = match self.delivering.try_lock() {
                Ok(held) => held,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return delivered,
            };
            while delivered < self.capacity.max(1) {
                let next = self.pending.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(event) = next else { break };
                delivered += 1;
                self.hand_over(&event);
            }
            // Once more after the lock is given back: what was published meanwhile found it held.
        }
        delivered
    }

    /// Gives an event to all of its subscribers.
    fn hand_over(&self, event: &Arc<Event>) {
        // Callbacks run without any lock of theirs held: they may subscribe, publish and handle events themselves.
        let wanting: Vec<(SubscriptionId, Reader)> = self
            .subscribers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter(|subscriber| subscriber.topic.wants(event.event_type.as_str()))
            .map(|subscriber| (subscriber.id, subscriber.reader.clone()))
            .collect();
        for (id, reader) in wanting {
            match reader {
                Reader::Callback(callback) => {
                    if !matches!(catch_unwind(AssertUnwindSafe(|| callback(event))), Ok(Ok(()))) {
                        self.failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Reader::Mailbox(mailbox) => match mailbox.upgrade() {
                    Some(mailbox) => {
                        if mailbox.put(Arc::clone(event)) {
                            self.dropped.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    None => drop(self.unsubscribe(id)),
                },
            }
        }
    }

    /// How many events wait.
    pub fn pending(&self) -> usize {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What became of the events so far.
    pub fn counts(&self) -> BusCounts {
        BusCounts {
            published: self.published.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}
