//! Rules: their chunks are there, their ids are their own, and each hook's program has them in firing order.

use std::collections::HashSet;

use super::checks::Checks;
use super::error::VerifyError;
use crate::ids::RuleId;
use crate::pack::{Pack, RuleEntry};

pub(super) fn check(pack: &Pack, checks: Checks) -> Result<(), VerifyError> {
    let mut ids =
        HashSet::with_capacity_and_hasher(pack.rules().len(), foldhash::fast::RandomState::default());
    for (id, rule) in (0..).map(RuleId).zip(pack.rules().iter()) {
        for chunk in [rule.condition, rule.clear_when].into_iter().flatten() {
            checks.pack(chunk.index() < pack.chunk_count(), || VerifyError::RuleChunk(id, chunk))?;
        }
        checks.pack(ids.insert(rule.id), || VerifyError::DuplicateRule(id))?;
    }
    checks.pack(pack.order().len() == pack.rules().len(), || VerifyError::OrderLength)?;
    let mut before = None;
    for (at, rule) in pack.order().iter().enumerate() {
        // Strictly ascending: a rule cannot come twice, so with the right length all of them are there.
        let rule = pack.rules().get(*rule);
        let key = rule.as_ref().map(RuleEntry::firing_key);
        checks.pack(key > before, || VerifyError::Order(at))?;
        before = key;
    }
    Ok(())
}
