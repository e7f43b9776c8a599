//! Units together: ids are unique, rules get their numbers, code and patterns are joined.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::limits;
use oracle_vm::pack::{Merge, RuleEntry};

use super::unit::{Good, Unit};
use super::{Compiled, FileOutcome, Options};
use crate::diag::{Code, Sink};
use crate::lint::{self, Facts};
use crate::rule::RuleSpec;
use crate::source::Sources;

/// Joins units in their order.
pub(super) fn link(units: &mut [Unit], sources: Sources, options: Options) -> Compiled {
    let mut sink = Sink::default();
    units.iter().for_each(|unit| sink.take_over(&unit.diagnostics));
    let chosen = choose(units, options, &mut sink);
    let mut made = Compiled { sources, ..Compiled::default() };
    let mut merge = Merge::default();
    let mut room = Room { left: limits::PATTERNS_BYTES, known: HashSet::new() };
    let mut entries = Vec::with_capacity(chosen.len());
    let mut fresh: Vec<Facts<'_>> = Vec::new();
    for (unit, good) in units.iter().zip(&chosen) {
        let is_stale = good.as_ref().is_some_and(|it| !is_current(unit, it));
        let entry = good.as_ref().and_then(|good| Some((good, add(&mut merge, &mut room, good, &mut sink)?)));
        let rule = entry.as_ref().and_then(|_| u32::try_from(entries.len()).ok()).map(RuleId);
        if let Some((good, entry)) = entry {
            entries.push(entry);
            made.rules.push(Arc::clone(&good.spec));
            made.places.push(Arc::clone(&good.places));
            if options.lint && !is_stale {
                fresh.push(good.facts());
            }
        }
        made.files.push(FileOutcome { path: unit.path.clone(), source: unit.source, rule, is_stale });
    }
    made.pack = merge.finish().with_rules(entries);
    lint::all(&fresh, &mut sink);
    drop((fresh, room));
    for (unit, good) in units.iter_mut().zip(chosen) {
        unit.linked = good.filter(|_| options.keep_last_good);
    }
    made.diagnostics = sink.finish();
    made
}

fn is_current(unit: &Unit, good: &Arc<Good>) -> bool {
    unit.good.as_ref().is_some_and(|it| Arc::ptr_eq(it, good))
}

/// The version of each unit's rule that is to be linked. An id belongs to the file that had it before, else to the
/// first that claims it; a file that is bad, or that claims what is taken, keeps the version that it had.
fn choose(units: &[Unit], options: Options, sink: &mut Sink) -> Vec<Option<Arc<Good>>> {
    let mut owners: HashMap<&str, usize> = HashMap::with_capacity(units.len());
    let mut chosen: Vec<Option<Arc<Good>>> = vec![None; units.len()];
    if options.keep_last_good {
        for (at, (unit, place)) in units.iter().zip(&mut chosen).enumerate() {
            if let Some(good) = unit.good.as_ref().filter(|it| has_id(unit.linked.as_ref(), &it.spec.id)) {
                owners.insert(&good.spec.id, at);
                *place = Some(Arc::clone(good));
            }
        }
    }
    for (at, (unit, place)) in units.iter().zip(&mut chosen).enumerate() {
        let Some(good) = unit.good.as_ref().filter(|_| place.is_none()) else { continue };
        match owners.get(good.spec.id.as_str()).and_then(|at| units.get(*at)?.good.as_ref()) {
            Some(owner) => report_duplicate(good, owner, sink),
            None => {
                owners.insert(&good.spec.id, at);
                *place = Some(Arc::clone(good));
            }
        }
    }
    for (at, (unit, place)) in units.iter().zip(&mut chosen).enumerate() {
        let Some(last) = unit.linked.as_ref().filter(|_| place.is_none()) else { continue };
        if options.keep_last_good && !owners.contains_key(last.spec.id.as_str()) {
            owners.insert(&last.spec.id, at);
            *place = Some(Arc::clone(last));
        }
    }
    chosen
}

fn has_id(good: Option<&Arc<Good>>, id: &str) -> bool {
    good.is_some_and(|it| it.spec.id == id)
}

fn report_duplicate(good: &Good, owner: &Good, sink: &mut Sink) {
    let id = &good.spec.id;
    sink.report(Code::DuplicateId, good.places.id, format!("there is another rule with the id `{id}`"))
        .help("give one of them another id")
        .also(owner.places.id, "this one stays");
}

/// What is left of the memory that the patterns of all rules may take, and the patterns that are counted.
struct Room<'u> {
    left: usize,
    known: HashSet<&'u str>,
}

impl<'u> Room<'u> {
    /// Counts the patterns of a rule; whether there was room for them.
    fn take(&mut self, good: &'u Good) -> bool {
        let patterns = || good.code.patterns.iter().map(String::as_str);
        let new = patterns().zip(&good.pattern_bytes).filter(|(it, _)| !self.known.contains(it));
        let Some(left) = self.left.checked_sub(new.map(|(_, bytes)| bytes).sum()) else { return false };
        self.left = left;
        self.known.extend(patterns());
        true
    }
}

/// Adds the code of a rule; `None` when there is too much, which is reported.
fn add<'u>(merge: &mut Merge, room: &mut Room<'u>, good: &'u Good, sink: &mut Sink) -> Option<RuleEntry<'u>> {
    let Some(by) = room.take(good).then(|| merge.add(&good.code)).flatten() else {
        sink.report(Code::TooComplex, good.places.rule, "all rules together have too many patterns")
            .help("write fewer, or simpler, patterns for `matches`");
        return None;
    };
    let moved = |id: Option<ChunkId>| Some(ChunkId(id?.0.checked_add(by)?));
    let RuleSpec { id, hook, priority, .. } = &*good.spec;
    Some(RuleEntry {
        id,
        hook: *hook,
        priority: *priority,
        condition: moved(good.condition),
        clear_when: moved(good.clear_when),
    })
}
