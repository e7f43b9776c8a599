//! Packs that someone tampered with: whatever their bytes, they load or are refused, and what loads runs to an end.
//!
//! | part | does |
//! | --- | --- |
//! | [`samples`] | good packs to begin with |
//! | [`mutate`] | changes that get past the hash |
//! | [`survive`] | reads, verifies and runs a pack |

pub mod mutate;
pub mod samples;
pub mod survive;
