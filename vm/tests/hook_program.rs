//! Hook programs give the answers of running every rule's code one by one: random rule sets, random events.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

use oracle_vm::fault::FaultKind;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{Addr, ConstId, InputId, Reg, SlotId};
use oracle_vm::index::{HookProgram, HookRun, Host};
use oracle_vm::machine::Machine;
use oracle_vm::op::{CmpOp, Dst, Op, Src};
use oracle_vm::pack::{ChunkBuf, Pack, RuleEntry};
use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Map, Value};
use oracle_vm::verify::{VerifiedPack, verify};
use proptest::prelude::*;

/// Slots of every sort: numbers, optional numbers, texts, booleans.
const SLOTS: &[SlotId] = &[
    slot::TURN_NUMBER,
    slot::TOKEN_USAGE,
    slot::CONTEXT_USAGE,
    slot::ITERATION_LIMIT,
    slot::USER_ID,
    slot::RESULT_TOOL_NAME,
    slot::RESULT_SUCCESS,
    slot::RESULT_DURATION_MS,
];

fn constant() -> impl Strategy<Value = Data> {
    prop_oneof![
        6 => (-3i64..8).prop_map(Data::Int),
        6 => (-3i64..8).prop_map(|n| Data::Float(n as f64 / 4.0)),
        1 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 5e-324, 9_007_199_254_740_993.0,
        ]).prop_map(Data::Float),
        1 => prop::sample::select(vec![i64::MAX, i64::MIN, (1 << 53) + 1, 1 << 53]).prop_map(Data::Int),
        1 => any::<bool>().prop_map(Data::Bool),
        1 => Just(Data::None),
        1 => Just(Data::Big(u64::MAX)),
        3 => prop::sample::select(vec!["", "search", "vault_search", "é"]).prop_map(Data::text),
    ]
}

fn operand(op: CmpOp) -> BoxedStrategy<Data> {
    match op {
        CmpOp::In | CmpOp::NotIn => prop_oneof![
            6 => prop::collection::vec(constant(), 0..5).prop_map(Data::list),
            1 => Just(Data::text("vault_search")),
            1 => constant(),
        ]
        .boxed(),
        _ => constant().boxed(),
    }
}

/// A test, and whether it compares with a param rather than with a constant.
type Test = (CmpOp, SlotId, Data, bool);

fn test() -> impl Strategy<Value = Test> {
    (
        prop::sample::select(CmpOp::ALL.to_vec()),
        prop::sample::select(SLOTS.to_vec()),
        prop::bool::weighted(0.2),
    )
        .prop_flat_map(|(op, slot, param)| operand(op).prop_map(move |data| (op, slot, data, param)))
}

/// A rule: leading tests, and whether code follows that asks for something the index knows nothing about.
type Rule = (Vec<Test>, Option<Data>);

fn rule() -> impl Strategy<Value = Rule> {
    (prop::collection::vec(test(), 0..5), prop::option::weighted(0.3, constant()))
}

fn event() -> impl Strategy<Value = Vec<Data>> {
    let typed = (
        1i64..8,
        prop_oneof![6 => (0i64..5).prop_map(|n| n as f64 / 4.0), 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)],
        (0i64..5).prop_map(|n| n as f64 / 4.0),
        prop::option::of(0i64..8),
        prop::sample::select(vec!["", "search", "vault_search"]),
        prop::sample::select(vec!["search", "é"]),
        any::<bool>(),
        prop::option::of(Just(0.5)),
    );
    let typed = typed.prop_map(|(turn, token, context, limit, user, tool, success, ms)| {
        vec![
            Data::Int(turn),
            Data::Float(token),
            Data::Float(context),
            limit.map_or(Data::None, Data::Int),
            Data::text(user),
            Data::text(tool),
            Data::Bool(success),
            ms.map_or(Data::None, Data::Float),
        ]
    });
    // Now and then a frame that breaks the promises of the schema: the answers must stay the same.
    prop_oneof![8 => typed, 1 => prop::collection::vec(constant(), SLOTS.len())]
}

fn compile((tests, tail): &Rule) -> (ChunkBuf, Vec<Data>) {
    let mut consts = Vec::new();
    let mut params = Vec::new();
    let mut code = Vec::new();
    let tail_ops = if tail.is_some() { 3 } else { 0 };
    let to = Addr(u16::try_from(tests.len() + tail_ops + 1).unwrap());
    for (op, slot, data, param) in tests {
        let list = if *param { &mut params } else { &mut consts };
        let at = u16::try_from(list.len()).unwrap();
        list.push(data.clone());
        code.push(match param {
            true => Op::JumpUnlessSlotParam { op: *op, slot: *slot, input: InputId(at), to },
            false => Op::JumpUnlessSlot { op: *op, slot: *slot, k: ConstId(at), to },
        });
    }
    if let Some(data) = tail {
        let k = ConstId(u16::try_from(consts.len()).unwrap());
        consts.push(data.clone());
        code.push(Op::LoadSlot { dst: Dst(Reg(0)), slot: slot::TURN_NUMBER });
        code.push(Op::LoadConst { dst: Dst(Reg(1)), k });
        code.push(Op::JumpUnlessCmp { op: CmpOp::Ge, lhs: Src(Reg(0)), rhs: Src(Reg(1)), to });
    }
    code.push(Op::Accept {});
    code.push(Op::Reject {});
    let count = u16::try_from(params.len()).unwrap();
    (
        ChunkBuf { code, consts, registers: if tail.is_some() { 2 } else { 0 }, params: count, settings: 0 },
        params,
    )
}

struct User {
    params: Vec<Vec<Data>>,
    rules: Vec<usize>,
    changed: Vec<u32>,
    off: Vec<bool>,
    state: Map,
}

impl Host for User {
    fn enabled(&self, at: u32) -> bool {
        !self.off[at as usize]
    }
    fn scope(&self, at: u32) -> Scope<'_> {
        Scope { params: &self.params[self.rules[at as usize]], settings: &[], state: &self.state }
    }
    fn changed(&self) -> &[u32] {
        &self.changed
    }
}

fn pack(rules: &[Rule]) -> (VerifiedPack, Vec<Vec<Data>>) {
    let mut pack = Pack::default();
    let mut entries = Vec::new();
    let mut params = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let (chunk, values) = compile(rule);
        params.push(values);
        let condition = Some(pack.push(chunk));
        let priority = u16::try_from(at % 7 + 1).unwrap();
        entries.push((format!("r{at}"), priority, condition));
    }
    let hook = Hook::OnToolComplete;
    let entries = entries.iter().map(|(id, priority, condition)| RuleEntry {
        id,
        hook,
        priority: *priority,
        condition: *condition,
        clear_when: None,
    });
    (verify(pack.with_rules(entries)).unwrap(), params)
}

/// Position, and the truth or the kind of the error.
type Answers = Vec<(u32, Result<bool, FaultKind>)>;

fn by_program(program: &HookProgram, pack: &VerifiedPack, frame: &Frame<'_>, user: &User) -> Answers {
    let mut run = HookRun::default();
    let mut machine = Machine::new();
    // Twice, so that what the first run leaves behind would show.
    for _ in 0..2 {
        program.run(pack, &mut machine, frame, user, &mut run);
    }
    let mut answers: Answers = (0..).zip(program.rules()).map(|(at, _)| (at, Ok(false))).collect();
    run.matched.drain(|at| answers[at as usize].1 = Ok(true));
    for (at, fault) in &run.faults {
        assert_eq!(answers[*at as usize].1, Ok(false), "a rule both matched and failed");
        answers[*at as usize].1 = Err(fault.trouble.kind());
    }
    answers.retain(|(at, _)| user.enabled(*at));
    answers
}

fn one_by_one(program: &HookProgram, pack: &VerifiedPack, frame: &Frame<'_>, user: &User) -> Answers {
    let mut machine = Machine::new();
    let mut answers = Answers::new();
    for (at, rule) in (0..).zip(program.rules()).filter(|(at, _)| user.enabled(*at)) {
        let chunk = pack.rules().get(*rule).unwrap().condition.unwrap();
        // The whole code, not the fast lane that the program's rules take.
        let truth = machine.evaluate(pack, chunk, frame, &user.scope(at), |value| {
            assert!(matches!(value, Value::Bool(_)), "a condition ends in its truth, not {value:?}");
            matches!(value, Value::Bool(true))
        });
        answers.push((at, truth.map_err(|fault| fault.trouble.kind())));
    }
    answers
}

fn agree(rules: &[Rule], events: &[Vec<Data>], seed: u64) {
    let (pack, params) = pack(rules);
    let program = HookProgram::new(&pack, Hook::OnToolComplete, |rule| params[rule.index()].as_slice());
    assert_eq!(program.rules().len(), rules.len());
    let picked =
        |at: usize, salt: u64| (at as u64 * 31 + seed + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 == 0;
    let order: Vec<usize> = program.rules().iter().map(|rule| rule.index()).collect();
    let mut user = User {
        params: params.clone(),
        rules: order,
        changed: Vec::new(),
        off: Vec::new(),
        state: Map::default(),
    };
    for at in 0..rules.len() {
        user.off.push(picked(at, 1));
        let values = &mut user.params[user.rules[at]];
        if picked(at, 2) && !values.is_empty() {
            values.iter_mut().for_each(|value| *value = Data::Float(0.5));
            user.changed.push(u32::try_from(at).unwrap());
        }
    }
    for event in events {
        let mut frame = Frame::new();
        for (slot, data) in SLOTS.iter().zip(event) {
            frame.set(*slot, data.value());
        }
        let program_answers = by_program(&program, &pack, &frame, &user);
        assert_eq!(program_answers, one_by_one(&program, &pack, &frame, &user));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn small_rule_sets(rules in prop::collection::vec(rule(), 0..40), events in prop::collection::vec(event(), 1..12), seed: u64) {
        agree(&rules, &events, seed >> 8);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn large_rule_sets(rules in prop::collection::vec(rule(), 500..2_000), events in prop::collection::vec(event(), 1..8), seed: u64) {
        agree(&rules, &events, seed >> 8);
    }
}

/// A frame's worth of values for [`SLOTS`], with this token usage.
fn busy(token_usage: f64) -> Vec<Data> {
    vec![
        Data::Int(4),
        Data::Float(token_usage),
        Data::Float(0.5),
        Data::None,
        Data::text("x".repeat(100_000)),
        Data::text("search"),
        Data::Bool(true),
        Data::None,
    ]
}

#[test]
fn shapes_that_no_index_likes() {
    let float = |x: f64| Data::Float(x);
    let test = |op, slot, data: Data| (vec![(op, slot, data, false)], None);
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MIN_POSITIVE, f64::MAX];
    let ops = [CmpOp::Eq, CmpOp::Ne, CmpOp::Lt, CmpOp::Le, CmpOp::Gt, CmpOp::Ge];
    let make = |count: i64, rule: &dyn Fn(i64) -> Rule| (0..count).map(rule).collect::<Vec<_>>();
    let shapes: [Vec<Rule>; 8] = [
        make(2_000, &|_| test(CmpOp::Gt, slot::TURN_NUMBER, Data::Int(0))),
        make(2_000, &|at| test(CmpOp::Ne, slot::TURN_NUMBER, Data::Int(at % 9))),
        make(2_000, &|at| (Vec::new(), Some(Data::Int(at % 9)))),
        make(2_000, &|_| test(CmpOp::Ge, slot::TOKEN_USAGE, float(0.5))),
        make(2_000, &|at| test(CmpOp::Gt, slot::TOKEN_USAGE, float(at as f64 / 2_000.0))),
        make(2_000, &|at| {
            let at = usize::try_from(at).unwrap();
            test(ops[at % ops.len()], slot::TOKEN_USAGE, float(odd[at % odd.len()]))
        }),
        make(200, &|at| {
            let text = format!("{}{}", "x".repeat(100_000), if at % 7 == 0 { "" } else { "y" });
            test(CmpOp::Eq, slot::USER_ID, Data::text(text))
        }),
        make(2_000, &|at| {
            let both = |op, slot, data| (op, slot, data, false);
            let tests = vec![
                both(CmpOp::Le, slot::TOKEN_USAGE, float(0.5)),
                both(CmpOp::Ge, slot::CONTEXT_USAGE, float(0.5)),
                both(CmpOp::Ne, slot::TURN_NUMBER, Data::Int(at % 5)),
            ];
            (tests, None)
        }),
    ];
    let events: Vec<Vec<Data>> =
        [0.0, -0.0, 0.25, 0.5, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(busy).into();
    for shape in shapes {
        agree(&shape, &events, 0);
    }
}

#[test]
fn one_slot_with_a_hundred_thousand_thresholds() {
    let count: i64 = 100_000;
    let rule = |at| (vec![(CmpOp::Gt, slot::TOKEN_USAGE, Data::Float(at as f64 / 100_000.0), false)], None);
    let (pack, _) = pack(&(0..count).map(rule).collect::<Vec<Rule>>());
    let program = HookProgram::new(&pack, Hook::OnToolComplete, |_| &[]);
    let event = busy(0.25);
    let mut frame = Frame::new();
    SLOTS.iter().zip(&event).for_each(|(slot, data)| frame.set(*slot, data.value()));
    let rules = usize::try_from(count).unwrap();
    let user = User {
        params: vec![Vec::new(); rules],
        rules: (0..rules).collect(),
        changed: Vec::new(),
        off: vec![false; rules],
        state: Map::default(),
    };
    let (mut run, mut matched) = (HookRun::default(), 0);
    program.run(&pack, &mut Machine::new(), &frame, &user, &mut run);
    run.matched.drain(|_| matched += 1);
    assert_eq!(matched, 25_000);
    assert_eq!(run.evaluated, 0, "the index says it all");
}
