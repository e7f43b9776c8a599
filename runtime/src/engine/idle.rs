//! Sessions that end because nobody uses them any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use oracle_vm::value::{Data, Map};

use super::{Engine, Report};
use crate::event::Event;
use crate::session::SessionKey;

impl Engine {
    /// Ends the sessions that had no event for `idle` as of `now`, as by an event `session.end` whose payload gives the
    /// reason, and gives back their memory; notifications that nobody drained are gone with them. How many sessions
    /// were forgotten, those that had ended before included. The host calls it from time to time.
    pub fn end_idle(&self, idle: Duration, now: Instant) -> usize {
        let found = self.sessions().idle(now, idle);
        let mut results = Vec::new();
        for (key, slot) in &found {
            let mut cell = slot.lock();
            // Somebody may have come back since the look.
            if !cell.session.has_ended()
                && self.sessions().is_idle(slot, now, idle)
                && let Some(event) = end_of(key)
            {
                let world = self.world();
                self.run(&world, &mut cell, event, Report::Notable, &mut results);
                results.clear();
            }
        }
        let forgotten = self.sessions().forget(found, now, idle);
        self.bus().deliver();
        forgotten
    }
}

fn end_of(key: &SessionKey) -> Option<Event> {
    let payload = Map::from_iter([("reason".into(), Data::text("idle"))]);
    let mut event = Event::new("session.end").and_then(|event| event.with_payload(Arc::new(payload))).ok()?;
    event.source = "engine".into();
    event.user_id = key.user.clone();
    event.project_id = key.project.clone();
    event.session_id = key.session.clone();
    Some(event)
}
