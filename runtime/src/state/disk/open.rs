//! Opening: is it ours, is it whole, is it of this version.

use std::panic::{AssertUnwindSafe, catch_unwind};

use redb::WriteTransaction;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, TableError};

use super::staged::Staged;
use super::storage::Storage;
use super::tables::{COMMIT_KEY, EXECUTIONS, META, RECORDS, SCHEMA, SCHEMA_KEY, STATE, USAGE};
use crate::state::StateError;

/// Bytes of pages that the database keeps in memory.
const PAGE_CACHE: usize = 32 * 1024 * 1024;

/// The first bytes of every redb file.
const MAGIC: [u8; 9] = [b'r', b'e', b'd', b'b', 0x1A, 0x0A, 0xA9, 0x0D, 0x0A];

/// Takes the tables from one schema to the next.
pub(super) type Migration = fn(&WriteTransaction) -> Result<(), redb::Error>;

/// The steps from each schema to the next: the first from 1 to 2.
pub(super) const MIGRATIONS: &[Migration] = &[];

/// A database that was recognised.
pub(super) struct Opened {
    pub(super) database: Database,
    /// The number of its last commit.
    pub(super) commit: u64,
}

/// Opens storage; empty storage is begun. Nothing is written before everything is known to be in order.
pub(super) fn open(storage: &dyn Storage) -> Result<Opened, StateError> {
    open_with(storage, SCHEMA, MIGRATIONS)
}

pub(super) fn open_with(
    storage: &dyn Storage,
    schema: u64,
    migrations: &[Migration],
) -> Result<Opened, StateError> {
    let name = storage.name();
    let failed = |error: std::io::Error| StateError::Storage(format!("`{name}`: {error}"));
    let backend = storage.open().map_err(failed)?;
    let is_new = backend.len().map_err(failed)? == 0;
    if !is_new {
        recognise(&*backend, &name)?;
    }
    let (staged, stage) = Staged::new(backend);
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let database = Builder::new()
            .set_cache_size(PAGE_CACHE)
            .set_check_integrity_on_open(true)
            .create_with_backend(staged)
            .map_err(|error| refused(&name, error))?;
        let found = if is_new { None } else { Some(schema_of(&database, &name)?) };
        match found {
            None => begin(&database, schema).map_err(|error| unusable(&name, &error))?,
            Some(found) if found > schema => {
                return Err(StateError::Newer { path: name.clone(), found, known: schema });
            }
            Some(found) => {
                migrate(&database, found, schema, migrations).map_err(|error| unusable(&name, &error))?
            }
        }
        let commit = last_commit(&database).map_err(|error| unusable(&name, &error))?;
        Ok(Opened { database, commit })
    }));
    let opened = match opened {
        Ok(opened) => opened?,
        // A file that was changed by others can lead the database anywhere.
        Err(_) => return Err(damaged(&name, "its pages contradict each other")),
    };
    stage.release().map_err(failed)?;
    Ok(opened)
}

/// Refuses what does not begin like a database.
fn recognise(backend: &dyn StorageBackend, name: &str) -> Result<(), StateError> {
    let mut begin = [0; MAGIC.len()];
    let read = backend.read(0, &mut begin);
    if read.is_ok() && begin == MAGIC {
        return Ok(());
    }
    let what = match read {
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            return Err(StateError::Storage(format!("`{name}`: {error}")));
        }
        Ok(()) if begin.starts_with(b"SQLite") => "it is an SQLite database",
        Ok(()) if begin.iter().all(|byte| *byte == 0) => "it begins with zeros",
        _ => "it does not begin like one",
    };
    Err(StateError::Foreign { path: name.to_owned(), what: what.to_owned() })
}

fn refused(name: &str, error: DatabaseError) -> StateError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            StateError::InUse { path: name.to_owned(), holder: None }
        }
        DatabaseError::UpgradeRequired(version) => StateError::Foreign {
            path: name.to_owned(),
            what: format!("its format {version} is not one that this version reads"),
        },
        DatabaseError::Storage(error) => unusable(name, &error.into()),
        other => damaged(name, &other.to_string()),
    }
}

/// An error while a database is recognised: damage, or storage that failed.
fn unusable(name: &str, error: &redb::Error) -> StateError {
    match error {
        redb::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged(name, "it ends before what it should hold"),
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                damaged(name, &error.to_string())
            }
            _ => StateError::Storage(format!("`{name}`: {error}")),
        },
        redb::Error::Corrupted(what) => damaged(name, what),
        other => StateError::Storage(format!("`{name}`: {other}")),
    }
}

fn damaged(name: &str, what: &str) -> StateError {
    StateError::Damaged { path: name.to_owned(), what: what.to_owned() }
}

/// The schema that a database says it has.
fn schema_of(database: &Database, name: &str) -> Result<u64, StateError> {
    let foreign = || StateError::Foreign {
        path: name.to_owned(),
        what: "it is a database of another program".to_owned(),
    };
    let read = || -> Result<Option<u64>, redb::Error> {
        let table = match database.begin_read()?.open_table(META) {
            Ok(table) => table,
            Err(TableError::Storage(error)) => return Err(error.into()),
            Err(_) => return Ok(None),
        };
        Ok(table.get(SCHEMA_KEY)?.map(|schema| schema.value()))
    };
    read().map_err(|error| unusable(name, &error))?.ok_or_else(foreign)
}

/// Makes the tables of a new database.
fn begin(database: &Database, schema: u64) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        transaction.open_table(META)?.insert(SCHEMA_KEY, schema)?;
        open_tables(&transaction)?;
    }
    Ok(transaction.commit()?)
}

fn open_tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(STATE)?;
    transaction.open_table(USAGE)?;
    transaction.open_table(RECORDS)?;
    transaction.open_table(EXECUTIONS)?;
    Ok(())
}

/// Takes the steps that are missing, all or none.
fn migrate(
    database: &Database,
    found: u64,
    schema: u64,
    migrations: &[Migration],
) -> Result<(), redb::Error> {
    if found == schema {
        return Ok(());
    }
    let transaction = database.begin_write()?;
    let first = usize::try_from(found.saturating_sub(1)).unwrap_or(usize::MAX);
    let missing = usize::try_from(schema.saturating_sub(found)).unwrap_or(usize::MAX);
    for step in migrations.iter().skip(first).take(missing) {
        step(&transaction)?;
    }
    transaction.open_table(META)?.insert(SCHEMA_KEY, schema)?;
    Ok(transaction.commit()?)
}

fn last_commit(database: &Database) -> Result<u64, redb::Error> {
    let table = database.begin_read()?.open_table(META)?;
    Ok(table.get(COMMIT_KEY)?.map_or(0, |commit| commit.value()))
}

/// Makes a new database where nothing is yet, and closes it.
pub(super) fn create(storage: &dyn Storage) -> Result<(), StateError> {
    let closed = open(storage)?.database.close();
    closed.map_err(|error| StateError::Storage(format!("`{}`: {error}", storage.name())))
}
