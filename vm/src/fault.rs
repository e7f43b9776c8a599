//! What fails at run time: one small enum with data, put into words only when someone reads it.

use crate::ids::Addr;
use crate::ty::Kinds;

/// The kind of a run-time error, as machines read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// An operand of the wrong kind.
    Type,
    /// A value that has no such attribute or method.
    Attribute,
    /// A key that the map does not have.
    Key,
    /// A position outside the list or text.
    Index,
    /// Division or remainder by zero.
    ZeroDivision,
    /// A number beyond 64 bits, or a float beyond its range.
    Overflow,
    /// A value of the right kind that the operation cannot take.
    Value,
    /// `None` where something was needed.
    None,
    /// A limit of [`crate::limits`].
    Limit,
}

impl FaultKind {
    /// The name used in machine-readable output, such as `zero_division`.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Type => "type",
            FaultKind::Attribute => "attribute",
            FaultKind::Key => "key",
            FaultKind::Index => "index",
            FaultKind::ZeroDivision => "zero_division",
            FaultKind::Overflow => "overflow",
            FaultKind::Value => "value",
            FaultKind::None => "none",
            FaultKind::Limit => "limit",
        }
    }
}

/// What went wrong, without the place.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// An operator got two operands it cannot work with: `+`, int, text.
    Operands(&'static str, Kinds, Kinds),
    /// An operator or function got an operand it cannot work with: `len`, int.
    Operand(&'static str, Kinds),
    /// `None` was used where a value was needed; by what.
    NoneOperand(&'static str),
    /// A value of this kind has no such attribute.
    NoAttribute(Kinds, Box<str>),
    /// The map has no such key.
    NoKey(Box<str>),
    /// A position outside: the index and the length.
    Index(i64, u64),
    /// Division by zero; by which operator.
    ZeroDivision(&'static str),
    /// A result beyond 64 bits or beyond the range of floats; by what.
    Overflow(&'static str),
    /// A value that cannot be taken: what for, and the value as a person would write it (shortened).
    Value(&'static str, Box<str>),
    /// Unpacking found another number of elements: wanted, found.
    Unpack(u32, u64),
    /// A limit was reached: which, and its size.
    Limit(&'static str, u64),
}

impl Trouble {
    /// The kind of the error.
    pub fn kind(&self) -> FaultKind {
        match self {
            Trouble::Operands(_, left, right) if left.meets(Kinds::NONE) || right.meets(Kinds::NONE) => {
                FaultKind::None
            }
            Trouble::Operands(..) => FaultKind::Type,
            Trouble::Operand(_, kind) if *kind == Kinds::NONE => FaultKind::None,
            Trouble::Operand(..) => FaultKind::Type,
            Trouble::NoneOperand(_) => FaultKind::None,
            Trouble::NoAttribute(kind, _) if *kind == Kinds::NONE => FaultKind::None,
            Trouble::NoAttribute(..) => FaultKind::Attribute,
            Trouble::NoKey(_) => FaultKind::Key,
            Trouble::Index(..) => FaultKind::Index,
            Trouble::ZeroDivision(_) => FaultKind::ZeroDivision,
            Trouble::Overflow(_) => FaultKind::Overflow,
            Trouble::Value(..) | Trouble::Unpack(..) => FaultKind::Value,
            Trouble::Limit(..) => FaultKind::Limit,
        }
    }
}

impl std::fmt::Display for Trouble {
    /// Plain language for operators, with a way out where there is one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Operands(op, left, right) => operands(f, op, *left, *right),
            Trouble::Operand(by, kind) if *kind == Kinds::NONE => none_operand(f, by),
            Trouble::Operand("[]", kind) => write!(f, "{} has no elements to index", article(*kind)),
            Trouble::Operand("[:]", kind) => write!(f, "cannot slice with or from {}", article(*kind)),
            Trouble::Operand(by, kind) => write!(f, "`{by}` cannot take {}", article(*kind)),
            Trouble::NoneOperand(by) => none_operand(f, by),
            Trouble::NoAttribute(kind, name) if *kind == Kinds::NONE => {
                write!(f, "`None` has no attribute `{name}`; check with `is not None` first")
            }
            Trouble::NoAttribute(kind, name) => write!(f, "{} has no attribute `{name}`", article(*kind)),
            Trouble::NoKey(key) => {
                write!(f, "the map has no key `{key}`; check with `in`, or use `get` with a default")
            }
            Trouble::Index(index, len) => write!(f, "position {index} is outside: there are {len} elements"),
            Trouble::ZeroDivision(op) => write!(f, "`{op}` by zero; check the divisor first"),
            Trouble::Overflow(by) => write!(f, "the result of `{by}` is too large for a number"),
            Trouble::Value(what, value) => write!(f, "`{value}` cannot be {what}"),
            Trouble::Unpack(wanted, found) => {
                write!(f, "cannot unpack {found} elements into {wanted} names; use as many names as elements")
            }
            Trouble::Limit(what, size) => write!(f, "more than {size} {what}; make the condition do less"),
        }
    }
}

fn operands(f: &mut std::fmt::Formatter<'_>, op: &str, left: Kinds, right: Kinds) -> std::fmt::Result {
    if left == Kinds::NONE || right == Kinds::NONE {
        return none_operand(f, op);
    }
    match op {
        "+" => write!(f, "cannot add {right} to {left}"),
        "-" => write!(f, "cannot subtract {right} from {left}"),
        "*" => write!(f, "cannot multiply {left} by {right}"),
        "/" | "//" | "%" => write!(f, "cannot divide {left} by {right}"),
        "[]" => write!(f, "{} cannot be indexed by {right}", article(left)),
        "in" if right.within(Kinds::STR) => write!(f, "only text can be in text, not {left}"),
        "in" if right.within(Kinds::MAP) => write!(f, "{} cannot be a key of a map", article(left)),
        "in" => write!(f, "nothing can be in {}", article(right)),
        _ => write!(f, "`{op}` cannot work with {left} and {right}"),
    }
}

fn none_operand(f: &mut std::fmt::Formatter<'_>, by: &str) -> std::fmt::Result {
    match by {
        "a field" => f.write_str("`None` has no fields; check with `is not None` first"),
        _ => write!(f, "`{by}` got `None`; check with `is not None` first"),
    }
}

/// The kind with its article, where it has one.
fn article(kind: Kinds) -> String {
    if kind == Kinds::INT {
        format!("an {kind}")
    } else if kind == Kinds::STR {
        kind.to_string()
    } else {
        format!("a {kind}")
    }
}

impl std::error::Error for Trouble {}

/// A run-time error and the instruction that raised it. The pack's debug table leads from there to the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What went wrong.
    pub trouble: Box<Trouble>,
    /// The instruction.
    pub at: Addr,
}
