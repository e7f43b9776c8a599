//! Whole chunks: assembled, verified, run.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

use oracle_vm::asm;
use oracle_vm::fault::{Fault, FaultKind, Trouble};
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::ids::{Addr, ChunkId};
use oracle_vm::listing;
use oracle_vm::machine::Machine;
use oracle_vm::op::{Op, TABLE};
use oracle_vm::pack::{ChunkBuf, Pack};
use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Map, Value, repr};
use oracle_vm::verify::verify;
use proptest::prelude::*;

/// Runs the first chunk of a listing, with some state, and shows its value.
fn run_with(code: &str, state: &Map) -> Result<String, Fault> {
    let pack = verify(asm::assemble(code).unwrap()).unwrap();
    let mut frame = Frame::empty();
    frame.set(slot::TOKEN_USAGE, Value::Float(0.9));
    frame.set(slot::NOW, Value::Float(100.0));
    let scope = Scope { params: &[Data::Int(7)], settings: &[], state };
    let mut machine = Machine::new();
    let shown = machine.evaluate(&pack, ChunkId(0), &frame, &scope, |value| repr::repr(value).unwrap())?;
    let truth = machine.truth(&pack, ChunkId(0), &frame, &scope)?;
    assert_eq!(truth, !["False", "None", "0", "''", "[]", "0.0"].contains(&shown.as_str()));
    Ok(shown)
}

fn run(code: &str) -> Result<String, Fault> {
    run_with(code, &Map::default())
}

fn state(json: &str) -> Map {
    match serde_json::from_str(json).unwrap() {
        Data::Map(map) => Map::clone(&map),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_comparison_with_a_constant_needs_no_register() {
    let code = "chunk 0: 0 registers, 0 params, 0 settings\n k0 = 0.8\n jump_unless_slot `>` s1 k0 @2\n accept\n reject";
    assert_eq!(run(code).unwrap(), "True");
    assert_eq!(run(&code.replace("0.8", "1")).unwrap(), "False");
}

#[test]
fn a_fault_says_where() {
    let code = "chunk 0: 2 registers, 0 params, 0 settings\n k0 = \"x\"\n load_const r0 k0\n load_slot r1 s0\n add r0 r0 r1\n return r0";
    let fault = run(code).unwrap_err();
    assert_eq!((fault.at, fault.trouble.kind()), (Addr(2), FaultKind::Type));
    assert_eq!(fault.trouble.to_string(), "cannot add int to text");
}

const SQUARES: &str = "chunk 0: 6 registers, 0 params, 0 settings
  k0 = [1, 2, 3]
  load_const r0 k0
  list_begin
  iter_begin r1 r0
  iter_next r1 @7
  mul r4 r3 r3
  list_push r4
  iter_loop @3
  list_end r0
  return r0";

#[test]
fn loops_build_lists() {
    assert_eq!(run(SQUARES).unwrap(), "[1, 4, 9]");
    assert_eq!(run(&SQUARES.replace("[1, 2, 3]", "[]")).unwrap(), "[]");
}

#[test]
fn loops_walk_texts_by_code_point_and_maps_by_key() {
    let code = SQUARES.replace("mul r4 r3 r3", "move r4 r3");
    assert_eq!(run(&code.replace("[1, 2, 3]", "\"aé日\"")).unwrap(), "['a', 'é', '日']");
    assert_eq!(run(&code.replace("[1, 2, 3]", "{\"k\": 1, \"l\": 2}")).unwrap(), "['k', 'l']");
    assert_eq!(run(&code.replace("[1, 2, 3]", "5")).unwrap_err().trouble.kind(), FaultKind::Type);
}

#[test]
fn pairs_are_unpacked() {
    let code = "chunk 0: 3 registers, 0 params, 0 settings
  k0 = [1, \"b\"]
  load_const r0 k0
  unpack r1 r0 2
  list_begin
  list_push r2
  list_push r1
  tuple_end r0
  return r0";
    assert_eq!(run(code).unwrap(), "('b', 1)");
    let fault = run(&code.replace("[1, \"b\"]", "[1]")).unwrap_err();
    assert_eq!(*fault.trouble, Trouble::Unpack(2, 1));
}

#[test]
fn none_has_no_attributes() {
    let code = "chunk 0: 1 registers, 0 params, 0 settings\n k0 = \"success\"\n load_slot r0 s23\n attr r0 r0 k0\n return r0";
    let fault = run(code).unwrap_err();
    assert_eq!(fault.trouble.kind(), FaultKind::None);
    assert!(fault.trouble.to_string().starts_with("`None` has no attribute `success`"));
}

#[test]
fn inputs_and_state_are_loaded() {
    let code = "chunk 0: 2 registers, 1 params, 0 settings\n k0 = \"n\"\n load_param r0 p0\n load_state r1\n attr r1 r1 k0\n add r0 r0 r1\n return r0";
    assert_eq!(run_with(code, &state("{\"n\": 3}")).unwrap(), "10");
    assert_eq!(run(code).unwrap_err().trouble.kind(), FaultKind::Key);
}

#[test]
fn patterns_search() {
    let code = "re0 = \"a+b\"\nchunk 0: 1 registers, 0 params, 0 settings\n k0 = \"xaab\"\n load_const r0 k0\n matches r0 r0 re0\n return r0";
    assert_eq!(run(code).unwrap(), "True");
    assert_eq!(run(&code.replace("xaab", "xa")).unwrap(), "False");
}

#[test]
fn fuel_bounds_nested_loops() {
    let code = "chunk 0: 7 registers, 0 params, 0 settings
  k0 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  k1 = 200
  load_const r0 k0
  load_const r1 k1
  mul r0 r0 r1
  iter_begin r1 r0
  iter_next r1 @9
  iter_begin r4 r0
  iter_next r4 @8
  iter_loop @6
  iter_loop @4
  reject";
    assert_eq!(*run(code).unwrap_err().trouble, Trouble::Limit("fuel", oracle_vm::limits::FUEL));
}

#[test]
fn texts_and_lists_are_bounded() {
    let code = "chunk 0: 2 registers, 0 params, 0 settings\n k0 = \"x\"\n k1 = 1048577\n load_const r0 k0\n load_const r1 k1\n mul r0 r0 r1\n return r0";
    assert_eq!(run(code).unwrap_err().trouble.kind(), FaultKind::Limit);
    assert_eq!(run(&code.replace("\"x\"", "[1]")).unwrap_err().trouble.kind(), FaultKind::Limit);
}

/// A loop that wraps a list into a list: deeper than any recursion may follow.
#[test]
fn deep_values_are_refused_not_followed() {
    let code = "chunk 0: 6 registers, 0 params, 0 settings
  k0 = [1]
  k1 = 1000
  load_const r0 k0
  load_const r4 k1
  mul r4 r0 r4
  iter_begin r1 r4
  iter_next r1 @9
  list_begin
  list_push r0
  list_end r0
  iter_loop @4
  compare r5 `==` r0 r0
  return r5";
    assert_eq!(run(code).unwrap_err().trouble.kind(), FaultKind::Limit);
}

#[test]
fn a_listing_can_be_assembled_again() {
    let pack = asm::assemble(SQUARES).unwrap();
    let listed = listing::chunk(&pack, ChunkId(0)).unwrap().to_string();
    assert_eq!(asm::assemble(&listed).unwrap(), pack);
}

/// Code whose registers are all written first, so that the verifier lets most of it through.
fn any_code() -> impl Strategy<Value = Vec<Op>> {
    let op =
        (0..TABLE.len(), prop::array::uniform7(0_u8..12)).prop_filter_map("no instruction", |(row, rest)| {
            let row = &TABLE[row];
            let mut bytes = [0_u8; 8];
            bytes[0] = row.opcode;
            let mut at = 1;
            for width in row.widths {
                bytes[at] = rest[at - 1];
                at += width;
            }
            Op::decode(bytes)
        });
    (prop::collection::vec(op, 1..40), prop::collection::vec(0_u8..31, 12)).prop_map(|(ops, slots)| {
        let load = |(register, slot): (u8, u8)| Op::decode([0x01, register, slot, 0, 0, 0, 0, 0]).unwrap();
        let mut code: Vec<Op> = (0..12).zip(slots).map(load).collect();
        code.extend(ops);
        code.push(Op::Accept {});
        code
    })
}

fn consts() -> Vec<Data> {
    let json =
        r#"[1, -3, 2.5, "abc", "", null, true, [1, 2, "x"], {"a": 1}, 0, 18446744073709551615, "é日"]"#;
    match serde_json::from_str(json).unwrap() {
        Data::List(items) => items.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn survives(code: Vec<Op>) -> bool {
    let chunk = ChunkBuf { code, consts: consts(), registers: 12, params: 1, settings: 0 };
    let mut pack = Pack::default();
    pack.push(chunk);
    pack.patterns = vec!["a|b".to_owned(); 12];
    let Ok(pack) = verify(pack) else { return false };
    let scope = Scope { params: &[Data::Int(7)], settings: &[], state: &Map::default() };
    let result = Machine::new()
        .evaluate(&pack, ChunkId(0), &Frame::empty(), &scope, |value| repr::repr(value).is_ok());
    if let Err(fault) = result {
        assert!(!fault.trouble.to_string().is_empty());
        assert!(!fault.trouble.to_string().contains("is broken"), "{fault:?}");
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_code_is_refused_or_runs_to_an_end(code in any_code()) {
        survives(code);
    }

    #[test]
    fn a_changed_byte_is_refused_or_runs_to_an_end(at in 0_usize..9, byte in 1_usize..8, to in 0_u8..16) {
        let pack = asm::assemble(SQUARES).unwrap();
        let mut code = pack.chunk(ChunkId(0)).unwrap().code.to_vec();
        let mut bytes = code[at].encode();
        bytes[byte] = to;
        if let Some(op) = Op::decode(bytes) {
            code[at] = op;
            survives(code);
        }
    }

    #[test]
    fn straight_code_is_mostly_accepted(a in 0_u8..12, b in 0_u8..12, op in 0x24_u8..0x2b) {
        let mut code: Vec<Op> = (0..12).map(|nth| Op::decode([0x02, nth, nth, 0, 0, 0, 0, 0]).unwrap()).collect();
        code.push(Op::decode([op, 0, a, b, 0, 0, 0, 0]).unwrap());
        code.push(Op::Accept {});
        prop_assert!(survives(code));
    }
}
