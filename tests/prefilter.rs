//! What is judged before a declaration is parsed turns down no site.

use crate::support::Known;
use crate::toolchain::{go_files, goroot};
use gomend::engine::file_cache::{FileCache, FileSet};
use gomend::engine::matches::{Around, matches_in};
use gomend::engine::prefilter::Prefilter;
use gomend::pattern::{PatchRule, RuleFile};
use gomend::rewrite::{
    Applicability, Cx, LoadedMeta, LoadedRule, Mention, Meta, RuleEntry, RuleMatch, Shape,
};
use gomend::syntax::{File, byte_checks};
use gomend::text::Span;
use gomend::transforms::CATALOGUE;
use std::collections::BTreeSet;
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

/// A rule from a file of which nothing is known before its pattern is compared.
struct Blind(RuleEntry);

impl LoadedRule for Blind {
    fn examine<'t>(&self, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        self.0.examine(mention, cx)
    }

    fn page(&self) -> String {
        self.0.page()
    }

    fn why(&self, cx: &Cx<'_>, line: usize) -> Vec<String> {
        self.0.why(cx, line)
    }

    fn digest(&self) -> blake3::Hash {
        self.0.digest().expect("it was read from a file")
    }

    fn source(&self) -> blake3::Hash {
        self.0.source().expect("it was read from a file")
    }
}

/// What is the same for all blind rules: their names and triggers are those of the others.
fn no_meta() -> LoadedMeta {
    LoadedMeta {
        id: String::new(),
        title: String::new(),
        label: None,
        best: Applicability::Safe,
        since: None,
        opt_in: false,
        once: false,
        tests: true,
        triggers: Vec::new(),
        imports: Vec::new(),
        words: Vec::new(),
        tokens: Vec::new(),
        home: None,
        except: Vec::new(),
        requires: Vec::new(),
        after: None,
        stages: 1,
        spans: false,
        foreign: false,
        helpers: false,
        packages: Vec::new(),
        guards: Vec::new(),
    }
}

#[test]
fn what_patches_need_turns_down_no_site() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut rules: Vec<RuleEntry> = Vec::new();
    for folder in ["examples/rules", "tests/own_rules"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap().flatten() {
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            let id = entry.path().file_stem().unwrap().to_string_lossy().into_owned();
            let file = RuleFile::parse(&id, "rule.txtar", &text);
            rules.extend(file.map(|file| PatchRule::new("own", file).entry()));
        }
    }
    let blind: Vec<RuleEntry> = rules
        .iter()
        .map(|rule| {
            let mut blind = RuleEntry::loaded(&no_meta(), Arc::new(Blind(rule.clone())));
            blind.meta = rule.meta;
            blind
        })
        .collect();
    let prefilter = Prefilter::new(&rules);
    let file_cache = Arc::default();
    let (mut number, mut found_by) = (0, BTreeSet::new());
    for path in corpus() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let file = Arc::new(File::new(&path, text));
        let found = sites(&file, &file_cache, &rules, &prefilter);
        assert_eq!(found, sites(&file, &file_cache, &blind, &prefilter), "{}", path.display());
        number += found.len();
        found_by.extend(found.into_iter().map(|(rule, _)| rule));
    }
    assert!(rules.len() > 40 && number > 500 && found_by.len() > 8, "{number} sites of {found_by:?}");
}
