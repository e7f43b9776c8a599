//! Hook programs give the answers of running every rule's code one by one: random rule sets, random events.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

mod rules;

use oracle_vm::fault::FaultKind;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{Addr, Reg, SlotId};
use oracle_vm::index::{HookProgram, HookRun, Host};
use oracle_vm::machine::Machine;
use oracle_vm::op::{CmpOp, Op, Src};
use oracle_vm::pack::{Pack, RuleEntry};
use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Map, Value};
use oracle_vm::verify::{VerifiedPack, verify};
use proptest::prelude::*;
use rules::{Affix, Rule, SLOTS, Test, Wanted, compile, event, rule};

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
        // With params as they were, what the index has looked up need not be asked again.
        if seed % 2 == 1 && picked(at, 2) && !values.is_empty() {
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
        Data::text("timeout"),
    ]
}

fn compare(op: CmpOp, slot: SlotId, data: Data) -> Test {
    Test::Compare(op, slot, data, false)
}

fn starts(slot: SlotId, wanted: Wanted) -> Test {
    Test::Affix(Affix { slot, method: "startswith", negated: false, wanted, start: None })
}

#[test]
fn shapes_that_no_index_likes() {
    let float = |x: f64| Data::Float(x);
    let test = |op, slot, data: Data| (vec![compare(op, slot, data)], None);
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MIN_POSITIVE, f64::MAX];
    let ops = [CmpOp::Eq, CmpOp::Ne, CmpOp::Lt, CmpOp::Le, CmpOp::Gt, CmpOp::Ge];
    let make = |count: i64, rule: &dyn Fn(i64) -> Rule| (0..count).map(rule).collect::<Vec<_>>();
    let nth = |at: i64| usize::try_from(at).unwrap();
    let shapes: [Vec<Rule>; 10] = [
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
            let tests = vec![
                compare(CmpOp::Le, slot::TOKEN_USAGE, float(0.5)),
                compare(CmpOp::Ge, slot::CONTEXT_USAGE, float(0.5)),
                compare(CmpOp::Ne, slot::TURN_NUMBER, Data::Int(at % 5)),
            ];
            (tests, None)
        }),
        // Each begins all that are longer; half of them begin no text of the events.
        make(1_000, &|at| {
            let text = Data::text(format!("{}{}", "x".repeat(nth(at)), if at % 2 == 0 { "" } else { "y" }));
            (vec![starts(slot::USER_ID, Wanted::One(text))], None)
        }),
        // More than a source can hold: these use up the fuel.
        make(5, &|at| {
            let text = Data::text("x".repeat(200_000 + nth(at)));
            (vec![starts(slot::USER_ID, Wanted::Tuple(vec![text; 700]))], None)
        }),
    ];
    let events: Vec<Vec<Data>> =
        [0.0, -0.0, 0.25, 0.5, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(busy).into();
    for shape in shapes {
        agree(&shape, &events, 0);
    }
}

/// Every pair of a test of a text and something before or behind it that concerns the same slot.
#[test]
fn texts_and_their_presence() {
    let slot = slot::RESULT_ERROR;
    let (src, to) = (Src(Reg(0)), Addr(0));
    let jumps = [
        Op::JumpIf { src, to },
        Op::JumpUnless { src, to },
        Op::JumpIfNone { src, to },
        Op::JumpUnlessNone { src, to },
    ];
    let mut others = jumps.map(|jump| Test::Presence(slot, jump)).to_vec();
    others.push(compare(CmpOp::Ge, slot::TURN_NUMBER, Data::Int(4)));
    others.push(compare(CmpOp::Ne, slot, Data::text("s")));
    others.push(compare(CmpOp::In, slot, Data::list(vec![Data::text("search"), Data::None])));
    let texts = |texts: &[&str]| texts.iter().map(|text| Data::text(*text)).collect::<Vec<_>>();
    let wanted = [
        Wanted::One(Data::text("")),
        Wanted::One(Data::text("s")),
        Wanted::Tuple(texts(&["é", "sea", ""])),
        Wanted::Tuple(texts(&["sea", "s", "é"])),
        Wanted::Tuple(Vec::new()),
    ];
    let mut rules: Vec<Rule> = Vec::new();
    for at in 0..wanted.len() * 12 {
        let affix = Test::Affix(Affix {
            slot,
            method: ["startswith", "endswith"][at % 2],
            negated: at / 2 % 2 == 1,
            start: [None, Some(0), Some(1)][at / 4 % 3],
            wanted: wanted[at / 12].clone(),
        });
        for (first, tail) in others.iter().flat_map(|other| [(other, None), (other, Some(Data::Int(5)))]) {
            rules.push((vec![first.clone(), affix.clone()], tail.clone()));
            rules.push((vec![affix.clone(), first.clone()], tail.clone()));
            rules.push((vec![first.clone()], tail.clone()));
            rules.push((vec![first.clone(), others[4].clone()], tail));
        }
    }
    let values = ["", "s", "search", "é", "x"].map(Data::text);
    let values = values.into_iter().chain([Data::None, Data::Int(0), Data::Int(1), Data::Float(f64::NAN)]);
    let events = values.flat_map(|value| {
        [3, 4, 5].map(|turn| {
            let mut event = busy(0.5);
            (event[0], event[8]) = (Data::Int(turn), value.clone());
            event
        })
    });
    agree(&rules, &events.collect::<Vec<_>>(), 0);
}

#[test]
fn one_slot_with_a_hundred_thousand_thresholds() {
    let count: i64 = 100_000;
    let rule = |at| (vec![compare(CmpOp::Gt, slot::TOKEN_USAGE, Data::Float(at as f64 / 100_000.0))], None);
    let rules: Vec<Rule> = (0..count).map(rule).collect();
    assert_eq!(counts(&rules, &busy(0.25)), (25_000, 0, 0), "the index says it all");
}

/// How many rules match, how many fail, and how many of them the program has to run.
fn counts(rules: &[Rule], event: &[Data]) -> (usize, usize, u32) {
    let (pack, params) = pack(rules);
    let program = HookProgram::new(&pack, Hook::OnToolComplete, |rule| params[rule.index()].as_slice());
    let mut frame = Frame::new();
    SLOTS.iter().zip(event).for_each(|(slot, data)| frame.set(*slot, data.value()));
    let user = User {
        rules: program.rules().iter().map(|rule| rule.index()).collect(),
        params,
        changed: Vec::new(),
        off: vec![false; rules.len()],
        state: Map::default(),
    };
    let (mut run, mut matched) = (HookRun::default(), 0);
    program.run(&pack, &mut Machine::new(), &frame, &user, &mut run);
    run.matched.drain(|_| matched += 1);
    (matched, run.faults.len(), run.evaluated)
}

#[test]
fn only_what_begins_a_text_is_touched() {
    let tool = |text: &str| starts(slot::RESULT_TOOL_NAME, Wanted::One(Data::text(text)));
    let tuple = |texts: &[&str]| {
        starts(slot::RESULT_TOOL_NAME, Wanted::Tuple(texts.iter().map(|text| Data::text(*text)).collect()))
    };
    let is_there = Test::Presence(slot::RESULT_TOOL_NAME, Op::JumpIfNone { src: Src(Reg(0)), to: Addr(0) });
    let late = compare(CmpOp::Gt, slot::TURN_NUMBER, Data::Int(9));
    let param = starts(slot::RESULT_TOOL_NAME, Wanted::Param(Data::text("sea")));
    let lone = |test: Test| (vec![test], None);
    let mut rules: Vec<Rule> = (0..1_000).map(|at| lone(tool(&format!("tool_{at}")))).collect();
    let mut event = busy(0.5);
    assert_eq!(counts(&rules, &event), (0, 0, 0));
    rules.extend([
        lone(tool("")),
        lone(tool("search")),
        lone(param),
        lone(tuple(&["sea", "s", "tool_1"])),
        lone(tuple(&[])),
        (vec![tool("s"), late.clone()], None),
        (vec![is_there.clone(), tool("sear")], None),
    ]);
    assert_eq!(counts(&rules, &event), (5, 0, 0));
    rules.push((vec![tool("s")], Some(Data::Int(3))));
    assert_eq!(counts(&rules, &event), (6, 0, 1));
    // Without text all fail but the one that looks first, and one more that looks at something else before.
    rules.push((vec![late, tool("s")], None));
    event[5] = Data::None;
    let (matched, failed, ran) = counts(&rules, &event);
    assert_eq!((matched, failed, ran), (0, 1_007, 1_008));
}
