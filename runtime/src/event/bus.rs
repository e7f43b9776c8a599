//! The bus: events to whoever subscribed, in the order in which they were published.
//!
//! Publishing puts an event into a bounded queue, [`Bus::deliver`] empties it. A subscriber that fails or panics
//! is counted and does not stop the others. When the queue is full, the oldest of the least severe events gives
//! way; errors and critical events never do, and every dropped event is counted.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::{Event, Severity};

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
    callback: Arc<Callback>,
}

/// What became of the events so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusCounts {
    /// Events that were published.
    pub published: u64,
    /// Events that gave way because the queue was full.
    pub dropped: u64,
    /// Calls of subscribers that failed or panicked.
    pub failed: u64,
}

/// The bus.
pub struct Bus {
    capacity: usize,
    pending: Mutex<VecDeque<Event>>,
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
        let id = SubscriptionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        let subscriber = Subscriber { id, topic: Topic::parse(pattern), callback: Arc::new(callback) };
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
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= self.capacity {
            let least = pending.iter().map(|waiting| waiting.severity).min().unwrap_or_default();
            if least.min(event.severity) < Severity::Error {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                if event.severity < least {
                    return;
                }
                if let Some(at) = pending.iter().position(|waiting| waiting.severity == least) {
                    pending.remove(at);
                }
            }
        }
        pending.push_back(event.clone());
    }

    /// Hands every waiting event to its subscribers, including those that they publish meanwhile, up to the
    /// capacity; returns how many events that were.
    pub fn deliver(&self) -> usize {
        let mut delivered = 0;
        while delivered < self.capacity.max(1) {
            let next = self.pending.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(event) = next else { break };
            delivered += 1;
            // Callbacks run without any lock held: they may subscribe, publish and handle events themselves.
            let callbacks: Vec<Arc<Callback>> = self
                .subscribers
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .iter()
                .filter(|subscriber| subscriber.topic.wants(event.event_type.as_str()))
                .map(|subscriber| Arc::clone(&subscriber.callback))
                .collect();
            for callback in callbacks {
                if !matches!(catch_unwind(AssertUnwindSafe(|| callback(&event))), Ok(Ok(()))) {
                    self.failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        delivered
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
