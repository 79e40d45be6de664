//! Cheap looks at the raw bytes around a word, before a file is outlined. They
//! know neither comments nor strings, and may take something for a site that is
//! none; what they turn down is none.

use super::outline::{TokenKind, tokens};
use crate::text::Span;
use memchr::{memchr, memchr_iter, memmem, memrchr};

/// The rest of the line behind `at`, its line end left out.
pub fn rest_of_line(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at..];
    &rest[..memchr(b'\n', rest).unwrap_or(rest.len())]
}

/// The comments on top of a file, before its package clause.
pub struct Prologue<'a> {
    rest: &'a [u8],
}

impl<'a> Prologue<'a> {
    /// The comments on top of `bytes`.
    pub fn of(bytes: &'a [u8]) -> Prologue<'a> {
        Prologue { rest: bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes) }
    }

    /// Whether code follows behind the comments, so that none of them is missing when the
    /// bytes are only the beginning of a file. Asked behind the last of them.
    pub fn is_whole(&self) -> bool {
        self.rest.first().is_some_and(|first| *first != b'/')
    }
}

impl<'a> Iterator for Prologue<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let white = self.rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.rest = &self.rest[white..];
        let end = if self.rest.starts_with(b"//") {
            memchr(b'\n', self.rest).unwrap_or(self.rest.len())
        } else if self.rest.starts_with(b"/*") {
            memmem::find(&self.rest[2..], b"*/")? + 4
        } else {
            return None;
        };
        let (comment, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(comment)
    }
}

/// The bytes behind the package clause up to the end of the imports; all of them when
/// they do not begin like a Go file.
pub fn imports(bytes: &[u8]) -> &[u8] {
    let Some(start) = behind_package(bytes) else { return bytes };
    &bytes[start..end_of_imports(bytes, start).unwrap_or(bytes.len())]
}

/// Where the name in the package clause ends.
fn behind_package(bytes: &[u8]) -> Option<usize> {
    let start = if bytes.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let clause = next_code(bytes, start)?;
    let keyword = clause + "package".len();
    let name = next_code(bytes, keyword)?;
    let is_clause = bytes[clause..].starts_with(b"package") && is_word(bytes, clause, keyword);
    is_clause.then(|| bytes[name..].iter().position(|byte| !is_part(byte)).map(|length| name + length))?
}

/// Where the imports end that begin at `at`, if there are any; `None` when they do not
/// end.
fn end_of_imports(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = next_code(bytes, at)?;
        let keyword = at + "import".len();
        if !(bytes[at..].starts_with(b"import") && is_word(bytes, at, keyword)) {
            return Some(at);
        }
        at = next_code(bytes, keyword)?;
        let group = bytes[at] == b'(';
        if group {
            at += 1;
        }
        loop {
            at = next_code(bytes, at)?;
            let quote = bytes[at];
            at += 1;
            match quote {
                b'"' | b'`' => {
                    at += memchr(quote, &bytes[at..])? + 1;
                    if !group {
                        break;
                    }
                }
                b')' if group => break,
                _ => {}
            }
        }
    }
}

/// The first byte from `at` on that is neither blank nor comment nor semicolon.
fn next_code(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b' ' | b'\t' | b'\r' | b'\n' | b';' => at += 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => at += memchr(b'\n', &bytes[at..])?,
            b'/' if bytes.get(at + 1) == Some(&b'*') => at += memmem::find(&bytes[at + 2..], b"*/")? + 4,
            _ => return Some(at),
        }
    }
}

/// How far before a place its function is looked for. A file may name a word in a function
/// of any length; looking back to its beginning for each would take the square of that.
const FAR: usize = 8 * 1024;

/// The bytes between the beginning of the function around `at` and `at`; nothing where that
/// is too far away to be looked for.
///
/// A top-level function begins on a line of its own with `func `. Where that line
/// may stand in a raw string or in a comment, everything before `at` is given.
pub fn function_before(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let nearest = at.saturating_sub(FAR);
    let all = (nearest == 0).then_some(&bytes[..at]);
    let Some(start) = memmem::rfind(&bytes[nearest..at], b"\nfunc ") else { return all };
    let function = &bytes[nearest + start..at];
    let in_string = !memchr_iter(b'`', function).count().is_multiple_of(2);
    let in_comment =
        memmem::find(function, b"*/").is_some_and(|end| memmem::rfind(&function[..end], b"/*").is_none());
    if in_string || in_comment { all } else { Some(function) }
}

/// Whether the file may declare `name` at top level, other than as a method: it stands
/// first on a line, or behind a keyword of declarations and other names. Asked before a
/// file is outlined for it, as most files that mention a name declare none.
pub fn may_declare(bytes: &[u8], name: &str) -> bool {
    memmem::find_iter(bytes, name).any(|at| {
        // Mostly a method or an operand, which the byte before it tells.
        let before = at.checked_sub(1).map_or(b'\n', |before| bytes[before]);
        if matches!(before, b'.' | b'!' | b'&' | b'=' | b'[' | b'{' | b'"')
            || !is_word(bytes, at, at + name.len())
        {
            return false;
        }
        let line = &bytes[memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1)..at];
        // Something else may stand before it on the line.
        if line.contains(&b';') || memmem::find(line, b"*/").is_some() || !line.is_ascii() {
            return true;
        }
        let line = line.trim_ascii_start();
        let keyword = ["var", "const", "type", "func"]
            .iter()
            .find(|keyword| line.starts_with(keyword.as_bytes()) && is_word(line, 0, keyword.len()));
        let names = &line[keyword.map_or(0, |keyword| keyword.len())..];
        let names = names.trim_ascii().strip_prefix(b"(").unwrap_or(names.trim_ascii());
        let Some(before) = names.trim_ascii_end().strip_suffix(b",").or(names.is_empty().then_some(names))
        else {
            return false;
        };
        let one_word = |name: &[u8]| {
            let name = name.trim_ascii();
            name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        before.split(|byte| *byte == b',').all(one_word)
    })
}

/// Whether the file may declare a method `name`: the name stands behind the parentheses of
/// a receiver.
pub fn may_declare_method(bytes: &[u8], name: &str) -> bool {
    memmem::find_iter(bytes, name).any(|at| {
        is_word(bytes, at, at + name.len())
            // A comment may stand between them.
            && matches!(bytes[..at].trim_ascii_end().last(), Some(b')' | b'/'))
    })
}

/// What the parentheses behind the name at `at` begin with, blanks left out: `0)`
/// for `f(0)`. Nothing where no parenthesis follows.
pub fn argument(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let end = bytes[at..].iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| at + length);
    bytes[end..].trim_ascii_start().strip_prefix(b"(").map(<[u8]>::trim_ascii_start)
}

/// Whether a block that is still open at the end of `code`, the beginning of a
/// function, may be that of a `for`.
pub fn ends_in_loop(code: &[u8]) -> bool {
    if !has_word(code, "for") {
        return false;
    }
    let Ok(text) = std::str::from_utf8(code) else { return true };
    // For each open brace whether a `for` stands before it on its line, or on the
    // lines of the clause: a literal in the header counts like the body.
    let mut open: Vec<bool> = Vec::new();
    let mut header = false;
    for (kind, span) in tokens(text, Span::new(0, text.len())) {
        match (kind, span.of(text)) {
            (TokenKind::Keyword, "for") => header = true,
            (TokenKind::Open, "{") => {
                open.push(header);
                let rest = rest_of_line(code, span.end).trim_ascii();
                header &= !rest.is_empty() && !rest.starts_with(b"//");
            }
            // Behind a literal in the header its block may come.
            (TokenKind::Close, "}") => {
                header |= open.pop() == Some(true) && rest_of_line(code, span.end).contains(&b'{');
            }
            _ => {}
        }
    }
    open.contains(&true)
}

/// Whether the word `word` stands in `bytes`.
pub fn has_word(bytes: &[u8], word: &str) -> bool {
    memmem::find_iter(bytes, word).any(|start| is_word(bytes, start, start + word.len()))
}

/// Whether the bytes from `start` to `end` are a word by themselves.
pub fn is_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    !before.is_some_and(is_part) && !bytes.get(end).is_some_and(is_part)
}

/// Whether the byte may be part of a word.
fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80
}

/// The line of the last byte before `at` that is no blank, up to that byte.
pub fn code_before(bytes: &[u8], at: usize) -> &[u8] {
    let before = bytes[..at].trim_ascii_end();
    &before[memrchr(b'\n', before).map_or(0, |newline| newline + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_end_before_the_first_declaration() {
        for (text, all) in [
            ("package p\n\nimport \"a\"\n\nfunc f() { _ = \"b\" }\n", "\n\nimport \"a\"\n\n"),
            (
                "// c\npackage p; import (\n\t\"a\" // )\n\tx `b`\n\t/* ) */ . \"c\"\n); var x int",
                "; import (\n\t\"a\" // )\n\tx `b`\n\t/* ) */ . \"c\"\n); ",
            ),
            (
                "\u{feff}/* package q */ package p\nimport a \"a\"\nimport (\n)\nimport _ \"b\"\nconst c = 1",
                "\nimport a \"a\"\nimport (\n)\nimport _ \"b\"\n",
            ),
            ("package p\nvar s = \"a\"", "\n"),
            ("package p\nimportant(\"a\")", "\n"),
        ] {
            assert_eq!(std::str::from_utf8(imports(text.as_bytes())), Ok(all), "{text}");
        }
        for whole in ["", "func f() {}", "packages p", "/* package p", "var s = \"a\""] {
            assert_eq!(imports(whole.as_bytes()), whole.as_bytes());
        }
        for rest in ["\nimport (\"a\"\nvar x int", "\nimport \"a", "\nimport", "\n// only\n"] {
            assert_eq!(imports(format!("package p{rest}").as_bytes()), rest.as_bytes());
        }
    }

    #[test]
    fn a_method_stands_behind_its_receiver() {
        for declares in
            ["func (r T) new() {}", "func (r *T[K])new(", "x\nfunc ( T )\tnew[", "func (r T) /* c */ new("]
        {
            assert!(may_declare_method(declares.as_bytes(), "new"), "{declares}");
        }
        for uses in ["x.new()", "func new() {}", "func (r T) renew() {}", "(r).new()", "new", "new(T)"] {
            assert!(!may_declare_method(uses.as_bytes(), "new"), "{uses}");
        }
    }

    #[test]
    fn the_function_before_a_place_begins_at_its_line() {
        let text = b"package p\n\nfunc f() {\n\tfor {\n\t}\n}\n\nfunc g() {\n\tdefer h()\n}\n";
        let at = memmem::find(text, b"defer").unwrap();
        assert_eq!(function_before(text, at), Some(&b"\nfunc g() {\n\t"[..]));
        assert!(!has_word(function_before(text, at).unwrap(), "for"));
        assert!(has_word(text, "for"));
        assert!(!has_word(b"before for_ _for", "for"));
        assert_eq!(rest_of_line(text, at), b"defer h()");
    }

    #[test]
    fn a_function_is_not_looked_for_far_away() {
        let long = |lines: usize| format!("package p\n\nfunc f() {{\n{}\tdefer", "\tg()\n".repeat(lines));
        let before = |text: &str| function_before(text.as_bytes(), text.len() - 5).map(<[u8]>::len);
        let (near, far) = (long(100), long(FAR));
        assert_eq!(before(&near), Some(near.len() - 5 - "package p\n".len()));
        assert_eq!(before(&far), None);
    }

    #[test]
    fn a_function_in_a_raw_string_is_none() {
        let text = b"func f() {\n\tfor {\n\t\tx := `\nfunc g() {}`\n\t\tdefer h(x)\n\t}\n}\n";
        let at = memmem::find(text, b"defer").unwrap();
        assert!(has_word(function_before(text, at).unwrap(), "for"));
    }

    #[test]
    fn a_function_in_a_comment_is_none() {
        let text = b"func f() {\n\tfor {\n\t\t/*\nfunc g() {}\n*/\n\t\tdefer h(x)\n\t}\n}\n";
        let at = memmem::find(text, b"defer").unwrap();
        assert!(has_word(function_before(text, at).unwrap(), "for"));
        let text = b"func f() {\n\tfor {\n\t}\n}\n\nfunc g() {\n\t/* one */\n\tdefer h(x)\n}\n";
        let at = memmem::find(text, b"defer").unwrap();
        assert!(!has_word(function_before(text, at).unwrap(), "for"));
    }

    #[test]
    fn a_loop_that_is_open_is_found_whatever_its_header_holds() {
        for open in [
            "func f() {\n\tfor {\n",
            "func f() {\n\tfor _, x := range []T{{1}, {2}} {\n\t\tif x {\n",
            "func f() { for _, g := range []func(){\n\t\ta,\n\t\tfunc() {\n\t\t},\n\t} {\n",
            "func f() {\n\tfor i := 0; i < T{1}.n; i++ { // each\n\t\tg(func() {\n",
        ] {
            assert!(ends_in_loop(open.as_bytes()), "{open}");
        }
        for closed in
            ["func f() {\n\tfor {\n\t}\n", "func f() {\n\t// for x\n", "func f() {\n\tx := `for {`\n"]
        {
            assert!(!ends_in_loop(closed.as_bytes()), "{closed}");
        }
    }

    #[test]
    fn a_name_is_declared_first_on_its_line_or_behind_names() {
        for declares in [
            "func new() {}",
            "func new[T any]() {}",
            "var new = 1",
            "var a, b, new = 1, 2, 3",
            "var (\n\ta = 1\n\tnew = 2\n)",
            "var (new = 2)",
            "const (\n\ta, new = 1, 2\n)",
            "type new struct{}",
            "package p; type new int",
            "/* c */ var new int",
            "var a,\n\tnew int",
            "var \u{e9}, new int",
        ] {
            assert!(may_declare(declares.as_bytes(), "new"), "{declares}");
        }
        for uses in [
            "func f() { return new(T) }",
            "\tx := new(T)",
            "\treturn x, new(T)",
            "\tf(x, new(T))",
            "func (t T) new() {}",
            "var renew = 1",
            "\tvar a, b = 1, new",
            "// the new one",
        ] {
            assert!(!may_declare(uses.as_bytes(), "new"), "{uses}");
        }
    }

    #[test]
    fn arguments_are_read_past_blanks() {
        assert_eq!(argument(b"f(0)", 0), Some(&b"0)"[..]));
        assert_eq!(argument(b"x.f (\n\t1 )", 2), Some(&b"1 )"[..]));
        assert_eq!(argument(b"f", 0), None);
        assert_eq!(argument(b"f.g(1)", 0), None);
    }

    #[test]
    fn code_before_a_place_passes_blanks() {
        assert_eq!(code_before(b"a\n\tfor {\n\n\t\tselect", 12), b"\tfor {");
        assert_eq!(code_before(b"  x", 2), b"");
    }
}
