//! From a pack to one that can be run: everything that the machine relies on is checked here, once.

mod error;

pub use error::VerifyError;

use regex::{Regex, RegexBuilder};

use crate::ids::PatternId;
use crate::limits;
use crate::pack::Pack;

/// A pack that the machine can run. Only [`verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedPack {
    pack: Pack,
    patterns: Vec<Regex>,
}

impl std::ops::Deref for VerifiedPack {
    type Target = Pack;
    fn deref(&self) -> &Pack {
        &self.pack
    }
}

impl VerifiedPack {
    /// A regular expression of the pack, ready to search.
    pub(crate) fn pattern(&self, id: PatternId) -> Option<&Regex> {
        self.patterns.get(id.index())
    }

    /// The pack as it was before it was verified.
    pub fn into_pack(self) -> Pack {
        self.pack
    }
}

/// Checks a pack.
pub fn verify(pack: Pack) -> Result<VerifiedPack, VerifyError> {
    let patterns = (0..)
        .map(PatternId)
        .zip(&pack.patterns)
        .map(|(id, pattern)| compile(pattern).map_err(|error| VerifyError::Pattern(id, error.to_string())))
        .collect::<Result<_, _>>()?;
    Ok(VerifiedPack { pack, patterns })
}

/// Compiles a regular expression within the limits of the language; the error says what is wrong with it.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(limits::PATTERN_BYTES)
        .dfa_size_limit(limits::PATTERN_BYTES)
        .nest_limit(64)
        .build()
}
