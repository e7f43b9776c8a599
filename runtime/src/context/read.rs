//! A context from JSON: the nested tree, as partial as it was written.

use std::sync::Arc;

use oracle_vm::hook::Hook;
use oracle_vm::schema::{
    EVENT, Presence, RESULT, Range, RecordId, SLOTS, TOOL, event_presence, result_presence, slot, slot_at,
};
use oracle_vm::ty::TyDesc;
use oracle_vm::value::{Data, Map, Record};
use serde_json::Value;

use super::text::{self, Entry, Row, Rows, row_of};
use super::{Context, Reads, quick};
use crate::event::kinds;
use crate::input::{self, FieldError, FieldProblem, Path, nearest};

/// Short names of paths, taken beside the nested tree by [`Context::from_override`].
pub const FLAT_NAMES: &[(&str, &str)] = &[
    ("turn_number", "turn.number"),
    ("token_usage", "turn.token_usage"),
    ("context_usage", "turn.context_usage"),
    ("iteration_count", "turn.iteration_count"),
];

pub(super) const GROUPS: &[&str] =
    &["turn", "history", "user", "project", "state", "session", "event", "result"];
pub(super) const ROOT: Path<'static> = Path::Root("context");

impl Context {
    /// Reads the nested tree `{"turn": {..}, "history": {..}, ..}`. What it leaves out is what an empty session
    /// has; at a hook that always has them, `event` and `result` are there even when left out, and where a hook
    /// never has a result, one that was given is left out.
    ///
    /// # Errors
    /// The first path that is unknown, has the wrong type or is out of range.
    pub fn from_json(json: &Value, hook: Option<Hook>) -> Result<Context, FieldError> {
        Context::from_data(&input::data_from_json(json, "context")?, hook)
    }

    /// Reads the nested tree from JSON text, of which only what is read becomes part of the context: the rest has to be
    /// JSON and to have known names, and is passed over. What is not read is as in an empty session, or `None` in a tool
    /// call and in the groups `event` and `result`.
    ///
    /// ```
    /// use oracle_runtime::context::{Context, Reads};
    /// use oracle_vm::frame::Frame;
    /// use oracle_vm::schema::slot;
    /// use oracle_vm::value::Data;
    ///
    /// // For the rules of a hook: `Reads::of_hook(&pack, hook)`.
    /// let reads = Reads::of_slots([slot::TOKEN_USAGE]);
    /// let text = r#"{"turn": {"number": 4, "token_usage": 0.91}, "history": {"messages": []}}"#;
    /// let context = Context::from_json_text(text, None, reads)?;
    /// assert_eq!(*context.get(slot::TOKEN_USAGE), Data::Float(0.91));
    ///
    /// let mut frame = Frame::new();
    /// context.bind_reads(&mut frame, reads);
    /// # Ok::<(), oracle_runtime::error::FieldError>(())
    /// ```
    ///
    /// # Errors
    /// Text that is not JSON, with the line and the column; whatever [`Context::from_json`] refuses in what is read; an
    /// unknown name.
    pub fn from_json_text(text: &str, hook: Option<Hook>, reads: Reads) -> Result<Context, FieldError> {
        let mut context = match quick::read(text, reads) {
            Some(context) => context,
            None => Context::from_any_text(text, reads)?,
        };
        context.settle_groups(hook)?;
        Ok(context)
    }

    /// Reads what is out of the ordinary too, and says what is wrong; before the groups are settled.
    pub(super) fn from_any_text(text: &str, reads: Reads) -> Result<Context, FieldError> {
        let given = text::given(text, reads).map_err(|error| FieldError {
            path: "context".to_owned(),
            value: String::new(),
            problem: FieldProblem::Json(error.to_string()),
        })?;
        let entries = given.map_err(|other| FieldError::wrong_type(ROOT, &other, "an object"))?;
        let mut context = Context::empty();
        for entry in entries {
            context.take(entry, reads)?;
        }
        Ok(context)
    }

    pub(super) fn take(&mut self, entry: Entry, reads: Reads) -> Result<(), FieldError> {
        match entry {
            Entry::Slot(row, mut value) => {
                let (group, field) = row.path.split_once('.').unwrap_or_default();
                input::settle(&row.ty, row.range, &mut value, Path::Key(&Path::Key(&ROOT, group), field))?;
                self.set(row.id, value);
            }
            Entry::Tools(rows) => {
                let path = Path::Key(&ROOT, "history");
                self.set(slot::TOOLS, tool_calls(rows, reads.tool_fields(), Path::Key(&path, "tools"))?);
            }
            Entry::Record(_, Row::Other(Data::None)) | Entry::State(Data::None) => {}
            Entry::Record("event", row) => {
                let wanted = reads.group_fields(slot::EVENT, slot::EVENT_TYPE);
                let (mut fields, _) = fields_in(EVENT, row, Path::Key(&ROOT, "event"))?;
                input::settle_fields(EVENT, &mut fields, wanted, Path::Key(&ROOT, "event"))?;
                self.set_event(Some(with_payload(taken(fields), Path::Key(&ROOT, "event"))?));
            }
            Entry::Record(group, row) => {
                let wanted = reads.group_fields(slot::RESULT, slot::RESULT_TOOL_NAME);
                let (mut fields, named) = fields_in(RESULT, row, Path::Key(&ROOT, group))?;
                if let [_, _, Data::List(items), .., count] = &mut *fields
                    && named & COUNT == 0
                {
                    *count = Data::Int(i64::try_from(items.len()).unwrap_or(i64::MAX));
                }
                input::settle_fields(RESULT, &mut fields, wanted, Path::Key(&ROOT, group))?;
                self.set_result(Some(taken(fields)));
            }
            Entry::State(Data::Map(map)) => self.set_state(map),
            Entry::State(other) => {
                return Err(FieldError::wrong_type(Path::Key(&ROOT, "state"), &other, "an object"));
            }
            Entry::Group(group, other) => {
                return Err(FieldError::wrong_type(Path::Key(&ROOT, group), &other, "an object"));
            }
            Entry::Unknown(None, key) => {
                return Err(FieldError::unknown(
                    Path::Key(&ROOT, &key),
                    nearest(&key, GROUPS.iter().copied()),
                ));
            }
            Entry::Unknown(Some(group), key) => {
                return Err(unknown_field(group, &key, Path::Key(&ROOT, group)));
            }
        }
        Ok(())
    }

    /// Reads the nested tree from data, such as the table of a rule's test.
    ///
    /// # Errors
    /// As [`Context::from_json`].
    pub fn from_data(data: &Data, hook: Option<Hook>) -> Result<Context, FieldError> {
        let mut context = Context::empty();
        context.apply(tree(data)?)?;
        context.settle_groups(hook)?;
        Ok(context)
    }

    /// Reads the nested tree, or the flat names of [`FLAT_NAMES`], or both: what `context_override` takes.
    ///
    /// # Errors
    /// As [`Context::from_json`].
    pub fn from_override(json: &Value, hook: Option<Hook>) -> Result<Context, FieldError> {
        let data = input::data_from_json(json, "context")?;
        let mut tree = tree(&data)?.clone();
        let mut context = Context::empty();
        for (name, path) in FLAT_NAMES {
            if let (Some(value), Some(row)) = (tree.shift_remove(*name), slot_at(path)) {
                let mut value = value;
                input::settle(&row.ty, row.range, &mut value, Path::Root(name))?;
                context.set(row.id, value);
            }
        }
        context.apply(&tree)?;
        context.settle_groups(hook)?;
        Ok(context)
    }

    fn apply(&mut self, tree: &Map) -> Result<(), FieldError> {
        for (group, value) in tree {
            let path = Path::Key(&ROOT, group.as_str());
            match (group.as_str(), value) {
                (_, Data::None) => {}
                ("event", _) => self.set_event(Some(event_fields(value.clone(), path)?)),
                ("result", _) => self.set_result(Some(result_fields(value.clone(), path)?)),
                ("state", Data::Map(map)) => self.set_state(Arc::clone(map)),
                (known, Data::Map(map)) if GROUPS.contains(&known) => self.apply_group(known, map, path)?,
                (known, other) if GROUPS.contains(&known) => {
                    return Err(FieldError::wrong_type(path, other, "an object"));
                }
                (unknown, _) => {
                    return Err(FieldError::unknown(path, nearest(unknown, GROUPS.iter().copied())));
                }
            }
        }
        Ok(())
    }

    fn apply_group(&mut self, group: &str, map: &Map, above: Path<'_>) -> Result<(), FieldError> {
        for (key, value) in map {
            let path = Path::Key(&above, key.as_str());
            let Some(row) = row_of(group, key.as_str()) else {
                return Err(unknown_field(group, key.as_str(), above));
            };
            let mut value = value.clone();
            input::settle(&row.ty, row.range, &mut value, path)?;
            self.set(row.id, value);
        }
        Ok(())
    }

    /// Makes the groups `event` and `result` what the hook promises, and the time what the event says.
    fn settle_groups(&mut self, hook: Option<Hook>) -> Result<(), FieldError> {
        let empty = || Data::map(Map::default());
        match result_presence(hook) {
            Presence::Never => self.set_result(None),
            Presence::Certain if *self.get(slot::RESULT) == Data::None => {
                let mut fields = result_fields(empty(), ROOT)?;
                if let (Some(Hook::OnToolFailure), Some(success)) = (hook, fields.get_mut(1)) {
                    *success = Data::Bool(false);
                }
                self.set_result(Some(fields));
            }
            Presence::Certain | Presence::Maybe => {}
        }
        if event_presence(hook) == Presence::Certain && *self.get(slot::EVENT) == Data::None {
            let mut fields = event_fields(empty(), ROOT)?;
            if let (Some(name), Some(place)) = (hook.and_then(|it| it.events().first()), fields.get_mut(0)) {
                *place = Data::text(*name);
            }
            self.set_event(Some(fields));
        }
        let now = match (self.get(slot::EVENT_TIMESTAMP), self.get(slot::SESSION_STARTED_AT)) {
            (Data::Float(now), _) => *now,
            (_, Data::Float(start)) => match self.get(slot::SESSION_DURATION) {
                Data::Float(duration) => start + duration,
                _ => *start,
            },
            _ => 0.0,
        };
        self.set(slot::NOW, Data::Float(now));
        Ok(())
    }
}

fn unknown_field(group: &str, key: &str, above: Path<'_>) -> FieldError {
    let fields = SLOTS.iter().filter_map(|row| row.path.split_once('.'));
    let near = nearest(key, fields.filter(|(first, _)| *first == group).map(|(_, field)| field));
    FieldError::unknown(Path::Key(&above, key), near)
}

fn tree(data: &Data) -> Result<&Map, FieldError> {
    match data {
        Data::Map(map) => Ok(map),
        other => Err(FieldError::wrong_type(ROOT, other, "an object")),
    }
}

/// The fields of the group `event`; the payload is checked against what is known about the event's type.
fn event_fields(mut value: Data, path: Path<'_>) -> Result<[Data; 5], FieldError> {
    input::settle(&TyDesc::Record(EVENT), Range::Any, &mut value, path)?;
    with_payload(fields_of(value), path)
}

/// The fields of an event whose payload is in the form that its type declares.
fn with_payload(mut fields: [Data; 5], path: Path<'_>) -> Result<[Data; 5], FieldError> {
    if let [Data::Str(event_type), _, _, Data::Map(payload), _] = &mut fields
        && let Some(shape) = kinds::payload_shape(event_type.as_str())
    {
        input::shape(shape, Arc::make_mut(payload), Path::Key(&path, "payload"))?;
    }
    Ok(fields)
}

/// The fields of the group `result`; a list as result gives the count where none was given.
fn result_fields(mut value: Data, path: Path<'_>) -> Result<[Data; 6], FieldError> {
    if let Data::Map(map) = &mut value
        && !map.contains_key("count")
        && let Some(Data::List(items)) = map.get("result")
    {
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        Arc::make_mut(map).insert("count".into(), Data::Int(count));
    }
    input::settle(&TyDesc::Record(RESULT), Range::Any, &mut value, path)?;
    Ok(fields_of(value))
}

fn fields_of<const N: usize>(value: Data) -> [Data; N] {
    taken(match value {
        Data::Record(record) => Arc::unwrap_or_clone(record).fields,
        _ => Box::default(),
    })
}

fn taken<const N: usize>(fields: Box<[Data]>) -> [Data; N] {
    let mut fields = fields.into_vec().into_iter();
    std::array::from_fn(|_| fields.next().unwrap_or_default())
}

/// The bit of the field `count` of a result.
const COUNT: u64 = 1 << 5;

/// The fields of a record that was read from text, and which of them the text names.
fn fields_in(id: RecordId, row: Row, path: Path<'_>) -> Result<(Box<[Data]>, u64), FieldError> {
    match row {
        Row::Fields { fields, named, unknown: None } => Ok((fields, named)),
        Row::Fields { unknown: Some(key), .. } => {
            let rows = id.row().map_or(&[][..], |row| row.fields);
            let near = nearest(&key, rows.iter().map(|row| row.name));
            Err(FieldError::unknown(Path::Key(&path, &key), near))
        }
        Row::Other(other) => Err(FieldError::wrong_type(path, &other, "an object")),
    }
}

/// Tool calls that were read from text, of which some fields are wanted.
fn tool_calls(rows: Rows, wanted: u64, path: Path<'_>) -> Result<Data, FieldError> {
    let rows = match rows {
        Rows::List(rows) => rows,
        Rows::Other(other) => return Err(FieldError::wrong_type(path, &other, "a list")),
    };
    let mut calls = Vec::with_capacity(rows.len());
    for (at, row) in rows.into_iter().enumerate() {
        let path = Path::Index(&path, at);
        let (mut fields, _) = fields_in(TOOL, row, path)?;
        input::settle_fields(TOOL, &mut fields, wanted, path)?;
        calls.push(Data::Record(Arc::new(Record { id: TOOL, fields })));
    }
    Ok(Data::list(calls))
}
