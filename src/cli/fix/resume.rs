//! `fix --continue`: writes what a run that ended half-way had not yet written.

use super::super::io::{Io, tolerate};
use super::super::setup::{Setup, remembered_root, shown};
use super::super::{ERROR, FINDINGS, OK, Stop, writer};
use crate::report::counted::counted;
use crate::store::FileStatus;

/// Finishes the run of the root that the paths name, else of the nearest root
/// upward.
pub fn run(setup: &Setup, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let root = if setup.paths.is_empty() { remembered_root(&setup.cwd) } else { setup.root() };
    let outcome = writer::open(&root, command, io)?.resume(&mut |_| {})?;
    let mut status = OK;
    let mut written = 0;
    for file in &outcome.files {
        let path = shown(&setup.cwd, &file.path);
        match &file.status {
            FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile => written += 1,
            FileStatus::ChangedMeanwhile(drift) => {
                writeln!(io.stderr, "left as it is: {path}: {drift}; run `gomend fix` again")?;
                status = status.max(FINDINGS);
            }
            FileStatus::Skipped(skip) => {
                writeln!(io.stderr, "left as it is: {path}: {skip}")?;
                status = status.max(FINDINGS);
            }
            FileStatus::Failed(error) => {
                writeln!(io.stderr, "error: {error}")?;
                status = ERROR;
            }
        }
    }
    let run = outcome.run.map(|run| run.to_string()).unwrap_or_default();
    let files = counted(outcome.files.len(), "file is", "files are");
    tolerate(writeln!(io.stdout, "Finished run {run}: {written} of {files} written."))?;
    Ok(status)
}
