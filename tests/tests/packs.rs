//! Packs as bytes: what is written is read again, and what someone changed does no harm.

use oracle_compiler::packfile;
use oracle_tests::differential::rng::Rng;
use oracle_tests::packs::mutate::mutate;
use oracle_tests::packs::samples;
use oracle_tests::packs::survive::{Fate, Runner};
use oracle_vm::pack::Container;

#[test]
fn what_is_written_is_read_again() {
    for seed in 0..20 {
        let packed = samples::generated(seed);
        assert!(packed.rules.len() >= 10, "most generated rules compile");
        let bytes = packfile::write(&packed, false);
        let read = packfile::read(Container::open(&bytes).unwrap()).unwrap();
        // Data may be NaN, which equals nothing; its text does.
        assert_eq!(format!("{read:?}"), format!("{packed:?}"));
        assert_eq!(packfile::write(&read, false), bytes);
        let stripped = packfile::write(&packed, true);
        let read = packfile::read(Container::open(&stripped).unwrap()).unwrap();
        assert!(read.pack.debug.is_empty() && read.sources.is_empty());
        assert_eq!(format!("{:?}", read.rules), format!("{:?}", packed.rules));
    }
}

#[test]
fn sources_compile_to_the_same_pack() {
    for seed in 0..5 {
        let packed = samples::generated(seed);
        let again =
            packfile::recompile(packed.sources.clone()).unwrap_or_else(|it| panic!("{:?}", it.diagnostics));
        assert_eq!(format!("{:?}", again.pack), format!("{:?}", packed.pack));
        assert_eq!(format!("{:?}", again.rules), format!("{:?}", packed.rules));
    }
}

#[test]
fn what_someone_changed_does_no_harm() {
    let samples = samples::all();
    let mut runner = Runner::new(1);
    let mut fates = [0; 4];
    for seed in 0..3_000 {
        let mut rng = Rng::new(seed);
        let (pack, other) = (rng.pick(&samples).clone(), rng.pick(&samples).clone());
        let bytes = mutate(&mut rng, &pack, &other);
        fates[runner.run(&bytes, &mut rng) as usize] += 1;
    }
    // Changes that nothing notices, and such that only one of the stages does: all of them are worth trying.
    for (fate, count) in Fate::ALL.iter().zip(fates) {
        assert!(count >= 30, "{fate:?}: {fates:?}");
    }
}
