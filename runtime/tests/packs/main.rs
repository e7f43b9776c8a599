//! Packs on the command line: made, looked into, signed, refused, run.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

mod place;

use std::fs;
use std::path::{Path, PathBuf};

use oracle_vm::pack::{Container, fingerprint, frame};
use place::Place;

#[test]
fn the_same_rules_give_the_same_bytes() {
    let place = Place::new();
    place.ok(&["compile", "rules", "-o", "a.opk"]);
    place.ok(&["compile", "rules", "-o", "b.opk"]);
    assert_eq!(place.read("a.opk"), place.read("b.opk"));
    // Elsewhere, by another name for the folder, and file by file in another order.
    place.copy_rules("far/away/rules");
    let absolute = place.path("far/away/rules");
    place.ok(&["compile", absolute.to_str().unwrap(), "-o", "c.opk"]);
    assert_eq!(place.read("a.opk"), place.read("c.opk"));
    place.ok(&["compile", "./rules/", "-o", "d.opk"]);
    assert_eq!(place.read("a.opk"), place.read("d.opk"));
    let mut files: Vec<PathBuf> =
        fs::read_dir(place.path("rules")).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let compile = |files: &[PathBuf], to: &str| {
        let files = files.iter().map(|it| it.to_str().unwrap());
        place.ok(&["compile", "-o", to].into_iter().chain(files).collect::<Vec<_>>());
        place.read(to)
    };
    let forward = compile(&files, "e.opk");
    files.reverse();
    assert_eq!(forward, compile(&files, "f.opk"));
}

#[test]
fn bad_rules_leave_the_old_pack_alone() {
    let place = Place::new();
    place.ok(&["compile", "rules", "-o", "x.opk"]);
    let before = place.read("x.opk");
    fs::write(place.path("rules/bad.toml"), "[rule]\nid = 5\n").unwrap();
    let errors = place.refused(&["compile", "rules", "-o", "x.opk"]);
    assert!(errors.contains("bad.toml") && errors.contains("no pack was written"), "{errors}");
    assert_eq!(place.read("x.opk"), before);
    assert_eq!(place.names(), ["rules", "x.opk"], "nothing half-written is left");
    place.refused(&["compile", "rules/token-budget-warning.toml", "-o", "no/such/folder/x.opk"]);
}

#[test]
fn a_pack_shows_what_is_in_it() {
    let place = Place::new();
    place.ok(&["compile", "rules", "-o", "x.opk"]);
    let info = place.ok(&["pack", "info", "x.opk"]);
    for word in ["format", "that of this version", "signed by  nobody", "sections", "strings", "sources"] {
        assert!(info.contains(word), "{word}:\n{info}");
    }
    let list = place.ok(&["pack", "list", "x.opk"]);
    assert!(list.contains("token-budget-warning") && list.contains("on_turn_start"), "{list}");
    place.ok(&["pack", "extract", "x.opk", "--into", "out"]);
    let name = "rules/token-budget-warning.toml";
    assert_eq!(fs::read(place.path("out").join(name)).unwrap(), place.read(name));
    assert!(place.refused(&["pack", "extract", "x.opk", "--into", "out"]).contains("is there already"));
    place.ok(&["compile", "rules", "-o", "small.opk", "--strip"]);
    assert!(place.read("small.opk").len() < place.read("x.opk").len());
    assert!(place.refused(&["pack", "extract", "small.opk", "--into", "o2"]).contains("--strip"));
}

#[test]
fn a_diff_says_what_changed_and_how() {
    let place = Place::new();
    place.ok(&["compile", "rules", "-o", "old.opk"]);
    assert_eq!(place.ok(&["pack", "diff", "old.opk", "old.opk"]), "rules: 0 added, 0 removed, 0 changed\n");
    let file = "rules/token-budget-warning.toml";
    let text = String::from_utf8(place.read(file)).unwrap();
    let text = text.replace("priority = 100", "priority = 99");
    let text = text.replace("expression = \"", "expression = \"context.turn.number > 3 and ");
    fs::write(place.path(file), text).unwrap();
    fs::remove_file(place.path("rules/query-start-log.toml")).unwrap();
    let rule = "[rule]\nid = 'new'\ntrigger = 'on_turn_end'\n[condition]\nexpression = 'True'\n[action]\ntype = 'log'\n";
    fs::write(place.path("rules/new.toml"), rule).unwrap();
    place.ok(&["compile", "rules", "-o", "new.opk"]);
    let diff = place.ok(&["pack", "diff", "old.opk", "new.opk"]);
    for line in [
        "+ new\n",
        "- query-start-log\n",
        "~ token-budget-warning: condition, priority, code\n",
        "    - 100\n    + 99\n",
        "rules: 1 added, 1 removed, 1 changed\n",
    ] {
        assert!(diff.contains(line), "{line}:\n{diff}");
    }
}

#[test]
fn keys_sign_and_others_are_refused() {
    let place = Place::new();
    place.ok(&["key", "new", "ci.key"]);
    place.ok(&["key", "new", "other.key"]);
    assert!(place.refused(&["key", "new", "ci.key"]).contains("is there already"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("ci.key"), 0o600);
    }
    let public = String::from_utf8(place.read("ci.key.pub")).unwrap();
    place.ok(&["compile", "rules", "-o", "plain.opk"]);
    place.ok(&["compile", "rules", "-o", "signed.opk", "--sign", "ci.key"]);
    let by = place.ok(&["pack", "verify", "signed.opk", "--key", "ci.key.pub"]);
    assert!(by.contains(public.trim()), "{by}");
    place.ok(&["pack", "verify", "signed.opk", "--key", public.trim()]);
    for (pack, key) in [("plain.opk", "ci.key.pub"), ("signed.opk", "other.key.pub")] {
        let wanted = String::from_utf8(place.read(key)).unwrap();
        let errors = place.refused(&["pack", "verify", pack, "--key", key]);
        assert!(errors.contains(wanted.trim()), "the key that was expected: {errors}");
    }
    assert!(place.refused(&["pack", "verify", "signed.opk", "--key", "ci.key"]).contains("secret"));
    let sign = ["compile", "rules", "-o", "x.opk", "--sign", "ci.key.pub"];
    assert!(place.refused(&sign).contains("public key"));
}

#[test]
fn what_is_no_pack_is_refused_by_name() {
    let place = Place::new();
    place.ok(&["compile", "rules", "-o", "x.opk"]);
    let bytes = place.read("x.opk");
    let mut broken = bytes.clone();
    broken[bytes.len() / 2] ^= 1;
    fs::write(place.path("broken.opk"), &broken).unwrap();
    let errors = place.refused(&["pack", "verify", "broken.opk"]);
    assert!(errors.contains("`broken.opk` is refused") && errors.contains("hash"), "{errors}");
    fs::write(place.path("text.opk"), "not a pack").unwrap();
    assert!(place.refused(&["pack", "info", "text.opk"]).contains("no rule pack"));
    assert!(place.refused(&["pack", "info", "none.opk"]).contains("no such file"));
}

/// The pack as another version of the program would have written it.
fn of_another_version(bytes: &[u8], format: u16, schema: u64) -> Vec<u8> {
    let container = Container::open(bytes).unwrap();
    let sections: Vec<(u32, bool, Vec<u8>)> =
        container.sections().iter().map(|it| (it.kind, it.required, it.bytes.to_vec())).collect();
    frame(&sections, format, schema, fingerprint::functions())
}

#[test]
fn packs_of_other_versions_are_compiled_again_from_their_sources() {
    let place = Place::new();
    place.ok(&["compile", "rules", "-o", "x.opk"]);
    place.ok(&["compile", "rules", "-o", "small.opk", "--strip"]);
    for (format, schema) in [(2, fingerprint::schema()), (1, 7)] {
        fs::write(place.path("other.opk"), of_another_version(&place.read("x.opk"), format, schema)).unwrap();
        let info = place.ok(&["pack", "info", "other.opk"]);
        assert!(info.contains("compiled again from its own sources"), "{info}");
        assert!(place.ok(&["pack", "diff", "x.opk", "other.opk"]).starts_with("rules: 0 added"));
        let small = of_another_version(&place.read("small.opk"), format, schema);
        fs::write(place.path("small2.opk"), small).unwrap();
        let errors = place.refused(&["pack", "list", "small2.opk"]);
        assert!(errors.contains("compile the rules again"), "{errors}");
    }
}

/// A folder with a trace in which the token budget runs out.
fn with_trace() -> Place {
    let place = Place::new();
    let line = r#"{"type": "agent.turn.start", "session_id": "s", "payload": {"token_usage": 0.9}}"#;
    fs::write(place.path("trace.jsonl"), format!("{line}\n")).unwrap();
    place
}

/// What a replay prints, without times.
fn replayed(place: &Place, more: &[&str]) -> Vec<String> {
    let args: Vec<&str> =
        ["run", "trace.jsonl", "--format-out", "json"].iter().chain(more).copied().collect();
    let printed = place.ok(&args);
    let results = printed.lines().filter(|line| !line.contains("summary"));
    results
        .map(|line| {
            let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
            json["time_us"] = 0.into();
            json["rules"].as_array_mut().unwrap().iter_mut().for_each(|rule| rule["time_us"] = 0.into());
            json["event"]["id"] = 0.into();
            json.to_string()
        })
        .collect()
}

#[test]
fn packs_stand_where_folders_do() {
    let place = with_trace();
    place.ok(&["compile", "rules", "-o", "x.opk"]);
    place.ok(&["compile", "rules", "-o", "small.opk", "--strip"]);
    let wanted = replayed(&place, &["--rules", "rules"]);
    assert!(wanted[0].contains("token-budget-warning"), "{wanted:?}");
    assert_eq!(replayed(&place, &["--rules", "x.opk"]), wanted);
    assert_eq!(replayed(&place, &["--rules", "small.opk"]), wanted);
    let examples = place.ok(&["test", "rules", "--quiet"]);
    assert_eq!(place.ok(&["test", "x.opk", "--quiet"]), examples);
    let code = place.ok(&["disasm", "x.opk", "token-budget-warning"]);
    assert_eq!(code, place.ok(&["disasm", "rules", "token-budget-warning"]));
    assert!(place.refused(&["disasm", "x.opk", "nobody"]).contains("nobody"));
    assert!(place.ok(&["check", "x.opk"]).contains("no problems"));
}

#[test]
fn a_listing_shows_which_events_wake_a_rule() {
    let place = with_trace();
    fs::create_dir(place.path("woken")).unwrap();
    for (id, condition) in [
        ("a-budget", "context.turn.token_usage > 0.8"),
        ("b-long", "context.turn.number >= 20 and context.session.id != 'x'"),
        ("c-one-of", "context.session.id in ['s', 't'] and context.turn.number < 3"),
        ("d-each", "context.turn.number % 4 == 0"),
        ("e-start", "context.user.id.startswith('admin')"),
        ("f-starts", "context.user.id.startswith(('vault_', 'v', 'x')) and context.turn.number >= 3"),
        ("g-not", "not context.user.id.startswith('guest') and context.turn.number >= 3"),
    ] {
        let rule = format!(
            "[rule]\nid = '{id}'\ntrigger = 'on_turn_start'\n[condition]\nexpression = \"{condition}\"\n[action]\ntype = 'log'\n"
        );
        fs::write(place.path(&format!("woken/{id}.toml")), rule).unwrap();
    }
    let whole = place.ok(&["disasm", "woken"]);
    let index = whole.split("\n\n").last().unwrap();
    assert_eq!(
        index,
        "index of on_turn_start: 7 rules\n  \
           a-budget  when turn.token_usage > 0.8\n  \
           b-long    when turn.number >= 20, then by its code\n  \
           c-one-of  when session.id in ['s', 't'] and turn.number < 3\n  \
           d-each    by its code, for every event\n  \
           e-start   when user.id.startswith('admin')\n  \
           f-starts  when user.id.startswith(('v', 'x')) and turn.number >= 3\n  \
           g-not     when turn.number >= 3, then by its code\n"
    );
    let one = place.ok(&["disasm", "woken", "d-each"]);
    assert!(
        one.ends_with("index of on_turn_start: 1 rule\n  d-each  by its code, for every event\n"),
        "{one}"
    );
}

#[test]
fn a_pack_and_a_folder_run_side_by_side() {
    let place = with_trace();
    fs::create_dir(place.path("more")).unwrap();
    let rule = "[rule]\nid = 'more'\ntrigger = 'on_turn_start'\n[condition]\nexpression = \"matches(context.session.id, '^s')\"\n[action]\ntype = 'log'\n";
    fs::write(place.path("more/more.toml"), rule).unwrap();
    place.ok(&["compile", "rules", "-o", "x.opk"]);
    place.ok(&["compile", "more", "-o", "more.opk"]);
    let all = replayed(&place, &["--rules", "rules", "--rules", "more"]);
    for sets in [["x.opk", "more"], ["more", "x.opk"], ["x.opk", "more.opk"]] {
        assert_eq!(replayed(&place, &["--rules", sets[0], "--rules", sets[1]]), all, "{sets:?}");
    }
    // The same rules twice: those that came first stay.
    let output = place.oracle(&["run", "trace.jsonl", "--rules", "rules", "--rules", "x.opk"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is left out: there is another one"));
}

#[test]
fn a_host_that_wants_signatures_runs_nothing_else() {
    let place = with_trace();
    place.ok(&["key", "new", "ci.key"]);
    place.ok(&["compile", "rules", "-o", "plain.opk"]);
    place.ok(&["compile", "rules", "-o", "signed.opk", "--sign", "ci.key"]);
    fs::write(place.path("oracle.toml"), "trusted_keys = ['ci.key.pub']\n").unwrap();
    let public = String::from_utf8(place.read("ci.key.pub")).unwrap();
    for args in [["run", "trace.jsonl", "--rules", "plain.opk"], ["test", "plain.opk", "--quiet", "--quiet"]]
    {
        let args = if args[0] == "test" { &args[..3] } else { &args[..] };
        let errors = place.refused(args);
        assert!(errors.contains("not signed") && errors.contains(public.trim()), "{args:?}: {errors}");
    }
    place.ok(&["run", "trace.jsonl", "--rules", "signed.opk"]);
    assert!(place.refused(&["disasm", "plain.opk"]).contains(public.trim()));
    assert!(place.refused(&["check", "plain.opk"]).contains(public.trim()));
}

const MANIFEST: &str = "[plugin]\nid = 'helper'\nversion = '1.2.0'\n[capabilities]\nrequires = ['web_search']\n[settings.most]\ntype = 'integer'\ndefault = 3\n";
const PLUGIN_RULE: &str = "[rule]\nid = 'busy'\ntrigger = 'on_turn_start'\n[condition]\nexpression = 'context.turn.number < settings.most'\n[action]\ntype = 'notify_self'\nmessage = 'at most {{ settings.most }}'\n[[test]]\nname = 't'\nfires = true\nmessage = 'at most 3'\n";

#[test]
fn plugins_travel_with_their_settings() {
    let place = with_trace();
    fs::create_dir_all(place.path("plugins/helper/rules")).unwrap();
    fs::write(place.path("plugins/helper/manifest.toml"), MANIFEST).unwrap();
    fs::write(place.path("plugins/helper/rules/busy.toml"), PLUGIN_RULE).unwrap();
    place.ok(&["compile", "rules", "plugins/helper", "-o", "x.opk"]);
    place.ok(&["compile", "rules", "--plugins", "plugins", "-o", "y.opk"]);
    assert_eq!(place.read("x.opk"), place.read("y.opk"));
    assert!(place.ok(&["pack", "list", "x.opk"]).contains("helper:busy"));
    let wanted = replayed(&place, &["--rules", "rules", "--plugins", "plugins"]);
    assert!(wanted[0].contains("helper:busy") && wanted[0].contains("at most 3"), "{wanted:?}");
    assert_eq!(replayed(&place, &["--rules", "x.opk"]), wanted);
    place.ok(&["test", "x.opk", "--quiet"]);
    // A pack of another version is compiled again, plugins too.
    fs::write(place.path("other.opk"), of_another_version(&place.read("x.opk"), 2, 1)).unwrap();
    assert_eq!(replayed(&place, &["--rules", "other.opk"]), wanted);
    // The folders' own plugin stays; so does a host that lacks what the plugin needs.
    let both = place.oracle(&["run", "trace.jsonl", "--rules", "x.opk", "--plugins", "plugins"]);
    assert!(String::from_utf8(both.stderr).unwrap().contains("plugin `helper` is left out"));
    fs::write(place.path("oracle.toml"), "capabilities = ['vault_read']\n").unwrap();
    let poor = place.oracle(&["run", "trace.jsonl", "--rules", "x.opk"]);
    assert_eq!(poor.status.code(), Some(0));
    assert!(String::from_utf8(poor.stderr).unwrap().contains("it requires `web_search`"));
    place.ok(&["pack", "extract", "x.opk", "--into", "out"]);
    assert_eq!(fs::read_to_string(place.path("out/helper/manifest.toml")).unwrap(), MANIFEST);
}

#[test]
fn scripts_travel_as_source() {
    let place = with_trace();
    fs::create_dir_all(place.path("more/scripts")).unwrap();
    let rule = "[rule]\nid = 'scripted'\ntrigger = 'on_turn_start'\n[condition]\nscript = 'scripts/s.lua'\n[action]\ntype = 'log'\n";
    fs::write(place.path("more/scripted.toml"), rule).unwrap();
    fs::write(place.path("more/scripts/s.lua"), "return context.turn.token_usage > 0.5\n").unwrap();
    place.ok(&["compile", "more", "-o", "x.opk"]);
    place.ok(&["compile", "more", "-o", "small.opk", "--strip"]);
    let wanted = replayed(&place, &["--rules", "more"]);
    assert!(wanted[0].contains("scripted"), "{wanted:?}");
    place.ok(&["pack", "extract", "x.opk", "--into", "out"]);
    fs::remove_dir_all(place.path("more")).unwrap();
    assert_eq!(replayed(&place, &["--rules", "x.opk"]), wanted);
    assert_eq!(replayed(&place, &["--rules", "small.opk"]), wanted);
    assert_eq!(replayed(&place, &["--rules", "out/more"]), wanted);
    assert!(place.ok(&["check", "x.opk"]).contains("no problems"));
    fs::write(place.path("other.opk"), of_another_version(&place.read("x.opk"), 2, 1)).unwrap();
    assert_eq!(replayed(&place, &["--rules", "other.opk"]), wanted);
}

/// Packs as they were released stay in the folder of fixtures and keep loading, one way or the other.
#[test]
fn packs_of_every_released_format_load() {
    let place = with_trace();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap();
        count += 1;
        assert!(place.ok(&["pack", "list", name]).contains("helper:busy"), "{name}");
        place.ok(&["test", name, "--quiet"]);
        let fired = replayed(&place, &["--rules", name]);
        assert!(fired[0].contains("helper:busy") && fired[0].contains("scripted"), "{name}: {fired:?}");
    }
    assert!(count >= 1);
}
