//! `check --watch`: a check, and another one whenever a file changes.

use crate::cli::args::CheckArgs;
use crate::cli::interrupt::Interrupt;
use crate::cli::io::Io;
use crate::cli::setup::Setup;
use crate::cli::{INTERRUPTED, Stop};
use crate::report::EscapeForm;
use anyhow::Context;
use notify::{Event, EventKind, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long nothing must happen before the next check: an editor writes several times.
const QUIET: Duration = Duration::from_millis(150);
/// How often it looks whether someone wants to stop.
const TICK: Duration = Duration::from_millis(100);
/// Goes to the upper left corner of an empty screen, and forgets what scrolled out of it.
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

/// One check.
type RunOnce = dyn Fn(&CheckArgs, &mut Io<'_>) -> Result<u8, Stop>;

/// Runs `once` whenever a file changes, until someone ends it.
pub fn run(args: &CheckArgs, once: &RunOnce, io: &mut Io<'_>) -> Result<u8, Stop> {
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // Nobody listens any more once the run has ended.
        let _ = send.send(event);
    })
    .context("the system does not tell of changed files; run `gomend check` by hand")?;
    let mut watched: BTreeSet<PathBuf> = BTreeSet::new();
    // Those that came meanwhile, each with all below it: Go may come to them later.
    let mut created: BTreeSet<PathBuf> = BTreeSet::new();
    loop {
        let mut wanted = directories(args, io)?;
        wanted.retain(|dir| !created.iter().any(|new| dir.starts_with(new)));
        for gone in watched.difference(&wanted) {
            // One that was removed is not watched any more anyway.
            let _ = watcher.unwatch(gone);
        }
        for new in wanted.difference(&watched) {
            watcher.watch(new, RecursiveMode::NonRecursive).with_context(|| {
                format!("{}: the system does not watch it; name fewer directories", new.display())
            })?;
        }
        watched = wanted;
        if io.stdout_is_terminal {
            let form = std::mem::replace(&mut io.stdout.form, EscapeForm::Exact);
            io.stdout.write_all(CLEAR.as_bytes())?;
            io.stdout.flush()?;
            io.stdout.form = form;
        }
        // A fault is shown, and may be mended by the next change.
        if let Err(stop) = once(args, io) {
            crate::cli::stopped(&stop, io);
        }
        if !args.output.quiet {
            writeln!(io.stderr, "Waiting for a change; Ctrl-C ends it.")?;
        }
        io.stdout.flush()?;
        // During a check the signal does what it does by default.
        let Some(folders) = changed(&events, &Interrupt::listen()) else { return Ok(INTERRUPTED) };
        for folder in folders {
            // One that is gone again needs no watch.
            if watcher.watch(&folder, RecursiveMode::Recursive).is_ok() {
                created.insert(folder);
            }
        }
    }
}

/// Waits until a file that counts has changed and the changes have come to rest; gives the
/// directories that are new, or nothing when someone wants to stop.
fn changed(events: &Receiver<notify::Result<Event>>, interrupt: &Interrupt) -> Option<Vec<PathBuf>> {
    let mut last: Option<Instant> = None;
    let mut folders = Vec::new();
    loop {
        if interrupt.was_asked() {
            return None;
        }
        if last.is_some_and(|last| last.elapsed() >= QUIET) {
            return Some(folders);
        }
        match events.recv_timeout(TICK) {
            Ok(Ok(event)) if counts(&event) => {
                last = Some(Instant::now());
                let is_new = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_));
                let hidden = |path: &Path| {
                    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
                };
                folders
                    .extend(event.paths.into_iter().filter(|path| is_new && !hidden(path) && path.is_dir()));
            }
            // What was lost may have counted.
            Ok(Err(_)) => last = Some(Instant::now()),
            Ok(Ok(_)) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Whether a change may change what a check says.
fn counts(event: &Event) -> bool {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let companions = ["go.mod", "go.work", "gomend.toml", ".gitignore", ".gomend"];
        // A name without an ending may be a new directory.
        name.ends_with(".go")
            || name.ends_with(".txtar")
            || name.ends_with(".patch")
            || name.starts_with(".golangci.")
            || companions.contains(&name.as_str())
            || !name.contains('.')
    };
    !matches!(event.kind, EventKind::Access(_)) && (event.need_rescan() || event.paths.iter().any(named))
}

/// The directories of the files that are looked at, and those above them up to the paths
/// that were named.
fn directories(args: &CheckArgs, io: &mut Io<'_>) -> Result<BTreeSet<PathBuf>, Stop> {
    // A configuration that is being written may be broken for a moment.
    let Ok(setup) = Setup::new(&args.target, true, io) else {
        return Ok(BTreeSet::from([crate::cli::setup::working_directory()?]));
    };
    let (files, _) = setup.files()?;
    let mut found = BTreeSet::from([setup.cwd.clone()]);
    let rules = setup.cwd.join(crate::cli::rule_source::FOLDER);
    found.extend(rules.is_dir().then_some(rules));
    let stop = setup.root();
    for file in &files {
        let above = file.ancestors().skip(1).take_while(|dir| dir.starts_with(&stop) || *dir == stop);
        for dir in above.map(Path::to_path_buf) {
            if !found.insert(dir) {
                break;
            }
        }
    }
    Ok(found)
}
