//! The natives that scripts call, behind the library's own functions.
//!
//! What may run for long looks at the clock on its way. Errors that a script made are returned as `false` and a
//! message, which the library raises at the caller's line; only the end of time or memory is an error of the host.

mod pattern;
mod replace;
mod text;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mlua::{Error, FromLuaMulti, IntoLuaMulti, Lua, LuaString, Result, Table, Value};

use super::bridge;
use super::limits::{CREATE_ITEMS, ERROR_BYTES, TEXT_BYTES};
use super::run::Run;

/// The run that a sandbox is busy with, shared with its natives.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Mutex<Run>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error that ends a run whose time is over.
pub(super) fn stopped() -> Error {
    Error::RuntimeError("out of time".to_owned())
}

/// The table of natives that the library is given.
pub(super) fn table(lua: &Lua, run: &Shared) -> Result<Table> {
    let host = lua.create_table()?;
    let add = Adder { lua, run, host: &host };
    add.native("find", text::find)?;
    add.native("match", text::match_once)?;
    add.native("seek", text::seek)?;
    add.native("gsub", replace::replace)?;
    add.native("split", text::split)?;
    add.native("index", |lua, run, (table, key): (Table, Value)| bridge::index(lua, run, &table, key))?;
    add.native("fill", |lua, run, table: Table| bridge::fill(lua, run, &table))?;
    add.native("state_value", |lua, run, key: LuaString| {
        bridge::state_value(lua, run, &key.to_string_lossy())
    })?;
    add.native("begins_random", |_, run, ()| Ok(run.lock().begins_random()))?;
    add.native("print", |_, run, (text, line): (LuaString, Option<i64>)| {
        print(run, &text, line.unwrap_or(0));
        Ok(())
    })?;
    host.raw_set("text_bytes", TEXT_BYTES)?;
    host.raw_set("create_items", CREATE_ITEMS)?;
    host.raw_set("error_bytes", ERROR_BYTES)?;
    Ok(host)
}

struct Adder<'a> {
    lua: &'a Lua,
    run: &'a Shared,
    host: &'a Table,
}

impl Adder<'_> {
    fn native<A: FromLuaMulti, R: IntoLuaMulti>(
        &self,
        name: &str,
        native: impl Fn(&Lua, &Shared, A) -> Result<R> + Send + Sync + 'static,
    ) -> Result<()> {
        let run = self.run.clone();
        let function = self.lua.create_function(move |lua, arguments| {
            native(lua, &run, arguments).inspect_err(|error| {
                if matches!(error, Error::MemoryError(_)) {
                    run.lock().exhausted = true;
                }
            })
        })?;
        self.host.raw_set(name, function)
    }
}

fn print(run: &Shared, text: &LuaString, line: i64) {
    let bytes = text.as_bytes();
    // A little more than is kept, so that it is seen that something is missing.
    let bytes = bytes.get(..super::limits::PRINTED_BYTES + 1).unwrap_or(&bytes);
    run.lock().print(line, &String::from_utf8_lossy(bytes));
}
