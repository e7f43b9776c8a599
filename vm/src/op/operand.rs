//! Operand types: each knows its width, its codec, its role for the verifier and its look in a listing.

use crate::ids::{Addr, BuiltinId, ConstId, FieldId, InputId, PatternId, Reg, SlotId};

/// The register that an instruction writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dst(pub Reg);

/// A register that an instruction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Src(pub Reg);

/// The first of a row of registers that an instruction reads; how many is said by a `u8` operand after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Srcs(pub Reg);

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum CmpOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

impl CmpOp {
    /// All comparisons, in order.
    pub const ALL: [CmpOp; 8] =
        [CmpOp::Eq, CmpOp::Ne, CmpOp::Lt, CmpOp::Le, CmpOp::Gt, CmpOp::Ge, CmpOp::In, CmpOp::NotIn];

    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            CmpOp::Eq => "==",
            CmpOp::Ne => "!=",
            CmpOp::Lt => "<",
            CmpOp::Le => "<=",
            CmpOp::Gt => ">",
            CmpOp::Ge => ">=",
            CmpOp::In => "in",
            CmpOp::NotIn => "not in",
        }
    }
}

/// What `is` compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum Singleton {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
}

/// What the verifier must know about an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandRole {
    /// Writes a register.
    Write(Reg),
    /// Reads a register.
    Read(Reg),
    /// Reads registers from this one on, as many as the count operand says.
    ReadRow(Reg),
    /// How many registers the row has.
    Count(u8),
    /// A constant of the chunk.
    Const(ConstId),
    /// A slot of the frame.
    Slot(SlotId),
    /// A param of the rule.
    Param(InputId),
    /// A jump target in the chunk.
    Target(Addr),
    /// A built-in function.
    Builtin(BuiltinId),
    /// A pattern of the pack.
    Pattern(PatternId),
    /// Anything that needs no check beyond its own codec.
    Plain,
}

/// A type that can stand in a row of the opcode table.
pub trait Operand: Copy {
    /// Bytes in the encoding: 1 or 2.
    const WIDTH: usize;
    /// The operand as a number.
    fn encode(self) -> u16;
    /// The operand from its number; `None` where no operand has it.
    fn decode(raw: u16) -> Option<Self>;
    /// What the verifier must check.
    fn role(self) -> OperandRole;
    /// The operand where it is no jump target, else this target.
    #[must_use]
    fn aimed(self, _to: Addr) -> Self {
        self
    }
    /// How it looks in a listing.
    fn show(self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result;
}

macro_rules! operands {
    ($($ty:ty, $width:literal, $make:expr, $raw:expr, $role:expr, $show:literal;)*) => {$(
        impl Operand for $ty {
            const WIDTH: usize = $width;
            fn encode(self) -> u16 {
                let raw: fn($ty) -> u16 = $raw;
                raw(self)
            }
            fn decode(raw: u16) -> Option<Self> {
                let make: fn(u16) -> Option<$ty> = $make;
                make(raw)
            }
            fn role(self) -> OperandRole {
                let role: fn($ty) -> OperandRole = $role;
                role(self)
            }
            fn show(self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, $show, self.encode())
            }
        }
    )*};
}

fn byte(raw: u16) -> Option<u8> {
    u8::try_from(raw).ok()
}

operands! {
    Dst, 1, |raw| Some(Dst(Reg(byte(raw)?))), |it| it.0.0.into(), |it| OperandRole::Write(it.0), "r{}";
    Src, 1, |raw| Some(Src(Reg(byte(raw)?))), |it| it.0.0.into(), |it| OperandRole::Read(it.0), "r{}";
    Srcs, 1, |raw| Some(Srcs(Reg(byte(raw)?))), |it| it.0.0.into(), |it| OperandRole::ReadRow(it.0), "r{}..";
    u8, 1, byte, |it| it.into(), OperandRole::Count, "{}";
    ConstId, 2, |raw| Some(ConstId(raw)), |it| it.0, OperandRole::Const, "k{}";
    SlotId, 1, |raw| Some(SlotId(byte(raw)?)), |it| it.0.into(), OperandRole::Slot, "s{}";
    FieldId, 1, |raw| Some(FieldId(byte(raw)?)), |it| it.0.into(), |_| OperandRole::Plain, "f{}";
    InputId, 2, |raw| Some(InputId(raw)), |it| it.0, OperandRole::Param, "p{}";
    BuiltinId, 1, |raw| Some(BuiltinId(byte(raw)?)), |it| it.0.into(), OperandRole::Builtin, "fn{}";
    PatternId, 2, |raw| Some(PatternId(raw)), |it| it.0, OperandRole::Pattern, "re{}";
}

impl Operand for Addr {
    const WIDTH: usize = 2;
    fn encode(self) -> u16 {
        self.0
    }
    fn decode(raw: u16) -> Option<Self> {
        Some(Addr(raw))
    }
    fn role(self) -> OperandRole {
        OperandRole::Target(self)
    }
    fn aimed(self, to: Addr) -> Self {
        to
    }
    fn show(self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "@{}", self.0)
    }
}

impl Operand for CmpOp {
    const WIDTH: usize = 1;
    fn encode(self) -> u16 {
        self as u16
    }
    fn decode(raw: u16) -> Option<Self> {
        CmpOp::ALL.get(usize::from(raw)).copied()
    }
    fn role(self) -> OperandRole {
        OperandRole::Plain
    }
    fn show(self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.symbol())
    }
}

impl Operand for Singleton {
    const WIDTH: usize = 1;
    fn encode(self) -> u16 {
        self as u16
    }
    fn decode(raw: u16) -> Option<Self> {
        [Singleton::None, Singleton::True, Singleton::False].get(usize::from(raw)).copied()
    }
    fn role(self) -> OperandRole {
        OperandRole::Plain
    }
    fn show(self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}
