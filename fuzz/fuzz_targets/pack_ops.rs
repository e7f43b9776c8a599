//! Bytes -> instructions -> pack -> verify -> run. Whatever the verifier lets through runs to an answer or a fault,
//! within its fuel.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::ids::ChunkId;
use oracle_vm::machine::Machine;
use oracle_vm::op::{OP_BYTES, Op};
use oracle_vm::pack::{ChunkBuf, Pack};
use oracle_vm::value::{Data, Map, Value};
use oracle_vm::verify;

thread_local!(static MACHINE: RefCell<Machine> = RefCell::new(Machine::new()));

fn constants() -> Vec<Data> {
    vec![
        Data::None,
        Data::Bool(true),
        Data::Int(3),
        Data::Int(i64::MIN),
        Data::Big(u64::MAX),
        Data::Float(-0.5),
        Data::text("name"),
        Data::text("é😀"),
        Data::list(vec![Data::Int(1), Data::text("a"), Data::list(vec![])]),
        Data::map(Map::from_iter([("name".into(), Data::Int(1))])),
    ]
}

fuzz_target!(|bytes: &[u8]| {
    let code: Vec<Op> =
        bytes.chunks_exact(OP_BYTES).filter_map(|bytes| Op::decode(bytes.try_into().ok()?)).collect();
    let chunk = ChunkBuf { code, consts: constants(), registers: 16, params: 2, settings: 1 };
    let mut pack = Pack::default();
    pack.push(chunk);
    pack.patterns = vec!["a+".into()];
    let Ok(pack) = verify::verify(pack) else { return };
    let (params, settings) = (constants(), constants());
    let state = Map::from_iter([("name".into(), Data::Int(1))]);
    let scope = Scope { params: &params, settings: &settings, state: &state };
    let mut frame = Frame::new();
    for (slot, data) in (0..).map(oracle_vm::ids::SlotId).zip(&params) {
        frame.set(slot, data.value());
    }
    MACHINE.with_borrow_mut(|machine| {
        let _ = machine.evaluate(&pack, ChunkId(0), &frame, &scope, |value: Value<'_>| oracle_vm::value::ops::truth(value));
        let _ = machine.truth(&pack, ChunkId(0), &frame, &scope);
    });
});
