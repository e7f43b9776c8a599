//! Who calls, and what they may do.
//!
//! A bearer token is either one whose hash the configuration knows, or a JWT signed with the configured secret.
//! Without tokens and secret everyone is one user, and the server listens on this machine only.

mod caller;
mod jwt;
mod scope;
mod tokens;

use std::fmt;

use axum::http::{HeaderMap, header};
use oracle_vm::value::Text;

pub use caller::Caller;
pub(super) use caller::{Evaluates, Manages, Reads};
pub use jwt::{JwtKey, JwtKeyError};
pub use scope::{Scope, Scopes};
pub use tokens::{NewToken, Token, TokenHash};

use super::error::{ApiError, Code};

/// How callers are told apart.
#[derive(Clone)]
pub enum Auth {
    /// Everyone is this user and may do everything: only for a server that nobody else can reach.
    Open(Text),
    /// Callers name themselves by bearer tokens.
    Bearer {
        /// Tokens that the configuration knows.
        tokens: Vec<Token>,
        /// What JWTs are signed with; without it, none is taken.
        jwt: Option<JwtKey>,
    },
}

impl fmt::Debug for Auth {
    /// Shows no secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Auth::Open(user) => f.debug_tuple("Open").field(&user.as_str()).finish(),
            Auth::Bearer { tokens, jwt } => f
                .debug_struct("Bearer")
                .field("tokens", &tokens.len())
                .field("jwt", &jwt.is_some())
                .finish_non_exhaustive(),
        }
    }
}

impl Auth {
    /// Whether callers need no token.
    pub fn is_open(&self) -> bool {
        matches!(self, Auth::Open(_))
    }

    /// Who sent these headers, at a time in seconds since 1970.
    pub(super) fn caller(&self, headers: &HeaderMap, now: f64) -> Result<Caller, ApiError> {
        let (tokens, jwt) = match self {
            Auth::Open(user) => return Ok(Caller { user: user.clone(), scopes: Scopes::ALL }),
            Auth::Bearer { tokens, jwt } => (tokens, jwt),
        };
        let refuse = |why: &str| ApiError::new(Code::Unauthorized, why);
        let given = headers
            .get(header::AUTHORIZATION)
            .ok_or_else(|| refuse("this call needs a token: add the header `authorization: Bearer TOKEN`"))?;
        let bearer = given
            .to_str()
            .ok()
            .and_then(|it| it.split_once(' '))
            .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty());
        let Some((_, token)) = bearer else {
            return Err(refuse("the header `authorization` must be `Bearer TOKEN`"));
        };
        let token = token.trim();
        match jwt {
            // Our own tokens have no dots, JWTs have two.
            Some(key) if token.contains('.') => key.verify(token, now).map_err(|why| refuse(&why)),
            _ => tokens::find(tokens, token)
                .ok_or_else(|| refuse("the token is not known here: ask for a new one")),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    pub(in crate::http) use super::jwt::tests::SECRET;

    /// A good signature over these claims.
    pub(in crate::http) fn token(claims: &str) -> String {
        super::jwt::tests::sign(r#"{"alg": "HS256"}"#, claims, SECRET)
    }
}
