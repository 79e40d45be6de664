//! A rough cut of a text into tokens, white space and comments, by its own
//! rules, so that no mistake of the lexer under test hides from it. The pieces
//! joined are the text, whatever it is.

/// The pieces of `text`, in order.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(length(rest));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

pub fn is_space(piece: &str) -> bool {
    piece.trim().is_empty()
}

pub fn is_comment(piece: &str) -> bool {
    piece.starts_with("//") || piece.starts_with("/*")
}

const OPERATORS: &[&str] = &[
    "<<=", ">>=", "&^=", "...", ":=", "<-", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=",
    "/=", "%=", "&=", "|=", "^=", "<<", ">>", "&^",
];

fn length(text: &str) -> usize {
    let run = |ends: &dyn Fn(char) -> bool| text.find(ends).unwrap_or(text.len());
    let first = text.chars().next().expect("some text is left");
    let line = text.find('\n').unwrap_or(text.len());
    let closed =
        |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    match first {
        c if c.is_whitespace() => run(&|c| !c.is_whitespace()),
        c if c.is_alphanumeric() || c == '_' => run(&|c| !c.is_alphanumeric() && c != '_'),
        '/' if text.starts_with("//") => line,
        '/' if text.starts_with("/*") => closed("*/", 2),
        '`' => closed("`", 1),
        '"' | '\'' => quoted(text, first).min(line).max(1),
        _ => {
            let operator = OPERATORS.iter().find(|operator| text.starts_with(**operator));
            operator.map_or(first.len_utf8(), |operator| operator.len())
        }
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}
