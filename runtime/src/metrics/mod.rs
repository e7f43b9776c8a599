//! What the engine counts: atomics that events add to without a lock, and the text that monitoring reads.

mod engine;
mod histogram;
mod store;
mod text;

pub use engine::{EngineMetrics, HookMetrics};
pub use histogram::{BOUNDS_US, Histogram, HistogramCounts};
pub use store::{MeasuredStore, StoreMetrics};
pub use text::{Exposition, Kind};
