//! Files for which go would wait for ever: it opens what its name says is a source, pipes
//! and devices too.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// The first file of the module at `root`, or of what stands above it and counts for it,
/// that go would open and that is no regular file.
pub(super) fn first(root: &Path) -> Option<PathBuf> {
    let mut above = root.ancestors().flat_map(|dir| MARKS.iter().map(|name| dir.join(name)));
    let waits = |path: &PathBuf| fs::metadata(path).is_ok_and(|meta| is_odd(meta.file_type()));
    above.find(waits).or_else(|| below(root))
}

fn below(dir: &Path) -> Option<PathBuf> {
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                // Go passes by what is hidden.
                if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                    dirs.push(entry.path());
                }
            } else if !kind.is_file() && is_opened(&entry.path()) {
                let followed = fs::metadata(entry.path()).map(|meta| meta.file_type());
                if followed.is_ok_and(is_odd) {
                    return Some(entry.path());
                }
            }
        }
    }
    None
}

fn is_odd(kind: FileType) -> bool {
    !kind.is_file() && !kind.is_dir()
}

/// Whether go opens a file for its name.
fn is_opened(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    SOURCES.contains(&&*ending) || MARKS.iter().any(|mark| mark.rsplit('/').next() == Some(&*name))
}

#[cfg(all(test, unix))]
mod tests {
    use super::first;
    use std::fs;

    #[test]
    fn pipes_with_the_name_of_a_source_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("m");
        fs::create_dir_all(root.join("a/.b")).unwrap();
        fs::write(root.join("go.mod"), "module m\n").unwrap();
        let fifo = |name: &str| {
            let made = std::process::Command::new("mkfifo").arg(dir.path().join(name)).status().unwrap();
            assert!(made.success());
        };
        fifo("m/a/app.sock");
        fifo("m/a/.b/x.go");
        assert_eq!(first(&root), None);
        for name in ["m/a/x.go", "go.work", "m/a/y.s", "m/a/go.mod"] {
            fifo(name);
            assert_eq!(first(&root).unwrap(), dir.path().join(name));
            fs::remove_file(dir.path().join(name)).unwrap();
        }
        std::os::unix::fs::symlink("/dev/zero", root.join("z.go")).unwrap();
        assert_eq!(first(&root).unwrap(), root.join("z.go"));
    }
}

/// The endings of the files that go builds a package of.
pub(super) const SOURCES: &[&str] = &[
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx",
    "swig", "swigcxx", "syso",
];

/// The files that tell which module a directory belongs to and what it needs.
pub(super) const MARKS: &[&str] = &["go.mod", "go.sum", "go.work", "go.work.sum", "vendor/modules.txt"];
