//! A context, and the way from a text to a value.

use oracle_compiler::expression::{CompiledExpression, ExpressionScope, Failed, Mode, compile};
use oracle_compiler::rule::{ParamSpec, ParamType};
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::schema::{self, Empty, RecordId, SLOTS, TOOL};
use oracle_vm::ty::TyDesc;
use oracle_vm::value::{Data, Map, Record, repr};
use oracle_vm::verify::verify;

/// The context of `behaviour/context.json`, as data by slot.
pub(crate) struct Context {
    slots: Vec<Data>,
    params: Vec<Data>,
    state: Map,
}

pub(crate) fn param(name: &str, ty: ParamType, default: Data) -> ParamSpec {
    ParamSpec {
        name: name.to_owned(),
        ty,
        default,
        min: None,
        max: None,
        options: Vec::new(),
        title: None,
        description: String::new(),
    }
}

/// The params that every test expression may read.
pub(crate) fn params() -> Vec<ParamSpec> {
    let mut mode = param("mode", ParamType::String, Data::text("fast"));
    mode.options = vec!["fast".to_owned(), "slow".to_owned()];
    let mut limit = param("limit", ParamType::Integer, Data::Int(5));
    (limit.min, limit.max) = (Some(0.0), Some(10.0));
    vec![limit, param("share", ParamType::Float, Data::Float(0.5)), mode]
}

/// What stands at a key of a map; `None` where nothing does.
fn at(data: &Data, key: &str) -> Data {
    match data {
        Data::Map(map) => map.get(key).cloned().unwrap_or_default(),
        _ => Data::None,
    }
}

fn record(id: RecordId, data: &Data) -> Data {
    let fields = id.row().unwrap().fields;
    let fields = fields.iter().map(|field| at(data, field.name)).collect();
    Data::Record(Record { id, fields }.into())
}

impl Context {
    pub(crate) fn new() -> Context {
        // Not by way of `serde_json::Value`, which sorts the keys.
        let context: Data = serde_json::from_str(include_str!("behaviour/context.json")).unwrap();
        let slots = SLOTS.iter().map(|row| slot(row, &context)).collect();
        let Data::Map(state) = at(&context, "state") else { panic!("state is a map") };
        let params = params().into_iter().map(|spec| spec.default).collect();
        Context { slots, params, state: Map::clone(&state) }
    }

    /// The value as Python writes it, or `! kind` of the fault.
    pub(crate) fn run(&self, compiled: &CompiledExpression) -> String {
        let pack = verify(compiled.pack.clone()).unwrap_or_else(|error| panic!("{error}"));
        let mut frame = Frame::new();
        for slot in &compiled.reads {
            frame.set(*slot, self.slots[slot.index()].value());
        }
        let scope = Scope { params: &self.params, settings: &[], state: &self.state };
        let mut machine = Machine::new();
        match machine.evaluate(&pack, compiled.chunk, &frame, &scope, |value| repr::repr(value).unwrap()) {
            Ok(text) => text,
            Err(fault) => format!("! {}", fault.trouble.kind().name()),
        }
    }
}

fn slot(row: &schema::SlotRow, context: &Data) -> Data {
    let value = row.path.split('.').fold(context.clone(), |data, part| at(&data, part));
    match (row.ty, &value) {
        (_, Data::None) => match row.empty {
            Empty::Int(value) => Data::Int(value),
            Empty::Float(value) => Data::Float(value),
            Empty::Str(text) => Data::text(text),
            Empty::List => Data::list(Vec::new()),
            Empty::Map => Data::map(Map::default()),
            Empty::None => Data::None,
        },
        (TyDesc::Record(id), _) => record(id, &value),
        (_, Data::List(tools)) if row.id == schema::slot::TOOLS => {
            Data::list(tools.iter().map(|tool| record(TOOL, tool)).collect())
        }
        _ => value,
    }
}

pub(crate) fn compile_at(
    hook: Option<Hook>,
    text: &str,
    mode: Mode,
    optimise: bool,
) -> Result<CompiledExpression, Failed> {
    let params = params();
    compile(text, &ExpressionScope { hook, params: &params, settings: &[] }, mode, optimise)
}

/// The code of the first chunk, one instruction a line, each with the text that it comes from.
pub(crate) fn listing(compiled: &CompiledExpression) -> String {
    let (chunk, debug) =
        (compiled.pack.chunk(compiled.chunk).unwrap(), compiled.pack.debug.get(compiled.chunk).unwrap());
    let mut text = String::new();
    for (at, (op, span)) in chunk.code.iter().zip(debug.spans).enumerate() {
        let source = &debug.source[span.start as usize..span.end as usize];
        text += &format!("{at:3} {:<36} | {source}\n", op.to_string());
    }
    for (at, constant) in chunk.consts.iter().enumerate() {
        text += &format!("k{at} = {}\n", repr::repr(constant.value()).unwrap());
    }
    text + &format!("registers: {}\n", chunk.registers)
}
