//! Bytes of a text that do not stand for themselves in JSON: quotes, backslashes and control characters. Looked for in
//! eight bytes at once, or in more.

/// The first of eight bytes that is special.
#[inline]
pub(super) fn special(bytes: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    let word = u64::from_le_bytes(bytes);
    // The high bit of each byte that is smaller than `least`. A borrow may set bits above the first one that is right,
    // never below it.
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word;
    let quote = below(word ^ (ONES * 0x22), 1);
    let backslash = below(word ^ (ONES * 0x5c), 1);
    let found = (below(word, 0x20) | quote | backslash) & HIGH;
    (found != 0).then(|| (found.trailing_zeros() / 8) as usize)
}

/// Whether none of these bytes is special. In two steps without a branch: so it compiles to few vector instructions.
#[inline]
pub(super) fn all_plain(bytes: &[u8; 32]) -> bool {
    let mut special = [0; 32];
    for (place, byte) in special.iter_mut().zip(bytes) {
        *place = if (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\') { u8::MAX } else { 0 };
    }
    special.iter().fold(0, |any, byte| any | byte) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_bytes_are_found_wherever_they_are() {
        for byte in 0..=u8::MAX {
            let is_special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for filler in [b'a', 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff] {
                for at in 0..8 {
                    let mut bytes = [filler; 8];
                    bytes[at] = byte;
                    let first = is_special.then_some(at);
                    assert_eq!(special(bytes), first, "{byte:#x} in {filler:#x} at {at}");
                    for next in at + 1..8 {
                        bytes[next] = b'"';
                        assert_eq!(special(bytes), first.or(Some(next)));
                        bytes[next] = filler;
                    }
                }
                for at in 0..32 {
                    let mut bytes = [filler; 32];
                    bytes[at] = byte;
                    assert_eq!(all_plain(&bytes), !is_special, "{byte:#x} in {filler:#x} at {at}");
                }
            }
        }
    }
}
