//! The opcode table and what is derived from it. A row reads: documentation, opcode, name, mnemonic, operands,
//! fuel.

use super::OP_BYTES;
use super::operand::{CmpOp, Dst, Operand, OperandRole, Singleton, Src, Srcs};
use crate::ids::{Addr, BuiltinId, ConstId, FieldId, InputId, PatternId, SlotId};

/// One row of the table, for documentation and listings.
#[derive(Debug)]
pub struct OpRow {
    /// The first byte of the instruction.
    pub opcode: u8,
    /// How it is called in a listing.
    pub mnemonic: &'static str,
    /// The names of its operands.
    pub operands: &'static [&'static str],
    /// How many bytes each takes in the encoding.
    pub widths: &'static [usize],
    /// What it costs at least.
    pub fuel: u64,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! define_ops {
    ($($(#[doc = $doc:literal])+ $code:literal $name:ident $mnemonic:literal { $($field:ident: $ty:ty),* } fuel $fuel:literal;)*) => {
        /// One instruction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Op {
            $($(#[doc = $doc])+ $name {
                $(#[doc = concat!("Operand `", stringify!($field), "`.")] $field: $ty),*
            },)*
        }

        /// All rows, in order of the opcode.
        pub const TABLE: &[OpRow] = &[$(OpRow {
            opcode: $code,
            mnemonic: $mnemonic,
            operands: &[$(stringify!($field)),*],
            widths: &[$(<$ty as Operand>::WIDTH),*],
            fuel: $fuel,
            doc: concat!($($doc),+),
        },)*];

        impl Op {
            /// How the instruction is called in a listing.
            pub fn mnemonic(&self) -> &'static str {
                match self { $(Op::$name { .. } => $mnemonic,)* }
            }

            /// What the instruction costs at least.
            #[inline(always)]
            pub fn fuel(&self) -> u64 {
                match self { $(Op::$name { .. } => $fuel,)* }
            }

            /// The instruction as bytes; the ones it does not use are zero.
            pub fn encode(&self) -> [u8; OP_BYTES] {
                let mut bytes = Bytes::default();
                match *self { $(Op::$name { $($field),* } => {
                    bytes.put($code, 1);
                    $(bytes.put($field.encode(), <$ty as Operand>::WIDTH);)*
                })* }
                bytes.bytes
            }

            /// The instruction with this encoding; `None` where an opcode or operand is unknown or unused bytes
            /// are not zero.
            pub fn decode(bytes: [u8; OP_BYTES]) -> Option<Op> {
                let mut bytes = Bytes { bytes, at: 0 };
                let op = match bytes.take(1)? {
                    $($code => Op::$name { $($field: <$ty as Operand>::decode(bytes.take(<$ty as Operand>::WIDTH)?)?),* },)*
                    _ => return None,
                };
                bytes.rest_is_zero().then_some(op)
            }

            /// Gives each operand's role to `visit`, in order.
            pub fn operands(&self, mut visit: impl FnMut(&'static str, OperandRole)) {
                match *self { $(Op::$name { $($field),* } => { $(visit(stringify!($field), $field.role());)* let _ = &mut visit; })* }
            }

            /// Makes this the jump target, where the instruction has one.
            pub fn set_target(&mut self, to: Addr) {
                match self { $(Op::$name { $($field),* } => { $(*$field = $field.aimed(to);)* let _ = to; })* }
            }

            /// Writes the instruction as a listing shows it: mnemonic, then operands.
            pub fn show(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:<14}", self.mnemonic())?;
                match *self { $(Op::$name { $($field),* } => { $(f.write_str(" ")?; $field.show(f)?;)* })* }
                Ok(())
            }
        }
    };
}

#[derive(Default)]
struct Bytes {
    bytes: [u8; OP_BYTES],
    at: usize,
}

impl Bytes {
    fn put(&mut self, value: u16, width: usize) {
        for byte in value.to_le_bytes().iter().take(width) {
            if let Some(place) = self.bytes.get_mut(self.at) {
                *place = *byte;
            }
            self.at += 1;
        }
    }

    fn take(&mut self, width: usize) -> Option<u16> {
        let low = *self.bytes.get(self.at)?;
        let high = if width == 2 { *self.bytes.get(self.at + 1)? } else { 0 };
        self.at += width;
        Some(u16::from_le_bytes([low, high]))
    }

    fn rest_is_zero(&self) -> bool {
        self.bytes.iter().skip(self.at).all(|byte| *byte == 0)
    }
}

define_ops! {
    /// Loads a slot of the context.
    0x01 LoadSlot "load_slot" { dst: Dst, slot: SlotId } fuel 1;
    /// Loads a constant of the chunk.
    0x02 LoadConst "load_const" { dst: Dst, k: ConstId } fuel 1;
    /// Loads an effective param of the rule.
    0x03 LoadParam "load_param" { dst: Dst, input: InputId } fuel 1;
    /// Loads an effective setting of the rule's plugin.
    0x04 LoadSetting "load_setting" { dst: Dst, input: InputId } fuel 1;
    /// Loads the state of the rule's plugin, as a map.
    0x05 LoadState "load_state" { dst: Dst } fuel 1;
    /// Copies a register.
    0x06 Move "move" { dst: Dst, src: Src } fuel 1;

    /// Reads a field of a record that the checker proved to be of the right type.
    0x10 Field "field" { dst: Dst, src: Src, f: FieldId } fuel 1;
    /// Reads the attribute named by a text constant: a key of a map, a field of a record.
    0x11 Attr "attr" { dst: Dst, src: Src, name: ConstId } fuel 2;
    /// `src[index]`.
    0x12 Index "index" { dst: Dst, src: Src, index: Src } fuel 2;
    /// `src[from:to:step]`; the three stand in a row of registers, `None` where they are left out.
    0x13 Slice "slice" { dst: Dst, src: Src, bounds: Srcs, count: u8 } fuel 2;

    /// `not src`.
    0x20 Not "not" { dst: Dst, src: Src } fuel 1;
    /// The truth of `src`, as a bool.
    0x21 Truth "truth" { dst: Dst, src: Src } fuel 1;
    /// `-src`.
    0x22 Neg "neg" { dst: Dst, src: Src } fuel 1;
    /// `+src`.
    0x23 Pos "pos" { dst: Dst, src: Src } fuel 1;
    /// `lhs + rhs`.
    0x24 Add "add" { dst: Dst, lhs: Src, rhs: Src } fuel 1;
    /// `lhs - rhs`.
    0x25 Sub "sub" { dst: Dst, lhs: Src, rhs: Src } fuel 1;
    /// `lhs * rhs`.
    0x26 Mul "mul" { dst: Dst, lhs: Src, rhs: Src } fuel 1;
    /// `lhs / rhs`.
    0x27 Div "div" { dst: Dst, lhs: Src, rhs: Src } fuel 1;
    /// `lhs // rhs`.
    0x28 FloorDiv "floor_div" { dst: Dst, lhs: Src, rhs: Src } fuel 1;
    /// `lhs % rhs`.
    0x29 Mod "mod" { dst: Dst, lhs: Src, rhs: Src } fuel 1;
    /// `lhs ** rhs`.
    0x2a Pow "pow" { dst: Dst, lhs: Src, rhs: Src } fuel 2;
    /// `lhs op rhs`, as a bool.
    0x2b Compare "compare" { dst: Dst, op: CmpOp, lhs: Src, rhs: Src } fuel 1;
    /// `src is what`.
    0x2c Is "is" { dst: Dst, src: Src, what: Singleton } fuel 1;
    /// Whether the text `src` contains a match of the pattern.
    0x2d Matches "matches" { dst: Dst, src: Src, pattern: PatternId } fuel 4;

    /// Goes on at `to`, which lies ahead.
    0x30 Jump "jump" { to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when `src` is true.
    0x31 JumpIf "jump_if" { src: Src, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when `src` is false.
    0x32 JumpUnless "jump_unless" { src: Src, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when `src` is `None`.
    0x33 JumpIfNone "jump_if_none" { src: Src, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when `src` is not `None`.
    0x34 JumpUnlessNone "jump_unless_none" { src: Src, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, unless `lhs op rhs`.
    0x35 JumpUnlessCmp "jump_unless_cmp" { op: CmpOp, lhs: Src, rhs: Src, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when `lhs op rhs`.
    0x36 JumpIfCmp "jump_if_cmp" { op: CmpOp, lhs: Src, rhs: Src, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, unless the slot compares so with the constant.
    0x37 JumpUnlessSlot "jump_unless_slot" { op: CmpOp, slot: SlotId, k: ConstId, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when the slot compares so with the constant.
    0x38 JumpIfSlot "jump_if_slot" { op: CmpOp, slot: SlotId, k: ConstId, to: Addr } fuel 1;

    /// Goes on at `to`, which lies ahead, unless the slot compares so with the rule's param.
    0x39 JumpUnlessSlotParam "jump_unless_slot_param" { op: CmpOp, slot: SlotId, input: InputId, to: Addr } fuel 1;
    /// Goes on at `to`, which lies ahead, when the slot compares so with the rule's param.
    0x3a JumpIfSlotParam "jump_if_slot_param" { op: CmpOp, slot: SlotId, input: InputId, to: Addr } fuel 1;

    /// Begins to iterate over `src`: puts what is iterated into `dst` and the position 0 into the register after it.
    0x40 IterBegin "iter_begin" { dst: Dst, src: Src } fuel 1;
    /// Puts the next element into the second register after `iter`, or goes on at `to`, which lies ahead, at the end.
    0x41 IterNext "iter_next" { iter: Src, to: Addr } fuel 1;
    /// Goes back to `to`, the `iter_next` of the innermost loop.
    0x42 IterLoop "iter_loop" { to: Addr } fuel 1;
    /// Spreads the elements of `src` over `count` registers from `dst` on; another number of elements is an error.
    0x43 Unpack "unpack" { dst: Dst, src: Src, count: u8 } fuel 1;

    /// Begins a list; lists nest.
    0x50 ListBegin "list_begin" { } fuel 1;
    /// Appends to the innermost list.
    0x51 ListPush "list_push" { src: Src } fuel 1;
    /// Ends the innermost list.
    0x52 ListEnd "list_end" { dst: Dst } fuel 1;
    /// Ends the innermost list, as a tuple.
    0x53 TupleEnd "tuple_end" { dst: Dst } fuel 1;

    /// Calls a built-in function with a row of arguments. Of a method the first one is the receiver.
    0x60 Call "call" { dst: Dst, f: BuiltinId, args: Srcs, count: u8 } fuel 2;

    /// Ends with the value of `src`.
    0x70 Return "return" { src: Src } fuel 1;
    /// Ends with `True`.
    0x71 Accept "accept" { } fuel 1;
    /// Ends with `False`.
    0x72 Reject "reject" { } fuel 1;
}

impl Op {
    /// Where the instruction may go on other than behind itself: its target operand, whatever instruction it is.
    pub fn target(&self) -> Option<Addr> {
        let mut target = None;
        self.operands(|_, role| {
            if let OperandRole::Target(to) = role {
                target = Some(to);
            }
        });
        target
    }
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.show(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_is_eight_bytes_in_memory_too() {
        assert_eq!(size_of::<Op>(), OP_BYTES);
    }

    #[test]
    fn a_target_is_set_where_there_is_one() {
        for row in TABLE {
            let mut op = Op::decode([row.opcode, 0, 0, 0, 0, 0, 0, 0]).unwrap();
            let before = op;
            op.set_target(Addr(7));
            assert_eq!(op.target(), before.target().map(|_| Addr(7)));
            op.set_target(Addr(0));
            assert_eq!(op, before);
        }
    }

    #[test]
    fn every_opcode_round_trips_and_opcodes_ascend() {
        assert!(TABLE.windows(2).all(|pair| pair[0].opcode < pair[1].opcode));
        for row in TABLE {
            let bytes = [row.opcode, 1, 0, 0, 0, 0, 0, 0];
            let bytes = if row.operands.is_empty() { [row.opcode, 0, 0, 0, 0, 0, 0, 0] } else { bytes };
            let op = Op::decode(bytes).unwrap();
            assert_eq!(op.mnemonic(), row.mnemonic);
            assert_eq!(op.encode(), bytes);
        }
        assert_eq!(Op::decode([0; OP_BYTES]), None);
        assert_eq!(Op::decode([0x71, 1, 0, 0, 0, 0, 0, 0]), None);
    }
}
