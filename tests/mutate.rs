//! What authors, merges, other tools and disks do to a Go file.

use crate::random::Random;
use crate::tokens::{is_comment, is_space, pieces};

/// Text that ends up where it may not belong.
const SCRAPS: &[&str] = &[
    ";",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "=",
    ":=",
    "*",
    "&",
    "<-",
    "...",
    " // why",
    "/* why */",
    "/*",
    "*/",
    "\"",
    "'",
    "`",
    "\\",
    "\n",
    "\n\n",
    "\t",
    " ",
    "\r",
    "\r\n",
    "\0",
    "\u{feff}",
    "ä",
    "日本",
    "\u{2028}",
    "#",
    "?",
    "if x {\n",
    "}\n",
    "else ",
    "for {\n",
    "for range 3 {\n",
    "select {\n",
    "switch {\n",
    "default:\n",
    "case <-time.After(d):\n",
    "goto again\n",
    "again:\n",
    "break again\n",
    "continue\n",
    "fallthrough\n",
    "_ = 1\n",
    "x := 1\n",
    "x := new(16)\n",
    "p := new(time.Second)\n",
    "defer ",
    "go ",
    "func() {",
    "}()",
    "return\n",
    "//nolint\n",
    "//go:build ignore\n",
    "//line a.go:3\n",
    "//gomend:ignore gosched why\n",
    "<-time.After(d)\n",
    "time.After(d)",
    "<-After(time.Second)\n",
    "runtime.Gosched()\n",
    "runtime.GC()\n",
    "defer runtime.GC()\n",
    "var m runtime.MemStats\n",
    "runtime.ReadMemStats(&m)\n",
    "m.Alloc",
    "m := m\n",
    "time := 1\n",
    "runtime := 1\n",
    "import \"time\"\n",
    "import rt \"runtime\"\n",
    "import . \"runtime\"\n",
    "package p\n",
    "func f[T any](x T) {}\n",
    "type T[P any] = []P\n",
    "func f() {\n",
];

/// `text` after some mutations, with pieces of `others` in it.
pub fn mutated(text: &str, others: &[String], random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(5) {
        text = match random.below(20) {
            0..4 => in_lines(&text, random),
            4..9 => in_tokens(&text, random),
            9..12 => {
                let scrap = random.pick(SCRAPS);
                inserted(&text, scrap, random)
            }
            12 | 13 => spliced(&text, &others[random.below(others.len())], random),
            14 => commented(&text, 2 + random.below(40), random),
            15 => nested(&text, random),
            16 => renamed(&text, random),
            17 => text.replace("\r\n", "\n").replace('\n', "\r\n"),
            18 => cut(&text, random),
            _ => match random.below(4) {
                0 => format!("\u{feff}{text}"),
                1 => text.trim_end().to_owned(),
                2 => some_windows_line_ends(&text, random),
                _ => text.replace('\t', "    "),
            },
        };
    }
    text
}

fn in_lines(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.len() < 2 {
        return text.to_owned();
    }
    let at = random.below(lines.len() - 1);
    match random.below(7) {
        0 | 1 => drop(lines.remove(at)),
        2 => lines.swap(at, at + 1),
        3 => lines.insert(at, lines[at]),
        4 => {
            let line = lines.remove(at);
            lines.insert(random.below(lines.len()), line);
        }
        5 => lines.insert(at, "\n"),
        _ => {
            lines[at] = lines[at].trim_end();
            lines.insert(at + 1, random.pick(&["; ", " ", ""]));
        }
    }
    lines.concat()
}

fn in_tokens(text: &str, random: &mut Random) -> String {
    let mut list = pieces(text);
    let tokens: Vec<usize> = (0..list.len()).filter(|index| !is_space(list[*index])).collect();
    if tokens.is_empty() {
        return text.to_owned();
    }
    let bracket = |piece: &&str| ["{", "}", "(", ")", "[", "]"].contains(piece);
    let (one, two) = (random.pick(&tokens), random.pick(&tokens));
    match random.below(6) {
        0 => list[one] = "",
        1 => list.insert(one, list[one]),
        2 => list.swap(one, two),
        3 => list[one] = list[two],
        4 => {
            let brackets: Vec<usize> = tokens.into_iter().filter(|at| bracket(&list[*at])).collect();
            if let Some(at) = (!brackets.is_empty()).then(|| random.pick(&brackets)) {
                list[at] = random.pick(&["", "{", "}", "(", ")", "[", "]", "{{", "}}"]);
            }
        }
        _ => list.insert(one, "\n"),
    }
    list.concat()
}

fn inserted(text: &str, scrap: &str, random: &mut Random) -> String {
    let mut list = pieces(text);
    // Mostly between tokens, sometimes in the middle of one.
    if random.once_in(4) {
        let at = boundary(text, random);
        return format!("{}{scrap}{}", &text[..at], &text[at..]);
    }
    list.insert(random.below(list.len() + 1), scrap);
    list.concat()
}

/// Some lines of `other` in the middle of `text`.
fn spliced(text: &str, other: &str, random: &mut Random) -> String {
    let from: Vec<&str> = other.split_inclusive('\n').collect();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start = random.below(from.len());
    let indent = |line: &str| line.len() - line.trim_start().len();
    let end = match from.get(start) {
        // A statement with its block.
        Some(line) if line.trim_end().ends_with('{') => {
            let closes = |other: &&str| indent(other) <= indent(line) && !other.trim().is_empty();
            from[start + 1..].iter().position(closes).map_or(from.len(), |at| start + at + 2)
        }
        _ => start + 1 + random.below(6),
    };
    let part = from[start..end.min(from.len())].concat();
    let at = random.below(lines.len() + 1);
    lines.insert(at, &part);
    lines.concat()
}

/// A comment behind one token in `rarely`.
pub fn commented(text: &str, rarely: usize, random: &mut Random) -> String {
    let mut out = String::new();
    let mut count = 0;
    for piece in pieces(text) {
        out.push_str(piece);
        if !is_space(piece) && !is_comment(piece) && random.once_in(rarely) {
            count += 1;
            out.push_str(&format!(" /* {count} */"));
        }
    }
    out
}

/// Brackets in brackets in brackets.
fn nested(text: &str, random: &mut Random) -> String {
    let depth = random.pick(&[10, 100, 1000]);
    let (open, middle, close) = random.pick(&[
        ("{\n", "runtime.Gosched()\n", "}\n"),
        ("_ = (", "1", ")"),
        ("f(", "", ")"),
        ("if true {\n", "<-time.After(1)\n", "}\n"),
        ("for {\n", "select { case <-time.After(1): }\n", "}\n"),
        ("func() {\n", "runtime.GC()\n", "}()\n"),
        ("[", "", "]"),
        ("{", "", ""),
        ("", "", ")"),
        ("/* ", "", ""),
    ]);
    inserted(text, &format!("{}{middle}{}", open.repeat(depth), close.repeat(depth)), random)
}

/// One name becomes another everywhere.
fn renamed(text: &str, random: &mut Random) -> String {
    const NAMES: &[&str] = &[
        "time", "runtime", "timer", "metrics", "m", "_", "select", "stats", "main", "init", "any", "true",
        "é",
    ];
    let mut list = pieces(text);
    let is_name = |piece: &&str| piece.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let names: Vec<&str> = list.iter().copied().filter(is_name).collect();
    if names.is_empty() {
        return text.to_owned();
    }
    let (old, new) = (random.pick(&names), random.pick(NAMES));
    for piece in list.iter_mut().filter(|piece| **piece == old) {
        *piece = new;
    }
    list.concat()
}

fn cut(text: &str, random: &mut Random) -> String {
    let from = boundary(text, random);
    let length = random.pick(&[1, 3, 12, 200, usize::MAX]);
    let rest = text[from..].char_indices().nth(length).map_or("", |(at, _)| &text[from + at..]);
    format!("{}{rest}", &text[..from])
}

fn some_windows_line_ends(text: &str, random: &mut Random) -> String {
    let lines = text.split_inclusive('\n');
    lines.map(|line| if random.once_in(3) { line.replace('\n', "\r\n") } else { line.to_owned() }).collect()
}

fn boundary(text: &str, random: &mut Random) -> usize {
    let wish = random.below(text.len() + 1);
    (0..=wish).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Comments that may stand between any two tokens; the last ones end a line.
const COMMENTS: &[&str] =
    &["/* why */", " /* why */ ", " /* why\nit is here */ ", "/*\n*/", " // why\n", "// why\n", "\n// why\n"];

/// `text` after one to four changes which mostly leave Go: tokens deleted, doubled and
/// swapped, lines joined, comments between tokens, stray carriage returns.
pub fn slightly(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(4) {
        text = match random.below(12) {
            0..5 => joined(&text, random),
            5..9 => inserted_between(&text, random.pick(COMMENTS), random),
            9 => inserted_between(&text, random.pick(&["\r", "\r\n", ";", "\n", "\n\n"]), random),
            10 => some_windows_line_ends(&text, random),
            _ => one_token(&text, random),
        };
    }
    text
}

/// Some lines become one, as Go takes it: a comment that ends a line is closed, and a
/// statement ends with `;`.
fn joined(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.len() < 2 {
        return text.to_owned();
    }
    let at = random.below(lines.len() - 1);
    for _ in 0..1 + random.below(3) {
        if at + 1 >= lines.len() {
            break;
        }
        let below = lines.remove(at + 1);
        let mut line = lines[at].trim_end().to_owned();
        let mut comment = String::new();
        if let Some(start) = line.find("//") {
            comment = format!(" /*{} */", &line[start + 2..]);
            line.truncate(start);
        }
        let code = line.trim_end();
        let open = code.is_empty() || code.ends_with(['{', '(', '[', ',', ':', ';', '.', '+', '=', '|', '&']);
        let end = if open { "" } else { ";" };
        // In front of the closing brace no semicolon is needed.
        let end = if below.trim_start().starts_with(['}', ')']) && random.once_in(2) { "" } else { end };
        lines[at] = format!("{code}{end}{comment} {}", below.trim_start());
    }
    lines.join("\n") + "\n"
}

fn inserted_between(text: &str, scrap: &str, random: &mut Random) -> String {
    let mut list = pieces(text);
    list.insert(random.below(list.len() + 1), scrap);
    list.concat()
}

fn one_token(text: &str, random: &mut Random) -> String {
    let mut list = pieces(text);
    let tokens: Vec<usize> = (0..list.len()).filter(|index| !is_space(list[*index])).collect();
    if tokens.len() < 2 {
        return text.to_owned();
    }
    let at = random.below(tokens.len() - 1);
    match random.below(3) {
        0 => list[tokens[at]] = "",
        1 => list.insert(tokens[at], list[tokens[at]]),
        _ => list.swap(tokens[at], tokens[at + 1]),
    }
    list.concat()
}
