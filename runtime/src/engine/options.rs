//! What a host may choose.

use std::sync::Arc;

use crate::action::{LogSink, NoLog};
use crate::event::bus::DEFAULT_CAPACITY;
use crate::script::ScriptLimits;
use crate::state::{ExecutionLog, MemoryStore, Store};

/// The parts and bounds of an engine.
#[derive(Clone)]
pub struct EngineOptions {
    /// Where state lives.
    pub store: Arc<dyn Store>,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// Where it is written which rules ran, where anybody wants to know.
    pub executions: Option<Arc<ExecutionLog>>,
    /// Sessions kept in memory at most; beyond, ended ones and then the least recently used ones are forgotten.
    pub max_sessions: usize,
    /// Events that wait on the bus at most.
    pub bus_capacity: usize,
    /// What a run of a script may use.
    pub scripts: ScriptLimits,
}

impl Default for EngineOptions {
    fn default() -> Self {
        EngineOptions {
            store: Arc::new(MemoryStore::new()),
            log: Arc::new(NoLog),
            executions: None,
            max_sessions: 10_000,
            bus_capacity: DEFAULT_CAPACITY,
            scripts: ScriptLimits::default(),
        }
    }
}

impl std::fmt::Debug for EngineOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineOptions")
            .field("max_sessions", &self.max_sessions)
            .field("bus_capacity", &self.bus_capacity)
            .field("scripts", &self.scripts)
            .finish_non_exhaustive()
    }
}

/// Which rules a result lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Report {
    /// Those that matched or failed.
    #[default]
    Notable,
    /// Every candidate.
    All,
}
