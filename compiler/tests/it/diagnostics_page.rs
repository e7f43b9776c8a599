//! The handbook's page on codes is the code table's.

#![expect(clippy::disallowed_methods, reason = "the test reads and writes the page it keeps fresh")]

#[test]
fn page_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/diagnostics.md");
    let page = oracle_compiler::diag::explain::page();
    if std::env::var("UPDATE_DOCS").is_ok() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page,
        "docs/diagnostics.md is not the code table's page: run `UPDATE_DOCS=1 cargo test -p oracle-compiler page_is_fresh`"
    );
}
