//! Batches of cases through both sides.

use std::collections::HashSet;
use std::fmt;

use oracle_compiler::check::ExpressionScope;
use oracle_compiler::diag::{Diagnostic, Severity};
use oracle_compiler::rule::ParamSpec;
use oracle_runtime::context::Context;
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;

use super::compare::{Outcome, Refusal, Verdict, documented_refusals, judge, kinds_of};
use super::context::{Inputs, PARAMS, SETTINGS};
use super::expr::Node;
use super::generate::Gen;
use super::python::Python;
use super::rng::Rng;
use super::shrink::shrink;
use super::stats::Stats;
use crate::condition::{Bound, Condition, inputs, json, spec};

/// Expressions of one batch; they share their contexts.
pub const BATCH: u64 = 250;
/// Contexts of one batch.
const CONTEXTS: usize = 8;
/// Contexts that each expression is evaluated on.
const EACH: usize = 3;

/// A case that disagrees.
#[derive(Debug)]
pub struct Failure {
    seed: u64,
    hook: Option<Hook>,
    text: String,
    inputs: Inputs,
    ours: String,
    python: String,
    why: String,
}

impl Failure {
    /// Failures of one sort are shown once.
    fn sort(&self) -> String {
        let says: String = self.ours.chars().filter(|it| !it.is_ascii_digit()).take(60).collect();
        format!("{}{}", self.why, says)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hook = self.hook.map_or("no hook", Hook::name);
        writeln!(f, "{}: {:?} (batch seed {}, {hook})", self.why, self.text, self.seed)?;
        writeln!(f, "  ours:    {}", self.ours)?;
        writeln!(f, "  python:  {}", self.python)?;
        write!(f, "  context: {}", self.inputs.request())
    }
}

/// One thread's share: a machine and a Python.
pub struct Worker {
    machine: Machine,
    python: Python,
    params: Vec<ParamSpec>,
    settings: Vec<ParamSpec>,
    refusals: Vec<Refusal>,
    seen: HashSet<String>,
    /// What was covered so far.
    pub stats: Stats,
}

/// What one expression gave on one context.
struct Case<'a> {
    hook: Option<Hook>,
    inputs: &'a Inputs,
    bound: &'a Bound,
}

impl Worker {
    /// Starts a Python.
    pub fn start() -> Worker {
        let specs = |rows: &[(&str, &str)]| rows.iter().map(|(name, ty)| spec(name, ty)).collect();
        Worker {
            machine: Machine::new(),
            python: Python::start(),
            params: specs(PARAMS),
            settings: specs(SETTINGS),
            refusals: documented_refusals(),
            seen: HashSet::new(),
            stats: Stats::default(),
        }
    }

    /// Runs a batch; gives the cases that disagree, made small.
    pub fn batch(&mut self, seed: u64) -> Vec<Failure> {
        let mut rng = Rng::new(seed.wrapping_mul(0x9e37_79b9));
        let hook = if rng.percent(50) { None } else { Some(*rng.pick(&Hook::all().collect::<Vec<_>>())) };
        let given: Vec<Inputs> = (0..CONTEXTS).map(|_| Inputs::random(&mut rng, hook)).collect();
        let bound: Vec<Bound> = given.iter().map(|one| self.bind(one, hook)).collect();
        let nodes: Vec<Node> = (0..BATCH).map(|_| Gen::new(rng.bits()).expression()).collect();
        let on: Vec<Vec<usize>> =
            nodes.iter().map(|_| (0..EACH).map(|_| rng.below(CONTEXTS)).collect()).collect();
        let texts: Vec<String> = nodes.iter().map(|node| node.text(rng.bits())).collect();
        let items: Vec<(String, Vec<usize>)> = texts.iter().cloned().zip(on.iter().cloned()).collect();
        self.python.submit(&given, &items);
        let ours: Vec<_> = texts.iter().map(|text| self.compile(text, hook)).collect();
        let outcomes: Vec<Vec<Result<Outcome, String>>> = ours
            .iter()
            .zip(&on)
            .map(|(compiled, on)| match compiled {
                Ok(condition) => on.iter().map(|at| run(&mut self.machine, condition, &bound[*at])).collect(),
                Err(_) => Vec::new(),
            })
            .collect();
        let answers = self.python.results();
        let mut failures = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            self.stats.count("expressions", 1);
            let refused = ours[number].as_ref().err();
            if refused.is_none() {
                self.stats.count("accepted", 1);
                self.stats.cover(node);
            }
            for (round, at) in on[number].iter().enumerate() {
                let case = Case { hook, inputs: &given[*at], bound: &bound[*at] };
                let ours = match refused {
                    Some(refused) => Err(refused),
                    None => Ok(&outcomes[number][round]),
                };
                let verdict = self.verdict(&texts[number], &case, ours, &answers[number][round]);
                if let Verdict::Disagree(why) = &verdict {
                    self.stats.count("disagreements", 1);
                    let failure = self.failure(seed, node, &texts[number], &case, why);
                    if self.seen.insert(failure.sort()) {
                        failures.push(failure);
                    }
                    break;
                }
            }
        }
        failures
    }

    fn bind(&self, given: &Inputs, hook: Option<Hook>) -> Bound {
        let data = |text: &str| json(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let context = Context::from_data(&data(&given.context), hook)
            .unwrap_or_else(|error| panic!("{error} in {}", given.context));
        Bound {
            context,
            params: inputs(&self.params, &data(&given.params)),
            settings: inputs(&self.settings, &data(&given.settings)),
        }
    }

    fn compile(&self, text: &str, hook: Option<Hook>) -> Result<Condition, Vec<Diagnostic>> {
        let scope = ExpressionScope { hook, params: &self.params, settings: &self.settings };
        Condition::compile(text, &scope)
    }

    fn verdict(
        &mut self,
        text: &str,
        case: &Case<'_>,
        ours: Result<&Result<Outcome, String>, &Vec<Diagnostic>>,
        answer: &str,
    ) -> Verdict {
        match ours {
            Ok(Err(why)) => Verdict::Disagree(why.clone()),
            Ok(Ok(outcome)) => {
                let python = &mut self.python;
                let verdict = judge(outcome, answer, || python.check(case.inputs, text, 0, 1));
                if let (Outcome::Fault(kind, _), Some(class)) = (outcome, answer.strip_prefix('!'))
                    && !kinds_of(class).contains(kind)
                {
                    self.stats.count(format!("kind: {} for Python's {class}", kind.name()), 1);
                }
                if let Verdict::Documented(what) = &verdict {
                    self.stats.count(format!("documented: {what}"), 1);
                }
                self.stats.count(
                    if matches!(outcome, Outcome::Fault(..)) {
                        "evaluations that failed"
                    } else {
                        "evaluations"
                    },
                    1,
                );
                verdict
            }
            Err(refused) => self.refusal(text, case, refused, answer),
        }
    }

    /// A refusal agrees when Python fails too, when its code is listed, or when the refused part never succeeds.
    fn refusal(&mut self, text: &str, case: &Case<'_>, refused: &[Diagnostic], answer: &str) -> Verdict {
        let Some(error) = refused.iter().find(|it| it.severity == Severity::Error) else {
            return Verdict::Disagree("refused without an error".into());
        };
        let code = error.code.code();
        self.stats.count(format!("refused: {code}"), 1);
        if answer.starts_with('!') || self.refusals.iter().any(|row| row.covers(error)) {
            return Verdict::Agree;
        }
        let span = error.primary.span;
        let check = self.python.check(case.inputs, text, span.start as usize, span.end as usize);
        let beyond = |flag: &String| flag == "int" || flag == "complex";
        if check.flags.iter().any(beyond) && (code == "E0101" || code == "E0108" || code == "E0218") {
            self.stats.count("refused: a number beyond 64 bits, or a complex one", 1);
            return Verdict::Agree;
        }
        if check.justified {
            self.stats.count("refused: never succeeds where it stands", 1);
            return Verdict::Agree;
        }
        Verdict::Disagree(format!("refused with {code}, but Python takes it"))
    }

    fn failure(&mut self, seed: u64, node: &Node, text: &str, case: &Case<'_>, why: &str) -> Failure {
        let sort = sort_of(why);
        let small = shrink(
            node.clone(),
            300,
            |node| matches!(self.judge(&node.text(1), case).2, Verdict::Disagree(why) if sort_of(&why) == sort),
        );
        let small = small.text(1);
        let (mut ours, mut python, verdict) = self.judge(&small, case);
        let (text, why) = match verdict {
            Verdict::Disagree(why) => (small, why),
            _ => {
                (ours, python, _) = self.judge(text, case);
                (text.to_string(), why.to_string())
            }
        };
        Failure { seed, hook: case.hook, text, inputs: case.inputs.clone(), ours, python, why }
    }

    /// Both answers to one expression, and the verdict.
    fn judge(&mut self, text: &str, case: &Case<'_>) -> (String, String, Verdict) {
        self.python.submit(std::slice::from_ref(case.inputs), &[(text.to_string(), vec![0])]);
        let answer = self.python.results().remove(0).remove(0);
        let stats = std::mem::take(&mut self.stats);
        let (ours, verdict) = match self.compile(text, case.hook) {
            Ok(condition) => {
                let outcome = run(&mut self.machine, &condition, case.bound);
                (format!("{outcome:?}"), self.verdict(text, case, Ok(&outcome), &answer))
            }
            Err(refused) => {
                let shown: Vec<_> =
                    refused.iter().map(|it| (it.code.code(), &it.message, it.primary.span)).collect();
                (format!("{shown:?}"), self.verdict(text, case, Err(&refused), &answer))
            }
        };
        self.stats = stats;
        (ours, answer, verdict)
    }
}

/// The first words of a reason: what a smaller case must share with the original.
fn sort_of(why: &str) -> String {
    why.chars().take(18).collect()
}

fn run(machine: &mut Machine, condition: &Condition, bound: &Bound) -> Result<Outcome, String> {
    let value = condition.agreed(machine, bound)?;
    Ok(match value {
        Ok((value, _)) => Outcome::Value(value),
        Err(fault) => Outcome::Fault(fault.trouble.kind(), format!("{:?}", fault.trouble)),
    })
}
