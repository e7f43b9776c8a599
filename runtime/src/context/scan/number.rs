//! Numbers: their grammar, and the value of those that are quickly told.

use oracle_vm::value::Data;

use super::Scanner;

/// Whole digits that are never too many for a float.
const FINITE: usize = 300;
/// Digits that a `u64` holds in any case.
const EXACT: usize = 18;
/// Whole numbers up to here are floats without rounding.
const FLOAT_EXACT: u64 = 1 << 53;
/// The powers of ten by which a whole number is divided to give a fraction; all of them are floats without rounding.
const POWERS: [f64; EXACT + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// A number by its grammar.
#[derive(Debug)]
struct Number {
    start: usize,
    negative: bool,
    /// All digits but those of the exponent as one number, where [`EXACT`] is not exceeded.
    digits: u64,
    whole: usize,
    /// Digits after the point.
    fraction: usize,
    exponent: bool,
}

impl Scanner<'_> {
    /// Counts digits, and adds them to a number that may overflow.
    #[inline]
    fn digits(&mut self, number: &mut u64) -> usize {
        let mut count = 0;
        for byte in self.rest() {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            *number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
        }
        self.at += count;
        count
    }

    // Compiled into its callers, one of which needs no value.
    #[inline(always)]
    fn number(&mut self) -> Option<Number> {
        let (start, mut digits, mut fraction) = (self.at, 0, 0);
        let negative = self.eat(b'-');
        let zero = self.byte() == b'0';
        let whole = self.digits(&mut digits);
        if whole == 0 || (zero && whole > 1) {
            return None;
        }
        if self.eat(b'.') {
            fraction = self.digits(&mut digits);
            if fraction == 0 {
                return None;
            }
        }
        let exponent = self.eat(b'e') || self.eat(b'E');
        if exponent {
            let _ = self.eat(b'+') || self.eat(b'-');
            if self.digits(&mut 0) == 0 {
                return None;
            }
        }
        Some(Number { start, negative, digits, whole, fraction, exponent })
    }

    /// What serde_json makes of the number that ends here.
    #[cold]
    fn exact(&self, number: &Number) -> Option<Data> {
        serde_json::from_str(self.text.get(number.start..self.at)?).ok()
    }

    /// Passes over a number that a float can hold.
    #[inline]
    pub(super) fn pass_number(&mut self) -> Option<()> {
        let number = self.number()?;
        if number.exponent || number.whole > FINITE { self.exact(&number).map(drop) } else { Some(()) }
    }

    /// Reads a number. A division of two floats without rounding gives the float that is nearest to the fraction, which
    /// is what serde_json gives; all else that takes care is left to serde_json.
    #[inline]
    pub(super) fn read_number(&mut self) -> Option<Data> {
        let number = self.number()?;
        let Number { negative, digits, fraction, .. } = number;
        if number.exponent || number.whole + fraction > EXACT {
            return self.exact(&number);
        }
        if fraction == 0 && !(negative && digits == 0) {
            let int = i64::try_from(digits).ok()?;
            return Some(Data::Int(if negative { -int } else { int }));
        }
        match POWERS.get(fraction) {
            #[expect(clippy::cast_precision_loss, reason = "floats hold every whole number up to here")]
            Some(power) if digits <= FLOAT_EXACT => {
                let float = digits as f64 / power;
                Some(Data::Float(if negative { -float } else { float }))
            }
            _ => self.exact(&number),
        }
    }
}
