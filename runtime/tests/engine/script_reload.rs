//! Scripts that are saved while the engine runs.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use oracle_runtime::engine::{Engine, EngineOptions, RuleSet};
use oracle_runtime::reload::{Change, ReloadStatus, Reloader};
use oracle_runtime::ruleset::LoadOptions;
use serde_json::json;
use tempfile::TempDir;

use crate::support::event;

/// A folder of rules and one of plugins, and an engine that follows them.
struct Place {
    folder: TempDir,
    reloader: Reloader,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let folder = TempDir::new().unwrap();
        for name in ["rules", "plugins"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        for (name, text) in files {
            write(&folder.path().join(name), text);
        }
        let engine = Arc::new(Engine::new(Arc::new(RuleSet::empty().unwrap()), EngineOptions::default()));
        let options = LoadOptions {
            paths: vec![folder.path().join("rules")],
            plugins: vec![folder.path().join("plugins")],
            ..LoadOptions::default()
        };
        let reloader = Reloader::new(engine, options);
        assert!(reloader.status().is_healthy(), "{:?}", codes(&reloader.status()));
        Place { folder, reloader }
    }

    /// Writes a file and looks at it, as after an event of the file system.
    fn save(&self, name: &str, text: &str) -> Arc<ReloadStatus> {
        let path = self.folder.path().join(name);
        write(&path, text);
        self.reloader.apply(&Change::Some(vec![path]))
    }

    /// What the rules say at the start of a turn of a session.
    fn says(&self, session: &str) -> Vec<String> {
        let turn = event(json!({"type": "agent.turn.start", "session_id": session}));
        let results = self.reloader.engine().handle(turn);
        results.into_iter().flat_map(|it| it.notifications).map(|it| it.message).collect()
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn codes(status: &ReloadStatus) -> Vec<&str> {
    status.diagnostics.iter().map(|it| it.code.code()).collect()
}

/// A rule that fires once in a session.
fn rule(script: &str, message: &str) -> String {
    format!(
        "[rule]\nid = \"a\"\ntrigger = \"on_turn_start\"\n[condition]\nscript = \"{script}\"\n\
         [limits]\nmax_per_session = 1\n[action]\ntype = \"notify_self\"\nmessage = \"{message}\"\n"
    )
}

#[test]
fn a_saved_script_is_in_force_and_a_broken_one_leaves_the_last_good_one() {
    let place = Place::new(&[("rules/a.toml", &rule("a.lua", "x")), ("rules/a.lua", "return false")]);
    assert!(place.says("s").is_empty());
    place.save("rules/a.lua", "return true");
    assert_eq!(place.says("s"), ["x"]);
    let status = place.save("rules/a.lua", "return (");
    assert_eq!(codes(&status), ["E0503"]);
    assert_eq!(place.says("another"), ["x"], "the last good version runs on");
    place.save("rules/a.lua", "return false");
    assert!(place.reloader.status().is_healthy() && place.says("a third").is_empty());
}

#[test]
fn what_limits_count_goes_by_the_text_of_the_script() {
    let place = Place::new(&[("rules/a.toml", &rule("a.lua", "x")), ("rules/a.lua", "return true")]);
    assert_eq!(place.says("s"), ["x"]);
    write(&place.folder.path().join("rules/b.lua"), "return true\n");
    place.save("rules/a.toml", &rule("b.lua", "y"));
    assert!(place.says("s").is_empty(), "another path and message, the same text: it fired already");
    assert_eq!(place.says("t"), ["y"]);
    place.save("rules/b.lua", "return context.turn.number > 0");
    assert_eq!(place.says("s"), ["y"], "another text is another condition: counting begins anew");
    assert!(place.says("s").is_empty());
}

#[test]
fn scripts_of_plugins_see_the_settings_and_state_of_their_plugin() {
    let manifest = "[plugin]\nid = \"p\"\n[settings.most]\ntype = \"integer\"\ndefault = 2\n";
    let counting = "local n = context.state:get('n', 0)\nif n >= settings.most then return nil end\n\
                    return { { type = 'set_state', key = 'n', value = n + 1 },\n\
                             { type = 'notify_self', message = 'number ' .. n } }";
    let plain = "[rule]\nid = \"a\"\ntrigger = \"on_turn_start\"\n[condition]\nscript = \"scripts/c.lua\"\n\
                 [action]\ntype = \"log\"\n";
    let place = Place::new(&[
        ("plugins/p/manifest.toml", manifest),
        ("plugins/p/rules/a.toml", plain),
        ("plugins/p/scripts/c.lua", counting),
    ]);
    let said: Vec<_> = (0..3).flat_map(|_| place.says("s")).collect();
    assert_eq!(said, ["number 0", "number 1"]);
    place.save("plugins/p/scripts/c.lua", &counting.replace("number", "the number"));
    place.save("plugins/p/manifest.toml", &manifest.replace("= 2", "= 3"));
    assert_eq!(place.says("s"), ["the number 2"]);
    // A script outside of the plugin's folder is none of its own.
    write(&place.folder.path().join("plugins/evil.lua"), "return true");
    let status = place.save("plugins/p/rules/a.toml", &plain.replace("scripts/c.lua", "../../evil.lua"));
    assert_eq!(codes(&status), ["E0502"]);
}
