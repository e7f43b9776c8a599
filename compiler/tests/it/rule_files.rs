//! Rule files: every error and warning has a fixture, and its report is a snapshot.

#![expect(clippy::disallowed_methods, reason = "fixtures are files; the compiler itself reads none")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oracle_compiler::diag::render::human;
use oracle_compiler::diag::{Code, Severity};
use oracle_compiler::rule::{ActionSpec, ParamSpec, ParamType};
use oracle_compiler::rulefile::{FILE_BYTES, PluginContext};
use oracle_compiler::session::{Compiled, Options, RuleInput, compile_rules};
use oracle_vm::value::Data;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(path: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder(path)).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let read =
        |path: &PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap());
    paths.iter().filter(|it| it.extension().is_some_and(|it| it == "toml")).map(read).collect()
}

fn compile(inputs: &[RuleInput]) -> Compiled {
    let made = compile_rules(inputs, Options::default());
    assert_eq!(made.rules.len(), made.pack.rules().len());
    assert_eq!(made.rules.len(), made.places.len());
    assert_eq!(made.files.len(), inputs.len());
    for (rule, entry) in made.rules.iter().zip(made.pack.rules().iter()) {
        assert_eq!((rule.id.as_str(), rule.hook, rule.priority), (entry.id, entry.hook, entry.priority));
    }
    oracle_vm::verify::verify(made.pack.clone()).unwrap();
    made
}

fn one(text: &str) -> Compiled {
    compile(&[RuleInput::loose("r.toml", text)])
}

fn codes(made: &Compiled) -> Vec<&'static str> {
    made.diagnostics.iter().map(|it| it.code.code()).collect()
}

/// All reports of a folder, each below the name of its file.
fn reports(path: &str, check: impl Fn(&str, &Compiled)) -> String {
    let mut out = String::new();
    for (name, bytes) in files(path) {
        let made = compile(&[RuleInput::loose(name.clone(), bytes)]);
        check(&name, &made);
        out.push_str(&format!("--- {name}\n{}", human::render(&made.diagnostics, &made.sources, false)));
    }
    out
}

#[test]
fn files_with_errors_are_left_out_and_reported() {
    let reports = reports("tests/fixtures/rules/bad", |name, made| {
        assert!(made.rules.is_empty(), "{name}");
        assert!(made.diagnostics.iter().any(|it| it.severity == Severity::Error), "{name}");
    });
    insta::assert_snapshot!(reports);
}

#[test]
fn files_with_warnings_load() {
    let reports = reports("tests/fixtures/rules/warn", |name, made| {
        assert_eq!(made.rules.len(), 1, "{name}");
        assert!(made.diagnostics.iter().all(|it| it.severity == Severity::Warning), "{name}");
        assert!(!made.diagnostics.is_empty(), "{name}");
    });
    insta::assert_snapshot!(reports);
}

#[test]
fn good_files_load_in_silence() {
    let reports = reports("tests/fixtures/rules/ok", |name, made| assert_eq!(made.rules.len(), 1, "{name}"));
    assert!(!reports.contains("error") && !reports.contains("warning"), "{reports}");
    let bytes = fs::read(folder("tests/fixtures/rules/ok/everything.toml")).unwrap();
    let made = compile(&[RuleInput::loose("everything.toml", bytes)]);
    insta::assert_debug_snapshot!(made.rules);
}

#[test]
fn built_in_rules_load_in_silence_and_have_examples() {
    let inputs: Vec<RuleInput> =
        files("../rules").into_iter().map(|(name, bytes)| RuleInput::loose(name, bytes)).collect();
    let made = compile(&inputs);
    assert_eq!(human::render(&made.diagnostics, &made.sources, false), "");
    assert_eq!(made.rules.len(), inputs.len());
    for rule in &made.rules {
        assert_eq!(format!("{}.toml", rule.id), rule.source_path);
        assert!(rule.tests.len() >= 3 && !rule.description.is_empty(), "{}", rule.id);
        assert!(rule.tests.iter().any(|it| it.fires), "{}", rule.id);
    }
}

#[test]
fn one_bad_file_never_keeps_the_others_out() {
    let mut inputs: Vec<RuleInput> = Vec::new();
    for folder in ["bad", "ok"] {
        for (name, bytes) in files(&format!("tests/fixtures/rules/{folder}")) {
            inputs.push(RuleInput::loose(name, bytes));
        }
    }
    let made = compile(&inputs);
    let good = files("tests/fixtures/rules/ok").len();
    // Two of the good files have the same id; the first of them stays.
    assert!(made.rules.len() >= good - 2, "{}", made.rules.len());
    for (input, outcome) in inputs.iter().zip(&made.files) {
        assert_eq!(input.path, outcome.path);
    }
}

const GOOD: &str = "[rule]\nid = \"r\"\ntrigger = \"on_turn_start\"\n[condition]\n\
    expression = \"context.turn.number > 3\"\n[action]\ntype = \"log\"\n";

#[test]
fn ids_are_unique_in_their_plugin() {
    let plugin = |id: &str| {
        Some(Arc::new(PluginContext { id: id.to_owned(), settings: Vec::new(), may_be_core: false }))
    };
    let input =
        |path: &str, plugin| RuleInput { path: path.to_owned(), bytes: GOOD.into(), plugin, root: None };
    let made = compile(&[
        input("a.toml", None),
        input("b.toml", None),
        input("p/c.toml", plugin("p")),
        input("q/d.toml", plugin("q")),
        input("q/e.toml", plugin("q")),
    ]);
    let ids: Vec<&str> = made.rules.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["r", "p:r", "q:r"]);
    insta::assert_snapshot!(human::render(&made.diagnostics, &made.sources, false));
}

#[test]
fn plugins_decide_neither_whose_nor_core_rules_are() {
    let settings = vec![ParamSpec {
        name: "max_sources".to_owned(),
        ty: ParamType::Integer,
        default: Data::Int(10),
        min: None,
        max: None,
        options: Vec::new(),
        title: None,
        description: String::new(),
    }];
    let text = "[rule]\nid = \"r\"\ntrigger = \"on_turn_start\"\nplugin_id = \"other\"\ncore = true\n[condition]\n\
        expression = \"context.turn.number > settings.max_sources\"\n[action]\ntype = \"log\"\n\
        message = \"{{ settings.max_sources }} {{ settings.max_sorces }}\"\n";
    let made = |may_be_core: bool, text: &str| {
        let plugin = PluginContext { id: "p".to_owned(), settings: settings.clone(), may_be_core };
        compile(&[RuleInput {
            path: "p/r.toml".to_owned(),
            bytes: text.into(),
            plugin: Some(Arc::new(plugin)),
            root: None,
        }])
    };
    let refused = made(false, text);
    assert!(refused.rules.is_empty());
    insta::assert_snapshot!(human::render(&refused.diagnostics, &refused.sources, false));
    let text = text.replace("other", "p").replace("sorces", "sources");
    assert_eq!(made(true, &text).rules[0].id, "p:r");
    assert_eq!(codes(&made(false, &text)), ["E0316"]);
}

#[test]
fn rules_that_do_the_same_are_noticed() {
    let rule = |id: &str, more: &str| {
        let text = GOOD.replace("\"r\"", &format!("\"{id}\"")).replace("type = \"log\"", more);
        RuleInput::loose(format!("{id}.toml"), text)
    };
    let say = "type = \"notify_self\"\nmessage = \"Wrap up.\"";
    let loud = "type = \"notify_self\"\nmessage = \"Wrap up.\"\npriority = \"high\"";
    let made = compile(&[rule("a", say), rule("b", say), rule("c", loud), rule("d", "type = \"log\"")]);
    assert_eq!(made.rules.len(), 4);
    insta::assert_snapshot!(human::render(&made.diagnostics, &made.sources, false));
}

#[test]
fn sizes_are_bounded() {
    let large = format!("{GOOD}# {}", "x".repeat(FILE_BYTES));
    assert_eq!(codes(&one(&large)), ["E0317"]);
    let actions = "[[action]]\ntype = \"log\"\n".repeat(101);
    let many = GOOD.replace("[action]\ntype = \"log\"\n", &actions);
    assert_eq!(codes(&one(&many)), ["E0317"]);
    let deep = format!("{GOOD}message = \"{{{{ 1{} }}}}\"\n", " + 1".repeat(20_000));
    assert_eq!(codes(&one(&deep)), ["E0317"]);
    for nested in ["[".repeat(100_000), format!("{}1", "{ a = ".repeat(100_000)), "a.".repeat(100_000)] {
        let made = one(&format!("{GOOD}\n[x]\ny = {nested}"));
        assert_eq!(made.rules.len(), 0);
        let made = one(&format!("{GOOD}\n[{nested}b]\ny = 1"));
        assert!(!made.diagnostics.is_empty());
    }
    let elif = format!("{GOOD}message = '{{% if 1 %}}{}{{% endif %}}'\n", "{% elif 1 %}".repeat(2_400));
    let _ = one(&elif);
}

#[test]
fn dates_become_text_and_values_keep_their_order() {
    let text = GOOD.replace(
        "type = \"log\"",
        "type = \"set_state\"\nkey = \"k\"\nvalue = { z = 2024-05-01, a = 18446744073709551615, m = nan }",
    );
    let made = one(&text);
    let ActionSpec::SetState { value: Data::Map(map), .. } = &made.rules[0].actions[0] else { panic!() };
    let keys: Vec<&str> = map.keys().map(|it| it.as_str()).collect();
    assert_eq!(keys, ["z", "a", "m"]);
    assert_eq!(map["z"], Data::text("2024-05-01"));
    assert_eq!(map["a"], Data::Big(u64::MAX));
}

#[test]
fn patterns_beyond_what_fits_leave_out_their_rules_alone() {
    let file = |id: usize, pattern: usize| {
        let text = format!(
            "[rule]\nid = 'r{id}'\ntrigger = 'on_turn_start'\n[condition]\n\
             expression = \"matches(context.session.id, '[ab]{{5000}}{pattern}')\"\n[action]\ntype = 'log'\n"
        );
        RuleInput::loose(format!("r{id}.toml"), text)
    };
    // Each takes a mebibyte of the 64; equal ones are in the pack once.
    let mut inputs: Vec<RuleInput> = (0..66).map(|at| file(at, at)).collect();
    inputs.push(file(66, 3));
    let made = compile(&inputs);
    let left_out: Vec<usize> = (0..67).filter(|at| made.files[*at].rule.is_none()).collect();
    assert_eq!(left_out, [64, 65]);
    let errors: Vec<_> = codes(&made).into_iter().filter(|it| it.starts_with('E')).collect();
    assert_eq!(errors, ["E0224", "E0224"]);
    let light = RuleInput::loose("light.toml", GOOD);
    assert!(compile(&[inputs, vec![light]].concat()).files[67].rule.is_some());
}

#[test]
fn every_code_of_rule_files_and_templates_has_a_fixture() {
    let mut seen: Vec<&str> = Vec::new();
    for folder in ["bad", "warn"] {
        for (name, bytes) in files(&format!("tests/fixtures/rules/{folder}")) {
            seen.extend(codes(&compile(&[RuleInput::loose(name, bytes)])));
        }
    }
    // Those that need several files, a plugin, or a large file have tests of their own; those of manifests and
    // plugins' folders are tested where these are read.
    let elsewhere = [
        "E0314", "E0315", "E0316", "E0317", "E0318", "E0319", "E0320", "W0306", "W0307", "W0310", "W0311",
        "W0312",
    ];
    for code in Code::ALL.iter().map(|it| it.code()) {
        let ours = matches!(code.get(1..3), Some("03" | "04")) && !elsewhere.contains(&code);
        assert!(!ours || seen.contains(&code), "{code} has no fixture");
    }
}
