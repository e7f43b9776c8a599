//! The table of texts that all sections share.
//!
//! A pack names its texts by number, so a few bytes can ask for a long one again and again. The reader therefore
//! counts what is copied, and refuses a pack that asks for far more than it holds; the writer enters a long text
//! anew after some uses, so that no honest pack comes near.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::error::ContentError;
use crate::value::Text;

/// Texts up to this many bytes are entered once, however often they are used.
const SHORT: usize = 32;
/// Uses of a longer text before it is entered again.
const USES: u32 = 8;
/// Bytes of copied texts for each byte of the pack.
const EXPANSION: usize = 16;

/// The texts of a pack that is read.
#[derive(Debug)]
pub(super) struct Texts<'p> {
    texts: Vec<&'p str>,
    shared: RefCell<Vec<Option<Text>>>,
    budget: Cell<usize>,
}

impl<'p> Texts<'p> {
    /// Reads the table; the position of what is wrong is returned with it.
    pub(super) fn read(bytes: &'p [u8], pack: usize) -> Result<Texts<'p>, (usize, ContentError)> {
        let (count, rest) = bytes.split_first_chunk().ok_or((0, ContentError::Truncated))?;
        let count = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| (0, ContentError::Count))?;
        let split = count.checked_mul(4).and_then(|size| rest.split_at_checked(size));
        let (lengths, blob) = split.ok_or((0, ContentError::Count))?;
        let start = 4 + lengths.len();
        let blob =
            std::str::from_utf8(blob).map_err(|error| (start + error.valid_up_to(), ContentError::Utf8))?;
        let mut texts = Vec::with_capacity(count);
        let mut rest = blob;
        for (at, length) in lengths.as_chunks().0.iter().enumerate() {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            if length > rest.len() {
                return Err((4 + at * 4, ContentError::Truncated));
            }
            let (text, behind) = rest.split_at_checked(length).ok_or((4 + at * 4, ContentError::Utf8))?;
            texts.push(text);
            rest = behind;
        }
        if !rest.is_empty() {
            return Err((bytes.len() - rest.len(), ContentError::LeftOver));
        }
        let budget = Cell::new(pack.saturating_mul(EXPANSION));
        Ok(Texts { texts, shared: RefCell::default(), budget })
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text with a number, borrowed from the file.
    pub(super) fn get(&self, number: u32) -> Result<&'p str, ContentError> {
        usize::try_from(number).ok().and_then(|at| self.texts.get(at)).copied().ok_or(ContentError::NoText)
    }

    /// Takes note that a text is copied.
    pub(super) fn copy(&self, text: &str) -> Result<(), ContentError> {
        let left = self.budget.get().checked_sub(text.len()).ok_or(ContentError::Expansion)?;
        self.budget.set(left);
        Ok(())
    }

    /// The text with a number, as data: made once, then shared.
    pub(super) fn shared(&self, number: u32) -> Result<Text, ContentError> {
        let text = self.get(number)?;
        let mut shared = self.shared.borrow_mut();
        if shared.is_empty() {
            shared.resize(self.len(), None);
        }
        let place =
            usize::try_from(number).ok().and_then(|at| shared.get_mut(at)).ok_or(ContentError::NoText)?;
        Ok(place.get_or_insert_with(|| Text::from(text)).clone())
    }
}

/// The texts of a pack that is written, in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct TextWriter {
    lengths: Vec<u32>,
    blob: String,
    known: HashMap<String, (u32, u32)>,
}

impl TextWriter {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some((number, uses)) = self.known.get_mut(text)
            && (text.len() <= SHORT || *uses < USES)
        {
            *uses += 1;
            return *number;
        }
        let number = super::bytes::count(self.lengths.len());
        self.lengths.push(super::bytes::count(text.len()));
        self.blob.push_str(text);
        self.known.insert(text.to_owned(), (number, 1));
        number
    }

    /// The section.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + self.lengths.len() * 4 + self.blob.len());
        bytes.extend(super::bytes::count(self.lengths.len()).to_le_bytes());
        bytes.extend(self.lengths.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend(self.blob.into_bytes());
        bytes
    }
}
