//! One session of the engine: what is locked while one of its events is handled.

use std::sync::Arc;

use oracle_vm::index::HookRun;
use oracle_vm::machine::Machine;
use oracle_vm::value::Text;

use super::RuleSet;
use super::memory::{Tenant, limit_of, session_record, stored_limits, stored_mark};
use super::rule::RuleMark;
use super::states::States;
use crate::limits::SessionLimits;
use crate::notify::Inbox;
use crate::session::{Session, SessionMark};
use crate::state::{Namespace, Record, StateError, Store};

/// A session with everything that its events need.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) session: Session,
    pub(super) inbox: Inbox,
    pub(super) limits: SessionLimits,
    pub(super) machine: Machine,
    pub(super) tenant: Arc<Tenant>,
    /// The outcome of the last hook program, whose room the next one uses again.
    pub(super) run: HookRun,
    /// What names the rules that `limits` and `states` are about. Not their set itself: idle sessions would keep
    /// every one that was ever replaced.
    marks: Option<Arc<[RuleMark]>>,
    /// The state of the rule set's plugins.
    pub(super) states: States,
    stored: Stored,
}

/// What the store knows of a session.
#[derive(Debug, Default)]
struct Stored {
    /// Whether the session's mark was asked for.
    asked: bool,
    /// Whether the limits of the current rules were asked for.
    limits_asked: bool,
    /// Where the session was when it was last written.
    mark: Option<SessionMark>,
    /// Whether what is stored is about a session that ended: it has to be deleted.
    outdated: bool,
}

impl Cell {
    pub(super) fn new(session: Session, tenant: Arc<Tenant>) -> Cell {
        Cell {
            session,
            inbox: Inbox::default(),
            limits: SessionLimits::default(),
            machine: Machine::new(),
            tenant,
            run: HookRun::default(),
            marks: None,
            states: States::default(),
            stored: Stored::default(),
        }
    }

    /// Before the first event: goes on where the session was before a restart. Only limits care, so without any
    /// nothing is read. What cannot be read is asked for again with the next event.
    pub(super) fn resume(&mut self, rules: &RuleSet, store: &dyn Store) {
        if self.stored.asked || !rules.has_limits() {
            return;
        }
        let is_new = self.marks.is_none();
        if self.tenant.recall(store, self.session.key()).is_err() {
            return;
        }
        let Ok(mark) = stored_mark(store, self.session.key()) else { return };
        self.stored.asked = true;
        self.stored.mark = mark;
        if let Some(mark) = mark.filter(|_| is_new) {
            self.session.resume(&mark);
        }
    }

    /// The session begins anew: nothing of what limits remember holds.
    pub(super) fn begin_anew(&mut self) {
        self.limits.clear();
        self.stored.outdated = self.stored.mark.is_some();
    }

    /// Follows a change of rules: limits go along by qualified id as long as the condition stays the same.
    pub(super) fn follow(&mut self, rules: &RuleSet, store: &dyn Store) {
        self.states.forget();
        if !self.marks.as_ref().is_some_and(|known| Arc::ptr_eq(known, rules.marks())) {
            self.adopt(rules);
        }
        if !self.stored.limits_asked && rules.has_limits() {
            self.stored.limits_asked = self.stored.outdated || self.recall_limits(rules, store).is_ok();
        }
    }

    fn adopt(&mut self, rules: &RuleSet) {
        if let Some(before) = &self.marks {
            self.limits.follow(|id| {
                let before = before.get(id.index())?;
                let now = rules.find(&before.id)?;
                let same = rules.get(now).is_some_and(|rule| rule.condition_mark == before.condition);
                same.then_some(now)
            });
        }
        let key = self.session.key();
        let namespace = |plugin: &Text| Namespace {
            user: key.user.clone(),
            project: key.project.clone(),
            plugin: plugin.clone(),
        };
        self.states = States::new(rules.plugins().iter().map(namespace));
        self.marks = Some(Arc::clone(rules.marks()));
        self.stored.limits_asked = false;
    }

    /// Takes over what was stored of the limits of these rules, where nothing is remembered.
    fn recall_limits(&mut self, rules: &RuleSet, store: &dyn Store) -> Result<(), StateError> {
        for record in stored_limits(store, self.session.key())? {
            let [_, _, _, name] = &record.key;
            let Some(id) = rules.find(name.as_str()) else { continue };
            let Some(rule) = rules.get(id).filter(|rule| rule.is_limited) else { continue };
            if let Some(state) = limit_of(&record, rule) {
                self.limits.restore(id, &rule.spec.limits, state);
            }
        }
        Ok(())
    }

    /// What has to be written of the session itself beside these records of its limits, and the mark that is stored
    /// then.
    pub(super) fn mark_to_store(
        &self,
        store: &dyn Store,
        writes_limits: bool,
    ) -> Result<(Vec<Record>, Option<SessionMark>), StateError> {
        let key = self.session.key();
        let mut records = Vec::new();
        let mut stored = self.stored.mark;
        if self.stored.outdated {
            let gone = |record| Record { value: None, ..record };
            records.extend(stored_limits(store, key)?.into_iter().map(gone));
            records.push(session_record(key, None));
            stored = None;
        }
        if stored.is_none() && !writes_limits {
            return Ok((records, stored));
        }
        let mark = self.session.mark();
        let due = stored.is_none_or(|stored| {
            let turns = stored.moment.turn;
            (writes_limits && stored != mark)
                || stored.ended != mark.ended
                || (turns != mark.moment.turn && self.limits.counts_turns_after(turns))
        });
        if due {
            records.push(session_record(key, Some(&mark)));
            stored = Some(mark);
        }
        Ok((records, stored))
    }

    /// Everything was written; this mark is what the store has now.
    pub(super) fn stored(&mut self, mark: Option<SessionMark>) {
        self.limits.stored();
        self.stored.mark = mark;
        self.stored.outdated = false;
    }
}
