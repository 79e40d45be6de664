//! Sieves over the bytes of a file, before anything of it is parsed: the words
//! of all triggers, then the import clause.

use crate::model::import_names::is_default_name;
use crate::rewrite::{RuleEntry, Shape, Symbol};
use crate::syntax::byte_checks::{self, is_word};
use crate::syntax::{Import, Outline};
use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, Match, MatchKind};
use memchr::memmem;
use std::collections::BTreeSet;

/// Finds mentions of the triggers of a catalogue in raw text.
pub struct Prefilter {
    words: AhoCorasick,
    /// What each pattern stands for.
    patterns: Vec<TriggerPattern>,
    /// The import paths without which none of the words means anything, in quotes.
    paths: Option<AhoCorasick>,
    /// The words of shapes, apart: they are few and long enough for a search that
    /// the short names among the others would slow down.
    shape_words: Words,
    /// The shapes with each of those words.
    shapes: Vec<Vec<&'static Shape>>,
    /// The shapes whose word is a single letter, by word: such a search stops everywhere,
    /// so it is done only where the words are that the shape needs beside its own.
    letters: Vec<Vec<&'static Shape>>,
}

/// Finds whole words, by vector instructions where the processor has them.
enum Words {
    Packed(Searcher),
    Automaton(AhoCorasick),
    None,
}

impl Words {
    fn new(words: &[&'static str]) -> Words {
        if words.is_empty() {
            return Words::None;
        }
        let mut builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).builder();
        match builder.extend(words).build() {
            Some(searcher) => Words::Packed(searcher),
            None => Words::Automaton(automaton(words)),
        }
    }

    fn find_iter<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Match> + 'a {
        let (packed, automaton) = match self {
            Words::Packed(searcher) => (Some(searcher.find_iter(bytes)), None),
            Words::Automaton(automaton) => (None, Some(automaton.find_iter(bytes))),
            Words::None => (None, None),
        };
        let found = packed.into_iter().flatten().chain(automaton.into_iter().flatten());
        found.filter(|found| is_word(bytes, found.start(), found.end()))
    }
}

fn automaton(words: &[&'static str]) -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(words)
        .expect("a few short words always make an automaton")
}

#[derive(Default)]
struct TriggerPattern {
    /// The symbols with that selector.
    symbols: Vec<Symbol>,
    /// The import path.
    import: Option<&'static str>,
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
#[derive(Debug)]
pub struct WordHits {
    /// Names that symbols have.
    words: Vec<Match>,
    /// Places that look like shapes.
    shapes: Vec<Hit>,
}

impl Prefilter {
    /// A prefilter for the triggers of `entries`.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a RuleEntry>) -> Prefilter {
        let mut words: Vec<&'static str> = Vec::new();
        let mut patterns: Vec<TriggerPattern> = Vec::new();
        let mut of = |word: &'static str, add: &dyn Fn(&mut TriggerPattern)| {
            let index = words.iter().position(|known| *known == word).unwrap_or_else(|| {
                words.push(word);
                patterns.push(TriggerPattern::default());
                words.len() - 1
            });
            add(&mut patterns[index]);
        };
        let mut all_shapes: Vec<Vec<&'static Shape>> = Vec::new();
        for entry in entries {
            for symbol in entry.meta.triggers {
                of(symbol.name, &|pattern| {
                    if !pattern.symbols.contains(symbol) {
                        pattern.symbols.push(*symbol);
                    }
                });
            }
            for path in entry.meta.imports {
                of(path, &|pattern| pattern.import = Some(path));
            }
            for shape in entry.meta.shapes {
                match all_shapes.iter_mut().find(|known| known[0].word == shape.word) {
                    Some(known) => known.push(shape),
                    None => all_shapes.push(vec![shape]),
                }
            }
        }
        let (letters, shapes): (Vec<_>, Vec<_>) =
            all_shapes.into_iter().partition(|shapes| shapes[0].word.len() == 1);
        let shape_words: Vec<&str> = shapes.iter().map(|shapes| shapes[0].word).collect();
        let paths = quoted(&patterns);
        let (words, shape_words) = (automaton(&words), Words::new(&shape_words));
        Prefilter { words, patterns, paths, shape_words, shapes, letters }
    }

    /// The words of `bytes` that belong to triggers; nothing when there is none, so that
    /// they are not worth a second look.
    pub fn word_hits(&self, bytes: &[u8]) -> Option<WordHits> {
        let named = |found: &Match| is_word(bytes, found.start(), found.end());
        let mut words: Vec<Match> = Vec::new();
        if self.may_import(bytes) {
            words.extend(self.words.find_iter(bytes).filter(named));
        }
        let shapes = self.shapes_in(bytes);
        (!words.is_empty() || !shapes.is_empty()).then_some(WordHits { words, shapes })
    }

    /// Whether the file may import what a symbol is of; for most files this is the end
    /// of it.
    fn may_import(&self, bytes: &[u8]) -> bool {
        self.paths.as_ref().is_some_and(|paths| paths.is_match(byte_checks::imports(bytes)))
    }

    /// The words that look like those of a shape.
    fn shapes_in(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut company = RequiredWords::default();
        let mut hits = Vec::new();
        for found in self.shape_words.find_iter(bytes) {
            let (shapes, at) = (&self.shapes[found.pattern().as_usize()], found.start());
            if shapes.iter().any(|shape| (shape.may_match_bytes)(bytes, at) && company.of(shape, bytes)) {
                hits.push(Hit { offset: at, kind: HitKind::Word(shapes[0].word) });
            }
        }
        for shapes in &self.letters {
            let there: Vec<_> = shapes.iter().filter(|shape| company.of(shape, bytes)).collect();
            let places = there.first().into_iter().flat_map(|shape| memmem::find_iter(bytes, shape.word));
            for at in places.filter(|at| is_word(bytes, *at, at + 1)) {
                if there.iter().any(|shape| (shape.may_match_bytes)(bytes, at)) {
                    hits.push(Hit { offset: at, kind: HitKind::Word(shapes[0].word) });
                }
            }
        }
        hits
    }

    /// The places of `text` that look like mentions of a trigger. Comments and
    /// strings are not told apart here, nor shadowed names.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        self.word_hits(text.as_bytes()).map_or_else(Vec::new, |words| self.hits_of(text, words))
    }

    /// As [`Prefilter::hits`], of what [`Prefilter::word_hits`] found in the same text.
    pub fn hits_of(&self, text: &str, words: WordHits) -> Vec<Hit> {
        let WordHits { words, shapes } = words;
        let pattern = |found: &Match| &self.patterns[found.pattern().as_usize()];
        let mut hits = Vec::new();
        if !words.is_empty() {
            let outline = Outline::header_of(text);
            let imported = |path: &str| outline.imports.iter().any(|import| import.path == path);
            let symbols =
                |pattern: &TriggerPattern| pattern.symbols.iter().any(|symbol| imported(symbol.path));
            for found in words.iter().filter(|found| symbols(pattern(found))) {
                let operand = operand_before(text, found.start());
                let reached = pattern(found)
                    .symbols
                    .iter()
                    .filter(|symbol| outline.imports.iter().any(|import| reaches(import, symbol, operand)));
                hits.extend(
                    reached.map(|symbol| Hit { offset: found.start(), kind: HitKind::Symbol(*symbol) }),
                );
            }
            for (index, import) in outline.imports.iter().enumerate() {
                let path =
                    self.patterns.iter().find_map(|pattern| pattern.import.filter(|p| *p == import.path));
                let offset = import.span.start;
                hits.extend(path.map(|path| Hit { offset, kind: HitKind::Import(path, index) }));
            }
        }
        hits.extend(shapes);
        hits
    }
}

/// Finds the import paths that `patterns` need, as import clauses quote them.
fn quoted(patterns: &[TriggerPattern]) -> Option<AhoCorasick> {
    let symbols = patterns.iter().flat_map(|pattern| &pattern.symbols).map(|symbol| symbol.path);
    let paths: BTreeSet<&str> = symbols.chain(patterns.iter().filter_map(|pattern| pattern.import)).collect();
    let quoted = paths.iter().flat_map(|path| [format!("\"{path}\""), format!("`{path}`")]);
    (!paths.is_empty()).then(|| {
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
