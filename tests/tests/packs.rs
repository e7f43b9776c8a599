//! Packs as bytes: what is written is read again, and what someone changed does no harm.

use oracle_compiler::packfile::{self, SourceFile, SourceKind};
use oracle_tests::differential::rng::Rng;
use oracle_tests::packs::mutate::mutate;
use oracle_tests::packs::samples;
use oracle_tests::packs::survive::{Fate, Runner};
use oracle_vm::hook::Hook;
use oracle_vm::index::HookProgram;
use oracle_vm::pack::Container;
use oracle_vm::verify::{VerifiedPack, verify};

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

/// Bytes of memory for each byte of the file, at the worst moment of reading and verifying it.
const MEMORY: u64 = 16;
/// What goes on top whatever the file: the tables of a verifier that has seen no code yet.
const ROOM: u64 = 64 * 1024;

#[test]
fn a_pack_asks_for_memory_in_proportion_to_its_size() {
    let samples = samples::all();
    let mut refused = 0;
    for seed in 0..2_000 {
        let mut rng = Rng::new(seed);
        let (pack, other) = (rng.pick(&samples).clone(), rng.pick(&samples).clone());
        let bytes = mutate(&mut rng, &pack, &other);
        let mut patterns = 0;
        let used = allocation_counter::measure(|| {
            let Ok(container) = Container::open(&bytes) else { return refused += 1 };
            let Ok(packed) = packfile::read(container) else { return refused += 1 };
            patterns = packed.pack.patterns.len();
            refused += u32::from(verify(packed.pack).is_err());
        });
        // A regular expression of a few bytes may be a large program: the verifier bounds all of them together.
        let regexes =
            if patterns > 0 { u64::try_from(oracle_vm::limits::PATTERNS_BYTES).unwrap() } else { 0 };
        let length = u64::try_from(bytes.len()).unwrap();
        assert!(used.bytes_max <= length * MEMORY + ROOM + regexes, "seed {seed}: {length} bytes, {used:?}");
    }
    assert!(refused > 1_000, "{refused}");
}

/// Counts of four billion in every place of a pack that has one ask for no memory before they are compared with what
/// is left of the file.
#[test]
fn a_count_is_not_believed() {
    let bytes = samples::all().into_iter().min_by_key(Vec::len).unwrap();
    let mut changed = 0;
    for at in 72..bytes.len().saturating_sub(4) {
        let mut wrong = bytes.clone();
        wrong[at..at + 4].fill(0xff);
        oracle_vm::pack::rehash(&mut wrong);
        let used = allocation_counter::measure(|| {
            changed += u32::from(Container::open(&wrong).and_then(packfile::read).is_err());
        });
        let length = u64::try_from(bytes.len()).unwrap();
        assert!(used.bytes_max <= length * MEMORY + ROOM, "at {at}: {length} bytes, {used:?}");
    }
    assert!(changed > 100, "{changed}");
}

/// What the code of a condition with two comparisons takes.
#[test]
fn the_code_of_two_comparisons_is_small() {
    let text = "[rule]\nid = 'small'\ntrigger = 'on_turn_start'\n[condition]\nexpression = \
                \"context.turn.token_usage > 0.8 and context.history.total_tool_calls > 5\"\n[action]\ntype = 'log'\n";
    let file = SourceFile {
        kind: SourceKind::Rule,
        plugin: String::new(),
        path: "rules/small.toml".to_owned(),
        rule: String::new(),
        bytes: text.as_bytes().to_vec(),
    };
    let packed = packfile::recompile(vec![file]).unwrap();
    let pack = VerifiedPack::load(&packfile::write(&packed, true)).unwrap();
    let bytes: usize = pack.chunks().map(|(_, chunk)| size_of_val(chunk.code)).sum();
    assert!((1..=32).contains(&bytes), "{bytes} bytes");
}

/// What ten thousand rules take in memory: what runs, and with debug information.
#[test]
fn ten_thousand_rules_stay_small() {
    let file = |at: u32| {
        let text = format!(
            "[rule]\nid = 'r{at}'\ntrigger = 'on_turn_start'\n[condition]\nexpression = \
             \"context.turn.token_usage > {:?} and context.history.total_tool_calls > {}\"\n[action]\ntype = 'log'\n",
            f64::from(at) / 10_000.0,
            at % 97
        );
        SourceFile {
            kind: SourceKind::Rule,
            plugin: String::new(),
            path: format!("rules/r{at}.toml"),
            rule: String::new(),
            bytes: text.into_bytes(),
        }
    };
    let packed = packfile::recompile((0..10_000).map(file).collect()).unwrap();
    for (strip, most) in [(true, 2_000_000), (false, 10_000_000)] {
        let bytes = packfile::write(&packed, strip);
        let mut kept = None;
        let used = allocation_counter::measure(|| {
            let pack = VerifiedPack::load(&bytes).unwrap();
            let program = HookProgram::new(&pack, Hook::OnTurnStart, |_| &[]);
            kept = Some((pack, program));
        });
        assert_eq!(kept.map(|(_, program)| program.rules().len()), Some(10_000));
        println!("stripped {strip}: {used:?}");
        assert!(used.bytes_current < most, "stripped {strip}: {used:?}");
    }
}
