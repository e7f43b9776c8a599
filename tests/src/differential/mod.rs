//! Conditions against Python: generated expressions over generated contexts, evaluated by both.
//!
//! | part | does |
//! | --- | --- |
//! | [`rng`] | deterministic random numbers |
//! | [`expr`] | the generator's own tree, and its text |
//! | [`generate`] | trees over the whole grammar, most of them well typed |
//! | [`context`] | contexts, params and settings as JSON text |
//! | [`python`] | the Python process |
//! | [`run`] | batches of cases through both sides |
//! | [`compare`] | whether two outcomes agree, and which differences are documented |
//! | [`shrink`] | smaller failing cases |
//! | [`stats`] | what was covered |

pub mod compare;
pub mod context;
pub mod expr;
pub mod generate;
pub mod python;
pub mod rng;
pub mod run;
pub mod shrink;
pub mod signatures;
pub mod stats;
