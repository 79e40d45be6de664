//! Reading one file: its size, its encoding, whether a generator wrote it.

use crate::disk::Disk;
use crate::syntax::byte_checks::Prologue;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

/// Bytes of a buffer that stay for the next file: larger files are few, and each
/// thread has a buffer.
const KEPT: usize = 256 << 10;

/// The bytes of one file after another, in one place.
#[derive(Debug, Default)]
pub struct Buffer {
    /// What is behind the bytes of this file is left of others: a place that is
    /// cleared for each file takes longer than most files do.
    room: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// Makes room for so many bytes.
    fn fit(&mut self, room: usize) {
        self.filled = 0;
        if self.room.len() > KEPT && room <= KEPT {
            self.room.truncate(KEPT);
            self.room.shrink_to_fit();
        }
        let room = if room <= KEPT { room.next_power_of_two() } else { room };
        if self.room.len() < room {
            self.room.reserve_exact(room - self.room.len());
            self.room.resize(room, 0);
        }
    }

    fn into_bytes(mut self) -> Vec<u8> {
        self.room.truncate(self.filled);
        self.room
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[..self.filled]
    }
}

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
pub enum ReadRefusal {
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

impl ReadRefusal {
    /// Whether it is an error of this run (exit 2), not a file that is skipped.
    pub fn is_failure(&self) -> bool {
        matches!(self, ReadRefusal::Unreadable(_))
    }
}

/// The text of the file at `path`.
///
/// # Errors
/// [`ReadRefusal`]; the size is checked before a byte is read.
pub fn read_path(path: &Path, limits: Limits) -> Result<String, ReadRefusal> {
    let mut buffer = Buffer::default();
    read_bytes(&Disk::default(), path, limits, &mut buffer)?;
    text(buffer.into_bytes(), limits)
}

/// The bytes of the file at `path` on `disk`, in the place of what `buffer` holds; nobody
/// asks whether they are UTF-8. For a walk over many files.
///
/// # Errors
/// [`ReadRefusal`], but for [`ReadRefusal::NotUtf8`]; the buffer is empty then.
pub fn read_bytes(disk: &Disk, path: &Path, limits: Limits, buffer: &mut Buffer) -> Result<(), ReadRefusal> {
    buffer.filled = 0;
    if let Some(text) = disk.overlaid(path) {
        if text.len() as u64 > limits.file_size {
            return Err(ReadRefusal::TooLarge(text.len() as u64, limits.file_size));
        }
        buffer.fit(text.len() + 1);
        buffer.room[..text.len()].copy_from_slice(text.as_bytes());
        buffer.filled = text.len();
        return Ok(());
    }
    let mut file = disk.open(path).map_err(ReadRefusal::Unreadable)?;
    let metadata = file.metadata();
    if !metadata.is_file() {
        return Err(ReadRefusal::NotRegular);
    }
    if metadata.len() > limits.file_size {
        return Err(ReadRefusal::TooLarge(metadata.len(), limits.file_size));
    }
    // One byte beyond the size, so that a file which grows meanwhile is read on, but not
    // beyond the limit; one that gives its size and no more is at its end.
    let size = metadata.len() as usize;
    buffer.fit(size + 1);
    let mut filled = 0;
    loop {
        match file.read(&mut buffer.room[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ReadRefusal::Unreadable(error)),
        }
        if filled == size {
            break;
        }
        if filled as u64 > limits.file_size {
            return Err(ReadRefusal::TooLarge(filled as u64, limits.file_size));
        }
        if filled == buffer.room.len() {
            buffer.room.resize(filled * 2, 0);
        }
    }
    buffer.filled = filled;
    file.seen(buffer);
    Ok(())
}

/// `bytes` as text under the same limits: what came through standard input.
///
/// # Errors
/// [`ReadRefusal::TooLarge`] and [`ReadRefusal::NotUtf8`].
pub fn text(bytes: Vec<u8>, limits: Limits) -> Result<String, ReadRefusal> {
    if bytes.len() as u64 > limits.file_size {
        return Err(ReadRefusal::TooLarge(bytes.len() as u64, limits.file_size));
    }
    String::from_utf8(bytes).map_err(|error| ReadRefusal::NotUtf8(error.utf8_error().valid_up_to()))
}

/// Whether a comment before the package clause says that the file is generated:
/// a line `// Code generated … DO NOT EDIT.` (<https://go.dev/s/generatedcode>).
/// Looks at the comments on top and no further.
pub fn is_generated(text: impl AsRef<[u8]>) -> bool {
    let lines = |comment: &[u8]| match comment {
        [b'/', b'/', ..] => says_generated(comment),
        _ => comment.split(|byte| *byte == b'\n').any(says_generated),
    };
    Prologue::of(text.as_ref()).any(lines)
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
    fn a_buffer_holds_one_file_and_nothing_of_others() {
        let dir = tempfile::tempdir().unwrap();
        let mut buffer = Buffer::default();
        for size in [3000, 0, 10, KEPT - 1, KEPT, KEPT + 1, 3 * KEPT, 7, 4096, 4095] {
            let path = dir.path().join("a.go");
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8 + 1).collect();
            std::fs::write(&path, &bytes).unwrap();
            read_bytes(&Disk::default(), &path, Limits::default(), &mut buffer).unwrap();
            assert!(*buffer == *bytes, "{size} bytes");
            assert!(buffer.room.len() <= (size + 1).max(KEPT), "{size} bytes");
        }
        let gone = read_bytes(&Disk::default(), &dir.path().join("b.go"), Limits::default(), &mut buffer);
        assert!(gone.is_err() && buffer.is_empty());
    }

    #[test]
    fn what_came_through_standard_input_obeys_the_limits() {
        let limits = Limits { file_size: 3 };
        assert_eq!(text(b"abc".to_vec(), limits).unwrap(), "abc");
        assert!(matches!(text(b"abcd".to_vec(), limits), Err(ReadRefusal::TooLarge(4, 3))));
        assert!(matches!(text(b"a\xff".to_vec(), limits), Err(ReadRefusal::NotUtf8(1))));
    }
}
