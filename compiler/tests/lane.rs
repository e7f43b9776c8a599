//! The fast lane answers what a full run answers: conditions of the shapes that it reads, and of shapes near to
//! them, over random contexts.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

use oracle_compiler::codegen::Mode;
use oracle_compiler::expression::{ExpressionScope, compile};
use oracle_compiler::rule::{ParamSpec, ParamType};
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::schema::{RESULT, SLOTS, TOOL, slot};
use oracle_vm::value::{Data, Map, Record, Value};
use oracle_vm::verify::verify;
use std::sync::Arc;

const CONDITIONS: &[&str] = &[
    "turn.token_usage > 0.8",
    "turn.token_usage >= 0.5 and turn.number < 3 or turn.context_usage == 0.25",
    "not (turn.number != 2) and not turn.token_usage < 0.5",
    "0.25 < turn.token_usage <= 0.75",
    "turn.token_usage > params.share",
    "turn.number > params.share or user.id == params.who",
    "turn.number > 1.5",
    "turn.iteration_limit is not None and turn.iteration_limit > 3",
    "turn.iteration_limit is None or turn.iteration_count >= turn.iteration_limit",
    "turn.iteration_limit == 3",
    "turn.iteration_limit != None and turn.number % 2 == 0",
    "turn.number % 3 == 1",
    "turn.number % 3 >= 1 and turn.iteration_count % 2 != 1",
    "result is not None and result.success and len(result.result or '') > 3",
    "len(result.result or '') == 0",
    "not result.success or len(result.tool_name) < 5",
    "result.tool_name == 'vault_search' or 'search' in result.tool_name",
    "'é' not in result.tool_name",
    "result.tool_name in ['search', 'é'] and result.success",
    "result.tool_name not in ('search', 'é')",
    "result.count is not None and result.count > 2 or len(history.tools) > 2",
    "len(history.tools) == 0",
    "any(t.name == 'search' and not t.success for t in history.tools)",
    "any(t.success for t in history.tools) and turn.number > 2",
    "all(t.success or t.name == 'é' for t in history.tools)",
    "any(t.duration_ms is not None and t.duration_ms > 0.5 for t in history.tools if t.turn >= 2)",
    "any('search' in t.name for t in history.tools) or all(t.turn < 4 for t in history.tools)",
    "any(len(t.result or '') > 3 for t in history.tools if not t.success)",
    "any(t.turn % 2 == 0 for t in history.tools) and not any(t.turn == turn.number for t in history.tools)",
    "any(t.name == u for t in history.tools for u in ['search', 'é'])",
    "any(t.name in ['search'] for t in history.tools if turn.number > 2)",
    "turn.token_usage",
    "user.id",
    "user.id and turn.number > 2",
    "len(user.id) > 2 if turn.number > 2 else turn.token_usage > 0.5",
    // Numbers of the other type, and what no number compares with.
    "turn.token_usage > 0 or turn.number >= 2.5",
    "turn.number < 2.5 and turn.number <= 3.0 and turn.number != 1.5",
    "turn.number == 3.0 or turn.number == 0.5",
    "turn.token_usage == 1 or turn.token_usage != 0 and turn.token_usage < 1",
    "turn.token_usage < 1e308 * 10.0 and turn.token_usage > 0.25",
    "turn.number > params.share and turn.token_usage < params.many",
    "turn.iteration_limit == 3.0 or result.duration_ms == 1",
    // Texts of every length that is told apart.
    "result.tool_name == '' or result.tool_name != 'é'",
    "result.tool_name == 'search' or result.error == 'xyzé'",
    "result.tool_name != 'vault_search' and result.error != 'a text of more than sixteen bytes'",
    "result.error == 'a text of more than sixteen bytes' or result.tool_name == 'a text of 16 by.'",
    "result.error in ['search', 'vault_search']",
    "result.tool_name == user.id",
    "result.tool_name != user.id and turn.number < 4",
    "user.id == 'seven..' or user.id == 'eight...' and turn.number > 1 or user.id == 'a text of 15 b.'",
    "user.id != 'eight..!' and result.error != 'a text of 15 b!' and user.id != 'é'",
    // Numbers at their edges.
    "turn.number > -9223372036854775807 and turn.number < 9223372036854775807",
    "turn.number != -9223372036854775807 and turn.number >= 1",
    "turn.token_usage > -0.0 or turn.context_usage == -0.0",
    "turn.token_usage >= 5e-324 and turn.context_usage < 1e308 * 10.0",
    "turn.token_usage > -1e308 * 10.0 and turn.number > 1",
    "session.duration_seconds == 0.0 and turn.number > 2",
    // Truth of all sorts.
    "result.error or result.count",
    "not history.tools and turn.number",
    "result.duration_ms and not result.result",
    // Arithmetic, and how it fails.
    "turn.number + turn.iteration_count > 5",
    "turn.number - turn.iteration_count == 2 or turn.number * 2 < 3",
    "turn.iteration_count / turn.number > 0.5",
    "turn.iteration_count // turn.number >= 1",
    "turn.iteration_count % turn.number == 1",
    "turn.token_usage * turn.number - turn.context_usage > 0.75",
    "turn.iteration_limit is not None and turn.iteration_count >= turn.iteration_limit * 0.8",
    "turn.iteration_count >= turn.iteration_limit * 0.8 if turn.iteration_limit else False",
    "abs(turn.number - 3) > 1",
    "int(turn.token_usage * 10) % 3 == 1",
    "float(turn.number) / 2 > turn.token_usage",
    "-turn.number + 3 >= 0",
    "turn.number * 4611686018427387904 > 1",
    "turn.number * 3037000499 * 3037000499 > 9223372030926249000",
    "turn.number + 0.5 > turn.iteration_count",
    "len(result.result or '') > params.many",
    "len(history.tools) * 2 > turn.number + params.many",
    // Entries of the state.
    "turn.number - int(state.get('last', 0)) >= 2 and turn.number % 4 == 0",
    "turn.number - int(state.get('last', 0)) >= 2",
    "turn.number - state.get('last', 1) < 2 or turn.number % 5 == 3",
    "turn.number - int(state.get('last', -1)) != 2",
    "turn.number - int(state.get('share', 0.5)) > 1",
    "state.get('last', 0) >= 2",
    "state.get('share', 0.5) * 2 > turn.token_usage",
    "state.get('last', 'never') == 'never'",
    "int(state.get('last', 0)) - turn.number > -3",
    "turn.number - int(state.get('other', 0)) >= params.many",
    // Rows.
    "any(t.name == 'search' for t in history.tools)",
    "any(t.name == 'vault_search' and t.turn >= 2.5 for t in history.tools)",
    "any(t.name != 'search' for t in history.tools)",
    "all(t.name == 'search' for t in history.tools)",
    "any(t.duration_ms is not None and t.duration_ms > 0 for t in history.tools)",
    "any(t.duration_ms > 0.25 for t in history.tools)",
    "any(t.result == 'search' or t.result == t.name for t in history.tools)",
    "any(t.name == result.tool_name and not t.success for t in history.tools)",
    "any(t.turn == turn.number - 1 for t in history.tools)",
    "any(t.turn + 1 > turn.number and t.success for t in history.tools)",
    "any(t.turn > params.many for t in history.tools)",
    "any(t.name == params.who for t in history.tools)",
    "any(len(t.result or '') > params.many for t in history.tools)",
    "any(turn.number - int(state.get('last', 0)) > t.turn for t in history.tools)",
    "any(t.name == 'search' for t in history.tools) or any(t.turn > 3 for t in history.tools) and turn.number > 2",
    // Rows that are counted.
    "len([t for t in history.tools if not t.success]) >= 2",
    "sum(1 for t in history.tools if t.name == 'search') > 1 and turn.number > 1",
    "sum(2 for t in history.tools if t.name == 'search') > 1",
    "len([1 for t in history.tools if t.success and t.turn > 2]) == 1",
    "len([t.name for t in history.tools if t.success]) < 2",
    "sum(t.turn for t in history.tools if t.success) > 3",
    "len([t for t in history.tools]) > 2",
    "sum(1 for t in history.tools if t.duration_ms > 0.25) > 0",
    "len([t for t in history.tools if t.success]) > len([t for t in history.tools if not t.success])",
    "turn.number > 2 and len([t for t in history.tools if t.success or t.turn % 2 == 1]) != 1 or turn.number == 1",
];

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn float(&mut self) -> Data {
        match self.below(20) {
            0 => Data::Float(f64::NAN),
            1 => Data::Float(f64::INFINITY),
            2 => Data::Float(-0.0),
            _ => Data::Float(self.below(5) as f64 / 4.0),
        }
    }
    fn int(&mut self) -> Data {
        match self.below(40) {
            0 => Data::Int(i64::MIN),
            1 => Data::Int(i64::MAX),
            _ => Data::Int(i64::try_from(self.below(6)).unwrap()),
        }
    }
    fn text(&mut self) -> Data {
        let texts = [
            "",
            "search",
            "vault_search",
            "é",
            "xyzé",
            "seven..",
            "eight...",
            "eight..!",
            "a text of 15 b.",
            "a text of 15 b!",
            "a text of 16 by.",
            "a text of more than sixteen bytes",
        ];
        Data::text(texts[self.below(texts.len() as u64) as usize])
    }
    /// What plugins keep under one key: whole numbers most of the time.
    fn state(&mut self) -> Map {
        let mut state = Map::default();
        for key in ["last", "share", "unrelated"] {
            let value = match self.below(12) {
                0..5 => continue,
                5..9 => self.int(),
                9 => self.float(),
                10 => Data::text(["4", "never"][self.below(2) as usize]),
                _ => [Data::None, Data::Bool(true), Data::Int(i64::MIN), Data::Big(u64::MAX)]
                    [self.below(4) as usize]
                    .clone(),
            };
            state.insert(key.into(), value);
        }
        state
    }
    /// Any value where the schema promises another: nothing may go wrong but the condition.
    fn stray(&mut self) -> Data {
        match self.below(6) {
            0 => Data::None,
            1 => Data::Int(i64::MAX),
            2 => self.text(),
            3 => self.bool(),
            4 => Data::list(Vec::new()),
            _ => self.float(),
        }
    }
    fn bool(&mut self) -> Data {
        Data::Bool(self.below(2) == 1)
    }
    fn optional(&mut self, of: impl Fn(&mut Random) -> Data) -> Data {
        if self.below(3) == 0 { Data::None } else { of(self) }
    }
    fn tool(&mut self) -> Data {
        let fields = vec![
            self.text(),
            Data::map(Map::default()),
            self.optional(Random::text),
            self.bool(),
            Data::Float(0.0),
            self.optional(Random::float),
            self.int(),
        ];
        Data::Record(Arc::new(Record { id: TOOL, fields: fields.into() }))
    }
    fn result(&mut self) -> Vec<Data> {
        vec![
            self.text(),
            self.bool(),
            self.optional(Random::text),
            self.optional(Random::text),
            self.optional(Random::float),
            self.optional(Random::int),
        ]
    }
}

#[test]
fn the_lane_and_a_full_run_agree() {
    let param = |name: &str, ty, default| ParamSpec {
        name: name.into(),
        ty,
        default,
        min: None,
        max: None,
        options: Vec::new(),
        title: None,
        description: String::new(),
    };
    let params = [
        param("share", ParamType::Float, Data::Float(0.5)),
        param("who", ParamType::String, Data::text("search")),
        param("many", ParamType::Integer, Data::Int(2)),
    ];
    let values: Vec<Data> = params.iter().map(|param| param.default.clone()).collect();
    let scope = ExpressionScope { hook: Some(Hook::OnToolComplete), params: &params, settings: &[] };
    let mut machine = Machine::new();
    let mut random = Random(11);
    for text in CONDITIONS {
        let compiled = compile(text, &scope, Mode::Truth, true)
            .unwrap_or_else(|failed| panic!("{text}: {:?}", failed.diagnostics));
        let pack = verify(compiled.pack).unwrap();
        let (mut held, mut failed) = (0, 0);
        for _ in 0..400 {
            let result = random.result();
            let mut owned: Vec<(oracle_vm::ids::SlotId, Data)> = vec![
                (slot::TURN_NUMBER, random.int()),
                (slot::TOKEN_USAGE, random.float()),
                (slot::CONTEXT_USAGE, random.float()),
                (slot::ITERATION_COUNT, random.int()),
                (slot::ITERATION_LIMIT, random.optional(Random::int)),
                (slot::USER_ID, random.text()),
                (slot::TOOLS, Data::list((0..random.below(5)).map(|_| random.tool()).collect())),
            ];
            for (at, field) in RESULT.row().unwrap().fields.iter().enumerate() {
                let row = SLOTS.iter().find(|row| row.path == format!("result.{}", field.name)).unwrap();
                owned.push((row.id, result[at].clone()));
            }
            owned.push((slot::RESULT, Data::Record(Arc::new(Record { id: RESULT, fields: result.into() }))));
            if random.below(8) == 0 {
                let at = random.below(owned.len() as u64) as usize;
                owned[at].1 = random.stray();
            }
            let state = random.state();
            let mut frame = Frame::empty();
            owned.iter().for_each(|(slot, data)| frame.set(*slot, data.value()));
            if random.below(16) == 0 {
                // A host that forgets a slot.
                frame = Frame::new();
                let forgotten = random.below(owned.len() as u64) as usize;
                let bound = owned.iter().enumerate().filter(|(at, _)| *at != forgotten);
                bound.for_each(|(_, (slot, data))| frame.set(*slot, data.value()));
            }
            let scope = Scope { params: &values, settings: &[], state: &state };
            let quick = machine.truth(&pack, compiled.chunk, &frame, &scope);
            let full = machine.evaluate(&pack, compiled.chunk, &frame, &scope, |value| match value {
                Value::Bool(truth) => truth,
                other => panic!("{text}: a truth is a bool, not {other:?}"),
            });
            assert_eq!(quick, full, "{text}: {owned:?}, {state:?}");
            match full {
                Ok(true) => held += 1,
                Ok(false) => failed += 1,
                Err(_) => {}
            }
        }
        assert!(held > 0 && failed > 0, "{text}: held {held} times, failed {failed} times");
    }
}

#[test]
fn what_runs_out_of_fuel_does_so_in_the_lane_too() {
    let scope = ExpressionScope { hook: Some(Hook::OnTurnStart), params: &[], settings: &[] };
    let mut machine = Machine::new();
    let state = Map::default();
    let tool = |result: &Data| {
        let fields = vec![
            Data::text("search"),
            Data::map(Map::default()),
            result.clone(),
            Data::Bool(true),
            Data::Float(0.0),
            Data::None,
            Data::Int(1),
        ];
        Data::Record(Arc::new(Record { id: TOOL, fields: fields.into() }))
    };
    let long = "any('needle' in t.result for t in history.tools if t.result is not None)";
    let wide = "any(t.turn % 7 == 3 or t.turn % 11 == 5 or t.name == 'other' for t in history.tools)";
    let counted = "len([t for t in history.tools if t.success]) > 2";
    for (text, rows, bytes, fails) in [
        (long, 20, 100, false),
        (long, 20, 100_000, false),
        (long, 2_000, 100_000, true),
        (long, 4_000, 4_000, false),
        (wide, 10_000, 1, false),
        (wide, 80_000, 1, true),
        (counted, 5_000, 1, false),
    ] {
        let compiled = compile(text, &scope, Mode::Truth, true).unwrap();
        let pack = verify(compiled.pack).unwrap();
        let tools = Data::list(vec![tool(&Data::text("x".repeat(bytes))); rows]);
        let mut frame = Frame::empty();
        frame.set(slot::TOOLS, tools.value());
        let scope = Scope { params: &[], settings: &[], state: &state };
        let quick = machine.truth(&pack, compiled.chunk, &frame, &scope);
        let full = machine
            .evaluate(&pack, compiled.chunk, &frame, &scope, |value| matches!(value, Value::Bool(true)));
        assert_eq!(quick, full, "{text}: {rows} rows, {bytes} bytes");
        assert_eq!(full.is_err(), fails, "{text}: {rows} rows, {bytes} bytes: {full:?}");
    }
}
