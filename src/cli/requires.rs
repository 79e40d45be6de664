//! Modules that the code of a fix needs and that go.mod does not list yet.

use crate::rewrite::RuleEntry;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is lacking, as far as it was asked.
#[derive(Default)]
pub struct Lacking(Mutex<BTreeSet<String>>);

impl Lacking {
    /// Whether a fix of `entry` in the file at `path` can be written: go.mod lists all that it
    /// needs. What it lacks is remembered.
    pub fn allows(&self, entry: &RuleEntry, path: &Path) -> bool {
        let mut fits = true;
        for (module, version) in entry.meta.requires {
            let Some((file, text)) = go_mod(path) else { continue };
            if lists(&text, module) {
                continue;
            }
            fits = false;
            let said = format!(
                "{} needs {module} {version}, which {} lacks: run `go get {module}@{version}`, then this again, then `go mod tidy` (and `go mod vendor` where there is a vendor directory)",
                entry.meta.id,
                file.display()
            );
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(said);
        }
        fits
    }

    /// The sentences about it.
    pub fn sentences(self) -> BTreeSet<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

fn go_mod(path: &Path) -> Option<(PathBuf, String)> {
    let mut files = path.ancestors().skip(1).map(|dir| dir.join("go.mod"));
    files.find_map(|file| std::fs::read_to_string(&file).ok().map(|text| (file, text)))
}

/// Whether the text of a go.mod requires or is the module.
fn lists(text: &str, module: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace().skip_while(|word| matches!(*word, "require" | "module"));
        words.next() == Some(module)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_found_in_and_out_of_a_block() {
        let text = "module m\n\nrequire a.b/c v1.0.0\n\nrequire (\n\td.e/f v1.2.3 // indirect\n)\n";
        for (module, listed) in [("a.b/c", true), ("d.e/f", true), ("a.b", false), ("m", true)] {
            assert_eq!(lists(text, module), listed, "{module}");
        }
    }
}
