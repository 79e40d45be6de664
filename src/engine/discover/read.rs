//! Reading one file: its size, its encoding, whether a generator wrote it.

use super::Wanted;
use crate::disk::Disk;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a buffer that stay for the next file: larger files are few, and each
/// thread has a buffer.
const KEPT: usize = 256 << 10;

/// What a file may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file that is read, in bytes.
    pub file_size: u64,
}

impl Default for Limits {
    /// 4 MiB: a parsed file takes fifty times its size in memory.
    fn default() -> Limits {
        Limits { file_size: 4 << 20 }
    }
}

/// Why a file's text is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Larger than the limit; both in bytes.
    #[error("too large ({0} bytes, the limit is {1}; --max-file-size raises it)")]
    TooLarge(u64, u64),
    /// The byte at this offset (from 0) starts no UTF-8 character.
    #[error("not UTF-8 (at byte {0})")]
    NotUtf8(usize),
    /// The system did not give it.
    #[error("cannot be read: {0}; check its permissions, or leave it out with --exclude")]
    Unreadable(#[source] io::Error),
    /// It became a directory, a pipe or a device after it was found.
    #[error("not a regular file")]
    NotRegular,
}

impl Refusal {
    /// Whether it is an error of this run (exit 2), not a file that is skipped.
    pub fn is_failure(&self) -> bool {
        matches!(self, Refusal::Unreadable(_))
    }
}

/// The text of a file that discovery handed out.
///
/// # Errors
/// [`Refusal`]; the size is checked before a byte is read.
pub fn read(wanted: &Wanted, limits: Limits) -> Result<String, Refusal> {
    read_path(&wanted.absolute, limits)
}

/// The text of the file at `path`.
///
/// # Errors
/// [`Refusal`], as [`read`].
pub fn read_path(path: &Path, limits: Limits) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    read_bytes(&Disk::default(), path, limits, &mut bytes)?;
    text(bytes, limits)
}

/// The bytes of the file at `path` on `disk`, in the place of what `bytes` holds; nobody
/// asks whether they are UTF-8. For a walk over many files, which are read into
/// one buffer.
///
/// # Errors
/// [`Refusal`], but for [`Refusal::NotUtf8`].
pub fn read_bytes(disk: &Disk, path: &Path, limits: Limits, bytes: &mut Vec<u8>) -> Result<(), Refusal> {
    bytes.clear();
    let mut file = disk.open(path).map_err(Refusal::Unreadable)?;
    let metadata = file.metadata();
    if !metadata.is_file() {
        return Err(Refusal::NotRegular);
    }
    if metadata.len() > limits.file_size {
        return Err(Refusal::TooLarge(metadata.len(), limits.file_size));
    }
    // One byte beyond the size, so that the end is seen without growing; a
    // file that grows meanwhile is read on, but not beyond the limit.
    let room = metadata.len() as usize + 1;
    if bytes.capacity() > KEPT && room <= KEPT {
        bytes.shrink_to(KEPT);
    }
    bytes.reserve_exact(room);
    bytes.resize(room, 0);
    let mut filled = 0;
    loop {
        match file.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Refusal::Unreadable(error)),
        }
        if filled as u64 > limits.file_size {
            return Err(Refusal::TooLarge(filled as u64, limits.file_size));
        }
        if filled == bytes.len() {
            bytes.resize(filled * 2, 0);
        }
    }
    bytes.truncate(filled);
    file.seen(bytes);
    Ok(())
}

/// `bytes` as text under the same limits: what came through standard input.
///
/// # Errors
/// [`Refusal::TooLarge`] and [`Refusal::NotUtf8`].
pub fn text(bytes: Vec<u8>, limits: Limits) -> Result<String, Refusal> {
    if bytes.len() as u64 > limits.file_size {
        return Err(Refusal::TooLarge(bytes.len() as u64, limits.file_size));
    }
    String::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.utf8_error().valid_up_to()))
}

/// Whether a comment before the package clause says that the file is generated:
/// a line `// Code generated … DO NOT EDIT.` (<https://go.dev/s/generatedcode>).
/// Looks at the comments on top and no further.
pub fn is_generated(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    let mut rest = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    loop {
        let white = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        rest = &rest[white..];
        let comment;
        if rest.starts_with(b"//") {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            (comment, rest) = rest.split_at(end);
        } else if rest.starts_with(b"/*") {
            let Some(end) = memchr::memmem::find(&rest[2..], b"*/") else { return false };
            (comment, rest) = rest.split_at(end + 4);
        } else {
            return false;
        }
        if comment.split(|byte| *byte == b'\n').any(says_generated) {
            return true;
        }
    }
}

fn says_generated(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.strip_prefix(b"// Code generated ").is_some_and(|rest| rest.ends_with(b" DO NOT EDIT."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_line_before_the_package_clause() {
        for text in [
            "// Code generated by stringer; DO NOT EDIT.\npackage p\n",
            "\u{feff}// Code generated by x. DO NOT EDIT.\r\npackage p\r\n",
            "//go:build linux\n\n// Copyright\n// Code generated by x DO NOT EDIT.\n\npackage p",
            "/* licence\n*/\n\n// Code generated by x DO NOT EDIT.\npackage p",
            "/*\n// Code generated by x DO NOT EDIT.\n*/ package p",
            "// Code generated by x DO NOT EDIT.",
        ] {
            assert!(is_generated(text), "{text:?}");
        }
        for text in [
            "",
            "package p\n\n// Code generated by x DO NOT EDIT.\n",
            "// Code generated by x DO NOT EDIT. Really.\npackage p",
            "// Code generated DO NOT EDIT.\npackage p",
            "//Code generated by x DO NOT EDIT.\npackage p",
            "// code generated by x. do not edit.\npackage p",
            "// see // Code generated by x DO NOT EDIT.\npackage p",
            "/* Code generated by x DO NOT EDIT. */ package p",
            "/* never closed",
            "var s = `\n// Code generated by x DO NOT EDIT.\n`",
        ] {
            assert!(!is_generated(text), "{text:?}");
        }
    }

    #[test]
    fn what_came_through_standard_input_obeys_the_limits() {
        let limits = Limits { file_size: 3 };
        assert_eq!(text(b"abc".to_vec(), limits).unwrap(), "abc");
        assert!(matches!(text(b"abcd".to_vec(), limits), Err(Refusal::TooLarge(4, 3))));
        assert!(matches!(text(b"a\xff".to_vec(), limits), Err(Refusal::NotUtf8(1))));
    }
}
