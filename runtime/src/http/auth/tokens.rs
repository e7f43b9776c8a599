//! Tokens that the configuration knows, by their hashes.

use std::fmt;

use oracle_vm::value::Text;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{Caller, Scopes};

/// What our tokens begin with, so that people and scanners recognise them.
const PREFIX: &str = "oracle_";
/// Random bytes of a token: too many to guess, so one round of hashing is enough.
const SECRET_BYTES: usize = 32;

/// The SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> TokenHash {
        TokenHash(Sha256::digest(token.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Option<TokenHash> {
        let mut bytes = [0; 32];
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(TokenHash(bytes))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for TokenHash {
    /// A hash is no secret, but it is nobody's business in a log either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// A token that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whom it stands for.
    pub user: Text,
    /// Its hash.
    pub hash: TokenHash,
    /// What it allows.
    pub scopes: Scopes,
}

/// Whose token this is. Looks at every known token, so that the time says nothing.
pub(super) fn find(tokens: &[Token], presented: &str) -> Option<Caller> {
    let hash = TokenHash::of(presented);
    let mut found = u64::MAX;
    for (at, token) in (0..).zip(tokens) {
        let same: Choice = token.hash.0.ct_eq(&hash.0);
        found.conditional_assign(&at, same);
    }
    let token = tokens.get(usize::try_from(found).ok()?)?;
    Some(Caller { user: token.user.clone(), scopes: token.scopes })
}

/// A token that was just made; the only place where its text stands.
pub struct NewToken(String);

impl NewToken {
    /// A token from the operating system's randomness.
    ///
    /// # Errors
    /// A system without randomness.
    pub fn generate() -> Result<NewToken, String> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(|error| format!("there is no randomness to be had: {error}"))?;
        Ok(NewToken(format!("{PREFIX}{}", Hex(&secret))))
    }

    /// The text that the caller sends.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What the configuration keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewToken(..)")
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, self.0)
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash() {
        let (ada, bob) = (NewToken::generate().unwrap(), NewToken::generate().unwrap());
        assert_ne!(ada.text(), bob.text());
        let token = |user: &str, hash| Token { user: user.into(), hash, scopes: Scopes::ALL };
        let known = [token("ada", ada.hash()), token("bob", bob.hash())];
        assert_eq!(find(&known, ada.text()).unwrap().user.as_str(), "ada");
        assert_eq!(find(&known, bob.text()).unwrap().user.as_str(), "bob");
        assert_eq!(find(&known, "oracle_00"), None);
        assert_eq!(find(&known, &ada.hash().to_string()), None);
        assert_eq!(find(&[], ada.text()), None);
    }

    #[test]
    fn hashes_are_written_and_read() {
        let hash = TokenHash::of("abc");
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.to_string(), hex);
        assert_eq!(TokenHash::parse(hex), Some(hash));
        for bad in ["", "ba78", &hex.replace('b', "g"), &hex.replace("ba", "é"), &format!("{hex}00")] {
            assert_eq!(TokenHash::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let new = NewToken::generate().unwrap();
        let token = Token { user: "ada".into(), hash: new.hash(), scopes: Scopes::ALL };
        let shown = format!("{new:?} {token:?}");
        assert!(!shown.contains(new.text()) && !shown.contains(&new.hash().to_string()), "{shown}");
    }
}
