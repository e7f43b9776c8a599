//! What outlives the memory of a session: its mark, its limits and the cooldowns of its user and project, as records.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oracle_vm::value::{Data, Text, json};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Rule;
use crate::limits::{Held, LimitState};
use crate::session::{SessionKey, SessionMark};
use crate::state::{Record, RecordKind, StateError, Store};

/// Seconds for which a session that nobody resumes is remembered.
const SESSION_KEPT: f64 = 30.0 * 86_400.0;
/// Seconds for which a cooldown is remembered beyond its end: events may come late.
const COOLDOWN_KEPT: f64 = 86_400.0;

/// What limits remember, and of which condition.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct SavedLimit {
    condition: u64,
    state: LimitState,
}

/// The record of a rule's limits.
pub(super) fn limit_record(key: &SessionKey, rule: &Rule, state: LimitState) -> Record {
    let saved = SavedLimit { condition: rule.condition_mark, state };
    let parts = [&key.user, &key.project, &key.session, &Text::from(&*rule.id)];
    Record::new(RecordKind::Limit, &parts, to_data(&saved)).kept_for(SESSION_KEPT)
}

/// The record of where a session is; without a mark, it is deleted.
pub(super) fn session_record(key: &SessionKey, mark: Option<&SessionMark>) -> Record {
    let parts = [&key.user, &key.project, &key.session];
    Record::new(RecordKind::Session, &parts, mark.and_then(to_data)).kept_for(SESSION_KEPT)
}

/// The record of when a rule with `cooldown_seconds` last fired.
pub(super) fn cooldown_record(key: &SessionKey, rule: &Rule, fired: f64) -> Record {
    let parts = [&key.user, &key.project, &Text::from(&*rule.id)];
    let cooldown = rule.spec.limits.cooldown_seconds.unwrap_or_default();
    Record::new(RecordKind::Cooldown, &parts, Some(Data::Float(fired))).kept_for(cooldown + COOLDOWN_KEPT)
}

/// Where a session was.
pub(super) fn stored_mark(store: &dyn Store, key: &SessionKey) -> Result<Option<SessionMark>, StateError> {
    let begin = [key.user.as_str(), key.project.as_str(), key.session.as_str()];
    let records = store.records(RecordKind::Session, &begin)?;
    Ok(records.into_iter().next().and_then(|record| from_data(&record.value?)))
}

/// What was stored of a session's limits.
pub(super) fn stored_limits(store: &dyn Store, key: &SessionKey) -> Result<Vec<Record>, StateError> {
    let begin = [key.user.as_str(), key.project.as_str(), key.session.as_str()];
    store.records(RecordKind::Limit, &begin)
}

/// What a record says of the limits of this rule, as long as the rule has the condition that it had then.
pub(super) fn limit_of(record: &Record, rule: &Rule) -> Option<LimitState> {
    let saved: SavedLimit = from_data(record.value.as_ref()?)?;
    (saved.condition == rule.condition_mark).then_some(saved.state)
}

fn to_data(value: &impl Serialize) -> Option<Data> {
    json::from_json(&serde_json::to_value(value).ok()?).ok()
}

fn from_data<T: DeserializeOwned>(data: &Data) -> Option<T> {
    serde_json::from_value(serde_json::to_value(data).ok()?).ok()
}

/// What the sessions of a user in a project share: when rules with `cooldown_seconds` last fired, by qualified id.
#[derive(Debug, Default)]
pub(super) struct Tenant {
    last_fired: Mutex<Cooldowns>,
}

#[derive(Debug, Default)]
struct Cooldowns {
    fired: HashMap<Arc<str>, f64>,
    /// Whether what was stored is among them.
    recalled: bool,
}

/// The right to fire a rule with `cooldown_seconds`, taken before it fires so that no other session fires it too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    before: Option<f64>,
    now: f64,
}

impl Tenant {
    /// Reads what was stored, once.
    pub(super) fn recall(&self, store: &dyn Store, key: &SessionKey) -> Result<(), StateError> {
        let mut cooldowns = self.last_fired.lock().unwrap_or_else(PoisonError::into_inner);
        if cooldowns.recalled {
            return Ok(());
        }
        for record in store.records(RecordKind::Cooldown, &[key.user.as_str(), key.project.as_str()])? {
            let [_, _, rule, _] = &record.key;
            if let Some(Data::Float(fired)) = record.value {
                cooldowns.fired.entry(rule.as_str().into()).or_insert(fired);
            }
        }
        cooldowns.recalled = true;
        Ok(())
    }

    /// Takes the right to fire, unless `held` says why not when it hears when the rule last fired.
    pub(super) fn claim(
        &self,
        rule: &Arc<str>,
        now: f64,
        held: impl FnOnce(Option<f64>) -> Option<Held>,
    ) -> Result<Claim, Held> {
        let mut cooldowns = self.last_fired.lock().unwrap_or_else(PoisonError::into_inner);
        let before = cooldowns.fired.get(rule).copied();
        match held(before) {
            Some(held) => Err(held),
            None => {
                cooldowns.fired.insert(Arc::clone(rule), now);
                Ok(Claim { before, now })
            }
        }
    }

    /// Gives the right back: the rule did not fire after all.
    pub(super) fn give_back(&self, rule: &Arc<str>, claim: Claim) {
        let mut cooldowns = self.last_fired.lock().unwrap_or_else(PoisonError::into_inner);
        if cooldowns.fired.get(rule) != Some(&claim.now) {
            return;
        }
        match claim.before {
            Some(before) => drop(cooldowns.fired.insert(Arc::clone(rule), before)),
            None => drop(cooldowns.fired.remove(rule)),
        }
    }
}
