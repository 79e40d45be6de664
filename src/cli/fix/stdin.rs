//! `fix -`: one file from standard input to standard output.
//!
//! There is no package on disk that the text belongs to as it is, so nothing
//! but the parse proves it.

use super::super::args::{FixArgs, Format, Verify};
use super::super::filter::FixFilter;
use super::super::io::{Io, tolerate};
use super::super::pager::page;
use super::super::patch::CONTEXT;
use super::super::setup::{Setup, shown};
use super::super::{ERROR, FINDINGS, OK, Stop};
use super::gofmt;
use super::options::{destination, least};
use crate::engine::fixes::Fixes;
use crate::report::{diff, human};
use crate::syntax::File;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Fixes `text`, which stands for the file at `path`. What is skipped comes out
/// as it went in.
pub fn run(args: &FixArgs, setup: &Setup, path: PathBuf, text: String, io: &mut Io<'_>) -> Result<u8, Stop> {
    let output = &args.output;
    anyhow::ensure!(
        output.format == Format::Human,
        "`fix -` writes the file itself to standard output; `check - --format json` tells what is in it"
    );
    anyhow::ensure!(
        destination(args).is_none(),
        "`fix -` writes the file itself to standard output; leave --plan-out, --split-by and --commit-per out"
    );
    let scan = setup.scan(&|| {});
    let mut scanned = setup.scan_text(&path, text.clone());
    let allowed = setup.narrow(&mut scanned, args.max_fixes.map(|most| (most, least(args))), io)?;
    let filter = FixFilter::new(&scan, allowed, least(args));
    let choose = |entry: &_, seen: &_, file: &_, key: &_| filter.wants(entry, seen, file, key);
    let mut files = BTreeMap::new();
    let mut dropped = false;
    if !scanned.fixable.is_empty() {
        let fixes = Fixes::of_file(&scan, Arc::new(File::new(&path, text.as_str())), &choose);
        for left in fixes.dropped() {
            dropped = true;
            writeln!(io.stderr, "note: a fix of {} is left out: {}", left.key.rule, left.reason)?;
        }
        files = fixes.outcome(&BTreeSet::new()).files;
    }
    dropped |= filter.write_lacking(io)?;
    let named = args.proving.verify.filter(|rung| *rung != Verify::None);
    if !files.is_empty() && (args.proving.require_proof || named.is_some()) && !args.proving.allow_unproved {
        // A rung that was asked for and cannot be reached writes nothing.
        files.clear();
        dropped = true;
        writeln!(
            io.stderr,
            "note: a text from standard input cannot be proved, so it comes out as it went in; leave \
             --verify and --require-proof out, or name the file"
        )?;
    }
    if args.gofmt {
        gofmt::tidy(files.iter_mut().map(|(path, planned)| (path, &mut planned.after)))?;
    }
    for skipped in &scanned.skipped {
        writeln!(io.stderr, "note: {}: {}", skipped.path, skipped.reason)?;
    }
    let planned = files.get(&path);
    let after = planned.map_or(text.as_str(), |planned| planned.after.as_str());
    let name = shown(&setup.cwd, &path);
    tolerate(if args.diff {
        let file = diff::FileDiff {
            path_old: &name,
            path_new: &name,
            before: text.as_bytes(),
            after: after.as_bytes(),
        };
        let render = io.render(output.color);
        if !render.colour {
            io.exact();
        }
        page(io, args.no_pager, |out| diff::write(out, &file, CONTEXT, render))
    } else if args.list {
        planned.map_or(Ok(()), |_| writeln!(io.stdout, "{}", crate::report::shown(&name)))
    } else {
        io.exact();
        io.stdout.write_all(after.as_bytes())
    })?;
    let render = io.err_render(output.color);
    human::failures(&mut io.stderr, &scanned.failures, render)?;
    let asks = args.diff || args.list;
    Ok(match () {
        () if !scanned.failures.is_empty() => ERROR,
        () if dropped || (planned.is_some() && asks) => FINDINGS,
        () => OK,
    })
}
