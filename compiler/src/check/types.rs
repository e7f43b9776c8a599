//! Calculating with types: unions, truth, and which kinds an operator takes.

use crate::hir::BinaryOp;
use oracle_vm::ty::{Elem, Kinds, Ty};
use oracle_vm::value::Data;
use std::sync::Arc;

/// The single kinds of a set.
pub(super) fn each(kinds: Kinds) -> impl Iterator<Item = Kinds> {
    (0..u16::BITS).map(|bit| Kinds(1 << bit)).filter(move |kind| kinds.meets(*kind))
}

/// The type of what is one or the other.
pub(super) fn union(one: Ty, other: Ty) -> Ty {
    if one.kinds.is_never() {
        return other;
    }
    if other.kinds.is_never() {
        return one;
    }
    const HOLDERS: Kinds = Kinds(Kinds::ITERABLE.0);
    let elem = if one.elem == other.elem || !other.kinds.meets(HOLDERS) {
        one.elem
    } else if one.kinds.meets(HOLDERS) {
        Elem::Unknown
    } else {
        other.elem
    };
    let record = if one.record == other.record || !other.kinds.meets(Kinds::RECORD) {
        one.record
    } else if one.kinds.meets(Kinds::RECORD) {
        None
    } else {
        other.record
    };
    let shape = if one.shape == other.shape || !other.kinds.meets(Kinds::MAP) {
        one.shape
    } else if one.kinds.meets(Kinds::MAP) {
        None
    } else {
        other.shape
    };
    Ty { kinds: one.kinds.union(other.kinds), dynamic: one.dynamic || other.dynamic, elem, record, shape }
}

/// The type of those values of a type that are true.
pub(super) fn truthy(ty: Ty) -> Ty {
    let kinds = ty.kinds.minus(Kinds::NONE);
    Ty { kinds, ..ty }
}

/// The type of those values of a type that are false.
pub(super) fn falsy(ty: Ty) -> Ty {
    let kinds = ty.kinds.minus(Kinds::RECORD);
    Ty { kinds, ..ty }
}

/// The kinds that values equal to one of this kind may have.
pub(super) fn equal_kinds(kinds: Kinds) -> Kinds {
    if kinds.meets(Kinds::NUMBER) { kinds.union(Kinds::NUMBER) } else { kinds }
}

/// Whether some value of one set can be ordered against some value of the other.
pub(super) fn orderable(one: Kinds, other: Kinds) -> bool {
    !order_partner(one, other).is_never()
}

/// The kinds of `one` that can be ordered against `other`.
pub(super) fn order_partner(one: Kinds, other: Kinds) -> Kinds {
    let numbers = if other.meets(Kinds::NUMBER) { one.and(Kinds::NUMBER) } else { Kinds::NEVER };
    let same = Kinds::STR.union(Kinds::LIST).union(Kinds::TUPLE);
    numbers.union(one.and(other).and(same))
}

/// What arithmetic on two single kinds gives; nothing where it does not work.
fn pair(op: BinaryOp, lhs: Kinds, rhs: Kinds, exponent: Option<&Data>) -> Kinds {
    if lhs.within(Kinds::NUMBER) && rhs.within(Kinds::NUMBER) {
        let whole = lhs.within(Kinds::WHOLE) && rhs.within(Kinds::WHOLE);
        return match op {
            BinaryOp::Div => Kinds::FLOAT,
            _ if !whole => Kinds::FLOAT,
            BinaryOp::Pow => match exponent {
                Some(Data::Int(exponent)) if *exponent < 0 => Kinds::FLOAT,
                Some(_) => Kinds::INT,
                None if rhs == Kinds::BOOL => Kinds::INT,
                None => Kinds::INT.union(Kinds::FLOAT),
            },
            _ => Kinds::INT,
        };
    }
    let rows = Kinds::STR.union(Kinds::LIST).union(Kinds::TUPLE);
    match op {
        BinaryOp::Add if lhs == rhs && lhs.within(rows) => lhs,
        BinaryOp::Mul if lhs.within(rows) && rhs.within(Kinds::WHOLE) => lhs,
        BinaryOp::Mul if rhs.within(rows) && lhs.within(Kinds::WHOLE) => rhs,
        _ => Kinds::NEVER,
    }
}

/// What arithmetic can work with and what it gives.
pub(super) struct Arithmetic {
    /// The kinds of the left operand with which it can work.
    pub(super) lhs: Kinds,
    /// The kinds of the right operand with which it can work.
    pub(super) rhs: Kinds,
    /// The kinds of the result.
    pub(super) result: Kinds,
}

/// Tries every pair of kinds. `exponent` is the right operand where it is a constant.
pub(super) fn arithmetic(op: BinaryOp, lhs: Kinds, rhs: Kinds, exponent: Option<&Data>) -> Arithmetic {
    let mut all = Arithmetic { lhs: Kinds::NEVER, rhs: Kinds::NEVER, result: Kinds::NEVER };
    for left in each(lhs) {
        for right in each(rhs) {
            let result = pair(op, left, right, exponent);
            if !result.is_never() {
                all.lhs = all.lhs.union(left);
                all.rhs = all.rhs.union(right);
                all.result = all.result.union(result);
            }
        }
    }
    all
}

/// The type of the elements of what is iterated. Texts give texts, maps give their keys.
pub(super) fn element(ty: &Ty) -> Ty {
    let mut found = Ty::of(Kinds::NEVER);
    if ty.kinds.meets(Kinds::STR.union(Kinds::MAP)) {
        found = Ty::of(Kinds::STR);
    }
    if ty.kinds.meets(Kinds::LIST.union(Kinds::TUPLE).union(Kinds::ITER)) {
        // A map's `elem` is about its values; where it may be a map, too, nothing is known about a list's.
        let held = if ty.kinds.meets(Kinds::MAP) { Ty::dynamic() } else { held(&ty.elem) };
        found = union(held, found);
    }
    found
}

/// The type of what a list, tuple or map holds.
pub(super) fn held(elem: &Elem) -> Ty {
    match elem {
        Elem::Unknown => Ty::dynamic(),
        Elem::Each(ty) => ty.as_ref().clone(),
        Elem::Exactly(items) => items.iter().cloned().fold(Ty::of(Kinds::NEVER), union),
    }
}

/// The type of a constant.
pub(super) fn of_constant(data: &Data) -> Ty {
    match data {
        Data::None => Ty::of(Kinds::NONE),
        Data::Bool(_) => Ty::of(Kinds::BOOL),
        Data::Int(_) | Data::Big(_) => Ty::of(Kinds::INT),
        Data::Float(_) => Ty::of(Kinds::FLOAT),
        Data::Str(_) => Ty::of(Kinds::STR),
        Data::List(items) => Ty::list(items.iter().map(of_constant).fold(Ty::of(Kinds::NEVER), union)),
        Data::Map(_) => Ty::map(Ty::dynamic()),
        Data::Record(record) => Ty { record: Some(record.id), ..Ty::of(Kinds::RECORD) },
    }
}

/// A list of what these types hold together.
pub(super) fn list_of(items: impl Iterator<Item = Ty>) -> Ty {
    Ty { elem: Elem::Each(Arc::new(items.fold(Ty::of(Kinds::NEVER), union))), ..Ty::of(Kinds::LIST) }
}
