//! Ed25519 keys as text: one line, so that they can be copied, compared and put into a configuration.

use std::fmt;
use std::io;
use std::path::Path;

use ed25519_dalek::{SigningKey, VerifyingKey};

const PUBLIC: &str = "oracle-pack-public:";
const SECRET: &str = "oracle-pack-secret:";

/// Bytes of a file with a key: one line.
const FILE_BYTES: u64 = 4096;

/// A key that signatures are checked with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A key that packs are signed with. Its text is not shown by `{:?}`.
pub struct SecretKey(SigningKey);

/// Why a text or file is no key.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyError {
    /// The file cannot be read.
    Unreadable(String, io::Error),
    /// It is no key of this sort; which sort was wanted.
    NotAKey(&'static str),
    /// A secret key where a public one belongs.
    Secret,
    /// A public key where a secret one belongs.
    Public,
    /// A public key that anyone could sign for.
    Weak,
    /// The operating system gives no random numbers.
    Random(getrandom::Error),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Unreadable(path, error) => write!(f, "`{path}` cannot be read: {error}"),
            KeyError::NotAKey(prefix) => {
                write!(
                    f,
                    "it is no key: one line `{prefix}` and 64 hexadecimal digits; `oracle key new` makes keys"
                )
            }
            KeyError::Secret => f.write_str("it is a secret key: name the file that ends in `.pub`"),
            KeyError::Public => f.write_str("it is a public key: packs are signed with the secret one"),
            KeyError::Weak => {
                f.write_str("anyone could sign for this key: make another with `oracle key new`")
            }
            KeyError::Random(error) => write!(f, "the system gives no random numbers: {error}"),
        }
    }
}

impl std::error::Error for KeyError {}

impl PublicKey {
    /// The key with these bytes.
    ///
    /// # Errors
    /// When they are no key, or one that anyone could sign for.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<PublicKey, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAKey(PUBLIC))?;
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(PublicKey(key)) }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Reads a key from its text.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        if text.trim().starts_with(SECRET) {
            return Err(KeyError::Secret);
        }
        PublicKey::from_bytes(&digits(text, PUBLIC)?)
    }

    /// Reads a key from a file.
    ///
    /// # Errors
    /// When it cannot be read or holds none.
    pub fn from_file(path: &Path) -> Result<PublicKey, KeyError> {
        PublicKey::parse(&read(path)?)
    }

    pub(super) fn dalek(&self) -> &VerifyingKey {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PUBLIC)?;
        hex(self.0.as_bytes(), f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl SecretKey {
    /// A new key, of the operating system's random numbers.
    ///
    /// # Errors
    /// When there are none.
    pub fn generate() -> Result<SecretKey, KeyError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(KeyError::Random)?;
        Ok(SecretKey(SigningKey::from_bytes(&seed)))
    }

    /// Reads a key from its text.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<SecretKey, KeyError> {
        if text.trim().starts_with(PUBLIC) {
            return Err(KeyError::Public);
        }
        Ok(SecretKey(SigningKey::from_bytes(&digits(text, SECRET)?)))
    }

    /// Reads a key from a file.
    ///
    /// # Errors
    /// When it cannot be read or holds none.
    pub fn from_file(path: &Path) -> Result<SecretKey, KeyError> {
        SecretKey::parse(&read(path)?)
    }

    /// The key that its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Its text, to be written where nobody else reads it.
    pub fn to_text(&self) -> String {
        struct Text<'k>(&'k SigningKey);
        impl fmt::Display for Text<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(SECRET)?;
                hex(self.0.as_bytes(), f)
            }
        }
        Text(&self.0).to_string()
    }

    pub(super) fn dalek(&self) -> &SigningKey {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key of {}", self.public())
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn digits(text: &str, prefix: &'static str) -> Result<[u8; 32], KeyError> {
    let read = || {
        let digits = text.trim().strip_prefix(prefix)?;
        if digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().as_chunks::<2>().0) {
            let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok());
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(bytes)
    };
    read().ok_or(KeyError::NotAKey(prefix))
}

fn read(path: &Path) -> Result<String, KeyError> {
    use std::io::Read as _;
    let read = || {
        let mut text = String::new();
        std::fs::File::open(path)?.take(FILE_BYTES).read_to_string(&mut text)?;
        Ok(text)
    };
    read().map_err(|error| KeyError::Unreadable(path.display().to_string(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let secret = SecretKey::generate().unwrap();
        let public = secret.public();
        assert_eq!(PublicKey::parse(&format!("{public}\n")).unwrap(), public);
        assert_eq!(SecretKey::parse(&secret.to_text()).unwrap().public(), public);
        assert!(matches!(PublicKey::parse(&secret.to_text()), Err(KeyError::Secret)));
        assert!(matches!(SecretKey::parse(&public.to_string()), Err(KeyError::Public)));
        assert!(!format!("{secret:?}").contains(&secret.to_text()[SECRET.len()..]));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "oracle-pack-public:", "oracle-pack-public:+1", "ssh-ed25519 AAAA", "é"] {
            assert!(PublicKey::parse(text).is_err(), "{text}");
        }
        let plus = format!("{PUBLIC}{}", "+1".repeat(32));
        assert!(PublicKey::parse(&plus).is_err(), "a sign is no digit");
        // The neutral element: its signatures say nothing.
        let mut weak = [0; 32];
        weak[0] = 1;
        assert!(matches!(PublicKey::from_bytes(&weak), Err(KeyError::Weak)));
    }
}
