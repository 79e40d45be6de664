//! Operands that one operator joins, as in `a && b && c`, of which a lone `...` is any run.

use super::matcher::Matcher;
use super::render::ReplacementWriter;
use crate::rewrite::respaced;
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// Operators whose operands are one list, however the grammar groups them.
const JOINING: &[Kind] = &[Kind::Plus, Kind::LogicalAnd, Kind::LogicalOr];

/// The operands of a chain of one operator, and the operator.
fn operands(node: Node<'_>) -> Option<(Kind, Vec<Node<'_>>)> {
    let sign = sign(node).filter(|sign| JOINING.contains(sign))?;
    let mut all = Vec::new();
    let mut at = node;
    while self::sign(at) == Some(sign) {
        all.push(at.right()?);
        at = at.left()?;
    }
    all.push(at);
    all.reverse();
    Some((sign, all))
}

fn sign(node: Node<'_>) -> Option<Kind> {
    let binary = node.kind() == Kind::BinaryExpression;
    node.operator().filter(|_| binary).map(Node::kind)
}

impl<'t> Matcher<'_, 't> {
    /// Whether the operands are those of the pattern, where one of those is a run.
    pub(super) fn chain(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        let (wanted_sign, wanted) = operands(pattern)?;
        if !wanted.iter().any(|operand| self.run_of(*operand).is_some()) {
            return None;
        }
        let Some((own_sign, own)) = operands(node) else { return Some(false) };
        // A run at the end takes what is left of the whole chain.
        let open = wanted.last().is_some_and(|last| self.run_of(*last).is_some());
        let is_part = node.parent().is_some_and(|up| sign(up) == Some(own_sign) && up.left() == Some(node));
        if own_sign != wanted_sign || (open && is_part) {
            return Some(false);
        }
        Some(self.list(&wanted, &own, true).is_some())
    }
}

impl<'t> ReplacementWriter<'_, 't> {
    /// The text of a chain of the new side with runs in it, of which some may be empty.
    pub(super) fn rendered_chain(&mut self, new: Node<'_>) -> Option<String> {
        let (_, all) = operands(new)?;
        let sign = new.operator()?.text();
        if !all.iter().any(|operand| self.is_run(*operand)) {
            return None;
        }
        let texts: Vec<String> =
            all.into_iter().map(|operand| self.rendered(operand)).filter(|text| !text.is_empty()).collect();
        Some(texts.join(&format!(" {sign} ")))
    }

    /// Changes a chain with runs in it operand by operand; whether it did.
    pub(super) fn change_chain(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) -> bool {
        let Some((sign, olds)) = operands(old) else { return false };
        let Some((_, own)) = operands(node) else { return false };
        if !olds.iter().any(|operand| self.is_run(*operand)) {
            return false;
        }
        let news = match operands(new) {
            Some((other, news)) if other == sign => news,
            _ => vec![new],
        };
        let mut left = news.iter().peekable();
        let mut gone: Vec<Node<'t>> = Vec::new();
        for old in &olds {
            if left.next_if(|new| self.alike(*old, **new)).is_none() {
                gone.extend(self.met(*old));
            }
        }
        if left.peek().is_some() {
            return self.change_operands(&olds, &news);
        }
        let goes = |operand: &Node<'t>| gone.iter().any(|gone| operand.span().covers(gone.span()));
        let stays: Vec<Node<'t>> = own.iter().copied().filter(|operand| !goes(operand)).collect();
        match stays[..] {
            [] => return false,
            [only] => {
                let text = respaced(only.text(), node);
                self.replace(node.span(), text);
            }
            [first, ..] => {
                for pair in own.windows(2).filter(|pair| pair[1].start() > first.start() && goes(&pair[1])) {
                    self.replace(Span::new(pair[0].end(), pair[1].end()), String::new());
                }
                self.replace(Span::new(node.start(), first.start()), String::new());
            }
        }
        true
    }

    /// Changes operands that keep their places; whether they do.
    fn change_operands(&mut self, olds: &[Node<'_>], news: &[Node<'_>]) -> bool {
        let same_place = olds.len() == news.len()
            && olds.iter().zip(news).all(|(old, new)| {
                let runs = self.is_run(*old) || self.is_run(*new);
                self.alike(*old, *new) || (!runs && self.found.node(*old).is_some())
            });
        if same_place {
            for (old, new) in olds.iter().zip(news) {
                self.change(*old, *new);
            }
        }
        same_place
    }
}
