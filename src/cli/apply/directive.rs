//! What a change may not do by itself: add, bring into force or take out of force what makes the
//! compiler read or run something that the text only names, or what says where a file is built.
//!
//! Lines that a fix adds are looked at wherever they stand. Beside that, the directives that go
//! itself would follow are compared: an edit elsewhere can end the comment around one.

use super::super::args::AllowedDirective;
use crate::syntax::File;
use crate::syntax::outline::{Outline, TokenKind, tokens};
use crate::text::{Edit, Edits, Span};
use std::collections::HashMap;

/// What a change does to a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectiveChange {
    kind: AllowedDirective,
    line: String,
    effect: DirectiveEffect,
}

/// How it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DirectiveEffect {
    Written,
    InForce,
    OutOfForce,
}

impl DirectiveChange {
    /// Why the change is refused, and what takes it.
    pub fn reason(&self) -> String {
        let line: String = self.line.chars().take(60).collect();
        let cause = match (self.kind, self.effect) {
            (AllowedDirective::Build, _) => format!(
                "it changes the build constraint `{line}`, and a file that is not built proves nothing"
            ),
            (_, DirectiveEffect::Written) => format!("it adds `{line}`, which the compiler would follow"),
            (_, DirectiveEffect::InForce) => {
                format!("it brings `{line}` into force, which the compiler would follow")
            }
            (_, DirectiveEffect::OutOfForce) => format!("it puts `{line}` out of force"),
        };
        format!("{cause}; look at it, then take --allow-directive {}", word(self.kind))
    }
}

/// The first thing on the lines that `edits` change of which there is more afterwards, and that is
/// not among `allowed`. What they do to the lines beside them, [`changed`] says.
pub fn added_by(file: &File, edits: &Edits, allowed: &[AllowedDirective]) -> Option<DirectiveChange> {
    let text = file.text();
    let (Some(first), Some(last)) = (edits.iter().next(), edits.iter().next_back()) else { return None };
    let start = text[..first.span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[last.span.end..].find('\n').map_or(text.len(), |at| last.span.end + at);
    let moved = edits.iter().map(|edit| Edit {
        span: Span::new(edit.span.start - start, edit.span.end - start),
        text: edit.text.clone(),
    });
    let moved: Edits = moved.collect::<Vec<_>>().into();
    let lines = &text[start..end];
    added_lines(lines, &moved.apply(lines), allowed)
}

/// What `after` changes of the directives of `before` and is not among `allowed`: one that is added
/// or in force only there, else one that is no longer in force.
pub fn changed(before: &str, after: &str, allowed: &[AllowedDirective]) -> Option<DirectiveChange> {
    let (old, new) = (in_force(before), in_force(after));
    let mut counts: HashMap<&Directive, isize> = HashMap::new();
    for directive in &new {
        *counts.entry(directive).or_default() += 1;
    }
    for directive in &old {
        *counts.entry(directive).or_default() -= 1;
    }
    let of = |directive: &Directive, effect| {
        let Directive { kind, line, .. } = directive.clone();
        DirectiveChange { kind, line, effect }
    };
    let more = new.iter().find(|one| counts[one] > 0 && !allowed.contains(&one.kind));
    let more = more.map(|one| {
        let there = before.contains(&one.line);
        of(one, if there { DirectiveEffect::InForce } else { DirectiveEffect::Written })
    });
    more.or_else(|| added_lines(before, after, allowed)).or_else(|| {
        let less = old.iter().find(|one| counts[one] < 0 && !allowed.contains(&one.kind))?;
        Some(of(less, DirectiveEffect::OutOfForce))
    })
}

/// A directive that go follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Directive {
    kind: AllowedDirective,
    /// Its line, without the blanks around it.
    line: String,
    /// Its place among the lines that a C compiler gets, whose order counts.
    place: usize,
}

/// The directives of a file that go follows.
fn in_force(text: &str) -> Vec<Directive> {
    let outline = Outline::header_of(text);
    let imports = |path: &str| outline.imports.iter().any(|import| import.path == path);
    let directive = |kind, line: &str| Directive { kind, line: line.to_owned(), place: 0 };
    let mut found = Vec::new();
    found.extend(constraint(text, &outline).into_iter().map(|line| directive(AllowedDirective::Build, line)));
    // go leaves such a file out of every build.
    if outline.package.as_ref().is_some_and(|package| package.text == "documentation") {
        found.push(directive(AllowedDirective::Build, "package documentation"));
    }
    if imports("C") {
        found.push(directive(AllowedDirective::Cgo, "import \"C\""));
        found.extend(
            preamble(text, &outline).into_iter().enumerate().map(|(place, line)| Directive {
                place: place + 1,
                ..directive(AllowedDirective::Cgo, line)
            }),
        );
    }
    if memchr::memmem::find(text.as_bytes(), b"//go:").is_none() {
        return found;
    }
    let comments = tokens(text, Span::new(outline.bom, text.len()))
        .filter(|(kind, _)| *kind == TokenKind::LineComment)
        .map(|(_, span)| span);
    for span in comments {
        let comment = span.of(text);
        let kind = match () {
            // Without these imports the comments are mistakes.
            () if is_directive(comment, "//go:embed") && imports("embed") => AllowedDirective::Embed,
            () if is_directive(comment, "//go:linkname") && imports("unsafe") => AllowedDirective::Linkname,
            () if comment.starts_with("//go:cgo_") => AllowedDirective::Cgo,
            () => continue,
        };
        found.push(directive(kind, whole_line(text, span)));
    }
    // `go generate` reads lines and no Go: one in a string counts too.
    let lines = text.lines().filter(|line| is_directive(line, "//go:generate"));
    found.extend(lines.map(|line| directive(AllowedDirective::Generate, line.trim_end())));
    found
}

/// Whether `line` is the directive of this name.
fn is_directive(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.trim_start().len() < rest.len() || rest.is_empty())
}

/// The line of a comment up to its end, without the blanks around it.
fn whole_line(text: &str, comment: Span) -> &str {
    let start = text[..comment.start].rfind('\n').map_or(0, |end| end + 1);
    text[start..comment.end].trim_start_matches('\u{feff}').trim()
}

/// The lines above the package clause that say where a file is built.
fn constraint<'t>(text: &'t str, outline: &Outline) -> Vec<&'t str> {
    let comments = tokens(text, outline.header).filter(|(kind, _)| *kind == TokenKind::LineComment);
    let modern: Vec<&str> = comments
        .filter(|(_, span)| is_directive(span.of(text), "//go:build"))
        .map(|(_, span)| whole_line(text, span))
        .collect();
    // go follows the old lines only where it finds no other.
    if modern.iter().any(|line| line.starts_with("//")) {
        return modern;
    }
    let (mut held, mut pending) = (modern, Vec::new());
    for line in text[outline.bom..].lines().map(str::trim) {
        if line.is_empty() {
            held.append(&mut pending);
        } else if let Some(comment) = line.strip_prefix("//") {
            pending.extend(is_directive(comment.trim_start(), "+build").then_some(line));
        } else {
            break;
        }
    }
    held
}

/// The lines of the comments that cgo hands to the C compiler: those right above an import of `C`.
fn preamble<'t>(text: &'t str, outline: &Outline) -> Vec<&'t str> {
    let end = outline.import_decls.last().map_or(outline.bom, |decl| decl.span.end);
    let gap = |start: usize, end: usize| text[start..end].matches('\n').count();
    let mut group: Vec<(TokenKind, Span)> = Vec::new();
    // Above the keyword, and above the path.
    let mut above: HashMap<usize, Vec<(TokenKind, Span)>> = HashMap::new();
    let (mut last, mut code) = (outline.bom, true);
    for (kind, span) in tokens(text, Span::new(outline.bom, end)) {
        let lines = gap(last, span.start);
        let ends_code = code && lines == 0 && last > outline.bom;
        (last, code) = (span.end, !kind.is_comment());
        if lines > 1 {
            group.clear();
        }
        if code {
            if lines == 1 && !group.is_empty() {
                above.insert(span.start, std::mem::take(&mut group));
            }
            group.clear();
        } else if !ends_code {
            group.push((kind, span));
        }
    }
    let of_c = outline.imports.iter().filter(|import| import.path == "C");
    let comments = of_c.flat_map(|import| {
        let alone = outline.imports.iter().filter(|other| other.decl == import.decl).count() == 1;
        let own = above.get(&import.span.start);
        own.or_else(|| above.get(&outline.import_decls[import.decl].span.start).filter(|_| alone))
    });
    let inner = comments.flatten().map(|(kind, span)| {
        let comment = &span.of(text)[2..];
        if *kind == TokenKind::BlockComment { &comment[..comment.len() - 2] } else { comment }
    });
    inner.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// What stands more often on the lines of `after`, in force or not.
fn added_lines(before: &str, after: &str, allowed: &[AllowedDirective]) -> Option<DirectiveChange> {
    let mut counts: HashMap<(AllowedDirective, String), isize> = HashMap::new();
    let [before, after] = changed_lines(before, after);
    for found in directives(before) {
        *counts.entry(found).or_default() -= 1;
    }
    let all = directives(after);
    for found in &all {
        *counts.entry(found.clone()).or_default() += 1;
    }
    let (kind, line) = all.into_iter().find(|found| counts[found] > 0 && !allowed.contains(&found.0))?;
    Some(DirectiveChange { kind, line, effect: DirectiveEffect::Written })
}

/// How a kind is named on the command line.
fn word(kind: AllowedDirective) -> &'static str {
    match kind {
        AllowedDirective::Cgo => "cgo",
        AllowedDirective::Embed => "embed",
        AllowedDirective::Linkname => "linkname",
        AllowedDirective::Generate => "generate",
        AllowedDirective::Build => "build",
    }
}

/// A text with the lines of it that another one does not have.
struct ChangedPart<'t> {
    whole: &'t str,
    lines: &'t str,
}

/// Two texts without the lines at their beginnings and ends that are the same.
fn changed_lines<'t>(before: &'t str, after: &'t str) -> [ChangedPart<'t>; 2] {
    let same = |(a, b): &(u8, u8)| a == b;
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let head = old.iter().copied().zip(new.iter().copied()).take_while(same).count();
    let head = old[..head].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let ends = old[head..].iter().rev().copied().zip(new[head..].iter().rev().copied());
    let tail = ends.take_while(same).count();
    let lines = |text: &'t str| {
        let end = text.len() - tail;
        let end =
            text.as_bytes()[end..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| end + at);
        ChangedPart { whole: text, lines: &text[head..end] }
    };
    [lines(before), lines(after)]
}

fn directives(text: ChangedPart<'_>) -> Vec<(AllowedDirective, String)> {
    let imports_c = Outline::header_of(text.whole).imports.iter().any(|import| import.path == "C");
    let mut found = Vec::new();
    if imports_c {
        found.push((AllowedDirective::Cgo, "import \"C\"".to_owned()));
    }
    for line in text.lines.lines() {
        // In a block comment, a line of C has nothing before it, or a star.
        let line = line.trim();
        let bare = line.trim_start_matches(['/', '*', ' ', '\t']);
        let of_go = |word: &str| line.contains(word);
        let kind = match () {
            () if of_go("//go:embed") => AllowedDirective::Embed,
            () if of_go("//go:linkname") => AllowedDirective::Linkname,
            () if of_go("//go:generate") => AllowedDirective::Generate,
            () if of_go("//go:cgo_") || (bare.starts_with('#') && is_cgo(bare, imports_c)) => {
                AllowedDirective::Cgo
            }
            () => continue,
        };
        found.push((kind, line.to_owned()));
    }
    found
}

/// Whether a line that begins with `#` is one of cgo or of a C compiler that reads a file.
fn is_cgo(line: &str, imports_c: bool) -> bool {
    let word = line[1..].trim_start();
    word.starts_with("cgo")
        || (imports_c && ["include", "import", "embed"].iter().any(|one| word.starts_with(one)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_or_runs_something_is_seen() {
        let kind = |after: &str| changed("package p\n", after, &[]).map(|change| change.kind);
        assert_eq!(kind("package p\n\nimport \"C\"\n"), Some(AllowedDirective::Cgo));
        assert_eq!(kind("package p\n\nimport (\n\t\"fmt\"\n\t\"C\"\n)\n"), Some(AllowedDirective::Cgo));
        assert_eq!(kind("package p\n\n// #cgo LDFLAGS: -L/x\n"), Some(AllowedDirective::Cgo));
        assert_eq!(kind("package p\n\n/*\n #  cgo CFLAGS: -I/x\n*/\n"), Some(AllowedDirective::Cgo));
        assert_eq!(kind("package p\n\n\t//go:embed *\nvar f string\n"), Some(AllowedDirective::Embed));
        assert_eq!(kind("package p\n\nvar x = 1 //go:generate rm -r /\n"), Some(AllowedDirective::Generate));
        assert_eq!(kind("package p\n\n//go:linkname a b\n"), Some(AllowedDirective::Linkname));
        assert_eq!(kind("//go:build ignore\n\npackage p\n"), Some(AllowedDirective::Build));
        assert_eq!(kind("// +build ignore\n\npackage p\n"), Some(AllowedDirective::Build));
        let tagged = "// Words.\n\n//go:build linux\n// +build linux\n\npackage p\n";
        let without = |part: &str| changed(tagged, &tagged.replace(part, ""), &[]).map(|change| change.kind);
        assert_eq!(without("// +build linux\n"), None);
        assert_eq!(without("//go:build linux\n// +build linux\n"), Some(AllowedDirective::Build));
        assert_eq!(kind("package p\n\n// #1 is the best\n//go:noinline\n"), None);
        let cgo = "package p\n\n// #include <a.h>\nimport \"C\"\n";
        assert_eq!(changed(cgo, cgo, &[]), None);
        let more = cgo.replace("<a.h>", "</etc/passwd>");
        assert_eq!(changed(cgo, &more, &[]).map(|change| change.kind), Some(AllowedDirective::Cgo));
        assert_eq!(changed(cgo, &more, &[AllowedDirective::Cgo]), None);
    }
}
