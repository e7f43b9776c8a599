//! One interpreter that runs scripts, one after the other, and forgets each of them.

use std::collections::HashMap;

use mlua::chunk::{Chunk, ChunkMode};
use mlua::{Error, Function, Lua, LuaOptions, RegistryKey, StdLib, Table, Value, VmState};

use super::answer::{self, Answer};
use super::bridge;
use super::code::Code;
use super::error::ScriptError;
use super::limits::{ERROR_BYTES, ScriptLimits};
use super::natives::{self, Shared, stopped};
use super::run::{Printed, ScriptInput};

/// What the library is called in errors; scripts are told their own line instead.
const LIBRARY: &str = "[library]";
/// Bytes above those of an idle sandbox from which on it is cleaned after a run, where the limit is not small.
const GARBAGE: usize = 1024 * 1024;

/// Scripts that a sandbox loads before it is replaced: those of rules that are gone go with it.
const LOADED: usize = 10_000;

/// The metatables of what a script sees, in the registry: a handle that is cloned keeps its count where a detector of
/// leaks cannot see it.
#[derive(Debug)]
pub(super) struct Metatables {
    /// Of parts of the context that were not touched yet.
    pub(super) parts: RegistryKey,
    /// Of `context.state`.
    pub(super) state: RegistryKey,
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// What the script said, or why it said nothing.
    pub answer: Result<Answer, ScriptError>,
    /// What it printed, in order.
    pub printed: Vec<Printed>,
}

/// An interpreter with the library of scripts and the scripts that it has loaded.
#[derive(Debug)]
pub(super) struct Sandbox {
    lua: Lua,
    run: Shared,
    /// The metatable of environments: the library behind the globals.
    environments: RegistryKey,
    /// An empty environment, for scripts that do not run.
    nowhere: RegistryKey,
    /// The functions of scripts, by the scripts' numbers.
    loaded: HashMap<u64, Function>,
    /// Bytes in use when no script has run since the last cleaning.
    idle_bytes: usize,
}

impl Sandbox {
    pub(super) fn new() -> Result<Sandbox, ScriptError> {
        Sandbox::build().map_err(|error| ScriptError::Raised(format!("no sandbox could be made: {error}")))
    }

    fn build() -> mlua::Result<Sandbox> {
        let libraries = StdLib::STRING | StdLib::TABLE | StdLib::MATH | StdLib::DEBUG;
        let lua = Lua::new_with(libraries, LuaOptions::new())?;
        let run = Shared::default();
        let host = natives::table(&lua, &run)?;
        let library = lua.load(include_str!("library.luau")).set_name(format!("={LIBRARY}"));
        let (environments, parts, state): (Table, Table, Table) = library.call(host)?;
        let keep = |table: Table| lua.create_registry_value(table);
        let (parts, state, environments) = (keep(parts)?, keep(state)?, keep(environments)?);
        let nowhere = keep(lua.create_table()?)?;
        lua.set_app_data(Metatables { parts, state });
        let watched = run.clone();
        lua.set_interrupt(
            move |_| if watched.lock().may_go_on() { Ok(VmState::Continue) } else { Err(stopped()) },
        );
        lua.gc_collect()?;
        let idle_bytes = lua.used_memory();
        Ok(Sandbox { lua, run, environments, nowhere, loaded: HashMap::new(), idle_bytes })
    }

    /// Runs a script. The sandbox must not be used again when this says so.
    pub(super) fn run(
        &mut self,
        number: u64,
        code: &Code,
        input: ScriptInput,
        limits: &ScriptLimits,
    ) -> (Ran, bool) {
        self.run.lock().begin(input.clone(), limits);
        let answer = self.answer(number, code, &input, limits);
        let answer = match self.run.lock().limit_error(limits) {
            Some(error) => Err(error),
            None => answer,
        };
        let printed = self.run.lock().end();
        let is_spent = matches!(answer, Err(ScriptError::Timeout(_) | ScriptError::Memory(_)));
        let is_clean = !is_spent && self.loaded.len() <= LOADED && self.clean(limits).is_ok();
        (Ran { answer, printed }, is_clean)
    }

    fn answer(
        &mut self,
        number: u64,
        code: &Code,
        input: &ScriptInput,
        limits: &ScriptLimits,
    ) -> Result<Answer, ScriptError> {
        let failed = |error| failed(error, &code.name, limits);
        self.load(number, code).map_err(failed)?;
        let script = self.loaded.get(&number).ok_or_else(|| failed(Error::CallbackDestructed))?;
        self.enter(script, input).map_err(failed)?;
        let room = self.run.lock().room();
        self.lua.set_memory_limit(room).map_err(failed)?;
        let returned = script.call::<Value>(());
        let answer = returned.map_err(failed).and_then(|value| answer::read(&self.lua, &self.run, &value));
        self.lua.set_memory_limit(0).map_err(failed)?;
        // Whatever the script left in its globals is garbage from here on.
        let nowhere = self.lua.registry_value(&self.nowhere).map_err(failed)?;
        script.set_environment(nowhere).map_err(failed)?;
        answer
    }

    /// Loads the script's function, once.
    fn load(&mut self, number: u64, code: &Code) -> mlua::Result<()> {
        if self.loaded.contains_key(&number) {
            return Ok(());
        }
        let chunk: Chunk<'_> = self.lua.load(&*code.bytes);
        let function =
            chunk.set_mode(ChunkMode::Binary).set_name(format!("={}", code.name)).into_function()?;
        self.loaded.insert(number, function);
        self.idle_bytes = self.idle_bytes.max(self.lua.used_memory());
        Ok(())
    }

    /// Gives the script an environment of its own.
    fn enter(&self, script: &Function, input: &ScriptInput) -> mlua::Result<()> {
        let environment = self.lua.create_table_with_capacity(0, 4)?;
        bridge::globals(&self.lua, &self.run, input, &environment)?;
        environment.set_metatable(Some(self.lua.registry_value(&self.environments)?))?;
        script.set_environment(environment).map(drop)
    }

    /// Collects what a run left, where that is much.
    fn clean(&mut self, limits: &ScriptLimits) -> mlua::Result<()> {
        if self.lua.used_memory() > self.idle_bytes + GARBAGE.min(limits.memory / 8) {
            self.lua.gc_collect()?;
            self.idle_bytes = self.lua.used_memory();
        }
        Ok(())
    }
}

fn failed(error: Error, name: &str, limits: &ScriptLimits) -> ScriptError {
    match error {
        Error::MemoryError(_) => ScriptError::Memory(limits.memory),
        Error::CallbackError { cause, .. } => failed(Error::clone(&cause), name, limits),
        Error::RuntimeError(message) => match located(&message, name) {
            message if message.ends_with("not enough memory") => ScriptError::Memory(limits.memory),
            message => ScriptError::Raised(cut(message)),
        },
        other => ScriptError::Raised(cut(other.to_string())),
    }
}

/// The beginning of a message that is too long for a log.
fn cut(mut message: String) -> String {
    if message.len() > ERROR_BYTES {
        let end = (0..=ERROR_BYTES).rev().find(|at| message.is_char_boundary(*at)).unwrap_or_default();
        message.truncate(end);
        message.push_str("..");
    }
    message
}

/// The first line of an error, at the script's line where the library raised it.
fn located(message: &str, name: &str) -> String {
    let (what, trace) = message.split_once("\nstack traceback:").unwrap_or((message, ""));
    if what == "nil" {
        return "the script raised nil".to_owned();
    }
    if let Some((kind @ ("table" | "function"), _)) = what.split_once(": 0x") {
        return format!("the script raised a {kind}");
    }
    let Some((_, what)) = what.strip_prefix(LIBRARY).and_then(|rest| rest.split_once(": ")) else {
        return what.to_owned();
    };
    let line = trace.lines().find_map(|line| {
        let digits = line.trim().strip_prefix(name)?.strip_prefix(':')?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u32>().ok()
    });
    match line {
        Some(line) => format!("{name}:{line}: {what}"),
        None => format!("{name}: {what}"),
    }
}
