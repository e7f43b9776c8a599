//! Plugins from folders: what loads, what is skipped and why, and that nobody is disturbed.

use std::fs;
use std::path::Path;

use oracle_compiler::diag::Severity;
use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::error::EngineError;
use oracle_runtime::plugin::Host;
use oracle_runtime::ruleset::{LoadOptions, LoadReport, load};
use oracle_vm::value::{Data, Map};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{event, fired, rule};

fn write(root: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn manifest(id: &str, more: &str) -> String {
    format!("[plugin]\nid = \"{id}\"\n{more}")
}

fn always(id: &str) -> String {
    rule(id, "on_turn_start", "True", id, "")
}

fn load_with(root: &Path, host: Host) -> LoadReport {
    load(&LoadOptions { plugins: vec![root.to_owned()], host, ..LoadOptions::default() }).unwrap()
}

fn load_from(root: &Path) -> LoadReport {
    load_with(root, Host::default())
}

fn ids(report: &LoadReport) -> Vec<&str> {
    report.ruleset.rules().iter().map(|it| &*it.id).collect()
}

/// `CODE file name: message` of every diagnostic.
fn said(report: &LoadReport) -> Vec<String> {
    let line = |it: &oracle_compiler::diag::Diagnostic| {
        let name = &report.sources.get(it.primary.span.source).unwrap().name;
        let name = Path::new(name).file_name().unwrap().to_string_lossy().into_owned();
        format!("{} {name}: {}", it.code.code(), it.message)
    };
    report.diagnostics.iter().map(line).collect()
}

#[test]
fn rules_are_qualified_and_read_the_settings_of_their_plugin() {
    let folder = TempDir::new().unwrap();
    let settings = "[settings.most]\ntype = \"integer\"\ndefault = 10\nmin = 1\nmax = 50\n";
    write(folder.path(), "research/manifest.toml", manifest("research", settings));
    let text = rule("many", "on_turn_start", "turn.number > settings.most", "over {{ settings.most }}", "");
    write(folder.path(), "research/rules/many.toml", text);
    let report = load_from(folder.path());
    assert_eq!(said(&report), [""; 0]);
    assert_eq!(ids(&report), ["research:many"]);
    let engine = Engine::new(report.ruleset, EngineOptions::default());
    let turn = |user: &str, number: i64| {
        event(json!({"type": "agent.turn.start", "user_id": user, "payload": {"turn_number": number}}))
    };
    let said = |user: &str, number: i64| {
        let result = engine.handle(turn(user, number)).remove(0);
        result.notifications.first().map(|it| it.message.clone())
    };
    assert_eq!(said("ann", 11).as_deref(), Some("over 10"));
    assert_eq!(said("bob", 5), None);
    let set = |value: Data| Map::from_iter([("most".into(), value)]);
    engine.set_settings("bob", "research", set(Data::Int(3))).unwrap();
    assert_eq!(said("bob", 5).as_deref(), Some("over 3"));
    assert_eq!(said("ann", 5), None, "what bob set is bob's alone");
    assert_eq!(engine.settings("bob", "research").unwrap(), [("most".to_owned(), Data::Int(3))]);
    assert!(matches!(
        engine.set_settings("bob", "research", set(Data::Int(99))),
        Err(EngineError::BadParams(_))
    ));
    assert!(matches!(engine.settings("bob", "reserach"), Err(EngineError::UnknownPlugin(_))));
}

#[test]
fn a_setting_of_the_wrong_type_is_refused_where_it_is_used() {
    let folder = TempDir::new().unwrap();
    let settings = "[settings.mode]\ntype = \"string\"\ndefault = \"a\"\n";
    write(folder.path(), "p/manifest.toml", manifest("p", settings));
    write(folder.path(), "p/rules/a.toml", rule("a", "on_turn_start", "settings.mode > 3", "m", ""));
    write(folder.path(), "p/rules/b.toml", rule("b", "on_turn_start", "settings.moed == 'a'", "m", ""));
    write(folder.path(), "p/rules/c.toml", rule("c", "on_turn_start", "True", "{{ settings.moed }}", ""));
    let report = load_from(folder.path());
    assert_eq!(ids(&report), [""; 0]);
    let codes: Vec<&str> = report.diagnostics.iter().map(|it| it.code.code()).collect();
    assert!(codes.contains(&"E0207") && codes.contains(&"E0402"), "{codes:?}");
}

#[test]
fn a_broken_plugin_disturbs_nobody() {
    let folder = TempDir::new().unwrap();
    for (name, text) in [
        (
            "a-text-default-with-min",
            manifest("b1", "[settings.x]\ntype = \"integer\"\ndefault = \"a\"\nmin = 1\n").into_bytes(),
        ),
        ("b-number-as-version", b"[plugin]\nid = \"b2\"\nversion = 1.0\n".to_vec()),
        ("c-latin1", b"[plugin]\nid = \"b3\"\nname = \"\xe9\"\n".to_vec()),
        ("d-not-toml", b"[plugin".to_vec()),
        ("e-no-id", b"[plugin]\nname = \"x\"\n".to_vec()),
        ("f-id-is-a-number", b"[plugin]\nid = 5\n".to_vec()),
        ("g-id-has-a-line-break", b"[plugin]\nid = \"r\\n\"\n".to_vec()),
        ("h-id-of-hyphens", b"[plugin]\nid = \"---\"\n".to_vec()),
        ("i-requires-a-text", manifest("b9", "[capabilities]\nrequires = \"web_search\"\n").into_bytes()),
    ] {
        write(folder.path(), &format!("{name}/manifest.toml"), text);
        write(folder.path(), &format!("{name}/rules/r.toml"), always("r"));
    }
    fs::create_dir_all(folder.path().join("j-manifest-is-a-folder/manifest.toml")).unwrap();
    fs::create_dir_all(folder.path().join("k-nothing")).unwrap();
    write(folder.path(), "z-good/manifest.toml", manifest("good", ""));
    write(folder.path(), "z-good/rules/r.toml", always("r"));
    write(folder.path(), "z-good/rules/broken.toml", "expression = 5");
    write(folder.path(), "a-file", "not a plugin");
    let report = load_from(folder.path());
    assert_eq!(ids(&report), ["good:r"]);
    let plugins: Vec<&str> = report.ruleset.plugin_list().iter().map(|it| it.id.as_str()).collect();
    assert_eq!(plugins, ["good"]);
    let mut codes: Vec<String> =
        said(&report).into_iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect();
    codes.dedup();
    insta::assert_snapshot!(codes.join(" "));
}

#[test]
fn what_the_host_lacks_is_named_and_an_empty_set_stays_empty() {
    let folder = TempDir::new().unwrap();
    let needs = |what: &str| format!("[capabilities]\nrequires = [{what}]\n");
    write(folder.path(), "a/manifest.toml", manifest("a", &needs("\"web_search\"")));
    write(folder.path(), "a/rules/r.toml", always("r"));
    write(folder.path(), "b/manifest.toml", manifest("b", &needs("\"web_serach\", \"teleport\"")));
    write(folder.path(), "b/rules/r.toml", always("r"));
    write(folder.path(), "c/manifest.toml", manifest("c", &needs("")));
    write(folder.path(), "c/rules/r.toml", always("r"));
    let report = load_from(folder.path());
    assert_eq!(ids(&report), ["a:r", "c:r"]);
    assert_eq!(
        said(&report),
        [
            "W0310 manifest.toml: plugin `b` is skipped: it requires `web_serach`, which the host lacks",
            "W0310 manifest.toml: plugin `b` is skipped: it requires `teleport`, which the host lacks",
        ]
    );
    assert!(report.diagnostics.iter().all(|it| it.severity == Severity::Warning));
    assert_eq!(report.diagnostics[0].helps, ["did you mean `web_search`?"]);
    let nothing = Host { capabilities: std::collections::BTreeSet::new(), ..Host::default() };
    assert_eq!(ids(&load_with(folder.path(), nothing)), ["c:r"]);
    let own =
        Host { capabilities: ["teleport".to_owned(), "web_serach".to_owned()].into(), ..Host::default() };
    assert_eq!(ids(&load_with(folder.path(), own)), ["b:r", "c:r"]);
}

#[test]
fn of_two_plugins_with_one_id_the_first_stays() {
    let folder = TempDir::new().unwrap();
    for name in ["a", "b"] {
        write(folder.path(), &format!("{name}/manifest.toml"), manifest("same", ""));
        write(folder.path(), &format!("{name}/rules/{name}.toml"), always(name));
    }
    let report = load_from(folder.path());
    assert_eq!(ids(&report), ["same:a"]);
    assert_eq!(said(&report), ["E0319 manifest.toml: there is another plugin with the id `same`"]);
    let twice = LoadOptions {
        plugins: vec![folder.path().join("a"), folder.path().join("a")],
        ..LoadOptions::default()
    };
    assert_eq!(said(&load(&twice).unwrap()), [""; 0], "a folder that is named twice is one plugin");
}

#[test]
fn core_rules_and_foreign_ids_are_honoured_only_where_allowed() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "p/manifest.toml", manifest("p", ""));
    write(folder.path(), "p/rules/core.toml", rule("core", "on_turn_start", "True", "m", "core = true"));
    write(
        folder.path(),
        "p/rules/other.toml",
        rule("other", "on_turn_start", "True", "m", "plugin_id = \"q\""),
    );
    write(folder.path(), "p/rules/own.toml", rule("own", "on_turn_start", "True", "m", "plugin_id = \"p\""));
    let report = load_from(folder.path());
    assert_eq!(ids(&report), ["p:own"]);
    assert_eq!(
        said(&report),
        [
            "E0316 core.toml: a rule of plugin `p` cannot be core: the host does not allow it",
            "E0315 other.toml: the rule lies in plugin `p` and says that it is part of `q`",
        ]
    );
    let trusting = Host { core_plugins: ["p".to_owned()].into(), ..Host::default() };
    assert_eq!(ids(&load_with(folder.path(), trusting)), ["p:core", "p:own"]);
}

#[test]
fn a_disabled_plugin_is_listed_and_users_switch_off_their_own() {
    let folder = TempDir::new().unwrap();
    for name in ["a", "b"] {
        write(folder.path(), &format!("{name}/manifest.toml"), manifest(name, ""));
        write(folder.path(), &format!("{name}/rules/r.toml"), always("r"));
    }
    write(folder.path(), "b/rules/core.toml", rule("core", "on_turn_start", "True", "m", "core = true"));
    let host = Host {
        disabled_plugins: ["a".to_owned()].into(),
        core_plugins: ["b".to_owned()].into(),
        ..Host::default()
    };
    let report = load_with(folder.path(), host);
    let listed: Vec<(&str, bool)> =
        report.ruleset.plugin_list().iter().map(|it| (it.id.as_str(), it.enabled)).collect();
    assert_eq!(listed, [("a", false), ("b", true)]);
    let engine = Engine::new(report.ruleset, EngineOptions::default());
    let turn = |user: &str| event(json!({"type": "agent.turn.start", "user_id": user}));
    let fires = |user: &str| engine.handle(turn(user)).remove(0);
    assert_eq!(fired(&fires("ann")), ["b:core", "b:r"]);
    engine.set_plugin_enabled("ann", "b", false).unwrap();
    assert_eq!(fired(&fires("ann")), ["b:core"], "core rules cannot be switched off");
    assert_eq!(fired(&fires("bob")), ["b:core", "b:r"]);
    assert_eq!(engine.is_plugin_enabled("ann", "b"), Ok(false));
    assert_eq!(engine.is_plugin_enabled("bob", "a"), Ok(false));
}

#[test]
fn patterns_say_which_files_are_rules_and_stay_inside() {
    let folder = TempDir::new().unwrap();
    let include = |list: &str| format!("[rules]\ninclude = [{list}]\n");
    write(
        folder.path(),
        "p/manifest.toml",
        manifest("p", &include("\"more/**/*.toml\", \"one.toml\", \"none/*.toml\"")),
    );
    for name in [
        "more/a.toml",
        "more/deep/er/b.toml",
        "one.toml",
        "two.toml",
        "rules/c.toml",
        "more/.hidden.toml",
        "more/x.md",
    ] {
        let id = name.replace(['/', '.'], "-");
        write(folder.path(), &format!("p/{name}"), always(&id));
    }
    let report = load_from(folder.path());
    assert_eq!(ids(&report), ["p:more-a-toml", "p:more-deep-er-b-toml", "p:one-toml"]);
    assert_eq!(said(&report), ["W0311 manifest.toml: the pattern `none/*.toml` fits no file of the plugin"]);
    for bad in ["../*.toml", "/etc/*.toml", "rules/../../*.toml", "[", "a\\\\b.toml"] {
        write(folder.path(), "p/manifest.toml", manifest("p", &include(&format!("\"{bad}\""))));
        let report = load_from(folder.path());
        assert_eq!(ids(&report), [""; 0], "{bad}");
        assert!(said(&report).iter().any(|it| it.starts_with("E0318")), "{bad}: {:?}", said(&report));
    }
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_outside_of_the_plugin() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    write(folder.path(), "secret.toml", always("secret"));
    write(folder.path(), "secrets/s.toml", always("secrets"));
    write(
        folder.path(),
        "plugins/p/manifest.toml",
        manifest("p", "[rules]\ninclude = [\"**/*.toml\", \"out/s.toml\"]\n"),
    );
    write(folder.path(), "plugins/p/rules/r.toml", always("r"));
    let p = folder.path().join("plugins/p");
    symlink(folder.path().join("secret.toml"), p.join("rules/s.toml")).unwrap();
    symlink(folder.path().join("secrets"), p.join("out")).unwrap();
    symlink(&p, p.join("rules/loop")).unwrap();
    symlink("/no/such/file.toml", p.join("rules/gone.toml")).unwrap();
    let report = load_from(&folder.path().join("plugins"));
    assert_eq!(ids(&report), ["p:r"]);
    let outside: Vec<String> = said(&report).into_iter().filter(|it| it.starts_with("E0320")).collect();
    assert_eq!(outside.len(), 2, "{:?}", said(&report));
    // A plugin's folder may itself be a link: then the folder is where that leads.
    symlink(&p, folder.path().join("linked")).unwrap();
    assert_eq!(ids(&load_from(&folder.path().join("linked"))), ["p:r"]);
}

#[test]
fn a_missing_folder_is_reported_and_the_rest_loads() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "p/manifest.toml", manifest("p", ""));
    write(folder.path(), "p/rules/r.toml", always("r"));
    let plugins = vec![folder.path().join("nowhere"), folder.path().join("p")];
    let report = load(&LoadOptions { plugins, ..LoadOptions::default() }).unwrap();
    assert_eq!(ids(&report), ["p:r"]);
    assert_eq!(report.diagnostics[0].code.code(), "E0601");
}
