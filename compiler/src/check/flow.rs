//! What is known about places at a point of the evaluation.
//!
//! A place is a slot, a variable, or something that hangs on one by fields and known keys. Nothing changes during
//! an evaluation, so what is known about a place stays true, as long as the way to this point was the same.

use crate::hir::LocalId;
use oracle_vm::ids::{BuiltinId, FieldId, InputId, SlotId};
use oracle_vm::ty::Kinds;
use oracle_vm::value::Text;

/// Where a place begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Root {
    Slot(SlotId),
    Local(LocalId),
    Param(InputId),
    Setting(InputId),
    /// The plugin's state.
    State,
}

/// One step from a place to a part of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Field(FieldId),
    /// `.name`, `['name']`
    Key(Text),
    /// `[3]`
    At(i64),
    /// `.get('name')`
    Got(BuiltinId, Text),
}

/// Something that has the same value wherever it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) root: Root,
    pub(super) steps: Vec<Step>,
}

/// One thing that is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// The place has one of these kinds.
    Kinds(Place, Kinds),
    /// The map at the place has this key.
    Key(Place, Text),
}

/// What is known after an expression, besides what is known whatever its truth.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// When it is true.
    pub(super) yes: Vec<Fact>,
    /// When it is false.
    pub(super) no: Vec<Fact>,
}

impl Flow {
    /// After `not`.
    pub(super) fn negated(self) -> Flow {
        Flow { yes: self.no, no: self.yes }
    }
}

/// What is known on both of two ways.
pub(super) fn join(one: &[Fact], other: &[Fact]) -> Vec<Fact> {
    let mut both = Vec::new();
    for fact in one {
        match fact {
            Fact::Key(..) if other.contains(fact) => both.push(fact.clone()),
            Fact::Key(..) => {}
            Fact::Kinds(place, _) => {
                let (mine, theirs) = (kinds_at(one, place), kinds_at(other, place));
                if let (Some(mine), Some(theirs)) = (mine, theirs) {
                    let fact = Fact::Kinds(place.clone(), mine.union(theirs));
                    if !both.contains(&fact) {
                        both.push(fact);
                    }
                }
            }
        }
    }
    both
}

/// The kinds that a place may still have; `None` when nothing is known about it.
pub(super) fn kinds_at(facts: &[Fact], place: &Place) -> Option<Kinds> {
    facts.iter().fold(None, |known: Option<Kinds>, fact| match fact {
        Fact::Kinds(at, kinds) if at == place => Some(known.map_or(*kinds, |known| known.and(*kinds))),
        _ => known,
    })
}
