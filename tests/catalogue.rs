//! The catalogue is whole: every transform has its entry, its goldens and its
//! page, and they say the same.

use gomend::rewrite::{Applicability, RuleEntry};
use gomend::transforms::CATALOGUE;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The name of an entry's file and of the folder of its goldens.
fn snake(entry: &RuleEntry) -> String {
    entry.meta.id.replace('-', "_")
}

/// Every Go file and golden below `dir`.
fn files_below(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// The lines of the section `title` of a page; `None` when it has none.
fn section<'p>(page: &'p str, title: &str) -> Option<Vec<&'p str>> {
    let heading = format!("# {title}");
    let mut lines = page.lines().skip_while(|line| *line != heading);
    lines.next()?;
    Some(lines.take_while(|line| !line.starts_with("# ")).filter(|line| !line.is_empty()).collect())
}

#[test]
fn every_transform_has_one_entry_and_one_file() {
    let mut files: BTreeSet<String> = files_below(&root().join("transforms"))
        .iter()
        .filter(|path| path.parent() == Some(&root().join("transforms")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(files.remove("catalogue"), "transforms/catalogue.rs is missing");
    let entries: Vec<String> = CATALOGUE.iter().map(snake).collect();
    let once: BTreeSet<String> = entries.iter().cloned().collect();
    assert_eq!(once.len(), entries.len(), "two entries have one id");
    assert_eq!(once, files, "entries on the left, files of transforms/ on the right");
}

#[test]
fn every_id_is_kebab_case() {
    for entry in CATALOGUE {
        let id = entry.meta.id;
        let words = id.split('-');
        let word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        assert!(words.into_iter().all(word), "`{id}` is not in kebab-case");
    }
}

#[test]
fn every_transform_has_goldens_that_show_what_it_changes_and_what_it_keeps() {
    for entry in CATALOGUE {
        let files = files_below(&root().join("golden").join(snake(entry)));
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        let id = entry.meta.id;
        assert!(
            entry.meta.best < Applicability::Unsafe
                || files.iter().any(|path| name(path).ends_with(".go.golden")),
            "{id}: no golden shows a rewrite: `BLESS=1 cargo test golden::` makes \
             golden/{}/rewrites.go.golden of a rewrites.go",
            snake(entry)
        );
        let says = |path: &PathBuf| {
            let text = || std::fs::read_to_string(path).unwrap();
            name(path).ends_with(".go")
                && ["// keeps: ", "// advice: "].iter().any(|mark| text().contains(mark))
        };
        assert!(
            files.iter().any(says),
            "{id}: no golden shows a site that is left alone (`// keeps: GUARD`, `// advice: GUARD`)"
        );
    }
}

#[test]
fn every_golden_belongs_to_an_entry() {
    let known: BTreeSet<String> = CATALOGUE.iter().map(snake).collect();
    for entry in std::fs::read_dir(root().join("golden")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let shared = name.starts_with('_') || !entry.path().is_dir();
        assert!(shared || known.contains(&name), "golden/{name} belongs to no entry of the catalogue");
    }
}

#[test]
fn every_page_lists_the_guards_that_the_code_names() {
    for entry in CATALOGUE {
        let id = entry.meta.id;
        let pages = entry.guards();
        let names: Vec<&str> = pages.iter().map(|guard| guard.name.as_str()).collect();
        assert_eq!(names, entry.meta.guards, "{id}: guards of the page, then of the code");
        for guard in pages {
            let effects = ["keep", "advice", "unsafe"];
            assert!(
                effects.contains(&guard.effect.as_str()),
                "{id}: the guard `{}` has the effect `{}`",
                guard.name,
                guard.effect
            );
            assert!(guard.sentence.ends_with('.'), "{id}: the sentence of `{}` has no end", guard.name);
        }
    }
}

#[test]
fn every_page_says_what_why_and_when_not() {
    for entry in CATALOGUE {
        let id = entry.meta.id;
        let page = entry.page();
        let first = page.lines().next().unwrap_or_default();
        assert!(first.starts_with(char::is_uppercase), "{id}: the page opens with a sentence");
        for title in ["Why", "Guards"] {
            let section = section(&page, title);
            assert!(section.is_some_and(|lines| !lines.is_empty()), "{id}: the page has no `# {title}`");
        }
        let shows = if entry.meta.best < Applicability::Unsafe { "\n```go\n" } else { "\nbecomes\n" };
        assert!(page.contains(shows), "{id}: the page shows no example, or no before and after");
        assert!(!entry.meta.title.is_empty() && !entry.meta.title.ends_with('.'), "{id}: title");
        let meta = entry.meta;
        assert!(
            !meta.triggers.is_empty() || !meta.imports.is_empty() || !meta.shapes.is_empty(),
            "{id}: without a trigger it never runs"
        );
        let mut guards = entry.meta.guards.to_vec();
        guards.sort_unstable();
        guards.dedup();
        assert_eq!(guards.len(), entry.meta.guards.len(), "{id}: a guard is listed twice");
    }
}
