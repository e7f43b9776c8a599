//! Compiled scripts, and the sandboxes that run them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::code::Code;
use super::error::ScriptError;
use super::limits::ScriptLimits;
use super::run::ScriptInput;
use super::sandbox::{Ran, Sandbox};

/// Sandboxes that are kept while no script runs.
const IDLE: usize = 16;

/// A compiled script. Cheap to clone: its code is shared.
#[derive(Clone, Debug)]
pub struct Script {
    code: Arc<Code>,
    /// What sandboxes know it by.
    number: u64,
}

impl Script {
    /// Compiles a script; errors call it by this name.
    ///
    /// # Errors
    /// Text that is not Lua.
    pub fn compile(name: &str, source: &str) -> Result<Script, ScriptError> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let code = Code::new(name, source).map_err(ScriptError::Syntax)?;
        Ok(Script { code: Arc::new(code), number: NUMBERS.fetch_add(1, Ordering::Relaxed) })
    }
}

/// A pool of sandboxes. Each run has one for itself; it is built when none is idle.
#[derive(Debug, Default)]
pub struct Sandboxes {
    idle: Mutex<Vec<Sandbox>>,
}

impl Sandboxes {
    /// Runs a script. It sees nothing of other runs, and nothing of it stays.
    pub fn run(&self, script: &Script, input: ScriptInput, limits: &ScriptLimits) -> Ran {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut sandbox = match idle.map_or_else(Sandbox::new, Ok) {
            Ok(sandbox) => sandbox,
            Err(error) => return Ran { answer: Err(error), printed: Vec::new() },
        };
        let (ran, is_clean) = sandbox.run(script.number, &script.code, input, limits);
        if is_clean {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE {
                idle.push(sandbox);
            }
        }
        ran
    }
}
