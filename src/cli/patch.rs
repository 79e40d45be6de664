//! Fixes as a patch for `git apply`.

use super::io::Io;
use super::pager::page;
use super::setup::{Setup, root_of, shown};
use crate::migrate::ChangedTexts;
use crate::report::{RenderOptions, diff};
use std::io::Write;
use std::path::Path;

/// Lines of context around a hunk, as git has it.
pub const CONTEXT: usize = 3;

/// Writes the patch with paths relative to the root of the repository, from which `git apply`
/// reads them wherever in it one stands; outside of a repository relative to the working
/// directory, or to what the files share.
///
/// # Errors
/// Those of the streams.
pub fn write(
    setup: &Setup,
    files: &ChangedTexts,
    io: &mut Io<'_>,
    render: RenderOptions,
    no_pager: bool,
) -> std::io::Result<()> {
    let base = root_of(&setup.cwd, files.keys());
    write_from(&base, files, io, render, no_pager)?;
    if !setup.cwd.starts_with(&base) {
        writeln!(io.stderr, "note: the paths of the patch start from {}; apply it there", base.display())?;
    }
    Ok(())
}

/// As [`write()`], with paths relative to `base`, in a pager where one is fit unless `no_pager`.
///
/// # Errors
/// Those of the streams.
pub fn write_from(
    base: &Path,
    files: &ChangedTexts,
    io: &mut Io<'_>,
    render: RenderOptions,
    no_pager: bool,
) -> std::io::Result<()> {
    if !render.colour {
        io.exact();
    }
    page(io, no_pager, |out| files_to(out, base, files, render))?;
    io.stdout.flush()
}

/// Writes the patch of `files` to `out`, with paths relative to `base`.
///
/// # Errors
/// Those of `out`.
pub fn files_to(
    out: &mut dyn Write,
    base: &Path,
    files: &ChangedTexts,
    render: RenderOptions,
) -> std::io::Result<()> {
    files.iter().try_for_each(|(path, text)| {
        let path = shown(base, path);
        let (before, after) = (text.before.as_bytes(), text.after.as_bytes());
        let file = diff::FileDiff { path_old: &path, path_new: &path, before, after };
        diff::write(out, &file, CONTEXT, render)
    })
}
