//! JSON web tokens, HS256 and no other algorithm.
//!
//! The header's `alg` is only compared, never obeyed: a token cannot choose how it is checked.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use oracle_vm::value::Text;
use serde::Deserialize;
use sha2::Sha256;

use super::{Caller, Scopes};
use crate::http::limits::NAME_BYTES;
use crate::http::strict;

/// Bytes of the shortest secret, those of the hash: a shorter one could be guessed from a single token.
const SECRET_BYTES: usize = 32;
/// Bytes of the longest token that is looked at.
const TOKEN_BYTES: usize = 8 * 1024;

/// The secret that JWTs are signed with.
#[derive(Clone)]
pub struct JwtKey(Hmac<Sha256>);

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtKey(..)")
    }
}

/// A secret that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JwtKeyError;

impl fmt::Display for JwtKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret for JWTs must have at least {SECRET_BYTES} bytes: make a longer one")
    }
}

impl std::error::Error for JwtKeyError {}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that must be understood; we know none.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    scope: Option<String>,
}

impl JwtKey {
    /// A key of this secret.
    ///
    /// # Errors
    /// A secret of less than 32 bytes.
    pub fn new(secret: &str) -> Result<JwtKey, JwtKeyError> {
        if secret.len() < SECRET_BYTES {
            return Err(JwtKeyError);
        }
        Hmac::new_from_slice(secret.as_bytes()).map(JwtKey).map_err(|_| JwtKeyError)
    }

    /// Whom a token stands for at a time in seconds since 1970; without a claim `scope` it allows everything.
    ///
    /// # Errors
    /// What is wrong with the token, in words that give nothing away.
    pub(super) fn verify(&self, token: &str, now: f64) -> Result<Caller, String> {
        const BROKEN: &str = "the token is not a JWT that can be read: ask for a new one";
        let broken = || BROKEN.to_owned();
        if token.len() > TOKEN_BYTES {
            return Err(broken());
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(broken)?;
        let (header, claims) = signed.split_once('.').ok_or_else(broken)?;
        let signature = base64url(signature).ok_or_else(broken)?;
        let header: Header = read(header).ok_or_else(broken)?;
        if header.alg != "HS256" || header.crit.is_some() {
            return Err("the token must be signed with HS256: ask for a new one".to_owned());
        }
        let mac = self.0.clone().chain_update(signed.as_bytes());
        mac.verify_slice(&signature)
            .map_err(|_| "the token's signature is not ours: ask for a new one".to_owned())?;
        let claims: Claims = read(claims).ok_or(
            "the token must have a `sub` that is text and an `exp` that is a number: ask for a new one",
        )?;
        if claims.exp <= now {
            return Err("the token has expired: ask for a new one".to_owned());
        }
        if claims.nbf.is_some_and(|begin| begin > now) {
            return Err("the token is not valid yet: check the clocks".to_owned());
        }
        if claims.sub.trim().is_empty() || claims.sub.len() > NAME_BYTES {
            return Err(format!("the token's `sub` must have 1 to {NAME_BYTES} bytes: ask for a new one"));
        }
        let scopes = claims.scope.as_deref().map_or(Ok(Scopes::ALL), |names| {
            // Other services' scopes may stand beside ours.
            Ok::<_, String>(names.split(' ').filter_map(super::Scope::from_word).collect())
        })?;
        Ok(Caller { user: Text::from(claims.sub.as_str()), scopes })
    }
}

/// A part of a token as JSON.
fn read<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    let text = String::from_utf8(base64url(part)?).ok()?;
    strict::check(&text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Decodes base64 with the alphabet for URLs and without padding; nothing but the one way to write the bytes.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            bits = bits << 6 | u32::from(sextet(*byte)?);
        }
        let whole = group.len().checked_sub(1).filter(|it| *it > 0)?;
        let spare = 6 * group.len() - 8 * whole;
        if bits & ((1 << spare) - 1) != 0 {
            return None;
        }
        let [_, first, second, third] = (bits >> spare << (24 - 8 * whole)).to_be_bytes();
        bytes.extend([first, second, third].iter().take(whole));
    }
    Some(bytes)
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
pub(in crate::http) mod tests {
    use super::*;

    pub(in crate::http) const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn encode(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::new();
        for group in bytes.chunks(3) {
            let mut padded = [0; 4];
            padded[1..=group.len()].copy_from_slice(group);
            let bits = u32::from_be_bytes(padded);
            for at in 0..=group.len() {
                text.push(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize] as char);
            }
        }
        text
    }

    pub(in crate::http) fn sign(header: &str, claims: &str, secret: &str) -> String {
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let signature = mac.chain_update(signed.as_bytes()).finalize().into_bytes();
        format!("{signed}.{}", encode(&signature))
    }

    fn verify(header: &str, claims: &str, secret: &str) -> Result<Caller, String> {
        JwtKey::new(SECRET).unwrap().verify(&sign(header, claims, secret), 1000.0)
    }

    const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn the_example_of_rfc_7515_verifies() {
        // Appendix A.1: key, header, claims and signature as printed there.
        let key = base64url(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        )
        .unwrap();
        let key = JwtKey(Hmac::new_from_slice(&key).unwrap());
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog\
                     Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        // The signature holds; what is missing is a user.
        assert!(key.verify(token, 0.0).unwrap_err().contains("must have a `sub`"));
        let other = token.replace("dBjf", "dBjg");
        assert!(key.verify(&other, 0.0).unwrap_err().contains("signature"));
    }

    #[test]
    fn a_good_token_names_its_user_and_scopes() {
        let caller = verify(HS256, r#"{"sub": "ada", "exp": 1001}"#, SECRET).unwrap();
        assert_eq!((caller.user.as_str(), caller.scopes), ("ada", Scopes::ALL));
        let caller = verify(HS256, r#"{"sub":"ada","exp":1001.5,"nbf":1000,"scope":"openid read"}"#, SECRET);
        assert_eq!(caller.unwrap().scopes, Scopes::parse("read").unwrap());
    }

    #[test]
    fn bad_tokens_are_refused() {
        for (header, claims, secret, why) in [
            (r#"{"alg":"none"}"#, r#"{"sub":"ada","exp":1001}"#, SECRET, "HS256"),
            (r#"{"alg":"HS512"}"#, r#"{"sub":"ada","exp":1001}"#, SECRET, "HS256"),
            (r#"{"alg":"HS256","crit":["b64"]}"#, r#"{"sub":"ada","exp":1001}"#, SECRET, "HS256"),
            (HS256, r#"{"sub":"ada","exp":1001}"#, "another secret of thirty-two byte", "signature"),
            (HS256, r#"{"sub":"ada","exp":1000}"#, SECRET, "expired"),
            (HS256, r#"{"sub":"ada","exp":1001,"nbf":1000.5}"#, SECRET, "not valid yet"),
            (HS256, r#"{"sub":"ada"}"#, SECRET, "must have a `sub`"),
            (HS256, r#"{"sub":"ada","exp":"1001"}"#, SECRET, "must have a `sub`"),
            (HS256, r#"{"exp":1001}"#, SECRET, "must have a `sub`"),
            (HS256, r#"{"sub":" ","exp":1001}"#, SECRET, "1 to 256 bytes"),
            (HS256, r#"{"sub":"ada","sub":"bob","exp":1001}"#, SECRET, "must have a `sub`"),
        ] {
            let error = verify(header, claims, secret).unwrap_err();
            assert!(error.contains(why), "{header} {claims}: {error}");
        }
        let key = JwtKey::new(SECRET).unwrap();
        let good = sign(HS256, r#"{"sub":"ada","exp":1001}"#, SECRET);
        for token in ["..", "a.b", "a.b.c", &good.replace('.', "=."), &format!("{good}="), &"a.".repeat(9000)]
        {
            assert!(key.verify(token, 0.0).is_err(), "{token}");
        }
    }

    #[test]
    fn secrets_are_long_and_do_not_show() {
        assert_eq!(JwtKey::new("short").unwrap_err(), JwtKeyError);
        let shown = format!("{:?}", JwtKey::new(SECRET).unwrap());
        assert_eq!(shown, "JwtKey(..)");
    }

    #[test]
    fn base64_is_read_in_one_way_only() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"\xff\xfe\xfd\xfc"] {
            assert_eq!(base64url(&encode(bytes)).as_deref(), Some(bytes));
        }
        for bad in ["A", "AB", "AAB", "A=", "AA==", "A+A", "A A"] {
            assert_eq!(base64url(bad), None, "{bad}");
        }
    }
}
