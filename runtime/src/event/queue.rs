//! A bounded queue of events.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Event, Severity};

/// Events in the order in which they came. When it is full, the oldest of the least severe gives way.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Arc<Event>>,
}

impl Queue {
    /// Adds an event; whether one was dropped, which may be the event itself. Errors and critical events are `kept`
    /// beyond the capacity where that is asked for.
    pub(super) fn push(&mut self, event: Arc<Event>, capacity: usize, kept: bool) -> bool {
        let mut dropped = false;
        if self.waiting.len() >= capacity {
            let least = self.waiting.iter().map(|waiting| waiting.severity).min().unwrap_or_default();
            if !kept || least.min(event.severity) < Severity::Error {
                dropped = true;
                if event.severity < least {
                    return true;
                }
                if let Some(at) = self.waiting.iter().position(|waiting| waiting.severity == least) {
                    self.waiting.remove(at);
                }
            }
        }
        self.waiting.push_back(event);
        dropped
    }

    /// Takes the oldest.
    pub(super) fn pop(&mut self) -> Option<Arc<Event>> {
        self.waiting.pop_front()
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }
}
