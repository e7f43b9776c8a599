//! Whose packs a host takes.

use std::fmt;

use ed25519_dalek::{Signature as Bytes, Signer};
use oracle_vm::pack::{Container, MAX_SIGNATURES};

use super::keys::{PublicKey, SecretKey};

/// Whose packs a host takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Everybody's: the verifier makes any pack harmless, not right.
    #[default]
    Anyone,
    /// Those that one of these keys signed.
    Keys(Vec<PublicKey>),
}

/// Why a pack is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustError {
    /// Nobody signed it; the keys that may.
    Unsigned(Vec<PublicKey>),
    /// Others signed it; the keys that may, and who did.
    OtherKeys(Vec<PublicKey>, Vec<PublicKey>),
    /// The signature of a trusted key is not one of this pack.
    Wrong(Box<PublicKey>),
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |keys: &[PublicKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        match self {
            TrustError::Unsigned(wanted) => write!(
                f,
                "it is not signed, and must be by {}: sign it with `oracle compile --sign`",
                list(wanted)
            ),
            TrustError::OtherKeys(wanted, found) if found.is_empty() => {
                write!(f, "its signature is by no key, and must be by {}", list(wanted))
            }
            TrustError::OtherKeys(wanted, found) => {
                write!(f, "it is signed by {}, and must be by {}", list(found), list(wanted))
            }
            TrustError::Wrong(key) => {
                write!(
                    f,
                    "the signature by {key} is not one of this content: get the pack from its maker again"
                )
            }
        }
    }
}

impl std::error::Error for TrustError {}

impl Trust {
    /// Checks that the host takes the pack; gives the key whose signature decided.
    ///
    /// # Errors
    /// Who did not sign it.
    pub fn check(&self, container: &Container<'_>) -> Result<Option<PublicKey>, TrustError> {
        let Trust::Keys(wanted) = self else { return Ok(None) };
        let mut others = Vec::new();
        let mut wrong = None;
        for signature in container.signatures() {
            let Ok(key) = PublicKey::from_bytes(signature.key) else { continue };
            if !wanted.contains(&key) {
                others.push(key);
                continue;
            }
            let bytes = Bytes::from_bytes(signature.signature);
            match key.dalek().verify_strict(&container.signed_message(), &bytes) {
                Ok(()) => return Ok(Some(key)),
                Err(_) => wrong = Some(key),
            }
        }
        match wrong {
            Some(key) => Err(TrustError::Wrong(Box::new(key))),
            None if container.signatures().next().is_none() => Err(TrustError::Unsigned(wanted.clone())),
            None => Err(TrustError::OtherKeys(wanted.clone(), others)),
        }
    }
}

/// The pack with a signature more; one by the same key is replaced. `None` where there is no room for another.
pub fn sign(container: &Container<'_>, key: &SecretKey) -> Option<Vec<u8>> {
    let public = key.public();
    let mut signed = container.content().to_vec();
    let kept: Vec<_> = container.signatures().filter(|it| it.key != public.as_bytes()).collect();
    if kept.len() >= MAX_SIGNATURES {
        return None;
    }
    for signature in kept {
        signed.extend(signature.key);
        signed.extend(signature.signature);
    }
    signed.extend(public.as_bytes());
    signed.extend(key.dalek().sign(&container.signed_message()).to_bytes());
    Some(signed)
}

#[cfg(test)]
mod tests {
    use oracle_vm::pack::{self, Pack};

    use super::*;

    fn refused(trust: &Trust, bytes: &[u8]) -> TrustError {
        trust.check(&Container::open(bytes).unwrap()).unwrap_err()
    }

    #[test]
    fn only_packs_of_trusted_keys_are_taken() {
        let plain = pack::write(&Pack::default());
        let (ours, theirs) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        let trust = Trust::Keys(vec![ours.public()]);
        assert_eq!(Trust::Anyone.check(&Container::open(&plain).unwrap()), Ok(None));
        let error = refused(&trust, &plain);
        assert_eq!(error, TrustError::Unsigned(vec![ours.public()]));
        assert!(error.to_string().contains(&ours.public().to_string()));
        let foreign = sign(&Container::open(&plain).unwrap(), &theirs).unwrap();
        let error = refused(&trust, &foreign);
        assert_eq!(error, TrustError::OtherKeys(vec![ours.public()], vec![theirs.public()]));
        assert!(error.to_string().contains(&ours.public().to_string()));
        let both = sign(&Container::open(&foreign).unwrap(), &ours).unwrap();
        assert_eq!(trust.check(&Container::open(&both).unwrap()), Ok(Some(ours.public())));
        // Signing changes neither the content nor its hash, and signing again adds nothing.
        assert_eq!(Container::open(&both).unwrap().hash(), Container::open(&plain).unwrap().hash());
        assert_eq!(sign(&Container::open(&both).unwrap(), &ours).unwrap(), both);
    }

    #[test]
    fn a_signature_of_something_else_is_refused() {
        let ours = SecretKey::generate().unwrap();
        let plain = pack::write(&Pack::default());
        let signed = sign(&Container::open(&plain).unwrap(), &ours).unwrap();
        let signature = &signed[plain.len()..];
        let mut other = Pack::default();
        other.patterns = vec!["a".to_owned()];
        let moved = [&pack::write(&other), signature].concat();
        let trust = Trust::Keys(vec![ours.public()]);
        assert_eq!(refused(&trust, &moved), TrustError::Wrong(Box::new(ours.public())));
        let mut broken = signed.clone();
        *broken.last_mut().unwrap() ^= 1;
        assert_eq!(refused(&trust, &broken), TrustError::Wrong(Box::new(ours.public())));
    }
}
