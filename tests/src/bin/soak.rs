//! Changes good packs as often as it is told, and tries each: `soak [MUTATIONS] [SEED]`.
//!
//! A panic ends it and names the seed of the mutation; so does one that takes longer than a few seconds.

use std::time::{Duration, Instant};

use oracle_tests::differential::rng::Rng;
use oracle_tests::packs::mutate::mutate;
use oracle_tests::packs::samples;
use oracle_tests::packs::survive::{Fate, Runner};

/// Fuel bounds what runs; nothing else takes noticeable time.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() {
    let mut numbers = std::env::args().skip(1).map(|it| it.parse::<u64>().expect("a number"));
    let (count, start) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(0));
    let samples = samples::all();
    let mut runner = Runner::new(start);
    let mut fates = [0_u64; 4];
    let mut slowest = (Duration::ZERO, 0);
    let began = Instant::now();
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    for seed in start..start.saturating_add(count) {
        let mut rng = Rng::new(seed);
        let (pack, other) = (rng.pick(&samples).clone(), rng.pick(&samples).clone());
        let bytes = mutate(&mut rng, &pack, &other);
        let before = Instant::now();
        let fate = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runner.run(&bytes, &mut rng)));
        let took = before.elapsed();
        assert!(took < PATIENCE, "seed {seed} took {took:?}");
        let fate = fate.unwrap_or_else(|_| panic!("seed {seed}"));
        fates[fate as usize] += 1;
        slowest = slowest.max((took, seed));
        if (seed - start) % 100_000 == 99_999 {
            report(&fates, slowest, began);
        }
    }
    report(&fates, slowest, began);
}

fn report(fates: &[u64; 4], (slowest, seed): (Duration, u64), began: Instant) {
    let counts: Vec<String> =
        Fate::ALL.iter().zip(fates).map(|(fate, count)| format!("{fate:?} {count}")).collect();
    let total: u64 = fates.iter().sum();
    println!("{total} in {:?}: {}; slowest {slowest:?} (seed {seed})", began.elapsed(), counts.join(", "));
}
