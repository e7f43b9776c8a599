//! `abs`, `round`, `sum`, `min` and `max`.

use super::Env;
use super::arg::{arg, items, whole};
use super::convert::truncate;
use crate::fault::Trouble;
use crate::op::CmpOp;
use crate::value::{Value, ops};

pub(super) fn abs<'a>(_: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    match arg(args, 0) {
        Value::Bool(b) => Ok(Value::Int(b.into())),
        Value::Int(i) => i.checked_abs().map(Value::Int).ok_or(Trouble::Overflow("abs")),
        number @ Value::Big(_) => Ok(number),
        Value::Float(x) => Ok(Value::Float(x.abs())),
        other => Err(Trouble::Operand("abs", other.kind())),
    }
}

pub(super) fn round<'a>(_: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let number = arg(args, 0);
    let digits = match arg(args, 1) {
        Value::None => None,
        digits => Some(whole("round", digits)?),
    };
    match (number, digits) {
        (Value::Float(x), None) => truncate("round", x.round_ties_even()),
        (Value::Float(x), Some(digits)) => round_float(x, digits).map(Value::Float),
        (Value::Bool(b), _) => round_whole(b.into(), digits),
        (Value::Int(i), _) => round_whole(i, digits),
        (Value::Big(_), None | Some(0..)) => Ok(number),
        (Value::Big(_), Some(_)) => Err(Trouble::Overflow("round")),
        (other, _) => Err(Trouble::Operand("round", other.kind())),
    }
}

/// A whole number rounded to tens, hundreds and so on where `digits` is negative; half goes to even.
fn round_whole<'a>(number: i64, digits: Option<i64>) -> Result<Value<'a>, Trouble> {
    let places = match digits {
        Some(digits) if digits < 0 => digits.unsigned_abs(),
        _ => return Ok(Value::Int(number)),
    };
    let unit = match u32::try_from(places).ok().and_then(|places| 10_i128.checked_pow(places)) {
        Some(unit) if unit <= 100_000_000_000_000_000_000 => unit,
        _ => return Ok(Value::Int(0)),
    };
    let number = i128::from(number);
    let (down, rest) = (number.div_euclid(unit), number.rem_euclid(unit));
    let up = rest * 2 > unit || (rest * 2 == unit && down % 2 != 0);
    let rounded = (down + i128::from(up)) * unit;
    i64::try_from(rounded).map(Value::Int).map_err(|_| Trouble::Overflow("round"))
}

/// A float rounded to decimal places: the exact decimal value decides, half goes to even.
fn round_float(x: f64, digits: i64) -> Result<f64, Trouble> {
    if !x.is_finite() || digits > 323 {
        return Ok(x);
    }
    if digits < -308 {
        return Ok(0.0_f64.copysign(x));
    }
    let rounded = round_decimal(x.abs(), digits).copysign(x);
    if rounded.is_infinite() {
        return Err(Trouble::Overflow("round"));
    }
    Ok(rounded)
}

/// Rounds the exact decimal expansion of a float that is finite and not negative.
fn round_decimal(x: f64, places: i64) -> f64 {
    // No float has more decimal places than 1,074.
    let exact = format!("{x:.1074}");
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let point = whole.len();
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let keep = i64::try_from(point).unwrap_or(i64::MAX).saturating_add(places);
    let Ok(keep) = usize::try_from(keep) else { return 0.0 };
    let (kept, cut) = all.split_at(keep.min(all.len()));
    let tie = cut.first() == Some(&b'5') && cut.iter().skip(1).all(|digit| *digit == b'0');
    let odd = kept.last().is_some_and(|digit| digit % 2 == 1);
    let up = if tie { odd } else { cut.first().is_some_and(|digit| *digit >= b'5') };
    let mut digits = vec![b'0'];
    digits.extend_from_slice(kept);
    if up {
        for digit in digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit = digit.saturating_add(1);
                break;
            }
        }
    }
    let mantissa: String = digits.iter().map(|digit| char::from(*digit)).collect();
    format!("{mantissa}e{}", -places).parse().unwrap_or(x)
}

pub(super) fn sum<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("sum", arg(args, 0))?;
    let mut total = args.get(1).copied().unwrap_or(Value::Int(0));
    if matches!(total, Value::Str(..)) {
        return Err(Trouble::Operand("sum", total.kind()));
    }
    env.work.spend_items(items.len())?;
    for item in items.iter() {
        total = ops::add(total, item, env.work)?;
    }
    Ok(total)
}

pub(super) fn min<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    of_values(env, "min", CmpOp::Lt, args)
}

pub(super) fn max<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    of_values(env, "max", CmpOp::Gt, args)
}

pub(super) fn min_or_default<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("min", arg(args, 0))?;
    Ok(extreme(env, CmpOp::Lt, items.len(), items.iter())?.unwrap_or(arg(args, 1)))
}

pub(super) fn max_or_default<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("max", arg(args, 0))?;
    Ok(extreme(env, CmpOp::Gt, items.len(), items.iter())?.unwrap_or(arg(args, 1)))
}

fn of_values<'a>(
    env: &mut Env<'a, '_>,
    by: &'static str,
    better: CmpOp,
    args: &[Value<'a>],
) -> Result<Value<'a>, Trouble> {
    let best = match args {
        [only] => {
            let items = items(by, *only)?;
            extreme(env, better, items.len(), items.iter())?
        }
        several => extreme(env, better, several.len(), several.iter().copied())?,
    };
    best.ok_or(Trouble::Value("the argument of `min` and `max` without `default=`", "[]".into()))
}

/// The first of the best; `None` of nothing.
fn extreme<'a>(
    env: &mut Env<'a, '_>,
    better: CmpOp,
    len: usize,
    mut values: impl Iterator<Item = Value<'a>>,
) -> Result<Option<Value<'a>>, Trouble> {
    env.work.spend_items(len)?;
    let Some(mut best) = values.next() else { return Ok(None) };
    for value in values {
        if ops::compare(better, value, best, env.work)? {
            best = value;
        }
    }
    Ok(Some(best))
}
