//! Which fixes seem to build only together: one changes a declaration, others the lines that
//! name it. A guess from names, which the proof confirms.

use super::fix::GivenFix;
use crate::syntax::{DeclKind, File};
use crate::text::{Edit, Span};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a name means the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum NameScope<'p> {
    /// In one declaration of one file.
    Local(&'p Path, usize),
    /// In one directory.
    Package(&'p Path),
    /// Wherever it is imported.
    Exported,
}

/// A line that a fix takes away or brings, and where it stands.
struct ChangedRow<'r> {
    row: &'r str,
    /// The lines on the other side of the change.
    others: &'r [&'r str],
    /// The function around it.
    function: Option<usize>,
    /// Which lines of the declaration around it declare something.
    spec: Option<SpecLines>,
}

/// For each fix the first one of those that seem to build only together with it.
pub fn leaders(fixes: &[GivenFix], files: &BTreeMap<PathBuf, Arc<File>>) -> Vec<usize> {
    let mut leaders: Vec<usize> = (0..fixes.len()).collect();
    let mut declaring: HashMap<(NameScope<'_>, String), usize> = HashMap::new();
    let by_file = by_file(fixes, files);
    for (path, (file, ids)) in &by_file {
        each_row(file, ids, fixes, &mut |id, changed| {
            for (name, function) in changed.declared() {
                let first = *declaring.entry((scope(name, function, path), name.to_owned())).or_insert(id);
                join(&mut leaders, first, id);
            }
        });
    }
    if declaring.is_empty() {
        return leaders;
    }
    for (path, (file, ids)) in &by_file {
        each_row(file, ids, fixes, &mut |id, changed| {
            for name in words(changed.row) {
                // A name of the whole file counts in each of its functions.
                for scope in [scope(name, changed.function, path), scope(name, None, path)] {
                    if let Some(first) = declaring.get(&(scope, name.to_owned())) {
                        join(&mut leaders, *first, id);
                    }
                }
            }
        });
    }
    (0..fixes.len()).map(|id| leader(&mut leaders, id)).collect()
}

fn leader(leaders: &mut [usize], mut id: usize) -> usize {
    while leaders[id] != id {
        leaders[id] = leaders[leaders[id]];
        id = leaders[id];
    }
    id
}

fn join(leaders: &mut [usize], a: usize, b: usize) {
    let (a, b) = (leader(leaders, a), leader(leaders, b));
    leaders[a.max(b)] = a.min(b);
}

fn scope<'p>(name: &str, decl: Option<usize>, path: &'p Path) -> NameScope<'p> {
    match decl {
        Some(decl) => NameScope::Local(path, decl),
        None if name.starts_with(char::is_uppercase) => NameScope::Exported,
        None => NameScope::Package(path.parent().unwrap_or(path)),
    }
}

/// The files that fixes change, each with the numbers of those.
type FixesByFile<'f> = BTreeMap<&'f Path, (&'f File, Vec<usize>)>;

fn by_file<'f>(fixes: &'f [GivenFix], files: &'f BTreeMap<PathBuf, Arc<File>>) -> FixesByFile<'f> {
    let mut found = FixesByFile::new();
    for (id, fix) in fixes.iter().enumerate() {
        for path in fix.files.paths() {
            let Some((path, file)) = files.get_key_value(path) else { continue };
            found.entry(path).or_insert_with(|| (file, Vec::new())).1.push(id);
        }
    }
    found
}

/// Hands over the lines of a file that fixes take away or bring, with the number of the fix.
fn each_row(file: &File, ids: &[usize], fixes: &[GivenFix], each: &mut dyn FnMut(usize, &ChangedRow<'_>)) {
    // Its outline goes with it: there may be many files.
    let file = file.unparsed();
    for id in ids {
        for edit in fixes[*id].files.get(file.path()).into_iter().flat_map(|one| one.edits.iter()) {
            rows_of(&file, edit, &mut |changed| each(*id, changed));
        }
    }
}

fn rows_of(file: &File, edit: &Edit, each: &mut dyn FnMut(&ChangedRow<'_>)) {
    let text = file.text();
    let start = text[..edit.span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[edit.span.end..].find('\n').map_or(text.len(), |at| edit.span.end + at);
    let old = &text[start..end.max(start)];
    let new = [&text[start..edit.span.start], &edit.text, &text[edit.span.end..end]].concat();
    let decls = &file.outline().decls;
    let around = |index: &usize| edit.span.end <= decls[*index].span.end;
    let decl = file.decls_at(Span::at(edit.span.start)).find(around);
    let function = decl.filter(|at| matches!(decls[*at].kind, DeclKind::Func | DeclKind::Method));
    let spec = decl.and_then(|at| match decls[at].kind {
        DeclKind::Type => Some(SpecLines::Any),
        DeclKind::Var | DeclKind::Const if grouped(decls[at].span.of(text)) => Some(SpecLines::OneTab),
        _ => None,
    });
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    for (rows, others) in [(&old, &new), (&new, &old)] {
        let known: HashSet<&str> = others.iter().copied().collect();
        for row in rows.iter().filter(|row| !known.contains(*row)) {
            each(&ChangedRow { row, others, function, spec });
        }
    }
}

impl<'r> ChangedRow<'r> {
    /// The names that it declares, each with the function in which it counts.
    fn declared(&self) -> impl Iterator<Item = (&'r str, Option<usize>)> {
        let kept = |name: &str| self.others.iter().any(|row| words(row).any(|word| word == name));
        let local = assigned(self.row).filter(move |name| !kept(name));
        let function = self.function;
        declared(self.row, self.spec)
            .map(|name| (name, None))
            .into_iter()
            .chain(local.map(move |name| (name, function)))
    }
}

/// Which lines of a declaration declare something themselves.
#[derive(Clone, Copy)]
enum SpecLines {
    /// Those of a type: fields and methods.
    Any,
    /// Those of a group: deeper ones belong to a value.
    OneTab,
}

/// Whether a declaration of variables or constants has parentheses.
fn grouped(declaration: &str) -> bool {
    let rest = declaration.strip_prefix("var").or_else(|| declaration.strip_prefix("const"));
    rest.is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// The package's own name, field or method that a line declares.
fn declared(row: &str, spec: Option<SpecLines>) -> Option<&str> {
    if let Some(rest) = row.strip_prefix("func ") {
        let rest = match rest.strip_prefix('(') {
            Some(receiver) => receiver.split_once(") ")?.1,
            None => rest,
        };
        return words(rest).next();
    }
    let at_top = ["type ", "var ", "const "].into_iter().find_map(|word| row.strip_prefix(word));
    if let Some(rest) = at_top {
        return words(rest).next();
    }
    let first = match spec? {
        SpecLines::Any => row.trim_start(),
        SpecLines::OneTab => row.strip_prefix('\t')?,
    };
    first.starts_with(char::is_alphabetic).then(|| words(first).next()).flatten()
}

/// The names on the left of `:=`, and those of `var`.
fn assigned(row: &str) -> impl Iterator<Item = &str> {
    let row = row.trim_start();
    let left = match row.split_once(":=") {
        Some((left, _)) => left,
        None if row.starts_with("var ") => row.split('=').next().unwrap_or(row),
        None => "",
    };
    words(left).filter(|word| !matches!(*word, "if" | "for" | "switch" | "var" | "case" | "_"))
}

/// The names in a line: neither what its strings say nor its comment.
fn words(row: &str) -> impl Iterator<Item = &str> {
    code(row)
        .flat_map(|part| part.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// The parts of a line between its strings, up to its comment. A string that does not end in the
/// line may have begun above it, so what follows its quote counts.
fn code(row: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(row);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let Some(at) = text.find(['"', '`', '/']) else { return Some(text) };
        let (before, behind) = text.split_at(at);
        let quote = behind.chars().next()?;
        rest = match quote {
            '/' if behind.starts_with("//") => None,
            '/' => Some(&behind[1..]),
            _ => Some(string_end(&behind[1..], quote).map_or(&behind[1..], |end| &behind[1 + end..])),
        };
        Some(before)
    })
}

/// Where what follows the string begins whose text is at the start of `text`.
fn string_end(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::FixedFiles;
    use super::*;
    use crate::rewrite::FileFix;

    const FILE: &str = "package p\n\n// T has a field.\ntype T struct {\n\tfield int\n}\n\nfunc load(n int) int {\n\tx := n\n\ty := n\n\treturn x + y\n}\n\nfunc use(t T) int {\n\tx := 1\n\treturn load(t.field) + x\n}\n";

    fn grouped(edits: &[(&str, &str)]) -> Vec<usize> {
        grouped_in(FILE, edits)
    }

    fn grouped_in(text: &str, edits: &[(&str, &str)]) -> Vec<usize> {
        let path = PathBuf::from("/m/p.go");
        let files = BTreeMap::from([(path.clone(), Arc::new(File::new(&path, text)))]);
        let fix = |(old, new): &(&str, &str)| {
            let start = text.find(old).unwrap();
            let edit = Edit { span: Span::new(start, start + old.len()), text: (*new).to_owned() };
            let one = FileFix { edits: vec![edit].into(), ..FileFix::default() };
            GivenFix {
                path: path.clone(),
                files: FixedFiles::one(path.as_path(), one),
                ..GivenFix::default()
            }
        };
        leaders(&edits.iter().map(fix).collect::<Vec<_>>(), &files)
    }

    #[test]
    fn a_declaration_and_those_that_name_it_are_one() {
        let renamed =
            grouped(&[("load(n int)", "read(n int)"), ("y := n", "y := n + 0"), ("load(t", "read(t")]);
        assert_eq!(renamed, [0, 1, 0]);
        let field =
            grouped(&[("y := n", "y := n + 0"), ("\tfield int", "\tother int"), ("t.field", "t.other")]);
        assert_eq!(field, [0, 1, 1]);
        // A signature is one too, though the name stays.
        assert_eq!(grouped(&[("(n int)", "(n, m int)"), ("t.field)", "t.field, 2)")]), [0, 0]);
    }

    #[test]
    fn lines_of_a_value_declare_nothing() {
        const SUITE: &str = "package p\n\nvar _ = Describe(\"a\", func() {\n\tExpect(one(1)).To(2)\n\tExpect(two(2)).To(3)\n})\n\nvar (\n\tlimit = 1\n\tother = limit\n)\n\n// limit of T.\nfunc f() string {\n\tg(\"limit \\\" x\", 1)\n\treturn `limit` // limit\n}\n";
        let of = |edits: &[(&str, &str)]| grouped_in(SUITE, edits);
        assert_eq!(of(&[("one(1)", "one(2)"), ("two(2)", "two(1)")]), [0, 1]);
        assert_eq!(of(&[("limit = 1", "limit = 2"), ("other = limit", "other = 1 + limit")]), [0, 0]);
        let named = of(&[("limit = 1", "most = 2"), (", 1)", ", 2)"), ("return `l", "return \"\" + `l")]);
        assert_eq!(named, [0, 1, 2]);
    }

    #[test]
    fn names_of_a_function_count_in_it() {
        let local = grouped(&[("x := n", "z := n"), ("return x + y", "return z + y"), ("x := 1", "x := 2")]);
        assert_eq!(local, [0, 0, 2]);
    }

    #[test]
    fn what_only_uses_a_name_stands_alone() {
        assert_eq!(grouped(&[("y := n", "y := n + 0"), ("load(t", "load(1 * t")]), [0, 1]);
    }
}
