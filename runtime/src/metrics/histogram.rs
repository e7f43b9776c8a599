//! How long things took, in few numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds of the buckets in microseconds; one more bucket is for everything above.
pub const BOUNDS_US: [f64; 12] =
    [1.0, 2.5, 5.0, 10.0, 25.0, 100.0, 500.0, 2_500.0, 10_000.0, 100_000.0, 1_000_000.0, 5_000_000.0];

const BUCKETS: usize = BOUNDS_US.len() + 1;

/// Times, counted by how long they were. Adding is two atomic additions.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    /// Nanoseconds altogether.
    sum: AtomicU64,
}

/// What a histogram held at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistogramCounts {
    /// Times by bucket, each for itself.
    pub buckets: [u64; BUCKETS],
    /// Nanoseconds altogether.
    pub sum_ns: u64,
}

impl Histogram {
    /// Adds a time in microseconds.
    #[inline]
    pub fn add(&self, time_us: f64) {
        let at = BOUNDS_US.iter().position(|bound| time_us <= *bound).unwrap_or(BOUNDS_US.len());
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time that fits into u64"
        )]
        self.sum.fetch_add((time_us * 1000.0) as u64, Ordering::Relaxed);
    }

    /// What it holds now.
    pub fn counts(&self) -> HistogramCounts {
        HistogramCounts {
            buckets: std::array::from_fn(|at| {
                self.buckets.get(at).map_or(0, |bucket| bucket.load(Ordering::Relaxed))
            }),
            sum_ns: self.sum.load(Ordering::Relaxed),
        }
    }

    /// Adds what another one held.
    pub fn carry(&self, from: &HistogramCounts) {
        for (bucket, count) in self.buckets.iter().zip(from.buckets) {
            bucket.fetch_add(count, Ordering::Relaxed);
        }
        self.sum.fetch_add(from.sum_ns, Ordering::Relaxed);
    }
}

impl HistogramCounts {
    /// How many times were added.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_their_buckets() {
        let histogram = Histogram::default();
        for time in [0.0, 1.0, 1.1, 2_500.0, 1e12] {
            histogram.add(time);
        }
        let counts = histogram.counts();
        assert_eq!(counts.count(), 5);
        assert_eq!((counts.buckets[0], counts.buckets[1], counts.buckets[7]), (2, 1, 1));
        assert_eq!(counts.buckets[BUCKETS - 1], 1);
        assert_eq!(counts.sum_ns, 1_000_000_000_000_000 + 2_502_100);
        let other = Histogram::default();
        other.carry(&counts);
        other.carry(&counts);
        let twice =
            HistogramCounts { buckets: counts.buckets.map(|count| 2 * count), sum_ns: 2 * counts.sum_ns };
        assert_eq!(other.counts(), twice);
    }
}
