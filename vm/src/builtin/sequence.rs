//! `len`, `any`, `all`, `sorted`, `reversed`, and the methods of lists and maps.

use super::Env;
use super::arg::{arg, items, window};
use crate::fault::Trouble;
use crate::value::{Data, Items, Value, ops, repr};

pub(super) fn len<'a>(_: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let count = items("len", arg(args, 0))?.len();
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn any<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("any", arg(args, 0))?;
    env.work.spend_items(items.len())?;
    Ok(Value::Bool(items.iter().any(ops::truth)))
}

pub(super) fn all<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("all", arg(args, 0))?;
    env.work.spend_items(items.len())?;
    Ok(Value::Bool(items.iter().all(ops::truth)))
}

pub(super) fn reversed<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("reversed", arg(args, 0))?;
    let reversed: Vec<Value<'a>> = match items {
        Items::Chars(text, _) => {
            env.work.spend_bytes(text.len())?;
            env.work.claim_list(items.len())?;
            items.iter().collect()
        }
        _ => {
            env.work.claim_list(items.len())?;
            items.iter().collect()
        }
    };
    env.work.keep_items(reversed.into_iter().rev()).map(Value::List)
}

/// `count` of a text, list or tuple.
pub(super) fn count<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let Some(elements) = arg(args, 0).elements() else { return super::text::count(env, args) };
    if args.len() > 2 {
        return Err(Trouble::Value(
            "the arguments of `count` of a list: only one is",
            repr::brief(arg(args, 2)),
        ));
    }
    env.work.spend_items(elements.len())?;
    let mut count = 0;
    for element in elements.iter() {
        count += i64::from(ops::equal(element, arg(args, 1), env.work)?);
    }
    Ok(Value::Int(count))
}

/// `index` of a text, list or tuple.
pub(super) fn index<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let Some(elements) = arg(args, 0).elements() else { return super::text::index(env, args) };
    let wanted = arg(args, 1);
    // Of a list, unlike of a text, `None` is no position.
    for position in args.iter().skip(2) {
        super::arg::whole("index", *position)?;
    }
    env.work.spend_items(elements.len())?;
    if let Some((start, end)) = window("index", arg(args, 2), arg(args, 3), elements.len())? {
        for at in start..end {
            if let Some(element) = elements.get(at)
                && ops::equal(element, wanted, env.work)?
            {
                return Ok(Value::Int(i64::try_from(at).unwrap_or(i64::MAX)));
            }
        }
    }
    Err(Trouble::Value("found in the list", repr::brief(wanted)))
}

fn map<'a>(by: &'static str, value: Value<'a>) -> Result<&'a crate::value::Map, Trouble> {
    match value {
        Value::Map(map) => Ok(map),
        other => Err(Trouble::NoAttribute(other.kind(), by.into())),
    }
}

pub(super) fn get<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let map = map("get", arg(args, 0))?;
    let found = match arg(args, 1) {
        Value::Str(key, _) => {
            env.work.spend_bytes(key.len())?;
            map.get(key).map(Data::value)
        }
        other => {
            ops::check_hashable(other, "get")?;
            None
        }
    };
    Ok(found.unwrap_or(arg(args, 2)))
}

pub(super) fn has<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let map = map("has", arg(args, 0))?;
    ops::contains(Value::Map(map), arg(args, 1), env.work).map(Value::Bool)
}

pub(super) fn keys<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let map = map("keys", arg(args, 0))?;
    env.work.keep_items(map.keys().map(|key| Value::Str(key.as_str(), key.chars()))).map(Value::List)
}

pub(super) fn keys_for_in<'a>(_: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    map("keys", arg(args, 0))?;
    Ok(arg(args, 0))
}

pub(super) fn values<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let map = map("values", arg(args, 0))?;
    env.work.keep_items(map.values().map(Data::value)).map(Value::List)
}

pub(super) fn pairs<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let map = map("items", arg(args, 0))?;
    env.work.claim_list(map.len().saturating_mul(3))?;
    let arena = env.work.arena;
    let pairs = map.iter().map(|(key, value)| {
        let pair = [Value::Str(key.as_str(), key.chars()), value.value()];
        Value::Tuple(arena.alloc(pair))
    });
    env.work.keep_items(pairs).map(Value::List)
}
