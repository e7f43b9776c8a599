//! Whatever compiles verifies; the optimiser changes no answer; both modes agree.

use crate::behaviour::cases;
use crate::support::{Context, compile_at};
use oracle_compiler::expression::Mode;
use oracle_vm::hook::Hook;
use oracle_vm::verify::verify;

#[test]
fn what_compiles_verifies_in_every_mode_and_at_every_hook() {
    for (expression, _) in cases() {
        for hook in Hook::all().map(Some).chain([None]) {
            for (mode, optimise) in
                [(Mode::Truth, true), (Mode::Truth, false), (Mode::Value, true), (Mode::Value, false)]
            {
                if let Ok(compiled) = compile_at(hook, expression, mode, optimise)
                    && let Err(error) = verify(compiled.pack)
                {
                    panic!("{expression}\n{mode:?}, optimised: {optimise}: {error}");
                }
            }
        }
    }
}

#[test]
fn the_truth_of_a_value_is_the_truth() {
    let context = Context::new();
    for (expression, _) in cases() {
        // As in the value mode, but the truth of the same expression.
        let truth = format!("bool({expression})");
        for optimise in [false, true] {
            let value = compile_at(None, &truth, Mode::Value, optimise);
            let condition = compile_at(None, expression, Mode::Truth, optimise);
            let (Ok(value), Ok(condition)) = (value, condition) else { continue };
            assert_eq!(context.run(&condition), context.run(&value), "{expression}, optimised: {optimise}");
        }
    }
}

/// A generator that needs no crate: the same expressions in every run.
struct Generator(u64);

const ATOMS: &[&str] = &[
    "turn.number",
    "turn.token_usage",
    "turn.iteration_limit",
    "user.id",
    "result",
    "result.error",
    "result.success",
    "event.payload.n",
    "event.payload.deep.x",
    "history.tools",
    "history.failures",
    "params.limit",
    "1",
    "0",
    "2.5",
    "-3",
    "'a'",
    "''",
    "None",
    "True",
    "[1, 2]",
    "x",
    "x.name",
];

/// `#` is filled in by another expression.
const FORMS: &[&str] = &[
    "(# and #)",
    "(# or #)",
    "(# and # and #)",
    "(not #)",
    "(# == #)",
    "(# != #)",
    "(# < #)",
    "(# <= # < #)",
    "(# in #)",
    "(# not in (#, #))",
    "(# is None)",
    "(# is not None)",
    "(# + #)",
    "(# - #)",
    "(# * 2)",
    "(# // #)",
    "(-#)",
    "(# if # else #)",
    "len(#)",
    "bool(#)",
    "str(#)",
    "min(#, #)",
    "#[0]",
    "#[1:]",
    "[#, #]",
    "any(# for x in #)",
    "all(# for x in # if #)",
    "[# for x in #]",
    "[# for x in # for y in # if #]",
    "sum(1 for x in history.tools if #)",
    "history.failures.get(#, #)",
];

impl Generator {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(4) == 0 {
            return ATOMS[self.below(ATOMS.len())].to_owned();
        }
        let form = FORMS[self.below(FORMS.len())];
        let mut text = String::new();
        for part in form.split_inclusive('#') {
            match part.strip_suffix('#') {
                Some(part) => {
                    text += part;
                    text += &self.expression(depth - 1);
                }
                None => text += part,
            }
        }
        text
    }
}

#[test]
fn generated_expressions_agree() {
    let context = Context::new();
    let mut generator = Generator(0x9e37_79b9_7f4a_7c15);
    let mut compiled = 0;
    for _ in 0..20_000 {
        let depth = 1 + generator.below(4);
        let expression = generator.expression(depth);
        let [plain, optimised, truth, fast] =
            [(Mode::Value, false), (Mode::Value, true), (Mode::Truth, false), (Mode::Truth, true)].map(
                |(mode, optimise)| {
                    compile_at(None, &expression, mode, optimise).ok().map(|it| context.run(&it))
                },
            );
        assert_eq!(plain, optimised, "{expression}");
        assert_eq!(truth, fast, "{expression}");
        assert_eq!(plain.is_some(), truth.is_some(), "{expression}");
        if let (Some(value), Some(truth)) = (plain, truth) {
            compiled += 1;
            let fails = |text: &str| text.starts_with("! ");
            assert_eq!(fails(&value), fails(&truth), "{expression}");
        }
    }
    assert!(compiled > 3_000, "only {compiled} of 20,000 expressions compiled");
}
