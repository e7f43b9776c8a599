//! Migration, with steps made up for the purpose: there is no older schema yet.

use oracle_vm::value::Data;
use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use super::open::{Migration, open, open_with};
use super::storage::FileStorage;
use super::store::RedbStore;
use super::tables::SCHEMA;
use crate::state::{Namespace, STATE_FILE, StateError, Store, StoreOptions};

const NEW: TableDefinition<'static, &str, u64> = TableDefinition::new("new");

fn first(transaction: &redb::WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(NEW)?.insert("steps", 1)?;
    Ok(())
}

fn second(transaction: &redb::WriteTransaction) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(NEW)?;
    let before = table.get("steps")?.map_or(0, |it| it.value());
    table.insert("steps", before + 1)?;
    Ok(())
}

fn broken(transaction: &redb::WriteTransaction) -> Result<(), redb::Error> {
    first(transaction)?;
    Err(redb::Error::Corrupted("on the way".to_owned()))
}

fn steps(storage: &FileStorage, schema: u64, migrations: &[Migration]) -> Result<u64, StateError> {
    let opened = open_with(storage, schema, migrations)?;
    let table = opened.database.begin_read().unwrap().open_table(NEW).unwrap();
    Ok(table.get("steps").unwrap().unwrap().value())
}

#[test]
fn older_files_are_brought_up_step_by_step_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let here = Namespace { user: "u".into(), project: "p".into(), plugin: "x".into() };
    let store = RedbStore::open(folder.path(), StoreOptions::default()).unwrap();
    store.set(&here, "k", Data::Int(1)).unwrap();
    drop(store);
    let path = folder.path().join(STATE_FILE);
    let storage = FileStorage::new(&path);
    let before = std::fs::read(&path).unwrap();
    assert!(steps(&storage, SCHEMA + 1, &[broken]).is_err());
    assert!(std::fs::read(&path).unwrap() == before, "a step that fails changes nothing");
    assert_eq!(steps(&storage, SCHEMA + 1, &[first, broken]), Ok(1), "only the steps up to the schema");
    assert_eq!(steps(&storage, SCHEMA + 2, &[broken, second]), Ok(2), "only the steps that are missing");
    let newer = open(&storage).err();
    assert!(matches!(newer, Some(StateError::Newer { found, .. }) if found == SCHEMA + 2), "{newer:?}");
}
