//! Small files that exist in full or not at all, and carry their checksum.

use super::super::replace::sync_dir;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// The first words of a sealed file; the number changes with the form.
const FORM: &str = "gomend journal 1 ";

/// Why a sealed file cannot be used.
#[derive(Debug)]
pub(super) enum SealError {
    /// It cannot be read.
    Io(io::Error),
    /// It was not written by this form of the journal.
    Form,
    /// It is not what was written.
    Checksum,
}

/// One line of a sealed file.
pub(super) fn line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("plain data is always JSON");
    line.push('\n');
    line
}

/// Writes `folder/name`, flushed, by way of a rename.
pub(super) fn write(folder: &Path, name: &str, body: &str) -> io::Result<()> {
    let new = folder.join(format!("{name}.new"));
    let mut file = File::create(&new)?;
    writeln!(file, "{FORM}{}", blake3::hash(body.as_bytes()).to_hex())?;
    file.write_all(body.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, folder.join(name))?;
    sync_dir(folder)
}

/// The body of a sealed file.
pub(super) fn read(path: &Path) -> Result<String, SealError> {
    let bytes = fs::read(path).map_err(SealError::Io)?;
    let text = String::from_utf8(bytes).map_err(|_| SealError::Checksum)?;
    let (first, body) = text.split_once('\n').ok_or(SealError::Checksum)?;
    let sum = first.strip_prefix(FORM).ok_or(SealError::Form)?;
    if sum != blake3::hash(body.as_bytes()).to_hex().as_str() {
        return Err(SealError::Checksum);
    }
    Ok(body.to_owned())
}

/// Paths in JSON: as text where they are text, else byte for byte.
pub(super) mod path {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Text(String),
        Raw(OsString),
    }

    pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = match path.to_str() {
            Some(text) => Stored::Text(text.to_owned()),
            None => Stored::Raw(path.as_os_str().to_owned()),
        };
        stored.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Text(text) => PathBuf::from(text),
            Stored::Raw(raw) => PathBuf::from(raw),
        })
    }
}
