//! `oracle serve` as a process: where it listens, who may call, what it logs, how it stops.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

mod crash;
mod packs;
mod support;

use tempfile::TempDir;

use support::{Server, oracle};

const EVENT: &str = r#"{"type": "agent.turn.start", "session_id": "s-77", "payload": {"token_usage": 0.9}}"#;

#[test]
fn a_server_needs_no_configuration() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &[]);
    assert!(server.greeting.contains(&format!("curl -s http://{}/api/events", server.address)));
    let (status, body) = server.call("POST", "/api/events", "", EVENT);
    assert!(status == 200 && body.contains("token-budget-warning"), "{body}");
    assert_eq!(server.call("GET", "/readyz", "", "").0, 200);
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("stopped") && log.contains("keep it with `--data DIR`"), "{log}");
}

#[test]
fn without_tokens_it_listens_on_this_machine_only() {
    let folder = TempDir::new().unwrap();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let output = oracle(folder.path(), &["serve", "--listen", address]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("oracle token new") && error.contains("127.0.0.1"), "{error}");
    }
}

#[test]
fn a_new_token_lets_its_user_in_and_shows_in_no_log() {
    let folder = TempDir::new().unwrap();
    let output = oracle(folder.path(), &["token", "new", "--user", "ada", "--scopes", "read+evaluate"]);
    let text = String::from_utf8({ output }.output().unwrap().stdout).unwrap();
    let token = text.lines().next().unwrap().to_owned();
    let line = text.lines().find(|it| it.starts_with("tokens = ")).unwrap();
    assert!(!line.contains(&token));
    let secret = "0123456789abcdef0123456789abcdef-secret";
    std::fs::write(folder.path().join("oracle.toml"), format!("{line}\njwt_secret = \"{secret}\"\n"))
        .unwrap();
    let server = Server::start(folder.path(), &["--log-level", "trace", "--log-format", "json"]);
    assert!(server.greeting.contains("authorization: Bearer $TOKEN"), "{}", server.greeting);
    let bearer = format!("authorization: Bearer {token}\r\n");
    assert_eq!(server.call("POST", "/api/events", &bearer, EVENT).0, 200);
    assert_eq!(server.call("GET", "/api/rules", &bearer, "").0, 200);
    let toggle = "/api/rules/large-result-hint/toggle";
    assert_eq!(server.call("POST", toggle, &bearer, r#"{"enabled": false}"#).0, 403);
    assert_eq!(server.call("GET", "/api/rules", "", "").0, 401);
    assert_eq!(server.call("GET", "/api/rules", "authorization: Bearer oracle_wrong\r\n", "").0, 401);
    assert_eq!(server.call("GET", "/healthz", "", "").0, 200);
    let (code, log) = server.stop();
    assert_eq!(code, 0);
    let hash = line.split(' ').next_back().unwrap().trim_end_matches("\"]");
    for hidden in [token.as_str(), secret, hash] {
        assert!(!log.contains(hidden), "the log shows {hidden}");
    }
    let lines: Vec<&str> = log.lines().filter(|it| it.starts_with('{')).collect();
    assert!(lines.len() > 3, "{log}");
    for line in lines {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    assert!(log.contains("\"route\":\"/api/events\"") && log.contains("\"status\":200"), "{log}");
}

#[test]
fn bad_tokens_are_refused_at_the_start() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("oracle.toml"), "tokens = ['ada everything 00']\njwt_secret = 'x'\n")
        .unwrap();
    let output = oracle(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("tokens, item 1") && error.contains("jwt_secret"), "{error}");
}
