//! Finds a few words in raw text, by vector instructions where the processor has them.

use crate::syntax::byte_checks::is_word;
use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;

/// Finds words, and notices texts in passing.
pub(super) struct Words {
    searcher: WordSearcher,
    /// How many words there are; what is found behind them was to be noticed.
    words: usize,
    /// The texts, when they cannot be noticed in passing: a word may hide one.
    apart: Vec<Finder<'static>>,
}

enum WordSearcher {
    None,
    One(Finder<'static>),
    Packed(Searcher),
    Automaton(AhoCorasick),
}

impl Words {
    /// Finds `words`.
    pub(super) fn new(words: &[&'static str]) -> Words {
        Words::noticing(words, &[])
    }

    /// Finds `words`, and notices `texts`.
    pub(super) fn noticing(words: &[&'static str], texts: &[&'static str]) -> Words {
        let hidden = texts.iter().any(|text| words.iter().any(|word| hides(word, text)));
        let passing: &[&'static str] = if hidden { &[] } else { texts };
        let apart = if hidden { texts.iter().map(|text| Finder::new(*text)).collect() } else { Vec::new() };
        let all: Vec<&'static str> = words.iter().chain(passing).copied().collect();
        Words { searcher: WordSearcher::of(&all), words: words.len(), apart }
    }

    /// Hands the words of `bytes` to `found`, each with its number and its place, and the
    /// numbers of the texts that are there to `noticed`.
    pub(super) fn find(
        &self,
        bytes: &[u8],
        found: &mut dyn FnMut(usize, usize),
        noticed: &mut dyn FnMut(usize),
    ) {
        let mut meet = |number: usize, start: usize, end: usize| {
            if number >= self.words {
                noticed(number - self.words);
            } else if is_word(bytes, start, end) {
                found(number, start);
            }
        };
        match &self.searcher {
            WordSearcher::None => {}
            WordSearcher::One(finder) => {
                let length = finder.needle().len();
                finder.find_iter(bytes).for_each(|at| meet(0, at, at + length));
            }
            WordSearcher::Packed(searcher) => {
                let all = searcher.find_iter(bytes);
                all.for_each(|one| meet(one.pattern().as_usize(), one.start(), one.end()));
            }
            WordSearcher::Automaton(automaton) => {
                let all = automaton.find_iter(bytes);
                all.for_each(|one| meet(one.pattern().as_usize(), one.start(), one.end()));
            }
        }
        for (number, finder) in self.apart.iter().enumerate() {
            if finder.find(bytes).is_some() {
                noticed(number);
            }
        }
    }
}

impl WordSearcher {
    fn of(words: &[&'static str]) -> WordSearcher {
        match words {
            [] => return WordSearcher::None,
            [word] => return WordSearcher::One(Finder::new(*word)),
            _ => {}
        }
        let mut builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).builder();
        match builder.extend(words).build() {
            Some(searcher) => WordSearcher::Packed(searcher),
            None => WordSearcher::Automaton(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostLongest)
                    .build(words)
                    .expect("a few short words always make an automaton"),
            ),
        }
    }
}

/// Whether a place of `word` may begin before one of `text` and reach into it, or be the
/// longer one at the same place: the search goes on behind it.
fn hides(word: &str, text: &str) -> bool {
    word.contains(text) || (1..word.len()).any(|from| text.as_bytes().starts_with(&word.as_bytes()[from..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&'static str], texts: &[&'static str], bytes: &str) -> (Vec<usize>, Vec<usize>) {
        let (mut places, mut noticed) = (Vec::new(), Vec::new());
        let all = Words::noticing(words, texts);
        all.find(bytes.as_bytes(), &mut |_, at| places.push(at), &mut |number| noticed.push(number));
        noticed.sort_unstable();
        noticed.dedup();
        (places, noticed)
    }

    #[test]
    fn words_stand_alone_and_texts_anywhere() {
        let text = "go func() { gomend() } // xgomendx SetGC go";
        for words in [&["go"][..], &["go", "func"], &["go", "func", "Set"], &["go", "omend"], &["xgo", "go"]]
        {
            let (places, noticed) = found(words, &["gomend", "SetGC"], text);
            assert_eq!((places[0], noticed), (0, vec![0, 1]), "{words:?}");
            assert_eq!(places.last(), Some(&(text.len() - 2)), "{words:?}");
        }
        assert_eq!(found(&[], &["gomend"], text).1, [0]);
        assert_eq!(found(&["func"], &["none", "gomen"], text).1, [1]);
        assert_eq!(found(&["func"], &[], text), (vec![3], vec![]));
    }

    #[test]
    fn a_word_that_reaches_into_a_text_does_not_hide_it() {
        for (words, text) in
            [(["xgo", "if"], "xgomend"), (["gomendx", "if"], "gomendx"), (["agomend", "if"], "agomend")]
        {
            assert_eq!(found(&words, &["gomend"], text).1, [0], "{text}");
        }
    }
}
