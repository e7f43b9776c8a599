//! The fast lane: conditions that only test fields of the context, as a graph of tests.
//!
//! Most conditions compare slots with constants, ask whether something is there, or look for a row of the
//! history that passes such tests. [`Lane::new`] reads these shapes off a chunk's verified code, with the
//! constants inline and the kind of comparison decided; [`Lane::truth`] walks the graph with no register, arena
//! or fuel. Wherever a value is not of the kind that a test was made for, and wherever the code goes on with
//! something else, the lane ends without an answer and the machine runs the code from its start: conditions
//! have no effects, so nothing is lost but a few nanoseconds.

mod read;
mod step;

pub(crate) use step::Target;
use step::{Step, Test};

use crate::frame::{Frame, Scope};
use crate::pack::Chunk;
use crate::value::{Data, Value};

/// Rows of a list that the lane walks; a longer list is left to the machine, which pays with fuel.
const ROWS: usize = 4_096;

/// The tests of one chunk. Empty where its code begins with something that the lane does not know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lane {
    steps: Box<[Step]>,
    /// The chunk's constants where a step needs more of one than its bits.
    consts: Box<[Data]>,
}

impl Lane {
    /// Reads the tests off a chunk of verified code.
    pub(crate) fn new(chunk: &Chunk) -> Lane {
        let steps = read::steps(chunk);
        let consts = if steps.iter().any(Step::needs_constant) { chunk.consts.to_vec() } else { Vec::new() };
        Lane { steps, consts: consts.into() }
    }

    /// Where the lane leads: to the truth of the condition, or out.
    pub(crate) fn run(&self, frame: &Frame<'_>, scope: &Scope<'_>) -> Target {
        let mut at = 0;
        loop {
            let Some(step) = self.steps.get(at) else { return Target::LEAVE };
            let target = match step.test {
                Test::Rows => self.rows(step, frame),
                Test::Param => step.way(step.with_param(scope.params, frame.peek(step.of_slot()))),
                _ => step.way(step.outcome(&self.consts, frame.peek(step.of_slot()))),
            };
            if target.0 >= Target::STEPS {
                return target;
            }
            at = target.index();
        }
    }

    /// Walks the rows of a list until one leads out of the body; where none does, the step's own way on.
    #[inline(never)]
    fn rows(&self, step: &Step, frame: &Frame<'_>) -> Target {
        let (start, end) = step.body();
        let (Value::Data(rows), Some(body)) = (frame.peek(step.of_slot()), self.steps.get(start..end)) else {
            return Target::LEAVE;
        };
        if rows.len() > ROWS {
            return Target::LEAVE;
        }
        for row in *rows {
            let Data::Record(record) = row else { return Target::LEAVE };
            let mut at = 0;
            loop {
                let Some(test) = body.get(at) else { return Target::LEAVE };
                let Some(field) = record.fields.get(usize::from(test.of)) else { return Target::LEAVE };
                let target = test.way(test.outcome(&self.consts, field));
                if target == Target::NEXT_ROW {
                    break;
                }
                if !(start..end).contains(&target.index()) {
                    return target;
                }
                at = target.index() - start;
            }
        }
        step.ways[1]
    }
}

#[cfg(test)]
mod tests {
    use super::step::Scalar;
    use super::*;

    #[test]
    fn a_step_is_two_words() {
        assert_eq!(size_of::<Step>(), 16);
    }

    #[test]
    fn scalars_of_both_sorts_read_alike() {
        let text = Data::text("é");
        assert_eq!(text.text(), text.value().text());
        assert_eq!(text.length(), Some(1));
        assert_eq!(text.value().length(), Some(1));
        assert_eq!(Data::None.length(), None);
    }
}
