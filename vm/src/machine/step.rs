//! One step: what each instruction does. The match has an arm for every one; what takes more than a line is a
//! function below it.

use bumpalo::collections::Vec as BumpVec;

use super::run::Run;
use crate::builtin::Env;
use crate::fault::Trouble;
use crate::ids::{Addr, BuiltinId, ConstId, InputId, PatternId, Reg, SlotId};
use crate::limits;
use crate::op::{CmpOp, Dst, Op, Src, Srcs};
use crate::value::{Data, Value, ops};

/// Where the run goes on.
pub(super) enum Flow {
    /// At the next instruction.
    Next,
    /// At this address.
    Goto(Addr),
    /// Nowhere: the result is in this register.
    Done(Reg),
    /// Nowhere: this is the result.
    Truth(bool),
}

/// Boxed here, where errors are rare: a step's result is handed on in registers then.
type Step = Result<Flow, Box<Trouble>>;

impl<'a, const N: usize> Run<'a, N> {
    #[inline(always)]
    pub(super) fn step(&mut self, op: &Op) -> Step {
        match *op {
            Op::LoadSlot { dst, slot } => self.put(dst, self.frame.get(slot)),
            Op::LoadConst { dst, k } => self.put(dst, self.constant(k)),
            Op::LoadParam { dst, input } => self.put(dst, input_value(self.scope.params, input.index())),
            Op::LoadSetting { dst, input } => self.put(dst, input_value(self.scope.settings, input.index())),
            Op::LoadState { dst } => self.put(dst, Value::Map(self.scope.state)),
            Op::Move { dst, src } => self.put(dst, self.get(src.0)),
            Op::Field { dst, src, f } => self.field(dst, src, f.index()),
            Op::Attr { dst, src, name } => self.attribute(dst, src, name),
            Op::Index { dst, src, index } => {
                let value = ops::index(self.get(src.0), self.get(index.0), &mut self.work)?;
                self.put(dst, value)
            }
            Op::Slice { dst, src, bounds, count: _ } => self.slice(dst, src, bounds),
            Op::Not { dst, src } => self.put(dst, Value::Bool(!self.truth(src))),
            Op::Truth { dst, src } => self.put(dst, Value::Bool(self.truth(src))),
            Op::Neg { dst, src } => self.put(dst, ops::neg(self.get(src.0))?),
            Op::Pos { dst, src } => self.put(dst, ops::pos(self.get(src.0))?),
            Op::Add { dst, lhs, rhs } => {
                if let Some(sum) = self.whole(lhs, rhs, i64::checked_add) {
                    return self.put(dst, Value::Int(sum));
                }
                let value = ops::add(self.get(lhs.0), self.get(rhs.0), &mut self.work)?;
                self.put(dst, value)
            }
            Op::Sub { dst, lhs, rhs } => match self.whole(lhs, rhs, i64::checked_sub) {
                Some(difference) => self.put(dst, Value::Int(difference)),
                None => self.put(dst, ops::sub(self.get(lhs.0), self.get(rhs.0))?),
            },
            Op::Mul { dst, lhs, rhs } => {
                let value = ops::mul(self.get(lhs.0), self.get(rhs.0), &mut self.work)?;
                self.put(dst, value)
            }
            Op::Div { dst, lhs, rhs } => self.put(dst, ops::div(self.get(lhs.0), self.get(rhs.0))?),
            Op::FloorDiv { dst, lhs, rhs } => {
                self.put(dst, ops::floor_div(self.get(lhs.0), self.get(rhs.0))?)
            }
            Op::Mod { dst, lhs, rhs } => self.put(dst, ops::modulo(self.get(lhs.0), self.get(rhs.0))?),
            Op::Pow { dst, lhs, rhs } => self.put(dst, ops::pow(self.get(lhs.0), self.get(rhs.0))?),
            Op::Compare { dst, op, lhs, rhs } => {
                let holds = self.compare(op, lhs, rhs)?;
                self.put(dst, Value::Bool(holds))
            }
            Op::Is { dst, src, what } => self.put(dst, Value::Bool(ops::is(self.get(src.0), what))),
            Op::Matches { dst, src, pattern } => self.matches(dst, src, pattern),
            Op::Jump { to } => Ok(Flow::Goto(to)),
            Op::JumpIf { src, to } => jump(self.truth(src), to),
            Op::JumpUnless { src, to } => jump(!self.truth(src), to),
            Op::JumpIfNone { src, to } => jump(self.is_none(src), to),
            Op::JumpUnlessNone { src, to } => jump(!self.is_none(src), to),
            Op::JumpUnlessCmp { op, lhs, rhs, to } => jump(!self.compare(op, lhs, rhs)?, to),
            Op::JumpIfCmp { op, lhs, rhs, to } => jump(self.compare(op, lhs, rhs)?, to),
            Op::JumpUnlessSlot { op, slot, k, to } => jump(!self.compare_slot(op, slot, k)?, to),
            Op::JumpIfSlot { op, slot, k, to } => jump(self.compare_slot(op, slot, k)?, to),
            Op::JumpUnlessSlotParam { op, slot, input, to } => {
                jump(!self.compare_param(op, slot, input)?, to)
            }
            Op::JumpIfSlotParam { op, slot, input, to } => jump(self.compare_param(op, slot, input)?, to),
            Op::IterBegin { dst, src } => self.iter_begin(dst, src),
            Op::IterNext { iter, to } => self.iter_next(iter.0, to),
            Op::IterLoop { to } => Ok(Flow::Goto(to)),
            Op::Unpack { dst, src, count } => self.unpack(dst, src, count),
            Op::ListBegin {} => self.list_begin(),
            Op::ListPush { src } => self.list_push(src),
            Op::ListEnd { dst } => {
                let items = self.list_end()?;
                self.put(dst, Value::List(items))
            }
            Op::TupleEnd { dst } => {
                let items = self.list_end()?;
                self.put(dst, Value::Tuple(items))
            }
            Op::Call { dst, f, args, count } => self.call(dst, f, args, count),
            Op::Return { src } => Ok(Flow::Done(src.0)),
            Op::Accept {} => Ok(Flow::Truth(true)),
            Op::Reject {} => Ok(Flow::Truth(false)),
        }
    }

    #[inline(always)]
    fn put(&mut self, dst: Dst, value: Value<'a>) -> Step {
        self.set(dst.0, value);
        Ok(Flow::Next)
    }

    #[inline(always)]
    fn constant(&self, k: ConstId) -> Value<'a> {
        self.chunk.constant(k).unwrap_or_default()
    }

    #[inline(always)]
    fn truth(&self, src: Src) -> bool {
        match self.peek(src.0) {
            Value::Bool(truth) => *truth,
            other => ops::truth(*other),
        }
    }

    #[inline(always)]
    fn is_none(&self, src: Src) -> bool {
        matches!(self.peek(src.0), Value::None)
    }

    /// What comes of two whole numbers; `None` where there are none or the result is none.
    #[inline(always)]
    fn whole(&self, lhs: Src, rhs: Src, op: impl Fn(i64, i64) -> Option<i64>) -> Option<i64> {
        match (self.peek(lhs.0), self.peek(rhs.0)) {
            (Value::Int(x), Value::Int(y)) => op(*x, *y),
            _ => None,
        }
    }

    /// Compares in place what most conditions compare, and leaves the rest to the operators.
    #[inline(always)]
    fn compare(&mut self, op: CmpOp, lhs: Src, rhs: Src) -> Result<bool, Trouble> {
        /// Shorter texts are compared without paying.
        const FREE: usize = 64;
        match (self.peek(lhs.0), self.peek(rhs.0)) {
            (Value::Int(x), Value::Int(y)) if is_order(op) => Ok(order(op, x, y)),
            (Value::Float(x), Value::Float(y)) if is_order(op) => Ok(order(op, x, y)),
            (Value::Str(x, _), Value::Str(y, _)) if op == CmpOp::Eq && x.len() < FREE => Ok(same_text(x, y)),
            (Value::Str(x, _), Value::Str(y, _)) if op == CmpOp::Ne && x.len() < FREE => Ok(!same_text(x, y)),
            (left, right) => {
                let (left, right) = (*left, *right);
                self.compare_values(op, left, right)
            }
        }
    }

    /// Compares in place what most conditions compare, and leaves the rest to the operators.
    #[inline(always)]
    fn compare_slot(&mut self, op: CmpOp, slot: SlotId, k: ConstId) -> Result<bool, Trouble> {
        let left = self.frame.peek(slot);
        match (left, self.chunk.constant(k)) {
            (Value::Float(x), Some(Value::Float(y))) if is_order(op) => Ok(order(op, x, &y)),
            (Value::Int(x), Some(Value::Int(y))) if is_order(op) => Ok(order(op, x, &y)),
            (Value::Str(x, _), Some(Value::Str(y, _))) if op == CmpOp::Eq => Ok(same_text(x, y)),
            (Value::Str(x, _), Some(Value::Str(y, _))) if op == CmpOp::Ne => Ok(!same_text(x, y)),
            (left, Some(right)) => self.compare_values(op, *left, right),
            (_, None) => Err(broken()),
        }
    }

    fn compare_param(&mut self, op: CmpOp, slot: SlotId, input: InputId) -> Result<bool, Trouble> {
        let right = input_value(self.scope.params, input.index());
        ops::compare(op, self.frame.get(slot), right, &mut self.work)
    }

    #[inline(never)]
    fn compare_values(&mut self, op: CmpOp, left: Value<'a>, right: Value<'a>) -> Result<bool, Trouble> {
        ops::compare(op, left, right, &mut self.work)
    }

    #[inline(always)]
    fn field(&mut self, dst: Dst, src: Src, at: usize) -> Step {
        match *self.peek(src.0) {
            Value::Record(record) => match record.fields.get(at) {
                Some(field) => self.put(dst, field.value()),
                None => Err(broken()),
            },
            other => Err(Trouble::Operand("a field", other.kind()).into()),
        }
    }

    fn attribute(&mut self, dst: Dst, src: Src, name: ConstId) -> Step {
        match self.chunk.constant(name) {
            Some(Value::Str(name, _)) => self.put(dst, ops::attribute(self.get(src.0), name)?),
            _ => Err(broken()),
        }
    }

    fn slice(&mut self, dst: Dst, src: Src, bounds: Srcs) -> Step {
        let from = self.get(bounds.0);
        let to = self.get(Self::after(bounds.0, 1));
        let step = self.get(Self::after(bounds.0, 2));
        let value = ops::slice(self.get(src.0), from, to, step, &mut self.work)?;
        self.put(dst, value)
    }

    fn matches(&mut self, dst: Dst, src: Src, pattern: PatternId) -> Step {
        match (self.get(src.0), self.pack.pattern(pattern)) {
            (Value::Str(text, _), Some(pattern)) => {
                self.work.spend_bytes(text.len())?;
                self.put(dst, Value::Bool(pattern.is_match(text)))
            }
            (other, Some(_)) => Err(Trouble::Operand("matches", other.kind()).into()),
            (_, None) => Err(broken()),
        }
    }

    fn iter_begin(&mut self, dst: Dst, src: Src) -> Step {
        let iterated = self.get(src.0);
        if iterated.items().is_none() {
            return Err(Trouble::Operand("for", iterated.kind()).into());
        }
        self.set(dst.0, iterated);
        self.set(Self::after(dst.0, 1), Value::Int(0));
        Ok(Flow::Next)
    }

    #[inline(always)]
    fn iter_next(&mut self, iter: Reg, to: Addr) -> Step {
        let position = Self::after(iter, 1);
        if let (Value::Data(items), Value::Int(at)) = (self.peek(iter), self.peek(position))
            && let Ok(at) = usize::try_from(*at)
        {
            let Some(item) = items.get(at) else { return Ok(Flow::Goto(to)) };
            if let Some(Value::Int(at)) = self.registers.get_mut(position.index()) {
                *at = at.saturating_add(1);
            }
            self.set(Self::after(iter, 2), item.value());
            return Ok(Flow::Next);
        }
        self.iter_next_of_any(iter, to)
    }

    #[inline(never)]
    fn iter_next_of_any(&mut self, iter: Reg, to: Addr) -> Step {
        let (Some(items), Value::Int(position)) = (self.get(iter).items(), self.get(Self::after(iter, 1)))
        else {
            return Err(broken());
        };
        let Ok(mut cursor) = usize::try_from(position) else { return Err(broken()) };
        match items.next(&mut cursor) {
            Some(item) => {
                self.set(Self::after(iter, 1), Value::Int(i64::try_from(cursor).unwrap_or(i64::MAX)));
                self.set(Self::after(iter, 2), item);
                Ok(Flow::Next)
            }
            None => Ok(Flow::Goto(to)),
        }
    }

    fn unpack(&mut self, dst: Dst, src: Src, count: u8) -> Step {
        let value = self.get(src.0);
        let Some(items) = value.items() else {
            return Err(Trouble::Operand("unpacking", value.kind()).into());
        };
        if items.len() != usize::from(count) {
            return Err(Trouble::Unpack(count.into(), items.len() as u64).into());
        }
        for (nth, item) in (0..count).zip(items.iter()) {
            self.set(Self::after(dst.0, nth), item);
        }
        Ok(Flow::Next)
    }

    fn list_begin(&mut self) -> Step {
        self.work.claim_list(self.lists.len())?;
        self.lists.push(BumpVec::new_in(self.work.arena));
        Ok(Flow::Next)
    }

    fn list_push(&mut self, src: Src) -> Step {
        let value = self.get(src.0);
        let Some(list) = self.lists.last_mut() else { return Err(broken()) };
        if list.len() >= limits::LIST_ITEMS {
            return Err(Trouble::Limit("elements of a list", limits::LIST_ITEMS as u64).into());
        }
        list.push(value);
        Ok(Flow::Next)
    }

    fn list_end(&mut self) -> Result<&'a [Value<'a>], Trouble> {
        match self.lists.pop() {
            Some(list) => Ok(list.into_bump_slice()),
            None => Err(broken()),
        }
    }

    fn call(&mut self, dst: Dst, f: BuiltinId, args: Srcs, count: u8) -> Step {
        let first = args.0.index();
        let args = self.registers.get(first..first + usize::from(count));
        let (Some(row), Some(args)) = (f.row(), args) else { return Err(broken()) };
        self.work.spend(row.fuel)?;
        let value = (row.eval)(&mut Env { frame: self.frame, work: &mut self.work }, args)?;
        self.put(dst, value)
    }
}

#[inline(always)]
fn jump(goes: bool, to: Addr) -> Step {
    Ok(if goes { Flow::Goto(to) } else { Flow::Next })
}

#[inline(always)]
fn is_order(op: CmpOp) -> bool {
    !matches!(op, CmpOp::In | CmpOp::NotIn)
}

#[inline(always)]
fn order<T: PartialOrd>(op: CmpOp, x: &T, y: &T) -> bool {
    match op {
        CmpOp::Eq => x == y,
        CmpOp::Ne | CmpOp::In | CmpOp::NotIn => x != y,
        CmpOp::Lt => x < y,
        CmpOp::Le => x <= y,
        CmpOp::Gt => x > y,
        CmpOp::Ge => x >= y,
    }
}

/// Lengths first: most texts that differ differ there.
#[inline(always)]
fn same_text(x: &str, y: &str) -> bool {
    x.len() == y.len() && x == y
}

#[inline(always)]
fn input_value(inputs: &[Data], at: usize) -> Value<'_> {
    inputs.get(at).map(Data::value).unwrap_or_default()
}

/// What the verifier excludes: reached only by a machine that runs something else.
#[cold]
fn broken<E: From<Trouble>>() -> E {
    Trouble::Value("run: the code is broken", "the condition".into()).into()
}
