//! Sieves over the bytes of a file, before anything of it is parsed: the words
//! of all triggers, then the import clause.

mod words;

use self::words::Words;
use super::suppress;
use crate::model::import_names::is_default_name;
use crate::model::module;
use crate::rewrite::{RuleEntry, Shape, Symbol};
use crate::syntax::byte_checks::{self, is_word};
use crate::syntax::{Import, Outline};
use aho_corasick::AhoCorasick;
use memchr::memmem;

/// Finds mentions of the triggers of a catalogue in raw text.
pub struct Prefilter {
    /// The import paths without which none of the names means anything, in quotes, two for
    /// each of the packages.
    paths: Option<AhoCorasick>,
    packages: Vec<WatchedPackage>,
    /// The words of shapes, apart: no import gives them away.
    shape_words: Words,
    /// The shapes with each of those words.
    shapes: Vec<Vec<&'static Shape>>,
    /// The shapes whose word is a single letter, by word: such a search stops everywhere,
    /// so it is done only where the words are that the shape needs beside its own.
    letters: Vec<Vec<&'static Shape>>,
}

/// A package that triggers are of.
struct WatchedPackage {
    path: &'static str,
    /// Whether its import itself is a trigger.
    imported: bool,
    symbols: Vec<Symbol>,
    /// The names of the symbols.
    names: Words,
}

/// What is noticed in every file while shapes are looked for.
const NOTICED: [&str; 2] = [suppress::NAME, module::SWITCH];

/// Which of the texts stand in a file that others ask every file for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// What comments for gomend hold.
    pub gomend: bool,
    /// What may switch the collector off.
    pub switch: bool,
}

/// What a place looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HitKind {
    /// A mention of a symbol.
    Symbol(Symbol),
    /// The import of a path: its index in the outline.
    Import(&'static str, usize),
    /// The word of a shape.
    Word(&'static str),
}

/// A place that looks like a mention of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Offset of the selector's name, of the word or of the import spec.
    pub offset: usize,
    /// What it looks like.
    pub kind: HitKind,
}

/// The words of one file that a [`Prefilter`] holds back.
#[derive(Debug, Default)]
pub struct WordHits {
    /// Names that symbols have.
    names: Vec<(usize, Symbol)>,
    /// The paths that the file may import and that are triggers.
    imports: Vec<&'static str>,
    /// Places that look like shapes.
    shapes: Vec<Hit>,
    /// What stands in the file beside them.
    pub noticed: Noticed,
}

impl WordHits {
    /// Whether there is no word, so that the file is not worth a second look.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.imports.is_empty() && self.shapes.is_empty()
    }
}

impl Prefilter {
    /// A prefilter for the triggers of `entries`.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a RuleEntry>) -> Prefilter {
        let mut packages: Vec<WatchedPackage> = Vec::new();
        let mut of = |path: &'static str, add: &dyn Fn(&mut WatchedPackage)| {
            let index = packages.iter().position(|known| known.path == path).unwrap_or_else(|| {
                let (symbols, names) = (Vec::new(), Words::new(&[]));
                packages.push(WatchedPackage { path, imported: false, symbols, names });
                packages.len() - 1
            });
            add(&mut packages[index]);
        };
        let mut all_shapes: Vec<Vec<&'static Shape>> = Vec::new();
        for entry in entries {
            for symbol in entry.meta.triggers {
                of(symbol.path, &|package| {
                    if !package.symbols.contains(symbol) {
                        package.symbols.push(*symbol);
                    }
                });
            }
            for path in entry.meta.imports {
                of(path, &|package| package.imported = true);
            }
            for shape in entry.meta.shapes {
                match all_shapes.iter_mut().find(|known| known[0].word == shape.word) {
                    Some(known) => known.push(shape),
                    None => all_shapes.push(vec![shape]),
                }
            }
        }
        for package in &mut packages {
            let names: Vec<&str> = package.symbols.iter().map(|symbol| symbol.name).collect();
            package.names = Words::new(&names);
        }
        let (letters, shapes): (Vec<_>, Vec<_>) =
            all_shapes.into_iter().partition(|shapes| shapes[0].word.len() == 1);
        let shape_words: Vec<&str> = shapes.iter().map(|shapes| shapes[0].word).collect();
        let shape_words = Words::noticing(&shape_words, &NOTICED);
        Prefilter { paths: quoted(&packages), packages, shape_words, shapes, letters }
    }

    /// The words of `bytes` that belong to triggers.
    pub fn word_hits(&self, bytes: &[u8]) -> WordHits {
        let mut hits = WordHits::default();
        for package in self.imported(bytes) {
            let symbols = &package.symbols;
            package.names.find(bytes, &mut |name, at| hits.names.push((at, symbols[name])), &mut |_| {});
            hits.imports.extend(package.imported.then_some(package.path));
        }
        // A name may belong to several packages.
        hits.names.sort_by_key(|(at, _)| *at);
        self.shapes_in(bytes, &mut hits);
        hits
    }

    /// The packages that the file may import; for most files there are none, and this is
    /// the end of it.
    fn imported(&self, bytes: &[u8]) -> Vec<&WatchedPackage> {
        let Some(paths) = &self.paths else { return Vec::new() };
        let found = paths.find_overlapping_iter(byte_checks::imports(bytes));
        let mut found: Vec<usize> = found.map(|path| path.pattern().as_usize() / 2).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|index| &self.packages[index]).collect()
    }

    /// Adds the words that look like those of a shape.
    fn shapes_in(&self, bytes: &[u8], hits: &mut WordHits) {
        let mut company = RequiredWords::default();
        let WordHits { shapes: found, noticed, .. } = hits;
        let mut meet = |word: usize, at: usize| {
            let shapes = &self.shapes[word];
            if shapes.iter().any(|shape| (shape.may_match_bytes)(bytes, at) && company.of(shape, bytes)) {
                found.push(Hit { offset: at, kind: HitKind::Word(shapes[0].word) });
            }
        };
        self.shape_words.find(bytes, &mut meet, &mut |text| noticed.note(text));
        for shapes in &self.letters {
            let there: Vec<_> = shapes.iter().filter(|shape| company.of(shape, bytes)).collect();
            let places = there.first().into_iter().flat_map(|shape| memmem::find_iter(bytes, shape.word));
            for at in places.filter(|at| is_word(bytes, *at, at + 1)) {
                if there.iter().any(|shape| (shape.may_match_bytes)(bytes, at)) {
                    found.push(Hit { offset: at, kind: HitKind::Word(shapes[0].word) });
                }
            }
        }
    }

    /// The places of `text` that look like mentions of a trigger. Comments and
    /// strings are not told apart here, nor shadowed names.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        hits_of(text, self.word_hits(text.as_bytes()))
    }
}

/// As [`Prefilter::hits`], of what [`Prefilter::word_hits`] found in the same text.
pub fn hits_of(text: &str, words: WordHits) -> Vec<Hit> {
    let WordHits { names, imports, shapes, .. } = words;
    let mut hits = Vec::new();
    if !names.is_empty() || !imports.is_empty() {
        let outline = Outline::header_of(text);
        // The symbols of a name at one place follow each other.
        let mut last: Option<(usize, Option<&str>)> = None;
        for (offset, symbol) in names {
            let mut of_symbol = outline.imports.iter().filter(|import| import.path == symbol.path).peekable();
            if of_symbol.peek().is_none() {
                continue;
            }
            let known = last.filter(|(at, _)| *at == offset);
            let (_, operand) = known.unwrap_or_else(|| (offset, operand_before(text, offset)));
            last = Some((offset, operand));
            if of_symbol.any(|import| reaches(import, &symbol, operand)) {
                hits.push(Hit { offset, kind: HitKind::Symbol(symbol) });
            }
        }
        for (index, import) in outline.imports.iter().enumerate() {
            let path = imports.iter().find(|path| **path == import.path);
            let offset = import.span.start;
            hits.extend(path.map(|path| Hit { offset, kind: HitKind::Import(path, index) }));
        }
    }
    hits.extend(shapes);
    hits
}

impl Noticed {
    /// Notes the text with a number in [`NOTICED`].
    fn note(&mut self, text: usize) {
        match NOTICED[text] {
            suppress::NAME => self.gomend = true,
            _ => self.switch = true,
        }
    }
}

/// Finds the import paths of `packages`, as import clauses quote them.
fn quoted(packages: &[WatchedPackage]) -> Option<AhoCorasick> {
    let quoted =
        packages.iter().flat_map(|WatchedPackage { path, .. }| [format!("\"{path}\""), format!("`{path}`")]);
    (!packages.is_empty()).then(|| {
        AhoCorasick::new(quoted.collect::<Vec<_>>()).expect("a few short paths always make an automaton")
    })
}

/// Whether the words that a shape needs beside its own stand in one file, asked
/// once for each shape.
#[derive(Default)]
struct RequiredWords(Vec<(*const Shape, bool)>);

impl RequiredWords {
    fn of(&mut self, shape: &'static Shape, bytes: &[u8]) -> bool {
        let key = std::ptr::from_ref(shape);
        if let Some((_, there)) = self.0.iter().find(|(known, _)| *known == key) {
            return *there;
        }
        let there = shape.with.iter().all(|word| memmem::find(bytes, word.as_bytes()).is_some());
        self.0.push((key, there));
        there
    }
}

/// The name before the dot before `offset`: `Some("time")` for `time.After`,
/// `None` when no dot stands there, `Some("")` when something else than a name
/// stands before it.
fn operand_before(text: &str, offset: usize) -> Option<&str> {
    let before = text[..offset].trim_end().strip_suffix('.')?.trim_end();
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
        .last()
        .map_or(before.len(), |(start, _)| start);
    Some(&before[start..])
}

fn reaches(import: &Import, symbol: &Symbol, operand: Option<&str>) -> bool {
    if import.path != symbol.path {
        return false;
    }
    match (&import.name, operand) {
        (Some(alias), None) => alias.text == ".",
        (Some(alias), Some(operand)) => alias.text == operand,
        (None, Some(operand)) => is_default_name(operand, &import.path),
        (None, None) => false,
    }
}
