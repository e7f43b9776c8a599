//! Our own engine: each condition compiled to verified bytecode and run by the machine; many rules as one hook program,
//! or one by one.

use std::hint::black_box;
use std::rc::Rc;

use oracle_compiler::codegen::Mode;
use oracle_compiler::expression::{self, ExpressionScope};
use oracle_compiler::packfile::{self, SourceFile, SourceKind};
use oracle_compiler::session::{Compiled as SessionResult, Options, RuleInput, compile_rules};
use oracle_runtime::context::{Context as Bound, Reads};
use oracle_runtime::engine::{self as runtime, EngineOptions};
use oracle_runtime::event::Event;
use oracle_runtime::ruleset::{LoadOptions, load_inputs};
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::index::{HookProgram, HookRun, Host};
use oracle_vm::machine::Machine;
use oracle_vm::value::Map;
use oracle_vm::verify::{VerifiedPack, verify};
use serde_json::json;

use crate::cases::{CASES, Case, RuleSet, ruleset_file};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_text, runner};

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

/// Compiles rule files into one pack.
///
/// # Errors
///
/// The message of the first diagnostic, or of the verifier.
pub fn compile_files(files: impl Iterator<Item = String>) -> Result<VerifiedPack, String> {
    let inputs: Vec<RuleInput> =
        (0..).zip(files).map(|(at, text)| RuleInput::loose(format!("rules/{at}.toml"), text)).collect();
    let compiled = compile_rules(&inputs, Options::default());
    if compiled.rules.len() != inputs.len() {
        return Err(first_message(compiled));
    }
    verify(compiled.pack).map_err(|error| error.to_string())
}

fn first_message(compiled: SessionResult) -> String {
    compiled.diagnostics.into_iter().next().map_or("a rule is missing".into(), |it| it.message)
}

/// The context as the runtime owns it.
///
/// # Errors
///
/// A value that the context does not take.
pub fn bind(context: &Context) -> Result<Bound, String> {
    Bound::from_json(&context.json(), None).map_err(|error| error.to_string())
}

/// What all cases together read of a context.
///
/// # Errors
///
/// The messages of the diagnostics, or of the verifier.
pub fn cases_read() -> Result<Reads, String> {
    CASES.iter().try_fold(Reads::NOTHING, |reads, case| {
        let Compiled { pack, chunk } = compile(case.condition, case.hook)?;
        Ok(reads.and(Reads::of_chunks(&pack, [chunk])))
    })
}

/// An engine with `count` rules of [`ruleset_file`] and an event on which one in a hundred of them fires.
///
/// # Errors
///
/// The message of the first diagnostic.
pub fn hook_engine(count: usize) -> Result<(runtime::Engine, Event), String> {
    let inputs: Vec<RuleInput> =
        (0..count).map(|at| RuleInput::loose(format!("rules/{at}.toml"), ruleset_file(at))).collect();
    let loaded = load_inputs(&inputs, &[], &LoadOptions::default()).map_err(|error| error.to_string())?;
    let engine = runtime::Engine::new(loaded.ruleset, EngineOptions::default());
    for at in 0..20 {
        let call = json!({"type": "tool.call.success", "id": "t", "session_id": "s", "timestamp": at,
                          "payload": {"tool_name": "search", "result": "found"}});
        engine.handle(Event::from_json(&call).map_err(|error| error.to_string())?);
    }
    let event = json!({"type": "agent.turn.start", "id": "e", "session_id": "s", "timestamp": 30,
                       "payload": {"turn_number": 8, "token_usage": 0.92}});
    Ok((engine, Event::from_json(&event).map_err(|error| error.to_string())?))
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

/// A user for whom all rules are on, with nothing set.
#[derive(Debug)]
pub struct Everyone<'a>(pub &'a Map);

impl Host for Everyone<'_> {
    fn enabled(&self, _: u32) -> bool {
        true
    }
    fn scope(&self, _: u32) -> Scope<'_> {
        Scope { params: &[], settings: &[], state: self.0 }
    }
    fn changed(&self) -> &[u32] {
        &[]
    }
}

/// A bound context that lives as long as the process: a runner cannot own both it and what borrows from it.
fn keep(context: &Context) -> Result<&'static Bound, String> {
    Ok(Box::leak(Box::new(bind(context)?)))
}

/// The engine as the product uses it; it has no state of its own.
#[derive(Debug)]
pub struct Oracle;

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
        Ok(Some(runner(move || machine.truth(&pack, chunk, black_box(&frame), &scope).unwrap_or_default())))
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let pack = compile_files((0..set.count).map(|at| set.file(at)))?;
        let mut matching = program(Rc::new(pack), Hook::OnTurnStart, context)?;
        let expected = set.matches(context);
        Ok(Some(runner(move || {
            let mut held = 0;
            matching(&mut |_| held += 1);
            held == expected
        })))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        let pack = stripped(set)?;
        let program = HookProgram::new(&pack, Hook::OnTurnStart, |_| &[]);
        Ok(Some(Box::new((pack, program))))
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        Some(runner(move || compile(case.condition, case.hook).is_ok()))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        let reads = cases_read().ok()?;
        if from == Source::Json {
            return Some(bind_text(context, move |text| {
                let bound = Bound::from_json_text(text, None, reads).ok()?;
                let mut frame = Frame::new();
                bound.bind_reads(&mut frame, reads);
                black_box(&frame);
                Some(())
            }));
        }
        let host = crate::host::Host::new(context);
        Some(runner(move || {
            let mut frame = Frame::new();
            frame.bind(black_box(&host), reads.slots());
            black_box(&frame);
            true
        }))
    }
}

/// The same, each rule by itself.
#[derive(Debug)]
pub struct OracleSingle;

impl Engine for OracleSingle {
    fn name(&self) -> &'static str {
        "oracle-single"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn prepare<'a>(&'a self, _: &Case, _: &'a Context) -> Result<Option<Runner<'a>>, String> {
        Ok(None)
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let pack = compile_files((0..set.count).map(|at| set.file(at)))?;
        let mut matching = one_by_one(Rc::new(pack), Hook::OnTurnStart, context)?;
        let expected = set.matches(context);
        Ok(Some(runner(move || {
            let mut held = 0;
            matching(&mut |_| held += 1);
            held == expected
        })))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        Ok(Some(Box::new(stripped(set)?)))
    }
}

/// Names the rules that hold on one bound context, by their place in the pack and in the order of firing.
pub type Matching = Box<dyn FnMut(&mut dyn FnMut(u32))>;

/// All rules of the hook as one program.
///
/// # Errors
///
/// A value that the context does not take, or the first fault.
pub fn program(pack: Rc<VerifiedPack>, hook: Hook, context: &Context) -> Result<Matching, String> {
    let program = HookProgram::new(&pack, hook, |_| &[]);
    let bound = keep(context)?;
    let frame = frame(bound);
    let (mut machine, mut run) = (Machine::new(), HookRun::default());
    program.run(&pack, &mut machine, &frame, &Everyone(bound.state()), &mut run);
    if let Some((_, fault)) = run.faults.first() {
        return Err(format!("{:?}", fault.trouble));
    }
    Ok(Box::new(move |visit| {
        program.run(&pack, &mut machine, black_box(&frame), &Everyone(bound.state()), &mut run);
        run.matched.drain(&mut *visit);
    }))
}

/// The same rules, each by itself.
///
/// # Errors
///
/// A value that the context does not take, or the first fault.
pub fn one_by_one(pack: Rc<VerifiedPack>, hook: Hook, context: &Context) -> Result<Matching, String> {
    let condition = |rule: &RuleId| pack.rules().get(*rule).and_then(|entry| entry.condition);
    let chunks: Vec<ChunkId> = pack.rules_of(hook).iter().filter_map(condition).collect();
    let bound = keep(context)?;
    let (frame, scope) = (frame(bound), scope(bound));
    let mut machine = Machine::new();
    for chunk in &chunks {
        machine.truth(&pack, *chunk, &frame, &scope).map_err(|fault| format!("{:?}", fault.trouble))?;
    }
    Ok(Box::new(move |visit| {
        let frame = black_box(&frame);
        for (at, chunk) in (0..).zip(&chunks) {
            if machine.truth(&pack, *chunk, frame, &scope).unwrap_or_default() {
                visit(at);
            }
        }
    }))
}

/// The pack of a set as it is when it was built for release: without debug information and sources.
fn stripped(set: RuleSet) -> Result<VerifiedPack, String> {
    let files = (0..set.count).map(|at| SourceFile {
        kind: SourceKind::Rule,
        plugin: String::new(),
        path: format!("rules/{at}.toml"),
        rule: String::new(),
        bytes: set.file(at).into_bytes(),
    });
    let packed = packfile::recompile(files.collect()).map_err(|compiled| first_message(*compiled))?;
    VerifiedPack::load(&packfile::write(&packed, true)).map_err(|error| error.to_string())
}
