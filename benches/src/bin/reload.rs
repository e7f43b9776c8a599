//! Saving one of many rule files: how long until it is in force, and what events feel of it.
//!
//! `cargo run --release -p oracle-benches --bin reload` writes 10,000 rule files into a folder of its own, watches
//! them as `oracle serve` does, and saves one after the other while another thread handles events. `--rules N` and
//! `--saves N` change the counts.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use oracle_benches::cases::{ruleset_condition, ruleset_file};
use oracle_runtime::engine::{Engine, EngineOptions, Report, RuleSet};
use oracle_runtime::event::Event;
use oracle_runtime::reload::{Reloader, Watch, WatchOptions};
use oracle_runtime::ruleset::LoadOptions;

const USAGE: &str = "usage: reload [--rules N] [--saves N]";

/// Rule files in one folder.
const FOLDER: usize = 100;
/// How long events are handled before the first save, to compare with.
const BEFORE: Duration = Duration::from_secs(1);
/// How long a save may take to be in force before the run is given up.
const LONGEST: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let mut counts = [10_000, 20];
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let place = match arg.as_str() {
            "--rules" => counts.first_mut(),
            "--saves" => counts.last_mut(),
            _ => None,
        };
        let value = args.next().and_then(|it| it.parse::<usize>().ok()).filter(|it| *it > 0);
        let (Some(place), Some(value)) = (place, value) else {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        };
        *place = value;
    }
    let [rules, saves] = counts;
    let folder = std::env::temp_dir().join(format!("oracle-reload-{}", std::process::id()));
    let outcome = run(&folder, rules, saves);
    // What was written is of no use to anybody; where it cannot be removed, the system will.
    let _ = fs::remove_dir_all(&folder);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, rules: usize, saves: usize) -> Result<(), Box<dyn std::error::Error>> {
    for at in 0..rules {
        let path = path(folder, at);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, rule(at, at))?;
    }
    let engine = Arc::new(Engine::new(Arc::new(RuleSet::empty()?), EngineOptions::default()));
    let options = LoadOptions { paths: vec![folder.to_owned()], ..LoadOptions::default() };
    let began = Instant::now();
    let reloader = Arc::new(Reloader::new(Arc::clone(&engine), options));
    let first = began.elapsed();
    let watch = Watch::start(Arc::clone(&reloader), WatchOptions::default())?;
    let stop = AtomicBool::new(false);
    let saving = AtomicBool::new(false);
    let (times, events) = thread::scope(|scope| {
        let events = scope.spawn(|| handle(&engine, &stop, &saving));
        thread::sleep(BEFORE);
        saving.store(true, Ordering::Relaxed);
        let times = save(folder, &reloader, rules, saves);
        stop.store(true, Ordering::Relaxed);
        (times, events.join())
    });
    drop(watch);
    let events = events.map_err(|_| "the thread that handles events panicked")?;
    report(rules, first, times?, events)?;
    Ok(())
}

/// Saves files one after the other; for each, the time until it is in force, and the part of it that loading took.
fn save(
    folder: &Path,
    reloader: &Reloader,
    rules: usize,
    saves: usize,
) -> Result<Vec<(Duration, Duration)>, Box<dyn std::error::Error>> {
    let mut times = Vec::with_capacity(saves);
    for nth in 0..saves {
        let before = reloader.status().generation;
        let at = nth.wrapping_mul(7_919) % rules;
        fs::write(path(folder, at), rule(at, at + 1 + nth))?;
        let began = Instant::now();
        while reloader.status().generation == before {
            if began.elapsed() > LONGEST {
                return Err("a saved file did not come into force".into());
            }
            thread::sleep(Duration::from_micros(200));
        }
        times.push((began.elapsed(), reloader.status().took));
        // What editors and people do between two saves, so that the next is not part of the same burst.
        thread::sleep(Duration::from_millis(100));
    }
    Ok(times)
}

/// Handles events until told to stop; how long each took before the first save, and since.
fn handle(engine: &Engine, stop: &AtomicBool, saving: &AtomicBool) -> [Vec<Duration>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    let text = r#"{"type": "agent.turn.start", "session_id": "s", "payload": {"token_usage": 0.01}}"#;
    let Ok(event) = Event::from_json_text(text) else { return times };
    let mut results = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let [before, since] = &mut times;
        let times = if saving.load(Ordering::Relaxed) { since } else { before };
        let began = Instant::now();
        engine.handle_into(event.clone(), Report::Notable, &mut results);
        times.push(began.elapsed());
        results.clear();
        thread::sleep(Duration::from_micros(50));
    }
    times
}

fn report(
    rules: usize,
    first: Duration,
    times: Vec<(Duration, Duration)>,
    events: [Vec<Duration>; 2],
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "rules      {rules}, loaded at first in {first:.0?}")?;
    let (in_force, took): (Vec<_>, Vec<_>) = times.into_iter().unzip();
    writeln!(out, "in force   {} after a save", spread(in_force))?;
    writeln!(out, "of that    {} to load", spread(took))?;
    let [before, since] = events;
    writeln!(out, "events     {} with nothing saved", spread(before))?;
    writeln!(out, "meanwhile  {}", spread(since))
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let at = |percent| at(percent).copied().unwrap_or_default();
    format!("p50 {:.1?}, p99 {:.1?}, most {:.1?} ({})", at(50), at(99), at(100), times.len())
}

fn path(folder: &Path, at: usize) -> PathBuf {
    folder.join(format!("{:03}", at / FOLDER)).join(format!("rule-{at:05}.toml"))
}

/// A rule file; another `version` has another condition.
fn rule(at: usize, version: usize) -> String {
    ruleset_file(at).replace(&ruleset_condition(at), &ruleset_condition(version))
}
