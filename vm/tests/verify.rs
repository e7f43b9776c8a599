//! Hostile code is refused, each for its reason; and what is accepted runs without a panic.

use oracle_vm::asm;
use oracle_vm::verify::{VerifyError, verify};

/// Every fixture says in its first line which error it must get, and where.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
fn fixtures_are_refused_with_the_error_they_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verify");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let wanted = text.lines().next().and_then(|line| line.strip_prefix("; error: ")).unwrap();
        let pack = asm::assemble(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let found = match verify(pack).map(|_| ()) {
            Err(VerifyError::Code(_, at, error)) => format!("{} at {}", error.name(), at.0),
            other => format!("{other:?}"),
        };
        assert_eq!(found, wanted, "{}", path.display());
        count += 1;
    }
    assert!(count >= 30, "{count} fixtures");
}
