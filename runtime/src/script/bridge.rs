//! What a script sees: the context as plain, read-only tables.
//!
//! A table is made empty, with a metatable that fills it when it is touched; from then on it is an ordinary frozen
//! table. Nothing but numbers, texts, booleans and such tables ever crosses, so there is nothing of the host behind
//! any of them.

use mlua::{Error, Lua, Result, Table, Value};
use oracle_vm::schema::{SLOTS, slot};
use oracle_vm::value::{Data, Map, Text};

use super::natives::Shared;
use super::run::{Node, ScriptInput};
use super::sandbox::Metatables;

/// The parts of `context`, in the order of the handbook.
const GROUPS: &[&str] = &["turn", "history", "user", "project", "state", "session", "event", "result"];

/// Fields of most groups.
const FIELDS: usize = 4;

/// Puts `context`, `params` and `settings` into the environment of a run.
pub(super) fn globals(lua: &Lua, run: &Shared, input: &ScriptInput, environment: &Table) -> Result<()> {
    environment.raw_set("context", table(lua, run, Node::Root)?)?;
    environment.raw_set("params", table(lua, run, Node::Inputs(input.params.clone()))?)?;
    environment.raw_set("settings", table(lua, run, Node::Inputs(input.settings.clone()))?)
}

/// A table that will be filled when it is touched.
fn table(lua: &Lua, run: &Shared, node: Node) -> Result<Table> {
    let table = lua.create_table()?;
    let metatables = lua.app_data_ref::<Metatables>().ok_or(Error::CallbackDestructed)?;
    table.set_metatable(Some(lua.registry_value(&metatables.parts)?))?;
    table.set_readonly(true);
    if run.lock().know(|| lua.used_memory(), table.to_pointer() as usize, node) {
        Ok(table)
    } else {
        Err(full())
    }
}

fn full() -> Error {
    Error::MemoryError("no memory for the context".to_owned())
}

/// Makes something of so many bytes at most, if there is room for it. The interpreter does not check its memory
/// meanwhile: that would cost more than all the rest.
fn with_room<R>(lua: &Lua, run: &Shared, bytes: usize, make: impl FnOnce() -> Result<R>) -> Result<R> {
    if lua.used_memory().saturating_add(bytes) > run.lock().room() {
        return Err(full());
    }
    lua.set_memory_limit(0)?;
    let made = make();
    lua.set_memory_limit(run.lock().room())?;
    made
}

/// Bytes of a table itself, about.
const TABLE: usize = 64;
/// Bytes of an element of a list beside its value, while the list grows.
const ITEM: usize = 48;
/// Bytes of an entry of a map beside its value, while the map grows.
const ENTRY: usize = 160;

/// Bytes that a value takes as [`to_lua`] makes it, at most.
fn size(data: &Data) -> usize {
    match data {
        Data::Str(text) => text.as_str().len().saturating_add(TABLE),
        Data::List(_) | Data::Map(_) | Data::Record(_) => TABLE,
        _ => 0,
    }
}

/// Bytes that the contents of a table take, at most.
fn size_of_contents(node: &Node, input: &ScriptInput) -> usize {
    let map = |map: &Map| map.iter().map(|(key, value)| key.as_str().len() + ENTRY + size(value)).sum();
    match node {
        Node::Root | Node::Group(_) => {
            let slots = SLOTS.iter().map(|row| ENTRY + TABLE + size(input.context.get(row.id)));
            slots.sum::<usize>() + GROUPS.len() * (ENTRY + TABLE)
        }
        Node::State => map(&input.state),
        Node::Inputs(inputs) => inputs
            .names
            .iter()
            .zip(inputs.values.iter())
            .map(|(name, it)| name.len() + ENTRY + size(it))
            .sum(),
        Node::Data(Data::List(items)) => items.iter().map(|item| ITEM + size(item)).sum(),
        Node::Data(Data::Map(entries)) => map(entries),
        Node::Data(Data::Record(record)) => record.entries().map(|(_, value)| ENTRY + size(value)).sum(),
        Node::Data(_) => 0,
    }
}

/// Data as a script sees it. Whole numbers beyond 2^53 become the nearest number that Lua has.
#[expect(clippy::cast_precision_loss, reason = "the nearest number is what is meant")]
pub(super) fn to_lua(lua: &Lua, run: &Shared, data: &Data) -> Result<Value> {
    Ok(match data {
        Data::None => Value::Nil,
        Data::Bool(b) => Value::Boolean(*b),
        Data::Int(int) => Value::Number(*int as f64),
        Data::Big(big) => Value::Number(*big as f64),
        Data::Float(float) => Value::Number(*float),
        Data::Str(text) => Value::String(lua.create_string(text.as_str())?),
        Data::List(_) | Data::Map(_) | Data::Record(_) => {
            Value::Table(table(lua, run, Node::Data(data.clone()))?)
        }
    })
}

/// `table[key]` of a table that has no such key yet: of `context`, only that part is made; others are filled.
pub(super) fn index(lua: &Lua, run: &Shared, table: &Table, key: Value) -> Result<Value> {
    let is_root = {
        let run = run.lock();
        matches!(run.tables.get(&(table.to_pointer() as usize)).map(|known| &known.node), Some(Node::Root))
    };
    if !is_root {
        fill(lua, run, table)?;
        // What is filled has no metatable, but for the state, whose methods lie there.
        return table.get(key);
    }
    let Value::String(name) = &key else { return Ok(Value::Nil) };
    let Some(name) = GROUPS.iter().copied().find(|group| *name.as_bytes() == *group.as_bytes()) else {
        return Ok(Value::Nil);
    };
    let Some(input) = run.lock().input.clone() else { return Ok(Value::Nil) };
    let bytes = size_of_contents(&Node::Group(name), &input);
    with_room(lua, run, bytes, || {
        let value = part(lua, run, &input, name)?;
        write(table, |table| table.raw_set(name, &value))?;
        Ok(value)
    })
}

/// A part of `context`.
fn part(lua: &Lua, run: &Shared, input: &ScriptInput, name: &'static str) -> Result<Value> {
    match name {
        "event" => to_lua(lua, run, input.context.get(slot::EVENT)),
        "result" => to_lua(lua, run, input.context.get(slot::RESULT)),
        "state" => table(lua, run, Node::State).map(Value::Table),
        group => {
            // Its fields are few: it is filled at once.
            let table = lua.create_table_with_capacity(0, FIELDS)?;
            // Its address may have been that of another one.
            run.lock().tables.remove(&(table.to_pointer() as usize));
            contents(lua, run, &Node::Group(group), input, &table)?;
            table.set_readonly(true);
            Ok(Value::Table(table))
        }
    }
}

/// Gives a table of the bridge its contents, unless it has them; does nothing to other tables.
pub(super) fn fill(lua: &Lua, run: &Shared, table: &Table) -> Result<()> {
    let (node, input) = {
        let mut run = run.lock();
        let Some(input) = run.input.clone() else { return Ok(()) };
        match run.tables.get_mut(&(table.to_pointer() as usize)) {
            Some(known) if !known.filled && table.has_metatable() => {
                known.filled = true;
                (known.node.clone(), input)
            }
            _ => return Ok(()),
        }
    };
    let bytes = size_of_contents(&node, &input);
    with_room(lua, run, bytes, || write(table, |table| fill_with(lua, run, &node, &input, table)))
}

fn fill_with(lua: &Lua, run: &Shared, node: &Node, input: &ScriptInput, table: &Table) -> Result<()> {
    let methods = match node {
        Node::State => {
            let metatables = lua.app_data_ref::<Metatables>().ok_or(Error::CallbackDestructed)?;
            Some(lua.registry_value(&metatables.state)?)
        }
        _ => None,
    };
    table.set_metatable(methods)?;
    contents(lua, run, node, input, table)
}

/// Writes into a frozen table, and freezes it again whatever happens.
fn write(table: &Table, write: impl FnOnce(&Table) -> Result<()>) -> Result<()> {
    table.set_readonly(false);
    let written = write(table);
    table.set_readonly(true);
    written
}

fn contents(lua: &Lua, run: &Shared, node: &Node, input: &ScriptInput, table: &Table) -> Result<()> {
    match node {
        Node::Root => {
            for name in GROUPS {
                // A part that was read before stays the same table.
                if table.raw_get::<Value>(*name)?.is_nil() {
                    table.raw_set(*name, part(lua, run, input, name)?)?;
                }
            }
            Ok(())
        }
        Node::Group(group) => {
            for row in SLOTS {
                let field = row.path.strip_prefix(group).and_then(|rest| rest.strip_prefix('.'));
                if let Some(field) = field {
                    table.raw_set(field, to_lua(lua, run, input.context.get(row.id))?)?;
                }
            }
            Ok(())
        }
        Node::State => map(lua, run, input.state.iter().filter(|(key, _)| !is_method(key.as_str())), table),
        Node::Inputs(inputs) => {
            for (name, value) in inputs.names.iter().zip(inputs.values.iter()) {
                table.raw_set(name.as_str(), to_lua(lua, run, value)?)?;
            }
            Ok(())
        }
        Node::Data(Data::List(items)) => {
            for (at, item) in (1_i64..).zip(items.iter()) {
                look_at_the_clock(run, at)?;
                table.raw_set(at, to_lua(lua, run, item)?)?;
            }
            Ok(())
        }
        Node::Data(Data::Map(entries)) => map(lua, run, entries.iter(), table),
        Node::Data(Data::Record(record)) => {
            for (name, value) in record.entries() {
                table.raw_set(name, to_lua(lua, run, value)?)?;
            }
            Ok(())
        }
        Node::Data(_) => Ok(()),
    }
}

fn map<'a>(
    lua: &Lua,
    run: &Shared,
    entries: impl Iterator<Item = (&'a Text, &'a Data)>,
    table: &Table,
) -> Result<()> {
    for (at, (key, value)) in (1_i64..).zip(entries) {
        look_at_the_clock(run, at)?;
        table.raw_set(key.as_str(), to_lua(lua, run, value)?)?;
    }
    Ok(())
}

/// Whether a key of the state is hidden behind a method with the same name.
fn is_method(key: &str) -> bool {
    matches!(key, "get" | "has" | "keys")
}

/// A large list takes a while to convert.
fn look_at_the_clock(run: &Shared, at: i64) -> Result<()> {
    if at % 1024 == 0 && !run.lock().may_go_on() { Err(super::natives::stopped()) } else { Ok(()) }
}

/// A key of the state that is named like one of its methods; containers are not given.
pub(super) fn state_value(lua: &Lua, run: &Shared, key: &str) -> Result<Value> {
    let value = run.lock().input.as_ref().and_then(|input| input.state.get(key).cloned());
    match value {
        Some(data @ (Data::Bool(_) | Data::Int(_) | Data::Big(_) | Data::Float(_) | Data::Str(_))) => {
            to_lua(lua, run, &data)
        }
        _ => Ok(Value::Nil),
    }
}
