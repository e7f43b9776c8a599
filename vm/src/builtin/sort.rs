//! `sorted`: stable, with `<` alone, in the order in which Python compares. That order shows where `<` is no
//! order, as with NaN.

use super::Env;
use super::arg::{arg, items, whole};
use crate::fault::Trouble;
use crate::op::CmpOp;
use crate::value::Value;
use crate::value::ops::{self, Work};

/// Runs shorter than this are sorted by insertion.
const RUN: usize = 64;

pub(super) fn sorted<'a>(env: &mut Env<'a, '_>, args: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items("sorted", arg(args, 0))?;
    // Python takes whole numbers of 32 bits for `reverse`, and nothing else.
    let reverse = match args.get(1) {
        Some(reverse) => {
            i32::try_from(whole("sorted", *reverse)?).map_err(|_| Trouble::Overflow("sorted"))? != 0
        }
        None => false,
    };
    env.work.claim_list(items.len())?;
    let mut values: Vec<Value<'a>> = items.iter().collect();
    if reverse {
        values.reverse();
    }
    sort(&mut values, env.work)?;
    if reverse {
        values.reverse();
    }
    env.work.keep_items(values.into_iter()).map(Value::List)
}

fn less<'a>(a: Option<&Value<'a>>, b: Option<&Value<'a>>, work: &mut Work<'a>) -> Result<bool, Trouble> {
    let (Some(a), Some(b)) = (a, b) else { return Ok(false) };
    work.spend(1)?;
    ops::compare(CmpOp::Lt, *a, *b, work)
}

fn sort<'a>(values: &mut [Value<'a>], work: &mut Work<'a>) -> Result<(), Trouble> {
    let mut width = RUN.saturating_sub(1);
    if values.len() <= width {
        return sort_run(values, work);
    }
    for run in values.chunks_mut(width) {
        sort_run(run, work)?;
    }
    while width < values.len() {
        for pair in values.chunks_mut(width.saturating_mul(2)) {
            merge(pair, width, work)?;
        }
        width = width.saturating_mul(2);
    }
    Ok(())
}

/// Sorts a short run: what is in order already is kept, or turned round; the rest is inserted.
fn sort_run<'a>(values: &mut [Value<'a>], work: &mut Work<'a>) -> Result<(), Trouble> {
    if values.len() < 2 {
        return Ok(());
    }
    let falling = less(values.get(1), values.first(), work)?;
    let mut done = 2;
    while done < values.len() && less(values.get(done), values.get(done - 1), work)? == falling {
        done += 1;
    }
    if falling && let Some(run) = values.get_mut(..done) {
        run.reverse();
    }
    for at in done..values.len() {
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(values.get(at), values.get(middle), work)? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if let Some(part) = values.get_mut(low..=at) {
            part.rotate_right(1);
        }
    }
    Ok(())
}

/// Merges two sorted runs; of equals the left comes first.
fn merge<'a>(values: &mut [Value<'a>], width: usize, work: &mut Work<'a>) -> Result<(), Trouble> {
    let Some((left, right)) = values.split_at_checked(width) else { return Ok(()) };
    let mut merged = Vec::with_capacity(values.len());
    let (mut l, mut r) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(a), Some(b)) = (l.peek(), r.peek()) {
        let from_right = less(Some(b), Some(a), work)?;
        merged.extend(if from_right { r.next() } else { l.next() });
    }
    merged.extend(l);
    merged.extend(r);
    values.copy_from_slice(&merged);
    Ok(())
}
