//! Hostile bytes are refused, each for its reason; good ones come back as they were.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

use oracle_vm::asm;
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::limits;
use oracle_vm::pack::{
    self, Container, Contents, Pack, PackError, PackWriter, RuleEntry, Section, fingerprint, frame, rehash,
};
use oracle_vm::verify::VerifiedPack;

const LISTING: &str = r#"
re0 = "a+"
chunk 0: 1 registers, 0 params, 0 settings
  k0 = {"a": [1, 2.5, "text"], "b": null}
  k1 = 18446744073709551615
  load_const r0 k0
  return r0
"#;

fn sample() -> Pack {
    let rule = RuleEntry {
        id: "plugin:rule",
        hook: Hook::OnTurnEnd,
        priority: 7,
        condition: Some(ChunkId(0)),
        clear_when: None,
    };
    let mut pack = asm::assemble(LISTING).unwrap().with_rules(vec![rule]);
    pack.debug.push([Default::default(); 2], "text");
    pack
}

/// A good pack with its bytes changed, and the hash made anew.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = pack::write(&sample());
    change(&mut bytes);
    rehash(&mut bytes);
    bytes
}

/// A good pack with another section in the place of one of its own.
fn with_section(section: Section, write: impl FnOnce(&mut pack::Out<'_>)) -> Vec<u8> {
    let mut writer = PackWriter::new();
    writer.pack(&sample(), true);
    writer.section(section, write);
    writer.finish()
}

/// The sections of a good pack, in a frame of its own making.
fn framed(
    change: impl FnOnce(&mut Vec<(u32, bool, Vec<u8>)>),
    format: u16,
    schema: u64,
    functions: u64,
) -> Vec<u8> {
    let bytes = pack::write(&sample());
    let container = Container::open(&bytes).unwrap();
    let mut sections: Vec<_> =
        container.sections().iter().map(|it| (it.kind, it.required, it.bytes.to_vec())).collect();
    change(&mut sections);
    frame(&sections, format, schema, functions)
}

fn same_versions(change: impl FnOnce(&mut Vec<(u32, bool, Vec<u8>)>)) -> Vec<u8> {
    framed(change, pack::FORMAT, fingerprint::schema(), fingerprint::functions())
}

fn cut(kind: Section) -> Vec<u8> {
    same_versions(|sections| {
        let section = sections.iter_mut().find(|it| it.0 == kind as u32).unwrap();
        section.2.pop();
    })
}

/// Where the entry of a section lies in the table.
fn entry(nth: usize) -> usize {
    72 + nth * 24
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
}

fn get(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// The code of the error, and hostile bytes that must get it.
fn frames() -> Vec<(&'static str, Vec<u8>)> {
    let (schema, functions) = (fingerprint::schema(), fingerprint::functions());
    let mut torn = pack::write(&sample());
    let last = torn.len() - 1;
    torn[last] ^= 1;
    vec![
        ("magic", Vec::new()),
        ("magic", b"\x7fELF and more".to_vec()),
        ("too_short", pack::MAGIC.to_vec()),
        ("header", changed(|bytes| bytes[10] = 1)),
        ("length", changed(|bytes| put(bytes, 16, u64::MAX))),
        ("length", changed(|bytes| put(bytes, 16, 8))),
        ("length", changed(|bytes| bytes.truncate(bytes.len() - 8))),
        ("section_count", changed(|bytes| bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes()))),
        ("section_count", changed(|bytes| bytes[12] = 65)),
        // Two sections that overlap: the second begins inside of the first.
        (
            "section_place",
            changed(|bytes| {
                let start = get(bytes, entry(1) + 8);
                put(bytes, entry(1) + 8, start - 8);
            }),
        ),
        ("section_place", changed(|bytes| put(bytes, entry(0) + 8, u64::MAX - 7))),
        ("section_end", changed(|bytes| put(bytes, entry(0) + 16, u64::MAX))),
        ("section_order", changed(|bytes| bytes[entry(1)] = 1)),
        ("section_flags", changed(|bytes| bytes[entry(1) + 4] = 3)),
        (
            "padding",
            changed(|bytes| {
                let end = get(bytes, entry(0) + 8) + get(bytes, entry(0) + 16);
                assert!(!end.is_multiple_of(8), "there is padding to change");
                bytes[end as usize] = 1;
            }),
        ),
        ("signatures", changed(|bytes| bytes.push(0))),
        ("signatures", changed(|bytes| bytes.extend([0; 96 * 17]))),
        ("hash", torn),
        ("format", framed(|_| {}, 2, schema, functions)),
        ("schema", framed(|_| {}, pack::FORMAT, schema ^ 1, functions)),
        ("functions", framed(|_| {}, pack::FORMAT, schema, functions ^ 1)),
        ("unknown_section", same_versions(|sections| sections.push((1000, true, Vec::new())))),
        ("missing_section", same_versions(|sections| sections.retain(|it| it.0 != Section::Hooks as u32))),
    ]
}

fn contents() -> Vec<(&'static str, Vec<u8>)> {
    let many = |out: &mut pack::Out<'_>| out.u32(u32::MAX);
    vec![
        // Huge counts, in every section that has one.
        ("count", with_section(Section::Chunks, many)),
        ("count", with_section(Section::Rules, many)),
        ("count", with_section(Section::Patterns, many)),
        ("count", with_section(Section::Hooks, many)),
        ("count", with_section(Section::Debug, many)),
        (
            "count",
            with_section(Section::Consts, |out| {
                out.u32(7);
                out.u32(u32::MAX);
            }),
        ),
        ("count", same_versions(|sections| sections[0].2[..4].copy_from_slice(&u32::MAX.to_le_bytes()))),
        ("truncated", cut(Section::Consts)),
        ("truncated", cut(Section::Debug)),
        ("truncated", same_versions(|sections| sections[0].2[4] = 0xff)),
        // Half an instruction at the end: there is nothing else that a jump into an operand could mean.
        ("sizes", cut(Section::Code)),
        (
            "sizes",
            with_section(Section::Chunks, |out| {
                out.u32(1);
                [3, 2, 1, 0, 0].iter().for_each(|size| out.u16(*size));
            }),
        ),
        (
            "left_over",
            with_section(Section::Chunks, |out| {
                out.u32(1);
                [1, 2, 1, 0, 0].iter().for_each(|size| out.u16(*size));
            }),
        ),
        ("left_over", with_section(Section::Patterns, |out| out.u64(0))),
        ("left_over", same_versions(|sections| sections[0].2.push(b'x'))),
        ("utf8", same_versions(|sections| *sections[0].2.last_mut().unwrap() = 0xff)),
        (
            "no_text",
            with_section(Section::Patterns, |out| {
                out.u32(1);
                out.u32(999);
            }),
        ),
    ]
}

fn meanings() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |out: &mut pack::Out<'_>| {
        for _ in 0..limits::DATA_DEPTH + 1 {
            out.u32(7);
            out.u32(1);
        }
        out.u32(0);
        out.u32(0);
    };
    vec![
        ("expansion", greedy()),
        (
            "tag",
            with_section(Section::Rules, |out| {
                out.u32(1);
                out.str("id");
                out.u16(99);
                out.u16(1);
                out.u64(u64::MAX);
            }),
        ),
        ("tag", with_section(Section::Consts, |out| out.u64(99))),
        ("depth", with_section(Section::Consts, deep)),
        (
            "duplicate_key",
            with_section(Section::Consts, |out| {
                out.u32(8);
                out.u32(2);
                for _ in 0..2 {
                    out.str("key");
                    out.u32(0);
                }
                out.u32(0);
            }),
        ),
        ("op", with_section(Section::Code, |out| out.put(&[0xff; 16]))),
        (
            "op",
            with_section(Section::Code, |out| {
                out.put(&[0x71, 1, 0, 0, 0, 0, 0, 0, 0x71, 0, 0, 0, 0, 0, 0, 0])
            }),
        ),
        ("chunk_count", with_section(Section::Debug, |out| out.u32(0))),
    ]
}

/// Patterns that are one long text again and again.
fn greedy() -> Vec<u8> {
    let text = "a".repeat(1_000);
    let once = with_section(Section::Patterns, |out| {
        out.u32(1);
        out.str(&text);
    });
    let container = Container::open(&once).unwrap();
    let number = container.section(Section::Patterns).unwrap()[4..8].to_vec();
    same_versions(|sections| {
        let own = container.sections().iter();
        *sections = own.map(|it| (it.kind, it.required, it.bytes.to_vec())).collect();
        let patterns = sections.iter_mut().find(|it| it.0 == Section::Patterns as u32).unwrap();
        patterns.2 = [20_000_u32.to_le_bytes().to_vec(), number.repeat(20_000)].concat();
    })
}

#[test]
fn hostile_bytes_are_refused_with_their_own_error() {
    for (nth, (wanted, bytes)) in frames().into_iter().chain(contents()).chain(meanings()).enumerate() {
        match pack::read(&bytes) {
            Err(error) => {
                assert_eq!(error.code(), wanted, "case {nth}: {error:?}");
                assert!(!error.to_string().is_empty());
            }
            Ok(_) => panic!("case {nth} was accepted, and must fail with {wanted}"),
        }
    }
}

/// Every error has a case. The match keeps the list complete: a new variant does not compile without a line here.
#[test]
fn every_error_has_a_case() {
    use pack::ContentError as C;
    let cases: Vec<&str> = frames().iter().chain(&contents()).chain(&meanings()).map(|it| it.0).collect();
    let named = [
        C::Truncated,
        C::Count,
        C::LeftOver,
        C::Utf8,
        C::NoText,
        C::Expansion,
        C::Tag,
        C::Depth,
        C::DuplicateKey,
        C::Op,
        C::Sizes,
        C::ChunkCount,
    ];
    for code in named.iter().map(|error| error.code()) {
        assert!(cases.contains(&code), "{code}");
    }
    for code in [
        "too_short",
        "magic",
        "header",
        "length",
        "section_count",
        "section_place",
        "section_end",
        "section_order",
        "section_flags",
        "padding",
        "signatures",
        "hash",
        "format",
        "schema",
        "functions",
        "unknown_section",
        "missing_section",
    ] {
        assert!(cases.contains(&code), "{code}");
    }
}

#[test]
fn packs_are_read_as_they_were_written() {
    let pack = sample();
    let bytes = pack::write(&pack);
    assert_eq!(pack::read(&bytes).unwrap(), pack);
    assert_eq!(pack::write(&pack::read(&bytes).unwrap()), bytes);
    assert!(VerifiedPack::load(&bytes).is_ok());
    assert_eq!(pack::read(&pack::write(&Pack::default())).unwrap(), Pack::default());
}

#[test]
fn sections_of_later_versions_are_skipped_where_they_may_be() {
    let bytes = same_versions(|sections| sections.push((1000, false, b"whatever".to_vec())));
    assert_eq!(pack::read(&bytes).unwrap(), sample());
}

#[test]
fn every_cut_and_every_byte_is_refused_or_harmless() {
    let bytes = pack::write(&sample());
    for end in 0..bytes.len() {
        assert!(pack::read(&bytes[..end]).is_err(), "{end} bytes");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(pack::read(&changed).is_err(), "byte {at}");
        rehash(&mut changed);
        let _ = VerifiedPack::load(&changed);
    }
}

#[test]
fn the_frame_of_another_version_can_be_opened() {
    let bytes = framed(|sections| sections.push((2000, true, b"new".to_vec())), 9, 1, 2);
    let container = Container::open(&bytes).unwrap();
    assert_eq!((container.format(), container.schema(), container.functions()), (9, 1, 2));
    assert_eq!(container.section(Section::Patterns).map(<[u8]>::len), Some(8));
    let error = Contents::of(container).unwrap_err();
    assert_eq!(error, PackError::Format(9));
    assert!(error.is_of_another_version());
}

#[test]
fn joined_packs_keep_their_code() {
    let first = sample();
    let other = sample().with_rules([RuleEntry { id: "other", ..first.rules().get(RuleId(0)).unwrap() }]);
    let joined = sample().join(other).unwrap();
    assert_eq!(joined.chunk(ChunkId(0)), joined.chunk(ChunkId(1)));
    assert_eq!(joined.rules().get(RuleId(1)).unwrap().condition, Some(ChunkId(1)));
    assert_eq!((joined.patterns.len(), joined.debug.len()), (2, 2));
    let ids: Vec<&str> =
        joined.rules_of(Hook::OnTurnEnd).iter().map(|id| joined.rules().get(*id).unwrap().id).collect();
    assert_eq!(ids, ["other", "plugin:rule"]);
}
