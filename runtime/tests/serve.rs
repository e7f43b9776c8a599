//! `oracle serve` as a process: where it listens, who may call, what it logs, how it stops.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

/// The program in a folder of its own, with nothing of ours in the environment.
fn oracle(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oracle"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ORACLE_")) {
        command.env_remove(name);
    }
    command
}

/// A server that is stopped with the test.
struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
    greeting: String,
}

impl Server {
    fn start(folder: &Path, more: &[&str]) -> Server {
        let args = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut command = oracle(folder, &args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("-d '") {
            assert!(out.read_line(&mut greeting).unwrap() > 0, "the server ended: {greeting}");
        }
        let address = greeting.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        Server { child, out, address, greeting }
    }

    /// The answer to a request: status and body.
    fn call(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {length}\r\n{headers}\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.get(9..12).and_then(|it| it.parse().ok()).unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Tells the server to stop; its exit code, and what it wrote to the error stream.
    fn stop(mut self) -> (i32, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code().unwrap();
        let (mut log, mut rest) = (String::new(), String::new());
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        self.out.read_to_string(&mut rest).unwrap();
        (code, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that was stopped already is no problem.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
    assert!(log.contains("stopped"), "{log}");
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

/// How often the state of the rule outside plugins says that it was written.
fn kept(server: &Server) -> u64 {
    let (status, body) = server.call("GET", "/api/plugins/_rules/state", "", "");
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<serde_json::Value>(&body).unwrap()["count"].as_u64().unwrap_or(0)
}

const COUNT: &str = r#"
[rule]
id = "count"
trigger = "on_turn_end"
[condition]
expression = "True"
[action]
type = "set_state"
key = "count"
value = "{{ context.turn.number }}"
"#;

#[test]
fn what_was_acknowledged_survives_a_kill_under_load() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("rules")).unwrap();
    std::fs::write(folder.path().join("rules/count.toml"), COUNT).unwrap();
    let data = folder.path().join("data");
    let more = ["--data", data.to_str().unwrap()];
    let mut acknowledged = 0;
    for round in 0..3 {
        let began = std::time::Instant::now();
        let mut server = Server::start(folder.path(), &more);
        assert!(began.elapsed().as_secs_f64() < 5.0, "the start took {:?}", began.elapsed());
        assert!(kept(&server) >= acknowledged, "round {round}");
        let enabled = round % 2 == 0;
        let toggle = format!("{{\"enabled\": {enabled}}}");
        assert_eq!(server.call("POST", "/api/rules/large-result-hint/toggle", "", &toggle).0, 200);
        // Others write too, so that the kill comes in the middle of something.
        let address = server.address.clone();
        let others = std::thread::spawn(move || {
            let body = r#"{"type": "agent.turn.end", "session_id": "other", "project_id": "other"}"#;
            while let Ok(mut stream) = TcpStream::connect(&address) {
                let request = format!(
                    "POST /api/events HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
                     connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let mut answer = String::new();
                if stream.write_all(request.as_bytes()).is_err()
                    || stream.read_to_string(&mut answer).is_err()
                {
                    break;
                }
            }
        });
        for _ in 0..20 {
            let next = acknowledged + 1;
            let event = format!("{{\"type\": \"agent.turn.end\", \"payload\": {{\"turn_number\": {next}}}}}");
            let (status, body) = server.call("POST", "/api/events", "", &event);
            assert!(status == 200 && body.contains("set_state"), "{body}");
            acknowledged = next;
        }
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        others.join().unwrap();
        let again = Server::start(folder.path(), &more);
        assert_eq!(kept(&again), acknowledged, "round {round}");
        let (_, rule) = again.call("GET", "/api/rules/large-result-hint", "", "");
        assert!(rule.contains(&format!("\"enabled\":{enabled}")), "{rule}");
        assert_eq!(again.stop().0, 0);
    }
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
