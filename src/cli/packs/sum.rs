//! `gomend.sum`: the hashes of packs, of the kind that go.sum holds.

use crate::cli::Stop;
use crate::disk::companion;
use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The file, beside the `gomend.toml` that names the packs.
pub const FILE: &str = "gomend.sum";
/// How many files a pack may have, and how many bytes together.
const MOST_FILES: usize = 10_000;
const MOST_BYTES: u64 = 64 << 20;

/// Path and version of packs, with their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackSums(BTreeMap<(String, String), String>);

impl PackSums {
    /// Reads the text of a `gomend.sum`.
    ///
    /// # Errors
    /// The number of the first line that is none.
    pub fn parse(text: &str) -> Result<PackSums, usize> {
        let mut sums = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [path, version, hash] = words[..] else { return Err(index + 1) };
            if !hash.starts_with("h1:") {
                return Err(index + 1);
            }
            sums.insert((path.to_owned(), version.to_owned()), hash.to_owned());
        }
        Ok(PackSums(sums))
    }

    /// The hash of a version of a pack.
    pub fn of(&self, path: &str, version: &str) -> Option<&str> {
        self.0.get(&(path.to_owned(), version.to_owned())).map(String::as_str)
    }

    /// Takes note of the one version of a pack that counts from now on.
    pub fn set(&mut self, path: &str, version: &str, hash: &str) {
        self.0.retain(|(known, _), _| known != path);
        self.0.insert((path.to_owned(), version.to_owned()), hash.to_owned());
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        self.0.iter().map(|((path, version), hash)| format!("{path} {version} {hash}\n")).collect()
    }
}

/// The hash of the files below `dir`, named as those of `path@version`.
///
/// # Errors
/// What cannot be read, or is more than a pack may hold.
pub fn of_folder(dir: &Path, path: &str, version: &str) -> Result<String, Stop> {
    let mut files = Vec::new();
    listed(dir, "", &mut files)?;
    files.sort();
    let mut bytes = 0;
    let mut all = Sha256::new();
    for file in files {
        let place = dir.join(&file);
        // Asked before it is read: a file of the tree may be of any size.
        bytes += std::fs::metadata(&place).map_or(0, |metadata| metadata.len());
        anyhow::ensure!(bytes <= MOST_BYTES, "{}: a pack may hold 64 MiB at most", dir.display());
        let text = companion::read_named(&place).with_context(|| place.display().to_string())?;
        let line = format!("{}  {path}@{version}/{file}\n", hex(&Sha256::digest(&text)));
        all.update(line.as_bytes());
    }
    Ok(format!("h1:{}", STANDARD.encode(all.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files below a directory, with `/`.
fn listed(dir: &Path, below: &str, files: &mut Vec<String>) -> Result<(), Stop> {
    let entries = std::fs::read_dir(dir).with_context(|| dir.display().to_string())?;
    for entry in entries {
        let entry = entry.with_context(|| dir.display().to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            listed(&entry.path(), &path, files)?;
        } else {
            anyhow::ensure!(
                kind.is_file(),
                "{} is a link, which a module cannot hold",
                entry.path().display()
            );
            files.push(path);
        }
        anyhow::ensure!(files.len() <= MOST_FILES, "{}: a pack may hold 10000 files at most", dir.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_none_is_named() {
        assert_eq!(PackSums::parse("a v1.0.0 h1:x\nb v1.0.0\n"), Err(2));
        assert_eq!(PackSums::parse("a v1.0.0 sha256:x\n"), Err(1));
    }

    #[test]
    fn one_version_of_a_pack_counts() {
        let mut sums = PackSums::parse("b v1.0.0 h1:x\na v1.0.0 h1:y\n").unwrap();
        sums.set("b", "v1.1.0", "h1:z");
        assert_eq!(sums.text(), "a v1.0.0 h1:y\nb v1.1.0 h1:z\n");
        assert_eq!((sums.of("b", "v1.1.0"), sums.of("b", "v1.0.0")), (Some("h1:z"), None));
    }
}
