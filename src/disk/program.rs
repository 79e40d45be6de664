//! Programs that a run starts, found as Go finds them.
//!
//! A relative entry of `PATH` (`.`, `bin`, an empty one) means the working directory,
//! and that is whose code is being looked at. A program that is found through one is
//! refused, and a child is given a `PATH` without them.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where programs are looked for when `PATH` says nothing.
#[cfg(unix)]
const USUAL: &str = "/usr/bin:/bin";
#[cfg(not(unix))]
const USUAL: &str = "";

/// A command that runs the program `name` of this process' `PATH`.
///
/// # Errors
/// As [`find`].
pub fn command(name: impl AsRef<OsStr>) -> io::Result<Command> {
    command_in(name.as_ref(), std::env::var_os("PATH").as_deref())
}

/// The same with the `PATH` of the child to be.
///
/// # Errors
/// As [`find`].
pub fn command_in(name: &OsStr, path: Option<&OsStr>) -> io::Result<Command> {
    let mut command = Command::new(find(name, path)?);
    close(&mut command, path);
    Ok(command)
}

/// Gives `command`, which would see `path`, a `PATH` without relative entries.
pub fn close(command: &mut Command, path: Option<&OsStr>) {
    if let Some(path) = path.and_then(absolute) {
        command.env("PATH", path);
    }
}

/// The program `name` in the directories of `path`. A name with a directory is taken
/// as it is.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] when there is none, and another one when a relative
/// entry has it before any other.
pub fn find(name: &OsStr, path: Option<&OsStr>) -> io::Result<PathBuf> {
    if Path::new(name).components().count() != 1 || Path::new(name).is_absolute() {
        return Ok(name.into());
    }
    let file = with_extension(name);
    let usual = OsString::from(USUAL);
    for entry in std::env::split_paths(path.unwrap_or(&usual)) {
        let here = entry.as_os_str().is_empty();
        let program = if here { Path::new(".").join(&file) } else { entry.join(&file) };
        if !is_executable(&program) {
            continue;
        }
        if entry.is_absolute() {
            return Ok(program);
        }
        let entry = if here { "an empty one".to_owned() } else { format!("`{}`", entry.display()) };
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "`{}` is found through a relative entry of PATH ({entry}), so it may belong to the code that is \
                 looked at; take that entry out of PATH",
                name.to_string_lossy()
            ),
        ));
    }
    Err(io::Error::new(io::ErrorKind::NotFound, format!("`{}` is not on PATH", name.to_string_lossy())))
}

/// `path` without its relative entries; `None` when it has none.
fn absolute(path: &OsStr) -> Option<OsString> {
    let entries: Vec<PathBuf> = std::env::split_paths(path).collect();
    let kept: Vec<&PathBuf> = entries.iter().filter(|entry| entry.is_absolute()).collect();
    if kept.len() == entries.len() {
        return None;
    }
    if kept.is_empty() {
        // An empty PATH means the working directory again.
        return Some(USUAL.into());
    }
    std::env::join_paths(kept).ok()
}

fn with_extension(name: &OsStr) -> OsString {
    let mut name = name.to_owned();
    if cfg!(windows) && Path::new(&name).extension().is_none() {
        name.push(".exe");
    }
    name
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn text(path: Option<OsString>) -> Option<String> {
        path.map(|path| path.into_string().unwrap())
    }

    #[test]
    fn relative_entries_are_taken_out_of_path() {
        for (path, kept) in [
            ("/a:.:/b", Some("/a:/b")),
            (":/a", Some("/a")),
            ("/a:", Some("/a")),
            ("bin:../x:/b", Some("/b")),
            ("", Some(USUAL)),
            (".", Some(USUAL)),
            ("/a:/b", None),
        ] {
            assert_eq!(text(absolute(path.as_ref())).as_deref(), kept, "{path:?}");
        }
    }

    #[test]
    fn a_program_is_found_where_path_says_and_nowhere_else() {
        assert!(find("sh".as_ref(), Some("/nowhere:/bin".as_ref())).unwrap().is_absolute());
        assert!(find("sh".as_ref(), None).is_ok());
        assert_eq!(find("./sh".as_ref(), None).unwrap(), Path::new("./sh"));
        let gone = find("no-such-program".as_ref(), Some(".:/bin".as_ref())).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        // Tests run in the folder of the project, in which `scripts` has programs.
        for path in ["scripts:/bin", "./scripts", "src/../scripts:/usr/bin"] {
            let error = find("bench.sh".as_ref(), Some(path.as_ref())).unwrap_err();
            assert!(error.to_string().contains("a relative entry of PATH"), "{path}: {error}");
        }
    }
}
