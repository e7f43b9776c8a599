//! Every store against the simplest thing that could be right.

use std::collections::BTreeMap;
use std::sync::Arc;

use oracle_runtime::state::{
    Batch, MemoryStore, Namespace, RedbStore, StateError, Store, StoreOptions, Write,
};
use oracle_vm::value::{Data, Map, Text};
use proptest::prelude::*;

use crate::support::namespace;

const QUOTA: u64 = 60;

#[derive(Clone, Debug)]
enum Step {
    Commit { clears: Vec<usize>, writes: Vec<(usize, String, Option<Data>)> },
    Clear(usize),
    Read(usize),
    Reopen,
}

fn space(at: usize) -> Namespace {
    let names = [("ann", "p", "a"), ("ann", "p", "b"), ("ann", "q", "a"), ("bob", "p", "a")];
    let (user, project, plugin) = names[at % names.len()];
    namespace(user, project, plugin)
}

fn value() -> impl Strategy<Value = Data> {
    prop_oneof![
        Just(Data::None),
        any::<i64>().prop_map(Data::Int),
        (-1e9..1e9).prop_map(Data::Float),
        "[a-z\"\\\\\u{0}é]{0,12}".prop_map(Data::text),
        proptest::collection::vec(any::<bool>().prop_map(Data::Bool), 0..4).prop_map(Data::list),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let write = (0..4_usize, "[a-c\u{0}]{1,2}", proptest::option::weighted(0.8, value()));
    prop_oneof![
        8 => (proptest::collection::vec(0..4_usize, 0..2), proptest::collection::vec(write, 0..4))
            .prop_map(|(clears, writes)| Step::Commit { clears, writes }),
        1 => (0..4_usize).prop_map(Step::Clear),
        4 => (0..4_usize).prop_map(Step::Read),
        1 => Just(Step::Reopen),
    ]
}

type Model = BTreeMap<Namespace, BTreeMap<Text, Data>>;

fn bytes(map: &BTreeMap<Text, Data>) -> u64 {
    map.iter()
        .map(|(key, value)| (key.as_str().len() + serde_json::to_string(value).unwrap().len()) as u64)
        .sum()
}

/// What a batch makes of the model, unless a quota is in the way.
fn commit(model: &Model, batch: &Batch) -> Option<Model> {
    let mut next = model.clone();
    let mut touched = batch.clears.clone();
    for namespace in &batch.clears {
        next.remove(namespace);
    }
    for write in &batch.writes {
        let map = next.entry(write.namespace.clone()).or_default();
        match &write.value {
            Some(value) => drop(map.insert(write.key.clone(), value.clone())),
            None => drop(map.remove(&write.key)),
        }
        touched.push(write.namespace.clone());
    }
    let too_much = touched.iter().any(|namespace| next.get(namespace).is_some_and(|map| bytes(map) > QUOTA));
    next.retain(|_, map| !map.is_empty());
    (!too_much).then_some(next)
}

fn same(map: &Map, model: Option<&BTreeMap<Text, Data>>) -> bool {
    let model: Vec<_> = model.into_iter().flatten().collect();
    map.iter().collect::<Vec<_>>() == model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_store_does_what_a_map_of_maps_does(steps in proptest::collection::vec(step(), 1..40)) {
        let options = StoreOptions { plugin_quota_bytes: QUOTA, cache_bytes: 600, ..StoreOptions::default() };
        let folder = tempfile::tempdir().unwrap();
        let open = || RedbStore::open(folder.path(), options).unwrap();
        let memory: Arc<dyn Store> = Arc::new(MemoryStore::with_options(options));
        let mut file: Option<Arc<dyn Store>> = Some(Arc::new(open()));
        let mut model = Model::new();
        for step in steps {
            let stores = [Arc::clone(&memory), Arc::clone(file.as_ref().unwrap())];
            match step {
                Step::Commit { clears, writes } => {
                    let write = |(at, key, value): (usize, String, Option<Data>)| Write {
                        namespace: space(at), key: key.as_str().into(), value,
                    };
                    let batch = Batch {
                        clears: clears.into_iter().map(space).collect(),
                        writes: writes.into_iter().map(write).collect(),
                        ..Batch::default()
                    };
                    let next = commit(&model, &batch);
                    for store in stores {
                        match store.commit(&batch) {
                            Ok(()) => prop_assert!(next.is_some(), "a quota was passed"),
                            Err(StateError::Quota { .. }) => prop_assert!(next.is_none(), "no quota was passed"),
                            Err(other) => prop_assert!(false, "{}", other),
                        }
                    }
                    model = next.unwrap_or(model);
                }
                Step::Clear(at) => {
                    for store in stores {
                        store.clear(&space(at)).unwrap();
                    }
                    model.remove(&space(at));
                }
                Step::Read(at) => {
                    for store in stores {
                        let found = store.snapshot(&space(at)).unwrap();
                        prop_assert!(same(&found, model.get(&space(at))), "{:?} is not {:?}", found, model);
                    }
                }
                Step::Reopen => {
                    drop(stores);
                    drop(file.take());
                    file = Some(Arc::new(open()));
                }
            }
        }
        for store in [&memory, file.as_ref().unwrap()] {
            prop_assert_eq!(store.namespaces().unwrap(), model.keys().cloned().collect::<Vec<_>>());
            for (namespace, map) in &model {
                prop_assert!(same(&store.snapshot(namespace).unwrap(), Some(map)));
                let entries = store.entries(namespace).unwrap();
                let entries: BTreeMap<Text, Data> = entries.into_iter().map(|it| (it.key, it.value)).collect();
                prop_assert_eq!(&entries, map);
            }
        }
    }
}
