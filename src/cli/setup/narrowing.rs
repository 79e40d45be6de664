//! A setup narrows a run down: to a part, to changed lines, to what no baseline knows.

use super::super::args::{NarrowArgs, TargetArgs};
use super::super::io::Io;
use super::super::{Stop, git};
use super::{NOTHING, Setup, digests};
use crate::engine::narrow::baseline::Baseline;
use crate::engine::narrow::changed::ChangedLines;
use crate::engine::narrow::{Allowed, Narrow};
use crate::engine::policy::Policy;
use crate::engine::scan::Scanned;
use crate::report::Part;
use crate::report::counted::counted;
use crate::rewrite::{Applicability, Failure};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

impl Setup {
    /// Counts only what git's index changes: the lines in `changed`.
    pub fn staged(self, changed: ChangedLines) -> Setup {
        Setup { staged: true, narrow: Narrow { changed: Some(changed), ..self.narrow }, ..self }
    }

    /// Which part of which run this is, for `gomend merge`; `more` are the options of the
    /// verb that must be the same for all parts.
    pub fn part(&self, target: &TargetArgs, more: &str) -> Option<Part> {
        let shard = self.shard?;
        let TargetArgs { paths, include, exclude, max_file_size, select, extend_select, ignore, go, .. } =
            target;
        let narrow = &target.narrow;
        let options = format!(
            "{paths:?} {include:?} {exclude:?} {max_file_size} {select:?} {extend_select:?} {ignore:?} {go:?} {:?} {} {:?} {more}",
            narrow.new_from_rev,
            narrow.whole_files,
            self.narrow.baseline.as_ref().map(Baseline::text),
        );
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.configuration.as_bytes()).update(options.as_bytes());
        for digest in digests(&self.catalogue) {
            hasher.update(digest.as_bytes());
        }
        Some(Part {
            index: shard.index,
            of: shard.of,
            configuration: hasher.finalize().to_hex()[..16].to_owned(),
            revision: git::revision(&self.cwd),
        })
    }

    /// Reads what narrows the run down: the baseline, the lines that changed.
    pub fn narrowed(self, args: &NarrowArgs) -> Result<Setup, Stop> {
        let baseline = args.baseline.as_ref().map(|file| Baseline::read(file)).transpose()?;
        let revision = args.new_from_rev.as_ref();
        let mut changed = revision.map(|rev| git::changed_since(rev, &self.cwd)).transpose()?;
        if let Some(changed) = changed.as_mut().filter(|_| args.whole_files) {
            changed.widen();
        }
        Ok(Setup { narrow: Narrow { baseline, changed, most: None }, ..self })
    }

    /// Leaves out of `scanned` what does not count, and says so on standard error;
    /// `most` is the number of fixes of that level or above that may be taken.
    pub fn narrow(
        &self,
        scanned: &mut Scanned,
        most: Option<(usize, Applicability)>,
        io: &mut Io<'_>,
    ) -> Result<Allowed, Stop> {
        let empty = scanned.files == 0 && scanned.skipped.is_empty() && scanned.failures.is_empty();
        if empty && self.shard.is_none() && !self.staged && self.paths != [PathBuf::from(NOTHING)] {
            scanned.failures.push(self.nothing_there());
        }
        if self.verbose {
            self.tell(scanned, io)?;
        }
        let narrow = Narrow { most, ..self.narrow.clone() };
        let (left, allowed) = narrow.apply(scanned, &self.cwd, &self.root());
        let notes = [
            (left.elsewhere, "finding stands", "findings stand", "on lines that did not change"),
            (left.known, "finding is", "findings are", "in the baseline"),
            (left.gone, "entry of the baseline matches", "entries of the baseline match", "nothing any more"),
            (left.beyond, "fix is", "fixes are", "left for another run"),
        ];
        for note in self.notes_of_types().into_iter().filter(|_| !self.quiet) {
            writeln!(io.stderr, "note: {note}")?;
        }
        for (number, one, many, rest) in notes.into_iter().filter(|note| note.0 > 0 && !self.quiet) {
            writeln!(io.stderr, "note: {} {rest}", counted(number, one, many))?;
        }
        Ok(allowed)
    }

    /// What is wrong with paths that lead to no Go file at all.
    pub fn nothing_there(&self) -> Failure {
        let names: Vec<String> = self.paths.iter().map(|path| path.display().to_string()).collect();
        let path = if names.is_empty() { ".".to_owned() } else { names.join(", ") };
        let reason = "no Go file is there or below; name a directory with Go code, such as `./...` in the \
                      root of a module";
        Failure { path: path.into(), reason: reason.to_owned() }
    }

    /// Says what counted in the run and how long it took.
    fn tell(&self, scanned: &Scanned, io: &mut Io<'_>) -> std::io::Result<()> {
        let files = self.settings.files(&self.cwd);
        let files = if files.is_empty() { "none".to_owned() } else { files.join(", ") };
        let policy = self.settings.for_file(&self.cwd.join("main.go"));
        writeln!(io.stderr, "verbose: configuration: {files}")?;
        let (on, all) = (policy.rules.len(), self.catalogue.len());
        writeln!(io.stderr, "verbose: {on} of {} run", counted(all, "rule", "rules"))?;
        let from = if self.remembered.load(Ordering::Relaxed) { ", as an earlier run saw them" } else { "" };
        let seconds = self.began.elapsed().as_secs_f64();
        let files = counted(scanned.files, "file", "files");
        writeln!(io.stderr, "verbose: {files} in {seconds:.2} s{from}")
    }
}
