//! A context from JSON: the nested tree, as partial as it was written.

use std::sync::Arc;

use oracle_vm::hook::Hook;
use oracle_vm::schema::{
    EVENT, Presence, RESULT, Range, SLOTS, event_presence, result_presence, slot, slot_at,
};
use oracle_vm::ty::TyDesc;
use oracle_vm::value::{Data, Map};
use serde_json::Value;

use super::Context;
use crate::event::kinds;
use crate::input::{self, FieldError, Path, nearest};

/// Short names of paths, taken beside the nested tree by [`Context::from_override`].
pub const FLAT_NAMES: &[(&str, &str)] = &[
    ("turn_number", "turn.number"),
    ("token_usage", "turn.token_usage"),
    ("context_usage", "turn.context_usage"),
    ("iteration_count", "turn.iteration_count"),
];

const GROUPS: &[&str] = &["turn", "history", "user", "project", "state", "session", "event", "result"];
const ROOT: Path<'static> = Path::Root("context");

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
        let fields = || {
            SLOTS.iter().filter_map(move |row| {
                let (first, field) = row.path.split_once('.')?;
                (first == group).then_some((field, row))
            })
        };
        for (key, value) in map {
            let path = Path::Key(&above, key.as_str());
            let Some((_, row)) = fields().find(|(field, _)| *field == key.as_str()) else {
                let near = nearest(key.as_str(), fields().map(|(field, _)| field));
                return Err(FieldError::unknown(path, near));
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

fn tree(data: &Data) -> Result<&Map, FieldError> {
    match data {
        Data::Map(map) => Ok(map),
        other => Err(FieldError::wrong_type(ROOT, other, "an object")),
    }
}

/// The fields of the group `event`; the payload is checked against what is known about the event's type.
fn event_fields(mut value: Data, path: Path<'_>) -> Result<[Data; 5], FieldError> {
    input::settle(&TyDesc::Record(EVENT), Range::Any, &mut value, path)?;
    let mut fields: [Data; 5] = fields_of(value);
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
    let mut fields = match value {
        Data::Record(record) => Arc::unwrap_or_clone(record).fields,
        _ => Box::default(),
    }
    .into_vec()
    .into_iter();
    std::array::from_fn(|_| fields.next().unwrap_or_default())
}
