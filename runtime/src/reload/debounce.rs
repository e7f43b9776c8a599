//! When to look at files that are being written: editors and checkouts change many things in a row.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Paths that are looked at one by one; more are a reason to look at everything.
const MOST_PATHS: usize = 256;

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These paths.
    Some(Vec<PathBuf>),
    /// Everything.
    All,
}

/// Gathers changes until nothing happened for a moment, or for as long as may be waited. It sees no clock.
#[derive(Debug)]
pub struct Debounce {
    quiet: Duration,
    longest: Duration,
    /// When the first and the last change of the burst were seen.
    burst: Option<(Instant, Instant)>,
    paths: BTreeSet<PathBuf>,
    all: bool,
}

impl Debounce {
    /// Waits for `quiet` after the last change, and at most for `longest` after the first.
    pub fn new(quiet: Duration, longest: Duration) -> Debounce {
        Debounce { quiet, longest, burst: None, paths: BTreeSet::new(), all: false }
    }

    /// Something happened to a path.
    pub fn path(&mut self, path: PathBuf, now: Instant) {
        self.touch(now);
        if !self.all {
            self.paths.insert(path);
            if self.paths.len() > MOST_PATHS {
                self.everything(now);
            }
        }
    }

    /// Something happened, nobody knows to what.
    pub fn everything(&mut self, now: Instant) {
        self.touch(now);
        self.all = true;
        self.paths.clear();
    }

    /// When to look, if there is a reason.
    pub fn due(&self) -> Option<Instant> {
        self.burst.map(|(first, last)| (first + self.longest).min(last + self.quiet))
    }

    /// What to look at, if it is time.
    pub fn take(&mut self, now: Instant) -> Option<Change> {
        if self.due()? > now {
            return None;
        }
        self.burst = None;
        let paths = std::mem::take(&mut self.paths);
        match std::mem::take(&mut self.all) {
            true => Some(Change::All),
            false => Some(Change::Some(paths.into_iter().collect())),
        }
    }

    fn touch(&mut self, now: Instant) {
        let first = self.burst.map_or(now, |(first, _)| first);
        self.burst = Some((first, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn debounce() -> (Debounce, Instant) {
        (Debounce::new(10 * MS, 100 * MS), Instant::now())
    }

    #[test]
    fn a_save_is_taken_when_it_is_over() {
        let (mut debounce, start) = debounce();
        assert_eq!(debounce.due(), None);
        debounce.path("a".into(), start);
        debounce.path("b".into(), start + 8 * MS);
        debounce.path("a".into(), start + 9 * MS);
        assert_eq!(debounce.take(start + 12 * MS), None, "the last change was a moment ago");
        assert_eq!(debounce.due(), Some(start + 19 * MS));
        assert_eq!(debounce.take(start + 19 * MS), Some(Change::Some(vec!["a".into(), "b".into()])));
        assert_eq!(debounce.take(start + 500 * MS), None, "nothing is taken twice");
    }

    #[test]
    fn a_file_that_is_written_all_the_time_is_looked_at_all_the_same() {
        let (mut debounce, start) = debounce();
        let mut taken = 0;
        for step in 0..1_000 {
            let now = start + step * MS;
            debounce.path("log.toml".into(), now);
            taken += u32::from(debounce.take(now).is_some());
        }
        assert_eq!(taken, 9);
    }

    #[test]
    fn a_thousand_changes_are_one_look_at_everything() {
        let (mut debounce, start) = debounce();
        for number in 0..1_000 {
            debounce.path(format!("{number}.toml").into(), start);
        }
        assert_eq!(debounce.take(start + 10 * MS), Some(Change::All));
        debounce.everything(start);
        debounce.path("a".into(), start);
        assert_eq!(debounce.take(start + 10 * MS), Some(Change::All));
        debounce.path("a".into(), start);
        assert_eq!(debounce.take(start + 10 * MS), Some(Change::Some(vec!["a".into()])), "it starts anew");
    }
}
