//! Functions about the tools, messages and time of the session: they read the frame.

use super::Env;
use super::arg::{arg, text, whole};
use crate::fault::Trouble;
use crate::ids::FieldId;
use crate::op::CmpOp;
use crate::schema::slot;
use crate::value::{Data, Record, Value, ops};

const NAME: FieldId = FieldId(0);
const SUCCESS: FieldId = FieldId(3);
const TIMESTAMP: FieldId = FieldId(4);

/// The calls of the history, oldest first; pays for walking through them.
fn calls<'a>(env: &mut Env<'a, '_>) -> Result<impl DoubleEndedIterator<Item = &'a Record>, Trouble> {
    let rows: &'a [Data] = match env.frame.get(slot::TOOLS) {
        Value::Data(rows) => rows,
        _ => &[],
    };
    env.work.spend_items(rows.len())?;
    Ok(rows.iter().filter_map(|row| match row {
        Data::Record(record) => Some(record.as_ref()),
        _ => None,
    }))
}

fn field<'a>(call: &'a Record, field: FieldId) -> Value<'a> {
    call.fields.get(field.index()).map(Data::value).unwrap_or_default()
}

fn is_of(call: &Record, tool: &str) -> bool {
    matches!(field(call, NAME), Value::Str(name, _) if name == tool)
}

fn succeeded(call: &Record) -> bool {
    ops::truth(field(call, SUCCESS))
}

fn int<'a>(count: usize) -> Result<Value<'a>, Trouble> {
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn tool_completed<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let tool = text("tool_completed", arg(args, 0))?;
    Ok(Value::Bool(calls(env)?.any(|call| is_of(call, tool) && succeeded(call))))
}

fn failures<'a>(env: &Env<'a, '_>, by: &'static str, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let tool = text(by, arg(args, 0))?;
    Ok(match env.frame.get(slot::FAILURES) {
        Value::Map(failures) => failures.get(tool).map_or(Value::Int(0), Data::value),
        _ => Value::Int(0),
    })
}

pub(super) fn tool_failed<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    failures(env, "tool_failed", args).map(|count| Value::Bool(ops::truth(count)))
}

pub(super) fn failure_count<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    failures(env, "failure_count", args)
}

pub(super) fn context_above_threshold<'a>(
    env: &mut Env<'a, '_>,
    args: &[Value<'a>],
) -> Result<Value<'a>, Trouble> {
    let usage = env.frame.get(slot::CONTEXT_USAGE);
    ops::compare(CmpOp::Gt, usage, arg(args, 0), env.work).map(Value::Bool)
}

pub(super) fn message_count_above<'a>(
    env: &mut Env<'a, '_>,
    args: &[Value<'a>],
) -> Result<Value<'a>, Trouble> {
    let count = env.frame.get(slot::MESSAGES).elements().map_or(0, |messages| messages.len());
    ops::compare(CmpOp::Gt, int(count)?, arg(args, 0), env.work).map(Value::Bool)
}

pub(super) fn tool_count<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let tool = text("tool_count", arg(args, 0))?;
    int(calls(env)?.filter(|call| is_of(call, tool)).count())
}

pub(super) fn recent_tool_count<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let tool = text("recent_tool_count", arg(args, 0))?;
    let recent = usize::try_from(whole("recent_tool_count", arg(args, 1))?).unwrap_or(0);
    int(calls(env)?.rev().take(recent).filter(|call| is_of(call, tool)).count())
}

pub(super) fn consecutive_failures<'a>(
    env: &mut Env<'a, '_>,
    args: &[Value<'a>],
) -> Result<Value<'a>, Trouble> {
    let tool = text("consecutive_failures", arg(args, 0))?;
    int(calls(env)?.rev().filter(|call| is_of(call, tool)).take_while(|call| !succeeded(call)).count())
}

pub(super) fn time_since_last_tool<'a>(
    env: &mut Env<'a, '_>,
    args: &[Value<'a>],
) -> Result<Value<'a>, Trouble> {
    let tool = text("time_since_last_tool", arg(args, 0))?;
    let last = calls(env)?.rfind(|call| is_of(call, tool));
    match last.map(|call| field(call, TIMESTAMP)) {
        Some(ended) => ops::sub(env.frame.get(slot::NOW), ended),
        None => Ok(Value::Float(f64::INFINITY)),
    }
}

pub(super) fn session_duration_minutes<'a>(
    env: &mut Env<'a, '_>,
    _: &[Value<'a>],
) -> Result<Value<'a>, Trouble> {
    ops::div(env.frame.get(slot::SESSION_DURATION), Value::Float(60.0))
}

/// `matches` has an instruction of its own, for its pattern is compiled beforehand; no code calls this.
pub(super) fn matches<'a>(_: &mut Env<'a, '_>, _: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    Err(Trouble::Value("called: its pattern must be a literal", "matches".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TOOL;

    #[test]
    fn fields_are_where_the_schema_has_them() {
        for (name, id) in [("name", NAME), ("success", SUCCESS), ("timestamp", TIMESTAMP)] {
            assert_eq!(TOOL.field(name).unwrap().0, id);
        }
    }
}
