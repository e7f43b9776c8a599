//! Regular expressions: that they compile, and how much memory all of them may take.

use regex::{Regex, RegexBuilder};

use super::checks::Checks;
use super::error::VerifyError;
use crate::ids::PatternId;
use crate::limits;

/// A few bytes of text can become a large program. Each pattern is compiled within the first of these sizes that is
/// large enough, and counted with it.
const SIZES: [usize; 4] = [4 * 1024, 16 * 1024, 128 * 1024, limits::PATTERN_BYTES];

/// Compiles the patterns of a pack.
pub(super) fn compile_all(patterns: &[String], checks: Checks) -> Result<Vec<Regex>, VerifyError> {
    let mut left = limits::PATTERNS_BYTES;
    let mut compiled = Vec::with_capacity(patterns.len());
    for (id, pattern) in (0..).map(PatternId).zip(patterns) {
        let (regex, size) = match smallest(pattern) {
            Ok(found) => found,
            Err(error) => {
                checks.pack(false, || VerifyError::Pattern(id, error.to_string()))?;
                continue;
            }
        };
        checks.pack(left >= size, || VerifyError::PatternMemory(id))?;
        left = left.saturating_sub(size);
        compiled.push(regex);
    }
    Ok(compiled)
}

/// How much of [`limits::PATTERNS_BYTES`] a pattern takes, in bytes.
pub fn pattern_bytes(pattern: &str) -> usize {
    smallest(pattern).map_or(limits::PATTERN_BYTES, |(_, size)| size)
}

/// Whether the verifier would let all of these patterns into one pack.
pub fn patterns_fit(patterns: &[String]) -> bool {
    // Few patterns fit whatever they are, which saves compiling them.
    patterns.len() <= limits::PATTERNS_BYTES / limits::PATTERN_BYTES
        || patterns.iter().map(|it| pattern_bytes(it)).sum::<usize>() <= limits::PATTERNS_BYTES
}

fn smallest(pattern: &str) -> Result<(Regex, usize), regex::Error> {
    for size in SIZES {
        match within(pattern, size) {
            Ok(regex) => return Ok((regex, size)),
            Err(regex::Error::CompiledTooBig(_)) if size < limits::PATTERN_BYTES => {}
            Err(error) => return Err(error),
        }
    }
    Err(regex::Error::CompiledTooBig(limits::PATTERN_BYTES))
}

/// Compiles a regular expression within the limits of the language; the error says what is wrong with it.
///
/// # Errors
/// When it is none, or is too large.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    within(pattern, limits::PATTERN_BYTES)
}

fn within(pattern: &str, size: usize) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(size).dfa_size_limit(limits::PATTERN_BYTES).nest_limit(64).build()
}
