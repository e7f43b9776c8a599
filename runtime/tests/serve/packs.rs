//! Packs among the rules of a server: replaced while it runs, broken, mended.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, eventually, oracle};

/// A pack with one rule, which says this.
fn pack(folder: &Path, says: &str) -> Vec<u8> {
    let source = folder.join("source");
    fs::create_dir_all(&source).unwrap();
    let rule = format!(
        "[rule]\nid = \"packed\"\ntrigger = \"on_turn_end\"\n[condition]\nexpression = \"True\"\n\
         [action]\ntype = \"notify_self\"\nmessage = \"{says}\"\n"
    );
    fs::write(source.join("packed.toml"), rule).unwrap();
    let output = oracle(folder, &["compile", "source", "-o", "made.opk"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(folder.join("made.opk")).unwrap()
}

/// What the rule of the pack says now.
fn says(server: &Server) -> String {
    let (status, body) = server.call("POST", "/api/events", "", r#"{"type": "agent.turn.end"}"#);
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    // What it says again waits already: then only the inbox has it.
    server.call("GET", "/api/sessions/default/notifications", "", "");
    body["results"][0]["notifications"][0]["message"].as_str().unwrap_or_default().to_owned()
}

fn loaded(server: &Server) -> Value {
    serde_json::from_str(&server.call("GET", "/api/reload", "", "").1).unwrap()
}

fn has_metric(server: &Server, line: &str) -> bool {
    server.call("GET", "/metrics", "", "").1.lines().any(|it| it == line)
}

#[test]
fn a_pack_is_followed_and_a_broken_one_stays_as_it_was() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rules.opk");
    fs::write(&path, pack(folder.path(), "one")).unwrap();
    let server = Server::start(folder.path(), &["--rules", "rules.opk", "--log-format", "json"]);
    assert_eq!(says(&server), "one");

    // As `oracle compile` does it: the new pack takes the name of the old one.
    let two = pack(folder.path(), "two");
    fs::rename(folder.path().join("made.opk"), &path).unwrap();
    assert!(eventually(|| says(&server) == "two"));
    assert!(has_metric(&server, "oracle_files_stale 0"));

    fs::write(&path, &two[..two.len() / 2]).unwrap();
    assert!(eventually(|| loaded(&server)["healthy"] == false));
    let broken = loaded(&server);
    assert_eq!(broken["stale"], serde_json::json!(["rules.opk"]), "{broken}");
    assert_eq!(broken["left_out"], serde_json::json!([]), "{broken}");
    assert!(broken["diagnostics"].to_string().contains("the pack is refused"), "{broken}");
    assert_eq!(says(&server), "two");
    assert!(has_metric(&server, "oracle_files_stale 1"));
    assert_eq!(server.call("GET", "/readyz", "", "").0, 200);

    fs::write(&path, pack(folder.path(), "three")).unwrap();
    assert!(eventually(|| says(&server) == "three"));
    assert_eq!(loaded(&server)["stale"], serde_json::json!([]));
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("rules.opk") && log.contains("the pack is refused"), "{log}");
}

#[test]
fn a_pack_that_cannot_be_read_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let output = oracle(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--rules", "gone.opk"]).output();
    let error = String::from_utf8({ output }.unwrap().stderr).unwrap();
    assert!(error.contains("gone.opk") && error.contains("cannot be read"), "{error}");
    assert!(error.contains("check the path") && !error.contains("refused"), "{error}");
}
