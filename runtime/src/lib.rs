//! The runtime: everything with effects.
