//! The command line: one file per verb. Joins the engine with the catalogue.

mod about;
mod apply;
mod args;
mod audit;
mod catalogue;
mod check;
mod explain;
mod export;
mod filter;
mod fix;
mod git;
mod init;
mod interrupt;
mod io;
mod lsp;
mod merge;
mod new_rule;
mod outcome;
mod output;
mod packs;
mod pager;
mod patch;
mod paths;
mod placed;
mod proof;
mod report;
mod requires;
mod review;
mod rewrite;
mod rule_source;
mod rules;
mod setup;
mod shell;
mod staged;
mod stop;
mod test;
mod tips;
mod tree;
mod undo;
mod writer;

pub use io::Io;

use crate::report::Escaped;
use args::{Args, Verb};
use clap::FromArgMatches;
use io::stopped;
use std::cell::RefCell;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use stop::{ERROR, FINDINGS, INTERRUPTED, OK, Stop};

/// Runs gomend with `args`, the program's name first. Returns the exit status
/// that the contract promises: 0, 1 or 2, and 130 after Ctrl-C.
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed =
        match args::command().try_get_matches_from(&args).and_then(|found| Args::from_arg_matches(&found)) {
            Ok(parsed) => parsed,
            Err(mut error) => {
                tips::mend(&mut error, &args);
                let colour = if error.use_stderr() {
                    io.err_colour(args::Colour::Auto)
                } else {
                    io.render(args::Colour::Auto).colour
                };
                let text =
                    if colour { error.render().ansi().to_string() } else { error.render().to_string() };
                let (help, status) = (!error.use_stderr(), if error.use_stderr() { ERROR } else { OK });
                let out = if help { &mut io.stdout } else { &mut io.stderr };
                // Whoever closed the stream does not want the text.
                let written = io::tolerate(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
                return written.map_or_else(|error| stopped(&error.into(), io), |()| status);
            }
        };
    let command = setup::command_line(&args);
    match parsed.verb.output() {
        Some(file) if file != Path::new("-") => into_file(&file, parsed.verb, &args, &command, io),
        _ => finished(parsed.verb, &args, &command, io),
    }
}

/// Runs a verb whose standard output goes to `file`, which is written at the end.
fn into_file(file: &Path, verb: Verb, args: &[OsString], command: &str, io: &mut Io<'_>) -> u8 {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let terminal = std::mem::replace(&mut io.stdout_is_terminal, false);
    let stdout = std::mem::replace(&mut io.stdout, Escaped::new(Box::new(KeptOutput(Rc::clone(&kept)))));
    let status = finished(verb, args, command, io);
    let ended = std::mem::replace(&mut io.stdout, stdout).into_inner();
    io.stdout_is_terminal = terminal;
    let saved = ended.map_err(Stop::from).and_then(|_| io::save(file, &kept.borrow()));
    saved.map_or_else(|stop| stopped(&stop, io), |()| status)
}

/// Standard output while it is kept for a file.
struct KeptOutput(Rc<RefCell<Vec<u8>>>);

impl Write for KeptOutput {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs a verb to its end. The exit status.
fn finished(verb: Verb, args: &[OsString], command: &str, io: &mut Io<'_>) -> u8 {
    let status = match verb {
        Verb::Check(check) => check::run(check, command, io),
        Verb::Fix(fix) => fix::run(fix, args, command, io),
        Verb::Apply(apply) => apply::run(&apply, args, command, io),
        Verb::Rewrite(rewrite) => rewrite::run(rewrite, args, command, io),
        Verb::New(new) => new_rule::run(&new, io),
        Verb::Test(test) => test::run(&test, io),
        Verb::Report(args) => report::run(&args, command, io),
        Verb::Undo(undo) => undo::run(undo, command, io),
        Verb::Explain(explain) => explain::run(&explain, io),
        Verb::Lsp(lsp) => lsp::run(&lsp, io),
        Verb::Merge(merge) => merge::run(&merge, io),
        Verb::Audit(audit) => audit::run(audit, io),
        Verb::Init(init) => init::run(&init, io),
        Verb::Completions(completions) => shell::completions(&completions, io),
        Verb::Man => shell::man(io),
        Verb::Rules(rules) => rules::run(&rules, io),
        Verb::Packs(args) => packs::run(&args, io),
        Verb::Clean(clean) => about::clean(&clean, io),
        Verb::Help(help) => about::help(&help, io),
        Verb::Version => about::version(io),
    };
    // Whoever stopped reading does not want the rest.
    let flushed = io::tolerate(io.stdout.flush());
    let stop = match (status, flushed) {
        (Ok(status), Ok(())) => return status,
        // Whoever closed standard output has read enough.
        (Err(stop), _) if left_early(&stop) => return OK,
        (Err(stop), _) => stop,
        (Ok(_), Err(error)) => error.into(),
    };
    stopped(&stop, io)
}

/// Whether standard output was closed before its end.
fn left_early(stop: &Stop) -> bool {
    stop.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
