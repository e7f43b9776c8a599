//! The tests that take longer than a call, and the walk through the rows of a list.

use super::Lanes;
use super::calc::{Bound, Num};
use super::quick::other_slot;
use super::scalar::{Scalar, contains, int_order, orders};
use super::step::{Answer, End, KeyTest, Lead, Step, Test, Way};
use crate::frame::{Frame, Scope};
use crate::op::CmpOp;
use crate::value::{Data, Record, Value};

/// Bytes of a text that the lane searches or compares; a longer one is left to the machine, which pays with fuel.
pub(super) const TEXT_BYTES: usize = 4_096;

impl Lanes {
    /// Walks the steps from `at` on, whatever they are.
    #[inline(never)]
    pub(super) fn slowly(&self, mut at: usize, frame: &Frame<'_>, scope: &Scope<'_>) -> End {
        let mut counted = 0;
        while let Some(step) = self.steps.get(at) {
            let value = frame.peek(step.slot());
            let answer = match step.test {
                Test::Key if step.key_test() == KeyTest::Since => {
                    let then =
                        self.entries.get(step.high() as usize).and_then(|entry| entry.int(scope.state));
                    then.map_or(Answer::Leave, |then| step.since(frame.key(step.slot()), then))
                }
                Test::Rows => match self.rows(at, step, frame, scope, &mut counted) {
                    Ok(next) => {
                        at = next;
                        continue;
                    }
                    Err(end) => return end,
                },
                Test::Count => step.takes(int_order(counted, step.int())),
                _ => match self.quick(step, value, frame, scope) {
                    Answer::Rare => self.rare(step, value, &Bound { frame, scope, record: None }),
                    answer => answer,
                },
            };
            let holds = match answer {
                Answer::No => false,
                Answer::Yes => true,
                Answer::Leave | Answer::Rare => return End::LEAVE,
            };
            match step.next(at, holds) {
                Ok(next) => at = next,
                Err(end) => return end,
            }
        }
        End::LEAVE
    }

    /// Walks the rows of a list until one leads out of the body. Gives the step that follows, or the end.
    fn rows(
        &self,
        at: usize,
        walk: &Step,
        frame: &Frame<'_>,
        scope: &Scope<'_>,
        counted: &mut i64,
    ) -> Result<usize, End> {
        let body = at + 1..at + 1 + walk.high() as usize;
        let (Value::Data(rows), Some(first)) = (frame.peek(walk.slot()), self.steps.get(body.start)) else {
            return Err(End::LEAVE);
        };
        if rows.len() > walk.low() as usize {
            return Err(End::LEAVE);
        }
        let length = self.length_to_pass(first);
        let mut left = *rows;
        *counted = 0;
        loop {
            if let Some(length) = length {
                left = behind_other_lengths(left, first.of, length);
            }
            let Some((row, rest)) = left.split_first() else { break };
            let Data::Record(record) = row else { return Err(End::LEAVE) };
            match self.row(&body, &Bound { frame, scope, record: Some(record) }, record) {
                Err(End::NEXT_ROW) => {}
                Err(End::COUNTED) => *counted += 1,
                other => return other,
            }
            left = rest;
        }
        walk.next(at, false)
    }

    /// Walks the body of a loop for one row; gives the step behind it, or the end.
    #[inline(always)]
    fn row(&self, body: &std::ops::Range<usize>, bound: &Bound<'_>, record: &Record) -> Result<usize, End> {
        let mut at = body.start;
        while at < body.end {
            let (Some(step), Some(field)) = (self.steps.get(at), self.field(at, record)) else {
                return Err(End::LEAVE);
            };
            let mut answer = self.quick(step, field, bound.frame, bound.scope);
            if answer == Answer::Rare {
                answer = self.rare(step, field, bound);
            }
            let holds = match answer {
                Answer::No => false,
                Answer::Yes => true,
                Answer::Leave | Answer::Rare => return Err(End::LEAVE),
            };
            at = step.next(at, holds)?;
        }
        Ok(at)
    }

    /// The length that a text must have to pass, where all others lead to the next row.
    fn length_to_pass(&self, step: &Step) -> Option<usize> {
        const NEXT_ROW: Lead = Lead::end(Way::NextRow);
        match (step.test, step.no) {
            (Test::Short | Test::Mid, NEXT_ROW) => Some(step.aux.into()),
            (Test::Long, NEXT_ROW) => Some(self.data.get(step.low() as usize)?.text()?.len()),
            _ => None,
        }
    }

    #[inline(always)]
    fn field<'r>(&self, at: usize, record: &'r Record) -> Option<&'r Data> {
        record.fields.get(usize::from(self.steps.get(at)?.of))
    }

    /// What comes of a test that is none of the quick ones.
    #[inline(never)]
    fn rare(&self, step: &Step, value: &impl Scalar, bound: &Bound<'_>) -> Answer {
        Answer::maybe(self.rarely(step, value, bound))
    }

    fn rarely(&self, step: &Step, value: &impl Scalar, bound: &Bound<'_>) -> Option<bool> {
        let data = || self.data.get(step.low() as usize);
        match step.test {
            Test::True => Some(value.truth()),
            // What is not there equals no text.
            Test::Long | Test::OneOf if value.is_none() => Some(false),
            Test::Long => {
                let (text, wanted) = (value.text()?, data()?.text()?);
                Some(text.len() == wanted.len() && text == wanted)
            }
            Test::Has => Some(contains(brief(value)?, data()?.text()?)),
            Test::OneOf => {
                let (text, Data::List(items)) = (value.text()?, data()?) else { return None };
                Some(items.iter().any(|item| item.text() == Some(text)))
            }
            Test::Slot => against(step, value, bound.frame.peek(other_slot(step))),
            Test::Param => against(step, value, bound.scope.params.get(usize::from(step.aux))?),
            Test::Calc => self.calculate(step, bound),
            _ => None,
        }
    }
}

/// The rows from the first on that is not a record whose text at `field` has another length: most texts that differ
/// differ in length, which is seen without another step.
#[inline(never)]
fn behind_other_lengths(rows: &[Data], field: u8, length: usize) -> &[Data] {
    let passes = |row: &Data| match row {
        Data::Record(record) => match record.fields.get(usize::from(field)) {
            Some(Data::Str(text)) => text.as_str().len() == length,
            _ => true,
        },
        _ => true,
    };
    let others = rows.iter().position(passes).unwrap_or(rows.len());
    rows.get(others..).unwrap_or_default()
}

/// A text that is short enough to be worked through without fuel.
fn brief(value: &impl Scalar) -> Option<&str> {
    value.text().filter(|text| text.len() <= TEXT_BYTES)
}

/// Compares two numbers of any type; of texts, whether they are the same or are not.
fn against(step: &Step, left: &impl Scalar, right: &impl Scalar) -> Option<bool> {
    if let (Some(left), Some(right)) = (Num::read(left), Num::read(right)) {
        return Some(left.order(right) & step.orders != 0);
    }
    let same = brief(left)? == brief(right)?;
    if Some(step.orders) == orders(CmpOp::Eq) {
        return Some(same);
    }
    (Some(step.orders) == orders(CmpOp::Ne)).then_some(!same)
}
