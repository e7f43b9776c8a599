//! A subscriber that takes its events when it has time for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Event;
use super::queue::Queue;

/// What the bus and the listener share.
#[derive(Debug)]
pub(super) struct Mailbox {
    capacity: usize,
    waiting: Mutex<Queue>,
    arrived: Notify,
    missed: AtomicU64,
}

impl Mailbox {
    /// Puts in an event; says whether one was dropped because too many wait.
    pub(super) fn put(&self, event: Arc<Event>) -> bool {
        // Nobody may ever come for them: here even errors give way.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = waiting.push(event, self.capacity, false);
        drop(waiting);
        if dropped {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
        self.arrived.notify_one();
        dropped
    }
}

/// Events of the bus, waiting for their reader: [`Bus::listen`](super::bus::Bus::listen). The subscription ends when it is
/// dropped.
#[derive(Debug)]
pub struct Listener(Arc<Mailbox>);

impl Listener {
    pub(super) fn new(capacity: usize) -> Listener {
        Listener(Arc::new(Mailbox {
            capacity: capacity.max(1),
            waiting: Mutex::default(),
            arrived: Notify::new(),
            missed: AtomicU64::new(0),
        }))
    }

    pub(super) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.0
    }

    /// The next event, waiting for it. Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Arc<Event> {
        loop {
            // Whoever arrives after the look below is noticed: one permit is kept.
            if let Some(event) = self.take() {
                return event;
            }
            self.0.arrived.notified().await;
        }
    }

    /// The next event, if there is one.
    pub fn take(&mut self) -> Option<Arc<Event>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// How many events wait.
    pub fn waiting(&self) -> usize {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many events it missed because too many waited.
    pub fn missed(&self) -> u64 {
        self.0.missed.load(Ordering::Relaxed)
    }
}
