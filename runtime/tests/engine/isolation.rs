//! Nobody reads or writes what belongs to another: every way there is, tried.

use std::sync::Arc;

use oracle_compiler::rulefile::PluginContext;
use oracle_compiler::session::RuleInput;
use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::ruleset::{LoadOptions, load_inputs};
use oracle_runtime::state::{
    ExecutionLog, ExecutionQuery, MemoryStore, Namespace, RedbStore, Store, StoreOptions,
};
use oracle_vm::value::{Data, Map};
use serde_json::{Value, json};

use crate::support::event;

/// Ids made to be taken for each other where somebody joins them.
const USERS: [&str; 5] = ["ann", "ann\u{0}", "an", "ann/default", "../ann"];

const SECRET: &str = "secret";

fn namespace(user: &str, project: &str, plugin: &str) -> Namespace {
    Namespace { user: user.into(), project: project.into(), plugin: plugin.into() }
}

/// A rule that shows and writes all state it can reach. Its key comes from the event.
fn curious(id: &str) -> String {
    format!(
        "[rule]\nid = \"{id}\"\ntrigger = \"on_turn_start\"\n\
         [condition]\nexpression = \"len(context.state.keys()) >= 0\"\n\
         [[action]]\ntype = \"notify_self\"\n\
         message = \"{{{{ context.state.keys() | list }}}} {{{{ context.state.get(context.event.payload.key) }}}} \
                    {{{{ context.state }}}}\"\n\
         [[action]]\ntype = \"set_state\"\nkey = \"mine\"\nvalue = \"{{{{ context.event.payload.key }}}}\"\n\
         [[action]]\ntype = \"emit_event\"\nevent_type = \"agent.turn.end\"\n\
         payload = {{ user_id = \"ann\", project_id = \"other\", plugin_id = \"a\" }}\n"
    )
}

fn engine(store: &Arc<dyn Store>) -> Engine {
    let text = |id: &str| curious(id).into_bytes();
    let inputs = [
        RuleInput::loose("loose.toml", text("curious")),
        RuleInput { plugin: Some(plugin("a")), ..RuleInput::loose("a.toml", text("curious")) },
        RuleInput { plugin: Some(plugin("b")), ..RuleInput::loose("b.toml", text("curious")) },
    ];
    let report = load_inputs(&inputs, &[], &LoadOptions::default()).unwrap();
    assert_eq!(report.ruleset.rules().len(), 3, "{:?}", report.diagnostics);
    let executions = Some(Arc::new(ExecutionLog::new(Arc::clone(store))));
    let options = EngineOptions { store: Arc::clone(store), executions, ..EngineOptions::default() };
    Engine::new(report.ruleset, options)
}

fn plugin(id: &str) -> Arc<PluginContext> {
    Arc::new(PluginContext { id: id.to_owned(), settings: Vec::new(), may_be_core: false })
}

fn on_every_store(test: impl Fn(Arc<dyn Store>)) {
    test(Arc::new(MemoryStore::new()));
    let folder = tempfile::tempdir().unwrap();
    test(Arc::new(RedbStore::open(folder.path(), StoreOptions::default()).unwrap()));
}

/// What a user's turn shows, as one text.
fn turn(engine: &Engine, user: &str, project: &str, session: &str, key: &str) -> String {
    let json: Value = json!({"type": "agent.turn.start", "user_id": user, "project_id": project,
                             "session_id": session, "payload": {"key": key}});
    let results = engine.handle(event(json));
    assert!(results[0].rules.iter().all(|rule| rule.fired), "{:?}", results[0].rules);
    results.iter().flat_map(|it| it.notifications.iter().map(|it| it.message.clone())).collect()
}

#[test]
fn no_rule_sees_or_changes_the_state_of_another_user_project_or_plugin() {
    on_every_store(|store| {
        let secrets = [
            namespace("ann", "default", "a"),
            namespace("ann", "default", "_rules"),
            namespace("ann", "other", "a"),
            namespace("ann", "default", "b"),
        ];
        for space in &secrets {
            store.set(space, SECRET, Data::text(format!("of {space:?}"))).unwrap();
        }
        let engine = engine(&store);
        for user in USERS.into_iter().skip(1) {
            for project in ["default", "other", "default\u{0}a", ""] {
                // The session may have the same name as one of somebody else.
                for key in [SECRET, "ann", "../ann/default/a/secret", "a:secret", "a\u{0}secret"] {
                    let shown = turn(&engine, user, project, "s", key);
                    assert!(!shown.contains("of Namespace"), "{user:?} {project:?} {key:?}: {shown}");
                }
            }
        }
        for space in &secrets {
            let map = store.snapshot(space).unwrap();
            assert_eq!(map.len(), 1, "{space:?}: {map:?}");
            assert_eq!(map.get(SECRET), Some(&Data::text(format!("of {space:?}"))));
        }
        // A plugin shows its own secret and no other.
        let shown = turn(&engine, "ann", "default", "s", SECRET);
        for (space, sees) in secrets.iter().zip([true, true, false, true]) {
            assert_eq!(shown.contains(&format!("of {space:?}")), sees, "{shown}");
        }
        let of_a = engine.drain(&key("ann", "default", "s"), None);
        for notification in of_a {
            let own = match &*notification.rule_id {
                "curious" => &secrets[1],
                "a:curious" => &secrets[0],
                _ => &secrets[3],
            };
            for space in &secrets {
                let contains = notification.message.contains(&format!("of {space:?}"));
                assert_eq!(contains, space == own, "{}: {}", notification.rule_id, notification.message);
            }
        }
    });
}

fn key(user: &str, project: &str, session: &str) -> oracle_runtime::session::SessionKey {
    oracle_runtime::session::SessionKey {
        user: user.into(),
        project: project.into(),
        session: session.into(),
    }
}

#[test]
fn sessions_notifications_choices_and_executions_are_their_users_own() {
    on_every_store(|store| {
        let engine = engine(&store);
        turn(&engine, "ann", "default", "s", "k");
        for user in USERS.into_iter().skip(1) {
            assert!(engine.context(&key(user, "default", "s")).is_none());
            assert!(engine.drain(&key(user, "default", "s"), None).is_empty());
        }
        assert!(engine.drain(&key("ann", "other", "s"), None).is_empty());
        assert_eq!(engine.drain(&key("ann", "default", "s"), None).len(), 3);
        engine.set_enabled("ann", "a:curious", false).unwrap();
        for user in USERS.into_iter().skip(1) {
            assert_eq!(engine.is_enabled(user, "a:curious"), Ok(true));
            assert_eq!(engine.choices(user), Default::default());
        }
        let log = engine.options().executions.as_ref().unwrap();
        let of = |user: &str| {
            let query = ExecutionQuery { user_id: Some(user.to_owned()), ..ExecutionQuery::default() };
            log.query(&query).unwrap().len()
        };
        assert_eq!((of("ann"), of("an"), of("ann\u{0}")), (3, 0, 0));
    });
}

#[test]
fn what_a_rule_emits_stays_in_its_session() {
    on_every_store(|store| {
        let engine = engine(&store);
        let json = json!({"type": "agent.turn.start", "user_id": "eve", "project_id": "p", "session_id": "s",
                          "payload": {"key": "k"}});
        let results = engine.handle(event(json));
        assert_eq!(results.len(), 4, "the event, and one that each rule emits");
        assert!(results.iter().all(|it| it.event.session_id.as_str() == "s"));
        assert_eq!(engine.session_count(), 1, "nobody else got a session");
    });
}

#[test]
fn settings_are_their_plugins_and_users_own() {
    on_every_store(|store| {
        let engine = engine(&store);
        let set = Map::from_iter([("x".into(), Data::Int(1))]);
        let refused = engine.set_settings("ann", "a", set).unwrap_err();
        assert!(refused.to_string().contains("`settings.x` is unknown"), "{refused}");
        assert!(engine.set_settings("ann", "c", Map::default()).is_err());
    });
}
