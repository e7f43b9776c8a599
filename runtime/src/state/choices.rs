//! What users chose, and how it is stored.

use std::collections::BTreeMap;

use oracle_vm::value::{Data, Map, Text};

use super::{Record, RecordKind, StateError, Store};

/// What one user chose, by qualified rule id and by plugin: it outlives reloads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserChoices {
    /// Rules switched on or off.
    pub enabled: BTreeMap<String, bool>,
    /// Params that were set.
    pub params: BTreeMap<String, Map>,
    /// Plugins switched on or off, by id.
    pub plugins: BTreeMap<String, bool>,
    /// Settings that were set, by plugin.
    pub settings: BTreeMap<String, Map>,
}

impl UserChoices {
    /// Whether nothing was chosen.
    pub fn is_empty(&self) -> bool {
        self.enabled.is_empty()
            && self.params.is_empty()
            && self.plugins.is_empty()
            && self.settings.is_empty()
    }

    /// The choices of every user that has some.
    ///
    /// # Errors
    /// Storage that cannot be read.
    pub fn of_all(store: &dyn Store) -> Result<BTreeMap<Text, UserChoices>, StateError> {
        let mut users: BTreeMap<Text, UserChoices> = BTreeMap::new();
        for kind in RecordKind::CHOICES {
            for record in store.records(kind, &[])? {
                let [user, name, ..] = record.key;
                let choices = users.entry(user).or_default();
                let name = name.as_str().to_owned();
                match (kind, record.value) {
                    (RecordKind::Enabled, Some(Data::Bool(on))) => drop(choices.enabled.insert(name, on)),
                    (RecordKind::Plugin, Some(Data::Bool(on))) => drop(choices.plugins.insert(name, on)),
                    (RecordKind::Params, Some(Data::Map(map))) => {
                        choices.params.insert(name, Map::clone(&map));
                    }
                    (RecordKind::Settings, Some(Data::Map(map))) => {
                        choices.settings.insert(name, Map::clone(&map));
                    }
                    // What nobody wrote in this form says nothing.
                    _ => {}
                }
            }
        }
        Ok(users)
    }

    /// The records that lead from earlier choices of a user to these.
    pub fn changes(&self, user: &Text, before: &UserChoices) -> Vec<Record> {
        let switch = |on: &bool| Data::Bool(*on);
        let map = |map: &Map| Data::map(map.clone());
        let mut records = Vec::new();
        differences(RecordKind::Enabled, user, &before.enabled, &self.enabled, switch, &mut records);
        differences(RecordKind::Plugin, user, &before.plugins, &self.plugins, switch, &mut records);
        differences(RecordKind::Params, user, &before.params, &self.params, map, &mut records);
        differences(RecordKind::Settings, user, &before.settings, &self.settings, map, &mut records);
        records
    }
}

fn differences<T: PartialEq>(
    kind: RecordKind,
    user: &Text,
    before: &BTreeMap<String, T>,
    now: &BTreeMap<String, T>,
    data: impl Fn(&T) -> Data,
    records: &mut Vec<Record>,
) {
    let mut record = |name: &str, value| records.push(Record::new(kind, &[user, &name.into()], value));
    for (name, value) in now {
        if before.get(name) != Some(value) {
            record(name, Some(data(value)));
        }
    }
    for name in before.keys().filter(|name| !now.contains_key(*name)) {
        record(name, None);
    }
}
