//! What every store does.

use oracle_compiler::rule::ActionType;
use oracle_runtime::state::{
    Batch, Entry, Execution, ExecutionQuery, MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH, MemoryStore,
    Namespace, Record, RecordKind, StateError, Store, StoreOptions, Times, Write, now,
};
use oracle_vm::hook::Hook;
use oracle_vm::value::{Data, Map, Text};

use crate::support::{Subject, here, namespace, subjects};

fn on_each(options: StoreOptions, test: impl Fn(&Subject)) {
    for subject in subjects(options) {
        println!("on {}", subject.name);
        test(&subject);
    }
}

fn on_every_store(test: impl Fn(&Subject)) {
    on_each(StoreOptions::default(), test);
}

fn write(namespace: &Namespace, key: &str, value: impl Into<Option<Data>>) -> Write {
    Write { namespace: namespace.clone(), key: key.into(), value: value.into() }
}

#[test]
fn namespaces_do_not_see_each_other() {
    on_every_store(|it| {
        let spaces = [
            namespace("ann", "p", "a"),
            namespace("bob", "p", "a"),
            namespace("ann", "q", "a"),
            namespace("ann", "p", "b"),
            namespace("ann", "p", "a\0"),
            namespace("an", "np", "a"),
            namespace("", "", ""),
        ];
        for (at, space) in (0..).zip(&spaces) {
            it.store.set(space, "k", Data::Int(at)).unwrap();
        }
        for (at, space) in (0..).zip(&spaces) {
            assert_eq!(it.store.get(space, "k").unwrap(), Some(Data::Int(at)));
            assert_eq!(it.store.list(space).unwrap(), [Text::from("k")]);
        }
        it.store.clear(&spaces[0]).unwrap();
        assert!(it.store.snapshot(&spaces[0]).unwrap().is_empty());
        assert!(spaces[1..].iter().all(|space| it.store.snapshot(space).unwrap().len() == 1));
        let mut rest = spaces[1..].to_vec();
        rest.sort();
        assert_eq!(it.store.namespaces().unwrap(), rest);
    });
}

#[test]
fn a_snapshot_does_not_see_later_writes() {
    on_every_store(|it| {
        it.store.set(&here(), "k", Data::Int(1)).unwrap();
        let before = it.store.snapshot(&here()).unwrap();
        it.store.set(&here(), "k", Data::Int(2)).unwrap();
        it.store.delete(&here(), "k").unwrap();
        assert_eq!(before.get("k"), Some(&Data::Int(1)));
        assert!(it.store.list(&here()).unwrap().is_empty());
        assert!(it.store.namespaces().unwrap().is_empty());
    });
}

#[test]
fn keys_with_every_odd_character_survive() {
    let odd = [
        "\0",
        "a\0b",
        "..",
        "../../x",
        "a/b",
        "\u{feff}",
        "\u{202e}x",
        "🦀",
        " ",
        "\n\r\t",
        "%00",
        "'\"\\",
        "k",
    ];
    on_every_store(|it| {
        for (at, key) in (0..).zip(odd) {
            it.store.set(&here(), key, Data::Int(at)).unwrap();
        }
        for (at, key) in (0..).zip(odd) {
            assert_eq!(it.store.get(&here(), key).unwrap(), Some(Data::Int(at)), "{key:?}");
        }
        let mut sorted = odd.map(Text::from);
        sorted.sort();
        assert_eq!(it.store.list(&here()).unwrap(), sorted);
        let entries = it.store.entries(&here()).unwrap();
        assert_eq!(entries.iter().map(|it| it.key.clone()).collect::<Vec<_>>(), sorted);
    });
}

#[test]
fn every_kind_of_value_comes_back_as_it_was() {
    let values = [
        Data::None,
        Data::Bool(false),
        Data::Int(i64::MIN),
        Data::Int(i64::MAX),
        Data::Big(u64::MAX),
        Data::Float(-0.0),
        Data::Float(1.0),
        Data::Float(0.1 + 0.2),
        Data::Float(f64::MIN_POSITIVE),
        Data::Float(1e300),
        Data::text(""),
        Data::text("\u{0}\u{10ffff}\"\\"),
        Data::list(vec![Data::Int(1), Data::list(Vec::new())]),
        Data::map(Map::from_iter([("b".into(), Data::Int(1)), ("a".into(), Data::None)])),
    ];
    on_every_store(|it| {
        for value in &values {
            it.store.set(&here(), "k", value.clone()).unwrap();
            let entries = it.store.entries(&here()).unwrap();
            assert_eq!(format!("{:?}", entries[0].value), format!("{value:?}"));
            assert_eq!(it.store.get(&here(), "k").unwrap(), Some(value.clone()));
        }
    });
}

#[test]
fn sizes_hold_at_their_exact_bounds() {
    on_every_store(|it| {
        let set = |key: &str, value: Data| it.store.set(&here(), key, value);
        set(&"k".repeat(MAX_KEY_BYTES), Data::None).unwrap();
        assert_eq!(
            set(&"k".repeat(MAX_KEY_BYTES + 1), Data::None),
            Err(StateError::KeyTooLong(MAX_KEY_BYTES + 1))
        );
        assert_eq!(
            set(&"é".repeat(MAX_KEY_BYTES / 2 + 1), Data::None),
            Err(StateError::KeyTooLong(MAX_KEY_BYTES + 2))
        );
        assert_eq!(set("", Data::None), Err(StateError::EmptyKey));
        // Two quotes belong to the value; a line break takes two bytes.
        set("v", Data::text("x".repeat(MAX_VALUE_BYTES - 2))).unwrap();
        let long = Data::text("x".repeat(MAX_VALUE_BYTES - 1));
        assert_eq!(set("v", long), Err(StateError::ValueTooLong("v".to_owned(), MAX_VALUE_BYTES + 1)));
        let breaks = Data::text("\n".repeat(MAX_VALUE_BYTES / 2));
        assert_eq!(set("v", breaks), Err(StateError::ValueTooLong("v".to_owned(), MAX_VALUE_BYTES + 2)));
        assert_eq!(set("n", Data::Float(f64::NAN)), Err(StateError::NotJson("n".to_owned())));
        assert_eq!(
            set("n", Data::list(vec![Data::Float(f64::INFINITY)])),
            Err(StateError::NotJson("n".to_owned()))
        );
        let nested = |levels: usize| (0..levels).fold(Data::None, |inner, _| Data::list(vec![inner]));
        set("d", nested(MAX_VALUE_DEPTH)).unwrap();
        assert_eq!(it.store.entries(&here()).unwrap()[0].value, nested(MAX_VALUE_DEPTH));
        assert_eq!(set("d", nested(MAX_VALUE_DEPTH + 1)), Err(StateError::TooDeep("d".to_owned())));
    });
}

#[test]
fn quotas_hold_at_their_exact_bounds() {
    let options = StoreOptions { plugin_quota_bytes: 100, ..StoreOptions::default() };
    on_each(options, |it| {
        let text = |bytes: usize| Data::text("x".repeat(bytes - 2));
        let over = |bytes| Err(StateError::Quota { plugin: "_rules".to_owned(), bytes, most: 100 });
        it.store.set(&here(), "a", text(49)).unwrap();
        it.store.set(&here(), "b", text(49)).unwrap();
        assert_eq!(it.store.set(&here(), "b", text(50)), over(101));
        assert_eq!(it.store.set(&here(), "c", Data::Int(1)), over(102));
        // Only what is there in the end counts.
        let swap =
            vec![write(&here(), "c", text(60)), write(&here(), "a", None), write(&here(), "c", text(49))];
        it.store.commit(&Batch::of_writes(swap)).unwrap();
        assert_eq!(it.store.set(&here(), "d", Data::Int(1)), over(102));
        it.store.set(&namespace("ann", "default", "other"), "d", text(99)).unwrap();
        let anew =
            Batch { clears: vec![here()], writes: vec![write(&here(), "z", text(99))], ..Batch::default() };
        it.store.commit(&anew).unwrap();
        assert_eq!(it.store.list(&here()).unwrap(), [Text::from("z")]);
        it.store.delete(&here(), "z").unwrap();
        it.store.set(&here(), "z", text(99)).unwrap();
    });
}

#[test]
fn a_batch_with_one_bad_write_writes_nothing() {
    on_every_store(|it| {
        it.store.set(&here(), "kept", Data::Int(1)).unwrap();
        let long = Data::text("x".repeat(MAX_VALUE_BYTES));
        let batch = Batch {
            clears: vec![here()],
            writes: vec![write(&here(), "good", Data::Int(1)), write(&here(), "bad", long)],
            ..Batch::default()
        };
        assert!(matches!(it.store.commit(&batch), Err(StateError::ValueTooLong(key, _)) if key == "bad"));
        assert_eq!(it.store.list(&here()).unwrap(), [Text::from("kept")]);
    });
}

#[test]
fn times_say_when_a_key_was_made_and_last_set() {
    on_every_store(|it| {
        let before = now();
        it.store.set(&here(), "k", Data::Int(1)).unwrap();
        let first = it.store.entries(&here()).unwrap()[0].times;
        assert!(before <= first.created && first.created == first.updated && first.updated <= now());
        it.store.set(&here(), "k", Data::Int(2)).unwrap();
        let second = it.store.entries(&here()).unwrap()[0].times;
        assert!(second.created == first.created && second.updated >= first.updated);
        let times = Times { created: 1.5, updated: 2.5 };
        let entry = Entry { namespace: here(), key: "k".into(), value: Data::None, times };
        it.store.commit(&Batch { restored: vec![entry.clone()], ..Batch::default() }).unwrap();
        assert_eq!(it.store.entries(&here()).unwrap(), [entry]);
    });
}

#[test]
fn records_are_found_by_the_beginning_of_their_key() {
    on_every_store(|it| {
        let texts = |parts: &[&str]| parts.iter().map(|it| Text::from(*it)).collect::<Vec<_>>();
        let record = |kind, parts: &[&str], value: i64| {
            let texts = texts(parts);
            Record::new(kind, &texts.iter().collect::<Vec<_>>(), Some(Data::Int(value)))
        };
        let all = [
            record(RecordKind::Params, &["ann", "r"], 1),
            record(RecordKind::Params, &["ann", "s"], 2),
            record(RecordKind::Params, &["ann\0", "r"], 3),
            record(RecordKind::Params, &["bob", "r"], 4),
            record(RecordKind::Limit, &["ann", "p", "s", "r"], 5).kept_for(1_000.0),
            record(RecordKind::Limit, &["ann", "p", "s2", "r"], 6),
        ];
        it.store.commit(&Batch::of_records(all.to_vec())).unwrap();
        let find = |kind, begin: &[&str]| it.store.records(kind, begin).unwrap();
        assert_eq!(find(RecordKind::Params, &["ann"]), all[..2]);
        assert_eq!(find(RecordKind::Params, &["ann", "s"]), all[1..2]);
        assert_eq!(find(RecordKind::Params, &[]), all[..4]);
        assert_eq!(find(RecordKind::Limit, &["ann", "p", "s"]), all[4..5]);
        assert!(find(RecordKind::Enabled, &[]).is_empty());
        let gone = Record { value: None, ..all[0].clone() };
        it.store.commit(&Batch::of_records(vec![gone])).unwrap();
        assert_eq!(find(RecordKind::Params, &["ann"]), all[1..2]);
    });
}

pub(crate) fn execution(rule: &str, user: &str, at: f64) -> Execution {
    Execution {
        at,
        rule_id: rule.into(),
        hook: Hook::OnTurnStart,
        user_id: user.into(),
        project_id: "p".into(),
        session_id: "s".into(),
        event_id: "e".into(),
        matched: true,
        fired: true,
        held: None,
        actions: vec![ActionType::Log],
        error: None,
        time_us: 1.25,
    }
}

#[test]
fn executions_are_found_newest_first() {
    on_every_store(|it| {
        let at = now();
        let all: Vec<Execution> = (0..10)
            .map(|n| execution(if n % 2 == 0 { "even" } else { "odd" }, "ann", at + f64::from(n)))
            .chain([execution("even", "bob", at)])
            .collect();
        it.store.commit(&Batch { executions: all.clone(), ..Batch::default() }).unwrap();
        let find = |query: ExecutionQuery| it.store.executions(&query).unwrap();
        let ann = ExecutionQuery { user_id: Some("ann".to_owned()), ..ExecutionQuery::default() };
        assert_eq!(find(ExecutionQuery::default()).len(), 11);
        assert_eq!(find(ExecutionQuery { limit: Some(1), ..ann.clone() }), all[9..10]);
        let even = ExecutionQuery { rule_id: Some("even".to_owned()), ..ann.clone() };
        assert_eq!(find(even.clone()).len(), 5);
        assert_eq!(find(ExecutionQuery { since: Some(at + 6.0), ..even }), [all[8].clone(), all[6].clone()]);
        assert_eq!(find(ExecutionQuery { limit: Some(0), ..ann }), []);
    });
}

#[test]
fn the_execution_log_is_bounded_by_count_and_age() {
    let options = StoreOptions { executions_kept: 5, executions_seconds: 100.0, ..StoreOptions::default() };
    on_each(options, |it| {
        let at = now();
        let old = (0..3).map(|n| execution("old", "ann", at - 101.0 - f64::from(n)));
        let new: Vec<Execution> = (0..7).map(|n| execution(&format!("new-{n}"), "ann", at)).collect();
        it.store.commit(&Batch { executions: old.collect(), ..Batch::default() }).unwrap();
        assert_eq!(it.store.executions(&ExecutionQuery::default()).unwrap(), []);
        it.store.commit(&Batch { executions: new, ..Batch::default() }).unwrap();
        let found = it.store.executions(&ExecutionQuery::default()).unwrap();
        let ids: Vec<&str> = found.iter().map(|it| &*it.rule_id).collect();
        assert_eq!(ids, ["new-6", "new-5", "new-4", "new-3", "new-2"]);
    });
}

#[test]
fn memory_keeps_a_bounded_number_of_what_expires() {
    let store: &dyn Store = &MemoryStore::new();
    let record = |at: u32, seconds: f64| {
        Record::new(RecordKind::Limit, &[&format!("{at:06}").as_str().into()], Some(Data::Int(1)))
            .kept_for(seconds)
    };
    let forever = Record::new(RecordKind::Params, &[&"ann".into()], Some(Data::Int(1)));
    store.commit(&Batch::of_records(vec![forever])).unwrap();
    for at in 0..120 {
        let many = (at * 1_000..(at + 1) * 1_000).map(|at| record(at, f64::from(at) + 1_000.0));
        store.commit(&Batch::of_records(many.collect())).unwrap();
    }
    let left = store.records(RecordKind::Limit, &[]).unwrap();
    assert!((90_000..=100_000).contains(&left.len()), "{} records", left.len());
    assert_eq!(left.last().unwrap().key[0].as_str(), "119999", "the last to expire stays");
    assert_eq!(store.records(RecordKind::Params, &[]).unwrap().len(), 1);
}
