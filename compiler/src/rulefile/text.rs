//! From bytes to text: size and encoding.

use crate::diag::{Code, Sink};
use crate::source::{SourceId, Sources, Span};

/// Bytes of a rule file or manifest.
pub const FILE_BYTES: usize = 1024 * 1024;

/// Takes over the text of a file; `None` when it is too large or not UTF-8, which is reported.
pub fn decode(name: &str, bytes: &[u8], sources: &mut Sources, sink: &mut Sink) -> (SourceId, bool) {
    if bytes.len() > FILE_BYTES {
        let source = sources.add(name, "");
        let size = bytes.len();
        sink.report(
            Code::FileLimit,
            Span::new(source, 0, 0),
            format!("the file has {size} bytes, at most {FILE_BYTES} are read"),
        )
        .help("a rule file holds one rule: move data into the plugin's state or settings");
        return (source, false);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (sources.add(name, text), true),
        Err(error) => {
            let good = error.valid_up_to();
            let byte = bytes.get(good).copied().unwrap_or_default();
            let text = String::from_utf8_lossy(bytes);
            let source = sources.add(name, text);
            let end = good.saturating_add('\u{fffd}'.len_utf8());
            sink.report(Code::NotUtf8, Span::new(source, good, end), "the file is not UTF-8 text")
                .label(format!("byte 0x{byte:02x} starts no character"))
                .help("save the file as UTF-8");
            (source, false)
        }
    }
}
