//! Good packs with structured changes (flips, splices, swapped sections, edited offsets and counts), the hash made
//! anew. The input says which pack and which changes.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use oracle_tests::differential::rng::Rng;
use oracle_tests::packs::mutate::mutate;
use oracle_tests::packs::samples;
use oracle_tests::packs::survive::Runner;

static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(samples::all);
thread_local!(static RUNNER: RefCell<Runner> = RefCell::new(Runner::new(2)));

fuzz_target!(|seeds: &[u8]| {
    let Some((first, rest)) = seeds.split_first() else { return };
    let mut pack = SAMPLES[usize::from(*first) % SAMPLES.len()].clone();
    let mut last = Rng::new(0);
    for seed in rest.chunks(4).take(8) {
        let seed = seed.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        last = Rng::new(seed);
        let other = last.pick(&SAMPLES).clone();
        pack = mutate(&mut last, &pack, &other);
    }
    RUNNER.with_borrow_mut(|runner| runner.run(&pack, &mut last));
});
