//! Walks over a tree for what is no list of findings: where a package is imported, where rules
//! lie. Reads no file of the tree to find its way, so nothing in it can hold the walk up.

use crate::disk::{Disk, companion};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Directories in which nobody keeps code or rules of their own.
const PRUNED: &[&str] = &["node_modules", "vendor", "testdata"];

/// Whether nobody keeps rules of their own in `dir`, by its name.
pub fn is_passed_by(dir: &Path) -> bool {
    let name = dir.file_name().and_then(|name| name.to_str());
    name.is_none_or(|name| name.starts_with('.') || is_pruned(name))
}

fn is_pruned(name: &str) -> bool {
    name.eq_ignore_ascii_case(".git") || PRUNED.contains(&name)
}

/// A walk over what is below `root` for whose directories `enters` says yes, links not followed.
fn walk(root: &Path, takes: impl Fn(&DirEntry, &str) -> bool + Send + Sync + 'static) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).follow_links(false);
    builder.filter_entry(move |entry| {
        let name = entry.file_name().to_str();
        entry.depth() == 0 || name.is_some_and(|name| takes(entry, name))
    });
    builder
}

/// What `look` finds in the regular Go files below `root`, hidden directories left out, by their
/// paths. It is handed the text of each file that can be read as UTF-8, on several threads.
pub fn in_go_files<T: Send>(
    root: &Path,
    look: &(dyn Fn(&Path, String) -> Option<T> + Sync),
) -> BTreeMap<PathBuf, T> {
    let all = walk(root, |_, name| !name.starts_with('.') && !is_pruned(name));
    let found: Mutex<BTreeMap<PathBuf, T>> = Mutex::default();
    all.build_parallel().run(|| {
        Box::new(|entry| {
            let is_go = |entry: &DirEntry| {
                entry.file_type().is_some_and(|kind| kind.is_file())
                    && entry.path().extension().is_some_and(|extension| extension == "go")
            };
            if let Ok(entry) = entry
                && is_go(&entry)
                && let Ok(text) = companion::read_to_string(entry.path())
                && let Some(one) = look(entry.path(), text)
            {
                found.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.into_path(), one);
            }
            WalkState::Continue
        })
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The directories below `root`, and it itself, that hold a directory called `name`. `disk` is
/// told of every directory that is listed.
pub fn holding(root: &Path, name: &'static str, disk: &Disk) -> Vec<PathBuf> {
    let directories = walk(root, move |entry, own| {
        let inside = entry.path().parent().and_then(Path::file_name).is_some_and(|parent| parent == name);
        entry.file_type().is_some_and(|kind| kind.is_dir())
            && !inside
            && !is_pruned(own)
            && (own == name || !own.starts_with('.'))
    });
    let found: Mutex<Vec<PathBuf>> = Mutex::default();
    directories.build_parallel().run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry {
                disk.will_list(entry.path());
                if entry.depth() > 0 && entry.file_name() == name {
                    let held = entry.path().parent().map(Path::to_owned);
                    found.lock().unwrap_or_else(PoisonError::into_inner).extend(held);
                }
            }
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_passes_what_is_pruned_hidden_or_linked() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path();
        for dir in
            ["a/.gomend/rules", "b/vendor/.gomend", ".hidden/.gomend", "c/.GIT/.gomend", ".gomend/x/.gomend"]
        {
            std::fs::create_dir_all(root.join(dir)).unwrap();
            std::fs::write(root.join(dir).join("x.go"), "package x").unwrap();
        }
        std::fs::write(root.join("a/a.go"), "package a").unwrap();
        std::fs::write(root.join("a/a.txt"), "").unwrap();
        assert_eq!(holding(root, ".gomend", &Disk::default()), [root.to_owned(), root.join("a")]);
        let found = in_go_files(root, &|_, text| Some(text));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(root.join("a/a.go"), "package a".to_owned())]);
    }
}
