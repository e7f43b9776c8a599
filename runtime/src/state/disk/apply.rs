//! The batches of many writers as one transaction.

use std::collections::BTreeMap;

use redb::{Database, ReadableTable, ReadableTableMetadata, Table, WriteTransaction};

use super::tables::{
    self, COMMIT_KEY, EXECUTIONS, META, RECORDS, RecordRow, STATE, StateRow, TIMES, USAGE, entry_bytes,
    record_row, time_of, timed_bytes, times_of,
};
use crate::state::encode::{Encoded, EncodedRecord, EncodedWrite, size_of};
use crate::state::{Durability, Execution, Namespace, StateError, StoreOptions, Times};

/// What became of each batch: the bytes of the namespaces that it changed, or why it was refused.
pub(super) type Outcomes = Vec<Result<BTreeMap<Namespace, u64>, StateError>>;

/// What a transaction is about.
pub(super) struct Group<'a> {
    pub(super) batches: &'a [&'a Encoded],
    /// The number of the commit.
    pub(super) commit: u64,
    pub(super) durability: Durability,
    pub(super) now: f64,
    /// Whether records that nobody needs any more are looked for.
    pub(super) sweep: bool,
    pub(super) options: &'a StoreOptions,
}

impl Group<'_> {
    /// Applies the batches one after the other and commits. A batch that is refused changes nothing; `outcomes` is
    /// complete before the commit begins.
    pub(super) fn apply(&self, database: &Database, outcomes: &mut Outcomes) -> Result<(), redb::Error> {
        let mut transaction = database.begin_write()?;
        transaction.set_durability(match self.durability {
            Durability::Synced => redb::Durability::Immediate,
            Durability::Relaxed => redb::Durability::None,
        })?;
        {
            let mut tables = Tables::open(&transaction)?;
            for batch in self.batches {
                outcomes.push(match tables.apply(batch, self)? {
                    Ok(usage) => Ok(usage),
                    Err(refused) => Err(refused),
                });
            }
            tables.trim(self)?;
            transaction.open_table(META)?.insert(COMMIT_KEY, self.commit)?;
        }
        Ok(transaction.commit()?)
    }
}

struct Tables<'t> {
    state: Table<'t, StateRow<'static>, &'static [u8]>,
    usage: Table<'t, (&'static str, &'static str, &'static str), u64>,
    records: Table<'t, RecordRow<'static>, &'static [u8]>,
    executions: Table<'t, u64, &'static [u8]>,
}

impl<'t> Tables<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Tables<'t>, redb::Error> {
        Ok(Tables {
            state: transaction.open_table(STATE)?,
            usage: transaction.open_table(USAGE)?,
            records: transaction.open_table(RECORDS)?,
            executions: transaction.open_table(EXECUTIONS)?,
        })
    }

    /// Applies a batch, or refuses it whole.
    fn apply(
        &mut self,
        batch: &Encoded,
        group: &Group<'_>,
    ) -> Result<Result<BTreeMap<Namespace, u64>, StateError>, redb::Error> {
        // What the storage fails with goes past the check of the quota.
        let mut failure = None;
        let mut or_fail = |read: Result<u64, redb::StorageError>| {
            read.map_err(|error| {
                let text = StateError::Storage(error.to_string());
                failure = Some(error);
                text
            })
        };
        let failing = std::cell::RefCell::new(&mut or_fail);
        let used = |namespace: &Namespace| (failing.borrow_mut())(self.used(namespace));
        let stored = |namespace: &Namespace, key: &str| (failing.borrow_mut())(self.size(namespace, key));
        let usage = batch.usage_after(group.options.plugin_quota_bytes, used, stored);
        if let Some(error) = failure {
            return Err(error.into());
        }
        let usage = match usage {
            Ok(usage) => usage,
            Err(refused) => return Ok(Err(refused)),
        };
        for namespace in &batch.clears {
            self.clear(namespace)?;
        }
        for write in &batch.writes {
            self.write(write, group.now)?;
        }
        for (namespace, bytes) in &usage {
            let row = (namespace.user.as_str(), namespace.project.as_str(), namespace.plugin.as_str());
            if *bytes == 0 {
                self.usage.remove(row)?;
            } else {
                self.usage.insert(row, bytes)?;
            }
        }
        for record in &batch.records {
            self.record(record)?;
        }
        for execution in &batch.executions {
            self.log(execution)?;
        }
        Ok(Ok(usage))
    }

    fn used(&self, namespace: &Namespace) -> Result<u64, redb::StorageError> {
        let row = (namespace.user.as_str(), namespace.project.as_str(), namespace.plugin.as_str());
        Ok(self.usage.get(row)?.map_or(0, |bytes| bytes.value()))
    }

    /// What a key takes of its plugin's quota.
    fn size(&self, namespace: &Namespace, key: &str) -> Result<u64, redb::StorageError> {
        let stored = self.state.get(state_row(namespace, key))?;
        Ok(stored.map_or(0, |bytes| size_of(key, bytes.value().len().saturating_sub(TIMES))))
    }

    fn clear(&mut self, namespace: &Namespace) -> Result<(), redb::Error> {
        let Namespace { user, project, plugin } = namespace;
        let beyond = tables::after(plugin);
        let from = (user.as_str(), project.as_str(), plugin.as_str(), "");
        let to = (user.as_str(), project.as_str(), beyond.as_str(), "");
        Ok(self.state.retain_in::<StateRow<'_>, _>(from..to, |_, _| false)?)
    }

    fn write(&mut self, write: &EncodedWrite, now: f64) -> Result<(), redb::Error> {
        let row = state_row(&write.namespace, write.key.as_str());
        let Some(value) = &write.value else {
            self.state.remove(row)?;
            return Ok(());
        };
        let times = match value.times {
            Some(times) => times,
            None => {
                let created = self.state.get(row)?.map_or(now, |bytes| times_of(bytes.value()).created);
                Times { created, updated: now }
            }
        };
        self.state.insert(row, &*entry_bytes(times, &value.json))?;
        Ok(())
    }

    fn record(&mut self, record: &EncodedRecord) -> Result<(), redb::Error> {
        let row = record_row(record.kind, &record.key);
        match &record.value {
            Some((_, json)) => {
                let expires = record.expires.unwrap_or(f64::INFINITY);
                self.records.insert(row, &*timed_bytes(expires, json))?;
            }
            None => drop(self.records.remove(row)?),
        }
        Ok(())
    }

    fn log(&mut self, execution: &Execution) -> Result<(), redb::Error> {
        // What cannot be JSON is not worth failing for: it is a line of a log.
        let Ok(json) = serde_json::to_vec(execution) else { return Ok(()) };
        let number = self.executions.last()?.map_or(0, |(number, _)| number.value()).saturating_add(1);
        self.executions.insert(number, &*timed_bytes(execution.at, &json))?;
        Ok(())
    }

    /// Keeps the execution log within its bounds, and drops records that nobody needs any more.
    fn trim(&mut self, group: &Group<'_>) -> Result<(), redb::Error> {
        while self.executions.len()? > group.options.executions_kept {
            self.executions.pop_first()?;
        }
        let oldest = group.now - group.options.executions_seconds;
        while self.executions.first()?.is_some_and(|(_, bytes)| time_of(bytes.value()) < oldest) {
            self.executions.pop_first()?;
        }
        if group.sweep {
            self.records.retain(|_, bytes| time_of(bytes) > group.now)?;
        }
        Ok(())
    }
}

fn state_row<'a>(namespace: &'a Namespace, key: &'a str) -> StateRow<'a> {
    (namespace.user.as_str(), namespace.project.as_str(), namespace.plugin.as_str(), key)
}
