//! Slices: `of[from:to:step]`.

use super::super::{Data, Value};
use super::work::Work;
use crate::fault::Trouble;

/// `of[from:to:step]`; `None` stands for a bound that was left out. A slice in steps of one is borrowed, not
/// copied.
pub fn slice<'a>(
    of: Value<'a>,
    from: Value<'a>,
    to: Value<'a>,
    step: Value<'a>,
    work: &mut Work<'a>,
) -> Result<Value<'a>, Trouble> {
    let len = match of {
        Value::Str(_, chars) => chars as usize,
        Value::None => return Err(Trouble::NoneOperand("[:]")),
        _ => match of.elements() {
            Some(items) => items.len(),
            None => return Err(Trouble::Operand("[:]", of.kind())),
        },
    };
    let step = bound(step)?.unwrap_or(1);
    if step == 0 {
        return Err(Trouble::Value("the step of a slice", "0".into()));
    }
    let picks = Picks::new(bound(from)?, bound(to)?, step, len);
    work.spend_items(picks.count)?;
    match of {
        Value::Str(text, chars) => slice_text(text, chars, picks, work),
        Value::Data(items) if step == 1 => Ok(Value::Data(picks.run(items))),
        Value::List(items) if step == 1 => Ok(Value::List(picks.run(items))),
        Value::Tuple(items) if step == 1 => Ok(Value::Tuple(picks.run(items))),
        Value::Data(items) => pick(picks, work, |at| items.get(at).map(Data::value)).map(Value::List),
        Value::List(items) => pick(picks, work, |at| items.get(at).copied()).map(Value::List),
        Value::Tuple(items) => pick(picks, work, |at| items.get(at).copied()).map(Value::Tuple),
        _ => Err(Trouble::Operand("[:]", of.kind())),
    }
}

/// A bound of a slice; beyond 64 bits the largest does as well.
fn bound(value: Value<'_>) -> Result<Option<i64>, Trouble> {
    match value {
        Value::None => Ok(None),
        Value::Int(i) => Ok(Some(i)),
        Value::Bool(b) => Ok(Some(b.into())),
        Value::Big(_) => Ok(Some(i64::MAX)),
        _ => Err(Trouble::Operand("[:]", value.kind())),
    }
}

/// The positions that a slice picks: `count` of them, from `first` on, every `step`.
#[derive(Clone, Copy)]
struct Picks {
    first: usize,
    count: usize,
    step: i64,
}

impl Picks {
    fn new(from: Option<i64>, to: Option<i64>, step: i64, len: usize) -> Picks {
        let end = len as i128;
        let (low, high) = if step > 0 { (0, end) } else { (-1, end - 1) };
        let clamp = |bound: i64| {
            let bound = if bound < 0 { i128::from(bound) + end } else { bound.into() };
            bound.clamp(low, high)
        };
        let (from, to) = if step > 0 {
            (from.map_or(low, clamp), to.map_or(high, clamp))
        } else {
            (from.map_or(high, clamp), to.map_or(low, clamp))
        };
        let distance = if step > 0 { to - from } else { from - to };
        let stride = i128::from(step).abs();
        let count = if distance > 0 { (distance + stride - 1) / stride } else { 0 };
        Picks { first: usize::try_from(from).unwrap_or(0), count: usize::try_from(count).unwrap_or(0), step }
    }

    /// The part of `items` that the picks cover, where the step is one.
    fn run<T>(self, items: &[T]) -> &[T] {
        items.get(self.first..self.first + self.count).unwrap_or_default()
    }

    fn positions(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.count).map(move |nth| {
            let at = self.first as i128 + nth as i128 * i128::from(self.step);
            usize::try_from(at).unwrap_or(usize::MAX)
        })
    }
}

fn pick<'a>(
    picks: Picks,
    work: &mut Work<'a>,
    get: impl Fn(usize) -> Option<Value<'a>>,
) -> Result<&'a [Value<'a>], Trouble> {
    work.keep_items(picks.positions().map(|at| get(at).unwrap_or_default()))
}

fn slice_text<'a>(
    text: &'a str,
    chars: u32,
    picks: Picks,
    work: &mut Work<'a>,
) -> Result<Value<'a>, Trouble> {
    let ascii = text.len() == chars as usize;
    work.spend_bytes(text.len())?;
    if picks.step == 1 {
        let part = if ascii {
            text.get(picks.first..picks.first + picks.count)
        } else {
            clamp_range(text, picks.first, picks.first + picks.count)
        };
        let count = u32::try_from(picks.count).unwrap_or(u32::MAX);
        return Ok(part.map(|part| Value::Str(part, count)).unwrap_or(Value::Str("", 0)));
    }
    let picked: String = if ascii {
        let bytes = text.as_bytes();
        picks.positions().filter_map(|at| bytes.get(at).map(|byte| char::from(*byte))).collect()
    } else {
        let chars: Vec<char> = text.chars().collect();
        picks.positions().filter_map(|at| chars.get(at).copied()).collect()
    };
    work.keep_text(&picked)
}

/// The part of a text between two positions in code points; `None` where they are not in it in this order.
pub(crate) fn clamp_range(text: &str, from: usize, to: usize) -> Option<&str> {
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let first = starts.nth(from)?;
    let last = if to == from { first } else { starts.nth(to.checked_sub(from + 1)?)? };
    text.get(first..last)
}
