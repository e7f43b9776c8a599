//! What is left after `kill -9` in the middle of work: everything that was acknowledged.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::Server;

/// Writes the number of each turn.
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

/// Those who write at the same time, each in a project of its own.
const WRITERS: usize = 4;

/// The last turn that the state of a project has.
fn kept(server: &Server, project: usize) -> u64 {
    let path = format!("/api/plugins/_rules/state?project_id=p{project}");
    let (status, body) = server.call("GET", &path, "", "");
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<serde_json::Value>(&body).unwrap()["count"].as_u64().unwrap_or(0)
}

/// Ends turn after turn over one connection until the server is gone; the last turn that it acknowledged.
fn write(address: &str, project: usize, mut last: u64, acknowledged: &AtomicU64) -> u64 {
    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
    loop {
        let event = format!(
            "{{\"type\": \"agent.turn.end\", \"project_id\": \"p{project}\", \"payload\": {{\"turn_number\": {}}}}}",
            last + 1
        );
        let request = format!(
            "POST /api/events HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{event}",
            event.len()
        );
        if stream.get_mut().write_all(request.as_bytes()).is_err() {
            return last;
        }
        match answer(&mut stream) {
            Some(body) => assert!(body.contains("set_state"), "{body}"),
            None => return last,
        }
        last += 1;
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}

/// The body of an answer; nothing when the server did not finish it.
fn answer(stream: &mut impl BufRead) -> Option<String> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim_end().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(String::from_utf8(body).unwrap())
}

/// Kills a server again and again while it writes; how many turns were acknowledged, and how long the slowest start
/// took.
fn kill_while_writing(rounds: u64, acknowledged_each: u64) -> (u64, Duration) {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("rules")).unwrap();
    std::fs::write(folder.path().join("rules/count.toml"), COUNT).unwrap();
    let start = || {
        let began = Instant::now();
        let server = Server::start(folder.path(), &["--data", "data"]);
        assert_eq!(server.call("GET", "/readyz", "", "").0, 200);
        (server, began.elapsed())
    };
    let mut last = [0; WRITERS];
    let (mut server, mut slowest) = start();
    for round in 0..rounds {
        let enabled = round % 2 == 1;
        let toggle = format!("{{\"enabled\": {enabled}}}");
        assert_eq!(server.call("POST", "/api/rules/large-result-hint/toggle", "", &toggle).0, 200);
        let acknowledged = AtomicU64::new(0);
        let address = server.address.clone();
        thread::scope(|scope| {
            let (address, acknowledged) = (&address, &acknowledged);
            let mut writers = Vec::with_capacity(WRITERS);
            for (project, last) in last.into_iter().enumerate() {
                writers.push(scope.spawn(move || write(address, project, last, acknowledged)));
            }
            while acknowledged.load(Ordering::Relaxed) < acknowledged_each {
                thread::sleep(Duration::from_millis(1));
            }
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            for (last, writer) in last.iter_mut().zip(writers) {
                *last = writer.join().unwrap();
            }
        });
        let took;
        (server, took) = start();
        slowest = slowest.max(took);
        for (project, last) in last.iter_mut().enumerate() {
            let kept = kept(&server, project);
            // What was being written may be there as well; nobody was told.
            assert!(kept == *last || kept == *last + 1, "round {round}: {kept} of {last}");
            *last = kept;
        }
        let (_, rule) = server.call("GET", "/api/rules/large-result-hint", "", "");
        assert!(rule.contains(&format!("\"enabled\":{enabled}")), "round {round}: {rule}");
    }
    assert_eq!(server.stop().0, 0);
    (last.iter().sum(), slowest)
}

#[test]
fn what_was_acknowledged_survives_a_kill_under_load() {
    let (turns, _) = kill_while_writing(3, 60);
    assert!(turns >= 3 * 60, "{turns}");
}

#[test]
#[ignore = "takes minutes: run it in the release profile, where a start must take less than a second"]
fn what_was_acknowledged_survives_a_hundred_kills() {
    let (turns, slowest) = kill_while_writing(100, 2_000);
    println!("{turns} turns over 100 kills, the slowest start took {slowest:.0?}");
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}
