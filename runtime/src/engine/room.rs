//! Lists that handling an event fills, kept for the next event on the same thread. A session keeps none: there may be
//! ten thousand that wait.

use std::cell::Cell;

use super::conditions::Judgement;
use super::firing::Firing;

/// What the conditions of an event said, and what fires.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) judgement: Judgement,
    pub(super) firings: Vec<Firing>,
}

/// Entries that a list keeps room for.
const KEPT: usize = 1_024;

thread_local! {
    static ROOM: Cell<Room> = const { Cell::new(Room::NEW) };
}

impl Room {
    const NEW: Room = Room { judgement: Judgement::NEW, firings: Vec::new() };

    /// Lends the thread's lists, empty.
    pub(super) fn with<R>(fill: impl FnOnce(&mut Room) -> R) -> R {
        let mut room = ROOM.replace(Room::NEW);
        let filled = fill(&mut room);
        room.judgement.clear();
        room.judgement.verdicts.shrink_to(KEPT);
        room.firings.clear();
        room.firings.shrink_to(KEPT);
        ROOM.set(room);
        filled
    }
}
