//! What is judged before a declaration is parsed turns down no site.

use crate::support::Known;
use crate::toolchain::{go_files, goroot};
use gomend::engine::look::{Around, look};
use gomend::engine::shelf::{FileCache, FileSet};
use gomend::engine::sieve::Prefilter;
use gomend::rewrite::{Meta, RuleEntry, Shape};
use gomend::syntax::{File, glance};
use gomend::text::Span;
use gomend::transforms::CATALOGUE;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The entry as it would be if nothing were known of its sites but the words.
fn blind(entry: &RuleEntry) -> RuleEntry {
    let shape = |shape: &Shape| Shape { with: &[], near: |_, _| true, looks: |_, _| true, ..*shape };
    let shapes: Vec<Shape> = entry.meta.shapes.iter().map(shape).collect();
    let meta =
        Meta { within: &[], near: |_, _| true, looks: |_, _| true, shapes: shapes.leak(), ..*entry.meta };
    let mut blind = *entry;
    blind.meta = Box::leak(Box::new(meta));
    blind
}

/// The goldens, and what of the standard library names most of the triggers.
fn corpus() -> Vec<PathBuf> {
    let root = goroot().join("src");
    let mut found = Vec::new();
    for dir in
        ["database", "expvar", "internal/poll", "io", "log", "net/http", "os", "sync", "testing", "time"]
    {
        go_files(&root.join(dir), &mut found);
    }
    go_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"), &mut found);
    found.sort();
    found
}

/// The sites of `entries` in `file`: rule and place.
fn sites(
    file: &Arc<File>,
    library: &Arc<FileCache>,
    entries: &[RuleEntry],
    sieve: &Prefilter,
) -> Vec<(&'static str, Span)> {
    let shelf = FileSet::beside(library);
    let module = Known::of(file.path().parent().expect("a file is in a directory"));
    let around = Around::new(file, &shelf, &module);
    let seen = look(&around, entries, sieve, &|_| true).seen;
    seen.iter().map(|seen| (entries[seen.entry].meta.id, seen.examined.telling.span)).collect()
}

#[test]
fn no_glance_turns_down_a_site() {
    let blind: Vec<RuleEntry> = CATALOGUE.iter().map(blind).collect();
    let (quick, slow) = (Prefilter::new(CATALOGUE), Prefilter::new(&blind));
    let library = Arc::default();
    let mut number = 0;
    for path in corpus() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let file = Arc::new(File::new(&path, text));
        let found = sites(&file, &library, CATALOGUE, &quick);
        assert_eq!(found, sites(&file, &library, &blind, &slow), "{}", path.display());
        number += found.len();
    }
    assert!(number > 500, "only {number} sites");
}

#[test]
fn no_import_stands_behind_the_imports() {
    for path in corpus() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let file = File::new(&path, text.as_str());
        let clause = glance::imports(text.as_bytes());
        let end = clause.as_ptr_range().end as usize - text.as_ptr() as usize;
        for import in file.imports() {
            assert!(import.span.end <= end, "{}: {}", path.display(), import.path);
        }
    }
}
