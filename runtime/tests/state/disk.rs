//! A disk in memory that fails, lies and loses power on demand.

use std::io;
use std::sync::{Arc, Mutex};

use oracle_runtime::state::{Storage, StorageBackend};

/// When writes and syncs fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The n-th write or sync fails, from 1; the next works again.
    Once(u64),
    /// The n-th write or sync and everything after fails until [`Disk::heal`].
    From(u64),
    /// From the n-th on, syncs say that they are done and do nothing.
    Lie(u64),
}

#[derive(Clone, Debug)]
enum Change {
    Write(u64, Vec<u8>),
    Len(u64),
}

#[derive(Debug, Default)]
struct Contents {
    /// What the process sees.
    live: Vec<u8>,
    /// What is there after the power failed.
    durable: Vec<u8>,
    /// What was done since the last sync that was one.
    pending: Vec<Change>,
    steps: u64,
    fault: Option<Fault>,
}

/// The disk. Cloned, it is the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    contents: Arc<Mutex<Contents>>,
}

impl Disk {
    /// A disk that holds this already.
    pub(crate) fn holding(bytes: &[u8]) -> Disk {
        let contents = Contents { live: bytes.to_vec(), durable: bytes.to_vec(), ..Contents::default() };
        Disk { contents: Arc::new(Mutex::new(contents)) }
    }

    pub(crate) fn set_fault(&self, fault: Fault) {
        let mut contents = self.contents.lock().unwrap();
        contents.steps = 0;
        contents.fault = Some(fault);
    }

    pub(crate) fn heal(&self) {
        self.contents.lock().unwrap().fault = None;
    }

    /// Writes and syncs since the fault was set.
    pub(crate) fn steps(&self) -> u64 {
        self.contents.lock().unwrap().steps
    }

    /// What is there after the power failed: what was not synced is there or not, as `survives` says.
    pub(crate) fn after_power_loss(&self, mut survives: impl FnMut() -> bool) -> Vec<u8> {
        let contents = self.contents.lock().unwrap();
        let mut bytes = contents.durable.clone();
        for change in &contents.pending {
            if survives() {
                change.apply(&mut bytes);
            }
        }
        bytes
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.contents.lock().unwrap().live.clone()
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Len(len) => bytes.resize(usize::try_from(*len).unwrap(), 0),
            Change::Write(offset, data) => {
                let from = usize::try_from(*offset).unwrap();
                let to = from + data.len();
                if bytes.len() < to {
                    bytes.resize(to, 0);
                }
                bytes[from..to].copy_from_slice(data);
            }
        }
    }
}

impl Contents {
    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        let fails = match self.fault {
            Some(Fault::Once(n)) => self.steps == n,
            Some(Fault::From(n)) => self.steps >= n,
            Some(Fault::Lie(_)) | None => false,
        };
        if fails {
            Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on the test disk"))
        } else {
            Ok(())
        }
    }

    fn change(&mut self, change: Change) -> io::Result<()> {
        self.step()?;
        change.apply(&mut self.live);
        self.pending.push(change);
        Ok(())
    }
}

impl Storage for Disk {
    fn name(&self) -> String {
        "the test disk".to_owned()
    }
    fn open(&self) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(self.clone()))
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.contents.lock().unwrap().live.len() as u64)
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let contents = self.contents.lock().unwrap();
        let from = usize::try_from(offset).unwrap();
        let found = contents.live.get(from..from + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.contents.lock().unwrap().change(Change::Len(len))
    }
    fn sync_data(&self) -> io::Result<()> {
        let mut contents = self.contents.lock().unwrap();
        contents.step()?;
        if !matches!(contents.fault, Some(Fault::Lie(n)) if contents.steps >= n) {
            contents.durable = contents.live.clone();
            contents.pending.clear();
        }
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.contents.lock().unwrap().change(Change::Write(offset, data.to_vec()))
    }
}
