//! The one place where a check passes or fails.

use super::error::{CodeError, VerifyError};

/// All checks; or all but one, to test that each is needed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Checks {
    off: Option<&'static str>,
}

impl Checks {
    /// All checks but the one with this code.
    pub(super) fn without(code: &str) -> Checks {
        Checks { off: VerifyError::all_codes().find(|known| *known == code) }
    }

    /// Fails with the error unless the condition holds.
    #[inline]
    pub(super) fn code(self, holds: bool, error: CodeError) -> Result<(), CodeError> {
        if holds || self.off == Some(error.name()) { Ok(()) } else { Err(error) }
    }

    /// The same for what is no instruction; the error is only made when it is needed.
    #[inline]
    pub(super) fn pack(self, holds: bool, error: impl FnOnce() -> VerifyError) -> Result<(), VerifyError> {
        if holds {
            return Ok(());
        }
        let error = error();
        if self.off == Some(error.code()) { Ok(()) } else { Err(error) }
    }
}
