//! The guard `implements-interface`: a method that gets another name or signature lets its
//! type satisfy an interface.

use super::guards::TYPE_UNKNOWN;
use super::matcher::PatternMatch;
use super::side::Side;
use crate::rewrite::{Cx, TypeAnswer, TypeAsk};
use crate::syntax::{Kind, Node};

/// The guard that keeps a change of a method, and what it saw.
pub fn changed_method(
    old: &Side,
    new: &Side,
    found: &PatternMatch<'_>,
    cx: &Cx<'_>,
) -> Option<(&'static str, String)> {
    let (olds, news) = (old.roots(), new.roots());
    let ([old], [new]) = (olds.as_slice(), news.as_slice()) else { return None };
    let method = found.node(*old).filter(|node| node.kind() == Kind::MethodDeclaration)?;
    let said = |part: Option<Node<'_>>| -> String {
        part.map_or(String::new(), |part| part.text().split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let same = said(old.name()) == said(new.name())
        && said(old.parameters()) == said(new.parameters())
        && said(old.result()) == said(new.result());
    let name = method.name().filter(|_| !same)?;
    match cx.types(name.span(), TypeAsk::Interface) {
        Some(TypeAnswer::Value(interface)) => Some(("implements-interface", interface)),
        Some(TypeAnswer::No | TypeAnswer::Yes) => None,
        Some(TypeAnswer::Unknown(why)) => Some((TYPE_UNKNOWN, format!("{} ({why})", name.text()))),
        None => Some((TYPE_UNKNOWN, name.text().to_owned())),
    }
}
