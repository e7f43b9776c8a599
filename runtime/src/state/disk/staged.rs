//! A file that is not written to until it is known to be ours and whole.
//!
//! Opening a database repairs it where it must, before anybody has seen what is in it. Until [`Stage::release`], writes
//! are kept in memory and in order, the syncs between them too; then they are done as they would have been.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use redb::{BackendError, StorageBackend};

const PAGE: u64 = 4096;

/// A backend whose writes wait for [`Stage::release`].
#[derive(Debug)]
pub(super) struct Staged {
    stage: Arc<Stage>,
}

/// The handle that lets the writes of a [`Staged`] through.
#[derive(Debug)]
pub(super) struct Stage {
    base: Box<dyn StorageBackend>,
    released: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// What to do at the release.
    steps: Vec<Step>,
    /// What reads see instead of the base.
    pages: BTreeMap<u64, Vec<u8>>,
    /// The length, where it was changed.
    len: Option<u64>,
    /// The least length on the way: what lies beyond is not the base's any more.
    shortest: Option<u64>,
}

#[derive(Debug)]
enum Step {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
}

impl Staged {
    /// Holds back what will be written to this backend.
    pub(super) fn new(base: Box<dyn StorageBackend>) -> (Staged, Arc<Stage>) {
        let stage = Arc::new(Stage { base, released: AtomicBool::new(false), kept: Mutex::default() });
        (Staged { stage: Arc::clone(&stage) }, stage)
    }
}

impl Stage {
    /// Does what was held back; from now on, writes go straight through.
    pub(super) fn release(&self) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for step in std::mem::take(&mut kept.steps) {
            match step {
                Step::Write(offset, data) => self.base.write(offset, &data)?,
                Step::SetLen(len) => self.base.set_len(len)?,
                Step::Sync => self.base.sync_data()?,
            }
        }
        *kept = Kept::default();
        self.released.store(true, Ordering::Release);
        Ok(())
    }

    fn kept(&self) -> Option<std::sync::MutexGuard<'_, Kept>> {
        if self.released.load(Ordering::Acquire) {
            return None;
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (!self.released.load(Ordering::Acquire)).then_some(kept)
    }

    /// Reads a piece of the base; what lies beyond its end, or was cut off on the way, is zero.
    fn read_base(&self, kept: &Kept, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = self.base.len()?.min(kept.shortest.unwrap_or(u64::MAX));
        let there = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
        out.fill(0);
        match out.get_mut(..there) {
            Some(part) if !part.is_empty() => self.base.read(offset, part),
            _ => Ok(()),
        }
    }

    fn len_of(&self, kept: &Kept) -> io::Result<u64> {
        kept.len.map_or_else(|| self.base.len(), Ok)
    }
}

/// The pages that a range touches: the page's number, where the range begins in it, and the part of the range.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let left = len.checked_sub(at).filter(|left| *left > 0)?;
        let place = offset.saturating_add(at as u64);
        let inside = usize::try_from(place % PAGE).unwrap_or_default();
        let size = left.min((PAGE as usize).saturating_sub(inside));
        let piece = (place / PAGE, inside, at..at + size);
        at += size;
        Some(piece)
    })
}

fn out_of_bounds() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends before what it should hold")
}

impl StorageBackend for Staged {
    fn len(&self) -> io::Result<u64> {
        match self.stage.kept() {
            Some(kept) => self.stage.len_of(&kept),
            None => self.stage.base.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let Some(kept) = self.stage.kept() else { return self.stage.base.read(offset, out) };
        let end = offset.checked_add(out.len() as u64).ok_or_else(out_of_bounds)?;
        if end > self.stage.len_of(&kept)? {
            return Err(out_of_bounds());
        }
        self.stage.read_base(&kept, offset, out)?;
        for (page, inside, range) in pieces(offset, out.len()) {
            let Some(page) = kept.pages.get(&page) else { continue };
            let from = page.get(inside..inside + range.len());
            if let (Some(to), Some(from)) = (out.get_mut(range), from) {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let Some(mut kept) = self.stage.kept() else { return self.stage.base.set_len(len) };
        let before = self.stage.len_of(&kept)?;
        if len < before {
            kept.shortest = Some(kept.shortest.unwrap_or(u64::MAX).min(len));
            kept.pages.retain(|page, _| page.saturating_mul(PAGE) < len);
            let inside = usize::try_from(len % PAGE).unwrap_or_default();
            if let Some(rest) = kept.pages.get_mut(&(len / PAGE)).and_then(|page| page.get_mut(inside..)) {
                rest.fill(0);
            }
        }
        kept.len = Some(len);
        kept.steps.push(Step::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let Some(mut kept) = self.stage.kept() else { return self.stage.base.sync_data() };
        kept.steps.push(Step::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let Some(mut kept) = self.stage.kept() else { return self.stage.base.write(offset, data) };
        for (page, inside, range) in pieces(offset, data.len()) {
            if !kept.pages.contains_key(&page) {
                let mut bytes = vec![0; PAGE as usize];
                self.stage.read_base(&kept, page.saturating_mul(PAGE), &mut bytes)?;
                kept.pages.insert(page, bytes);
            }
            let to = kept.pages.get_mut(&page).and_then(|page| page.get_mut(inside..inside + range.len()));
            if let (Some(to), Some(from)) = (to, data.get(range)) {
                to.copy_from_slice(from);
            }
        }
        let end = offset.saturating_add(data.len() as u64);
        if end > self.stage.len_of(&kept)? {
            kept.len = Some(end);
        }
        kept.steps.push(Step::Write(offset, data.to_vec()));
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.stage.base.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.stage.base.try_lock_range(start, end)
    }
    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.stage.base.try_lock_shared_range(start, end)
    }
    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.stage.base.lock_range(start, end)
    }
    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.stage.base.lock_shared_range(start, end)
    }
    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.stage.base.unlock_range(start, end)
    }
    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.stage.base.query_lock_range(start, end)
    }
}
