//! How far a long run has come, on standard error, when a person watches it.

use super::render::shown;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work that is done sooner is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the bar is drawn when nothing else moves it.
const BEAT: Duration = Duration::from_millis(100);

/// A bar that counts things done. All methods may be called from any thread;
/// [`ProgressLine::tick`] costs an addition.
///
/// It is drawn from half a second on, and only when standard error is a
/// terminal; otherwise every method does nothing.
pub struct ProgressLine {
    bar: ProgressBar,
    /// Whether anything can ever be drawn.
    watched: bool,
    waiter: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl ProgressLine {
    /// A bar that is never drawn.
    pub fn hidden() -> ProgressLine {
        ProgressLine { bar: ProgressBar::hidden(), watched: false, waiter: Mutex::new(None) }
    }

    /// Starts to count: `verb` says what is being done (`Checking`), `unit`
    /// what is counted (`files`), `total` how many there are when that is
    /// known.
    pub fn start(verb: &'static str, unit: &'static str, total: Option<u64>) -> ProgressLine {
        let template = match total {
            Some(_) => {
                format!("{{prefix}} {{bar:28}} {{human_pos}}/{{human_len}} {unit}{{rate}}, {{eta}} left")
            }
            None => format!("{{prefix}} {{spinner}} {{human_pos}} {unit}{{rate}}, {{elapsed}}"),
        };
        ProgressLine::drawn(verb, total, &template)
    }

    /// Watches work of which it can only be said what is being done: see
    /// [`ProgressLine::say`].
    pub fn watch(verb: &'static str) -> ProgressLine {
        ProgressLine::drawn(verb, None, "{prefix} {spinner} {msg}{elapsed}")
    }

    fn drawn(verb: &'static str, total: Option<u64>, template: &str) -> ProgressLine {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if dumb || !std::io::stderr().is_terminal() {
            return ProgressLine::hidden();
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        bar.set_style(style(template));
        bar.set_prefix(verb);
        let (done, wait) = mpsc::channel();
        let drawn = bar.clone();
        let waiter = std::thread::spawn(move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                drawn.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                drawn.enable_steady_tick(BEAT);
            }
        });
        ProgressLine { bar, watched: true, waiter: Mutex::new(Some((done, waiter))) }
    }

    /// Counts `number` more as done.
    pub fn tick(&self, number: u64) {
        if self.watched {
            self.bar.inc(number);
        }
    }

    /// Says what is being done now.
    pub fn say(&self, what: &str) {
        if self.watched {
            self.bar.set_message(format!("{}, ", shown(what)));
        }
    }

    /// Takes the bar away, for good.
    pub fn finish(&self) {
        let waiter = self.waiter.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((done, waiter)) = waiter {
            // Nobody listens any more once the bar is drawn.
            let _ = done.send(());
            let _ = waiter.join();
            self.bar.finish_and_clear();
        }
    }
}

impl Drop for ProgressLine {
    /// A run that ends early leaves no bar behind.
    fn drop(&mut self) {
        self.finish();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the template is written here and names only keys that exist")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // A bar that cannot be drawn is not worth an error.
            let rate = state.per_sec();
            let _ = if rate < 1.0 { Ok(()) } else { write!(out, ", {rate:.0}/s") };
        })
        .progress_chars("=> ")
}
