//! Bytes -> read -> verify -> run every rule on generated contexts. Whatever the bytes, they are a pack or an error.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use oracle_tests::differential::rng::Rng;
use oracle_tests::packs::survive::Runner;
use oracle_vm::pack::rehash;

thread_local!(static RUNNER: RefCell<Runner> = RefCell::new(Runner::new(1)));

fuzz_target!(|bytes: &[u8]| {
    RUNNER.with_borrow_mut(|runner| {
        let mut rng = Rng::new(bytes.len() as u64);
        runner.run(bytes, &mut rng);
        // A fuzzer does not guess hashes.
        let mut bytes = bytes.to_vec();
        rehash(&mut bytes);
        runner.run(&bytes, &mut rng);
    });
});
