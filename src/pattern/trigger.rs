//! What leads to the sites of a pattern.

use super::compile::Patch;
use super::patch::BASIC;
use super::side::{DOTS, Side};
use crate::rewrite::TOKEN_TRIGGERS;
use crate::syntax::{Kind, LITERALS, Node};
use crate::text::Span;

/// What leads to a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A symbol of a package, by the offset of its node.
    Symbol(String, String, Span),
    /// Symbols of a package, where a variable takes the name: those that a table or a
    /// condition lists.
    Symbols(String, Vec<String>, Span),
    /// A word, by the place of the node that a mention of it is.
    Word(String, Span),
    /// Words, where a variable takes the name: those that a table or a condition lists.
    Words(Vec<String>, Span),
    /// An import.
    Import(String),
    /// A token that is no word, an operator or a literal: each declaration that holds it is
    /// looked at.
    Token(String),
    /// Nothing: every expression of every declaration is looked at.
    Every,
}

impl Trigger {
    /// Whether whole declarations are looked at.
    pub fn is_wide(&self) -> bool {
        matches!(self, Trigger::Token(_) | Trigger::Every)
    }

    /// Whether a mention of `word` leads to a site.
    pub(super) fn is_met(&self, word: &str) -> bool {
        match self {
            Trigger::Symbol(_, name, _) | Trigger::Word(name, _) => name == word,
            Trigger::Symbols(_, names, _) | Trigger::Words(names, _) => names.iter().any(|name| name == word),
            Trigger::Import(_) => false,
            Trigger::Token(_) | Trigger::Every => true,
        }
    }
}

/// What leads to the sites of a side: the symbol or word that is rarest.
pub(super) fn trigger(patch: &Patch, old: &Side) -> Option<Trigger> {
    let roots = old.roots();
    let nodes = || roots.iter().flat_map(|root| root.descendants());
    let symbol = nodes().find_map(|node| {
        let (path, name) = patch.symbol(node)?;
        let fixed = patch.var(name.text()).is_none() && name.text() != DOTS;
        // In its own package it stands without a qualifier, and a name that the path does
        // not tell is no mention of the package for who looks for symbols.
        let plain = patch.object(name.text()).is_none()
            && !patch.imports.iter().any(|import| import.path == path && import.is_unguessable());
        (fixed && plain).then(|| Trigger::Symbol(path.to_owned(), name.text().to_owned(), node.span()))
    });
    let symbols = || {
        nodes().find_map(|node| {
            let (path, name) = patch.symbol(node)?;
            patch.var(name.text())?;
            Some(Trigger::Symbols(path.to_owned(), listed(patch, name.text())?, node.span()))
        })
    };
    if let Some(symbol) = symbol.or_else(symbols) {
        return Some(symbol);
    }
    let words = nodes().filter_map(|node| {
        let name = node.text();
        let identifier = node.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::FieldIdentifier]);
        let fixed = identifier
            && patch.var(name).is_none()
            && patch.import_of(name).is_none()
            && name != DOTS
            && name != "_";
        let common = BASIC.contains(&name) || matches!(name, "true" | "false" | "len" | "append" | "make");
        fixed.then(|| ((!common, name.len()), Trigger::Word(name.to_owned(), node.span())))
    });
    let keywords = nodes().filter_map(|node| {
        let word = node.kind().name();
        let keyword = node.children().next().is_none()
            && word.len() > 1
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && node.text() == word;
        let at = node.parent()?;
        keyword.then(|| ((false, word.len()), Trigger::Word(word.to_owned(), at.span())))
    });
    // A method or a field whose names are listed.
    let selected = || {
        nodes().find_map(|node| {
            let field = node.field().filter(|_| node.kind() == Kind::SelectorExpression)?;
            patch.var(field.text())?;
            Some(Trigger::Words(listed(patch, field.text())?, field.span()))
        })
    };
    let rarest = words.chain(keywords).max_by_key(|(rank, _)| *rank).map(|(_, trigger)| trigger);
    rarest.or_else(selected).or_else(|| {
        let tokens = nodes().filter(|node| node.children().next().is_none() || node.is(LITERALS));
        let fixed = tokens.filter(|node| node.is(LITERALS) || TOKEN_TRIGGERS.contains(&node.text()));
        // A text is rarer than a number, a number than an operator.
        let rank = |node: &Node<'_>| (node.is(LITERALS), node.text().len());
        fixed.max_by_key(rank).map(|node| Trigger::Token(node.text().to_owned()))
    })
}

/// The names that a variable may take, where a table or a condition lists them.
fn listed(patch: &Patch, variable: &str) -> Option<Vec<String>> {
    let mut conditions = patch.conditions.iter();
    let by_condition = conditions.find_map(|condition| condition.listed(variable));
    let mut tables = patch.lets.iter();
    let mut names = by_condition.or_else(|| tables.find_map(|text| text.value.listed(variable)))?;
    names.sort();
    Some(names)
}
