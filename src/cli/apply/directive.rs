//! What a fix of another tool may not add by itself: what makes the compiler read or run
//! something that the text only names.

use super::super::args::AllowedDirective;
use crate::syntax::File;
use crate::syntax::outline::Outline;
use crate::text::{Edit, Edits, Span};
use std::collections::HashMap;

/// As [`added`], for what `edits` make of a file; looks only at the lines that they change.
pub fn added_by(
    file: &File,
    edits: &Edits,
    allowed: &[AllowedDirective],
) -> Option<(AllowedDirective, String)> {
    let text = file.text();
    let (Some(first), Some(last)) = (edits.iter().next(), edits.iter().next_back()) else { return None };
    let head = file.outline().decls.first().map_or(text.len(), |decl| decl.span.start);
    let imports_c = file.outline().imports.iter().any(|import| import.path == "C");
    if imports_c || first.span.start <= head {
        return added(text, &edits.apply(text), allowed);
    }
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

/// The first thing that `after` has more of than `before` and that is not among `allowed`; or its
/// build constraint where that is another one: a file that is left out would pass every proof.
pub fn added(before: &str, after: &str, allowed: &[AllowedDirective]) -> Option<(AllowedDirective, String)> {
    if !allowed.contains(&AllowedDirective::Build) {
        let (old, new) = (constraint(before), constraint(after));
        if old != new {
            let line = new.iter().find(|line| !old.contains(*line)).or(old.first()).or(new.first());
            return Some((AllowedDirective::Build, line.copied().unwrap_or_default().to_owned()));
        }
    }
    added_lines(before, after, allowed)
}

/// The lines above the package clause that say where a file is built.
fn constraint(text: &str) -> Vec<&str> {
    let mut modern = Vec::new();
    let mut old = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if line.starts_with("//go:build ") {
            modern.push(line);
        } else if line.strip_prefix("//").is_some_and(|rest| rest.trim_start().starts_with("+build ")) {
            old.push(line);
        } else if line.starts_with("package ") {
            break;
        }
    }
    // go follows the old lines only where it finds no other.
    if modern.is_empty() { old } else { modern }
}

fn added_lines(
    before: &str,
    after: &str,
    allowed: &[AllowedDirective],
) -> Option<(AllowedDirective, String)> {
    let mut counts: HashMap<(AllowedDirective, String), isize> = HashMap::new();
    let [before, after] = changed(before, after);
    for found in directives(before) {
        *counts.entry(found).or_default() -= 1;
    }
    let all = directives(after);
    for found in &all {
        *counts.entry(found.clone()).or_default() += 1;
    }
    all.into_iter().find(|found| counts[found] > 0 && !allowed.contains(&found.0))
}

/// How a kind is named on the command line.
pub fn word(kind: AllowedDirective) -> &'static str {
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
fn changed<'t>(before: &'t str, after: &'t str) -> [ChangedPart<'t>; 2] {
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
        let kind = |after: &str| added("package p\n", after, &[]).map(|(kind, _)| kind);
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
        let without = |part: &str| added(tagged, &tagged.replace(part, ""), &[]).map(|(kind, _)| kind);
        assert_eq!(without("// +build linux\n"), None);
        assert_eq!(without("//go:build linux\n// +build linux\n"), Some(AllowedDirective::Build));
        assert_eq!(kind("package p\n\n// #1 is the best\n//go:noinline\n"), None);
        let cgo = "package p\n\n// #include <a.h>\nimport \"C\"\n";
        assert_eq!(added(cgo, cgo, &[]), None);
        let more = cgo.replace("<a.h>", "</etc/passwd>");
        assert_eq!(added(cgo, &more, &[]).map(|(kind, _)| kind), Some(AllowedDirective::Cgo));
        assert_eq!(added(cgo, &more, &[AllowedDirective::Cgo]), None);
    }
}
