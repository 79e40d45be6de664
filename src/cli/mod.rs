//! The command line: one file per verb. Joins the engine with the catalogue.

mod args;
mod check;
mod explain;
mod fix;
mod io;
mod proof;
mod rules;
mod setup;
mod undo;

pub use io::Io;

use args::{Args, Verb};
use clap::Parser;
use std::ffi::OsString;

/// Nothing to report, or all of it done.
const OK: u8 = 0;
/// Findings remain, or a selected fix could not be applied.
const FINDINGS: u8 = 1;
/// A usage, configuration or I/O error.
const ERROR: u8 = 2;

/// What ends a verb before its time: a sentence for standard error, exit 2.
type Stop = anyhow::Error;

/// Runs gomend with `args`, the program's name first. Returns the exit status
/// that the contract promises: 0, 1 or 2.
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed = match Args::try_parse_from(&args) {
        Ok(parsed) => parsed,
        Err(error) => {
            let text = if io.err_colour(args::Colour::Auto) {
                error.render().ansi().to_string()
            } else {
                error.render().to_string()
            };
            let (help, status) = (!error.use_stderr(), if error.use_stderr() { ERROR } else { OK });
            let out = if help { &mut io.stdout } else { &mut io.stderr };
            // Whoever closed the stream does not want the text.
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            return status;
        }
    };
    let command = setup::command_line(&args);
    let status = match parsed.verb {
        Verb::Check(check) => check::run(check, io),
        Verb::Fix(fix) => fix::run(fix, &command, io),
        Verb::Undo(undo) => undo::run(undo, &command, io),
        Verb::Explain(explain) => explain::run(&explain, io),
        Verb::Rules(rules) => rules::run(&rules, io),
    };
    let status = status.unwrap_or_else(|stop| {
        if io::is_closed_pipe(&stop) {
            return OK;
        }
        let _ = writeln!(io.stderr, "error: {stop:#}");
        ERROR
    });
    match io.stdout.flush() {
        Ok(()) => status,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => status,
        Err(error) => {
            let _ = writeln!(io.stderr, "error: standard output cannot be written: {error}");
            ERROR
        }
    }
}
