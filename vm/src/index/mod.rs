//! Hook programs: all rules of a hook against one event, at a cost that follows the matches and not the rules.
//!
//! [`HookProgram::new`] reads the tests with which each rule's code begins (`test`, `affix`) and files the rules by
//! them: by the constant that a slot must equal, or else by the text that it must start with (`prefix`), and below that
//! in sorted tables of the bounds that numbers must exceed (`table`). [`HookProgram::run`] looks up the values of the
//! event, so that rules whose tests do not hold are never touched. A rule whose tests are all of it has matched then;
//! of the others the code runs, behind the tests that were looked up.
//!
//! The answers are those of running every rule's code one by one, errors included: a test is only used where
//! nothing before it can fail, and an event whose slots are not as the schema promises is evaluated one by one. So are
//! the rules that test the text of a slot which has none (`text`).

mod affix;
mod bits;
mod group;
mod listing;
mod notes;
mod prefix;
mod same;
mod table;
mod test;
mod text;

pub use bits::Positions;
pub use listing::IndexListing;

use crate::fault::Fault;
use crate::frame::{Frame, Scope};
use crate::hook::Hook;
use crate::ids::{ChunkId, RuleId, SlotId};
use crate::lane::Entry;
use crate::machine::Machine;
use crate::value::Data;
use crate::verify::VerifiedPack;
use group::{Equal, Filed, Group, Tables};
use notes::Noting;
use prefix::Starts;
use same::Classes;
use text::TextSlot;

/// All rules of one hook, ready to run.
#[derive(Clone, Debug)]
pub struct HookProgram {
    hook: Hook,
    /// The rules with an expression as their condition, in the order in which they fire.
    rules: Vec<RuleId>,
    /// The code of each rule, by position.
    codes: Vec<Code>,
    plain: Group,
    equals: Vec<Equal>,
    starts: Vec<Starts>,
    ordered: Vec<SlotId>,
    texts: Vec<TextSlot>,
    classes: Classes,
}

/// The code of a rule.
#[derive(Clone, Copy, Debug)]
struct Code {
    chunk: ChunkId,
    /// Where its lane is entered when the index gave the rule.
    proven: Entry,
}

/// What belongs to the user of the event rather than to the pack.
pub trait Host {
    /// Whether the rule at this position is on.
    fn enabled(&self, at: u32) -> bool;
    /// The params, settings and state that the rule at this position reads.
    fn scope(&self, at: u32) -> Scope<'_>;
    /// The positions of rules whose params are not those that the program was made with.
    fn changed(&self) -> &[u32];
}

/// The outcome of one run, and room that is used again by the next.
#[derive(Debug, Default)]
pub struct HookRun {
    /// The rules that matched, by position.
    pub matched: Positions,
    /// The rules that failed, by position, ascending.
    pub faults: Vec<(u32, Fault)>,
    /// How many rules' code ran; the index settled the others.
    pub evaluated: u32,
    candidates: Positions,
    verdicts: Vec<same::Verdict>,
}

impl HookRun {
    fn start(&mut self, rules: usize, classes: usize) {
        self.matched.reserve(rules);
        self.candidates.reserve(rules);
        self.matched.clear();
        self.candidates.clear();
        self.faults.clear();
        self.evaluated = 0;
        self.verdicts.clear();
        self.verdicts.resize(classes, same::Verdict::Unknown);
    }
}

impl HookProgram {
    /// Files the rules of a hook. `params` gives each rule's params as they are for most users.
    pub fn new<'p>(pack: &VerifiedPack, hook: Hook, params: impl Fn(RuleId) -> &'p [Data]) -> HookProgram {
        let order = pack.rules_of(hook);
        let mut rules = Vec::with_capacity(order.len());
        let mut chunks = Vec::with_capacity(order.len());
        let mut filed = Vec::with_capacity(order.len());
        for &rule in order {
            let Some(chunk) = pack.rules().get(rule).and_then(|entry| entry.condition) else {
                continue;
            };
            let Some(code) = pack.chunk(chunk) else { continue };
            let at = u32::try_from(rules.len()).unwrap_or(u32::MAX);
            filed.push(Filed { prefix: test::prefix(&code, params(rule)), at });
            rules.push(rule);
            chunks.push(chunk);
        }
        let Tables { plain, equals, starts, ordered, texts, proven } = group::file(&filed);
        rules.shrink_to_fit();
        let classes = Classes::new(pack, &chunks);
        let code = |(chunk, tests)| Code { chunk, proven: pack.lanes().behind(chunk, tests) };
        let codes = chunks.into_iter().zip(proven).map(code).collect();
        HookProgram { hook, rules, codes, plain, equals, starts, ordered, texts, classes }
    }

    /// The hook.
    pub fn hook(&self) -> Hook {
        self.hook
    }

    /// The rules by position: the order in which they fire.
    pub fn rules(&self) -> &[RuleId] {
        &self.rules
    }

    /// Runs every rule that is on against the frame; the outcome is in `run`.
    pub fn run(
        &self,
        pack: &VerifiedPack,
        machine: &mut Machine,
        frame: &Frame<'_>,
        host: &impl Host,
        run: &mut HookRun,
    ) {
        run.start(self.rules.len(), self.classes.count());
        let as_promised = self.ordered.iter().all(|slot| test::ordered_value(frame.get(*slot)).is_some());
        let unsure = || self.texts.iter().flat_map(|slot| slot.unsure(frame));
        // A rule that was not looked up, or with other params, has no test that is known to hold.
        let proven = as_promised && host.changed().is_empty() && unsure().next().is_none();
        if as_promised {
            self.collect(frame, run);
            for at in host.changed().iter().chain(unsure()) {
                run.matched.remove(*at);
                run.candidates.insert(*at);
            }
        } else {
            (0..).take(self.rules.len()).for_each(|at| run.candidates.insert(at));
        }
        self.decide(pack, machine, frame, host, run, proven);
    }

    /// Runs the code of the candidates that are on.
    fn decide(
        &self,
        pack: &VerifiedPack,
        machine: &mut Machine,
        frame: &Frame<'_>,
        host: &impl Host,
        run: &mut HookRun,
        proven: bool,
    ) {
        let (lanes, has_classes) = (pack.lanes(), self.classes.count() > 0);
        let HookRun { matched, faults, evaluated, candidates, verdicts } = run;
        candidates.drain(|at| {
            let Some(code) = self.codes.get(at as usize).filter(|_| host.enabled(at)) else { return };
            if has_classes && let Some(verdict) = self.classes.verdict(at, verdicts) {
                if verdict {
                    matched.insert(at);
                }
                return;
            }
            *evaluated += 1;
            let entry = if proven { code.proven } else { lanes.entry(code.chunk).unwrap_or(Entry::NOWHERE) };
            let scope = host.scope(at);
            let truth = match lanes.run(entry, frame, &scope) {
                Some(truth) => truth,
                None => match machine.full_run(pack, code.chunk, frame, &scope) {
                    Ok(truth) => truth,
                    Err(fault) => return faults.push((at, fault)),
                },
            };
            if has_classes {
                self.classes.learn(at, truth, verdicts);
            }
            if truth {
                matched.insert(at);
            }
        });
    }

    /// Puts the rules whose tests hold into `matched` or `candidates`.
    fn collect(&self, frame: &Frame<'_>, run: &mut HookRun) {
        let mut noting = Noting::new(&mut run.matched, &mut run.candidates);
        let number = |slot| group::number_in(frame, slot);
        self.plain.note(number, &mut noting);
        for equal in &self.equals {
            if let Some(group) = equal.group(frame) {
                group.note(number, &mut noting);
            }
        }
        for starts in &self.starts {
            starts.note(frame, number, &mut noting);
        }
    }
}
