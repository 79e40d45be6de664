//! What is judged before a declaration is parsed turns down no site.

use crate::support::Known;
use crate::toolchain::{go_files, goroot};
use gomend::engine::file_cache::{FileCache, FileSet};
use gomend::engine::matches::{Around, matches_in};
use gomend::engine::prefilter::Prefilter;
use gomend::rewrite::{Meta, RuleEntry, Shape};
use gomend::syntax::{File, byte_checks};
use gomend::text::Span;
use gomend::transforms::CATALOGUE;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The entry as it would be if nothing were known of its sites but the words.
fn blind(entry: &RuleEntry) -> RuleEntry {
    let shape = |shape: &Shape| Shape {
        with: &[],
        may_match_bytes: |_, _| true,
        may_match_tokens: |_, _| true,
        ..*shape
    };
    let shapes: Vec<Shape> = entry.meta.shapes.iter().map(shape).collect();
    let meta = Meta {
        within: &[],
        may_match_bytes: |_, _| true,
        may_match_tokens: |_, _| true,
        shapes: shapes.leak(),
        ..*entry.meta
    };
    let mut blind = entry.clone();
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
    file_cache: &Arc<FileCache>,
    entries: &[RuleEntry],
    prefilter: &Prefilter,
) -> Vec<(&'static str, Span)> {
    let file_set = FileSet::beside(file_cache);
    let module = Known::of(file.path().parent().expect("a file is in a directory"));
    let around = Around::new(file, &file_set, &module);
    let seen = matches_in(&around, entries, prefilter, &|_| true).matches;
    seen.iter().map(|seen| (entries[seen.entry].meta.id, seen.rule_match.diagnostic.span)).collect()
}

#[test]
fn the_prefilter_turns_down_no_site() {
    let blind: Vec<RuleEntry> = CATALOGUE.iter().map(blind).collect();
    let (quick, slow) = (Prefilter::new(CATALOGUE), Prefilter::new(&blind));
    let file_cache = Arc::default();
    let mut number = 0;
    for path in corpus() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let file = Arc::new(File::new(&path, text));
        let found = sites(&file, &file_cache, CATALOGUE, &quick);
        assert_eq!(found, sites(&file, &file_cache, &blind, &slow), "{}", path.display());
        number += found.len();
    }
    assert!(number > 500, "only {number} sites");
}

#[test]
fn no_import_stands_behind_the_imports() {
    for path in corpus() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let file = File::new(&path, text.as_str());
        let clause = byte_checks::imports(text.as_bytes());
        let end = clause.as_ptr_range().end as usize - text.as_ptr() as usize;
        for import in file.imports() {
            assert!(import.span.end <= end, "{}: {}", path.display(), import.path);
        }
    }
}
