//! The lists within a declaration: statements, specs, fields, expressions.

use super::line::{AlignLine, AlignPiece, AlignRow, is_one_line, with_leading_comments};
use crate::rewrite::comment_at;
use crate::syntax::{Field, Kind, Node};
use crate::text::Span;

/// The rows within a declaration.
pub(super) fn inside(root: Node<'_>) -> Vec<AlignRow> {
    let mut rows = Vec::new();
    for node in root.descendants() {
        match node.kind() {
            Kind::StatementList => statements(node, &mut rows),
            Kind::VarSpecList | Kind::ConstDeclaration => specs(node, &mut rows),
            Kind::TypeDeclaration => types(node, &mut rows),
            Kind::FieldDeclarationList => fields(node, &mut rows),
            Kind::InterfaceType => simple(node.named().collect(), &mut rows),
            Kind::LiteralValue | Kind::ArgumentList => expressions(node, &mut rows),
            _ => {}
        }
    }
    rows
}

/// Whether `element` follows `above` on the next line, each on a line of its
/// own.
fn follows(above: Option<Node<'_>>, element: Node<'_>, rows: &[AlignRow]) -> bool {
    above.is_some_and(|above| {
        is_one_line(above.file(), above.span())
            && above.line() + 1 == element.line()
            && rows.last().is_some_and(|row| row.line == above.line())
    })
}

fn line_of(element: Node<'_>) -> Option<AlignLine<'_>> {
    AlignLine::new(element.file(), element.start(), &|at| comment_at(element, at))
}

/// Elements whose only column is that of the comments.
fn simple(elements: Vec<Node<'_>>, rows: &mut Vec<AlignRow>) {
    let mut above = None;
    for element in elements {
        if let Some(line) = line_of(element) {
            let joined = follows(above, element, rows);
            let code = line.code;
            rows.push(line.row(Some(code), 0, joined));
        }
        above = Some(element);
    }
}

fn statements(list: Node<'_>, rows: &mut Vec<AlignRow>) {
    let mut above = None;
    for statement in list.named() {
        let mut inner = statement;
        while inner.kind() == Kind::LabeledStatement
            && let Some(next) = inner.named().find(|node| node.kind() != Kind::LabelName)
        {
            inner = next;
        }
        let start = with_leading_comments(inner.file(), inner.start());
        if let Some(line) = AlignLine::new(inner.file(), start, &|at| comment_at(inner, at)) {
            let joined = inner == statement && follows(above, statement, rows);
            let code = line.code;
            rows.push(line.row(Some(code), 0, joined));
        }
        rows.extend(closing(inner));
        above = Some(inner);
    }
}

/// The last line of a statement of several, when it closes a bracket: nothing
/// shares the column of a comment behind it.
fn closing(statement: Node<'_>) -> Option<AlignRow> {
    let file = statement.file();
    let last = file.lines().line(statement.end() - 1);
    let start = file.lines().span(last).start;
    let text = &file.text()[start..statement.end()];
    let at = start + text.len() - text.trim_start().len();
    let closes = text.trim_start().starts_with(['}', ')']);
    if last == statement.line() || !closes {
        return None;
    }
    let line = AlignLine::new(file, at, &|at| comment_at(statement, at))?;
    let code = line.code;
    Some(line.row(Some(code), 0, false))
}

/// `var ( … )` and `const ( … )`: names, types, values.
fn specs(list: Node<'_>, rows: &mut Vec<AlignRow>) {
    let specs: Vec<Node<'_>> =
        list.named().filter(|node| matches!(node.kind(), Kind::VarSpec | Kind::ConstSpec)).collect();
    if list.children().all(|child| child.kind() != Kind::LeftParen) {
        return;
    }
    let keeps = type_columns(&specs);
    let mut above = None;
    for (spec, keeps_type) in specs.iter().copied().zip(keeps) {
        let keeps_type = keeps_type && specs.len() > 1;
        let joined = follows(above, spec, rows);
        above = Some(spec);
        let Some(mut line) = line_of(spec) else { continue };
        let (given, value) = (spec.ty(), spec.value());
        let assign = spec.child(Kind::Assign).filter(|_| value.is_some());
        let names = spec.fields(Field::Name).last().map_or(spec.start(), Node::end);
        let mut piece = Some(Span::new(spec.start(), names));
        let mut stops = 3;
        if given.is_some() || keeps_type {
            line.pieces.push(AlignPiece { span: piece, soft: true });
            piece = given.map(Node::span);
            stops -= 1;
        }
        if let Some(assign) = assign {
            line.pieces.push(AlignPiece { span: piece, soft: true });
            piece = Some(Span::new(assign.start(), line.code.end.max(assign.start())));
            stops -= 1;
        }
        // One spec alone has no columns, only a comment.
        if specs.len() == 1 || !is_one_line(spec.file(), spec.span()) {
            stops = 0;
        }
        rows.push(line.row(piece, stops, joined));
    }
}

/// For each spec whether its type column stays though it has no type: where a
/// run of specs with values has a type somewhere.
fn type_columns(specs: &[Node<'_>]) -> Vec<bool> {
    let mut keeps = vec![false; specs.len()];
    let mut first = 0;
    while first < specs.len() {
        let run = specs[first..].iter().take_while(|spec| spec.value().is_some()).count();
        let typed = specs[first..first + run].iter().any(|spec| spec.ty().is_some());
        keeps[first..first + run].fill(typed);
        first += run.max(1);
    }
    keeps
}

/// `type ( … )`: names and types.
fn types(list: Node<'_>, rows: &mut Vec<AlignRow>) {
    let specs: Vec<Node<'_>> =
        list.named().filter(|node| matches!(node.kind(), Kind::TypeSpec | Kind::TypeAlias)).collect();
    if list.children().all(|child| child.kind() != Kind::LeftParen) {
        return;
    }
    let mut above = None;
    for spec in specs {
        let joined = follows(above, spec, rows);
        above = Some(spec);
        let Some(mut line) = line_of(spec) else { continue };
        let name = spec.type_parameters().or_else(|| spec.name());
        let name = name.map_or(spec.start(), Node::end);
        line.soft(Span::new(spec.start(), name));
        let rest = spec.child(Kind::Assign).or_else(|| spec.ty()).map_or(name, Node::start);
        let rest = Span::new(rest, line.code.end.max(rest));
        rows.push(line.row(Some(rest), 0, joined));
    }
}

/// The fields of a struct: names, types, tags.
fn fields(list: Node<'_>, rows: &mut Vec<AlignRow>) {
    let fields: Vec<Node<'_>> = list.named().collect();
    let mut above = None;
    for field in fields.iter().copied() {
        let joined = follows(above, field, rows);
        above = Some(field);
        let Some(mut line) = line_of(field) else { continue };
        let one_line = is_one_line(field.file(), field.span());
        let names = field.fields(Field::Name).last().map(Node::end);
        let tag = field.tag().filter(|_| one_line);
        let mut rest = line.code;
        let mut stops = if one_line && tag.is_none() && fields.len() > 1 { 2 } else { 0 };
        if let Some(names) = names {
            line.soft(Span::new(field.start(), names));
            // A comment of several lines may part them.
            let start = field.ty().map_or(names, Node::start);
            rest = Span::new(start, line.code.end.max(start));
            stops = stops.min(1);
        }
        if let Some(tag) = tag {
            let end = field.file().text()[..tag.start()].trim_end().len();
            line.soft(Span::new(rest.start, end));
            // gofmt leaves the place of a comment without a tag empty.
            if names.is_some() && fields.len() > 1 {
                line.empty();
            }
            rest = Span::new(tag.start(), line.code.end);
        }
        rows.push(line.row(Some(rest), stops, joined));
    }
}

/// Elements of a composite literal or arguments of a call, where they stand on
/// lines of their own. Keys are a column.
fn expressions(list: Node<'_>, rows: &mut Vec<AlignRow>) {
    let elements: Vec<Node<'_>> = list.named().collect();
    let mut sizes = Sizes::default();
    let mut above: Option<(Node<'_>, bool)> = None;
    for element in elements.iter().copied() {
        let one_line = is_one_line(element.file(), element.span());
        let key = element.named().next().filter(|_| element.kind() == Kind::KeyedElement);
        let size = if one_line { key.unwrap_or(element).span().len() } else { 0 };
        let line = line_of(element);
        let breaks = line.is_some();
        let keeps = sizes.keep_columns(size);
        let joined = breaks
            && keeps
            && above.is_some_and(|(above, broke)| broke && follows(Some(above), element, rows));
        if breaks && !joined {
            sizes.start_over();
        }
        sizes.add(size);
        above = Some((element, breaks));
        let Some(mut line) = line else { continue };
        let mut rest = line.code;
        if let Some(key) = key.filter(|_| one_line && elements.len() > 1) {
            let colon = element.child(Kind::Colon).map_or(key.end(), Node::end);
            let value = element.named().nth(1).map_or(colon, Node::start);
            line.soft(Span::new(element.start(), colon));
            rest = Span::new(value, line.code.end);
        }
        rows.push(line.row(Some(rest), 0, joined));
    }
}

/// Decides where a list of expressions keeps its columns: while the sizes of
/// keys (or of elements without one) are small or alike.
#[derive(Default)]
struct Sizes {
    logarithms: f64,
    count: u32,
    last: usize,
}

impl Sizes {
    fn keep_columns(&self, size: usize) -> bool {
        const SMALL: usize = 40;
        const RATIO: f64 = 2.5;
        if self.last == 0 || size == 0 {
            return false;
        }
        if self.count == 0 || (self.last <= SMALL && size <= SMALL) {
            return true;
        }
        let ratio = size as f64 / (self.logarithms / f64::from(self.count)).exp();
        RATIO * ratio > 1.0 && ratio < RATIO
    }

    fn start_over(&mut self) {
        self.logarithms = 0.0;
        self.count = 0;
    }

    fn add(&mut self, size: usize) {
        if size > 0 {
            self.logarithms += (size as f64).ln();
            self.count += 1;
        }
        self.last = size;
    }
}
