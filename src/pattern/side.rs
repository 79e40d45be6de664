//! One side of a patch as a tree of Go.

use super::compile::RuleImport;
use super::elided;
use super::patch::{Line, Sign, is_name};
use crate::model::import_names::default_names;
use crate::syntax::outline::is_keyword;
use crate::syntax::{CLAUSES, File, Kind, Node};
use crate::text::Span;
use std::path::Path;
use std::sync::Arc;

/// A lone `...` in the text that is parsed: one letter of as many bytes, which no Go
/// program uses for a name.
pub const DOTS: &str = "\u{a66e}";

/// The names of the files that sides are parsed as.
const OLD: &str = "old.go";
const NEW: &str = "new.go";

/// As what a side is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One expression.
    Expression,
    /// Statements that follow each other.
    Statements,
    /// One type.
    Type,
    /// A declaration at top level.
    Declaration,
    /// A case of a `switch`, with or without its statements.
    Case,
    /// Expressions with commas between them, as arguments are.
    Elements,
    /// An element of a literal with its key.
    Keyed,
}

/// One side of a patch as a tree.
#[derive(Clone, Debug)]
pub struct Side {
    file: Arc<File>,
    form: Form,
    /// Where the side begins in the file's text.
    start: usize,
    /// For each line of the side: where it begins, its line in the rule file, and whether
    /// it has a sign of its own.
    lines: Vec<(usize, usize, Sign)>,
}

impl Side {
    /// Reads lines as `form`; `new` says which side they are, and `runs` which variables
    /// stand for runs.
    pub(super) fn parse(
        lines: &[&Line],
        form: Form,
        imports: &[RuleImport],
        new: bool,
        runs: &[&str],
    ) -> Result<Side, PatternFault> {
        let mut text = String::from("package p\n");
        for import in imports.iter().filter(|import| import.is_on(new)) {
            let name = match &import.name {
                Some(name) => name.as_str(),
                None => default_names(&import.path)
                    .find(|name| is_name(name) && !is_keyword(name.as_bytes()))
                    .unwrap_or("_"),
            };
            text.push_str(&format!("import {name} \"{}\"\n", import.path));
        }
        let (open, close) = match form {
            Form::Expression => ("var _ = ", "\n"),
            Form::Statements => ("func _() {\n", "\n}\n"),
            Form::Type => ("var _ ", "\n"),
            Form::Declaration => ("", "\n"),
            Form::Case => ("func _() {\nswitch {\n", "\n}\n}\n"),
            Form::Elements => ("var _ = f(", ")\n"),
            Form::Keyed => ("var _ = T{", "}\n"),
        };
        text.push_str(open);
        let start = text.len();
        let mut places = Vec::new();
        let texts = elided::written_out(lines, runs);
        for (line, written) in lines.iter().zip(texts) {
            places.push((text.len(), line.number, line.sign));
            text.push_str(&without_dots(&written));
            text.push('\n');
        }
        let end = text.trim_end().len().max(start);
        text.truncate(end);
        text.push_str(close);
        let file = Arc::new(File::new(if new { NEW } else { OLD }, text));
        let side = Side { file, form, start, lines: places };
        match side.fault(end) {
            Some(fault) => Err(fault),
            None => Ok(side),
        }
    }

    /// As what it was read.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether a node of a pattern stands on the new side.
    pub fn is_new(node: Node<'_>) -> bool {
        node.file().path() == Path::new(NEW)
    }

    /// Why the side is not what it is read as.
    fn fault(&self, end: usize) -> Option<PatternFault> {
        let outline = self.file.outline();
        let fault = |span: Span| Some(PatternFault { line: self.place(span.start).0 });
        if let Some(broken) = outline.broken.first() {
            return fault(*broken);
        }
        if outline.decls.len() != 1 {
            return fault(outline.decls.get(1).map_or(Span::at(self.start), |decl| decl.span));
        }
        if let Some(found) = self.file.fault(0) {
            return fault(found.span());
        }
        let roots = self.roots();
        // Where no statement may stand the grammar reads `<-` as two operators.
        let text = self.file.text();
        let cut = |node: &Node<'_>| node.kind() == Kind::Less && text[node.end()..].starts_with('-');
        if let Some(sent) = roots.iter().flat_map(|root| root.descendants()).find(cut) {
            return fault(sent.span());
        }
        // The line end behind the last statement of a case is a part of it.
        let behind = |node: &Node<'_>| text[node.start()..node.end()].trim_end().len() + node.start();
        match (roots.first(), roots.last()) {
            (Some(first), Some(last)) if first.start() >= self.start && behind(last) <= end => {
                // All of the text has to be a part of what is matched.
                let last = last.end().min(end);
                let rest = [&text[self.start..first.start()], &text[last..end]];
                let blank = rest.iter().all(|text| text.trim().trim_matches(';').is_empty());
                if blank { None } else { fault(Span::at(last)) }
            }
            _ => fault(Span::at(self.start)),
        }
    }

    /// The trees: one, or statements that follow each other.
    pub fn roots(&self) -> Vec<Node<'_>> {
        let Some(root) = self.file.decl(0) else { return Vec::new() };
        let declaration = root.named().next();
        let found = match self.form {
            Form::Declaration => return declaration.into_iter().collect(),
            Form::Statements => {
                let body = declaration.and_then(Node::body);
                let list = body.and_then(|body| body.child(Kind::StatementList));
                return list.into_iter().flat_map(Node::named).collect();
            }
            Form::Expression => {
                let value = declaration.and_then(|var| var.child(Kind::VarSpec)).and_then(Node::value);
                let mut values = value.into_iter().flat_map(Node::named);
                let first = values.next();
                if values.next().is_some() { None } else { first }
            }
            Form::Case => {
                let list = declaration.and_then(Node::body).and_then(|body| body.child(Kind::StatementList));
                let switch = list.and_then(|list| list.named().next());
                let cases = switch.into_iter().flat_map(Node::named);
                return cases.filter(|node| node.is(CLAUSES)).collect();
            }
            Form::Keyed => {
                let value = declaration.and_then(|var| var.child(Kind::VarSpec)).and_then(Node::value);
                let body = value.and_then(|value| value.named().next()).and_then(Node::body);
                let pairs = body.into_iter().flat_map(Node::named);
                return pairs.filter(|node| node.kind() == Kind::KeyedElement).collect();
            }
            Form::Elements => {
                let value = declaration.and_then(|var| var.child(Kind::VarSpec)).and_then(Node::value);
                let call = value.and_then(|value| value.named().next());
                return call.and_then(Node::arguments).into_iter().flat_map(Node::named).collect();
            }
            Form::Type => declaration.and_then(|var| var.child(Kind::VarSpec)).and_then(Node::ty),
        };
        found.into_iter().collect()
    }

    /// The file that the side is parsed in.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Line and column in the rule file of an offset of the side.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let at = self.lines.partition_point(|(start, ..)| *start <= offset).saturating_sub(1);
        self.lines.get(at).map_or((1, 0), |(start, line, _)| (*line, offset.saturating_sub(*start) + 2))
    }

    /// The sign of the line at an offset.
    pub fn sign(&self, offset: usize) -> Sign {
        let at = self.lines.partition_point(|(start, ..)| *start <= offset).saturating_sub(1);
        self.lines.get(at).map_or(Sign::Both, |(.., sign)| *sign)
    }
}

/// Where a side is no Go.
pub(super) struct PatternFault {
    /// The line of the rule file.
    pub(super) line: usize,
}

/// `text` with each lone `...` as a letter; behind an expression or before a type it is
/// Go's.
fn without_dots(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("...") {
        let before = rest[..at].trim_end();
        let behind = rest[at + 3..].trim_start();
        let opens = before.is_empty() || before.ends_with(['(', ',', '{', '[', ';', ':', '+', '&', '|']);
        let closes = behind.is_empty() || behind.starts_with([')', ',', '}', ']', ';', '+', '&', '|']);
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let opens = opens
            || before.ends_with('=')
            || matches!(word, "return" | "case" | "range" | "if" | "for" | "switch");
        let closes = closes || behind.starts_with(['{', ':', '=']);
        // The text that was passed already decides what stands before it.
        let opens = opens && (out.trim().is_empty() || !before.is_empty());
        out.push_str(&rest[..at]);
        out.push_str(if opens && closes { DOTS } else { "..." });
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}

/// The first bracket of `text` that is never closed.
pub(super) fn unclosed(text: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if let Some(end) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' && end != '`' {
                escaped = true;
            } else if c == end {
                quote = None;
            }
            continue;
        }
        match c {
            '"' | '`' | '\'' => quote = Some(c),
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    // The innermost is mostly the one that was forgotten, a brace at the end is not.
    open.iter().rev().find(|(_, c)| *c != '{').or(open.first()).copied()
}
