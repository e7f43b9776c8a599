//! The slots that are taken to have text by what was read off the rules, and what becomes of the rules where one has not.

use crate::frame::Frame;
use crate::ids::SlotId;
use crate::value::Value;

/// A slot and the rules that test its text. Where it has none, such a rule may fail, so that its code has to run whatever
/// else it tests.
#[derive(Clone, Debug)]
pub(super) struct TextSlot {
    slot: SlotId,
    /// The rules that fail for `None`, by position.
    bare: Vec<u32>,
    /// The rules that do not test it where it is `None`.
    guarded: Vec<u32>,
}

impl TextSlot {
    /// Notes a rule that tests the slot.
    pub(super) fn note(slots: &mut Vec<TextSlot>, slot: SlotId, guarded: bool, at: u32) {
        let place = slots.iter().position(|known| known.slot == slot).unwrap_or(slots.len());
        if place == slots.len() {
            slots.push(TextSlot { slot, bare: Vec::new(), guarded: Vec::new() });
        }
        if let Some(known) = slots.get_mut(place) {
            if guarded { &mut known.guarded } else { &mut known.bare }.push(at);
        }
    }

    /// The rules of which the tables say nothing that holds for what the slot has.
    #[inline]
    pub(super) fn unsure(&self, frame: &Frame<'_>) -> impl Iterator<Item = &u32> {
        let (bare, guarded): (&[u32], &[u32]) = match frame.get(self.slot) {
            Value::Str(..) => (&[], &[]),
            Value::None => (&self.bare, &[]),
            _ => (&self.bare, &self.guarded),
        };
        bare.iter().chain(guarded)
    }
}
