//! A bounded place for rendered text.

use std::io;

/// Bytes of the longest text that a template may render.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// Text that refuses to grow beyond [`MAX_OUTPUT_BYTES`].
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    pub(super) is_full: bool,
}

impl Output {
    pub(super) fn into_text(self) -> String {
        String::from_utf8(self.bytes).unwrap_or_default()
    }
}

impl io::Write for &mut Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(bytes.len()) > MAX_OUTPUT_BYTES {
            self.is_full = true;
            return Err(io::Error::other("the output is too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
