//! Medians of batches.

use std::time::{Duration, Instant};

use crate::engine::Runner;

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How long one batch takes at least.
    pub batch: Duration,
    /// How many batches there are, unless they take too long.
    pub batches: usize,
    /// How long one figure may take; a few batches there are in any case.
    pub most: Duration,
}

impl Effort {
    /// For a look: a few milliseconds for each figure.
    pub const QUICK: Effort =
        Effort { batch: Duration::from_micros(200), batches: 41, most: Duration::from_millis(120) };
    /// For figures to quote.
    pub const FULL: Effort =
        Effort { batch: Duration::from_millis(1), batches: 301, most: Duration::from_secs(3) };
}

/// How many batches a figure needs.
const FEWEST: usize = 5;

/// The median time of one round, in nanoseconds.
pub fn median(run: &mut Runner<'_>, effort: Effort) -> f64 {
    let rounds = calibrate(run, effort.batch);
    let start = Instant::now();
    let mut batches: Vec<f64> = (0..effort.batches)
        .take_while(|at| *at < FEWEST || start.elapsed() < effort.most)
        .map(|_| {
            let begin = Instant::now();
            std::hint::black_box(run(rounds));
            nanoseconds(begin.elapsed()) / to_float(rounds)
        })
        .collect();
    batches.sort_by(f64::total_cmp);
    batches.get(batches.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How many rounds take as long as a batch should.
fn calibrate(run: &mut Runner<'_>, batch: Duration) -> u64 {
    let mut rounds = 1;
    loop {
        let begin = Instant::now();
        std::hint::black_box(run(rounds));
        if begin.elapsed() >= batch || rounds >= 1 << 30 {
            return rounds;
        }
        rounds *= 2;
    }
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// Exact for every number of rounds that [`calibrate`] gives.
fn to_float(rounds: u64) -> f64 {
    f64::from(u32::try_from(rounds).unwrap_or(u32::MAX))
}
