//! Constants: nine bytes each, and what does not fit into them beside.

use crate::ids::ConstId;
use crate::value::{Data, Value};

/// What a constant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    None,
    False,
    True,
    Int,
    Big,
    Float,
    /// Its place among what is large.
    Large,
}

/// The constants of all chunks, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ConstPool {
    kinds: Vec<Kind>,
    bits: Vec<u64>,
    large: Vec<Data>,
}

/// The constants of one chunk, borrowed from its pack.
#[derive(Clone, Copy, Debug)]
pub struct Consts<'p> {
    kinds: &'p [Kind],
    bits: &'p [u64],
    large: &'p [Data],
}

impl ConstPool {
    pub(super) fn with_capacity(count: usize) -> ConstPool {
        let (kinds, bits) = (Vec::with_capacity(count), Vec::with_capacity(count));
        ConstPool { kinds, bits, large: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    #[inline]
    pub(super) fn push(&mut self, data: Data) {
        let (kind, bits) = match data {
            Data::None => (Kind::None, 0),
            Data::Bool(false) => (Kind::False, 0),
            Data::Bool(true) => (Kind::True, 0),
            Data::Int(i) => (Kind::Int, i.cast_unsigned()),
            Data::Big(u) => (Kind::Big, u),
            Data::Float(x) => (Kind::Float, x.to_bits()),
            Data::Str(_) | Data::List(_) | Data::Map(_) | Data::Record(_) => {
                self.large.push(data);
                (Kind::Large, self.large.len() as u64 - 1)
            }
        };
        self.kinds.push(kind);
        self.bits.push(bits);
    }

    /// Those between two places.
    #[inline]
    pub(super) fn slice(&self, start: usize, end: usize) -> Option<Consts<'_>> {
        let (kinds, bits) = (self.kinds.get(start..end)?, self.bits.get(start..end)?);
        Some(Consts { kinds, bits, large: &self.large })
    }

    /// Adds all of another pool.
    pub(super) fn append(&mut self, other: &ConstPool) {
        let before = self.large.len() as u64;
        self.kinds.extend_from_slice(&other.kinds);
        self.bits.extend(other.kinds.iter().zip(&other.bits).map(|(kind, bits)| match kind {
            Kind::Large => before.saturating_add(*bits),
            _ => *bits,
        }));
        self.large.extend_from_slice(&other.large);
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.kinds.shrink_to_fit();
        self.bits.shrink_to_fit();
        self.large.shrink_to_fit();
    }
}

impl<'p> Consts<'p> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// A constant as the machine sees it.
    #[inline(always)]
    pub fn get(&self, id: ConstId) -> Option<Value<'p>> {
        let bits = *self.bits.get(id.index())?;
        Some(match self.kinds.get(id.index())? {
            Kind::None => Value::None,
            Kind::False => Value::Bool(false),
            Kind::True => Value::Bool(true),
            Kind::Int => Value::Int(bits.cast_signed()),
            Kind::Big => Value::Big(bits),
            Kind::Float => Value::Float(f64::from_bits(bits)),
            Kind::Large => self.large_at(bits)?.value(),
        })
    }

    /// A constant of one's own; what is large stays shared.
    pub fn data(&self, id: ConstId) -> Option<Data> {
        match (self.kinds.get(id.index())?, *self.bits.get(id.index())?) {
            (Kind::Large, at) => self.large_at(at).cloned(),
            _ => self.get(id)?.to_data(),
        }
    }

    /// All of them, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = Data> + use<'p> {
        let own = *self;
        (0..).map(ConstId).map_while(move |id| own.data(id))
    }

    /// Those that are texts, lists, maps or records.
    pub(crate) fn large(&self) -> impl Iterator<Item = &'p Data> + use<'p> {
        let own = *self;
        let places = own.kinds.iter().zip(own.bits).filter(|(kind, _)| **kind == Kind::Large);
        places.filter_map(move |(_, at)| own.large_at(*at))
    }

    #[inline]
    fn large_at(&self, at: u64) -> Option<&'p Data> {
        self.large.get(usize::try_from(at).ok()?)
    }
}

/// The very same constants: floats bit by bit.
impl PartialEq for Consts<'_> {
    fn eq(&self, other: &Self) -> bool {
        // Where what is large lies does not matter, only what it is.
        let same = |((kind, own), others): ((&Kind, &u64), &u64)| match kind {
            Kind::Large => self.large_at(*own) == other.large_at(*others),
            _ => own == others,
        };
        self.kinds == other.kinds && self.kinds.iter().zip(self.bits).zip(other.bits).all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let list = Data::list(vec![Data::Int(1), Data::text("x")]);
        let all = [
            Data::None,
            Data::Bool(false),
            Data::Bool(true),
            Data::Int(-7),
            Data::Big(u64::MAX),
            Data::Float(-0.5),
            Data::text("text"),
            list,
        ];
        let mut pool = ConstPool::default();
        all.iter().for_each(|data| pool.push(data.clone()));
        let twice = {
            let mut twice = pool.clone();
            twice.append(&pool);
            twice
        };
        for (consts, name) in [(pool.slice(0, 8), "own"), (twice.slice(8, 16), "appended")] {
            let consts = consts.unwrap();
            assert!(consts.iter().eq(all.iter().cloned()), "{name}");
            assert_eq!(consts.large().count(), 2, "{name}");
            assert_eq!(consts, pool.slice(0, 8).unwrap(), "{name}");
        }
        assert_ne!(pool.slice(0, 3).unwrap(), pool.slice(1, 4).unwrap());
        assert!(pool.slice(0, 9).is_none());
    }

    #[test]
    fn floats_beside_a_text_are_the_same_only_bit_by_bit() {
        let pool_of = |float: f64| {
            let mut pool = ConstPool::default();
            pool.push(Data::text("text"));
            pool.push(Data::Float(float));
            pool
        };
        let (zero, negative, nan) = (pool_of(0.0), pool_of(-0.0), pool_of(f64::NAN));
        assert_ne!(zero.slice(0, 2).unwrap(), negative.slice(0, 2).unwrap());
        assert_eq!(nan.slice(0, 2).unwrap(), nan.clone().slice(0, 2).unwrap());
    }
}
