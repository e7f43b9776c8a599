//! Configuration: defaults < `oracle.toml` < environment `ORACLE_*` < flags.
//!
//! [`keys`] is the table of what can be configured; the file, the environment and the handbook read the same
//! rows. Unknown keys are errors, with the place and the nearest known one.

mod environment;
mod error;
mod file;
pub mod keys;
mod origin;
mod secret;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::plugin::{DEFAULT_CAPABILITIES, Host};
use crate::script::ScriptLimits;
use crate::state::{Durability, StoreOptions};
pub use error::ConfigError;
pub use keys::{KEYS, KeyRow, KeyValue};
pub use origin::{Origin, Origins};
pub use secret::Secret;

/// The file that is read where there is one and no other was named.
pub const FILE_NAME: &str = "oracle.toml";

/// What every command works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Folders of rules; empty: the built-in rules, and `./rules` where there is one.
    pub rules: Vec<PathBuf>,
    /// Folders of plugins.
    pub plugins: Vec<PathBuf>,
    /// Files of public keys: packs that none of them signed are refused. Without any, every pack is taken.
    pub trusted_keys: Vec<PathBuf>,
    /// What plugins may require of the host.
    pub capabilities: Vec<String>,
    /// Plugins whose rules may be core.
    pub core_plugins: Vec<String>,
    /// Plugins that are listed and not run.
    pub disabled_plugins: Vec<String>,
    /// The folder of the state file; without it, commands that need no lasting state keep it in memory.
    pub data: Option<PathBuf>,
    /// One of [`keys::DURABILITIES`].
    pub durability: &'static str,
    /// Lines of the execution log at most.
    pub executions_kept: u64,
    /// Days that a line of the execution log is kept.
    pub executions_days: u64,
    /// Whom events are about that do not say.
    pub user: String,
    /// The project of events that do not say.
    pub project: String,
    /// Milliseconds that a script may run.
    pub lua_timeout_ms: u64,
    /// Mebibytes that a script may use.
    pub lua_memory_mb: u64,
    /// Tokens that a session may use, where a trace does not say.
    pub token_budget: u64,
    /// Tokens that fit into the context, where a trace does not say.
    pub context_window: u64,
    /// The address that `oracle serve` listens at.
    pub listen: String,
    /// Who may call the server: a user, scopes and the hash of a token each.
    pub tokens: Vec<String>,
    /// What JWTs are signed with.
    pub jwt_secret: Secret,
    /// Origins of pages that may call the server.
    pub cors_origins: Vec<String>,
    /// Bytes of the longest request body.
    pub max_body_bytes: u64,
    /// Requests at the same time.
    pub max_requests: u64,
    /// Connections at the same time.
    pub max_connections: u64,
    /// Sessions in memory.
    pub max_sessions: u64,
    /// Minutes without an event after which the server ends a session.
    pub session_idle_minutes: u64,
    /// Sessions of one user in memory.
    pub max_sessions_per_user: u64,
    /// Milliseconds that a request may take.
    pub request_timeout_ms: u64,
    /// One of [`keys::LOG_LEVELS`].
    pub log_level: &'static str,
    /// One of [`keys::LOG_FORMATS`].
    pub log_format: &'static str,
    /// Where the values come from.
    pub origins: Origins,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            rules: Vec::new(),
            plugins: Vec::new(),
            trusted_keys: Vec::new(),
            capabilities: DEFAULT_CAPABILITIES.iter().map(|it| (*it).to_owned()).collect(),
            core_plugins: Vec::new(),
            disabled_plugins: Vec::new(),
            data: None,
            durability: "synced",
            executions_kept: 100_000,
            executions_days: 30,
            user: "local".to_owned(),
            project: "default".to_owned(),
            lua_timeout_ms: 5_000,
            lua_memory_mb: 100,
            token_budget: 200_000,
            context_window: 200_000,
            listen: "127.0.0.1:8377".to_owned(),
            tokens: Vec::new(),
            jwt_secret: Secret::default(),
            cors_origins: Vec::new(),
            max_body_bytes: 8 << 20,
            max_requests: 512,
            max_connections: 4_096,
            max_sessions: 100_000,
            session_idle_minutes: 720,
            max_sessions_per_user: 20_000,
            request_timeout_ms: 30_000,
            log_level: "info",
            log_format: "text",
            origins: Origins::default(),
        }
    }
}

impl Config {
    /// What a run of a script may use.
    pub fn script_limits(&self) -> ScriptLimits {
        let memory = usize::try_from(self.lua_memory_mb.saturating_mul(1024 * 1024));
        ScriptLimits {
            time: Duration::from_millis(self.lua_timeout_ms),
            memory: memory.unwrap_or(usize::MAX),
        }
    }

    /// How the state file is written, and what is kept in it.
    #[expect(clippy::cast_precision_loss, reason = "days are at most 36,500")]
    pub fn store_options(&self) -> StoreOptions {
        StoreOptions {
            durability: match self.durability {
                keys::RELAXED => Durability::Relaxed,
                _ => Durability::Synced,
            },
            executions_kept: self.executions_kept,
            executions_seconds: self.executions_days as f64 * 86_400.0,
            ..StoreOptions::default()
        }
    }

    /// The host, as far as plugins are concerned.
    pub fn host(&self) -> Host {
        Host {
            capabilities: self.capabilities.iter().cloned().collect(),
            core_plugins: self.core_plugins.iter().cloned().collect(),
            disabled_plugins: self.disabled_plugins.iter().cloned().collect(),
        }
    }

    /// The defaults, then a file, then the environment. `file` is the one that the caller named; without it,
    /// [`FILE_NAME`] in the current folder is read where there is one.
    ///
    /// # Errors
    /// A file that cannot be read, unknown keys, and values of the wrong type or out of range: all of them.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, Vec<ConfigError>> {
        let mut config = Config::default();
        let mut errors = Vec::new();
        match file {
            Some(path) => file::apply(&mut config, path, &mut errors),
            None if Path::new(FILE_NAME).exists() => {
                file::apply(&mut config, Path::new(FILE_NAME), &mut errors)
            }
            None => {}
        }
        environment::apply(&mut config, environment, &mut errors);
        if errors.is_empty() { Ok(config) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_state_are_those_of_the_library() {
        assert_eq!(Config::default().store_options(), StoreOptions::default());
    }

    #[test]
    fn state_can_be_configured() {
        let pairs = [
            ("ORACLE_DURABILITY", "relaxed"),
            ("ORACLE_EXECUTIONS_KEPT", "5"),
            ("ORACLE_EXECUTIONS_DAYS", "1"),
        ];
        let environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let options = Config::load(None, environment).map(|config| config.store_options());
        let expected = StoreOptions {
            durability: Durability::Relaxed,
            executions_kept: 5,
            executions_seconds: 86_400.0,
            ..StoreOptions::default()
        };
        assert_eq!(options, Ok(expected));
    }
}
