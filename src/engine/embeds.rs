//! Go files that a program carries as data: `//go:embed` names them.
//!
//! A change of such a file changes what the program reads, so no fix of it is safe.
//! A pattern reaches its own directory and what is below, never another module: the
//! files that may name a file stand beside it or above it, up to its go.mod.

use crate::disk::Disk;
use globset::{GlobBuilder, GlobMatcher};
use memchr::memmem;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The guard that lowers the level of what is embedded.
pub const GUARD: &str = "embedded-source";
/// Its sentence.
pub const SENTENCE: &str = "The program carries this file as data, which the fix changes.";

const DIRECTIVE: &[u8] = b"//go:embed";

/// A pattern of a directive.
#[derive(Debug)]
struct EmbedPattern {
    /// As it is written.
    text: String,
    glob: GlobMatcher,
    /// Names that begin with `.` or `_` count, too.
    all: bool,
    /// The file that has it.
    file: String,
}

/// The patterns in the directories that were asked about.
#[derive(Debug, Default)]
pub struct Embeds {
    known: Mutex<HashMap<PathBuf, Arc<Vec<EmbedPattern>>>>,
}

impl Embeds {
    /// The directive that names the file at `path`, in words; nothing when there is none.
    pub fn name(&self, path: &Path, disk: &Disk) -> Option<String> {
        let directories: Vec<&Path> = path.ancestors().skip(1).collect();
        let module = directories.iter().position(|dir| disk.is_file(&dir.join("go.mod")))?;
        directories[..=module].iter().find_map(|dir| {
            let below = path.strip_prefix(dir).ok()?;
            let patterns = self.of(dir, disk);
            let found = patterns.iter().find(|pattern| pattern.names(below))?;
            Some(format!("`//go:embed {}` in {}", found.text, found.file))
        })
    }

    fn of(&self, dir: &Path, disk: &Disk) -> Arc<Vec<EmbedPattern>> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(dir) {
            return Arc::clone(known);
        }
        let mut patterns = Vec::new();
        for entry in disk.read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let go = path.extension().is_some_and(|ending| ending == "go");
            if go && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let name = entry.file_name().to_string_lossy().into_owned();
                patterns.extend(disk.read(&path).iter().flat_map(|text| read(text, &name)));
            }
        }
        let patterns = Arc::new(patterns);
        lock().insert(dir.to_owned(), Arc::clone(&patterns));
        patterns
    }
}

impl EmbedPattern {
    /// Whether it names the file at `below`, from its own directory on.
    fn names(&self, below: &Path) -> bool {
        below.ancestors().take_while(|part| !part.as_os_str().is_empty()).any(|part| {
            let hidden = || {
                let rest = below.strip_prefix(part).into_iter().flat_map(Path::components);
                rest.into_iter().any(|one| match one {
                    Component::Normal(name) => name.to_string_lossy().starts_with(['.', '_']),
                    _ => false,
                })
            };
            self.glob.is_match(part) && (self.all || !hidden())
        })
    }
}

/// The patterns in a file called `name`.
fn read(text: &[u8], name: &str) -> Vec<EmbedPattern> {
    let mut patterns = Vec::new();
    for at in memmem::find_iter(text, DIRECTIVE) {
        let before = text[..at].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let rest = &text[at + DIRECTIVE.len()..];
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if !before.trim_ascii().is_empty() || !line.starts_with(b" ") && !line.starts_with(b"\t") {
            continue;
        }
        for text in words(&String::from_utf8_lossy(line)) {
            let (plain, all) = match text.strip_prefix("all:") {
                Some(plain) => (plain, true),
                None => (text.as_str(), false),
            };
            let glob = GlobBuilder::new(plain).literal_separator(true).backslash_escape(true).build();
            if let Ok(glob) = glob {
                let (glob, file) = (glob.compile_matcher(), name.to_owned());
                patterns.push(EmbedPattern { glob, all, file, text });
            }
        }
    }
    patterns
}

/// The words of a line; one in quotes may have blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let quoted = matches!(first, '"' | '`').then(|| rest[1..].find(first)).flatten();
        let (word, after) = match quoted {
            Some(end) => (&rest[1..=end], &rest[end + 2..]),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directive: &str, below: &str) -> bool {
        read(directive.as_bytes(), "a.go").iter().any(|pattern| pattern.names(Path::new(below)))
    }

    #[test]
    fn patterns_are_read_as_go_reads_them() {
        for (directive, below, want) in [
            ("//go:embed *.go", "a.go", true),
            ("//go:embed *.go", "x/a.go", false),
            ("//go:embed x", "x/y/a.go", true),
            ("//go:embed x", "x/_y/a.go", false),
            ("//go:embed all:x", "x/_y/a.go", true),
            ("\t//go:embed y/*.txt x/*.go", "x/a.go", true),
            ("//go:embed \"my files/a.go\" b", "my files/a.go", true),
            ("//go:embed `my files`", "my files/a.go", true),
            ("//go:embed x/?.go", "x/a.go", true),
            ("//go:embed x/[b-c].go", "x/a.go", false),
            ("//go:embedx *.go", "a.go", false),
            ("var s = \"//go:embed *.go\"", "a.go", false),
        ] {
            assert_eq!(names(directive, below), want, "{directive} {below}");
        }
    }
}
