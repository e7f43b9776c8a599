//! Bytes -> a manifest or diagnostics, with places inside of the file; a manifest that is taken has what the host relies
//! on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oracle_compiler::diag::Sink;
use oracle_compiler::rulefile::{decode, manifest};
use oracle_compiler::source::Sources;

fuzz_target!(|bytes: &[u8]| {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let (source, is_text) = decode("manifest.toml", bytes, &mut sources, &mut sink);
    let read = if is_text { manifest::read(&sources, source, &mut sink) } else { None };
    match &read {
        Some(manifest) => {
            assert!(!sink.has_errors(), "taken in spite of an error");
            let id = &manifest.id.text;
            assert!(!id.is_empty() && id.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{id}");
            let mut names: Vec<&str> = manifest.settings.iter().map(|it| it.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), manifest.settings.len(), "a setting that is there twice");
        }
        None => assert!(sink.has_errors(), "refused without a word"),
    }
    for diagnostic in sink.finish() {
        let span = diagnostic.primary.span;
        let source = sources.get(span.source).expect("a source");
        assert!(source.text.get(span.start as usize..span.end as usize).is_some(), "a span outside of the file");
    }
});
