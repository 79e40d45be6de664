//! Nodes of a parsed declaration: cheap to copy, with parents and true offsets.

use super::file::File;
use super::index::{NameIndex, Wide};
use super::kind::{Field, Kind};
use super::parse::{Id, NONE, NodeData, Tree};
use crate::text::Span;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A node of a parsed declaration. The kinds and fields are those of the Go
/// grammar of tree-sitter (`call_expression`, field `function`).
#[derive(Clone, Copy)]
pub struct Node<'t> {
    pub(super) file: &'t File,
    pub(super) tree: &'t Tree,
    pub(super) id: Id,
}

impl<'t> Node<'t> {
    fn data(self) -> &'t NodeData {
        &self.tree.parsed.nodes[self.id as usize]
    }

    fn sibling(self, id: Id) -> Option<Node<'t>> {
        (id != NONE).then_some(Node { id, ..self })
    }

    /// The file that the node stands in.
    pub fn file(self) -> &'t File {
        self.file
    }

    /// What kind of node it is.
    pub fn kind(self) -> Kind {
        self.data().kind
    }

    /// Whether the kind is one of `kinds`.
    pub fn is(self, kinds: &[Kind]) -> bool {
        kinds.contains(&self.kind())
    }

    /// The place in the file.
    pub fn span(self) -> Span {
        let (span, by) = (self.data().span, self.tree.start);
        Span { start: span.start + by, end: span.end + by }
    }

    /// Offset of the first byte.
    pub fn start(self) -> usize {
        self.tree.start + self.data().span.start
    }

    /// Offset just past the last byte.
    pub fn end(self) -> usize {
        self.tree.start + self.data().span.end
    }

    /// The source text.
    pub fn text(self) -> &'t str {
        self.span().of(self.file.text())
    }

    /// The line, from 1, that the node starts on.
    pub fn line(self) -> usize {
        self.file.lines().line(self.start())
    }

    /// The field that this node is in its parent.
    pub fn field_name(self) -> Option<Field> {
        self.data().field
    }

    /// The enclosing node; `None` for the root of the declaration.
    pub fn parent(self) -> Option<Node<'t>> {
        self.sibling(self.data().parent)
    }

    /// The node after this one under the same parent, tokens included.
    pub fn next(self) -> Option<Node<'t>> {
        self.sibling(self.data().next)
    }

    /// The node before this one under the same parent, tokens included.
    pub fn previous(self) -> Option<Node<'t>> {
        let parent = self.parent()?;
        match parent.wide() {
            Some(wide) => {
                let ordered = wide.all.partition_point(|id| *id < self.id);
                let here = match wide.all.get(ordered) {
                    Some(id) if *id == self.id => ordered,
                    _ => wide.all.iter().position(|id| *id == self.id)?,
                };
                here.checked_sub(1).map(|before| Node { id: wide.all[before], ..self })
            }
            None => parent.children().take_while(|child| *child != self).last(),
        }
    }

    /// The named node before this one under the same parent, comments left out.
    pub fn previous_named(self) -> Option<Node<'t>> {
        std::iter::successors(self.previous(), |node| node.previous()).find(|node| node.is_named())
    }

    /// The named node after this one under the same parent, comments left out.
    pub fn next_named(self) -> Option<Node<'t>> {
        std::iter::successors(self.next(), |node| node.next()).find(|node| node.is_named())
    }

    fn is_named(self) -> bool {
        self.data().named && self.kind() != Kind::Comment
    }

    /// Which node of its declaration it is: what a remembered answer may hold.
    pub fn place(self) -> NodeId {
        NodeId(self.id)
    }

    /// The node at `place` of the same declaration.
    pub fn at(self, place: NodeId) -> Node<'t> {
        Node { id: place.0, ..self }
    }

    /// The parent, its parent, and so on up to the root.
    pub fn ancestors(self) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// All children, tokens and comments included.
    pub fn children(self) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(self.sibling(self.data().first), |node| node.next())
    }

    /// The named children, comments left out.
    pub fn named(self) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(|node| node.is_named())
    }

    /// The first child in `field`.
    pub fn child_by_field(self, field: Field) -> Option<Node<'t>> {
        if let Some(wide) = self.wide() {
            let fields = wide.fields.iter().map(|id| Node { id: *id, ..self });
            return fields.into_iter().find(|node| node.field_name() == Some(field));
        }
        self.children().find(|node| node.field_name() == Some(field))
    }

    fn wide(self) -> Option<&'t Wide> {
        if self.data().wide { self.tree.wide(self.id) } else { None }
    }

    /// All named children in `field`.
    pub fn fields(self, field: Field) -> impl Iterator<Item = Node<'t>> {
        self.named().filter(move |node| node.field_name() == Some(field))
    }

    /// The first child of one kind.
    pub fn child(self, kind: Kind) -> Option<Node<'t>> {
        self.children().find(|node| node.kind() == kind)
    }

    /// The node itself and everything below it, in the order of the text,
    /// tokens and comments included.
    pub fn descendants(self) -> Descendants<'t> {
        Descendants { root: self, next: Some(self) }
    }

    /// Like [`Node::descendants`], but a node for which `enter` says no is
    /// passed by with everything below it.
    pub fn descend(self, enter: impl Fn(Node<'t>) -> bool) -> impl Iterator<Item = Node<'t>> {
        let mut pending = self.descendants();
        std::iter::from_fn(move || {
            loop {
                let node = pending.next()?;
                if node == self || enter(node) {
                    return Some(node);
                }
                pending.pass_by(node);
            }
        })
    }

    /// The smallest node of this tree, from here down, that covers `span`.
    pub fn covering(self, span: Span) -> Node<'t> {
        let mut at = self;
        while let Some(inner) = at.child_covering(span) {
            at = inner;
        }
        at
    }

    /// The first child that covers `span`.
    fn child_covering(self, span: Span) -> Option<Node<'t>> {
        let covers = |child: &Node<'t>| child.span().covers(span);
        match self.wide() {
            Some(wide) => {
                let at = |id: &Id| Node { id: *id, ..self };
                let first = wide.all.partition_point(|id| at(id).end() < span.end);
                wide.all.get(first).map(at).filter(covers)
            }
            None => self.children().find(covers),
        }
    }

    /// The children that share a byte with `span`.
    pub fn children_in(self, span: Span) -> impl Iterator<Item = Node<'t>> {
        let first = match self.wide() {
            Some(wide) => {
                let at = |id: &Id| Node { id: *id, ..self };
                wide.all.get(wide.all.partition_point(|id| at(id).end() <= span.start)).map(at)
            }
            None => self.children().next(),
        };
        std::iter::successors(first, |node| node.next())
            .take_while(move |node| node.start() < span.end)
            .filter(move |node| node.span().overlaps(span))
    }

    /// The children of a node that has many, tokens and comments included, by their place
    /// among them.
    pub fn many_children(self) -> Option<Children<'t>> {
        self.wide().map(|wide| Children { parent: self, all: &wide.all })
    }

    /// The answer to a question about this node, worked out once. It may depend on nothing
    /// but the node's file, and `question` must be a name that no other question has.
    pub fn remember<T: Clone + Send + Sync + 'static>(
        self,
        question: &'static str,
        answer: impl FnOnce() -> T,
    ) -> T {
        (*self.tree.answers.get((self.id, question), answer)).clone()
    }

    /// The root of the declaration.
    pub fn root(self) -> Node<'t> {
        Node { id: 0, ..self }
    }

    fn names(self) -> &'t NameIndex {
        self.tree.names.get_or_init(|| NameIndex::of(self.root()))
    }

    /// The identifiers, of values, types, packages and labels, at or below this node that
    /// are spelled `name`, in the order of the text.
    pub fn mentions(self, name: &str) -> impl Iterator<Item = Node<'t>> + Clone + use<'t> {
        let at = move |(_, id): &(u64, Id)| Node { id: *id, ..self };
        let all = self.names().mentions(self.root(), name);
        let first = all.partition_point(|one| at(one).start() < self.start());
        let end = first + all[first..].partition_point(|one| at(one).end() <= self.end());
        all[first..end].iter().map(at)
    }

    /// For each statement of this list that declares `name` in its block: where it starts,
    /// the identifier, and whether `:=` declares it. By place; of those with `:=` only the
    /// first.
    pub fn binders(self, name: &str) -> impl Iterator<Item = (usize, Node<'t>, bool)> + use<'t> {
        let found = self.names().binders(self.root(), name, self.id);
        found.iter().map(move |(_, one)| (one.statement, Node { id: one.name, ..self }, one.short))
    }

    /// Whether `other` is this node or stands below it.
    pub fn holds(self, other: Node<'t>) -> bool {
        self == other || other.ancestors().any(|node| node == self)
    }
}

/// Which node of its declaration a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(Id);

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

impl Eq for Node<'_> {}

impl Hash for Node<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (std::ptr::from_ref(self.tree) as usize, self.id).hash(state);
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {:?}", self.kind().name(), self.span(), self.text())
    }
}

/// The children of a node that has many.
pub struct Children<'t> {
    parent: Node<'t>,
    all: &'t [Id],
}

impl<'t> Children<'t> {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// The child at `index`.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn get(&self, index: usize) -> Node<'t> {
        Node { id: self.all[index], ..self.parent }
    }
}

/// A walk in the order of the text.
pub struct Descendants<'t> {
    root: Node<'t>,
    next: Option<Node<'t>>,
}

impl<'t> Descendants<'t> {
    /// Goes on behind `node` instead of below it, where `node` was the last one
    /// handed out.
    pub fn pass_by(&mut self, node: Node<'t>) {
        self.next = self.after(node);
    }

    fn after(&self, node: Node<'t>) -> Option<Node<'t>> {
        let mut at = node;
        while at != self.root {
            if let Some(next) = at.next() {
                return Some(next);
            }
            at = at.parent()?;
        }
        None
    }
}

impl<'t> Iterator for Descendants<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let node = self.next?;
        self.next = node.children().next().or_else(|| self.after(node));
        Some(node)
    }
}
