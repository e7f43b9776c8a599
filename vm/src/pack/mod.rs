//! Packs: compiled rules, in memory and as bytes.
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | bytes | [`Container`]: header, sections, hash | `container` |
//! | [`Container`] | [`Contents`]: a pack of this version, section by section | `read` |
//! | [`Contents`] | [`Pack`] | `read`, `bytes`, `text` |
//! | [`Pack`] | bytes | `write` |
//!
//! A [`Pack`] is what the compiler made or a file said; nothing runs it. Only the verifier turns it into a
//! [`VerifiedPack`](crate::verify::VerifiedPack), the machine's only input. The format is specified in
//! `docs/pack.md`. Sections that the machine does not need (actions, scripts, sources) are read and written by the
//! other crates, with [`In`] and [`Out`].

mod bytes;
mod chunk;
mod consts;
mod container;
mod debug;
mod error;
pub mod fingerprint;
mod merge;
mod model;
mod read;
mod rules;
mod section;
mod text;
mod write;

pub use bytes::{In, Out};
pub use chunk::{Chunk, ChunkBuf};
pub use consts::Consts;
pub use container::{Container, FORMAT, MAGIC, MAX_SIGNATURES, SectionEntry, Signature, rehash};
pub use debug::{ChunkDebug, DebugInfo, DebugSpan};
pub use error::{ContentError, PackError};
pub use merge::Merge;
pub use model::Pack;
pub use read::{Contents, read};
pub use rules::{RuleEntry, Rules};
pub use section::{SECTIONS, Section, SectionRow};
pub use write::{PackWriter, frame, write};
