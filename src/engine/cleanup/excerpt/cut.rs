//! What is cut out of a file.

use crate::syntax::CLAUSES;
use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::BTreeSet;

/// Declarations and statements that are shorter stay whole, in bytes.
pub(super) const SHORT: usize = 512;

/// Declarations beside one that is needed are not even parsed when they are shorter, in bytes.
const NEIGHBOUR: usize = 8192;

/// How many children stay on either side of what is needed, tokens and comments included.
const BESIDE: usize = 5;

/// Cuts out of a file what none of some spans needs.
pub(super) struct ExcerptCut<'s, 'f> {
    pub(super) file: &'f File,
    /// Sorted by their start.
    pub(super) spans: &'s [Span],
    pub(super) edits: Vec<Edit>,
    /// The nodes that stay whole, and short.
    pub(super) left: Vec<Node<'f>>,
}

impl<'f> ExcerptCut<'_, 'f> {
    pub(super) fn run(mut self) -> (Edits, Vec<Node<'f>>) {
        let decls = &self.file.outline().decls;
        let span = |index: usize| decls[index].span;
        let stay = self.stay(decls.len(), 1, &span);
        self.gaps(&stay, decls.len(), &span, false);
        let touched =
            |span: Span| self.spans.iter().any(|one| one.start <= span.end && span.start <= one.end);
        // A short neighbour stays whole: to cut it would take a parse of it.
        let is_cut = |index: &usize| span(*index).len() >= NEIGHBOUR || touched(span(*index));
        for index in stay.into_iter().filter(is_cut).collect::<Vec<_>>() {
            if let Some(root) = self.file.decl(index) {
                self.inside(root);
            }
        }
        self.edits.sort_by_key(|edit| edit.span);
        (self.edits.into(), self.left)
    }

    /// The places of those of `count` neighbours that a span touches, and of some beside
    /// them; the first and the last where there is no such.
    fn stay(&self, count: usize, beside: usize, at: &dyn Fn(usize) -> Span) -> BTreeSet<usize> {
        let search = |before: &dyn Fn(Span) -> bool| {
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low + (high - low) / 2;
                if before(at(middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        let mut stay = BTreeSet::new();
        if count == 0 {
            return stay;
        }
        let whole = Span::new(at(0).start, at(count - 1).end);
        for span in self.spans.iter().filter(|span| span.start <= whole.end && whole.start <= span.end) {
            let first = search(&|child| child.end < span.start).saturating_sub(beside);
            let end = (search(&|child| child.start <= span.end) + beside).min(count);
            stay.extend(first..end);
        }
        if stay.is_empty() {
            stay.extend([0, count - 1]);
        }
        stay
    }

    /// Cuts out those of `count` neighbours that do not stay.
    fn gaps(&mut self, stay: &BTreeSet<usize>, count: usize, at: &dyn Fn(usize) -> Span, whole_lines: bool) {
        let mut from = 0;
        for next in stay.iter().copied().chain([count]) {
            if next > from {
                let before = from.checked_sub(1).map(at);
                let behind = (next < count).then(|| at(next));
                self.gap(before, Span::new(at(from).start, at(next - 1).end), behind, whole_lines);
            }
            from = next + 1;
        }
    }

    /// Cuts `gap` out from between two neighbours.
    fn gap(&mut self, before: Option<Span>, gap: Span, behind: Option<Span>, whole_lines: bool) {
        let (lines, text) = (self.file.lines(), self.file.text());
        let first = match before {
            Some(before) => lines.line(before.end) + 1,
            None => lines.line(gap.start),
        };
        let last = lines.line(gap.end);
        let starts = match before {
            // A comment behind the neighbour stays with it.
            Some(_) if text[gap.start..].starts_with("//") => first <= last,
            Some(_) => first <= lines.line(gap.start),
            None => text[lines.span(first).start..gap.start].trim().is_empty(),
        };
        let ends = match behind {
            Some(behind) => last < lines.line(behind.start),
            None => {
                let rest = text[gap.end..lines.span(last).end].trim_start();
                rest.is_empty() || rest.starts_with("//") || rest == ","
            }
        };
        let span = if starts && ends {
            lines.span(first).join(lines.span(last))
        } else if whole_lines {
            return;
        } else if let Some(behind) = behind {
            Span::new(gap.start, behind.start)
        } else {
            return;
        };
        self.edits.push(Edit { span, text: String::new() });
    }

    /// Cuts out what can go inside `node`.
    fn inside(&mut self, node: Node<'f>) {
        if node.span().len() < SHORT {
            self.left.push(node);
            return;
        }
        let Some(children) = node.many_children() else {
            if node.children().next().is_none() {
                self.left.push(node);
            }
            for child in node.children() {
                self.inside(child);
            }
            return;
        };
        let count = children.count();
        let at = |index: usize| children.get(index);
        let is_element: fn(Kind) -> bool = match node.kind() {
            Kind::StatementList => |_| true,
            Kind::SelectStatement | Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement => {
                |kind| CLAUSES.contains(&kind)
            }
            Kind::LiteralValue => {
                |kind| matches!(kind, Kind::LiteralElement | Kind::KeyedElement | Kind::Comma)
            }
            _ => {
                for child in node.children() {
                    self.inside(child);
                }
                return;
            }
        };
        // The header and the braces stay.
        let is_element = |index: &usize| is_element(at(*index).kind());
        let first = (0..count).find(is_element).unwrap_or(count);
        let end = (first..count).rev().find(is_element).map_or(first, |last| last + 1);
        // A clause ends with the line end behind its last statement.
        let span = |index: usize| {
            let node = at(first + index);
            Span::new(node.start(), node.start() + node.text().trim_end().len())
        };
        let mut stay = self.stay(end - first, BESIDE, &span);
        let literal = node.kind() == Kind::LiteralValue;
        if literal {
            // A comma stays with its element.
            let is_comma = |index: &usize| at(first + index).kind() == Kind::Comma;
            let with: Vec<usize> =
                stay.iter().filter(|index| is_comma(index) && **index > 0).map(|index| index - 1).collect();
            stay.extend(with);
            let with: Vec<usize> = stay
                .iter()
                .map(|index| index + 1)
                .filter(|index| first + index < end && is_comma(index))
                .collect();
            stay.extend(with);
        }
        self.gaps(&stay, end - first, &span, literal);
        for index in (0..first).chain(stay.into_iter().map(|index| first + index)).chain(end..count) {
            self.inside(at(index));
        }
    }
}
