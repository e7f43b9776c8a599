//! One session of the engine: what is locked while one of its events is handled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use oracle_vm::ids::RuleId;
use oracle_vm::index::HookRun;
use oracle_vm::machine::Machine;
use oracle_vm::value::Text;

use super::RuleSet;
use super::states::States;
use crate::limits::LimitState;
use crate::notify::Inbox;
use crate::session::Session;
use crate::state::Namespace;

/// What the sessions of a user in a project share.
#[derive(Debug, Default)]
pub(super) struct Tenant {
    /// When rules with `cooldown_seconds` last fired, by qualified id.
    pub(super) last_fired: Mutex<HashMap<Arc<str>, f64>>,
}

/// A session with everything that its events need.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) session: Session,
    pub(super) inbox: Inbox,
    pub(super) limits: HashMap<RuleId, LimitState>,
    pub(super) machine: Machine,
    pub(super) tenant: Arc<Tenant>,
    /// The outcome of the last hook program, whose room the next one uses again.
    pub(super) run: HookRun,
    /// The ids of the rule set that `limits` and `states` are about. Not the set itself: idle sessions would keep
    /// every one that was ever replaced.
    ids: Option<Arc<[Arc<str>]>>,
    /// The state of the rule set's plugins.
    pub(super) states: States,
}

impl Cell {
    pub(super) fn new(session: Session, tenant: Arc<Tenant>) -> Cell {
        Cell {
            session,
            inbox: Inbox::default(),
            limits: HashMap::new(),
            machine: Machine::new(),
            tenant,
            run: HookRun::default(),
            ids: None,
            states: States::default(),
        }
    }

    /// Follows a change of rules: limits go along by qualified id, those of rules that are gone are forgotten.
    pub(super) fn follow(&mut self, rules: &Arc<RuleSet>) {
        self.states.forget();
        if self.ids.as_ref().is_some_and(|known| Arc::ptr_eq(known, rules.ids())) {
            return;
        }
        if let Some(before) = &self.ids {
            let moved =
                |(id, state): (RuleId, LimitState)| Some((rules.find(before.get(id.index())?)?, state));
            self.limits = self.limits.drain().filter_map(moved).collect();
        }
        let key = self.session.key();
        let namespace = |plugin: &Text| Namespace {
            user: key.user.clone(),
            project: key.project.clone(),
            plugin: plugin.clone(),
        };
        self.states = States::new(rules.plugins().iter().map(namespace));
        self.ids = Some(Arc::clone(rules.ids()));
    }
}
