//! The rules of a pack: their ids in one text, all else in rows.

use std::cmp::Reverse;

use super::read::NO_CHUNK;
use crate::hook::Hook;
use crate::ids::{ChunkId, RuleId};

/// A rule of the pack, as far as the machine knows rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleEntry<'p> {
    /// Qualified id.
    pub id: &'p str,
    /// The hook at which it runs.
    pub hook: Hook,
    /// 1 to 1000; higher runs earlier.
    pub priority: u16,
    /// Its condition; `None` for a rule whose condition is a script.
    pub condition: Option<ChunkId>,
    /// The condition of `clear_when`.
    pub clear_when: Option<ChunkId>,
}

/// What orders rules: the hook, the priority, highest first, the qualified id. Ids are unique, so is this.
pub(crate) type FiringKey<'p> = (Hook, Reverse<u16>, &'p str);

impl<'p> RuleEntry<'p> {
    pub(crate) fn firing_key(&self) -> FiringKey<'p> {
        (self.hook, Reverse(self.priority), self.id)
    }
}

/// A rule without its id.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    id_end: u32,
    /// [`NO_CHUNK`] where there is none, as in the file.
    condition: u32,
    clear_when: u32,
    priority: u16,
    hook: Hook,
}

/// The rules of a pack, by [`RuleId`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    ids: String,
    rows: Vec<Row>,
}

impl Rules {
    pub(super) fn with_capacity(count: usize) -> Rules {
        Rules { ids: String::new(), rows: Vec::with_capacity(count) }
    }

    /// Adds a rule. All ids together have less than 4 GiB: of one beyond, nothing but an empty id is kept.
    pub(super) fn push(&mut self, rule: RuleEntry<'_>) {
        let end = u32::try_from(self.ids.len().saturating_add(rule.id.len()));
        if end.is_ok() {
            self.ids.push_str(rule.id);
        }
        let id_end = end.or_else(|_| u32::try_from(self.ids.len())).unwrap_or(u32::MAX);
        let raw = |chunk: Option<ChunkId>| chunk.map_or(NO_CHUNK, |id| id.0);
        let RuleEntry { hook, priority, condition, clear_when, .. } = rule;
        let (condition, clear_when) = (raw(condition), raw(clear_when));
        self.rows.push(Row { id_end, condition, clear_when, priority, hook });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rule with this number.
    #[inline]
    pub fn get(&self, id: RuleId) -> Option<RuleEntry<'_>> {
        let at = id.index();
        let row = self.rows.get(at)?;
        let start = at.checked_sub(1).and_then(|at| self.rows.get(at)).map_or(0, |row| row.id_end);
        let chunk = |raw: u32| (raw != NO_CHUNK).then_some(ChunkId(raw));
        Some(RuleEntry {
            id: self.ids.get(start as usize..row.id_end as usize)?,
            hook: row.hook,
            priority: row.priority,
            condition: chunk(row.condition),
            clear_when: chunk(row.clear_when),
        })
    }

    /// The hook of a rule.
    pub(super) fn hook_of(&self, id: RuleId) -> Option<Hook> {
        self.rows.get(id.index()).map(|row| row.hook)
    }

    /// All of them, in order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = RuleEntry<'_>> {
        (0..).map(RuleId).map_while(|id| self.get(id))
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.ids.shrink_to_fit();
        self.rows.shrink_to_fit();
    }
}

impl<'p> FromIterator<RuleEntry<'p>> for Rules {
    fn from_iter<I: IntoIterator<Item = RuleEntry<'p>>>(rules: I) -> Rules {
        let mut all = Rules::default();
        rules.into_iter().for_each(|rule| all.push(rule));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_sixteen_bytes_and_its_id() {
        assert_eq!(size_of::<Row>(), 16);
    }
}
