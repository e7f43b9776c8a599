//! Our own engine: each condition compiled to verified bytecode and run by the machine.

use oracle_compiler::expression::{self, ExpressionScope, Mode};
use oracle_runtime::context::Context as Bound;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::ChunkId;
use oracle_vm::machine::Machine;
use oracle_vm::verify::{VerifiedPack, verify};

use crate::cases::{Case, ruleset_condition};
use crate::context::Context;
use crate::engine::{Engine, Runner, runner};

/// One condition, ready to run.
#[derive(Debug)]
pub struct Compiled {
    /// The verified pack, which holds nothing else.
    pub pack: VerifiedPack,
    /// Its code.
    pub chunk: ChunkId,
}

/// Compiles a condition as a rule of this hook would be compiled.
///
/// # Errors
///
/// The messages of the diagnostics, or of the verifier.
pub fn compile(condition: &str, hook: Hook) -> Result<Compiled, String> {
    let scope = ExpressionScope { hook: Some(hook), params: &[], settings: &[] };
    let compiled = expression::compile(condition, &scope, Mode::Truth, true).map_err(|failed| {
        let messages: Vec<String> = failed.diagnostics.into_iter().map(|it| it.message).collect();
        messages.join("; ")
    })?;
    let pack = verify(compiled.pack).map_err(|error| error.to_string())?;
    Ok(Compiled { pack, chunk: compiled.chunk })
}

/// The context as the runtime owns it.
///
/// # Errors
///
/// A value that the context does not take.
pub fn bind(context: &Context) -> Result<Bound, String> {
    Bound::from_json(&context.json(), None).map_err(|error| error.to_string())
}

/// The frame of a context.
pub fn frame(bound: &Bound) -> Frame<'_> {
    let mut frame = Frame::new();
    bound.bind(&mut frame);
    frame
}

/// The scope of a rule without params, settings and plugin.
pub fn scope(bound: &Bound) -> Scope<'_> {
    Scope { params: &[], settings: &[], state: bound.state() }
}

/// The engine; it has no state of its own.
#[derive(Debug)]
pub struct Oracle;

/// A bound context that lives as long as the process: a runner cannot own both it and what borrows from it.
fn keep(context: &Context) -> Result<&'static Bound, String> {
    Ok(Box::leak(Box::new(bind(context)?)))
}

impl Engine for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Compiled { pack, chunk } = compile(case.condition, case.hook)?;
        let bound = keep(context)?;
        let (frame, scope) = (frame(bound), scope(bound));
        let mut machine = Machine::new();
        machine.truth(&pack, chunk, &frame, &scope).map_err(|fault| format!("{:?}", fault.trouble))?;
        Ok(Some(runner(move || {
            machine.truth(&pack, chunk, std::hint::black_box(&frame), &scope).unwrap_or_default()
        })))
    }

    fn rules<'a>(&'a self, count: usize, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules: Vec<Compiled> = (0..count)
            .map(|at| compile(&ruleset_condition(at), Hook::OnTurnStart))
            .collect::<Result<_, _>>()?;
        let bound = keep(context)?;
        let (frame, scope) = (frame(bound), scope(bound));
        let mut machine = Machine::new();
        Ok(Some(runner(move || {
            let frame = std::hint::black_box(&frame);
            let mut holds =
                |rule: &Compiled| machine.truth(&rule.pack, rule.chunk, frame, &scope).unwrap_or_default();
            rules.iter().filter(|rule| holds(rule)).count() == count / 100
        })))
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        Some(runner(move || compile(case.condition, case.hook).is_ok()))
    }
}
