//! The types of results, from the types of arguments.

use std::sync::Arc;

use crate::ty::{Elem, Kinds, Ty};

fn nth(args: &[Ty], at: usize) -> Ty {
    args.get(at).cloned().unwrap_or_else(Ty::dynamic)
}

/// What has elements of its own.
const HOLDERS: Kinds = Kinds(Kinds::LIST.0 | Kinds::TUPLE.0 | Kinds::MAP.0 | Kinds::ITER.0);

/// The type of what has one type or the other.
pub(super) fn either(a: Ty, b: Ty) -> Ty {
    if a.kinds.is_never() {
        return b;
    }
    if b.kinds.is_never() {
        return a;
    }
    let elem = match (a.kinds.meets(HOLDERS), b.kinds.meets(HOLDERS)) {
        (true, true) if a.elem == b.elem => a.elem,
        (true, true) => Elem::Unknown,
        (true, false) => a.elem,
        (false, _) => b.elem,
    };
    let record = match (a.kinds.meets(Kinds::RECORD), b.kinds.meets(Kinds::RECORD)) {
        (true, true) if a.record == b.record => a.record,
        (true, false) => a.record,
        (false, true) => b.record,
        _ => None,
    };
    let shape = match (a.kinds.meets(Kinds::MAP), b.kinds.meets(Kinds::MAP)) {
        (true, true) if a.shape == b.shape => a.shape,
        (true, false) => a.shape,
        (false, true) => b.shape,
        _ => None,
    };
    Ty { kinds: a.kinds.union(b.kinds), dynamic: a.dynamic || b.dynamic, elem, record, shape }
}

fn held(elem: &Elem) -> Ty {
    match elem {
        Elem::Unknown => Ty::dynamic(),
        Elem::Each(ty) => Ty::clone(ty),
        Elem::Exactly(tys) => tys.iter().cloned().fold(Ty::of(Kinds::NEVER), either),
    }
}

/// The type of what iterating gives.
pub(super) fn element(of: &Ty) -> Ty {
    let mut ty = Ty::of(Kinds::NEVER);
    if of.kinds.meets(Kinds::STR.union(Kinds::MAP)) {
        ty = either(ty, Ty::of(Kinds::STR));
    }
    if of.kinds.meets(HOLDERS.minus(Kinds::MAP)) {
        let unknown = of.kinds.meets(Kinds::MAP) && of.elem != Elem::Unknown;
        ty = either(ty, if unknown { Ty::dynamic() } else { held(&of.elem) });
    }
    ty.dynamic |= of.dynamic;
    ty
}

/// The type of the values of a map.
fn map_value(of: &Ty) -> Ty {
    if of.kinds.meets(Kinds::STATE) || !of.kinds.within(Kinds::MAP.union(Kinds::NONE)) {
        return Ty::dynamic();
    }
    held(&of.elem)
}

fn iterator(elem: Ty) -> Ty {
    Ty { elem: Elem::Each(Arc::new(elem)), ..Ty::of(Kinds::ITER) }
}

/// Numbers as arithmetic sees them: a bool is an int.
fn arithmetic(kinds: Kinds) -> Kinds {
    if kinds.meets(Kinds::BOOL) { kinds.minus(Kinds::BOOL).union(Kinds::INT) } else { kinds }
}

pub(super) fn bool(_: &[Ty]) -> Ty {
    Ty::of(Kinds::BOOL)
}
pub(super) fn int(_: &[Ty]) -> Ty {
    Ty::of(Kinds::INT)
}
pub(super) fn float(_: &[Ty]) -> Ty {
    Ty::of(Kinds::FLOAT)
}
pub(super) fn text(_: &[Ty]) -> Ty {
    Ty::of(Kinds::STR)
}
pub(super) fn texts(_: &[Ty]) -> Ty {
    Ty::list(Ty::of(Kinds::STR))
}

pub(super) fn abs(args: &[Ty]) -> Ty {
    Ty::of(arithmetic(nth(args, 0).kinds.and(Kinds::NUMBER)))
}

pub(super) fn round(args: &[Ty]) -> Ty {
    let digits = args.get(1).map_or(Kinds::NONE, |ty| ty.kinds);
    let mut kinds = Kinds::NEVER;
    if digits.meets(Kinds::NONE) {
        kinds = Kinds::INT;
    }
    if !digits.within(Kinds::NONE) {
        kinds = kinds.union(arithmetic(nth(args, 0).kinds.and(Kinds::NUMBER)));
    }
    Ty::of(kinds)
}

pub(super) fn sum(args: &[Ty]) -> Ty {
    let summable = Kinds::NUMBER.union(Kinds::LIST).union(Kinds::TUPLE);
    let elem = element(&nth(args, 0));
    let start = args.get(1).cloned().unwrap_or_else(|| Ty::of(Kinds::INT));
    let kinds = arithmetic(elem.kinds.union(start.kinds).and(summable));
    // Without a list to start from, only numbers can be added up.
    let kinds = if start.kinds.within(Kinds::NUMBER) { kinds.and(Kinds::NUMBER) } else { kinds };
    Ty::of(kinds)
}

pub(super) fn extreme(args: &[Ty]) -> Ty {
    match args {
        [only] => element(only),
        _ => args.iter().cloned().fold(Ty::of(Kinds::NEVER), either),
    }
}

pub(super) fn extreme_or_default(args: &[Ty]) -> Ty {
    either(element(&nth(args, 0)), nth(args, 1))
}

pub(super) fn list_of_elements(args: &[Ty]) -> Ty {
    Ty::list(element(&nth(args, 0)))
}

pub(super) fn iterator_of_elements(args: &[Ty]) -> Ty {
    iterator(element(&nth(args, 0)))
}

pub(super) fn got(args: &[Ty]) -> Ty {
    let default = args.get(2).cloned().unwrap_or_else(|| Ty::of(Kinds::NONE));
    either(map_value(&nth(args, 0)), default)
}

pub(super) fn keys(_: &[Ty]) -> Ty {
    iterator(Ty::of(Kinds::STR))
}

pub(super) fn itself(args: &[Ty]) -> Ty {
    nth(args, 0)
}

pub(super) fn values(args: &[Ty]) -> Ty {
    iterator(map_value(&nth(args, 0)))
}

pub(super) fn pairs(args: &[Ty]) -> Ty {
    let pair = [Ty::of(Kinds::STR), map_value(&nth(args, 0))];
    iterator(Ty { elem: Elem::Exactly(Arc::from(pair)), ..Ty::of(Kinds::TUPLE) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_follow_their_arguments() {
        let ints = Ty::list(Ty::of(Kinds::INT));
        assert_eq!(extreme(std::slice::from_ref(&ints)), Ty::of(Kinds::INT));
        assert_eq!(
            extreme(&[Ty::of(Kinds::INT), Ty::of(Kinds::FLOAT)]).kinds,
            Kinds::INT.union(Kinds::FLOAT)
        );
        assert_eq!(sum(std::slice::from_ref(&ints)), Ty::of(Kinds::INT));
        assert_eq!(sum(&[Ty::list(Ty::of(Kinds::FLOAT))]).kinds, Kinds::INT.union(Kinds::FLOAT));
        assert_eq!(round(&[Ty::of(Kinds::FLOAT)]), Ty::of(Kinds::INT));
        assert_eq!(round(&[Ty::of(Kinds::FLOAT), Ty::of(Kinds::INT)]), Ty::of(Kinds::FLOAT));
        let map = Ty::map(Ty::of(Kinds::INT));
        let key = Ty::of(Kinds::STR);
        assert_eq!(got(&[map.clone(), key.clone()]), Ty::of(Kinds::INT).optional());
        assert_eq!(got(&[map.clone(), key, Ty::of(Kinds::INT)]), Ty::of(Kinds::INT));
        let Elem::Each(pair) = pairs(&[map]).elem else { panic!() };
        assert_eq!(pair.elem, Elem::Exactly(Arc::from([Ty::of(Kinds::STR), Ty::of(Kinds::INT)])));
        assert_eq!(element(&Ty::of(Kinds::STR)), Ty::of(Kinds::STR));
    }
}
