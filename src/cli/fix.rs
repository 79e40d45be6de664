//! `gomend fix`: plans the fixes, proves them, then writes them or prints them.

mod ending;
mod gofmt;
mod options;
mod resume;
mod review;
mod run;
mod stdin;
mod store;

use super::args::{FixArgs, Format, Verify};
use super::filter::FixFilter;
use super::git;
use super::io::Io;
use super::setup::Setup;
use super::{FINDINGS, Stop, proof};
use crate::engine::fixes::Fixes;
use ending::Ending;
use options::{least, writes};
use std::ffi::OsString;
use std::path::PathBuf;
use store::open;

/// Runs the verb. `words` are those of the command line, `command` the same for
/// the journal.
pub fn run(args: FixArgs, words: &[OsString], command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    if args.interactive {
        return review::run(args, words, command, io);
    }
    let options = proof::options(&args.proving)?;
    anyhow::ensure!(
        args.diff || args.output.format != Format::Patch,
        "`fix --diff` prints the patch of what it has proved, `check --format patch` one that is unproved"
    );
    let mut setup = Setup::new(&args.target, args.output.quiet, io)?.narrowed(&args.target.narrow)?;
    if args.proving.verify != Some(Verify::None) {
        setup = setup.asking();
    }
    if let Some((path, text)) = setup.read_stdin(&args.target, io)? {
        return stdin::run(&args, &setup, path, text, io);
    }
    if args.resume {
        return resume::run(&setup, command, io);
    }
    if args.export.commit_per.is_some() {
        // Before the work, not after it.
        git::clean_top(&setup.root())?;
    }
    let mut store = None;
    if writes(&args) {
        store = Some(open(&setup.root(), &setup, command, io)?);
    }
    let mut scanned = setup.render()?;
    let allowed = setup.narrow(&mut scanned, args.max_fixes.map(|most| (most, least(&args))), io)?;
    let paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let planning = setup.progress("Planning", "files", Some(paths.len() as u64));
    let tick = || planning.tick(1);
    let scan = setup.scan(&tick);
    let filter = FixFilter::new(&scan, allowed, least(&args));
    let choose = |entry: &_, seen: &_, file: &_, key: &_| filter.wants(entry, seen, file, key);
    let fixes = setup.until_types_are_known(|| Fixes::plan(&scan, paths.clone(), &choose, setup.threads()));
    planning.finish();
    let ending = Ending { args: &args, options, setup: &setup, command };
    let (status, _) = ending.finish(&fixes, &mut scanned, store.as_mut(), io)?;
    drop(fixes);
    Ok(if filter.write_lacking(io)? { status.max(FINDINGS) } else { status })
}
