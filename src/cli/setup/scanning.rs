//! A setup looks at files: all that discovery finds, or one text that stands for a file.

use super::super::Stop;
use super::super::args::TargetArgs;
use super::super::catalogue;
use super::super::io::Io;
use super::super::rule_source::FoldersBelow;
use super::{NOTHING, Setup, digests, reads_stdin};
use crate::engine::discover::{self, Discovery, Request, Wanted};
use crate::engine::replay::Replay;
use crate::engine::scan::Scanned;
use crate::pattern::DECIDED_BY_TYPES;
use crate::rewrite::Failure;
use anyhow::Context;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

impl Setup {
    /// Looks at all files, with a progress bar on a terminal; or tells what an
    /// earlier run saw, if all is as it was.
    pub fn render(&self) -> Result<Scanned, Stop> {
        let asks = |scanned: &Scanned| {
            scanned
                .findings
                .iter()
                .filter_map(|finding| finding.guarded())
                .any(|(guard, _)| DECIDED_BY_TYPES.contains(&guard))
                || scanned.findings.iter().any(|finding| self.spans(finding.rule))
        };
        match &self.types {
            None => self.remembered(),
            // What is remembered was worked out without types.
            Some(types) => match types.without_asking(|| self.remembered())? {
                scanned if !asks(&scanned) => Ok(scanned),
                _ => self.until_types_are_known(|| self.scan_again()),
            },
        }
    }

    /// Whether the fixes of a rule follow uses through other packages.
    fn spans(&self, rule: &str) -> bool {
        self.catalogue.iter().any(|entry| entry.meta.id == rule && entry.meta.spans)
    }

    /// What an earlier run saw, if all is as it was, else what there is.
    fn remembered(&self) -> Result<Scanned, Stop> {
        let Some(replay) = self.replay() else { return self.scan_again() };
        let old = match replay.find(&self.catalogue, &self.disk) {
            Ok(scanned) => {
                self.remembered.store(true, Ordering::Relaxed);
                return Ok(scanned);
            }
            Err(old) => old,
        };
        let scanned = self.scan_again()?;
        if self.met_rules() {
            return Ok(scanned);
        }
        replay.keep(&scanned, &self.disk, old.as_ref());
        Ok(scanned)
    }

    /// Where what this run sees is remembered: by all that decides it beside the
    /// files that it reads.
    fn replay(&self) -> Option<Replay> {
        let options = self.options.as_ref()?;
        let request = format!(
            "{:?}",
            (
                (&self.cwd, self.root(), &self.paths, options),
                (&self.include, self.limits, self.shard),
                (std::env::var_os("GOWORK"), discover::user_excludes(), rights()),
                (digests(&self.catalogue), self.below == FoldersBelow::Unknown),
            )
        );
        Replay::of("check", &request, None, self.threads())
    }

    fn scan_again(&self) -> Result<Scanned, Stop> {
        let progress = self.progress("Checking", "files", None);
        let tick = || progress.tick(1);
        let scan = self.scan(&tick);
        let paths: &[PathBuf] =
            if self.paths == [PathBuf::from(NOTHING)] { return Ok(Scanned::default()) } else { &self.paths };
        let lie_below = |dir: &Path| catalogue::lie_below(dir, &self.disk);
        let mut discovery = self.discovery(paths)?;
        if self.below == FoldersBelow::Unknown {
            discovery = discovery.ending_at_rules(&lie_below);
        }
        let mut scanned = scan.run(&discovery);
        progress.finish();
        self.met_rules.store(scanned.met_rules, Ordering::Relaxed);
        self.add_configuration_errors(&mut scanned);
        Ok(scanned)
    }

    /// The files that would be looked at, absolute and sorted, and what cannot be reached.
    pub fn files(&self) -> Result<(Vec<PathBuf>, Vec<Failure>), Stop> {
        if self.paths == [PathBuf::from(NOTHING)] {
            return Ok((Vec::new(), Vec::new()));
        }
        let found: Mutex<Vec<PathBuf>> = Mutex::default();
        let outcome = self.discovery(&self.paths)?.run(|| {
            |wanted: Wanted| {
                if self.shard.is_none_or(|shard| shard.has(&wanted.absolute, &self.root())) {
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(wanted.absolute);
                }
                ControlFlow::Continue(())
            }
        });
        let mut files = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort();
        Ok((files, outcome.failures))
    }

    fn discovery<'a>(&'a self, paths: &'a [PathBuf]) -> Result<Discovery<'a>, Stop> {
        Ok(Discovery::plan(Request {
            paths,
            cwd: &self.cwd,
            include: self.include.clone(),
            policy: &*self.settings,
            threads: self.jobs,
            disk: self.disk.clone(),
        })?)
    }

    /// Reads standard input as the file that `--stdin-filename` names; nothing
    /// when it is not asked for.
    pub fn read_stdin(
        &self,
        target: &TargetArgs,
        io: &mut Io<'_>,
    ) -> Result<Option<(PathBuf, String)>, Stop> {
        if !reads_stdin(target) {
            anyhow::ensure!(target.stdin_filename.is_none(), "--stdin-filename goes with the path `-`");
            return Ok(None);
        }
        anyhow::ensure!(
            self.paths.len() == 1,
            "`-` reads one file from standard input; name no other path beside it"
        );
        let mut bytes = Vec::new();
        io.stdin.read_to_end(&mut bytes).context("standard input cannot be read")?;
        let name = target.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin.go"));
        let path = real(&self.cwd.join(name));
        let text = discover::text(bytes, self.limits)
            .map_err(|refusal| anyhow::anyhow!("standard input: {refusal}"))?;
        Ok(Some((path, text)))
    }

    /// Looks at a text that stands for the file at `path`, which may be skipped
    /// as it would be on disk.
    pub fn scan_text(&self, path: &Path, text: String) -> Scanned {
        let skip = discover::judge(path, &self.cwd, &self.include, &*self.settings, &self.disk);
        let mut scanned = match skip {
            Some(skip) => Scanned { skipped: vec![skip.into()], ..Scanned::default() },
            None => self.until_types_are_known(|| self.scan(&|| {}).text(path, text.clone())),
        };
        self.add_configuration_errors(&mut scanned);
        scanned
    }

    fn add_configuration_errors(&self, scanned: &mut Scanned) {
        scanned.failures.extend(self.settings.errors().into_iter().map(Failure::from));
        scanned.failures.extend(self.modules.failures());
        scanned.failures.sort();
        scanned.failures.dedup();
    }
}

/// Who asks: what may be read depends on it.
#[cfg(unix)]
fn rights() -> String {
    use rustix::process::{getegid, geteuid, getgroups};
    format!("{:?} {:?} {:?}", geteuid(), getegid(), getgroups())
}

/// Who asks: what may be read depends on it.
#[cfg(not(unix))]
fn rights() -> String {
    std::env::var("USERNAME").unwrap_or_default()
}

/// `path` with the links of its directory resolved, where that exists.
fn real(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => {
            dunce::canonicalize(parent).map_or_else(|_| path.to_owned(), |parent| parent.join(name))
        }
        _ => path.to_owned(),
    }
}
