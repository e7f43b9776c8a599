//! Reading and writing the insides of a section: numbers little-endian, texts by number, data as a tree.

use super::error::ContentError;
use super::text::{TextWriter, Texts};
use crate::limits;
use crate::value::{Data, Map, Text};

/// A length as the file has it. Four thousand million of anything would not fit into memory before.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

const NONE: u32 = 0;
const FALSE: u32 = 1;
const TRUE: u32 = 2;
const INT: u32 = 3;
const BIG: u32 = 4;
const FLOAT: u32 = 5;
const STR: u32 = 6;
const LIST: u32 = 7;
const MAP: u32 = 8;

/// A section that is read from its start to its end. Nothing that it says is believed before it was compared with
/// what is left.
#[derive(Debug)]
pub struct In<'p, 't> {
    bytes: &'p [u8],
    at: usize,
    texts: &'t Texts<'p>,
}

impl<'p, 't> In<'p, 't> {
    pub(super) fn new(bytes: &'p [u8], texts: &'t Texts<'p>) -> In<'p, 't> {
        In { bytes, at: 0, texts }
    }

    /// Bytes that were read.
    pub fn position(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// The next bytes.
    ///
    /// # Errors
    /// [`ContentError::Truncated`], as for everything that is read here.
    pub fn take(&mut self, length: usize) -> Result<&'p [u8], ContentError> {
        let end = self.at.checked_add(length).ok_or(ContentError::Truncated)?;
        let bytes = self.bytes.get(self.at..end).ok_or(ContentError::Truncated)?;
        self.at = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ContentError> {
        let bytes =
            self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()).ok_or(ContentError::Truncated)?;
        self.at += N;
        Ok(*bytes)
    }

    /// A byte.
    ///
    /// # Errors
    /// At the end of the section.
    pub fn u8(&mut self) -> Result<u8, ContentError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    /// A 16-bit number.
    ///
    /// # Errors
    /// At the end of the section.
    pub fn u16(&mut self) -> Result<u16, ContentError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// A 32-bit number.
    ///
    /// # Errors
    /// At the end of the section.
    pub fn u32(&mut self) -> Result<u32, ContentError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// A 64-bit number.
    ///
    /// # Errors
    /// At the end of the section.
    pub fn u64(&mut self) -> Result<u64, ContentError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A float, bit for bit.
    ///
    /// # Errors
    /// At the end of the section.
    pub fn f64(&mut self) -> Result<f64, ContentError> {
        Ok(f64::from_bits(self.u64()?))
    }

    /// A byte that is 0 or 1.
    ///
    /// # Errors
    /// When it is neither.
    pub fn bool(&mut self) -> Result<bool, ContentError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(ContentError::Tag),
        }
    }

    /// A count of things that take at least so many bytes each.
    ///
    /// # Errors
    /// When what is left of the section cannot hold that many.
    pub fn count(&mut self, least: usize) -> Result<usize, ContentError> {
        let count = usize::try_from(self.u32()?).map_err(|_| ContentError::Count)?;
        match count.checked_mul(least) {
            Some(size) if size <= self.left() => Ok(count),
            _ => Err(ContentError::Count),
        }
    }

    /// A text, borrowed from the file.
    ///
    /// # Errors
    /// When the pack does not have it.
    pub fn str(&mut self) -> Result<&'p str, ContentError> {
        let number = self.u32()?;
        self.texts.get(number)
    }

    /// A text of one's own.
    ///
    /// # Errors
    /// When the pack does not have it, or when copies of its texts would be far larger than the pack.
    pub fn string(&mut self) -> Result<String, ContentError> {
        self.copied().map(str::to_owned)
    }

    /// A text that its reader copies to where it is kept.
    ///
    /// # Errors
    /// As [`In::string`].
    pub(super) fn copied(&mut self) -> Result<&'p str, ContentError> {
        let text = self.str()?;
        self.texts.copy(text)?;
        Ok(text)
    }

    /// A text as data, shared by all who ask for it.
    ///
    /// # Errors
    /// When the pack does not have it.
    pub fn text(&mut self) -> Result<Text, ContentError> {
        let number = self.u32()?;
        self.texts.shared(number)
    }

    /// Something that may be missing.
    ///
    /// # Errors
    /// Those of `read`, and a flag that is neither 0 nor 1.
    pub fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ContentError>,
    ) -> Result<Option<T>, ContentError> {
        if self.bool()? { read(self).map(Some) } else { Ok(None) }
    }

    /// A tree of data.
    ///
    /// # Errors
    /// When it is not one, or nests deeper than [`limits::DATA_DEPTH`].
    pub fn data(&mut self) -> Result<Data, ContentError> {
        self.data_within(limits::DATA_DEPTH)
    }

    fn data_within(&mut self, depth: usize) -> Result<Data, ContentError> {
        Ok(match self.u32()? {
            NONE => Data::None,
            FALSE => Data::Bool(false),
            TRUE => Data::Bool(true),
            INT => Data::Int(i64::from_le_bytes(self.array()?)),
            BIG => Data::Big(self.u64()?),
            FLOAT => Data::Float(self.f64()?),
            STR => Data::Str(self.text()?),
            LIST => {
                let below = depth.checked_sub(1).ok_or(ContentError::Depth)?;
                let count = self.count(4)?;
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    items.push(self.data_within(below)?);
                }
                Data::list(items)
            }
            MAP => {
                let below = depth.checked_sub(1).ok_or(ContentError::Depth)?;
                let count = self.count(8)?;
                let mut map = Map::with_capacity_and_hasher(count, foldhash::fast::RandomState::default());
                for _ in 0..count {
                    let key = self.text()?;
                    if map.insert(key, self.data_within(below)?).is_some() {
                        return Err(ContentError::DuplicateKey);
                    }
                }
                Data::map(map)
            }
            _ => return Err(ContentError::Tag),
        })
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When bytes are left over.
    pub fn end(&self) -> Result<(), ContentError> {
        if self.left() == 0 { Ok(()) } else { Err(ContentError::LeftOver) }
    }
}

/// A section that is written.
#[derive(Debug)]
pub struct Out<'t> {
    pub(super) bytes: Vec<u8>,
    pub(super) texts: &'t mut TextWriter,
}

impl Out<'_> {
    /// Bytes as they are.
    pub fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    /// A byte.
    pub fn u8(&mut self, number: u8) {
        self.bytes.push(number);
    }
    /// A 16-bit number.
    pub fn u16(&mut self, number: u16) {
        self.put(&number.to_le_bytes());
    }
    /// A 32-bit number.
    pub fn u32(&mut self, number: u32) {
        self.put(&number.to_le_bytes());
    }
    /// A 64-bit number.
    pub fn u64(&mut self, number: u64) {
        self.put(&number.to_le_bytes());
    }
    /// A float, bit for bit.
    pub fn f64(&mut self, number: f64) {
        self.u64(number.to_bits());
    }
    /// A byte that is 0 or 1.
    pub fn bool(&mut self, truth: bool) {
        self.u8(truth.into());
    }
    /// A count.
    pub fn count(&mut self, length: usize) {
        self.u32(count(length));
    }
    /// A text.
    pub fn str(&mut self, text: &str) {
        let number = self.texts.number(text);
        self.u32(number);
    }

    /// Something that may be missing.
    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.bool(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// A tree of data. A record is written as the map of its fields; what nests deeper than [`limits::DATA_DEPTH`],
    /// which no compiler makes, as `None`.
    pub fn data(&mut self, data: &Data) {
        self.data_within(data, limits::DATA_DEPTH);
    }

    fn data_within(&mut self, data: &Data, depth: usize) {
        let below = depth.checked_sub(1);
        match (data, below) {
            (Data::None, _) | (Data::List(_) | Data::Map(_) | Data::Record(_), None) => self.u32(NONE),
            (Data::Bool(truth), _) => self.u32(if *truth { TRUE } else { FALSE }),
            (Data::Int(i), _) => {
                self.u32(INT);
                self.put(&i.to_le_bytes());
            }
            (Data::Big(u), _) => {
                self.u32(BIG);
                self.u64(*u);
            }
            (Data::Float(x), _) => {
                self.u32(FLOAT);
                self.f64(*x);
            }
            (Data::Str(text), _) => {
                self.u32(STR);
                self.str(text.as_str());
            }
            (Data::List(items), Some(below)) => {
                self.u32(LIST);
                self.count(items.len());
                items.iter().for_each(|item| self.data_within(item, below));
            }
            (Data::Map(map), Some(below)) => {
                self.entries(map.len(), map.iter().map(|(key, data)| (key.as_str(), data)), below);
            }
            (Data::Record(record), Some(below)) => {
                self.entries(record.entries().count(), record.entries(), below);
            }
        }
    }

    fn entries<'n, 'd>(
        &mut self,
        count: usize,
        entries: impl Iterator<Item = (&'n str, &'d Data)>,
        depth: usize,
    ) {
        self.u32(MAP);
        self.count(count);
        for (key, data) in entries {
            self.str(key);
            self.data_within(data, depth);
        }
    }
}
