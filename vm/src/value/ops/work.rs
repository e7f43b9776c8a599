//! What an operation uses up: fuel, and the arena that holds what it makes.

use bumpalo::Bump;

use super::super::Value;
use crate::fault::Trouble;
use crate::limits;

/// The means of one evaluation.
#[derive(Debug)]
pub struct Work<'a> {
    /// Where texts and lists made by the evaluation live.
    pub arena: &'a Bump,
    /// What is left of the fuel.
    pub fuel: u64,
}

impl<'a> Work<'a> {
    /// All the fuel of one evaluation, and this arena.
    pub fn new(arena: &'a Bump) -> Work<'a> {
        Work { arena, fuel: limits::FUEL }
    }

    /// Uses up fuel; fails when there is not enough.
    #[inline]
    pub fn spend(&mut self, units: u64) -> Result<(), Trouble> {
        match self.fuel.checked_sub(units) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => Err(out_of_fuel()),
        }
    }

    /// Uses up the fuel for working through so many bytes of text.
    #[inline]
    pub fn spend_bytes(&mut self, bytes: usize) -> Result<(), Trouble> {
        self.spend(bytes as u64 / 64)
    }

    /// Uses up the fuel for working through so many elements.
    #[inline]
    pub fn spend_items(&mut self, items: usize) -> Result<(), Trouble> {
        self.spend(items as u64 / 8)
    }

    /// Pays for a text of so many bytes; fails where it would be too long.
    pub fn claim_text(&mut self, bytes: usize) -> Result<(), Trouble> {
        if bytes > limits::TEXT_BYTES {
            return Err(Trouble::Limit("bytes of a text", limits::TEXT_BYTES as u64));
        }
        self.check_memory()?;
        self.spend_bytes(bytes)
    }

    /// Pays for a list of so many elements; fails where it would be too long.
    pub fn claim_list(&mut self, items: usize) -> Result<(), Trouble> {
        if items > limits::LIST_ITEMS {
            return Err(Trouble::Limit("elements of a list", limits::LIST_ITEMS as u64));
        }
        self.check_memory()?;
        self.spend_items(items)
    }

    fn check_memory(&self) -> Result<(), Trouble> {
        if self.arena.allocated_bytes() > limits::ARENA_BYTES {
            return Err(Trouble::Limit("bytes of memory", limits::ARENA_BYTES as u64));
        }
        Ok(())
    }

    /// Keeps a text for the rest of the evaluation.
    pub fn keep_text(&mut self, text: &str) -> Result<Value<'a>, Trouble> {
        self.claim_text(text.len())?;
        Ok(Value::text(self.arena.alloc_str(text)))
    }

    /// Keeps elements for the rest of the evaluation.
    pub fn keep_items(
        &mut self,
        items: impl ExactSizeIterator<Item = Value<'a>>,
    ) -> Result<&'a [Value<'a>], Trouble> {
        self.claim_list(items.len())?;
        Ok(self.arena.alloc_slice_fill_iter(items))
    }
}

#[cold]
fn out_of_fuel() -> Trouble {
    Trouble::Limit("fuel", limits::FUEL)
}
