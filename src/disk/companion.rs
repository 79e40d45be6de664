//! The files that stand beside the code and say how it is to be read: configuration,
//! modules, patterns, owners, sources of a package. There is one reader for all of them.
//!
//! Whoever made the tree made these too. A pipe waits for ever, a link to a device never
//! ends, and a large file takes memory many times over, so only regular files up to a
//! size are read, and one that grows meanwhile is cut off there.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// The largest companion, in bytes.
pub const LARGEST: u64 = 4 << 20;
/// The largest source that is read for what it says about its package.
const LARGEST_SOURCE: u64 = 64 << 20;
/// The largest file that a person names: a plan, a part of a run, a baseline, a list.
const LARGEST_NAMED: u64 = 1 << 30;

/// Opens the file at `path` without waiting for a pipe's other end.
///
/// # Errors
/// As [`File::open`].
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits() as i32);
    }
    options.open(path)
}

/// The bytes of the companion at `path`.
///
/// # Errors
/// Those of the system, and one for a file that is not regular or too large.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Vec::new();
    fill(|most, bytes| file.take(most).read_to_end(bytes), &metadata, limit(path), &mut bytes)?;
    Ok(bytes)
}

/// The text of the companion at `path`.
///
/// # Errors
/// As [`read`], and for what is not UTF-8.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    utf8(read(path)?)
}

/// The text of a file that a person named on the command line, which may be an open
/// descriptor: `/dev/stdin`, `/dev/fd/63` of a shell's `<(...)`.
///
/// # Errors
/// As [`read_to_string`], with a limit of 1 GiB.
pub fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if ["/dev/fd", "/proc/self/fd", "/dev/stdin"].iter().any(|open| path.starts_with(open)) {
        File::open(path)?.take(LARGEST_NAMED + 1).read_to_end(&mut bytes)?;
        check(bytes.len() as u64, LARGEST_NAMED)?;
        return Ok(bytes);
    }
    let file = open(path)?;
    let metadata = file.metadata()?;
    fill(|most, bytes| file.take(most).read_to_end(bytes), &metadata, LARGEST_NAMED, &mut bytes)?;
    Ok(bytes)
}

/// How large the companion at `path` may be.
pub(super) fn limit(path: &Path) -> u64 {
    let is_go = path.as_os_str().as_encoded_bytes().ends_with(b".go");
    if is_go { LARGEST_SOURCE } else { LARGEST }
}

/// Appends what a file holds to `bytes`; `metadata` is its own, and `read` reads so many bytes
/// of it at most.
pub(super) fn fill(
    read: impl FnOnce(u64, &mut Vec<u8>) -> io::Result<usize>,
    metadata: &Metadata,
    limit: u64,
    bytes: &mut Vec<u8>,
) -> io::Result<()> {
    regular(metadata)?;
    check(metadata.len(), limit)?;
    bytes.reserve_exact(metadata.len() as usize + 1);
    let read = read(limit + 1, bytes)? as u64;
    check(read, limit)
}

/// Refuses what is no regular file.
pub(super) fn regular(metadata: &Metadata) -> io::Result<()> {
    match () {
        () if metadata.is_file() => Ok(()),
        () if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        () => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a pipe, a socket or a device and no regular file; replace or remove it",
        )),
    }
}

fn check(bytes: u64, limit: u64) -> io::Result<()> {
    if bytes <= limit {
        return Ok(());
    }
    let limit =
        if limit >= 1 << 30 { format!("{} GiB", limit >> 30) } else { format!("{} MiB", limit >> 20) };
    Err(io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {limit}, which is the limit; make it smaller or remove it"),
    ))
}

pub(super) fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
    String::from_utf8(bytes).map_err(not_text)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_regular_files_of_a_size_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("go.mod"), "module m\n").unwrap();
        symlink(at("go.mod"), at("link")).unwrap();
        assert_eq!(read_to_string(&at("link")).unwrap(), "module m\n");

        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        symlink("/dev/zero", at("zero")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        for name in ["pipe", "zero"] {
            for error in [read(&at(name)).unwrap_err(), read_named(&at(name)).unwrap_err()] {
                assert!(error.to_string().contains("no regular file"), "{name}: {error}");
            }
        }
        assert!(read(&at("socket")).is_err() && read(dir.path()).is_err());

        let large = File::create(at("large")).unwrap();
        large.set_len(LARGEST).unwrap();
        assert_eq!(read(&at("large")).unwrap().len() as u64, LARGEST);
        large.set_len(LARGEST + 1).unwrap();
        assert!(read(&at("large")).unwrap_err().to_string().contains("larger than 4 MiB"));
        large.set_len((1 << 30) + 1).unwrap();
        assert!(read_named(&at("large")).unwrap_err().to_string().contains("larger than 1 GiB"));
    }

    #[test]
    fn a_file_that_grows_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "a").unwrap();
        let metadata = std::fs::metadata(dir.path().join("a")).unwrap();
        let mut bytes = Vec::new();
        let error =
            fill(|most, bytes| io::repeat(b'x').take(most).read_to_end(bytes), &metadata, 1000, &mut bytes)
                .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(bytes.len(), 1001);
    }
}
