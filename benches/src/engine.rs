//! What `compare` asks of an engine.

use crate::cases::Case;
use crate::context::Context;

/// Evaluates one condition on one bound context as often as asked; says how often it held.
pub type Runner<'a> = Box<dyn FnMut(u64) -> u64 + 'a>;

/// An engine that can be measured: ours, native code, or a peer.
pub trait Engine {
    /// How tables call it.
    fn name(&self) -> &'static str;

    /// Its version.
    fn version(&self) -> &'static str;

    /// Compiles the case and binds the context. `None` where its language cannot say the condition; a condition that
    /// is only nearly the same does not count.
    ///
    /// # Errors
    ///
    /// What the engine says about a condition that it should understand.
    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String>;

    /// Asks `count` rules of [`crate::cases::ruleset_constants`] at once; a round holds when one in a hundred of them
    /// does. `None` where the engine has nothing of its own to say about many rules.
    ///
    /// # Errors
    ///
    /// What the engine says about a condition that it should understand.
    fn rules<'a>(&'a self, count: usize, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let _ = (count, context);
        Ok(None)
    }

    /// The largest number of rules that it takes seconds and not minutes to compile.
    fn most_rules(&self) -> usize {
        10_000
    }

    /// Binds the context from what a host has, as often as asked: from JSON text, but where the engine takes something
    /// else. `None` where there is nothing to bind.
    fn binder<'a>(&'a self, context: &'a Context) -> Option<Runner<'a>> {
        let _ = context;
        None
    }

    /// Compiles the case, as often as asked. `None` where there is nothing to compile.
    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let _ = case;
        None
    }
}

/// A runner from one evaluation. The loop is compiled together with it, so that the only call through a pointer is
/// one for the whole batch.
pub fn runner<'a>(mut evaluate: impl FnMut() -> bool + 'a) -> Runner<'a> {
    Box::new(move |rounds| {
        let mut held = 0;
        for _ in 0..rounds {
            held += u64::from(std::hint::black_box(evaluate()));
        }
        held
    })
}
