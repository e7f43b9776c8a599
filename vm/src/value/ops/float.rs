//! Division, remainder and power of floats, with Python's signs of zero, infinities and NaN.

use crate::fault::Trouble;

/// Whole numbers up to this magnitude are floats exactly.
const EXACT: u64 = 1 << 53;

/// The float next to the exact quotient; `b` is not zero.
pub(super) fn quotient(a: i64, b: i64) -> f64 {
    let (top, bottom) = (a.unsigned_abs(), b.unsigned_abs());
    if top <= EXACT && bottom <= EXACT {
        return a as f64 / b as f64;
    }
    let sign = if (a < 0) == (b < 0) { 1.0 } else { -1.0 };
    if top == 0 || bottom == 0 {
        return 0.0 * sign;
    }
    // A quotient of at least 63 bits, its last bit set where something is left over: converting it to a float
    // rounds once and correctly, and scaling by a power of two is exact.
    let shift = u128::from(top).leading_zeros();
    let scaled = u128::from(top) << shift;
    let (whole, rest) = (scaled / u128::from(bottom), scaled % u128::from(bottom));
    let sticky = whole | u128::from(rest != 0);
    let scale = f64::from_bits(u64::from(1023 - shift.min(1022)) << 52);
    sticky as f64 * scale * sign
}

/// The remainder with the sign of `b`; `b` is not zero.
pub(super) fn modulo(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        0.0_f64.copysign(b)
    } else if (b < 0.0) != (rest < 0.0) {
        rest + b
    } else {
        rest
    }
}

/// The quotient rounded down; `b` is not zero.
pub(super) fn floor_div(a: f64, b: f64) -> f64 {
    let rest = a % b;
    let mut exact = (a - rest) / b;
    if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
        exact -= 1.0;
    }
    if exact == 0.0 {
        return 0.0_f64.copysign(a / b);
    }
    let floor = exact.floor();
    if exact - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `a ** b`.
pub(super) fn pow(a: f64, b: f64) -> Result<f64, Trouble> {
    if b == 0.0 {
        return Ok(1.0);
    }
    if a.is_nan() {
        return Ok(a);
    }
    if b.is_nan() {
        return Ok(if a == 1.0 { 1.0 } else { b });
    }
    if b.is_infinite() {
        return Ok(infinite_power(a.abs(), b));
    }
    let odd = b.abs() % 2.0 == 1.0;
    if a.is_infinite() {
        return Ok(power_of_infinity(a, b, odd));
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(Trouble::ZeroDivision("**"));
        }
        return Ok(if odd { a } else { 0.0 });
    }
    if a < 0.0 && b != b.floor() {
        return Err(Trouble::Value(
            "a fractional power of a negative number",
            format!("{a:?} ** {b:?}").into(),
        ));
    }
    let magnitude = if a.abs() == 1.0 { 1.0 } else { a.abs().powf(b) };
    if magnitude.is_infinite() {
        return Err(Trouble::Overflow("**"));
    }
    Ok(if a < 0.0 && odd { -magnitude } else { magnitude })
}

fn infinite_power(a: f64, b: f64) -> f64 {
    if a == 1.0 {
        1.0
    } else if (b > 0.0) == (a > 1.0) {
        f64::INFINITY
    } else {
        0.0
    }
}

fn power_of_infinity(a: f64, b: f64, odd: bool) -> f64 {
    match (b > 0.0, odd) {
        (true, true) => a,
        (true, false) => f64::INFINITY,
        (false, true) => 0.0_f64.copysign(a),
        (false, false) => 0.0,
    }
}
