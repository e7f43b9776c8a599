//! Rules that ask the same question: the answer of the first serves the others.

use std::collections::HashMap;

use crate::ids::ChunkId;
use crate::op::Op;
use crate::pack::Chunk;
use crate::value::Data;
use crate::verify::VerifiedPack;

/// What is known about a class of rules during one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// None of them ran yet, or the one that ran failed.
    Unknown,
    /// The condition holds.
    True,
    /// It does not.
    False,
}

/// The class of each rule that shares its condition with another.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    /// By position; `None` for a rule of its own. Empty where no rules share a condition.
    class: Vec<Option<u32>>,
    count: u32,
}

impl Classes {
    /// Finds conditions with the same code and constants that read nothing of their rule's own.
    pub(super) fn new(pack: &VerifiedPack, chunks: &[ChunkId]) -> Classes {
        let mut first: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        let mut classes = Classes { class: vec![None; chunks.len()], count: 0 };
        let chunk_at = |at: usize| chunks.get(at).and_then(|id| pack.chunk(*id));
        for at in 0..chunks.len() {
            let Some(chunk) = chunk_at(at).filter(|chunk| !reads_scope(chunk)) else { continue };
            let mut key: Vec<u8> = chunk.code.iter().flat_map(Op::encode).collect();
            // Thousands of rules may have the same code and differ in their constants alone.
            chunk.consts.iter().for_each(|data| add_key(&data, &mut key));
            let alike = first.entry(key).or_default();
            match alike
                .iter()
                .find(|known| chunk_at(**known).is_some_and(|other| other.consts == chunk.consts))
            {
                None => alike.push(at),
                Some(known) => {
                    let class = classes.class.get(*known).copied().flatten().unwrap_or(classes.count);
                    classes.count = classes.count.max(class + 1);
                    for place in [*known, at] {
                        if let Some(place) = classes.class.get_mut(place) {
                            *place = Some(class);
                        }
                    }
                }
            }
        }
        if classes.count == 0 {
            classes.class = Vec::new();
        }
        classes
    }

    /// How many classes there are.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// What is known about the rule at this position.
    pub(super) fn verdict(&self, at: u32, verdicts: &[Verdict]) -> Option<bool> {
        let class = self.class.get(at as usize).copied().flatten()?;
        match verdicts.get(class as usize)? {
            Verdict::Unknown => None,
            Verdict::True => Some(true),
            Verdict::False => Some(false),
        }
    }

    /// Keeps the answer for the others of the class.
    pub(super) fn learn(&self, at: u32, truth: bool, verdicts: &mut [Verdict]) {
        let class = self.class.get(at as usize).copied().flatten();
        if let Some(place) = class.and_then(|class| verdicts.get_mut(class as usize)) {
            *place = if truth { Verdict::True } else { Verdict::False };
        }
    }
}

/// Adds bytes that are the same for the same constant; large ones are told apart by comparing them.
fn add_key(data: &Data, key: &mut Vec<u8>) {
    match data {
        Data::Int(int) => key.extend(int.to_le_bytes()),
        Data::Float(float) => key.extend(float.to_bits().to_le_bytes()),
        Data::Str(text) => key.extend(text.as_str().bytes()),
        _ => key.push(0),
    }
}

fn reads_scope(chunk: &Chunk) -> bool {
    chunk.code.iter().any(|op| {
        matches!(
            op,
            Op::LoadParam { .. }
                | Op::LoadSetting { .. }
                | Op::LoadState { .. }
                | Op::JumpUnlessSlotParam { .. }
                | Op::JumpIfSlotParam { .. }
        )
    })
}
