//! Fixes as a patch for `git apply`.

use super::io::Io;
use super::pager::page;
use super::setup::{Setup, root_of, shown};
use crate::engine::plan::Planned;
use crate::report::{RenderOptions, diff};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Lines of context around a hunk, as git has it.
pub const CONTEXT: usize = 3;

/// Writes the patch, in a pager where one is fit unless `no_pager`, with paths relative to the root of the repository, from
/// which `git apply` reads them wherever in it one stands; outside of a
/// repository relative to the working directory, or to what the files share.
///
/// # Errors
/// Those of the streams.
pub fn write(
    setup: &Setup,
    files: &BTreeMap<PathBuf, Planned>,
    io: &mut Io<'_>,
    render: RenderOptions,
    no_pager: bool,
) -> std::io::Result<()> {
    let base = root_of(&setup.cwd, files.keys());
    if !render.colour {
        io.exact();
    }
    page(io, no_pager, |out| {
        files.iter().try_for_each(|(path, planned)| {
            let path = shown(&base, path);
            let file = diff::FileDiff {
                path_old: &path,
                path_new: &path,
                before: planned.before.as_bytes(),
                after: planned.after.as_bytes(),
            };
            diff::write(out, &file, CONTEXT, render)
        })
    })?;
    io.stdout.flush()?;
    if !setup.cwd.starts_with(&base) {
        writeln!(io.stderr, "note: the paths of the patch start from {}; apply it there", base.display())?;
    }
    Ok(())
}
