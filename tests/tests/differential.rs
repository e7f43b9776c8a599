//! Contract 1 of the condition language: what is accepted behaves exactly as in Python.
//!
//! `ORACLE_DIFF_CASES` sets the number of expressions, `ORACLE_DIFF_SEED` the seed of the first; a failing case
//! prints its own seed. Without Python the test is skipped, except on the continuous integration.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use oracle_tests::differential::python;
use oracle_tests::differential::run::{BATCH, Failure, Worker};
use oracle_tests::differential::stats::Stats;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn conditions_behave_as_in_python() {
    if !python::available() {
        let message = "SKIPPED: there is no python3 to compare conditions with";
        assert!(std::env::var_os("CI").is_none_or(|it| it != "true"), "{message}");
        eprintln!("{message}");
        return;
    }
    let (cases, seed) = (setting("ORACLE_DIFF_CASES", 20_000), setting("ORACLE_DIFF_SEED", 1));
    let most = setting("ORACLE_DIFF_FAILURES", 10) as usize;
    let started = std::time::Instant::now();
    let next = AtomicU64::new(0);
    let total = Mutex::new((Stats::default(), Vec::<Failure>::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut worker = Worker::start();
                loop {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    let enough = total.lock().expect("no worker panicked").1.len() >= most;
                    if batch * BATCH >= cases || enough {
                        break;
                    }
                    let failures = worker.batch(seed.wrapping_add(batch));
                    total.lock().expect("no worker panicked").1.extend(failures);
                }
                total.lock().expect("no worker panicked").0.add(worker.stats);
            });
        }
    });
    let (stats, failures) = total.into_inner().expect("no worker panicked");
    report(&stats, started.elapsed().as_secs_f64());
    for failure in &failures {
        eprintln!("\n{failure}");
    }
    assert!(failures.is_empty(), "{} cases disagree with Python", failures.len());
    if cases >= 20_000 {
        assert_eq!(stats.missing(), Vec::<String>::new(), "not covered");
    }
}

fn report(stats: &Stats, seconds: f64) {
    for (name, count) in &stats.nodes {
        println!("{count:>10}  {name}");
    }
    for (name, count) in &stats.events {
        println!("{count:>10}  {name}");
    }
    let cases = stats.events.get("expressions").copied().unwrap_or_default() as f64;
    let accepted = stats.events.get("accepted").copied().unwrap_or_default() as f64;
    println!(
        "{cases} expressions, {:.1} % accepted, {:.0} a second",
        100.0 * accepted / cases,
        cases / seconds
    );
}
