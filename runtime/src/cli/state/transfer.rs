//! Everything to a file, and back: one JSON object a line, the first of which says what it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use oracle_vm::value::{Data, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::show;
use crate::cli::console::Console;
use crate::cli::status::CliError;
use crate::state::{Batch, Entry, Namespace, Record, RecordKey, RecordKind, Store, Times};

/// The format that is written, and the newest that is read.
const FORMAT: u64 = 1;

/// A line of the file.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    Header { oracle_state: u64 },
    Record(RecordLine),
    Entry(EntryLine),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordLine {
    record: RecordKind,
    key: RecordKey,
    value: Data,
    #[serde(default)]
    expires: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLine {
    user: Text,
    project: Text,
    plugin: Text,
    key: Text,
    value: Data,
    created: f64,
    updated: f64,
}

/// Writes everything but the execution log.
pub(super) fn export(
    store: &dyn Store,
    output: Option<&Path>,
    console: &mut Console,
) -> Result<(), CliError> {
    match output {
        None => Ok(write_all(store, console.out())?),
        Some(path) => {
            let failed = |error: io::Error| {
                CliError::Input(format!("`{}` cannot be written: {error}: name another file", path.display()))
            };
            let mut file = BufWriter::new(File::create_new(path).map_err(failed)?);
            write_all(store, &mut file)?;
            file.flush().and_then(|()| file.get_ref().sync_all()).map_err(failed)
        }
    }
}

/// A failure of reading or writing.
fn write_all(store: &dyn Store, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{}", json!({ "oracle_state": FORMAT }))?;
    for namespace in store.namespaces()? {
        for entry in store.entries(&namespace)? {
            writeln!(out, "{}", show::entry(&entry))?;
        }
    }
    for kind in RecordKind::ALL {
        for record in store.records(kind, &[])? {
            let Record { kind: record, key, value: Some(value), expires } = record else { continue };
            let line = RecordLine { record, key, value, expires };
            serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Reads a file in one transaction; how many lines it had.
pub(super) fn import(store: &dyn Store, path: &Path) -> Result<u64, CliError> {
    let failed = |error: &io::Error| CliError::unreadable(path, error);
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).map_err(|error| failed(&error))?))
    };
    let mut batch = Batch::default();
    let mut count = 0;
    for (number, line) in (1_u64..).zip(input.lines()) {
        let line = line.map_err(|error| failed(&error))?;
        let wrong =
            |what: &str| CliError::Input(format!("{}:{number}: {what}; nothing was read", path.display()));
        let parsed: Line =
            serde_json::from_str(&line).map_err(|_| wrong("not a line that `oracle state export` writes"))?;
        match (number, parsed) {
            (1, Line::Header { oracle_state }) if oracle_state <= FORMAT => continue,
            (1, Line::Header { .. }) => return Err(wrong("written by a newer version: use that one")),
            (1, _) => return Err(wrong("not an export: its first line says what it is")),
            (_, Line::Header { .. }) => return Err(wrong("a second export begins here")),
            (_, Line::Record(line)) => batch.records.push(Record {
                kind: line.record,
                key: line.key,
                value: Some(line.value),
                expires: line.expires,
            }),
            (_, Line::Entry(line)) => batch.restored.push(Entry {
                namespace: Namespace { user: line.user, project: line.project, plugin: line.plugin },
                key: line.key,
                value: line.value,
                times: Times { created: line.created, updated: line.updated },
            }),
        }
        count += 1;
    }
    store.commit(&batch)?;
    Ok(count)
}
