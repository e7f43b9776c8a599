//! What became of the rules between two packs.

use std::collections::BTreeMap;

use oracle_compiler::packfile::{Packed, PluginSpec};
use oracle_compiler::rule::{Condition, RuleSpec};
use oracle_vm::op::Op;
use oracle_vm::pack::{Chunk, RuleEntry};

use super::super::console::{Console, Look};
use super::super::status::{CliError, Status};

/// A part of a rule before and after; empty texts where only the fact is worth a line.
struct Change {
    what: &'static str,
    before: String,
    after: String,
}

/// A rule with its code.
struct Side<'p> {
    packed: &'p Packed,
    spec: &'p RuleSpec,
    entry: RuleEntry<'p>,
}

/// Shows which rules were added (`+`), removed (`-`) and changed (`~`), and how.
pub(super) fn run(old: &Packed, new: &Packed, console: &mut Console) -> Result<Status, CliError> {
    let (before, after) = (by_id(old), by_id(new));
    let mut counts = [0_u32; 3];
    for id in before.keys().chain(after.keys().filter(|id| !before.contains_key(*id))) {
        let paint = console.paint();
        match (before.get(id), after.get(id)) {
            (Some(before), Some(after)) => {
                let changes = changes(before, after);
                if changes.is_empty() {
                    continue;
                }
                counts[2] += 1;
                let names: Vec<&str> = changes.iter().map(|it| it.what).collect();
                let sign = paint.show(Look::Yellow, '~');
                writeln!(console.out(), "{sign} {id}: {}", names.join(", "))?;
                for Change { before, after, .. } in changes.iter().filter(|it| it.before != it.after) {
                    lines("- ", Look::Red, before, console)?;
                    lines("+ ", Look::Green, after, console)?;
                }
            }
            (Some(_), None) => {
                counts[1] += 1;
                writeln!(console.out(), "{} {id}", paint.show(Look::Red, '-'))?;
            }
            (None, _) => {
                counts[0] += 1;
                writeln!(console.out(), "{} {id}", paint.show(Look::Green, '+'))?;
            }
        }
    }
    let plugins = plugins(old, new, console)?;
    let [added, removed, changed] = counts;
    let plugins = if plugins == 0 { String::new() } else { format!("; plugins: {plugins} changed") };
    writeln!(console.out(), "rules: {added} added, {removed} removed, {changed} changed{plugins}")?;
    Ok(Status::Ok)
}

fn by_id(packed: &Packed) -> BTreeMap<&str, Side<'_>> {
    let pairs = packed.rules.iter().zip(packed.pack.rules().iter());
    pairs.map(|(spec, entry)| (spec.id.as_str(), Side { packed, spec, entry })).collect()
}

fn changes(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let (old, new) = (before.spec, after.spec);
    let mut found = Vec::new();
    let mut text = |what, before: String, after: String| {
        if before != after {
            found.push(Change { what, before, after });
        }
    };
    text("hook", old.hook.to_string(), new.hook.to_string());
    text("condition", condition(old), condition(new));
    let clear = |rule: &RuleSpec| rule.limits.clear_when.clone().unwrap_or_default();
    text("clear_when", clear(old), clear(new));
    text("priority", old.priority.to_string(), new.priority.to_string());
    text("version", old.version.clone(), new.version.clone());
    text("name", old.name.clone(), new.name.clone());
    text("description", old.description.clone(), new.description.clone());
    text("enabled", old.enabled.to_string(), new.enabled.to_string());
    text("core", old.core.to_string(), new.core.to_string());
    let limits =
        |rule: &RuleSpec| oracle_compiler::rule::LimitSpec { clear_when: None, ..rule.limits.clone() };
    let facts = [
        ("limits", limits(old) != limits(new)),
        ("params", old.params != new.params),
        ("actions", format!("{:?}", old.actions) != format!("{:?}", new.actions)),
        ("examples", format!("{:?}", old.tests) != format!("{:?}", new.tests)),
        ("file", old.source_path != new.source_path),
        ("code", code(before) != code(after)),
    ];
    found.extend(facts.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| Change {
        what,
        before: String::new(),
        after: String::new(),
    }));
    found
}

fn condition(rule: &RuleSpec) -> String {
    match &rule.condition {
        Condition::Expression(text) => text.trim().to_owned(),
        Condition::Script(script) => {
            format!("script {}\n{}", script.path, script.source.as_deref().unwrap_or_default().trim())
        }
    }
}

/// The code of a rule, with patterns by their text: their numbers depend on the other rules. Constants are written out:
/// of two NaNs neither equals the other.
fn code<'p>(side: &Side<'p>) -> Vec<(Vec<Op>, String, Vec<&'p str>)> {
    let pack = &side.packed.pack;
    let chunks = [side.entry.condition, side.entry.clear_when];
    let chunks = chunks.map(|id| id.and_then(|id| pack.chunk(id))).into_iter().flatten();
    let code_of = |chunk: Chunk<'p>| {
        let mut patterns = Vec::new();
        let mut code = chunk.code.to_vec();
        for op in &mut code {
            if let Op::Matches { pattern, .. } = op {
                patterns.extend(pack.patterns.get(pattern.index()).map(String::as_str));
                pattern.0 = 0;
            }
        }
        (code, format!("{:?}", chunk.consts.iter().collect::<Vec<_>>()), patterns)
    };
    chunks.map(code_of).collect()
}

fn lines(sign: &str, look: Look, text: &str, console: &mut Console) -> Result<(), CliError> {
    for line in text.lines() {
        let line = console.paint().show(look, format!("    {sign}{line}"));
        writeln!(console.out(), "{line}")?;
    }
    Ok(())
}

/// Plugins that came, went or changed; how many.
fn plugins(old: &Packed, new: &Packed, console: &mut Console) -> Result<usize, CliError> {
    let find = |packed: &'_ Packed, id: &str| packed.plugins.iter().find(|it| it.id == id).cloned();
    let mut ids: Vec<&PluginSpec> = old.plugins.iter().chain(&new.plugins).collect();
    ids.sort_by(|a, b| a.id.cmp(&b.id));
    ids.dedup_by(|a, b| a.id == b.id);
    let mut count = 0;
    for PluginSpec { id, .. } in ids {
        let (before, after) = (find(old, id), find(new, id));
        let sign = match (&before, &after) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(_), Some(_)) => '~',
            (Some(_), None) => '-',
            (None, _) => '+',
        };
        count += 1;
        writeln!(console.out(), "{sign} plugin {id}")?;
    }
    Ok(count)
}
