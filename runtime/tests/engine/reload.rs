//! Live reload: what is saved is in force, what breaks stays as it was, and nothing is forgotten on the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use oracle_runtime::engine::{Engine, EngineOptions, RuleSet};
use oracle_runtime::reload::{Change, ReloadStatus, Reloader, Watch, WatchOptions};
use oracle_runtime::ruleset::LoadOptions;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{event, rule};

/// A folder `rules`, a folder `plugins`, and an engine that follows them.
struct Place {
    folder: TempDir,
    reloader: Arc<Reloader>,
}

impl Place {
    fn new(files: &[(&str, String)]) -> Place {
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
        let reloader = Arc::new(Reloader::new(engine, options));
        Place { folder, reloader }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and looks at it, as after an event of the file system.
    fn save(&self, name: &str, text: impl AsRef<[u8]>) -> Arc<ReloadStatus> {
        write(&self.path(name), text);
        self.reloader.apply(&Change::Some(vec![self.path(name)]))
    }

    fn look(&self) -> Arc<ReloadStatus> {
        self.reloader.apply(&Change::All)
    }

    /// What the rules say at the start of a turn, in firing order.
    fn says(&self) -> Vec<String> {
        self.says_in("s")
    }

    fn says_in(&self, session: &str) -> Vec<String> {
        let event = event(json!({"type": "agent.turn.start", "session_id": session}));
        let result = self.reloader.engine().handle(event).remove(0);
        self.reloader.engine().drain(&crate::support::key(session), None);
        result.notifications.into_iter().map(|it| it.message).collect()
    }

    fn ids(&self) -> Vec<String> {
        self.reloader.engine().rules().rules().iter().map(|it| it.id.to_string()).collect()
    }
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn says(id: &str, message: &str) -> String {
    rule(id, "on_turn_start", "True", message, "")
}

/// File names of paths.
fn names(paths: &[String]) -> Vec<&str> {
    paths.iter().map(|it| it.rsplit('/').next().unwrap()).collect()
}

fn codes(status: &ReloadStatus) -> Vec<&str> {
    status.diagnostics.iter().map(|it| it.code.code()).collect()
}

#[test]
fn a_saved_file_is_in_force_and_the_others_are_taken_over() {
    let place = Place::new(&[("rules/a.toml", says("a", "one")), ("rules/b.toml", says("b", "b"))]);
    assert_eq!(place.says(), ["one", "b"]);
    let before = place.reloader.engine().rules();
    let status = place.save("rules/a.toml", says("a", "two"));
    assert!(status.is_healthy());
    assert_eq!((status.generation, status.rules), (2, 2));
    assert_eq!(place.says(), ["two", "b"]);
    let after = place.reloader.engine().rules();
    let spec = |set: &RuleSet, id: &str| Arc::clone(&set.get(set.find(id).unwrap()).unwrap().spec);
    assert!(Arc::ptr_eq(&spec(&before, "b"), &spec(&after, "b")));
    assert!(!Arc::ptr_eq(&spec(&before, "a"), &spec(&after, "a")));
    let again = place.save("rules/a.toml", says("a", "two"));
    assert_eq!(again.generation, 2, "the same content is no change");
    assert_eq!(place.look().generation, 2);
    assert_eq!(place.reloader.reload().generation, 2);
}

#[test]
fn a_broken_file_goes_on_as_it_was_until_it_is_mended() {
    let place = Place::new(&[("rules/a.toml", says("a", "good")), ("rules/b.toml", says("b", "b"))]);
    for broken in [&b"[rule"[..], b"", b"[rule]\nid = \"\xe9\"", says("a", "{{ nothing }}").as_bytes()] {
        let status = place.save("rules/a.toml", broken);
        assert!(!status.is_healthy());
        assert_eq!(names(&status.stale), ["a.toml"]);
        assert!(status.left_out.is_empty());
        let file = &status.sources.get(status.diagnostics[0].primary.span.source).unwrap().name;
        assert!(file.ends_with("a.toml"), "{file}");
        assert_eq!(place.says(), ["good", "b"]);
    }
    assert_eq!(
        names(&place.save("rules/b.toml", says("b", "c")).stale),
        ["a.toml"],
        "still broken, still said"
    );
    assert_eq!(place.says(), ["good", "c"]);
    let status = place.save("rules/a.toml", says("a", "better"));
    assert!(status.is_healthy() && status.stale.is_empty());
    assert_eq!(place.says(), ["better", "c"]);
    let counts = place.reloader.counts();
    assert_eq!((counts.loads, counts.broken), (7, 5));
}

#[test]
fn a_new_file_that_is_broken_gives_no_rule_until_it_is_mended() {
    let place = Place::new(&[("rules/a.toml", says("a", "a"))]);
    let status = place.save("rules/b.toml", "[rule");
    assert_eq!((names(&status.left_out), status.stale.len()), (vec!["b.toml"], 0));
    assert_eq!(place.ids(), ["a"]);
    assert!(place.save("rules/b.toml", says("b", "b")).is_healthy());
    assert_eq!(place.ids(), ["a", "b"]);
}

#[test]
fn deletes_renames_and_replaced_files_are_followed() {
    let place = Place::new(&[("rules/a.toml", says("a", "a")), ("rules/b.toml", says("b", "b"))]);
    // As editors save: a new file takes the name of the old one.
    write(&place.path("rules/.a.toml.tmp"), says("a", "replaced"));
    fs::rename(place.path("rules/.a.toml.tmp"), place.path("rules/a.toml")).unwrap();
    place.reloader.apply(&Change::Some(vec![place.path("rules/a.toml")]));
    assert_eq!(place.says(), ["replaced", "b"]);
    fs::rename(place.path("rules/b.toml"), place.path("rules/z.toml")).unwrap();
    place.reloader.apply(&Change::Some(vec![place.path("rules/b.toml"), place.path("rules/z.toml")]));
    assert_eq!(place.says(), ["replaced", "b"]);
    fs::create_dir(place.path("rules/deep")).unwrap();
    fs::rename(place.path("rules/z.toml"), place.path("rules/deep/z.toml")).unwrap();
    place.look();
    assert_eq!(place.says(), ["replaced", "b"]);
    fs::remove_file(place.path("rules/a.toml")).unwrap();
    let status = place.reloader.apply(&Change::Some(vec![place.path("rules/a.toml")]));
    assert!(status.is_healthy(), "a deleted file is no broken one");
    assert_eq!(place.ids(), ["b"]);
    fs::remove_dir_all(place.path("rules/deep")).unwrap();
    place.look();
    assert!(place.ids().is_empty());
}

#[test]
fn limits_counts_and_choices_outlive_a_reload() {
    let limited = |message: &str| {
        rule("a", "on_turn_start", "True", message, "")
            .replace("[action]", "[limits]\nmax_per_session = 2\n[action]")
    };
    let place = Place::new(&[("rules/m.toml", limited("x")), ("rules/o.toml", says("off", "o"))]);
    place.reloader.engine().set_enabled("local", "off", false).unwrap();
    assert_eq!(place.says(), ["x"]);
    // Other rules come before it, so its number changes; its condition's state does not.
    write(&place.path("rules/0.toml"), rule("zero", "on_turn_start", "False", "0", ""));
    place.save("rules/m.toml", limited("y"));
    place.look();
    assert_eq!(place.says(), ["y"]);
    assert!(place.says().is_empty(), "the third firing is one too many, whatever was reloaded");
    assert_eq!(place.says_in("another session"), ["y"]);
    let rules = place.reloader.engine().rules();
    let counts = rules.get(rules.find("a").unwrap()).unwrap().counts();
    assert_eq!((counts.matched, counts.fired), (4, 3));
}

#[test]
fn an_id_stays_with_the_file_that_has_it() {
    let place = Place::new(&[("rules/a.toml", says("a", "from a")), ("rules/b.toml", says("b", "from b"))]);
    let status = place.save("rules/a.toml", says("b", "stolen"));
    assert_eq!(codes(&status), ["E0314"]);
    assert_eq!(names(&status.stale), ["a.toml"]);
    assert_eq!(place.says(), ["from a", "from b"]);
    // Once the owner gives it up, it can be had.
    let status = place.save("rules/b.toml", says("c", "from b"));
    assert!(status.is_healthy());
    assert_eq!(place.ids(), ["b", "c"]);
    // Two files that swap their ids at once do.
    write(&place.path("rules/a.toml"), says("c", "now c"));
    write(&place.path("rules/b.toml"), says("b", "now b"));
    assert!(place.look().is_healthy());
    assert_eq!(place.says(), ["now b", "now c"]);
}

fn manifest(more: &str) -> String {
    format!("[plugin]\nid = \"p\"\n{more}")
}

fn setting(name: &str, default: i64) -> String {
    format!("[settings.{name}]\ntype = \"integer\"\ndefault = {default}\n")
}

#[test]
fn plugins_follow_their_manifests() {
    let place = Place::new(&[
        ("plugins/p/manifest.toml", manifest(&setting("n", 1))),
        ("plugins/p/rules/a.toml", says("a", "{{ settings.n }}")),
    ]);
    assert_eq!(place.says(), ["1"]);
    place.save("plugins/p/manifest.toml", manifest(&setting("n", 2)));
    assert_eq!(place.says(), ["2"]);
    // Another setting comes first, so the position of the old one changes.
    place.save("plugins/p/manifest.toml", manifest(&(setting("m", 7) + &setting("n", 3))));
    assert_eq!(place.says(), ["3"]);
    let status = place.save("plugins/p/manifest.toml", "[plugin");
    assert_eq!(names(&status.stale), ["manifest.toml"]);
    assert!(!status.is_healthy());
    assert_eq!(place.says(), ["3"], "a broken manifest leaves the plugin as it was");
    place.save("plugins/p/rules/a.toml", says("a", "{{ settings.m }}"));
    assert_eq!(place.says(), ["7"], "and its rules can be edited all the same");
    let status =
        place.save("plugins/p/manifest.toml", manifest("[capabilities]\nrequires = [\"teleport\"]\n"));
    assert_eq!((codes(&status), place.ids().len()), (vec!["W0310"], 0), "what is meant is done");
    fs::remove_dir_all(place.path("plugins/p")).unwrap();
    assert!(place.look().is_healthy());
}

#[test]
fn the_last_good_version_reads_its_settings_where_they_are_now() {
    let condition = |value: i64| rule("a", "on_turn_start", &format!("settings.n == {value}"), "fires", "");
    let place = Place::new(&[
        ("plugins/p/manifest.toml", manifest(&setting("n", 1))),
        ("plugins/p/rules/a.toml", condition(1)),
    ]);
    assert_eq!(place.says(), ["fires"]);
    place.save("plugins/p/rules/a.toml", "broken");
    assert_eq!(place.says(), ["fires"]);
    place.save("plugins/p/manifest.toml", manifest(&(setting("other", 5) + &setting("n", 1))));
    assert_eq!(place.says(), ["fires"], "the old text was compiled again for the new settings");
    let status = place.save("plugins/p/manifest.toml", manifest(&setting("other", 5)));
    assert_eq!(names(&status.left_out), ["a.toml"], "without the setting there is nothing left to run");
    assert!(place.says().is_empty());
}

#[test]
fn a_rule_with_a_script_is_loaded_again_only_when_it_changed() {
    let scripted = says("a", "m").replace("expression = \"True\"", "script = \"a.lua\"");
    let place = Place::new(&[("rules/a.toml", scripted), ("rules/a.lua", "return true".to_owned())]);
    assert!(place.reloader.status().is_healthy(), "{:?}", codes(&place.reloader.status()));
    assert_eq!(place.look().generation, 1);
    write(&place.path("rules/a.lua"), "return false");
    assert_eq!(place.look().generation, 2);
    assert_eq!(place.look().generation, 2);
}

#[test]
fn a_folder_that_is_gone_is_an_error_and_its_rules_stay() {
    let place = Place::new(&[
        ("rules/a.toml", says("a", "a")),
        ("plugins/p/manifest.toml", manifest("")),
        ("plugins/p/rules/b.toml", says("b", "b")),
    ]);
    for name in ["rules", "plugins"] {
        fs::rename(place.path(name), place.path(&format!("{name}.away"))).unwrap();
    }
    let status = place.look();
    assert_eq!(codes(&status), ["E0601", "E0601"]);
    assert_eq!(names(&status.stale), ["a.toml", "b.toml"]);
    assert_eq!(place.says(), ["a", "b"]);
    for name in ["rules", "plugins"] {
        fs::rename(place.path(&format!("{name}.away")), place.path(name)).unwrap();
    }
    assert!(place.look().is_healthy());
    assert_eq!(place.says(), ["a", "b"]);
}

#[cfg(unix)]
#[test]
fn links_to_folders_and_files_are_followed() {
    use std::os::unix::fs::symlink;
    let place = Place::new(&[
        ("v1/a.toml", says("a", "v1")),
        ("v2/a.toml", says("a", "v2")),
        ("one.toml", says("b", "b")),
    ]);
    symlink(place.path("v1"), place.path("rules/linked")).unwrap();
    symlink(place.path("one.toml"), place.path("rules/one.toml")).unwrap();
    place.look();
    assert_eq!(place.says(), ["v1", "b"]);
    let watched = place.reloader.watched();
    for name in ["rules", "plugins", "v1", ""] {
        let real = place.path(name).canonicalize().unwrap();
        assert!(
            watched.iter().any(|it| it.canonicalize().is_ok_and(|it| it == real)),
            "{name} in {watched:?}"
        );
    }
    // As a deployment does it: the link is replaced by one to the next version.
    symlink(place.path("v2"), place.path("rules/next")).unwrap();
    fs::rename(place.path("rules/next"), place.path("rules/linked")).unwrap();
    place.look();
    assert_eq!(place.says(), ["v2", "b"]);
    write(&place.path("one.toml"), says("b", "changed"));
    place.look();
    assert_eq!(place.says(), ["v2", "changed"]);
}

#[test]
fn a_thousand_files_at_once_are_one_load() {
    let place = Place::new(&[("rules/a.toml", says("a", "a"))]);
    for number in 0..1_000 {
        let text = rule(&format!("r{number}"), "on_turn_start", "turn.number > 5", "m", "");
        write(&place.path(&format!("rules/r{number:04}.toml")), text);
    }
    let status = place.look();
    assert_eq!((status.generation, status.rules), (2, 1_001));
    for number in 0..1_000 {
        fs::remove_file(place.path(&format!("rules/r{number:04}.toml"))).unwrap();
    }
    let status = place.look();
    assert_eq!((status.generation, status.rules), (3, 1));
}

#[test]
fn every_event_sees_one_version_of_all_rules() {
    let place = Place::new(&[("rules/a.toml", says("a", "0 a")), ("rules/b.toml", says("b", "0 b"))]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for session in ["x", "y"] {
            let (place, done) = (&place, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let said = place.says_in(session);
                    let versions: Vec<&str> = said.iter().map(|it| it.split(' ').next().unwrap()).collect();
                    assert!(versions.len() == 2 && versions[0] == versions[1], "{said:?}");
                }
            });
        }
        for version in 1..=100 {
            for id in ["a", "b"] {
                write(&place.path(&format!("rules/{id}.toml")), says(id, &format!("{version} {id}")));
            }
            let paths = vec![place.path("rules/a.toml"), place.path("rules/b.toml")];
            assert_eq!(place.reloader.apply(&Change::Some(paths)).generation, version + 1);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(place.says(), ["100 a", "100 b"]);
}

/// Waits until it is so; the patience is for slow machines, what is tested takes milliseconds.
fn eventually(mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        if is_so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn the_watch_puts_in_force_what_is_saved() {
    for notify in [true, false] {
        let place = Place::new(&[("rules/a.toml", says("a", "one"))]);
        let options = WatchOptions { notify, poll: Duration::from_millis(20), ..WatchOptions::default() };
        let watch = Watch::start(Arc::clone(&place.reloader), options).unwrap();
        write(&place.path("rules/a.toml"), says("a", "two, longer"));
        assert!(eventually(|| place.says() == ["two, longer"]), "notify: {notify}");
        write(&place.path("rules/deep/b.toml"), says("b", "new"));
        assert!(eventually(|| place.says() == ["two, longer", "new"]), "notify: {notify}");
        write(&place.path("rules/a.toml"), "[rule");
        assert!(eventually(|| !place.reloader.status().is_healthy()), "notify: {notify}");
        assert_eq!(place.says(), ["two, longer", "new"]);
        fs::remove_dir_all(place.path("rules/deep")).unwrap();
        assert!(eventually(|| place.says() == ["two, longer"]), "notify: {notify}");
        drop(watch);
        write(&place.path("rules/a.toml"), says("a", "three"));
        assert_eq!(place.says(), ["two, longer"], "nobody watches any more");
    }
}
