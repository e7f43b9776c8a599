//! The one type language: what the schema declares, the checker infers and the builtins ask for.
//!
//! A type is a set of [`Kinds`] together with what is known about elements, records and map keys. An
//! optional `T` is the kinds of `T` and `NONE`; a dynamic value is every kind that JSON has. Union, narrowing
//! and "can never work" are union, intersection and emptiness of sets.

use std::sync::Arc;

use crate::schema::{RecordId, ShapeId};

/// A set of the kinds that a value may have at run time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Kinds(pub u16);

impl Kinds {
    /// No kind at all: the type of what can never have a value.
    pub const NEVER: Kinds = Kinds(0);
    /// `None`.
    pub const NONE: Kinds = Kinds(1);
    /// `True` and `False`.
    pub const BOOL: Kinds = Kinds(1 << 1);
    /// 64-bit integers.
    pub const INT: Kinds = Kinds(1 << 2);
    /// IEEE doubles.
    pub const FLOAT: Kinds = Kinds(1 << 3);
    /// Text.
    pub const STR: Kinds = Kinds(1 << 4);
    /// Lists.
    pub const LIST: Kinds = Kinds(1 << 5);
    /// Tuples: the pairs of `items()`, and tuple literals.
    pub const TUPLE: Kinds = Kinds(1 << 6);
    /// Maps with text keys.
    pub const MAP: Kinds = Kinds(1 << 7);
    /// Records of the context: tool calls, the event, the result.
    pub const RECORD: Kinds = Kinds(1 << 8);
    /// The state of the plugin: not a value, only a receiver of `get`, `has` and `keys`.
    pub const STATE: Kinds = Kinds(1 << 9);
    /// What `reversed`, `keys`, `values`, `items` and generators give: to be iterated at once, not to be kept.
    pub const ITER: Kinds = Kinds(1 << 10);

    /// `bool`, `int` and `float`: what arithmetic takes.
    pub const NUMBER: Kinds = Kinds(Self::BOOL.0 | Self::INT.0 | Self::FLOAT.0);
    /// What arithmetic on whole numbers takes.
    pub const WHOLE: Kinds = Kinds(Self::BOOL.0 | Self::INT.0);
    /// Everything that JSON can hold.
    pub const JSON: Kinds = Kinds(Self::NONE.0 | Self::NUMBER.0 | Self::STR.0 | Self::LIST.0 | Self::MAP.0);
    /// Everything with a length.
    pub const SIZED: Kinds = Kinds(Self::STR.0 | Self::LIST.0 | Self::TUPLE.0 | Self::MAP.0);
    /// Everything that can be iterated.
    pub const ITERABLE: Kinds = Kinds(Self::SIZED.0 | Self::ITER.0);
    /// Every kind that a value can have at run time.
    pub const VALUE: Kinds = Kinds(Self::JSON.0 | Self::TUPLE.0 | Self::RECORD.0);

    /// Kinds in either set.
    pub const fn union(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }
    /// Kinds in both sets.
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }
    /// Kinds of this set that are not in the other.
    pub const fn minus(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }
    /// Whether the set is empty.
    pub const fn is_never(self) -> bool {
        self.0 == 0
    }
    /// Whether every kind of this set is in the other.
    pub const fn within(self, other: Kinds) -> bool {
        self.0 & !other.0 == 0
    }
    /// Whether the sets have a kind in common.
    pub const fn meets(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }
}

const NAMES: &[(Kinds, &str)] = &[
    (Kinds::BOOL, "bool"),
    (Kinds::INT, "int"),
    (Kinds::FLOAT, "float"),
    (Kinds::STR, "text"),
    (Kinds::LIST, "list"),
    (Kinds::TUPLE, "tuple"),
    (Kinds::MAP, "map"),
    (Kinds::RECORD, "record"),
    (Kinds::STATE, "state"),
    (Kinds::ITER, "iterator"),
    (Kinds::NONE, "None"),
];

impl std::fmt::Display for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Kinds::NEVER {
            return f.write_str("nothing");
        }
        if Kinds::JSON.within(*self) {
            return f.write_str("any value");
        }
        let mut first = true;
        for (kind, name) in NAMES {
            if self.meets(*kind) {
                if !first {
                    f.write_str(" or ")?;
                }
                first = false;
                f.write_str(name)?;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kinds({self})")
    }
}

/// What is known about the elements of a list, tuple, map or iterator.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Elem {
    /// Nothing: they are dynamic.
    #[default]
    Unknown,
    /// Every element (of a map: every value) has this type.
    Each(Arc<Ty>),
    /// Exactly these elements, in this order: a tuple.
    Exactly(Arc<[Ty]>),
}

/// What is known about a value before it exists.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ty {
    /// The kinds it may have.
    pub kinds: Kinds,
    /// Comes from data whose kind nobody declared (payloads, settings maps, tool arguments, state): operations
    /// that may fail on it are not warned about.
    pub dynamic: bool,
    /// Its elements, where it has any.
    pub elem: Elem,
    /// Which record it is, where it may be one.
    pub record: Option<RecordId>,
    /// Its known keys, where it may be a map of a known shape.
    pub shape: Option<ShapeId>,
}

impl Ty {
    /// A type of these kinds with nothing more known.
    pub const fn of(kinds: Kinds) -> Ty {
        Ty { kinds, dynamic: false, elem: Elem::Unknown, record: None, shape: None }
    }
    /// A value of undeclared kind.
    pub const fn dynamic() -> Ty {
        Ty { kinds: Kinds::JSON, dynamic: true, elem: Elem::Unknown, record: None, shape: None }
    }
    /// A list whose elements have this type.
    pub fn list(elem: Ty) -> Ty {
        Ty { elem: Elem::Each(Arc::new(elem)), ..Ty::of(Kinds::LIST) }
    }
    /// A map whose values have this type.
    pub fn map(value: Ty) -> Ty {
        Ty { elem: Elem::Each(Arc::new(value)), ..Ty::of(Kinds::MAP) }
    }
    /// The same type, or `None`.
    pub fn optional(mut self) -> Ty {
        self.kinds = self.kinds.union(Kinds::NONE);
        self
    }
    /// Whether it may be `None`.
    pub fn is_optional(&self) -> bool {
        self.kinds.meets(Kinds::NONE)
    }
    /// The same type with fewer kinds.
    pub fn narrowed(mut self, to: Kinds) -> Ty {
        self.kinds = self.kinds.and(to);
        self
    }
}

/// A type as a table declares it: the constant form of [`Ty`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TyDesc {
    /// `True` or `False`.
    Bool,
    /// A 64-bit integer.
    Int,
    /// A double.
    Float,
    /// Text.
    Str,
    /// One of a few known texts.
    OneOf(&'static [&'static str]),
    /// A point in time: seconds since 1970-01-01 UTC, as a float.
    Time,
    /// Anything that JSON holds.
    Dyn,
    /// A map with text keys and dynamic values.
    DynMap,
    /// A map with text keys and values of one type.
    Map(&'static TyDesc),
    /// A list with elements of one type.
    List(&'static TyDesc),
    /// A record of the schema.
    Record(RecordId),
    /// A map with known keys, and others.
    Shape(ShapeId),
    /// The type, or `None`.
    Opt(&'static TyDesc),
    /// The plugin's state.
    State,
}

impl TyDesc {
    /// The type that this row declares.
    pub fn ty(&self) -> Ty {
        match *self {
            TyDesc::Bool => Ty::of(Kinds::BOOL),
            TyDesc::Int => Ty::of(Kinds::INT),
            TyDesc::Float | TyDesc::Time => Ty::of(Kinds::FLOAT),
            TyDesc::Str | TyDesc::OneOf(_) => Ty::of(Kinds::STR),
            TyDesc::Dyn => Ty::dynamic(),
            TyDesc::DynMap => Ty::map(Ty::dynamic()),
            TyDesc::Map(value) => Ty::map(value.ty()),
            TyDesc::List(elem) => Ty::list(elem.ty()),
            TyDesc::Record(id) => Ty { record: Some(id), ..Ty::of(Kinds::RECORD) },
            TyDesc::Shape(id) => Ty { shape: Some(id), ..Ty::map(Ty::dynamic()) },
            TyDesc::Opt(inner) => inner.ty().optional(),
            TyDesc::State => Ty::of(Kinds::STATE),
        }
    }
}
