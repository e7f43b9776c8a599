//! Changes of a pack: some anywhere, most where they hurt, nearly all with the hash made anew.

use oracle_vm::pack::rehash;

use crate::differential::rng::Rng;

/// Bytes of the header.
const HEADER: usize = 72;
/// Bytes of an entry of the table of sections.
const ENTRY: usize = 24;

/// Numbers at which readers go wrong.
const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x0001_0000,
    0x7fff_ffff,
    0xffff_ffff,
    u64::MAX,
    1 << 63,
];

/// A changed copy of a pack. `other` lends bytes.
pub fn mutate(rng: &mut Rng, pack: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = pack.to_vec();
    for _ in 0..*rng.pick(&[1, 1, 1, 2, 3, 8]) {
        change(rng, &mut bytes, other);
    }
    // Now and then the hash does its work.
    if !rng.percent(2) {
        rehash(&mut bytes);
    }
    bytes
}

fn change(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    if bytes.is_empty() {
        bytes.extend_from_slice(other);
        return;
    }
    match rng.below(12) {
        0 => flip(rng, bytes),
        1 | 2 => inside(rng, bytes, flip),
        3 | 4 => inside(rng, bytes, number),
        5 => number(rng, bytes),
        6 => inside(rng, bytes, copy_within),
        7 => lend(rng, bytes, other),
        8 => swap_sections(rng, bytes),
        9 => entry(rng, bytes),
        10 => resize(rng, bytes, other),
        _ => inside(rng, bytes, instruction),
    }
}

fn flip(rng: &mut Rng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = rng.below(bytes.len());
        bytes[at] = if rng.percent(50) { bytes[at] ^ (1 << rng.below(8)) } else { rng.bits() as u8 };
    }
}

/// Where the sections lie, as far as the table says something sane.
fn sections(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let word =
        |at: usize| bytes.get(at..at + 8).map(|it| u64::from_le_bytes(it.try_into().unwrap()) as usize);
    let count = bytes.get(12).copied().unwrap_or_default().min(64);
    let entries = (0..usize::from(count)).map(|at| HEADER + at * ENTRY);
    let place = |at: usize| {
        let (start, length) = (word(at + 8)?, word(at + 16)?);
        let end = start.checked_add(length)?;
        (start < end && end <= bytes.len()).then_some(start..end)
    };
    entries.filter_map(place).collect()
}

fn inside(rng: &mut Rng, bytes: &mut [u8], change: impl Fn(&mut Rng, &mut [u8])) {
    let sections = sections(bytes);
    if !sections.is_empty() {
        let section = rng.pick(&sections).clone();
        change(rng, &mut bytes[section]);
    }
}

/// Writes a number that hurts, or one near the number that was there, mostly where numbers lie.
fn number(rng: &mut Rng, bytes: &mut [u8]) {
    let width = *rng.pick(&[1, 2, 4, 4, 8]);
    if bytes.len() < width {
        return;
    }
    let at = rng.below(bytes.len() - width + 1);
    let at = if rng.percent(80) { at - at % width.min(4) } else { at };
    let mut old = [0; 8];
    old[..width].copy_from_slice(&bytes[at..at + width]);
    let old = u64::from_le_bytes(old);
    let new = match rng.below(3) {
        0 => *rng.pick(NUMBERS),
        1 => old.wrapping_add(rng.below(5) as u64).wrapping_sub(2),
        _ => rng.below(300) as u64,
    };
    bytes[at..at + width].copy_from_slice(&new.to_le_bytes()[..width]);
}

fn copy_within(rng: &mut Rng, bytes: &mut [u8]) {
    let length = (1 + rng.below(32)).min(bytes.len());
    let (from, to) = (rng.below(bytes.len() - length + 1), rng.below(bytes.len() - length + 1));
    bytes.copy_within(from..from + length, to);
}

/// Takes a piece of another pack.
fn lend(rng: &mut Rng, bytes: &mut [u8], other: &[u8]) {
    let length = (1 + rng.below(256)).min(bytes.len()).min(other.len());
    let (from, to) = (rng.below(other.len() - length + 1), rng.below(bytes.len() - length + 1));
    bytes[to..to + length].copy_from_slice(&other[from..from + length]);
}

/// Lets two entries of the table point at each other's sections.
fn swap_sections(rng: &mut Rng, bytes: &mut [u8]) {
    let count = usize::from(bytes.get(12).copied().unwrap_or_default());
    let (a, b) = (HEADER + rng.below(count) * ENTRY, HEADER + rng.below(count) * ENTRY);
    // All of it, or only the places.
    let skip = if rng.percent(50) { 8 } else { 0 };
    for at in skip..ENTRY {
        if a.max(b) + at < bytes.len() {
            bytes.swap(a + at, b + at);
        }
    }
}

/// Changes the table or the header.
fn entry(rng: &mut Rng, bytes: &mut [u8]) {
    let end = bytes.len().min(HEADER + 20 * ENTRY);
    number(rng, &mut bytes[..end]);
}

/// Cuts or adds, and says so in the header or not.
fn resize(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    if rng.percent(50) {
        bytes.truncate(rng.below(bytes.len() + 1));
    } else {
        let length = rng.below(other.len().min(512) + 1);
        bytes.extend_from_slice(&other[..length]);
    }
    if rng.percent(50) && bytes.len() >= HEADER {
        let length = bytes.len() as u64;
        bytes[16..24].copy_from_slice(&length.to_le_bytes());
    }
}

/// Changes an operand or the opcode of what may be an instruction.
fn instruction(rng: &mut Rng, bytes: &mut [u8]) {
    let count = bytes.len() / 8;
    if count > 0 {
        let at = rng.below(count) * 8 + rng.below(8);
        bytes[at] = rng.below(64) as u8;
    }
}
