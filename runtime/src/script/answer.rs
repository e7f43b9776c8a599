//! What a script returned, as an answer: whether its rule matched, and what is to be done.

use std::collections::BTreeMap;

use mlua::{Lua, Table, Value};
use oracle_compiler::rule::{ActionSpec, ActionType, DeliverAt, LogLevel, Priority};
use oracle_vm::value::{Data, Map, Text};

use super::bridge;
use super::error::ScriptError;
use super::limits::{RETURN_ACTIONS, RETURN_BYTES, RETURN_DEPTH, RETURN_VALUES};
use super::natives::Shared;
use super::run::Node;

/// What a script said.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The rule did not match.
    No,
    /// The rule matched: its own actions run.
    Yes,
    /// The rule matched: these actions run in place of its own.
    Actions(Vec<ActionSpec>),
}

/// Reads what a script returned.
///
/// # Errors
/// A table that is neither an action nor a list of actions, an action that a rule file could not have either, and
/// whatever is too large, too deep or not data.
pub(super) fn read(lua: &Lua, run: &Shared, value: &Value) -> Result<Answer, ScriptError> {
    let table = match value {
        Value::Nil | Value::Boolean(false) | Value::Integer(0) => return Ok(Answer::No),
        Value::Number(number) if *number == 0.0 => return Ok(Answer::No),
        Value::String(text) if text.as_bytes().is_empty() => return Ok(Answer::No),
        Value::Table(table) => table,
        _ => return Ok(Answer::Yes),
    };
    let memory = run.lock().memory();
    let room = memory.saturating_add(memory / SHARE).saturating_sub(lua.used_memory());
    let mut reader = Reader { lua, run, values: 0, bytes: 0, room };
    let actions = match reader.table(table, RETURN_DEPTH).map_err(ScriptError::Answer)? {
        Data::List(items) if !items.is_empty() => {
            if items.len() > RETURN_ACTIONS {
                return Err(refuse(format!("the script returned more than {RETURN_ACTIONS} actions")));
            }
            let action = |(at, item): (usize, &Data)| {
                action(item)
                    .map_err(|why| refuse(format!("action {at} of those that the script returned: {why}")))
            };
            (1..).zip(items.iter()).map(action).collect::<Result<Vec<_>, _>>()?
        }
        other => vec![
            action(&other).map_err(|why| refuse(format!("the action that the script returned: {why}")))?,
        ],
    };
    Ok(Answer::Actions(actions))
}

fn refuse(message: String) -> ScriptError {
    ScriptError::Answer(message)
}

/// What an answer may take beyond the memory of the script: this part of it.
const SHARE: usize = 12;
/// Bytes of a value or text in an answer, beside the text itself.
const VALUE: usize = 64;

struct Reader<'a> {
    lua: &'a Lua,
    run: &'a Shared,
    values: usize,
    bytes: usize,
    /// Bytes that there is memory for.
    room: usize,
}

impl Reader<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<Data, String> {
        self.values += 1;
        if self.values > RETURN_VALUES {
            return Err(format!("the script returned more than {RETURN_VALUES} values"));
        }
        self.spend(VALUE)?;
        match value {
            Value::Nil => Ok(Data::None),
            Value::Boolean(b) => Ok(Data::Bool(*b)),
            Value::Integer(int) => Ok(Data::Int(*int)),
            Value::Number(number) => number_data(*number),
            Value::String(text) => self.text(&text.as_bytes()).map(Data::Str),
            Value::Table(table) => {
                let depth = depth.checked_sub(1).ok_or_else(|| {
                    format!("what the script returned nests deeper than {RETURN_DEPTH} levels")
                })?;
                self.table(table, depth)
            }
            other => Err(format!("the script returned a {}, which is no data", other.type_name())),
        }
    }

    /// Pays for what is made of the answer: twice, since the actions are made of it in turn.
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        match self.room.checked_sub(bytes.saturating_mul(2)) {
            Some(left) => self.room = left,
            None => {
                self.run.lock().exhausted = true;
                return Err("there is no memory for what the script returned".to_owned());
            }
        }
        Ok(())
    }

    /// Bytes that are not UTF-8 become the replacement character.
    fn text(&mut self, bytes: &[u8]) -> Result<Text, String> {
        self.bytes += bytes.len();
        if self.bytes > RETURN_BYTES {
            return Err(format!("the script returned more than {RETURN_BYTES} bytes of text"));
        }
        self.spend(bytes.len() + VALUE)?;
        Ok(Text::from(&*String::from_utf8_lossy(bytes)))
    }

    fn table(&mut self, table: &Table, depth: usize) -> Result<Data, String> {
        if table.is_readonly() {
            if let Some(data) = self.of_the_context(table) {
                return Ok(data);
            }
            bridge::fill(self.lua, self.run, table).map_err(|error| error.to_string())?;
        }
        let length = table.raw_len();
        let mut list = Vec::new();
        let mut map = BTreeMap::new();
        let mut keys = 0_usize;
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(|error| error.to_string())?;
            keys += 1;
            let value = self.value(&value, depth)?;
            match key {
                Value::Integer(at) if usize::try_from(at) == Ok(list.len() + 1) && at <= to_i64(length) => {
                    list.push(value);
                }
                Value::Integer(at) => {
                    map.insert(at.to_string(), value);
                }
                Value::String(text) => {
                    map.insert(self.text(&text.as_bytes())?.as_str().to_owned(), value);
                }
                other => {
                    return Err(format!("the script returned a table with a {} as key", other.type_name()));
                }
            }
        }
        if keys == list.len() {
            return Ok(Data::list(list));
        }
        let numbered = (1..).zip(list).map(|(at, value): (usize, Data)| (at.to_string(), value));
        let entries = numbered.chain(map).map(|(key, value)| (Text::from(key), value));
        Ok(Data::map(entries.collect()))
    }

    /// A table of the context is returned as what it was made of.
    fn of_the_context(&self, table: &Table) -> Option<Data> {
        let run = self.run.lock();
        match &run.tables.get(&(table.to_pointer() as usize))?.node {
            Node::Data(data) => Some(data.clone()),
            Node::State => run.input.as_ref().map(|input| Data::Map(input.state.clone())),
            Node::Inputs(inputs) => {
                let entries = inputs.names.iter().zip(inputs.values.iter());
                let map: Map =
                    entries.map(|(name, value)| (Text::from(name.as_str()), value.clone())).collect();
                Some(Data::map(map))
            }
            Node::Root | Node::Group(_) => None,
        }
    }
}

fn to_i64(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Whole numbers up to 2^53 are whole again.
fn number_data(number: f64) -> Result<Data, String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_finite() {
        return Err("the script returned a number that is not finite".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and at most 2^53")]
    if number.fract() == 0.0 && number.abs() <= EXACT {
        Ok(Data::Int(number as i64))
    } else {
        Ok(Data::Float(number))
    }
}

/// An action as a rule file could have it.
fn action(data: &Data) -> Result<ActionSpec, String> {
    let Data::Map(map) = data else { return Err("it is not a table with a `type`".to_owned()) };
    let fields = Fields(map);
    let word = fields.text("type")?.ok_or("it has no `type`")?;
    let kind = ActionType::from_word(word).ok_or_else(|| unknown("type", word, ActionType::WORDS))?;
    Ok(match kind {
        ActionType::NotifySelf => ActionSpec::NotifySelf {
            message: fields.required("message", kind)?,
            category: fields.text("category")?.unwrap_or("info").to_owned(),
            priority: fields
                .word("priority", Priority::from_word, Priority::WORDS)?
                .unwrap_or(Priority::Normal),
            deliver_at: fields
                .word("deliver_at", DeliverAt::from_word, DeliverAt::WORDS)?
                .unwrap_or(DeliverAt::TurnStart),
        },
        ActionType::Log => ActionSpec::Log {
            message: fields.text("message")?.unwrap_or("Rule triggered").to_owned(),
            level: fields.word("level", LogLevel::from_word, LogLevel::WORDS)?.unwrap_or(LogLevel::Info),
        },
        ActionType::SetState => ActionSpec::SetState {
            key: fields.required("key", kind)?,
            value: map.get("value").cloned().unwrap_or_default(),
        },
        ActionType::EmitEvent => ActionSpec::EmitEvent {
            event_type: fields.required("event_type", kind)?,
            payload: match map.get("payload") {
                None => Data::map(Map::default()),
                // Lua has one empty table for both.
                Some(Data::List(items)) if items.is_empty() => Data::map(Map::default()),
                Some(payload @ Data::Map(_)) => payload.clone(),
                Some(_) => return Err("`payload` must be a table with names".to_owned()),
            },
        },
    })
}

struct Fields<'a>(&'a Map);

impl<'a> Fields<'a> {
    fn text(&self, key: &str) -> Result<Option<&'a str>, String> {
        match self.0.get(key) {
            None | Some(Data::None) => Ok(None),
            Some(Data::Str(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(format!("`{key}` must be text")),
        }
    }

    fn required(&self, key: &str, kind: ActionType) -> Result<String, String> {
        match self.text(key)? {
            Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
            Some(_) => Err(format!("`{key}` is empty")),
            None => Err(format!("`{kind}` needs `{key}`")),
        }
    }

    fn word<T>(&self, key: &str, from: fn(&str) -> Option<T>, words: &[&str]) -> Result<Option<T>, String> {
        let Some(word) = self.text(key)? else { return Ok(None) };
        from(word).map(Some).ok_or_else(|| unknown(key, word, words))
    }
}

fn unknown(key: &str, word: &str, words: &[&str]) -> String {
    let word = oracle_vm::value::repr::shortened(word);
    format!("`{key}` is `{word}`, which is none of {}", words.join(", "))
}
