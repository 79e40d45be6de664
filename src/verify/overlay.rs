//! The temporary directory: replacement files and the overlay files that name
//! them.

use super::diagnostic::display;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Starts the name of every replacement file, and of nothing else in its path;
/// 32 hex digits follow.
const MARK: &str = "mended-";
const DIGITS: usize = 32;
/// Starts the name of the directory of one proof.
const DIRECTORY: &str = "gomend-verify-";

/// Replacement files by content, for one proof. Removed when dropped.
pub(super) struct Scratch {
    dir: TempDir,
    /// File name of a replacement → the file that it stands for.
    stands_for: Mutex<HashMap<String, PathBuf>>,
    overlays: AtomicUsize,
}

impl Scratch {
    pub(super) fn new() -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(DIRECTORY);
        // Where the user wants go's work, which may be large.
        let dir = match std::env::var_os("GOTMPDIR") {
            Some(dir) if !dir.is_empty() => builder.tempdir_in(dir)?,
            _ => builder.tempdir()?,
        };
        std::fs::create_dir(dir.path().join("work"))?;
        std::fs::create_dir(dir.path().join("src"))?;
        Ok(Scratch { dir, stands_for: Mutex::default(), overlays: AtomicUsize::new(0) })
    }

    /// Where children put their own temporary files, so that a killed one
    /// leaves nothing behind.
    pub(super) fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    /// Writes a replacement for `original` and gives its path. The same bytes
    /// for the same file are written once.
    pub(super) fn put(&self, original: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(original.as_os_str().as_encoded_bytes()).update(&[0]).update(bytes);
        let hash = hasher.finalize().to_hex();
        let extension = original.extension().unwrap_or_default().to_string_lossy();
        let name = format!("{MARK}{}.{extension}", &hash[..DIGITS]);
        let path = self.dir.path().join("src").join(&name);
        let mut known = self.stands_for.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Entry::Vacant(vacant) = known.entry(name) {
            std::fs::write(&path, bytes)?;
            vacant.insert(original.to_path_buf());
        }
        Ok(path)
    }

    /// Writes an overlay file: what go calls the file → what to read instead.
    pub(super) fn overlay(&self, replace: &BTreeMap<PathBuf, PathBuf>) -> io::Result<PathBuf> {
        let number = self.overlays.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.path().join(format!("overlay-{number}.json"));
        let spell = |path: &PathBuf| path.to_string_lossy().into_owned();
        let map: BTreeMap<String, String> = replace.iter().map(|(key, to)| (spell(key), spell(to))).collect();
        std::fs::write(&path, serde_json::to_vec(&serde_json::json!({ "Replace": map }))?)?;
        Ok(path)
    }

    /// Puts the real names back into what a tool said. The compiler names the
    /// replacement, absolute or relative to the directory where it ran.
    pub(super) fn restore(&self, text: &str) -> String {
        let known = self.stands_for.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let src = self.dir.path().join("src");
        // `/tmp/x/src/`, and what is left of it when written relative: some
        // number of `../` before any tail of its components.
        let parts: Vec<String> = src.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(MARK) {
            let name_end = rest[at..].find(".").map_or(rest.len(), |dot| {
                let tail = &rest[at + dot + 1..];
                let extension = tail.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tail.len());
                at + dot + 1 + extension
            });
            match known.get(&rest[at..name_end]) {
                Some(original) => {
                    let before = strip_directory(&rest[..at], &parts);
                    out.push_str(before);
                    out.push_str(&original.to_string_lossy());
                    rest = &rest[name_end..];
                }
                None => {
                    out.push_str(&rest[..at + MARK.len()]);
                    rest = &rest[at + MARK.len()..];
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// `text` without the directory at its end, whose last components are those of
/// `parts`, be it written absolute or with leading `..`.
fn strip_directory<'a>(text: &'a str, parts: &[String]) -> &'a str {
    let separator = ['/', '\\'];
    let mut left = text;
    for part in parts.iter().rev() {
        let Some(shorter) = left.strip_suffix(separator).and_then(|left| without(left, part)) else { break };
        left = shorter;
    }
    // Absolute: all parts are gone, the root (`/`, `C:\`) among them.
    while let Some(shorter) = left.strip_suffix("../").or_else(|| left.strip_suffix("..\\")) {
        left = shorter;
    }
    left.strip_suffix("./").or_else(|| left.strip_suffix(".\\")).unwrap_or_else(|| {
        left.strip_suffix(separator)
            .filter(|before| before.is_empty() || before.ends_with(char::is_whitespace))
            .unwrap_or(left)
    })
}

/// `text` without the component `part` at its end. What go remembers of an earlier proof
/// names the directory of that one.
fn without<'a>(text: &'a str, part: &str) -> Option<&'a str> {
    text.strip_suffix(part).or_else(|| {
        let start = text.rfind(['/', '\\']).map_or(0, |separator| separator + 1);
        (part.starts_with(DIRECTORY) && text[start..].starts_with(DIRECTORY)).then_some(&text[..start])
    })
}

/// The overlay that the user's `GOFLAGS` name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct UserOverlay {
    /// As go reads it, keys and values absolute; an empty value removes a file.
    pub(super) replace: BTreeMap<PathBuf, PathBuf>,
}

#[derive(serde::Deserialize)]
struct OverlayFile {
    #[serde(rename = "Replace", default)]
    replace: BTreeMap<String, String>,
}

impl UserOverlay {
    /// Reads it; relative paths count from the working directory, as they
    /// would for a go command started there.
    ///
    /// # Errors
    /// A sentence, when it cannot be read.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let here = std::env::current_dir().map_err(|error| format!("no working directory: {error}"))?;
        let absolute = |path: &str| super::diagnostic::absolute(&here, Path::new(path));
        let bytes = std::fs::read(here.join(path))
            .map_err(|error| format!("the overlay of GOFLAGS, {}, cannot be read: {error}", display(path)))?;
        let file: OverlayFile = serde_json::from_slice(&bytes).map_err(|error| {
            format!("the overlay of GOFLAGS, {}, is not an overlay: {error}", display(path))
        })?;
        let value = |to: &str| if to.is_empty() { PathBuf::new() } else { absolute(to) };
        let replace = file.replace.iter().map(|(key, to)| (absolute(key), value(to))).collect();
        Ok(UserOverlay { replace })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names_come_back_however_the_replacement_is_spelled() {
        let scratch = Scratch::new().unwrap();
        let put = scratch.put(Path::new("/m/a/a.go"), b"package a\n").unwrap();
        let name = put.file_name().unwrap().to_str().unwrap();
        let absolute = put.to_str().unwrap();
        // go repeats what it said in an earlier proof.
        let own = scratch.dir.path().file_name().unwrap().to_str().unwrap();
        let of_another = |path: &str| path.replace(own, "gomend-verify-Earlier");
        let (tmp, tail) = ("../../tmp", absolute.strip_prefix("/tmp").unwrap_or(absolute));
        for (said, want) in [
            (format!("{absolute}:5:3: x"), "/m/a/a.go:5:3: x".to_owned()),
            (format!("{tmp}{tail}:5:3: x"), "/m/a/a.go:5:3: x".to_owned()),
            (format!("{}:5:3: x", of_another(absolute)), "/m/a/a.go:5:3: x".to_owned()),
            (format!("{tmp}{}:5:3: x", of_another(tail)), "/m/a/a.go:5:3: x".to_owned()),
            (format!("./{name}:5:3: x"), "/m/a/a.go:5:3: x".to_owned()),
            (format!("vet: {absolute}:5:3: x"), "vet: /m/a/a.go:5:3: x".to_owned()),
            (format!("\tother at {absolute}:5:3"), "\tother at /m/a/a.go:5:3".to_owned()),
            ("mended-unknown.go stays".to_owned(), "mended-unknown.go stays".to_owned()),
        ] {
            assert_eq!(scratch.restore(&said), want, "{said}");
        }
    }
}
