//! What a pack relies on: changes of the schema, of the functions or of the instructions show in these numbers.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::hook::HOOKS;
use crate::op::TABLE as OPS;
use crate::schema::{PAYLOADS, RECORDS, SHAPES, SLOTS};
use crate::{builtin, hook};

/// The fingerprint of the hooks and of the schema of the context.
pub fn schema() -> u64 {
    static SCHEMA: LazyLock<u64> = LazyLock::new(|| number(&schema_text()));
    *SCHEMA
}

/// The fingerprint of the functions and the instructions.
pub fn functions() -> u64 {
    static FUNCTIONS: LazyLock<u64> = LazyLock::new(|| number(&functions_text()));
    *FUNCTIONS
}

fn number(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// One line for each row of the tables; what is only documentation is left out. Writing to a text cannot fail.
fn schema_text() -> String {
    let mut text = String::new();
    for hook::HookRow { hook, name, events, .. } in HOOKS {
        let _ = writeln!(text, "hook {} {name} {}", *hook as u8, events.join(" "));
    }
    for row in SLOTS {
        let _ = writeln!(text, "slot {} {} {:?} {:?} {:?}", row.id.0, row.path, row.ty, row.range, row.empty);
    }
    let records = RECORDS.iter().map(|row| (row.name, row.fields));
    for (name, fields) in records.chain(SHAPES.iter().map(|row| (row.name, row.fields))) {
        let _ = writeln!(text, "fields of {name}");
        for field in fields {
            let _ = writeln!(text, "field {} {:?}", field.name, field.ty);
        }
    }
    for row in PAYLOADS {
        let _ = writeln!(text, "payload {} {}", row.event, row.shape.0);
    }
    text
}

fn functions_text() -> String {
    let mut text = String::new();
    for (id, row) in builtin::all() {
        let receiver = row.receiver.map(|kinds| kinds.0);
        let _ = writeln!(text, "function {} {} {receiver:?} {:?}", id.0, row.name, row.reads);
        for param in row.params {
            let _ = writeln!(text, "param {} {} {:?}", param.name, param.accepts.0, param.how);
        }
    }
    for row in OPS {
        let _ = writeln!(text, "op {} {} {:?} {:?}", row.opcode, row.mnemonic, row.operands, row.widths);
    }
    text
}
