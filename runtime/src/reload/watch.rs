//! Watching files, on a thread of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::{Change, Debounce, Reloader};

/// How files are watched.
#[derive(Clone, Copy, Debug)]
pub struct WatchOptions {
    /// Whether the system is asked to say what changed; else the files are looked at again and again.
    pub notify: bool,
    /// How long nothing must have happened before files are read.
    pub quiet: Duration,
    /// How long changes may wait at most while more come in.
    pub longest: Duration,
    /// How often the files are looked at where the system does not say what changed.
    pub poll: Duration,
    /// How often they are looked at all the same where it does: network folders and links far away are not always
    /// reported.
    pub safety: Duration,
}

impl Default for WatchOptions {
    fn default() -> WatchOptions {
        WatchOptions {
            notify: true,
            quiet: Duration::from_millis(10),
            longest: Duration::from_millis(250),
            poll: Duration::from_millis(500),
            safety: Duration::from_secs(10),
        }
    }
}

enum Message {
    Event(notify::Result<Event>),
    Stop,
}

/// Files are watched as long as this lives.
#[derive(Debug)]
pub struct Watch {
    sender: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to watch the files of a reloader, and to put in force what changes.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(reloader: Arc<Reloader>, options: WatchOptions) -> std::io::Result<Watch> {
        let (sender, receiver) = mpsc::channel();
        let events = sender.clone();
        let thread = std::thread::Builder::new().name("oracle-watch".to_owned()).spawn(move || {
            let watcher = options.notify.then(|| Watched::new(events)).flatten();
            run(&reloader, &receiver, watcher, options);
        })?;
        Ok(Watch { sender, thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A thread that is gone needs no telling, and one that panicked has no more to say.
        let _ = self.sender.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The system's watcher and what it was asked to watch.
struct Watched {
    watcher: RecommendedWatcher,
    paths: BTreeSet<PathBuf>,
}

impl Watched {
    fn new(events: Sender<Message>) -> Option<Watched> {
        let forward = move |event| drop(events.send(Message::Event(event)));
        match notify::recommended_watcher(forward) {
            Ok(watcher) => Some(Watched { watcher, paths: BTreeSet::new() }),
            Err(error) => {
                tracing::warn!("files are looked at again and again, as they cannot be watched: {error}");
                None
            }
        }
    }

    /// Watches these paths and no others; whether all of them can be.
    fn follow(&mut self, wanted: Vec<PathBuf>) -> bool {
        let wanted: BTreeSet<PathBuf> = wanted.into_iter().collect();
        for path in self.paths.difference(&wanted) {
            // A path that is gone is not watched any more.
            let _ = self.watcher.unwatch(path);
        }
        self.paths = self.paths.intersection(&wanted).cloned().collect();
        for path in wanted.difference(&self.paths.clone()) {
            if self.watcher.watch(path, RecursiveMode::Recursive).is_ok() {
                self.paths.insert(path.clone());
            }
        }
        self.paths == wanted
    }

    /// Watches everything anew: a folder that was replaced by another of its name is another folder.
    fn renew(&mut self, wanted: Vec<PathBuf>) -> bool {
        for path in std::mem::take(&mut self.paths) {
            let _ = self.watcher.unwatch(&path);
        }
        self.follow(wanted)
    }
}

fn run(
    reloader: &Reloader,
    messages: &Receiver<Message>,
    mut watcher: Option<Watched>,
    options: WatchOptions,
) {
    let mut debounce = Debounce::new(options.quiet, options.longest);
    let mut follow = |renew: bool| {
        let all = watcher.as_mut().is_some_and(|it| match renew {
            true => it.renew(reloader.watched()),
            false => it.follow(reloader.watched()),
        });
        if all { options.safety } else { options.poll }
    };
    let mut interval = follow(false);
    // What changed before the first watch was in place.
    debounce.everything(Instant::now());
    let mut next_look = Instant::now() + interval;
    loop {
        let wake = debounce.due().map_or(next_look, |due| due.min(next_look));
        match messages.recv_timeout(wake.saturating_duration_since(Instant::now())) {
            Ok(Message::Event(event)) => note(reloader, event, &mut debounce),
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = Instant::now();
        let change = debounce.take(now).or_else(|| (now >= next_look).then_some(Change::All));
        if let Some(change) = change {
            let before = reloader.status().generation;
            reloader.apply(&change);
            if change == Change::All {
                interval = follow(reloader.status().generation != before);
                next_look = Instant::now() + interval;
            }
        }
    }
}

/// Takes note of what the system says.
fn note(reloader: &Reloader, event: notify::Result<Event>, debounce: &mut Debounce) {
    let now = Instant::now();
    let Ok(event) = event else { return debounce.everything(now) };
    if event.need_rescan() {
        return debounce.everything(now);
    }
    match event.kind {
        // Reading a file changes nothing; closing one that was written does.
        EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => {}
        _ => event
            .paths
            .into_iter()
            .filter(|path| reloader.concerns(path))
            .for_each(|path| debounce.path(path, now)),
    }
}
