//! The message of a patch: text in which variables stand for what they took.

use std::collections::BTreeMap;

/// The longest text that a variable brings into a message, in characters.
const LONGEST: usize = 80;

/// `text` with `$name`, and each name of a variable between back quotes, as what it took.
pub fn with(text: &str, bindings: &BTreeMap<String, String>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        let marked = rest.strip_prefix('$');
        let word = marked.unwrap_or(rest);
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        let taken = (end > 0 && (marked.is_some() || quoted)).then(|| bindings.get(&word[..end])).flatten();
        match taken {
            Some(taken) => out.push_str(&short(taken)),
            None if end > 0 && marked.is_none() => out.push_str(&word[..end]),
            None => {
                quoted ^= c == '`';
                out.push(c);
                rest = &rest[c.len_utf8()..];
                continue;
            }
        }
        rest = &word[end..];
    }
    out
}

fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_stand_for_what_they_took() {
        let bindings: BTreeMap<String, String> =
            [("a", "x"), ("msg", "f(\n\ty)")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        assert_eq!(with("a $a, `Join(a, msg)` a $b $", &bindings), "a x, `Join(x, f( y))` a $b $");
    }
}
