//! Runs `tests/specs/*.md`: every line with an arrow is a test with a name. The format stands in
//! `tests/specs/README.md`.

use std::fs;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use oracle_compiler::check::ExpressionScope;
use oracle_compiler::diag::{Diagnostic, Severity};
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_compiler::source::SourceId;
use oracle_tests::condition::{Bound, Condition};
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::value::repr;

/// One line of a block of expressions.
struct Case {
    text: String,
    wanted: String,
    context: String,
    hook: Option<Hook>,
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("tests/specs").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut trials = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|it| it == "md")) {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if name != "README" {
            spec(&name, &fs::read_to_string(path).expect("readable"), &mut trials);
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The tests of one file.
fn spec(file: &str, text: &str, trials: &mut Vec<Trial>) {
    let (mut heading, mut context, mut hook) = (String::new(), "{}".to_string(), None);
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            (heading, context, hook) = (title.to_string(), "{}".to_string(), None);
        }
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        let body = block.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
        let words: Vec<&str> = kind.split(' ').collect();
        match words.as_slice() {
            ["json", "context", rest @ ..] => {
                hook = match rest {
                    [] => None,
                    ["at", name] => {
                        Some(Hook::from_name(name).unwrap_or_else(|| panic!("{file}: no hook `{name}`")))
                    }
                    _ => panic!("{file}: a context block reads `json context` or `json context at HOOK`"),
                };
                context = body;
            }
            ["expr"] => {
                for (number, text, wanted) in entries(&block) {
                    let name = format!("{file}:{number} {heading}: {}", text.replace('\n', " "));
                    let case = Case { text, wanted, context: context.clone(), hook };
                    trials.push(Trial::test(name, move || expression(&case)));
                }
            }
            ["toml", "rule"] => {
                let number = block.first().map_or(0, |it| it.0 + 1);
                trials.push(Trial::test(format!("{file}:{number} {heading}: rule"), move || rule(&body)));
            }
            _ => {}
        }
    }
}

/// The expressions of a block: an expression ends at the line with the arrow.
fn entries(block: &[(usize, &str)]) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut begun: Vec<&str> = Vec::new();
    for (number, line) in block {
        if begun.is_empty() && line.trim().is_empty() {
            continue;
        }
        match line.rsplit_once("->") {
            Some((text, wanted)) => {
                begun.push(text.trim_end());
                found.push((number + 1, begun.join("\n"), wanted.trim().to_string()));
                begun.clear();
            }
            None => begun.push(line),
        }
    }
    assert!(begun.is_empty(), "an expression without an arrow: {begun:?}");
    found
}

fn expression(case: &Case) -> Result<(), Failed> {
    let scope = ExpressionScope { hook: case.hook, ..ExpressionScope::default() };
    let compiled = Condition::compile(&case.text, &scope);
    if let Some(wanted) = case.wanted.strip_prefix("refused ") {
        return match compiled {
            Ok(_) => Err("it is accepted".into()),
            Err(found) => has(&found, Severity::Error, wanted),
        };
    }
    let condition = compiled.map_err(|found| format!("it is refused:\n{}", told(&found)))?;
    if let Some(wanted) = case.wanted.strip_prefix("warns ") {
        return has(&condition.warnings, Severity::Warning, wanted);
    }
    let bound = Bound::context(&case.context, case.hook)?;
    let mut machine = Machine::new();
    condition.agreed(&mut machine, &bound)?.ok();
    let found = match condition.value(&mut machine, &bound, repr::repr) {
        Ok(text) => text.unwrap_or_else(|trouble| format!("no text: {trouble:?}")),
        Err(fault) => format!("fails {}", fault.trouble.kind().name()),
    };
    if found == case.wanted {
        Ok(())
    } else {
        Err(format!("wanted: {}\nfound:  {found}", case.wanted).into())
    }
}

/// Whether a diagnostic with this code and these phrases is there: `E0201: phrase | phrase`.
fn has(found: &[Diagnostic], severity: Severity, wanted: &str) -> Result<(), Failed> {
    let (code, phrases) = wanted.split_once(':').unwrap_or((wanted, ""));
    let fits = |it: &&Diagnostic| it.severity == severity && it.code.code() == code.trim();
    let Some(diagnostic) = found.iter().find(fits) else {
        return Err(format!("wanted {code}, found:\n{}", told(found)).into());
    };
    let text = one(diagnostic);
    for phrase in phrases.split('|').map(str::trim).filter(|it| !it.is_empty()) {
        if !text.contains(phrase) {
            return Err(format!("`{phrase}` is not said:\n{text}").into());
        }
    }
    Ok(())
}

/// Everything that a diagnostic says.
fn one(it: &Diagnostic) -> String {
    let mut text = format!("{}: {}", it.code.code(), it.message);
    let labels = std::iter::once(&it.primary).chain(&it.secondary).filter(|label| !label.text.is_empty());
    for label in labels {
        text.push_str(&format!("\n  at {}..{}: {}", label.span.start, label.span.end, label.text));
    }
    for help in &it.helps {
        text.push_str(&format!("\n  help: {help}"));
    }
    if let Some(fix) = &it.fix {
        text.push_str(&format!("\n  fix: {}: `{}`", fix.title, fix.replacement));
    }
    text
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Compiles a rule; its diagnostics are those that the comments `# error: CODE` and `# warn: CODE` announce, each on
/// its line.
fn rule(text: &str) -> Result<(), Failed> {
    let mut wanted: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for mark in ["# error: ", "# warn: "] {
            if let Some((_, codes)) = line.split_once(mark) {
                wanted.extend(codes.split(", ").map(|code| (number + 1, code.trim().to_string())));
            }
        }
    }
    let made = compile_rules(&[RuleInput::loose("rule.toml", text)], Options::default());
    let line = |it: &Diagnostic| {
        let start = it.primary.span.start as usize;
        text.get(..start).map_or(0, |before| before.matches('\n').count() + 1)
    };
    assert!(
        made.diagnostics.iter().all(|it| it.primary.span.source == SourceId(0)),
        "places in the rule itself"
    );
    let mut found: Vec<(usize, String)> =
        made.diagnostics.iter().map(|it| (line(it), it.code.code().to_string())).collect();
    found.sort();
    wanted.sort();
    if found == wanted {
        return Ok(());
    }
    Err(format!("wanted: {wanted:?}\nfound:  {found:?}\n{}", told(&made.diagnostics)).into())
}
