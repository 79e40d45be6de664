//! gofmt over the rewritten files: their syntax, and that a tidy file stays
//! tidy.

use super::bisect::{Bisect, Trouble, play};
use super::diagnostic::{display, read_lines};
use super::resolve::{LOST, Refused};
use super::session::{ProofSession, RenderedFiles};
use super::toolchain::{CallError, CommandSetting};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// gofmt at hand.
pub(super) struct Gofmt<'s> {
    session: &'s ProofSession<'s>,
    program: OsString,
    /// Whether a file may be untidy, if only it can be read.
    only_syntax: bool,
}

/// What gofmt holds against a file.
type Faults = BTreeMap<PathBuf, String>;

impl<'s> Gofmt<'s> {
    /// Finds gofmt: `own`, the one that came with go, else the one on `PATH`.
    ///
    /// # Errors
    /// A sentence, when there is none.
    pub(super) fn find(session: &'s ProofSession<'s>, own: Option<&Path>) -> Result<Self, String> {
        let gofmt = Gofmt {
            session,
            program: own.map_or_else(|| "gofmt".into(), |own| own.into()),
            only_syntax: false,
        };
        let probe = session
            .scratch
            .put(Path::new("probe.go"), b"package probe\n")
            .map_err(|error| error.to_string())?;
        match gofmt.run(&[probe]) {
            Ok(_) => Ok(gofmt),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Asks only whether the files can be read.
    pub(super) fn only_syntax(self) -> Self {
        Gofmt { only_syntax: true, ..self }
    }

    /// Refuses the fixes that leave a file untidy (or unreadable) that was
    /// tidy before.
    ///
    /// # Errors
    /// A sentence, when gofmt or the planner gives no answer.
    pub(super) fn resolve(&self) -> Result<Refused, String> {
        let mut refused = Refused::new();
        loop {
            let held: BTreeSet<usize> = refused.keys().copied().collect();
            let files = self.session.render(&held)?;
            refused
                .extend(files.lost.iter().filter(|id| !held.contains(id)).map(|&id| (id, LOST.to_owned())));
            let faults = self.news(&files, None)?;
            if faults.is_empty() {
                return Ok(refused);
            }
            let before = refused.len();
            let suspects: Vec<(PathBuf, Vec<usize>)> = faults
                .keys()
                .map(|file| (file.clone(), self.session.editors([file.as_path()], &held)))
                .collect();
            let all = self.session.editors(self.session.edited(), &held);
            let mut bisects: Vec<Bisect> = suspects
                .iter()
                .map(|(file, near)| {
                    Bisect::new(vec![near.clone(), all.clone()], 1, faults[file].clone().into())
                })
                .collect();
            play(&mut bisects, &held, |asking, held| {
                let files = self.session.render(held)?;
                let only: BTreeSet<&PathBuf> = asking.iter().map(|&at| &suspects[at].0).collect();
                let faults = self.news(&files, Some(&only))?;
                Ok(asking.iter().map(|&at| faults.get(&suspects[at].0).cloned().map(Trouble::from)).collect())
            })?;
            for (id, words) in bisects.into_iter().flat_map(|bisect| bisect.at_fault) {
                refused.entry(id).or_insert(words);
            }
            if refused.len() == before {
                refused.extend(all.into_iter().map(|id| (id, "gofmt contradicts itself".to_owned())));
                return Ok(refused);
            }
        }
    }

    /// The faults that the files on disk do not have.
    fn news(&self, files: &RenderedFiles, only: Option<&BTreeSet<&PathBuf>>) -> Result<Faults, String> {
        let mut originals: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        let go = files.bytes.iter().filter(|(file, _)| file.extension().is_some_and(|ending| ending == "go"));
        for (file, bytes) in go.filter(|(file, _)| only.is_none_or(|only| only.contains(file))) {
            let put = self.session.scratch.put(file, bytes).map_err(|error| error.to_string())?;
            originals.insert(put, file.clone());
        }
        let replaced: Vec<PathBuf> = originals.keys().cloned().collect();
        let after = self.faults(&replaced)?;
        if after.is_empty() {
            return Ok(Faults::new());
        }
        let after: Faults = after
            .into_iter()
            .filter_map(|(put, words)| Some((originals.get(&put)?.clone(), words)))
            .collect();
        let on_disk: Vec<PathBuf> = after.keys().filter(|file| file.is_file()).cloned().collect();
        let before = self.faults(&on_disk)?;
        Ok(after.into_iter().filter(|(file, _)| !before.contains_key(file)).collect())
    }

    /// What gofmt holds against these files as they are.
    fn faults(&self, files: &[PathBuf]) -> Result<Faults, String> {
        let output = self.run(files).map_err(|error| error.to_string())?;
        let mut faults = Faults::new();
        let stdout = String::from_utf8_lossy(&output.stdout);
        for line in stdout.lines().filter(|_| !self.only_syntax) {
            let path = PathBuf::from(line);
            let named = display(Path::new(&self.session.scratch.restore(line)));
            faults.insert(path, format!("gofmt would reformat {named}, which was tidy before"));
        }
        for one in read_lines("gofmt", &output.stderr, "", Path::new("")).diagnostics {
            let Some(path) = one.file else { return Err(format!("gofmt: {}", one.text)) };
            faults.entry(path).or_insert_with(|| self.session.scratch.restore(&one.text));
        }
        Ok(faults)
    }

    fn run(&self, files: &[PathBuf]) -> Result<super::toolchain::CommandOutput, CallError> {
        let dir = self.session.scratch.work();
        let files: Vec<OsString> = files.iter().map(|file| file.clone().into_os_string()).collect();
        let program: &OsStr = &self.program;
        self.session.toolchain.chunked(
            Some(program),
            CommandSetting::plain(&dir),
            &[OsStr::new("-l")],
            &files,
        )
    }
}
