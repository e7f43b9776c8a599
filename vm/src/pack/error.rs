//! Why bytes are no pack.

use super::section::Section;

/// Why bytes are no pack: one variant for each check of the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// Fewer bytes than a header has.
    TooShort,
    /// The first bytes are not those of a pack.
    Magic,
    /// The header says something that no version means.
    Header,
    /// The content is longer than the file, or shorter than the header.
    Length,
    /// More sections than a pack may have, or than the content has room for.
    SectionCount,
    /// A section does not begin where the one before ends; its kind.
    SectionPlace(u32),
    /// A section reaches beyond the content; its kind.
    SectionEnd(u32),
    /// The sections are not in the order of their kinds, or one is there twice; the kind.
    SectionOrder(u32),
    /// A section's flags say something that no version means; its kind.
    SectionFlags(u32),
    /// Bytes between the sections, or after the last, are not zero.
    Padding,
    /// What follows the content is no list of signatures.
    Signatures,
    /// The content is not what it was when the hash was made.
    Hash,
    /// The pack is of another format version.
    Format(u16),
    /// The pack was compiled for another schema of the context.
    Schema,
    /// The pack was compiled for other functions or instructions.
    Functions,
    /// A section that must be understood is of a kind that this version does not know.
    UnknownSection(u32),
    /// A section that every pack has is missing.
    MissingSection(Section),
    /// Something is wrong inside a section: where, counted in bytes from its start, and what.
    Content(Section, usize, ContentError),
}

/// What is wrong inside a section: one variant for each check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentError {
    /// It ends in the middle of something.
    Truncated,
    /// A count is larger than what is left could hold.
    Count,
    /// Bytes are left over at its end.
    LeftOver,
    /// A text is not UTF-8, or ends inside of a character.
    Utf8,
    /// A text that the table of texts does not have.
    NoText,
    /// The texts that it asks for are far larger than the pack.
    Expansion,
    /// A tag, a number of a variant or a flag that has no meaning.
    Tag,
    /// Data nests deeper than [`crate::limits::DATA_DEPTH`].
    Depth,
    /// A map has a key twice.
    DuplicateKey,
    /// No instruction has this encoding.
    Op,
    /// The chunks need more or fewer instructions or constants than there are.
    Sizes,
    /// There is not one entry for each rule.
    RuleCount,
    /// There is not one entry for each chunk.
    ChunkCount,
}

impl PackError {
    /// The name used in tests and machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            PackError::TooShort => "too_short",
            PackError::Magic => "magic",
            PackError::Header => "header",
            PackError::Length => "length",
            PackError::SectionCount => "section_count",
            PackError::SectionPlace(_) => "section_place",
            PackError::SectionEnd(_) => "section_end",
            PackError::SectionOrder(_) => "section_order",
            PackError::SectionFlags(_) => "section_flags",
            PackError::Padding => "padding",
            PackError::Signatures => "signatures",
            PackError::Hash => "hash",
            PackError::Format(_) => "format",
            PackError::Schema => "schema",
            PackError::Functions => "functions",
            PackError::UnknownSection(_) => "unknown_section",
            PackError::MissingSection(_) => "missing_section",
            PackError::Content(_, _, error) => error.code(),
        }
    }

    /// Whether the pack may be good for another version of this program: compiling its sources again helps.
    pub fn is_of_another_version(&self) -> bool {
        matches!(
            self,
            PackError::Format(_) | PackError::Schema | PackError::Functions | PackError::UnknownSection(_)
        )
    }
}

impl ContentError {
    /// The name used in tests and machine-readable output.
    pub fn code(self) -> &'static str {
        match self {
            ContentError::Truncated => "truncated",
            ContentError::Count => "count",
            ContentError::LeftOver => "left_over",
            ContentError::Utf8 => "utf8",
            ContentError::NoText => "no_text",
            ContentError::Expansion => "expansion",
            ContentError::Tag => "tag",
            ContentError::Depth => "depth",
            ContentError::DuplicateKey => "duplicate_key",
            ContentError::Op => "op",
            ContentError::Sizes => "sizes",
            ContentError::RuleCount => "rule_count",
            ContentError::ChunkCount => "chunk_count",
        }
    }

    fn text(self) -> &'static str {
        match self {
            ContentError::Truncated => "it ends too early",
            ContentError::Count => "a count is larger than the section",
            ContentError::LeftOver => "bytes are left over",
            ContentError::Utf8 => "a text is not UTF-8",
            ContentError::NoText => "a text that the pack does not have",
            ContentError::Expansion => "its texts are far larger than the pack",
            ContentError::Tag => "a tag without a meaning",
            ContentError::Depth => "data that nests too deep",
            ContentError::DuplicateKey => "a map with a key twice",
            ContentError::Op => "an instruction that does not exist",
            ContentError::Sizes => "the chunks do not fit the code",
            ContentError::RuleCount => "it has not one entry for each rule",
            ContentError::ChunkCount => "it has not one entry for each chunk",
        }
    }
}

const DAMAGED: &str = "the file is damaged: copy or compile it again";
const AGAIN: &str = "compile the rules again with this version";

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PackError::Magic => f.write_str("it is no rule pack: `oracle compile` makes one"),
            PackError::TooShort => write!(f, "it is too short for a rule pack; {DAMAGED}"),
            PackError::Header => write!(f, "its header has no meaning; {DAMAGED}"),
            PackError::Length => write!(f, "its length is not what its header says; {DAMAGED}"),
            PackError::SectionCount => write!(f, "it has more sections than room for them; {DAMAGED}"),
            PackError::SectionPlace(kind) => {
                write!(f, "section {kind} does not begin where the one before ends; {DAMAGED}")
            }
            PackError::SectionEnd(kind) => write!(f, "section {kind} reaches beyond the end; {DAMAGED}"),
            PackError::SectionOrder(kind) => write!(f, "section {kind} is out of order; {DAMAGED}"),
            PackError::SectionFlags(kind) => write!(f, "section {kind} has unknown flags; {DAMAGED}"),
            PackError::Padding => write!(f, "it has bytes between its sections; {DAMAGED}"),
            PackError::Signatures => write!(f, "what follows its content is no signature; {DAMAGED}"),
            PackError::Hash => write!(f, "its content does not match its hash; {DAMAGED}"),
            PackError::Format(found) => {
                let own = super::FORMAT;
                write!(f, "it has the format {found}, and this version reads {own}; {AGAIN}")
            }
            PackError::Schema => write!(f, "it was compiled for another context schema; {AGAIN}"),
            PackError::Functions => write!(f, "it was compiled for other functions; {AGAIN}"),
            PackError::UnknownSection(kind) => {
                write!(f, "it needs section {kind}, which this version does not know; {AGAIN}")
            }
            PackError::MissingSection(section) => write!(f, "the section `{section}` is missing; {AGAIN}"),
            PackError::Content(section, at, error) => {
                write!(f, "section `{section}`, byte {at}: {}; {AGAIN}", error.text())
            }
        }
    }
}

impl std::error::Error for PackError {}
