//! A list whose elements come in another order, or are made anew.

use super::code_lines::unmarked;
use super::matcher::parts;
use super::render::ReplacementWriter;
use crate::syntax::{Field, Kind, Node};
use crate::text::Span;

const BRACKETS: &[Kind] = &[
    Kind::LeftParen,
    Kind::RightParen,
    Kind::LeftBrace,
    Kind::RightBrace,
    Kind::LeftBracket,
    Kind::RightBracket,
];

/// An element of the list as it is written, with the comments that belong to it.
struct WrittenElement {
    above: Vec<String>,
    text: String,
    behind: Option<String>,
}

impl<'t> ReplacementWriter<'_, 't> {
    /// The elements of the old side in the order in which the code has them.
    pub(super) fn in_code_order<'p>(&self, olds: &[Node<'p>]) -> Vec<Node<'p>> {
        let mut ordered = olds.to_vec();
        // A run without elements stays where the pattern has it: the sort keeps the order.
        if olds.iter().all(|old| !self.is_run(*old)) {
            ordered.sort_by_key(|old| self.met(*old).first().map(|node| node.start()));
        }
        ordered
    }

    /// Each element of the old side with the one of the new side that says the same, or that is
    /// the same function or literal with changes, in order; nothing where one has none.
    pub(super) fn element_pairs<'p>(
        &self,
        olds: &[Node<'p>],
        news: &[Node<'p>],
    ) -> Option<Vec<(Node<'p>, Node<'p>)>> {
        let whole = [Kind::FuncLiteral, Kind::CompositeLiteral];
        let mut pairs = Vec::new();
        let mut at = 0;
        for old in olds {
            let same = |new: &Node<'_>| self.alike(*old, *new);
            let changed = |new: &Node<'_>| {
                let alike = match old.kind() {
                    Kind::KeyedElement => has_same_key(*old, *new),
                    _ => old.is(&whole) && new.kind() == old.kind(),
                };
                alike && self.found.node(*old).is_some()
            };
            let left = &news[at..];
            let found = at + left.iter().position(same).or_else(|| left.iter().position(changed))?;
            pairs.push((*old, news[found]));
            at = found + 1;
        }
        Some(pairs)
    }

    /// The elements of the new side of a literal with keys in the order that the code has, and
    /// those that are new behind them; none where one of the old side is gone.
    pub(super) fn by_keys<'p>(&self, ordered: &[Node<'p>], news: &[Node<'p>]) -> Option<Vec<Node<'p>>> {
        let keyed = |node: &Node<'_>| node.kind() == Kind::KeyedElement || self.is_run(*node);
        if !ordered.iter().chain(news).all(keyed) {
            return None;
        }
        let of = |old: &Node<'p>| {
            news.iter().copied().find(|new| self.alike(*old, *new) || has_same_key(*old, *new))
        };
        let mut out: Vec<Node<'p>> = ordered.iter().map(of).collect::<Option<_>>()?;
        let more: Vec<Node<'p>> = news.iter().copied().filter(|new| !out.contains(new)).collect();
        out.extend(more);
        Some(out)
    }

    /// Writes the list anew: on one line, or with a comment in it one element a line.
    pub(super) fn remake_list(&mut self, olds: &[Node<'_>], new: Node<'_>, node: Node<'t>) {
        let news: Vec<Node<'_>> = new.named().collect();
        let comments: Vec<Node<'t>> = node.children().filter(|child| child.kind() == Kind::Comment).collect();
        let mut elements = Vec::new();
        for new in news {
            let text = self.rendered(new);
            if text.is_empty() {
                continue;
            }
            let own = olds.iter().find(|old| self.alike(**old, new)).map(|old| self.met(*old));
            let (above, behind) = match own.as_deref() {
                Some([only]) => self.comments_of(*only, node, &comments),
                _ => (Vec::new(), None),
            };
            elements.push(WrittenElement { above, text, behind });
        }
        let signs = parts(new).into_iter().filter(|part| part.is(BRACKETS));
        let brackets: Vec<&str> = signs.map(Node::text).collect();
        let (open, close) = (brackets.first().copied().unwrap_or(""), brackets.last().copied().unwrap_or(""));
        let commented = elements.iter().any(|element| !element.above.is_empty() || element.behind.is_some());
        if !commented {
            let texts: Vec<String> = elements.into_iter().map(|element| element.text).collect();
            let text = format!("{open}{}{close}", texts.join(", "));
            let text = self.at_place(text, new, node);
            return self.replace(node.span(), text);
        }
        let one_line = !node.text().contains('\n') && elements.iter().all(|element| element.above.is_empty());
        if one_line {
            let written = |element: WrittenElement| match element.behind {
                Some(comment) => format!("{} {comment}", element.text),
                None => element.text,
            };
            let texts: Vec<String> = elements.into_iter().map(written).collect();
            let text = self.at_place(format!("{open}{}{close}", texts.join(", ")), new, node);
            return self.replace(node.span(), text);
        }
        let file = self.cx.file;
        let line = file.lines().span(file.lines().line(node.start())).of(file.text());
        let indent = &line[..line.len() - line.trim_start_matches(['\t', ' ']).len()];
        let newline = file.newline();
        let mut text = format!("{open}{newline}");
        for element in elements {
            for comment in element.above {
                text.push_str(&format!("{indent}\t{comment}{newline}"));
            }
            let behind = element.behind.map_or(String::new(), |comment| format!(" {comment}"));
            text.push_str(&format!("{indent}\t{},{behind}{newline}", unmarked(&element.text)));
        }
        text.push_str(&format!("{indent}{close}"));
        self.replace(node.span(), text);
    }

    /// Writes the fields of the new side that are in no pair, each on a line behind the one
    /// before it.
    pub(super) fn insert_fields(
        &mut self,
        pairs: &[(Node<'_>, Node<'_>)],
        news: &[Node<'_>],
        node: Node<'t>,
    ) {
        let old = |new: &Node<'_>| pairs.iter().find(|(_, paired)| paired == new).map(|(old, _)| *old);
        let all: Vec<Node<'t>> = node.named().filter(|field| field.kind() != Kind::Comment).collect();
        if all.is_empty() || !node.text().contains('\n') {
            let mut lines = Vec::new();
            for new in news {
                match old(new) {
                    Some(old) => lines.extend(self.met(old).iter().map(|field| field.text().to_owned())),
                    None => lines.push(self.render(*new)),
                }
            }
            let comments = node.children().filter(|child| child.kind() == Kind::Comment);
            let comments: Vec<&str> = comments.map(|comment| comment.text().trim_end()).collect();
            let lines: Vec<String> =
                comments.iter().map(|text| (*text).to_owned()).chain(columns(&lines)).collect();
            let indent = self.indent(node.start());
            let newline = self.cx.file.newline();
            let body: String = lines.iter().map(|line| format!("{newline}{indent}\t{line}")).collect();
            let apart = self.cx.file.text()[..node.start()].ends_with([' ', '\t']);
            let blank = if apart { "" } else { " " };
            return self.replace(node.span(), format!("{blank}{{{body}{newline}{indent}}}"));
        }
        let mut before: Option<Node<'t>> = None;
        let mut groups: Vec<(Option<Node<'t>>, Vec<String>)> = Vec::new();
        for new in news {
            if let Some(old) = old(new) {
                before = self.met(old).last().copied().or(before);
                continue;
            }
            let line = self.render(*new);
            match groups.last_mut().filter(|(place, _)| *place == before) {
                Some((_, lines)) => lines.push(line),
                None => groups.push((before, vec![line])),
            }
        }
        for (before, lines) in groups {
            let at = before.map_or(all[0].start(), |field| field.end());
            self.edits.push((Span::at(at), lines.join("\n")));
            match before {
                Some(field) => self.fix.insert_after(field, &lines),
                None => self.fix.insert_before(all[0], &lines),
            }
        }
    }

    /// The comments on lines of their own above an element, and the one behind it.
    fn comments_of(
        &self,
        element: Node<'t>,
        list: Node<'t>,
        comments: &[Node<'t>],
    ) -> (Vec<String>, Option<String>) {
        let file = self.cx.file;
        let before = list.named().take_while(|other| other.start() < element.start()).last();
        let from = before.map_or(list.start(), |before| before.end());
        let gap = Span::new(from, element.start());
        let first_line = file.lines().line(from);
        let above = comments.iter().filter(|comment| {
            gap.covers(comment.span()) && (file.lines().line(comment.start()) > first_line)
        });
        let last_line = file.lines().line(element.end());
        let next =
            list.named().find(|other| other.start() > element.start() && other.kind() != Kind::Comment);
        let behind = comments.iter().find(|comment| {
            comment.start() >= element.end()
                && file.lines().line(comment.start()) == last_line
                && next.is_none_or(|next| next.start() > comment.start())
        });
        // A comment of a line that ends with CR LF holds the CR.
        let text = |comment: &Node<'t>| comment.text().trim_end().to_owned();
        (above.map(text).collect(), behind.map(text))
    }
}

/// Whether both are elements with the same key.
fn has_same_key(one: Node<'_>, other: Node<'_>) -> bool {
    let key = |node: Node<'_>| {
        let first = node.child_by_field(Field::Key).or_else(|| node.named().next());
        first.filter(|_| node.kind() == Kind::KeyedElement).map(|key| key.text().to_owned())
    };
    key(one).is_some_and(|key_of| Some(key_of) == key(other))
}

/// Fields, each of them names and a type, with the types below each other.
fn columns(lines: &[String]) -> Vec<String> {
    // What is embedded has no name, and ends the column.
    let cut = |line: &String| {
        let mut words = line.match_indices(' ').map(|(at, _)| at);
        words.find(|at| !line[..*at].ends_with(','))
    };
    let mut out = Vec::new();
    for block in lines.chunk_by(|one, other| cut(one).is_some() == cut(other).is_some()) {
        let width = block.iter().filter_map(cut).max().unwrap_or(0);
        out.extend(block.iter().map(|line| match cut(line) {
            Some(at) => format!("{:width$}{}", &line[..at], &line[at..]),
            None => line.clone(),
        }));
    }
    out
}
