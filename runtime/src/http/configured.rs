//! From the configuration to the options of a service.

use std::time::Duration;

use oracle_vm::value::Text;

use super::auth::{Auth, JwtKey, Scopes, Token, TokenHash};
use super::limits::{Limits, NAME_BYTES};
use super::service::ServiceOptions;
use crate::config::{Config, ConfigError};

impl ServiceOptions {
    /// What the configuration says.
    ///
    /// # Errors
    /// Tokens that cannot be read, a secret that is too short: all of them.
    pub fn of(config: &Config) -> Result<ServiceOptions, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let auth = auth(config, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        let whole = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let limits = Limits {
            body_bytes: whole(config.max_body_bytes),
            in_flight: whole(config.max_requests),
            connections: whole(config.max_connections),
            sessions_per_user: whole(config.max_sessions_per_user),
            request_time: Duration::from_millis(config.request_timeout_ms),
            ..Limits::default()
        };
        Ok(ServiceOptions {
            auth,
            limits,
            project: config.project.as_str().into(),
            cors_origins: config.cors_origins.clone(),
            ..ServiceOptions::default()
        })
    }
}

fn auth(config: &Config, errors: &mut Vec<ConfigError>) -> Auth {
    if config.tokens.is_empty() && config.jwt_secret.is_empty() {
        return Auth::Open(config.user.as_str().into());
    }
    let mut tokens = Vec::with_capacity(config.tokens.len());
    for (at, text) in (1..).zip(&config.tokens) {
        match token(text) {
            Ok(token) => tokens.push(token),
            Err(message) => errors.push(ConfigError {
                place: format!("tokens, item {at}"),
                message,
                help: Some("make it with `oracle token new`".to_owned()),
            }),
        }
    }
    let jwt = (!config.jwt_secret.is_empty()).then(|| JwtKey::new(config.jwt_secret.reveal()));
    let jwt = jwt.and_then(|key| {
        let refuse = |error: super::auth::JwtKeyError| {
            errors.push(ConfigError {
                place: "jwt_secret".to_owned(),
                message: error.to_string(),
                help: None,
            });
        };
        key.map_err(refuse).ok()
    });
    Auth::Bearer { tokens, jwt }
}

/// Reads `USER SCOPES HASH`.
fn token(text: &str) -> Result<Token, String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [user, scopes, hash] = parts.as_slice() else {
        return Err("a token is `USER SCOPES HASH`".to_owned());
    };
    if user.len() > NAME_BYTES {
        return Err(format!("a user has at most {NAME_BYTES} bytes"));
    }
    let scopes = Scopes::parse(scopes)
        .map_err(|name| format!("`{name}` is no scope: they are read, evaluate and manage"))?;
    let hash = TokenHash::parse(hash).ok_or("the hash must be 64 hexadecimal digits")?;
    Ok(Token { user: Text::from(*user), hash, scopes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::NewToken;

    fn options(tokens: &[&str], secret: &str) -> Result<ServiceOptions, String> {
        let tokens = tokens.iter().map(|it| (*it).to_owned()).collect();
        let config = Config { tokens, jwt_secret: secret.into(), ..Config::default() };
        ServiceOptions::of(&config)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn without_tokens_everyone_is_the_user() {
        assert!(matches!(options(&[], "").unwrap().auth, Auth::Open(user) if user.as_str() == "local"));
    }

    #[test]
    fn tokens_and_secrets_are_read() {
        let hash = NewToken::generate().unwrap().hash().to_string();
        let options = options(&[&format!("ada read+evaluate {hash}")], &"x".repeat(32)).unwrap();
        let Auth::Bearer { tokens, jwt } = &options.auth else { panic!("{:?}", options.auth) };
        assert_eq!(
            (tokens[0].user.as_str(), tokens[0].scopes),
            ("ada", Scopes::parse("read evaluate").unwrap())
        );
        assert!(jwt.is_some());
        let shown = format!("{options:?}");
        assert!(!shown.contains(&hash) && !shown.contains("xxxx"), "{shown}");
    }

    #[test]
    fn every_problem_is_named() {
        let hash = "a".repeat(64);
        let bad = ["ada", &format!("ada all {hash}"), &format!("ada read {hash}0")];
        assert_eq!(
            options(&bad, "short").unwrap_err(),
            "tokens, item 1: a token is `USER SCOPES HASH`: make it with `oracle token new`\n\
             tokens, item 2: `all` is no scope: they are read, evaluate and manage: make it with `oracle token new`\n\
             tokens, item 3: the hash must be 64 hexadecimal digits: make it with `oracle token new`\n\
             jwt_secret: the secret for JWTs must have at least 32 bytes: make a longer one"
        );
    }
}
