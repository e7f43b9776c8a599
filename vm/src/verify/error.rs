//! Why a pack was refused.

use crate::ids::PatternId;

/// Why a pack was refused: one variant for each check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// A regular expression does not compile: which, and what is wrong.
    Pattern(PatternId, String),
}
