//! Entries, for people and for programs.

use std::io;

use oracle_vm::value::Data;
use serde_json::json;

use crate::cli::check::plural;
use crate::cli::console::{Console, Look};
use crate::cli::data;
use crate::cli::status::CliError;
use crate::config::Config;
use crate::input::to_rfc3339;
use crate::state::{Entry, ExecutionQuery, Namespace, RecordKind, STATE_FILE, Store};

/// Characters of a value that a table shows.
const SHOWN: usize = 60;

/// A value as JSON.
pub(super) fn json(value: &Data) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An entry as JSON.
pub(super) fn entry(entry: &Entry) -> serde_json::Value {
    let Entry { namespace, key, value, times } = entry;
    json!({
        "user": namespace.user, "project": namespace.project, "plugin": namespace.plugin, "key": key,
        "value": value, "created": times.created, "updated": times.updated,
    })
}

/// One line for each entry.
pub(super) fn lines(entries: &[Entry], console: &mut Console) -> io::Result<()> {
    entries.iter().try_for_each(|it| writeln!(console.out(), "{}", entry(it)))
}

/// A table of a namespace, with its name where several are shown.
pub(super) fn table(
    namespace: &Namespace,
    entries: &[Entry],
    named: bool,
    console: &mut Console,
) -> io::Result<()> {
    let paint = console.paint();
    if named {
        let Namespace { user, project, plugin } = namespace;
        let name =
            format!("user {:?}, project {:?}, plugin {:?}", user.as_str(), project.as_str(), plugin.as_str());
        writeln!(console.out(), "{}", paint.show(Look::Bold, name))?;
    } else if entries.is_empty() {
        let Namespace { user, project, plugin } = namespace;
        let (user, project, plugin) = (user.as_str(), project.as_str(), plugin.as_str());
        console.note(format_args!(
            "no keys of user `{user}`, project `{project}`, plugin `{plugin}`: `--all` shows whose there are"
        ));
    }
    let widest = entries.iter().map(|it| shown(it.key.as_str()).chars().count()).max().unwrap_or_default();
    for entry in entries {
        let key = shown(entry.key.as_str());
        let value = cut(&json(&entry.value));
        let updated = to_rfc3339(entry.times.updated);
        writeln!(console.out(), "{key:widest$}  {value}  {}", paint.show(Look::Dim, updated))?;
    }
    Ok(())
}

/// A key as it can be printed on one line.
fn shown(key: &str) -> String {
    if key.chars().any(char::is_control) { format!("{key:?}") } else { key.to_owned() }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain("..".chars()).collect()
}

/// What is in the file; opening it has verified every page of it.
pub(super) fn check(config: &Config, console: &mut Console) -> Result<(), CliError> {
    let store = data::file(config, false)?;
    let path = data::folder(config)?.join(STATE_FILE);
    let namespaces = store.namespaces()?;
    let mut keys = 0_u64;
    for namespace in &namespaces {
        keys += store.entries(namespace)?.len() as u64;
    }
    let mut choices = 0_u64;
    for kind in RecordKind::CHOICES {
        choices += store.records(kind, &[])?.len() as u64;
    }
    let sessions = store.records(RecordKind::Session, &[])?.len() as u64;
    let executions = store.executions(&ExecutionQuery::default())?.len() as u64;
    let out = console.out();
    writeln!(out, "`{}` is whole", path.display())?;
    writeln!(out, "{} in {}", plural(keys, "key"), plural(namespaces.len() as u64, "namespace"))?;
    writeln!(out, "{} of users", plural(choices, "choice"))?;
    writeln!(out, "limits of {}", plural(sessions, "session"))?;
    writeln!(out, "{} in the log", plural(executions, "execution"))?;
    Ok(())
}
