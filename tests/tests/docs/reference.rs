//! The pages below `docs/reference/` are made from the tables of the code. To make them anew:
//! `UPDATE_DOCS=1 cargo test -p oracle-tests --test docs`.

use std::fmt::Write;

use oracle_compiler::diag::codes::{CODES, Severity};
use oracle_runtime::config::{Config, KEYS};
use oracle_vm::builtin::{self, Builtin, How};
use oracle_vm::hook::{HOOKS, OTHER_EVENTS};
use oracle_vm::op::TABLE as OPS;
use oracle_vm::schema::{FieldRow, PAYLOADS, RECORDS, Range, SHAPES, SLOTS};
use oracle_vm::ty::{Kinds, TyDesc};

use super::{read, root};

const MARK: &str = "<!-- Made from the code's tables; `UPDATE_DOCS=1 cargo test -p oracle-tests --test docs` makes it anew. -->";

fn compare(name: &str, body: &str) {
    let path = root().join("docs/reference").join(name);
    let text = format!("{MARK}\n{}\n", body.trim_end());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
        return;
    }
    let now = if path.exists() { read(&path) } else { String::new() };
    assert!(now == text, "docs/reference/{name} is stale: {MARK}");
}

/// A type as operators know it.
fn ty(ty: &TyDesc) -> String {
    match ty {
        TyDesc::Bool => "bool".into(),
        TyDesc::Int => "int".into(),
        TyDesc::Float => "float".into(),
        TyDesc::Time => "time".into(),
        TyDesc::Str => "text".into(),
        TyDesc::OneOf(words) => words.iter().map(|word| format!("`'{word}'`")).collect::<Vec<_>>().join(", "),
        TyDesc::Dyn => "any value".into(),
        TyDesc::DynMap => "map".into(),
        TyDesc::Map(value) => format!("map of {}", self::ty(value)),
        TyDesc::List(elem) => format!("list of {}", self::ty(elem)),
        TyDesc::Record(id) => id.row().map_or("record".into(), |row| row.name.into()),
        TyDesc::Shape(id) => id.row().map_or("map".into(), |row| row.name.into()),
        TyDesc::Opt(inner) => format!("{} or None", self::ty(inner)),
        TyDesc::State => "state".into(),
    }
}

fn range(range: Range) -> String {
    match range {
        Range::Any => String::new(),
        Range::AtLeast(least) => format!("{least} or more"),
        Range::Share => "0.0 to 1.0".into(),
        Range::NotNegative => "0 or more, finite".into(),
    }
}

fn fields(page: &mut String, fields: &[FieldRow]) {
    page.push_str("| field | type | what |\n| --- | --- | --- |\n");
    for field in fields {
        writeln!(page, "| `{}` | {} | {} |", field.name, ty(&field.ty), field.doc).unwrap();
    }
    page.push('\n');
}

#[test]
fn the_context() {
    let mut page = String::from(
        "# The context\n\nWhat conditions, templates and scripts read. `event` and `result` are `None` at the hooks that \
         have none;\nelsewhere their paths are as listed. The prefix `context.` may be left out.\n\n\
         | path | type | values | what |\n| --- | --- | --- | --- |\n",
    );
    for slot in SLOTS.iter().filter(|slot| !slot.path.is_empty()) {
        writeln!(
            page,
            "| `context.{}` | {} | {} | {} |",
            slot.path,
            ty(&slot.ty),
            range(slot.range),
            slot.doc
        )
        .unwrap();
    }
    page.push_str("| `context.state` | state | | what the rule's plugin stored: `get(key, default)`, `has(key)`, `keys()` |\n\n");
    page.push_str("# Records\n\nA record has exactly these fields.\n\n");
    for record in RECORDS {
        writeln!(page, "## {}\n", record.name).unwrap();
        fields(&mut page, record.fields);
    }
    page.push_str("# Maps with known keys\n\nA known key may be missing, and other keys may be there.\n\n");
    for shape in SHAPES {
        writeln!(page, "## {}\n", shape.name).unwrap();
        for row in PAYLOADS.iter().filter(|row| row.shape == shape.id) {
            writeln!(page, "What an event of type `{}` carries.\n", row.event).unwrap();
        }
        fields(&mut page, shape.fields);
    }
    compare("context.md", &page);
}

#[test]
fn the_hooks() {
    let mut page = String::from(
        "# Hooks and events\n\nA rule names the hook at which it runs; an event of one of these types leads there.\n\n\
         | hook | event types | when |\n| --- | --- | --- |\n",
    );
    for row in HOOKS {
        let events: Vec<String> = row.events.iter().map(|event| format!("`{event}`")).collect();
        writeln!(page, "| `{}` | {} | {} |", row.name, events.join(", "), row.when).unwrap();
    }
    page.push_str("\nThese event types lead to no hook; subscribers of the bus get them:\n\n");
    for event in OTHER_EVENTS {
        writeln!(page, "- `{event}`").unwrap();
    }
    compare("hooks.md", &page);
}

#[test]
fn the_opcodes() {
    let mut page = String::from(
        "# Instructions\n\nWhat a condition is compiled to: eight bytes each, the opcode first. Fuel is what one \
         execution costs at\nleast; instructions that work through a text or a list cost more.\n\n\
         | opcode | mnemonic | operands | fuel | what |\n| --- | --- | --- | --- | --- |\n",
    );
    for row in OPS {
        let operands: Vec<String> = row.operands.iter().map(|name| format!("`{name}`")).collect();
        let doc = row.doc.trim();
        writeln!(
            page,
            "| `{:02x}` | `{}` | {} | {} | {doc} |",
            row.opcode,
            row.mnemonic,
            operands.join(", "),
            row.fuel
        )
        .unwrap();
    }
    compare("opcodes.md", &page);
}

#[test]
fn the_diagnostics() {
    let mut page = String::from(
        "# Diagnostics\n\nEvery problem has a code; `oracle explain CODE` prints the same text. `E` is an error: the rule \
         does not\nload. `W` is a warning: it loads, but probably does not do what was meant.\n\n",
    );
    for row in CODES {
        let severity = match row.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(page, "## {}: {}\n\n*{severity}*\n", row.code, row.title).unwrap();
        for line in row.explanation.lines() {
            writeln!(page, "{}", line.strip_prefix(' ').unwrap_or(line).trim_end()).unwrap();
        }
        page.push('\n');
    }
    compare("diagnostics.md", &page);
}

#[test]
fn the_configuration() {
    let mut page = String::from(
        "# Configuration\n\nThe keys of `oracle.toml`. A variable of the environment wins over the file, and a flag over \
         both. Paths in the file count\nfrom its folder. A list in a variable is separated by commas, a list of paths as \
         in `PATH`.\n\n\
         | key | value | default | variable | what |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut defaults = Config::default();
    for row in KEYS {
        let wanted = (row.slot)(&mut defaults).wanted();
        let default = (row.slot)(&mut defaults).value().to_toml();
        let default = default.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"));
        writeln!(page, "| `{}` | {wanted} | {default} | `{}` | {} |", row.name, row.variable(), row.doc)
            .unwrap();
    }
    compare("configuration.md", &page);
}

/// How a function or method is called: `[x]` may be left out, `x=` is given by keyword, `x..` repeats.
fn signature(row: &Builtin) -> String {
    let params: Vec<String> = row
        .params
        .iter()
        .map(|param| match param.how {
            How::Required => param.name.to_owned(),
            How::Optional => format!("[{}]", param.name),
            How::Keyword => format!("{}=", param.name),
            How::Rest => format!("{}..", param.name),
        })
        .collect();
    format!("{}({})", row.name, params.join(", "))
}

/// A set of kinds, in fewer words where it has a name.
fn kinds(kinds: Kinds) -> String {
    let named =
        [(Kinds::ITERABLE, "anything to iterate over"), (Kinds::NUMBER, "number"), (Kinds::WHOLE, "int")];
    let text = kinds.to_string();
    named.iter().fold(text, |text, (set, name)| text.replace(&set.to_string(), name))
}

fn takes(row: &Builtin) -> String {
    let params: Vec<String> =
        row.params.iter().map(|param| format!("`{}`: {}", param.name, kinds(param.accepts))).collect();
    params.join("; ")
}

fn rows(page: &mut String, receiver: Option<Kinds>) {
    page.push_str("| call | takes | what |\n| --- | --- | --- |\n");
    // A form that only a keyword selects has a row of its own, whose name nobody can write.
    let written = |row: &Builtin| row.receiver == receiver && !row.name.contains('(');
    for (_, row) in builtin::all().filter(|(_, row)| written(row)) {
        writeln!(page, "| `{}` | {} | {} |", signature(row), takes(row), row.doc).unwrap();
    }
    page.push('\n');
}

#[test]
fn the_functions() {
    let mut page = String::from(
        "# Functions and methods\n\n`[x]` may be left out, `x=` is given by keyword, `x..` may be repeated. None of them \
         changes anything.\n\n## Functions\n\n",
    );
    rows(&mut page, None);
    let mut receivers: Vec<Kinds> = builtin::all().filter_map(|(_, row)| row.receiver).collect();
    receivers.sort_by_key(|kinds| kinds.0);
    receivers.dedup();
    for receiver in receivers {
        writeln!(page, "## Methods of {receiver}\n").unwrap();
        rows(&mut page, Some(receiver));
    }
    compare("functions.md", &page);
}
