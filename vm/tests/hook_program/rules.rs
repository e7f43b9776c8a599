//! Random rules as code, and random events for them.

use oracle_vm::builtin;
use oracle_vm::ids::{Addr, ConstId, InputId, Reg, SlotId};
use oracle_vm::op::{CmpOp, Dst, Op, Src, Srcs};
use oracle_vm::pack::ChunkBuf;
use oracle_vm::schema::slot;
use oracle_vm::value::Data;
use proptest::prelude::*;

/// Slots of every sort: numbers, optional numbers, texts, optional texts, booleans.
pub(super) const SLOTS: &[SlotId] = &[
    slot::TURN_NUMBER,
    slot::TOKEN_USAGE,
    slot::CONTEXT_USAGE,
    slot::ITERATION_LIMIT,
    slot::USER_ID,
    slot::RESULT_TOOL_NAME,
    slot::RESULT_SUCCESS,
    slot::RESULT_DURATION_MS,
    slot::RESULT_ERROR,
];

/// Texts that slots have and conditions ask for; many begin others.
const TEXTS: &[&str] =
    &["", "s", "search", "vault", "vault_", "vault_search", "vault_searches", "é", "éa", "è", "z"];

/// A test as a condition would have it.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// A comparison, and whether it is with a param rather than with a constant.
    Compare(CmpOp, SlotId, Data, bool),
    /// Whether a text starts or ends with another.
    Affix(Affix),
    /// Whether there is something: the jump that rejects where there is not.
    Presence(SlotId, Op),
}

/// `startswith` or `endswith`.
#[derive(Clone, Debug)]
pub(super) struct Affix {
    pub(super) slot: SlotId,
    pub(super) method: &'static str,
    pub(super) negated: bool,
    pub(super) wanted: Wanted,
    /// The argument `start`.
    pub(super) start: Option<i64>,
}

/// The argument of an affix.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    One(Data),
    Param(Data),
    Tuple(Vec<Data>),
    List(Vec<Data>),
    /// A tuple made in the register of the receiver.
    Clobbered(Vec<Data>),
}

/// A rule: leading tests, and whether code follows that asks for something the index knows nothing about.
pub(super) type Rule = (Vec<Test>, Option<Data>);

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
        3 => text(),
    ]
}

fn text() -> impl Strategy<Value = Data> {
    prop::sample::select(TEXTS).prop_map(Data::text)
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

fn compare() -> impl Strategy<Value = Test> {
    (
        prop::sample::select(CmpOp::ALL.to_vec()),
        prop::sample::select(SLOTS.to_vec()),
        prop::bool::weighted(0.2),
    )
        .prop_flat_map(|(op, slot, param)| {
            operand(op).prop_map(move |data| Test::Compare(op, slot, data, param))
        })
}

fn text_slot() -> impl Strategy<Value = SlotId> {
    prop_oneof![
        9 => prop::sample::select(vec![slot::USER_ID, slot::RESULT_TOOL_NAME, slot::RESULT_ERROR]),
        1 => prop::sample::select(SLOTS),
    ]
}

fn affix() -> impl Strategy<Value = Test> {
    // Of ten texts hardly one is something else, which is an error.
    let wanted = || prop_oneof![29 => text(), 1 => constant()];
    let several = || prop::collection::vec(wanted(), 0..4);
    let wanted = prop_oneof![
        8 => wanted().prop_map(Wanted::One),
        2 => wanted().prop_map(Wanted::Param),
        4 => several().prop_map(Wanted::Tuple),
        1 => several().prop_map(Wanted::List),
        1 => several().prop_map(Wanted::Clobbered),
    ];
    let method = prop_oneof![4 => Just("startswith"), 1 => Just("endswith"), 1 => Just("find")];
    let start = prop::option::weighted(0.1, 0i64..3);
    (text_slot(), method, prop::bool::weighted(0.2), wanted, start).prop_map(
        |(slot, method, negated, wanted, start)| Test::Affix(Affix { slot, method, negated, wanted, start }),
    )
}

fn presence() -> impl Strategy<Value = Test> {
    let (src, to) = (Src(Reg(0)), Addr(0));
    let jump = prop_oneof![
        3 => Just(Op::JumpIfNone { src, to }),
        1 => Just(Op::JumpUnlessNone { src, to }),
        2 => Just(Op::JumpUnless { src, to }),
        1 => Just(Op::JumpIf { src, to }),
    ];
    (text_slot(), jump).prop_map(|(slot, jump)| Test::Presence(slot, jump))
}

pub(super) fn rule() -> impl Strategy<Value = Rule> {
    let test = prop_oneof![5 => compare(), 3 => affix(), 1 => presence()];
    (prop::collection::vec(test, 0..5), prop::option::weighted(0.3, constant()))
}

/// What slots have as the schema promises.
fn typed() -> impl Strategy<Value = Vec<Data>> {
    let values = (
        1i64..8,
        prop_oneof![6 => (0i64..5).prop_map(|n| n as f64 / 4.0), 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)],
        (0i64..5).prop_map(|n| n as f64 / 4.0),
        prop::option::of(0i64..8),
        text(),
        // There is none where there is no result.
        prop_oneof![6 => text(), 1 => Just(Data::None)],
        any::<bool>(),
        prop::option::of(Just(0.5)),
        prop_oneof![text(), Just(Data::None)],
    );
    values.prop_map(|(turn, token, context, limit, user, tool, success, ms, error)| {
        vec![
            Data::Int(turn),
            Data::Float(token),
            Data::Float(context),
            limit.map_or(Data::None, Data::Int),
            user,
            tool,
            Data::Bool(success),
            ms.map_or(Data::None, Data::Float),
            error,
        ]
    })
}

/// What slots have: now and then what breaks the promises of the schema, in one slot or in all. The answers must stay
/// the same.
pub(super) fn event() -> impl Strategy<Value = Vec<Data>> {
    let odd = (typed(), 0..SLOTS.len(), constant()).prop_map(|(mut event, at, data)| {
        event[at] = data;
        event
    });
    prop_oneof![8 => typed(), 2 => odd, 1 => prop::collection::vec(constant(), SLOTS.len())]
}

/// Code that is being written, with its constants and params.
#[derive(Default)]
struct Writer {
    code: Vec<Op>,
    consts: Vec<Data>,
    params: Vec<Data>,
}

/// Where jumps go until it is known.
const TO: Addr = Addr(0);

impl Writer {
    fn constant(&mut self, data: &Data) -> ConstId {
        self.consts.push(data.clone());
        ConstId(u16::try_from(self.consts.len() - 1).unwrap())
    }

    fn param(&mut self, data: &Data) -> InputId {
        self.params.push(data.clone());
        InputId(u16::try_from(self.params.len() - 1).unwrap())
    }

    fn load(&mut self, register: u8, data: &Data) {
        let k = self.constant(data);
        self.code.push(Op::LoadConst { dst: Dst(Reg(register)), k });
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Compare(op, slot, data, true) => {
                let input = self.param(data);
                self.code.push(Op::JumpUnlessSlotParam { op: *op, slot: *slot, input, to: TO });
            }
            Test::Compare(op, slot, data, false) => {
                let k = self.constant(data);
                self.code.push(Op::JumpUnlessSlot { op: *op, slot: *slot, k, to: TO });
            }
            Test::Presence(slot, jump) => {
                self.code.extend([Op::LoadSlot { dst: Dst(Reg(0)), slot: *slot }, *jump]);
            }
            Test::Affix(affix) => self.affix(affix),
        }
    }

    fn affix(&mut self, affix: &Affix) {
        self.code.push(Op::LoadSlot { dst: Dst(Reg(1)), slot: affix.slot });
        let dst = Dst(Reg(2));
        match &affix.wanted {
            Wanted::One(data) => self.load(2, data),
            Wanted::Param(data) => {
                let input = self.param(data);
                self.code.push(Op::LoadParam { dst, input });
            }
            Wanted::Tuple(items) => self.items(items, 3, Op::TupleEnd { dst }),
            Wanted::List(items) => self.items(items, 3, Op::ListEnd { dst }),
            Wanted::Clobbered(items) => self.items(items, 1, Op::TupleEnd { dst }),
        }
        if let Some(start) = affix.start {
            self.load(3, &Data::Int(start));
        }
        let (f, _) = builtin::method(affix.method).unwrap();
        let count = if affix.start.is_some() { 3 } else { 2 };
        self.code.push(Op::Call { dst: Dst(Reg(0)), f, args: Srcs(Reg(1)), count });
        let src = Src(Reg(0));
        self.code.push(match affix.negated {
            false => Op::JumpUnless { src, to: TO },
            true => Op::JumpIf { src, to: TO },
        });
    }

    fn items(&mut self, items: &[Data], register: u8, end: Op) {
        self.code.push(Op::ListBegin {});
        for item in items {
            self.load(register, item);
            self.code.push(Op::ListPush { src: Src(Reg(register)) });
        }
        self.code.push(end);
    }
}

/// The code of a rule, and the values of its params.
pub(super) fn compile((tests, tail): &Rule) -> (ChunkBuf, Vec<Data>) {
    let mut writer = Writer::default();
    tests.iter().for_each(|test| writer.test(test));
    if let Some(data) = tail {
        writer.code.push(Op::LoadSlot { dst: Dst(Reg(0)), slot: slot::TURN_NUMBER });
        writer.load(1, data);
        writer.code.push(Op::JumpUnlessCmp { op: CmpOp::Ge, lhs: Src(Reg(0)), rhs: Src(Reg(1)), to: TO });
    }
    writer.code.extend([Op::Accept {}, Op::Reject {}]);
    let Writer { mut code, consts, params } = writer;
    let reject = Addr(u16::try_from(code.len() - 1).unwrap());
    code.iter_mut().for_each(|op| op.set_target(reject));
    let count = u16::try_from(params.len()).unwrap();
    (ChunkBuf { code, consts, registers: 4, params: count, settings: 0 }, params)
}
