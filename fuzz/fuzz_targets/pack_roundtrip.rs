//! Text -> compile -> write -> read -> equal. A pack that was read is written with the same bytes again, and its
//! sources compile to it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oracle_compiler::packfile::{self, Packed, SourceFile, SourceKind};
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_tests::packs::samples::rule_file;
use oracle_vm::hook::Hook;
use oracle_vm::pack::Container;

fuzz_target!(|text: &str| {
    let hook = if text.len() % 2 == 0 { Hook::OnToolComplete } else { Hook::OnTurnStart };
    let bytes = rule_file("fuzzed", hook, text).into_bytes();
    let made = compile_rules(&[RuleInput::loose("fuzzed.toml", bytes.clone())], Options::default());
    let source = SourceFile {
        kind: SourceKind::Rule,
        plugin: String::new(),
        path: "fuzzed.toml".to_owned(),
        rule: String::new(),
        bytes,
    };
    let sources = if made.rules.is_empty() { Vec::new() } else { vec![source] };
    let packed = Packed { pack: made.pack, rules: made.rules, plugins: Vec::new(), sources };
    for strip in [false, true] {
        let bytes = packfile::write(&packed, strip);
        let read = packfile::read(Container::open(&bytes).unwrap()).unwrap();
        assert_eq!(packfile::write(&read, strip), bytes);
        if !strip {
            // Data may be NaN, which equals nothing; its text does.
            assert_eq!(format!("{read:?}"), format!("{packed:?}"));
            let again = packfile::recompile(read.sources).unwrap();
            assert_eq!(format!("{:?}", again.pack), format!("{:?}", packed.pack));
        }
    }
});
