//! A set of registers.

use crate::ids::Reg;

/// A set of registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registers([u64; 4]);

impl Registers {
    fn word(register: Reg) -> (usize, u64) {
        (register.index() / 64, 1 << (register.index() % 64))
    }

    pub(super) fn add(&mut self, register: Reg) {
        let (word, bit) = Registers::word(register);
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
    }

    pub(super) fn remove(&mut self, register: Reg) {
        let (word, bit) = Registers::word(register);
        if let Some(bits) = self.0.get_mut(word) {
            *bits &= !bit;
        }
    }

    pub(super) fn has(&self, register: Reg) -> bool {
        let (word, bit) = Registers::word(register);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    pub(super) fn keep_common(&mut self, other: &Registers) {
        for (bits, others) in self.0.iter_mut().zip(other.0) {
            *bits &= others;
        }
    }
}
