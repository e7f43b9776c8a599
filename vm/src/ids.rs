//! Index newtypes: a number that names a place is never a bare integer.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($int:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub struct $name(pub $int);

        impl $name {
            /// The index as a `usize`, for looking it up in a table.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A register of the machine; a chunk says how many it uses.
    Reg(u8);
    /// The address of an instruction, counted in instructions from the start of its chunk.
    Addr(u16);
    /// A constant, counted from the start of its chunk's constants.
    ConstId(u16);
    /// A slot of the [frame](crate::frame::Frame): one path of the context's schema.
    SlotId(u8);
    /// A field of a [record](crate::schema::RecordId), by position.
    FieldId(u8);
    /// A param of a rule or a setting of a plugin, by position of its declaration.
    InputId(u16);
    /// A row of the table of [built-in functions](crate::builtin).
    BuiltinId(u8);
    /// A regular expression of the pack.
    PatternId(u16);
    /// A chunk of code in the pack.
    ChunkId(u32);
    /// A rule in the pack.
    RuleId(u32);
}
