//! Keys of an object against the names of the schema, several bytes at once.

/// The bytes of a key that are compared at once: no name of the schema is longer.
const HEAD: usize = 16;

/// A key without escapes, in a form that is quickly compared.
#[derive(Clone, Copy, Debug)]
pub(in crate::context) struct Key<'t> {
    /// Its first bytes.
    head: u128,
    name: &'t str,
}

impl<'t> Key<'t> {
    /// A key, and what the text goes on with where it begins.
    #[inline]
    pub(in crate::context) fn new(name: &'t str, bytes: &[u8]) -> Key<'t> {
        Key { head: head(bytes, name.len()), name }
    }

    /// Whether it is this name.
    #[inline]
    pub(in crate::context) fn is(self, name: &Name) -> bool {
        let (len, known) = (self.name.len(), name.name);
        self.head == name.head && len == known.len() && (len <= HEAD || self.name == known)
    }
}

/// A name of the schema, ready to be compared.
#[derive(Debug)]
pub(in crate::context) struct Name {
    name: &'static str,
    head: u128,
    /// The name as a key in JSON, with its colon: nothing where that is too long to be compared at once.
    json: Option<Start>,
}

/// The bytes with which a text starts.
#[derive(Clone, Copy, Debug)]
struct Start {
    bytes: u128,
    mask: u128,
    len: usize,
}

impl Name {
    /// A name, made ready once.
    pub(in crate::context) fn of(name: &'static str) -> Name {
        let json = format!("\"{name}\":");
        let (bytes, mask, len) = (head(json.as_bytes(), json.len()), mask(json.len()), json.len());
        let json = (len <= HEAD).then_some(Start { bytes, mask, len });
        Name { name, head: head(name.as_bytes(), name.len()), json }
    }

    /// How long the key is with its quotes and its colon, where a text starts with it and that is quickly told.
    #[inline]
    pub(in crate::context) fn starts(&self, text: &[u8]) -> Option<usize> {
        let (first, json) = (text.first_chunk()?, self.json?);
        (u128::from_le_bytes(*first) & json.mask == json.bytes).then_some(json.len)
    }
}

/// The first `len` of these bytes, of which there are at least so many; none beyond [`HEAD`].
#[inline]
fn head(bytes: &[u8], len: usize) -> u128 {
    let first = match bytes.first_chunk::<HEAD>() {
        Some(first) => *first,
        None => padded(bytes),
    };
    u128::from_le_bytes(first) & mask(len)
}

#[cold]
fn padded(bytes: &[u8]) -> [u8; HEAD] {
    let mut padded = [0; HEAD];
    padded.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    padded
}

/// The bits of so many bytes.
#[inline]
fn mask(len: usize) -> u128 {
    let unused = 8 * HEAD.saturating_sub(len);
    u32::try_from(unused).ok().and_then(|unused| u128::MAX.checked_shr(unused)).unwrap_or(0)
}
