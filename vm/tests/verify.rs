//! Hostile packs are refused, each for its reason; and every check is needed: without it, something gets through.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking, their functions too")]

use std::collections::{BTreeMap, BTreeSet};

use oracle_vm::asm;
use oracle_vm::hook::Hook;
use oracle_vm::ids::ChunkId;
use oracle_vm::limits;
use oracle_vm::op::Op;
use oracle_vm::pack::{self, ChunkBuf, Pack, PackWriter, RuleEntry, Section};
use oracle_vm::value::Data;
use oracle_vm::verify::{VerifyError, verify, verify_without};

/// A hostile pack, the check that it must fail, and its name for messages.
struct Hostile {
    name: String,
    wanted: String,
    pack: Pack,
}

/// Every `.vmasm` file says in its first line which error it must get, and where.
#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
fn listings() -> Vec<Hostile> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verify");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let wanted = text.lines().next().and_then(|line| line.strip_prefix("; error: ")).unwrap();
        let pack = asm::assemble(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        found.push(Hostile { name: path.display().to_string(), wanted: wanted.to_owned(), pack });
    }
    assert!(found.len() >= 40, "{} fixtures", found.len());
    found
}

fn chunk(code: Vec<Op>, consts: Vec<Data>) -> Pack {
    let mut pack = Pack::default();
    pack.push(ChunkBuf { code, consts, ..ChunkBuf::default() });
    pack
}

fn rule(id: &str, priority: u16, condition: Option<u32>) -> RuleEntry<'_> {
    let condition = condition.map(ChunkId);
    RuleEntry { id, hook: Hook::OnTurnStart, priority, condition, clear_when: None }
}

/// Two rules whose hook program says this. Only bytes can say so: in memory the order is made from the rules.
fn with_order(order: &[u32]) -> Pack {
    let honest = Pack::default().with_rules(vec![rule("a", 1, None), rule("b", 2, None)]);
    let mut writer = PackWriter::new();
    writer.pack(&honest, false);
    writer.section(Section::Hooks, |out| {
        out.count(order.len());
        order.iter().for_each(|id| out.u32(*id));
    });
    pack::read(&writer.finish()).unwrap()
}

fn with_debug(spans: usize, chunks: usize) -> Pack {
    let mut pack = chunk(vec![Op::Accept {}], Vec::new());
    for _ in 0..chunks {
        pack.debug.push(vec![Default::default(); spans], "");
    }
    pack
}

fn with_patterns(patterns: Vec<String>) -> Pack {
    let mut pack = chunk(vec![Op::Accept {}], Vec::new());
    pack.patterns = patterns;
    pack
}

/// What no listing can say.
fn made() -> Vec<Hostile> {
    let deep = (0..limits::DATA_DEPTH + 1).fold(Data::None, |inside, _| Data::list(vec![inside]));
    let mut wide = chunk(vec![Op::Accept {}], Vec::new());
    wide.push(ChunkBuf { code: vec![Op::Accept {}], registers: 257, ..ChunkBuf::default() });
    let long = vec![Op::Accept {}; limits::CHUNK_OPS + 1];
    let many = vec![Data::None; limits::CHUNK_CONSTS + 1];
    let packs = [
        ("rule_chunk", Pack::default().with_rules(vec![rule("a", 1, Some(0))])),
        ("duplicate_rule", Pack::default().with_rules(vec![rule("a", 1, None), rule("a", 2, None)])),
        ("order_length", with_order(&[1])),
        ("order", with_order(&[0, 1])),
        ("order", with_order(&[1, 1])),
        ("order", with_order(&[1, 7])),
        ("debug_chunks", with_debug(1, 2)),
        ("debug_spans", with_debug(2, 1)),
        ("pattern", with_patterns(vec!["(".to_owned()])),
        ("pattern_memory", with_patterns((0..70).map(|at| format!("[ab]{{5000}}{at}")).collect())),
        ("limit_ops", chunk(long, Vec::new())),
        ("limit_consts", chunk(vec![Op::Accept {}], many)),
        ("limit_registers", wide),
        ("limit_const_depth", chunk(vec![Op::Accept {}], vec![deep])),
    ];
    packs
        .into_iter()
        .map(|(code, pack)| Hostile { name: code.to_owned(), wanted: code.to_owned(), pack })
        .collect()
}

fn describe(error: &VerifyError) -> String {
    match error {
        VerifyError::Code(_, at, error) => format!("{} at {}", error.name(), at.0),
        other => other.code().to_owned(),
    }
}

#[test]
fn hostile_packs_are_refused_with_the_error_they_name() {
    for Hostile { name, wanted, pack } in listings().into_iter().chain(made()) {
        let found = match verify(pack) {
            Err(error) => describe(&error),
            Ok(_) => "accepted".to_owned(),
        };
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn without_any_single_check_something_hostile_is_accepted() {
    let mut accepted: BTreeMap<String, bool> = BTreeMap::new();
    for Hostile { wanted, pack, .. } in listings().into_iter().chain(made()) {
        let code = wanted.split(' ').next().unwrap().to_owned();
        let passes = verify_without(&pack, &code).is_ok();
        *accepted.entry(code).or_default() |= passes;
    }
    let checks: BTreeSet<&str> = VerifyError::all_codes().collect();
    assert_eq!(checks, accepted.keys().map(String::as_str).collect(), "a check without a fixture");
    let needless: Vec<_> = accepted.iter().filter(|(_, accepted)| !**accepted).collect();
    assert!(needless.is_empty(), "refused by other checks too: {needless:?}");
}
