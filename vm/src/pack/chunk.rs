//! Chunks: the code and constants of conditions, in pools that all of them share.

use super::consts::{ConstPool, Consts};
use crate::ids::{ChunkId, ConstId};
use crate::op::Op;
use crate::value::{Data, Value};

/// The code of one condition, borrowed from its pack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chunk<'p> {
    /// Its instructions; addresses count from here.
    pub code: &'p [Op],
    /// Its constants; [`ConstId`] counts from here.
    pub consts: Consts<'p>,
    /// How many registers it uses, at most [`crate::limits::REGISTERS`].
    pub registers: u16,
    /// How many params it may read.
    pub params: u16,
    /// How many settings it may read.
    pub settings: u16,
}

impl<'p> Chunk<'p> {
    /// A constant of the chunk.
    #[inline(always)]
    pub fn constant(&self, id: ConstId) -> Option<Value<'p>> {
        self.consts.get(id)
    }
}

/// The code of one condition, on its way into a pack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChunkBuf {
    /// Its instructions; addresses count from here.
    pub code: Vec<Op>,
    /// Its constants; [`ConstId`] counts from here.
    pub consts: Vec<Data>,
    /// How many registers it uses, at most [`crate::limits::REGISTERS`].
    pub registers: u16,
    /// How many params it may read.
    pub params: u16,
    /// How many settings it may read.
    pub settings: u16,
}

/// Where a chunk lies in the pools, and its sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Extent {
    code_end: u32,
    consts_end: u32,
    registers: u16,
    params: u16,
    settings: u16,
}

/// All chunks of a pack: one after the other, so that ten thousand small ones cost no more than what is in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pools {
    code: Vec<Op>,
    consts: ConstPool,
    extents: Vec<Extent>,
}

impl Pools {
    pub(super) fn push(&mut self, chunk: ChunkBuf) -> ChunkId {
        let ChunkBuf { code, consts, registers, params, settings } = chunk;
        self.code.extend(code);
        consts.into_iter().for_each(|data| self.consts.push(data));
        self.end(registers, params, settings)
    }

    /// Pools whose chunks are still to be told apart by [`Pools::end_at`].
    pub(super) fn of(code: Vec<Op>, consts: ConstPool, chunks: usize) -> Pools {
        Pools { code, consts, extents: Vec::with_capacity(chunks) }
    }

    /// Makes a chunk of what lies between the last one and these places.
    pub(super) fn end_at(&mut self, ends: (u32, u32), registers: u16, params: u16, settings: u16) {
        let (code_end, consts_end) = ends;
        self.extents.push(Extent { code_end, consts_end, registers, params, settings });
    }

    /// Adds all chunks of other pools; the instructions that were added.
    pub(super) fn append(&mut self, other: &Pools) -> &mut [Op] {
        let (code, consts) = (self.code.len(), self.consts.len());
        self.code.extend_from_slice(&other.code);
        self.consts.append(&other.consts);
        let end =
            |at: u32, before: usize| u32::try_from(before.saturating_add(at as usize)).unwrap_or(u32::MAX);
        self.extents.extend(other.extents.iter().map(|it| Extent {
            code_end: end(it.code_end, code),
            consts_end: end(it.consts_end, consts),
            ..*it
        }));
        self.code.get_mut(code..).unwrap_or_default()
    }

    /// Makes a chunk of everything that was put into the pools since the last one.
    fn end(&mut self, registers: u16, params: u16, settings: u16) -> ChunkId {
        let id = ChunkId(u32::try_from(self.extents.len()).unwrap_or(u32::MAX));
        // Four thousand million instructions would be 32 GiB: more than fits into a pack or a machine.
        let end = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        self.end_at((end(self.code.len()), end(self.consts.len())), registers, params, settings);
        id
    }

    #[inline]
    pub(super) fn get(&self, id: ChunkId) -> Option<Chunk<'_>> {
        let at = id.index();
        let extent = self.extents.get(at)?;
        let before = at.checked_sub(1).and_then(|at| self.extents.get(at));
        let (code_start, consts_start) = before.map_or((0, 0), |it| (it.code_end, it.consts_end));
        Some(Chunk {
            code: self.code.get(code_start as usize..extent.code_end as usize)?,
            consts: self.consts.slice(consts_start as usize, extent.consts_end as usize)?,
            registers: extent.registers,
            params: extent.params,
            settings: extent.settings,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.extents.len()
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.code.shrink_to_fit();
        self.consts.shrink_to_fit();
        self.extents.shrink_to_fit();
    }
}
