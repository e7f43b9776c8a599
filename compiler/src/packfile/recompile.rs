//! Compiling a pack's own sources again.

use std::sync::Arc;

use super::Packed;
use super::sources::{SourceFile, SourceKind};
use crate::diag::Severity;
use crate::session::{Compiled, Options, RuleInput, compile_rules};

/// Compiles the files that a pack has, in their order.
///
/// # Errors
/// When one of them has an error: what was compiled, with the diagnostics.
pub fn recompile(files: Vec<SourceFile>) -> Result<Packed, Box<Compiled>> {
    let rules = files.iter().filter(|file| file.kind == SourceKind::Rule);
    let inputs: Vec<RuleInput> =
        rules.map(|file| RuleInput::loose(file.path.as_str(), file.bytes.as_slice())).collect();
    let compiled = compile_rules(&inputs, Options { lint: false, ..Options::default() });
    if compiled.diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(Box::new(compiled));
    }
    let rules = compiled.rules.into_iter().map(Arc::unwrap_or_clone).collect();
    Ok(Packed { pack: compiled.pack, rules, plugins: Vec::new(), sources: files })
}
