//! A loop that starts a goroutine for each element.

use crate::model::scope::Local;
use crate::syntax::{Kind, Node};

/// A loop that starts a goroutine for each element of a slice.
pub struct GoroutinePerItemSite<'t> {
    pub(super) looping: Node<'t>,
    /// The slice, as it is written.
    pub(super) over: Node<'t>,
    pub(super) element: &'t str,
    pub(super) group: Local<'t>,
    pub(super) index: Option<Node<'t>>,
    pub(super) value: Option<Node<'t>>,
    pub(super) literal: Node<'t>,
    /// What the goroutine is called with.
    pub(super) given: Vec<Node<'t>>,
    /// What an item does, `defer wg.Done()` left out.
    pub(super) work: Vec<Node<'t>>,
    /// Where that begins: the end of the brace or statement before it.
    pub(super) from: usize,
}

impl<'t> GoroutinePerItemSite<'t> {
    /// The `return`s of an item, and whether each stands in a loop of its own.
    pub(super) fn returns(&self) -> impl Iterator<Item = (Node<'t>, bool)> {
        let literal = self.literal;
        let returns = literal.descendants().filter(|node| node.kind() == Kind::ReturnStatement);
        returns.map(move |node| {
            let own = node.ancestors().take_while(|up| *up != literal);
            (node, own.into_iter().any(|up| up.kind() == Kind::ForStatement))
        })
    }
}
