//! The value of a node whose operands are constants: computed by the machine's own operators, so that it is the
//! value the machine would have found.

use super::{BinaryOp, CmpOp, ExprId, ExprKind};
use oracle_vm::fault::Trouble;
use oracle_vm::value::ops::{self, Work};
use oracle_vm::value::{Data, Value};

/// Larger results are left to the machine: a pack should not hold what a short expression makes.
const TEXT_BYTES: usize = 256;
const LIST_ITEMS: usize = 64;

/// The truth of a constant.
pub fn constant_truth(data: &Data) -> bool {
    ops::truth(data.value())
}

/// What the node gives, where that needs nothing but constants: `None` where it needs more, or where the result
/// is too large to be kept. `known` gives the value of an operand that is a constant.
pub fn evaluate<'d>(
    kind: &ExprKind,
    known: &dyn Fn(ExprId) -> Option<&'d Data>,
) -> Option<Result<Data, Trouble>> {
    let operand = |id: &ExprId| known(*id).map(Data::value);
    let arena = bumpalo::Bump::new();
    let mut work = Work::new(&arena);
    let value = match kind {
        ExprKind::Not(of) => Ok(Value::Bool(!ops::truth(operand(of)?))),
        ExprKind::Neg(of) => ops::neg(operand(of)?),
        ExprKind::Pos(of) => ops::pos(operand(of)?),
        ExprKind::Binary(op, lhs, rhs) => binary(*op, operand(lhs)?, operand(rhs)?, &mut work),
        ExprKind::Is(of, what) => Ok(Value::Bool(ops::is(operand(of)?, *what))),
        ExprKind::Index(of, index) => ops::index(operand(of)?, operand(index)?, &mut work),
        ExprKind::Compare(first, links) => {
            let links: Option<Vec<_>> = links.iter().map(|(op, rhs)| Some((*op, operand(rhs)?))).collect();
            chain(operand(first)?, &links?, &mut work)
        }
        ExprKind::List(items) if items.len() <= LIST_ITEMS => {
            return Some(Ok(Data::list(
                items.iter().map(|item| known(*item).cloned()).collect::<Option<_>>()?,
            )));
        }
        _ => return None,
    };
    match value {
        Ok(value) => value.to_data().filter(is_small).map(Ok),
        // What a limit stops is for the machine to say.
        Err(Trouble::Limit(..)) => None,
        Err(trouble) => Some(Err(trouble)),
    }
}

fn binary<'a>(
    op: BinaryOp,
    lhs: Value<'a>,
    rhs: Value<'a>,
    work: &mut Work<'a>,
) -> Result<Value<'a>, Trouble> {
    match op {
        BinaryOp::Add => ops::add(lhs, rhs, work),
        BinaryOp::Sub => ops::sub(lhs, rhs),
        BinaryOp::Mul => ops::mul(lhs, rhs, work),
        BinaryOp::Div => ops::div(lhs, rhs),
        BinaryOp::FloorDiv => ops::floor_div(lhs, rhs),
        BinaryOp::Mod => ops::modulo(lhs, rhs),
        BinaryOp::Pow => ops::pow(lhs, rhs),
    }
}

fn chain<'a>(
    mut lhs: Value<'a>,
    links: &[(CmpOp, Value<'a>)],
    work: &mut Work<'a>,
) -> Result<Value<'a>, Trouble> {
    for (op, rhs) in links {
        if !ops::compare(*op, lhs, *rhs, work)? {
            return Ok(Value::Bool(false));
        }
        lhs = *rhs;
    }
    Ok(Value::Bool(true))
}

fn is_small(data: &Data) -> bool {
    match data {
        Data::Str(text) => text.as_str().len() <= TEXT_BYTES,
        Data::List(items) => items.len() <= LIST_ITEMS,
        _ => true,
    }
}
