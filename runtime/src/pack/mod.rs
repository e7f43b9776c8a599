//! Pack files: rules that were compiled before, in one file.
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | a path | bytes, whole or not at all | [`mod@file`] |
//! | bytes | a pack whose signature the host trusts | [`trust`], [`keys`] |
//! | such a pack | [`Packed`](oracle_compiler::packfile::Packed), compiled again where it is of another version | [`load`] |
//! | packs | rules beside those of folders | [`join`] |
//! | compiled rules | a pack that is the same wherever it is made | [`build`] |

pub mod build;
pub mod file;
pub mod join;
pub mod keys;
pub mod load;
pub mod trust;

pub use keys::{KeyError, PublicKey, SecretKey};
pub use load::{LoadPackError, LoadedPack, load_pack};
pub use trust::{Trust, TrustError, sign};
