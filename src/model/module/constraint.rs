//! Build constraints: `//go:build` and `// +build` lines, and the Go release
//! that they imply.

use crate::model::GoVersion;
use crate::syntax::outline::{Outline, TokenKind, tokens};

/// The oldest language that a `//go:build` line can set.
const OLDEST_SET: GoVersion = GoVersion(1, 21);

/// More operators than this make a constraint too complex for the go command.
const MAX_SIZE: usize = 1000;

/// The same for `// +build` lines.
const MAX_PLUS_SIZE: usize = 100;

/// A build constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A tag: `linux`, `go1.21`, `integration`.
    Tag(String),
    /// `!x`
    Not(Box<Expr>),
    /// `x && y`
    And(Box<Expr>, Box<Expr>),
    /// `x || y`
    Or(Box<Expr>, Box<Expr>),
}

impl Expr {
    /// Reads what stands behind `//go:build`; `None` when the go command
    /// refuses it.
    pub fn parse(text: &str) -> Option<Expr> {
        let mut parser = Parser { rest: text, size: 0 };
        let expr = parser.or()?;
        parser.rest.trim_start().is_empty().then_some(expr)
    }

    /// Whether it holds where these tags do.
    pub fn holds(&self, tag: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Expr::Tag(name) => tag(name),
            Expr::Not(inner) => !inner.holds(tag),
            Expr::And(a, b) => a.holds(tag) && b.holds(tag),
            Expr::Or(a, b) => a.holds(tag) || b.holds(tag),
        }
    }

    /// Whether it can be `wanted` when nobody asks for a tag.
    fn may_be(&self, wanted: bool) -> bool {
        match self {
            Expr::Tag(tag) => is_usual(tag) || !wanted,
            Expr::Not(inner) => inner.may_be(!wanted),
            Expr::And(a, b) if wanted => a.may_be(true) && b.may_be(true),
            Expr::And(a, b) => a.may_be(false) || b.may_be(false),
            Expr::Or(a, b) if wanted => a.may_be(true) || b.may_be(true),
            Expr::Or(a, b) => a.may_be(false) && b.may_be(false),
        }
    }

    /// The first tag that the constraint asks for, rather than rules out, of
    /// those that are `wanted`.
    pub fn asked(&self, wanted: &dyn Fn(&str) -> bool) -> Option<&str> {
        self.told(true, wanted)
    }

    fn told(&self, holds: bool, wanted: &dyn Fn(&str) -> bool) -> Option<&str> {
        match self {
            Expr::Tag(tag) => (holds && wanted(tag)).then_some(tag.as_str()),
            Expr::Not(inner) => inner.told(!holds, wanted),
            Expr::And(a, b) | Expr::Or(a, b) => a.told(holds, wanted).or_else(|| b.told(holds, wanted)),
        }
    }

    /// Reads what stands behind `// +build`: spaces mean or, commas mean and.
    fn parse_plus(text: &str) -> Option<Expr> {
        let mut size = 0;
        let mut any: Option<Expr> = None;
        for clause in text.split_whitespace() {
            let mut all: Option<Expr> = None;
            for literal in clause.split(',') {
                let expr = match literal.strip_prefix('!') {
                    // What can never hold is the tag `ignore`, which nobody sets.
                    Some(tag) if tag.is_empty() || tag.starts_with('!') => Expr::Tag("ignore".to_owned()),
                    Some(tag) => Expr::Not(Box::new(valid_tag(tag))),
                    None => valid_tag(literal),
                };
                all = Some(match all {
                    None => expr,
                    Some(before) => {
                        size += 1;
                        Expr::And(Box::new(before), Box::new(expr))
                    }
                });
            }
            any = match (any, all) {
                (Some(before), Some(all)) => {
                    size += 1;
                    Some(Expr::Or(Box::new(before), Box::new(all)))
                }
                (before, all) => before.or(all),
            };
            if size > MAX_PLUS_SIZE {
                return None;
            }
        }
        Some(any.unwrap_or_else(|| Expr::Tag("ignore".to_owned())))
    }

    /// The oldest Go release with which the constraint can hold; `None` when
    /// it holds without any `go1.N` tag. Same answer as `GoVersion` of Go's
    /// package `go/build/constraint`.
    pub fn implied_version(&self) -> Option<GoVersion> {
        self.implied(true)
    }

    fn implied(&self, holds: bool) -> Option<GoVersion> {
        match self {
            Expr::Tag(tag) if holds => release(tag),
            Expr::Tag(_) => None,
            Expr::Not(expr) => expr.implied(!holds),
            // `None` is less than any release.
            Expr::And(a, b) if holds => a.implied(true).max(b.implied(true)),
            Expr::Or(a, b) if !holds => a.implied(false).max(b.implied(false)),
            Expr::And(a, b) | Expr::Or(a, b) => a.implied(holds).min(b.implied(holds)),
        }
    }
}

fn release(tag: &str) -> Option<GoVersion> {
    match tag.strip_prefix("go1")? {
        "" => Some(GoVersion(1, 0)),
        rest => Some(GoVersion(1, rest.strip_prefix('.')?.parse().ok()?)),
    }
}

fn is_tag_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

fn valid_tag(text: &str) -> Expr {
    let valid = !text.is_empty() && text.chars().all(is_tag_char);
    Expr::Tag(if valid { text } else { "ignore" }.to_owned())
}

struct Parser<'t> {
    rest: &'t str,
    size: usize,
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(token) {
            Some(behind) => {
                self.rest = behind;
                true
            }
            None => false,
        }
    }

    /// Counts an operator; bounds the recursion, too.
    fn count(&mut self) -> Option<()> {
        self.size += 1;
        (self.size <= MAX_SIZE).then_some(())
    }

    fn or(&mut self) -> Option<Expr> {
        let mut left = self.and()?;
        while self.take("||") {
            self.count()?;
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Expr> {
        let mut left = self.not()?;
        while self.take("&&") {
            self.count()?;
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
        Some(left)
    }

    fn not(&mut self) -> Option<Expr> {
        if !self.take("!") {
            return self.atom();
        }
        self.count()?;
        // A double negation is an error.
        if self.rest.trim_start().starts_with('!') {
            return None;
        }
        Some(Expr::Not(Box::new(self.atom()?)))
    }

    fn atom(&mut self) -> Option<Expr> {
        if self.take("(") {
            self.count()?;
            let inner = self.or()?;
            return self.take(")").then_some(inner);
        }
        let rest = self.rest.trim_start();
        let length = rest.find(|c| !is_tag_char(c)).unwrap_or(rest.len());
        let (tag, behind) = rest.split_at(length);
        self.rest = behind;
        (length > 0).then(|| Expr::Tag(tag.to_owned()))
    }
}

/// The language version that the `//go:build` line of a file sets: the release
/// that it implies, at least 1.21; `None` when it sets none. As the compiler
/// does it, `// +build` lines set nothing.
pub fn language_version(text: &str) -> Option<GoVersion> {
    if !mentions(text, b"//go:build") {
        return None;
    }
    go_build(text)?.implied_version().map(|version| version.max(OLDEST_SET))
}

/// The oldest release that compiles a file: from its `//go:build` line, else
/// from its `// +build` lines; `None` when they imply none.
pub fn implied_version(text: &str) -> Option<GoVersion> {
    if !mentions(text, b"build") {
        return None;
    }
    if let Some(expr) = go_build(text) {
        return expr.implied_version();
    }
    plus_build(text).iter().filter_map(Expr::implied_version).max()
}

/// A look over the bytes, which spares most files the lexer.
fn mentions(text: &str, literal: &[u8]) -> bool {
    memchr::memmem::find(text.as_bytes(), literal).is_some()
}

/// The last `//go:build` comment before the first token that can be read.
fn go_build(text: &str) -> Option<Expr> {
    let mut expr = None;
    for comment in header_comments(text) {
        if let Some(read) = directive(comment, "//go:build").and_then(Expr::parse) {
            expr = Some(read);
        }
    }
    expr
}

/// The `// +build` lines: only `//` comments and blank lines may stand before
/// them, and a blank line behind them, before the package clause.
fn plus_build(text: &str) -> Vec<Expr> {
    let mut held = Vec::new();
    let mut pending = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if line.is_empty() {
            held.append(&mut pending);
        } else if let Some(comment) = line.strip_prefix("//") {
            pending.extend(directive(comment.trim(), "+build").and_then(Expr::parse_plus));
        } else {
            break;
        }
    }
    held
}

/// What stands behind a directive's name, when a space or nothing follows it.
fn directive<'t>(comment: &'t str, name: &str) -> Option<&'t str> {
    let behind = comment.strip_prefix(name)?;
    (behind.is_empty() || behind.starts_with(char::is_whitespace)).then(|| behind.trim())
}

/// The tag of its build constraint that somebody must ask for before the file is
/// part of any program: `debug`, and not `linux`, `go1.21` or `!purego`.
pub fn opt_in_tag(text: &str) -> Option<String> {
    let constraints = header_comments(text).filter_map(|comment| directive(comment, "//go:build"));
    let expr = constraints.filter_map(Expr::parse).find(|expr| !expr.may_be(true))?;
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        match expr {
            Expr::Tag(tag) if !is_usual(&tag) => return Some(tag),
            Expr::Tag(_) | Expr::Not(_) => {}
            Expr::And(a, b) | Expr::Or(a, b) => pending.extend([*b, *a]),
        }
    }
    None
}

const SYSTEMS: &str = "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd \
                       plan9 solaris wasip1 windows zos";
const MACHINES: &str = "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 \
                        s390x sparc64 wasm";

fn is_listed(list: &str, tag: &str) -> bool {
    list.split_whitespace().any(|one| one == tag)
}

/// Whether the go command sets the tag by itself on some machine.
fn is_usual(tag: &str) -> bool {
    const OTHERS: &[&str] = &["unix", "cgo", "gc", "gccgo", "race", "msan", "asan", "purego"];
    OTHERS.contains(&tag) || is_listed(SYSTEMS, tag) || is_listed(MACHINES, tag) || tag.starts_with("go1")
}

/// What the file's name and its header ask of a build, each as it is written; nothing for
/// a file that is part of every build. The rules for names are those of `go help buildconstraint`.
pub fn conditions<'t>(stem: &'t str, text: &'t str) -> Vec<&'t str> {
    let comments = header_comments(text);
    let mut found: Vec<&str> =
        comments.filter(|comment| comment.contains("go:build") || comment.contains("+build")).collect();
    let plain = stem.strip_suffix("_test");
    found.extend(plain.map(|_| "_test"));
    let mut parts = plain.unwrap_or(stem).split('_').skip(1).collect::<Vec<_>>();
    if let Some(machine) = parts.pop_if(|last| is_listed(MACHINES, last)) {
        found.push(machine);
    }
    found.extend(parts.pop().filter(|last| is_listed(SYSTEMS, last)));
    found
}

/// The `//` comments before the package clause, without their line ends.
pub(super) fn header_comments(text: &str) -> impl Iterator<Item = &str> {
    let header = Outline::header_of(text).header;
    tokens(text, header)
        .filter(|(kind, _)| *kind == TokenKind::LineComment)
        .map(move |(_, span)| span.of(text).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn implied(text: &str) -> Option<GoVersion> {
        Expr::parse(text)?.implied_version()
    }

    #[test]
    fn what_a_name_and_a_header_ask_of_a_build() {
        let none: &[&str] = &[];
        for (stem, text, want) in [
            ("close", "// Package p.\npackage p\n", none),
            ("linux", "package p\n", none),
            ("a_unix", "package p\n", none),
            ("a_linux", "package p\n", &["linux"]),
            ("a_linux_arm64_test", "package p\n", &["_test", "arm64", "linux"]),
            ("a_arm64_linux", "package p\n", &["linux"]),
            ("a", "//go:build debug\n\npackage p\n", &["//go:build debug"]),
            ("a", "// +build debug\n\npackage p\n", &["// +build debug"]),
        ] {
            assert_eq!(conditions(stem, text), want, "{stem}: {text}");
        }
    }

    #[test]
    fn a_tag_that_somebody_must_ask_for() {
        for (constraint, want) in [
            ("debug", Some("debug")),
            ("linux && pprof", Some("pprof")),
            ("debug || pprof", Some("debug")),
            ("!nopprof", None),
            ("linux || debug", None),
            ("linux && go1.21", None),
            ("!(linux && release)", None),
        ] {
            let text = format!("//go:build {constraint}\n\npackage p\n");
            assert_eq!(opt_in_tag(&text).as_deref(), want, "{constraint}");
        }
        assert_eq!(opt_in_tag("package p\n\n//go:build debug\n"), None);
    }

    #[test]
    fn the_release_that_a_constraint_implies() {
        for (text, want) in [
            ("go1.21", Some(GoVersion(1, 21))),
            ("go1", Some(GoVersion(1, 0))),
            ("!go1.21", None),
            ("!(!go1.21 || !linux)", Some(GoVersion(1, 21))),
            ("go1.18 && (linux || go1.20)", Some(GoVersion(1, 18))),
            ("go1.18 || go1.20", Some(GoVersion(1, 18))),
            ("go1.18||linux", None),
            ("go1.18 && go1.20", Some(GoVersion(1, 20))),
            ("go1.21.3", None),
        ] {
            assert!(Expr::parse(text).is_some(), "{text}");
            assert_eq!(implied(text), want, "{text}");
        }
        for wrong in ["", "!!a", "a b", "(a", "a)", "a &&", "a & b", "-", "! !a"] {
            assert_eq!(Expr::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Expr::parse(&"(".repeat(1_000_000)), None);
        assert_eq!(Expr::parse(&"a && ".repeat(1_000_000)), None);
    }

    #[test]
    fn lines_count_only_before_the_package_clause() {
        let go = |minor| Some(GoVersion(1, minor));
        for (text, language, api) in [
            ("//go:build go1.23\n\npackage p\n", go(23), go(23)),
            ("//go:build go1.18\npackage p\n", go(21), go(18)),
            ("\u{feff}// c\r\n//go:build go1.22 && !x\r\n\r\npackage p\r\n", go(22), go(22)),
            ("/* c */\n//go:build go1.22\n\npackage p\n", go(22), go(22)),
            ("/*\n//go:build go1.22\n*/\n\npackage p\n", None, None),
            ("//go:buildx go1.22\n\npackage p\n", None, None),
            ("// go:build go1.22\n\npackage p\n", None, None),
            ("package p\n\n//go:build go1.22\n", None, None),
            ("// +build go1.23\n\npackage p\n", None, go(23)),
            ("// +build go1.18,linux go1.20\n//+build go1.19\n\npackage p\n", None, go(19)),
            ("// +build go1.23\npackage p\n", None, None),
            ("//go:build linux\n// +build go1.23\n\npackage p\n", None, None),
            ("// +build !go1.23\n\npackage p\n", None, None),
        ] {
            assert_eq!(language_version(text), language, "{text}");
            assert_eq!(implied_version(text), api, "{text}");
        }
    }
}
