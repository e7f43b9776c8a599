//! What `compare` asks of an engine.

use crate::cases::{Case, RuleSet};
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

    /// Asks many rules at once; a round holds when as many of them hold as [`RuleSet::matches`] says. `None` where the
    /// engine has nothing of its own to say about many rules.
    ///
    /// # Errors
    ///
    /// What the engine says about a condition that it should understand.
    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let _ = (set, context);
        Ok(None)
    }

    /// The largest number of rules that it takes seconds and not minutes to compile and to ask.
    fn most_rules(&self) -> usize {
        10_000
    }

    /// Compiles the rules of a set and gives what must stay in memory to run them. `None` where the engine compiles
    /// nothing.
    ///
    /// # Errors
    ///
    /// What the engine says about a condition that it should understand.
    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        let _ = set;
        Ok(None)
    }

    /// Binds the context from what a host has, as often as asked. `None` where there is nothing to bind.
    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        let _ = (context, from);
        None
    }

    /// Compiles the case, as often as asked. `None` where there is nothing to compile.
    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let _ = case;
        None
    }
}

/// What a host binds a context from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A struct of its own.
    Struct,
    /// JSON text.
    Json,
}

/// Something that is only kept to see how much memory it takes.
pub type Kept<'a> = Box<dyn Keep + 'a>;

/// Anything at all.
pub trait Keep {}

impl<T> Keep for T {}

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

/// A runner that binds: `bind` takes the host's struct.
pub fn bind_struct<'a, B>(context: &'a Context, bind: impl Fn(&Context) -> B + 'a) -> Runner<'a> {
    runner(move || {
        std::hint::black_box(bind(std::hint::black_box(context)));
        true
    })
}

/// A runner that binds: `bind` takes JSON text.
pub fn bind_text<'a, B>(context: &Context, bind: impl Fn(&str) -> B + 'a) -> Runner<'a> {
    let text = context.json().to_string();
    runner(move || {
        std::hint::black_box(bind(std::hint::black_box(&text)));
        true
    })
}
