//! What a host may choose about a store.

use super::PLUGIN_QUOTA_BYTES;

/// Bounds and promises of a store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoreOptions {
    /// When a commit counts as done.
    pub durability: Durability,
    /// Bytes of keys and values that a plugin may keep for one user in one project.
    pub plugin_quota_bytes: u64,
    /// Executions kept at most; the oldest go first.
    pub executions_kept: u64,
    /// Seconds that an execution is kept.
    pub executions_seconds: f64,
    /// Bytes of plugin state kept in memory for reading, about; what is over is read from the file again.
    pub cache_bytes: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions {
            durability: Durability::Synced,
            plugin_quota_bytes: PLUGIN_QUOTA_BYTES,
            executions_kept: 100_000,
            executions_seconds: 30.0 * 86_400.0,
            cache_bytes: 256 * 1024 * 1024,
        }
    }
}

/// When a commit counts as done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When it is on disk: it survives the end of the process and power loss.
    #[default]
    Synced,
    /// When it is in memory; the disk follows within about a tenth of a second. Faster, and what was acknowledged in
    /// that time is lost when the process is killed or the power fails. What is on disk is whole all the same.
    Relaxed,
}
