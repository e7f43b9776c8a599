//! Where output goes and how it looks.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::time::{Duration, Instant};

/// How long work runs before progress is shown where nobody watches a terminal.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two lines of progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);

/// The look of a piece of text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look {
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
    Cyan,
}

impl Look {
    fn code(self) -> &'static str {
        match self {
            Look::Bold => "1",
            Look::Dim => "2",
            Look::Red => "31",
            Look::Green => "32",
            Look::Yellow => "33",
            Look::Cyan => "36",
        }
    }
}

/// Whether text is coloured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// The text in this look, where colours are on.
    pub(super) fn show<T: fmt::Display>(self, look: Look, text: T) -> Painted<T> {
        Painted { look: self.0.then_some(look), text }
    }
}

/// Text with a look.
pub(super) struct Painted<T> {
    look: Option<Look>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.look {
            Some(look) => write!(f, "\x1b[{}m{}\x1b[0m", look.code(), self.text),
            None => self.text.fmt(f),
        }
    }
}

/// The terminal, or what stands in for it.
pub(super) struct Console {
    out: BufWriter<StdoutLock<'static>>,
    paint: Paint,
    paint_errors: Paint,
    watched: bool,
    began: Instant,
    progress: Option<Instant>,
}

impl Console {
    /// The console of this process.
    pub(super) fn new() -> Console {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
            && std::env::var_os("TERM").is_none_or(|it| it != "dumb");
        Console {
            paint: Paint(wanted && io::stdout().is_terminal()),
            paint_errors: Paint(wanted && io::stderr().is_terminal()),
            watched: io::stderr().is_terminal(),
            out: BufWriter::with_capacity(64 * 1024, io::stdout().lock()),
            began: Instant::now(),
            progress: None,
        }
    }

    /// The looks of what goes to [`Console::out`].
    pub(super) fn paint(&self) -> Paint {
        self.paint
    }

    /// The looks of what goes to the error stream.
    pub(super) fn paint_errors(&self) -> Paint {
        self.paint_errors
    }

    /// Where results go.
    pub(super) fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Writes out what is buffered.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.clear_progress();
        self.out.flush()
    }

    /// Says something beside the results. Nobody is told when that fails: there is no other place for it.
    pub(super) fn note(&mut self, text: impl fmt::Display) {
        self.clear_progress();
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says what went wrong.
    pub(super) fn complain(&mut self, message: impl fmt::Display) {
        let error = self.paint_errors.show(Look::Red, "error");
        self.note(format_args!("{error}: {message}"));
    }

    /// Shows how far long work is: on a terminal at once, else nothing within the first second.
    pub(super) fn progress(&mut self, text: impl FnOnce() -> String) {
        let now = Instant::now();
        let due = self.progress.is_none_or(|last| now.duration_since(last) >= PROGRESS_EVERY);
        let patient = self.watched || now.duration_since(self.began) >= PATIENCE;
        if !due || !patient {
            return;
        }
        let mut stderr = io::stderr().lock();
        if self.watched {
            let _ = write!(stderr, "\r\x1b[K{}", text());
        } else if self.progress.is_none_or(|last| now.duration_since(last) >= PATIENCE * 10) {
            let _ = writeln!(stderr, "{}", text());
        } else {
            return;
        }
        self.progress = Some(now);
    }

    fn clear_progress(&mut self) {
        if self.watched && self.progress.take().is_some() {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}
