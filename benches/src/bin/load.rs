//! Load for a server that runs: how long requests take, how many it answers, and whether any fails or is lost.
//!
//! `cargo run --release -p oracle-benches --bin load -- 127.0.0.1:8377` sends events over keep-alive connections, each
//! from a thread of its own and for a session of its own. `--get PATH` asks for a path instead, `--batch N` puts N
//! events into a request, `--sessions N` opens so many sessions first, and `--disturb` toggles a rule and reloads all
//! along.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const USAGE: &str = "usage: load ADDRESS [--connections N] [--seconds S] [--get PATH] [--batch N] [--sessions N] \
                     [--disturb]";

/// What the command line asks for.
#[derive(Clone)]
struct Options {
    address: String,
    connections: usize,
    seconds: f64,
    get: Option<String>,
    batch: usize,
    sessions: usize,
    disturb: bool,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    times_ns: Vec<u64>,
    failed: u64,
}

fn main() -> ExitCode {
    let outcome =
        options(std::env::args().skip(1)).and_then(|options| run(&options).map_err(|it| it.to_string()));
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        address: String::new(),
        connections: 8,
        seconds: 5.0,
        get: None,
        batch: 1,
        sessions: 0,
        disturb: false,
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| USAGE.to_owned());
        let number = |text: String| text.parse::<usize>().map_err(|_| USAGE.to_owned());
        match arg.as_str() {
            "--connections" => options.connections = number(value()?)?,
            "--seconds" => options.seconds = value()?.parse().map_err(|_| USAGE.to_owned())?,
            "--get" => options.get = Some(value()?),
            "--batch" => options.batch = number(value()?)?.max(1),
            "--sessions" => options.sessions = number(value()?)?,
            "--disturb" => options.disturb = true,
            _ if options.address.is_empty() && !arg.starts_with('-') => options.address = arg,
            _ => return Err(USAGE.to_owned()),
        }
    }
    if options.address.is_empty() { Err(USAGE.to_owned()) } else { Ok(options) }
}

/// Runs the load and prints what came of it; how many requests failed.
fn run(options: &Options) -> io::Result<u64> {
    open_sessions(options)?;
    let before = handled(options)?;
    let stop = Arc::new(AtomicBool::new(false));
    let disturbing = options.disturb.then(|| {
        let (options, stop) = (options.clone(), Arc::clone(&stop));
        thread::spawn(move || disturb(&options, &stop))
    });
    let began = Instant::now();
    let until = began + Duration::from_secs_f64(options.seconds);
    let threads: Vec<_> = (0..options.connections)
        .map(|at| {
            let options = options.clone();
            thread::spawn(move || send(&options, at, until))
        })
        .collect();
    let mut all = Seen::default();
    for thread in threads {
        let seen = thread.join().unwrap_or_else(|_| Seen { failed: 1, ..Seen::default() });
        all.times_ns.extend(seen.times_ns);
        all.failed += seen.failed;
    }
    let took = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let disturbed = disturbing.map(|it| it.join().unwrap_or((0, 1)));
    let sent = all.times_ns.len().saturating_mul(options.batch);
    let failed = report(options, all, took, disturbed)?;
    if options.get.is_some() {
        return Ok(failed);
    }
    // What was answered was handled: else it is lost.
    let lost = (sent as u64).saturating_sub(handled(options)?.saturating_sub(before));
    writeln!(io::stdout(), "lost       {lost} of {sent} events")?;
    Ok(failed + lost)
}

/// How many events the server has handled, as its metrics say.
fn handled(options: &Options) -> io::Result<u64> {
    let mut connection = Connection::open(&options.address)?;
    let request = connection.request("GET", "/metrics", "");
    if !connection.exchange(&request)? {
        return Err(io::Error::other("the server does not show its metrics"));
    }
    let text = String::from_utf8_lossy(&connection.body);
    let counts = text.lines().filter(|line| line.starts_with("oracle_events_total{"));
    Ok(counts.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(options: &Options, mut all: Seen, took: f64, disturbed: Option<(u64, u64)>) -> io::Result<u64> {
    all.times_ns.sort_unstable();
    let count = all.times_ns.len();
    let at = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
        let at = (share * count as f64) as usize;
        all.times_ns.get(at.min(count.saturating_sub(1))).map_or(0.0, |it| *it as f64 / 1000.0)
    };
    let rate = count as f64 / took;
    let mut out = io::stdout().lock();
    writeln!(out, "requests   {count} in {took:.2} s over {} connections", options.connections)?;
    writeln!(out, "rate       {rate:.0} requests/s, {:.0} events/s", rate * options.batch as f64)?;
    writeln!(
        out,
        "time       p50 {:.0} us, p90 {:.0} us, p99 {:.0} us, most {:.0} us",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    )?;
    let mut failed = all.failed;
    if let Some((changes, broken)) = disturbed {
        writeln!(out, "meanwhile  {changes} toggles and reloads, {broken} failed")?;
        failed += broken;
    }
    writeln!(out, "failed     {failed}")?;
    Ok(failed)
}

fn event(session: &str, share: f64) -> String {
    format!(
        "{{\"type\":\"agent.turn.start\",\"session_id\":\"{session}\",\"payload\":{{\"token_usage\":{share},\
         \"context_usage\":0.3,\"iteration_count\":2}}}}"
    )
}

fn events(session: &str, batch: usize) -> String {
    let one = event(session, 0.4);
    if batch == 1 { one } else { format!("[{}]", vec![one; batch].join(",")) }
}

/// A connection that is used again.
struct Connection {
    stream: BufReader<TcpStream>,
    address: String,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Connection {
            stream: BufReader::new(stream),
            address: address.to_owned(),
            line: String::new(),
            body: Vec::new(),
        })
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .into_bytes()
    }

    /// Sends a request and reads the whole answer; whether it is a good one.
    fn exchange(&mut self, request: &[u8]) -> io::Result<bool> {
        self.stream.get_mut().write_all(request)?;
        self.line.clear();
        self.stream.read_line(&mut self.line)?;
        let good = self.line.starts_with("HTTP/1.1 200");
        let mut length = 0;
        loop {
            self.line.clear();
            self.stream.read_line(&mut self.line)?;
            let header = self.line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.parse().map_err(io::Error::other)?;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        Ok(good)
    }
}

fn send(options: &Options, at: usize, until: Instant) -> Seen {
    let mut seen = Seen::default();
    let Ok(mut connection) = Connection::open(&options.address) else {
        seen.failed = 1;
        return seen;
    };
    let request = match &options.get {
        Some(path) => connection.request("GET", path, ""),
        None => {
            let body = events(&format!("load-{at}"), options.batch);
            connection.request("POST", "/api/events", &body)
        }
    };
    loop {
        let began = Instant::now();
        if began >= until {
            return seen;
        }
        match connection.exchange(&request) {
            Ok(true) => {
                seen.times_ns.push(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX));
            }
            Ok(false) => seen.failed += 1,
            Err(_) => {
                seen.failed += 1;
                return seen;
            }
        }
    }
}

/// Opens sessions that stay idle.
fn open_sessions(options: &Options) -> io::Result<()> {
    if options.sessions == 0 {
        return Ok(());
    }
    let mut connection = Connection::open(&options.address)?;
    for at in 0..options.sessions {
        let request = connection.request("POST", "/api/events", &event(&format!("idle-{at}"), 0.9));
        if !connection.exchange(&request)? {
            return Err(io::Error::other(String::from_utf8_lossy(&connection.body).into_owned()));
        }
    }
    Ok(())
}

/// Toggles a rule and reloads until told to stop; how often, and how often it failed.
fn disturb(options: &Options, stop: &AtomicBool) -> (u64, u64) {
    let (mut done, mut failed) = (0, 0);
    let Ok(mut connection) = Connection::open(&options.address) else { return (0, 1) };
    let mut enabled = false;
    while !stop.load(Ordering::Relaxed) {
        let toggle = format!("{{\"enabled\": {enabled}}}");
        for (path, body) in [("/api/rules/large-result-hint/toggle", toggle.as_str()), ("/api/reload", "")] {
            let request = connection.request("POST", path, body);
            match connection.exchange(&request) {
                Ok(true) => done += 1,
                Ok(false) => failed += 1,
                Err(_) => return (done, failed + 1),
            }
        }
        enabled = !enabled;
        thread::sleep(Duration::from_millis(5));
    }
    (done, failed)
}
