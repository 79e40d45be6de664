//! File contents, concatenated: one flush serves many small files.

use super::super::error::FileError;
use crate::disk::companion;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A blob is closed and flushed when it has reached this many bytes.
const FULL: u64 = 64 << 20;

/// Where contents stand in the blobs of one kind.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct Image {
    blob: usize,
    at: u64,
    len: usize,
    /// Of the contents.
    #[serde(with = "hex")]
    pub(in crate::store) hash: blake3::Hash,
}

/// Appends contents to the blobs of one kind.
pub(super) struct Blobs<'a> {
    folder: &'a Path,
    kind: &'static str,
    number: usize,
    at: u64,
    open: Option<BufWriter<File>>,
}

impl<'a> Blobs<'a> {
    pub(super) fn new(folder: &'a Path, kind: &'static str) -> Blobs<'a> {
        Blobs { folder, kind, number: 0, at: 0, open: None }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) -> io::Result<Image> {
        let out = match &mut self.open {
            Some(out) => out,
            closed => {
                let file = File::create_new(path(self.folder, self.kind, self.number))?;
                closed.insert(BufWriter::new(file))
            }
        };
        out.write_all(bytes)?;
        let image = Image { blob: self.number, at: self.at, len: bytes.len(), hash: blake3::hash(bytes) };
        self.at += bytes.len() as u64;
        if self.at >= FULL {
            self.flush()?;
        }
        Ok(image)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(out) = self.open.take() {
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            self.number += 1;
            self.at = 0;
        }
        Ok(())
    }
}

impl Image {
    /// The contents, compared with their hash. `file` is whose they are.
    pub(super) fn read(&self, folder: &Path, kind: &str, file: &Path) -> Result<Vec<u8>, FileError> {
        let blob = path(folder, kind, self.blob);
        let damaged = || FileError::Damaged { path: file.to_owned(), journal: blob.clone() };
        let mut bytes = Vec::new();
        let read = || -> io::Result<Vec<u8>> {
            let mut blob = companion::open(&blob)?;
            blob.seek(SeekFrom::Start(self.at))?;
            // How long they are is no reason to make room before they are there.
            blob.take(self.len as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) if blake3::hash(&bytes) == self.hash => Ok(bytes),
            Ok(_) => Err(damaged()),
            Err(cause) if matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => {
                Err(damaged())
            }
            Err(cause) => Err(FileError::io(file, "read its contents from the journal")(cause)),
        }
    }
}

fn path(folder: &Path, kind: &str, number: usize) -> PathBuf {
    folder.join(format!("{kind}-{number}"))
}

/// Hashes as text.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(hash: &blake3::Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hash.to_hex())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<blake3::Hash, D::Error> {
        let text = String::deserialize(deserializer)?;
        blake3::Hash::from_hex(text).map_err(de::Error::custom)
    }
}
