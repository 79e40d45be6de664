//! Edits of nodes whose parts come and go: functions, groups of specs, and anything whose
//! old and new side share some of their parts.

use super::matcher::parts;
use super::render::ReplacementWriter;
use super::special::{FUNCTIONS, GROUPS, definition};
use crate::syntax::{Field, Kind, Node, specs};
use crate::text::Span;

impl<'t> ReplacementWriter<'_, 't> {
    /// Changes part by part what has parts of its own kind; whether it did.
    pub(super) fn change_parts(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) -> bool {
        if old.kind() == new.kind() && node.kind() == old.kind() && old.is(FUNCTIONS) {
            return self.change_function(old, new, node);
        }
        if old.is(GROUPS) && new.is(GROUPS) && node.kind() == old.kind() {
            return self.change_group(old, new, node);
        }
        if old.kind() == new.kind() && node.kind() != old.kind() && self.change_definition(old, new) {
            return true;
        }
        self.change_aligned(old, new, node)
    }

    /// The names and values of `x := e`, where the code says `var x = e`, or the other way.
    fn change_definition(&mut self, old: Node<'_>, new: Node<'_>) -> bool {
        let (Some(old), Some(new)) = (definition(old), definition(new)) else { return false };
        let pairs = |old: &[Node<'_>], new: &[Node<'_>]| old.len() == new.len();
        if !pairs(&old.0, &new.0) || !pairs(&old.1, &new.1) {
            return false;
        }
        let all = old.0.into_iter().chain(old.1).zip(new.0.into_iter().chain(new.1));
        for (old, new) in all {
            self.change(old, new);
        }
        true
    }

    fn change_function(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) -> bool {
        let kept = [Field::Receiver, Field::TypeParameters, Field::Body];
        for field in kept {
            let sides = [old, new].map(|side| side.child_by_field(field).is_some());
            if sides[0] != sides[1] {
                return false;
            }
        }
        for field in [Field::Receiver, Field::Name, Field::TypeParameters, Field::Parameters, Field::Body] {
            let sides = (old.child_by_field(field), new.child_by_field(field), node.child_by_field(field));
            if let (Some(old), Some(new), Some(node)) = sides
                && !self.alike(old, new)
            {
                self.change_at(old, new, node);
            }
        }
        let behind = node.parameters().map_or(node.end(), Node::end);
        match (old.result(), new.result(), node.result()) {
            (Some(old), Some(new), _) if self.alike(old, new) => {}
            (None, None, _) => {}
            (_, Some(new), Some(own)) => {
                let text = self.results(new);
                self.replace(own.span(), text);
            }
            (_, Some(new), None) => {
                let text = self.results(new);
                self.replace(Span::at(behind), if text.is_empty() { text } else { format!(" {text}") });
            }
            (_, None, Some(own)) => self.replace(Span::new(behind, own.end()), String::new()),
            (_, None, None) => {}
        }
        true
    }

    /// The results as gofmt leaves them: nothing, a type, or a list.
    fn results(&mut self, new: Node<'_>) -> String {
        let text = self.render(new);
        let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).map(str::trim);
        match inner {
            Some("") => String::new(),
            Some(inner) if !inner.contains([',', ' ', '(']) => inner.to_owned(),
            _ => text,
        }
    }

    /// The keyword and the specs of a declaration, with or without parentheses.
    fn change_group(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) -> bool {
        let (olds, news): (Vec<Node<'_>>, Vec<Node<'_>>) = (specs(old).collect(), specs(new).collect());
        let known = olds.iter().all(|spec| self.is_run(*spec) || self.found.node(*spec).is_some());
        if olds.len() != news.len() || !known {
            return false;
        }
        let words = [old, new, node].map(|side| side.children().next());
        if let [Some(old), Some(new), Some(own)] = words
            && old.text() != new.text()
        {
            self.replace(own.span(), new.text().to_owned());
        }
        for (old, new) in olds.into_iter().zip(news) {
            if self.is_run(old) {
                continue;
            }
            // Specs of another kind are written alike: `name = value`.
            if let Some(node) = self.found.node(old).filter(|_| !self.alike(old, new)) {
                self.change_at(old, new, node);
            }
        }
        true
    }

    /// The parts that both sides have stay; what stands between them is written anew.
    fn change_aligned(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) -> bool {
        let (olds, news, own) = (parts(old), parts(new), parts(node));
        if olds.len() != own.len() || olds.is_empty() || news.is_empty() {
            return false;
        }
        let stays = |part: &Node<'_>| part.is(&[Kind::Block, Kind::StatementList]);
        let pairs = self.common(&olds, &news);
        if !pairs.iter().any(|(at, _)| stays(&olds[*at])) {
            return false;
        }
        let text = new.file().text();
        let (mut from, mut written) = (node.start(), new.start());
        let mut gaps = Vec::new();
        for (at, other) in pairs.iter().copied() {
            gaps.push((Span::new(from, own[at].start()), Span::new(written, news[other].start())));
            (from, written) = (own[at].end(), news[other].end());
        }
        gaps.push((Span::new(from, node.end()), Span::new(written, new.end())));
        for (gap, new_gap) in gaps {
            let inside: Vec<Node<'_>> = news
                .iter()
                .copied()
                .filter(|part| new_gap.covers(part.span()) && !part.span().is_empty())
                .collect();
            let old_parts =
                own.iter().filter(|part| gap.covers(part.span()) && !part.span().is_empty()).count();
            if inside.is_empty() && old_parts == 0 {
                continue;
            }
            let mut out = String::new();
            let mut at = new_gap.start;
            for part in inside {
                out.push_str(&text[at..part.start()]);
                out.push_str(&self.render(part));
                at = part.end();
            }
            out.push_str(&text[at..new_gap.end]);
            self.replace(gap, out);
        }
        true
    }

    /// For each place in both lists, how many parts from there on can be paired with one that
    /// says the same, in order.
    pub(super) fn longest(&self, olds: &[Node<'_>], news: &[Node<'_>]) -> Vec<Vec<usize>> {
        let (rows, columns) = (olds.len(), news.len());
        let mut longest = vec![vec![0usize; columns + 1]; rows + 1];
        for row in (0..rows).rev() {
            for column in (0..columns).rev() {
                longest[row][column] = if self.alike(olds[row], news[column]) {
                    longest[row + 1][column + 1] + 1
                } else {
                    longest[row + 1][column].max(longest[row][column + 1])
                };
            }
        }
        longest
    }

    /// The pairs of parts that say the same, in order: a longest common sequence.
    fn common(&self, olds: &[Node<'_>], news: &[Node<'_>]) -> Vec<(usize, usize)> {
        let (rows, columns) = (olds.len(), news.len());
        let longest = self.longest(olds, news);
        let (mut row, mut column) = (0, 0);
        let mut pairs = Vec::new();
        while row < rows && column < columns {
            if self.alike(olds[row], news[column]) {
                pairs.push((row, column));
                (row, column) = (row + 1, column + 1);
            } else if longest[row + 1][column] >= longest[row][column + 1] {
                row += 1;
            } else {
                column += 1;
            }
        }
        pairs
    }

    /// For each new statement that takes the place of an old one, which: the one most like
    /// it, in order.
    pub(super) fn partners(&self, gone: &[Node<'_>], come: &[Node<'_>]) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut from = 0;
        for (at, new) in come.iter().enumerate() {
            // As many are left as what comes behind it may need.
            let behind = come.len() - at - 1;
            let last = gone.len().saturating_sub(behind).max(from + 1).min(gone.len());
            let range = from..last.max(from);
            let same =
                range.clone().rev().find(|old| gone[*old].kind() == new.kind() && has_block(gone[*old]));
            let Some(old) = same.or_else(|| range.clone().next()) else { break };
            pairs.push((old, at));
            from = old + 1;
        }
        pairs
    }
}

/// Whether statements stand in it, which would be written anew with it.
fn has_block(node: Node<'_>) -> bool {
    node.descendants().any(|inner| inner.kind() == Kind::Block)
}
