//! Operators and functions agree with Python 3.11 on thousands of cases, which `fixtures/python/generate.py` had
//! Python answer.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

use bumpalo::Bump;
use oracle_vm::builtin::{self, Env};
use oracle_vm::fault::{FaultKind, Trouble};
use oracle_vm::frame::Frame;
use oracle_vm::op::CmpOp;
use oracle_vm::value::ops::{self, Work};
use oracle_vm::value::{Data, Map, Value, repr};
use serde_json::Value as Json;

fn value<'a>(json: &Json, arena: &'a Bump) -> Value<'a> {
    match json {
        Json::Array(items) => Value::List(values(items, arena)),
        Json::Object(object) => {
            if let Some(Json::String(name)) = object.get("$float") {
                return Value::Float(name.parse().unwrap());
            }
            if let Some(Json::Array(items)) = object.get("$tuple") {
                return Value::Tuple(values(items, arena));
            }
            let mut map = Map::default();
            for entry in object["$map"].as_array().unwrap() {
                map.insert(entry[0].as_str().unwrap().into(), plain(&entry[1]));
            }
            Value::Map(arena.alloc(map))
        }
        scalar => arena.alloc(serde_json::from_value::<Data>(scalar.clone()).unwrap()).value(),
    }
}

fn values<'a>(items: &[Json], arena: &'a Bump) -> &'a [Value<'a>] {
    let items: Vec<Value<'a>> = items.iter().map(|item| value(item, arena)).collect();
    arena.alloc_slice_copy(&items)
}

fn plain(json: &Json) -> Data {
    match json {
        Json::Array(items) => Data::list(items.iter().map(plain).collect()),
        Json::Object(object) => {
            let entries = object["$map"].as_array().unwrap().iter();
            Data::map(entries.map(|entry| (entry[0].as_str().unwrap().into(), plain(&entry[1]))).collect())
        }
        scalar => serde_json::from_value(scalar.clone()).unwrap(),
    }
}

fn run<'a>(f: &str, args: &[Value<'a>], work: &mut Work<'a>) -> Result<Value<'a>, Trouble> {
    if let Some(op) = CmpOp::ALL.into_iter().find(|op| op.symbol() == f) {
        return ops::compare(op, args[0], args[1], work).map(Value::Bool);
    }
    match f {
        "+" => ops::add(args[0], args[1], work),
        "-" => ops::sub(args[0], args[1]),
        "*" => ops::mul(args[0], args[1], work),
        "/" => ops::div(args[0], args[1]),
        "//" => ops::floor_div(args[0], args[1]),
        "%" => ops::modulo(args[0], args[1]),
        "**" => ops::pow(args[0], args[1]),
        "[]" => ops::index(args[0], args[1], work),
        "[:]" => ops::slice(args[0], args[1], args[2], args[3], work),
        "neg" => ops::neg(args[0]),
        "pos" => ops::pos(args[0]),
        "truth" => Ok(Value::Bool(ops::truth(args[0]))),
        _ => {
            let (_, row) = builtin::function(f).or_else(|| builtin::method(f)).unwrap();
            (row.eval)(&mut Env { frame: &Frame::new(), work }, args)
        }
    }
}

/// What Python calls a type error is an error of type, of attribute, or of `None`, here.
fn agrees(python: &str, kind: FaultKind) -> bool {
    kind.name() == python || (python == "type" && matches!(kind, FaultKind::None | FaultKind::Attribute))
}

#[test]
fn operators_and_functions_agree_with_python() {
    let arena = Bump::new();
    let mut wrong = Vec::new();
    let cases = include_str!("fixtures/python/cases.jsonl");
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let args = values(case["args"].as_array().unwrap(), &arena);
        let result = run(case["f"].as_str().unwrap(), args, &mut Work::new(&arena));
        let same = match (&result, case["want"].as_str(), case["error"].as_str()) {
            (Ok(value), Some(want), _) => repr::repr(*value).unwrap() == want,
            (Err(trouble), None, Some(kind)) => agrees(kind, trouble.kind()),
            _ => false,
        };
        if !same {
            wrong.push(format!("{line}\n    got {:?}", result.map(|value| repr::repr(value))));
        }
    }
    assert!(cases.lines().count() > 5_000);
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}
