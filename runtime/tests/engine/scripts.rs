//! Rules whose condition is a script.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oracle_compiler::diag::render::human;
use oracle_runtime::action::MemoryLog;
use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::ruleset::{LoadOptions, LoadReport, load};
use serde_json::json;

use crate::support::{event, failed, fired};

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("oracle-scripts-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, path: &str, text: &str) -> &Folder {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn rule(&self, path: &str, script: &str) -> &Folder {
        let id = Path::new(path).file_stem().unwrap().to_string_lossy().into_owned();
        self.write(
            path,
            &format!(
                "[rule]\nid = \"{id}\"\ntrigger = \"on_turn_start\"\n[params.limit]\ntype = \"integer\"\ndefault = 3\n\
                 [condition]\nscript = \"{script}\"\n[action]\ntype = \"notify_self\"\n\
                 message = \"turn {{{{ context.turn.number }}}} of {{{{ params.limit }}}}\"\n"
            ),
        )
    }

    fn load(&self, below: &str) -> LoadReport {
        load(&LoadOptions { paths: vec![self.0.join(below)], ..LoadOptions::default() }).unwrap()
    }

    /// The codes of what is wrong, and all of it as text without the folder's own path.
    fn problems(&self, below: &str) -> (Vec<&'static str>, String) {
        let report = self.load(below);
        let codes = report.diagnostics.iter().map(|it| it.code.row().code).collect();
        let text = human::render(&report.diagnostics, &report.sources, false);
        (codes, text.replace(&self.0.display().to_string(), "DIR"))
    }

    fn engine(&self) -> (Engine, Arc<MemoryLog>) {
        let report = self.load("");
        assert!(
            report.diagnostics.iter().all(|it| it.code.row().code.starts_with('W')),
            "{:#?}",
            report.diagnostics
        );
        let log = Arc::new(MemoryLog::default());
        let options = EngineOptions { log: log.clone(), ..EngineOptions::default() };
        (Engine::new(report.ruleset, options), log)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn turn() -> oracle_runtime::event::Event {
    event(json!({"type": "agent.turn.start", "session_id": "s"}))
}

#[test]
fn a_script_decides_and_may_bring_its_own_actions() {
    let folder = Folder::new("decides");
    folder.rule("a.toml", "a.lua").write("a.lua", "return context.turn.number >= params.limit");
    folder.rule("b.toml", "b.lua").write(
        "b.lua",
        "if context.turn.number == 2 then\n  return { type = 'notify_self', message = '{{ 1 + 1 }}', priority = 'high' }\nend",
    );
    folder.rule("c.toml", "c.lua").write(
        "c.lua",
        "local n = context.state.count or 0\nprint('count', n)\n\
         return { { type = 'set_state', key = 'count', value = n + 1 }, { type = 'log', message = 'n' .. n } }",
    );
    folder.rule("d.toml", "d.lua").write("d.lua", "\nerror('broken')");
    let (engine, log) = folder.engine();
    let results: Vec<_> = (0..3).flat_map(|_| engine.handle(turn())).collect();
    let fired: Vec<_> = results.iter().map(fired).collect();
    assert_eq!(fired, [vec!["c"], vec!["b", "c"], vec!["a", "c"]]);
    assert_eq!(failed(&results[0]), [("d", "script")]);
    let error = results[0].failed().next().unwrap().error.clone().unwrap();
    assert_eq!(error.message, "d.lua:2: broken");
    assert_eq!(results[1].notifications[0].message, "{{ 1 + 1 }}", "not rendered again");
    assert_eq!(results[2].notifications[0].message, "turn 3 of 3");
    let lines: Vec<_> = log.take().into_iter().map(|it| (it.rule_id, it.message)).collect();
    let expected: Vec<(String, String)> = (0..3)
        .flat_map(|n| [("c".to_owned(), format!("c.lua:2: count\t{n}")), ("c".to_owned(), format!("n{n}"))])
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn limits_hold_back_scripts_too() {
    let folder = Folder::new("limits");
    folder.rule("a.toml", "yes.lua").write("yes.lua", "return true");
    let text = fs::read_to_string(folder.0.join("a.toml")).unwrap();
    folder.write("a.toml", &format!("{text}\n[limits]\nhold_turns = 2\nmax_per_session = 1\n"));
    let (engine, _) = folder.engine();
    let fired: Vec<_> = (0..4).map(|_| fired(&engine.handle(turn())[0]).len()).collect();
    assert_eq!(fired, [0, 1, 0, 0]);
}

#[test]
fn a_script_that_runs_too_long_fails_alone() {
    let folder = Folder::new("slow");
    folder.rule("a.toml", "loop.lua").write("loop.lua", "while true do end");
    folder.rule("b.toml", "yes.lua").write("yes.lua", "return true");
    let report = folder.load("");
    let mut options = EngineOptions::default();
    options.scripts.time = std::time::Duration::from_millis(30);
    let engine = Engine::new(report.ruleset, options);
    let result = &engine.handle(turn())[0];
    assert_eq!(failed(result), [("a", "limit")]);
    assert_eq!(fired(result), ["b"]);
}

#[test]
fn scripts_lie_in_the_folder_of_their_rule() {
    let folder = Folder::new("places");
    folder.write("evil.lua", "return true");
    folder.rule("rules/beside.toml", "yes.lua").write("rules/yes.lua", "return true");
    folder.rule("rules/below.toml", "scripts/yes.lua").write("rules/scripts/yes.lua", "return true");
    folder.rule("rules/deep/up.toml", "../yes.lua");
    folder.rule("rules/deep/root.toml", "scripts/yes.lua");
    assert_eq!(folder.problems("rules"), (vec![], String::new()));
    for (script, code) in [
        ("../evil.lua", "E0502"),
        ("scripts/../../evil.lua", "E0502"),
        ("/etc/passwd", "E0502"),
        ("C:\\\\evil.lua", "E0502"),
        ("missing.lua", "E0501"),
        ("scripts", "E0501"),
        ("../../../../../../../../etc/passwd", "E0502"),
    ] {
        folder.rule("rules/bad.toml", script);
        let (codes, text) = folder.problems("rules");
        assert_eq!(codes, [code], "{script}");
        assert!(!text.contains("root:"), "{text}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.0.join("evil.lua"), folder.0.join("rules/link.lua")).unwrap();
        std::os::unix::fs::symlink(&folder.0, folder.0.join("rules/up")).unwrap();
        for script in ["link.lua", "up/evil.lua"] {
            folder.rule("rules/bad.toml", script);
            assert_eq!(folder.problems("rules").0, ["E0502"], "{script}");
        }
    }
    fs::remove_file(folder.0.join("rules/up")).unwrap();
    folder.rule("rules/bad.toml", "big.lua").write("rules/big.lua", &"-- x\n".repeat(60_000));
    assert_eq!(folder.problems("rules").0, ["E0501"]);
}

#[test]
fn a_script_that_does_not_parse_is_reported_with_its_line() {
    let folder = Folder::new("syntax");
    folder.rule("a.toml", "bad.lua").write("bad.lua", "local n = 1\nif n = 2 then\n  return true\nend\n");
    folder.rule("b.toml", "yes.lua").write("yes.lua", "return true");
    let (codes, text) = folder.problems("");
    assert_eq!(codes, ["E0503"]);
    insta::assert_snapshot!(text);
    assert_eq!(folder.load("").ruleset.rules().len(), 1, "the other rule loads");
}
