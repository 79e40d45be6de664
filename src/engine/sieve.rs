//! Two sieves over the bytes of a file, before anything of it is parsed: the
//! selector names of all triggers, then the import clause.

use crate::model::imports::default_names;
use crate::rewrite::{Entry, Symbol};
use crate::syntax::{Import, Outline};
use aho_corasick::{AhoCorasick, MatchKind};

/// Finds mentions of the triggers of a catalogue in raw text.
pub struct Sieve {
    names: AhoCorasick,
    /// For each pattern, the symbols with that selector.
    symbols: Vec<Vec<Symbol>>,
}

/// A place that looks like a mention of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Offset of the selector's name.
    pub offset: usize,
    /// The symbol that it looks like.
    pub symbol: Symbol,
}

impl Sieve {
    /// A sieve for the triggers of `entries`.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Sieve {
        let mut names: Vec<&'static str> = Vec::new();
        let mut symbols: Vec<Vec<Symbol>> = Vec::new();
        for symbol in entries.into_iter().flat_map(|entry| entry.meta.triggers) {
            match names.iter().position(|name| *name == symbol.name) {
                Some(index) if symbols[index].contains(symbol) => {}
                Some(index) => symbols[index].push(*symbol),
                None => {
                    names.push(symbol.name);
                    symbols.push(vec![*symbol]);
                }
            }
        }
        let names = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&names)
            .expect("a few short names always make an automaton");
        Sieve { names, symbols }
    }

    /// Whether a word of `bytes` is the selector of a trigger, so that they are
    /// worth a second look.
    pub fn suspects(&self, bytes: &[u8]) -> bool {
        self.names.find_iter(bytes).any(|found| is_word(bytes, found.start(), found.end()))
    }

    /// The places of `text` that look like mentions of a trigger. Comments and
    /// strings are not told apart here, nor shadowed names.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let bytes = text.as_bytes();
        let mut words =
            self.names.find_iter(bytes).filter(|found| is_word(bytes, found.start(), found.end()));
        let Some(first) = words.next() else { return Vec::new() };
        let outline = Outline::header_of(text);
        let wanted =
            |import: &&Import| self.symbols.iter().flatten().any(|symbol| symbol.path == import.path);
        let imports: Vec<&Import> = outline.imports.iter().filter(wanted).collect();
        if imports.is_empty() {
            return Vec::new();
        }
        std::iter::once(first)
            .chain(words)
            .flat_map(|found| {
                let operand = operand_before(text, found.start());
                let reached = self.symbols[found.pattern().as_usize()].iter().filter({
                    let imports = &imports;
                    move |symbol| imports.iter().any(|import| reaches(import, symbol, operand))
                });
                reached.map(move |symbol| Hit { offset: found.start(), symbol: *symbol })
            })
            .collect()
    }
}

fn is_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    !before.is_some_and(part) && !bytes.get(end).is_some_and(part)
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
        (None, Some(operand)) => default_names(&import.path).any(|name| name == operand),
        (None, None) => false,
    }
}
