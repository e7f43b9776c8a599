//! The frame of a pack file: header, table of sections, hash, signatures. It is the same in every format version, so
//! that the sources of a pack can be read whatever version it has.

use super::error::PackError;
use super::section::Section;

/// The first bytes: a byte that no text has, the name, and line ends that a copy as text would change.
pub const MAGIC: [u8; 8] = *b"\x89OPK\r\n\x1a\n";
/// The format version that this crate reads and writes.
pub const FORMAT: u16 = 1;
/// Bytes of the header.
pub(super) const HEADER: usize = 72;
/// Bytes of the header before the hash.
pub(super) const BEFORE_HASH: usize = 40;
/// Bytes of an entry of the table of sections.
pub(super) const ENTRY: usize = 24;
/// Sections begin at a multiple of this.
pub(super) const ALIGN: usize = 8;
/// Sections of one pack at most.
pub(super) const MAX_SECTIONS: usize = 64;
/// The flag of a section that must be understood.
pub(super) const REQUIRED: u32 = 1;
/// Bytes of a signature with its public key.
const SIGNATURE: usize = 96;
/// Signatures of one pack at most.
pub const MAX_SIGNATURES: usize = 16;

/// A signature at the end of a pack, not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'p> {
    /// The Ed25519 public key.
    pub key: &'p [u8; 32],
    /// The signature of [`Container::signed_message`].
    pub signature: &'p [u8; 64],
}

/// One entry of the table of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionEntry<'p> {
    /// What it holds; [`Section::from_kind`] knows the kinds of this version.
    pub kind: u32,
    /// Whether a reader that does not know the kind must refuse the pack.
    pub required: bool,
    /// Its content.
    pub bytes: &'p [u8],
}

/// A pack file whose frame is sound: every section lies inside of it, and its content has the hash that it says.
#[derive(Clone, Debug)]
pub struct Container<'p> {
    format: u16,
    schema: u64,
    functions: u64,
    hash: [u8; 32],
    content: &'p [u8],
    signatures: &'p [u8],
    sections: Vec<SectionEntry<'p>>,
}

/// Reads the fields of a header; what lies beyond the end is zero, which its caller has excluded.
fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut field = [0; N];
    if let Some(found) = bytes.get(at..at.saturating_add(N)) {
        field.copy_from_slice(found);
    }
    field
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(field(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(field(bytes, at))
}

impl<'p> Container<'p> {
    /// Whether bytes begin as a pack does.
    pub fn is_pack(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Checks the frame of a pack. Takes time in proportion to its size.
    ///
    /// # Errors
    /// What is wrong with the frame. Versions are not compared: [`super::Contents::of`] does.
    pub fn open(bytes: &'p [u8]) -> Result<Container<'p>, PackError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(PackError::Magic);
        }
        if bytes.len() < HEADER {
            return Err(PackError::TooShort);
        }
        if u16::from_le_bytes(field(bytes, 10)) != 0 {
            return Err(PackError::Header);
        }
        let length = usize::try_from(u64_at(bytes, 16)).map_err(|_| PackError::Length)?;
        let (content, signatures) = bytes.split_at_checked(length).ok_or(PackError::Length)?;
        if length < HEADER {
            return Err(PackError::Length);
        }
        if signatures.len() % SIGNATURE != 0 || signatures.len() / SIGNATURE > MAX_SIGNATURES {
            return Err(PackError::Signatures);
        }
        let container = Container {
            format: u16::from_le_bytes(field(bytes, 8)),
            schema: u64_at(bytes, 24),
            functions: u64_at(bytes, 32),
            hash: field(bytes, BEFORE_HASH),
            content,
            signatures,
            sections: sections(content)?,
        };
        if content_hash(content) != container.hash {
            return Err(PackError::Hash);
        }
        Ok(container)
    }

    /// Its format version.
    pub fn format(&self) -> u16 {
        self.format
    }

    /// The fingerprint of the schema that it was compiled for.
    pub fn schema(&self) -> u64 {
        self.schema
    }

    /// The fingerprint of the functions and instructions that it was compiled for.
    pub fn functions(&self) -> u64 {
        self.functions
    }

    /// The BLAKE3 hash of its content: the same for the same rules, signed or not.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The file without signatures.
    pub fn content(&self) -> &'p [u8] {
        self.content
    }

    /// All sections, in the order of the file.
    pub fn sections(&self) -> &[SectionEntry<'p>] {
        &self.sections
    }

    /// The content of a section; `None` where the pack does not have it.
    pub fn section(&self, section: Section) -> Option<&'p [u8]> {
        self.sections.iter().find(|entry| entry.kind == section as u32).map(|entry| entry.bytes)
    }

    /// The signatures, not checked.
    pub fn signatures(&self) -> impl Iterator<Item = Signature<'p>> {
        self.signatures.chunks_exact(SIGNATURE).filter_map(|bytes| {
            let (key, rest) = bytes.split_first_chunk()?;
            Some(Signature { key, signature: rest.first_chunk()? })
        })
    }

    /// What a signature signs: a purpose, so that nothing else can be taken for it, and the hash.
    pub fn signed_message(&self) -> Vec<u8> {
        [b"oracle rule pack\0".as_slice(), &self.hash].concat()
    }
}

/// The hash of a content: of everything but the hash itself.
pub(super) fn content_hash(content: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content.get(..BEFORE_HASH).unwrap_or_default());
    hasher.update(content.get(HEADER..).unwrap_or_default());
    hasher.finalize().into()
}

/// The same content with its hash made anew: for tests that change bytes and want to get past the hash.
#[doc(hidden)]
pub fn rehash(bytes: &mut [u8]) {
    let length = usize::try_from(u64_at(bytes, 16)).unwrap_or(usize::MAX).min(bytes.len());
    let hash = content_hash(bytes.get(..length).unwrap_or_default());
    if let Some(place) = bytes.get_mut(BEFORE_HASH..HEADER) {
        place.copy_from_slice(&hash);
    }
}

/// Reads the table: sections one after the other, in the order of their kinds, nothing but padding between.
fn sections(content: &[u8]) -> Result<Vec<SectionEntry<'_>>, PackError> {
    let count = usize::try_from(u32_at(content, 12)).map_err(|_| PackError::SectionCount)?;
    let table = count.checked_mul(ENTRY).and_then(|size| content.get(HEADER..HEADER.checked_add(size)?));
    let table = table.filter(|_| count <= MAX_SECTIONS).ok_or(PackError::SectionCount)?;
    let mut sections: Vec<SectionEntry<'_>> = Vec::with_capacity(count);
    let mut end = HEADER + table.len();
    for entry in table.chunks_exact(ENTRY) {
        let (kind, flags) = (u32_at(entry, 0), u32_at(entry, 4));
        if sections.last().is_some_and(|before| before.kind >= kind) {
            return Err(PackError::SectionOrder(kind));
        }
        if flags & !REQUIRED != 0 {
            return Err(PackError::SectionFlags(kind));
        }
        let place = |raw: u64| usize::try_from(raw).map_err(|_| PackError::SectionEnd(kind));
        let (start, length) = (place(u64_at(entry, 8))?, place(u64_at(entry, 16))?);
        if start != end.next_multiple_of(ALIGN) {
            return Err(PackError::SectionPlace(kind));
        }
        let bytes = start.checked_add(length).and_then(|end| content.get(start..end));
        let bytes = bytes.ok_or(PackError::SectionEnd(kind))?;
        zero(content, end, start)?;
        end = start + length;
        sections.push(SectionEntry { kind, required: flags & REQUIRED != 0, bytes });
    }
    if end.next_multiple_of(ALIGN) != content.len() {
        return Err(PackError::Length);
    }
    zero(content, end, content.len())?;
    Ok(sections)
}

fn zero(content: &[u8], from: usize, to: usize) -> Result<(), PackError> {
    match content.get(from..to) {
        Some(bytes) if bytes.iter().all(|byte| *byte == 0) => Ok(()),
        _ => Err(PackError::Padding),
    }
}
