#![doc = include_str!("../../../docs/reload.md")]
//!
//! # Parts
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | what the system says about files | when to look, and where | `watch`, `debounce` |
//! | folders, what is known of them | rule files, read anew where they changed | `disk` |
//! | rule files | a rule set in force, and a [`ReloadStatus`] | [`Reloader`] |

mod debounce;
mod disk;
mod packs;
mod reloader;
mod status;
mod watch;

pub use debounce::{Change, Debounce};
pub use reloader::Reloader;
pub use status::{ReloadCounts, ReloadStatus};
pub use watch::{Watch, WatchOptions};
