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
    static ROOM: Cell<Room> = Cell::default();
}

impl Room {
    /// Lends the thread's lists, empty.
    pub(super) fn with<R>(fill: impl FnOnce(&mut Room) -> R) -> R {
        let mut room = ROOM.take();
        let filled = fill(&mut room);
        room.judgement.clear();
        empty(&mut room.firings);
        ROOM.set(room);
        filled
    }
}

/// Forgets the entries of a list and keeps room for some.
pub(super) fn empty<T>(list: &mut Vec<T>) {
    list.clear();
    list.shrink_to(KEPT);
}
