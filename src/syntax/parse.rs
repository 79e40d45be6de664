//! Parses one declaration into an arena of plain nodes.
//!
//! Where tree-sitter's grammar for Go reports an error, `mask.rs` may know a
//! spelling of the same length that it takes; offsets agree, and text is always
//! read from the original.

use super::fault::{DEEPEST, Fault, LARGEST};
use super::index::{ChildIndex, NameIndex, WIDE, Wide};
use super::kind::{Field, Kind};
use super::mask;
use super::parse_cache::ParseCache;
use super::remember::Memo;
use crate::text::Span;
use std::cell::RefCell;
use std::sync::{Arc, LazyLock, OnceLock};

/// Index of a node in its tree; the root is 0.
pub(super) type Id = u32;
pub(super) const NONE: Id = u32::MAX;

/// One node of a parsed declaration. Offsets count from the start of the declaration.
#[derive(Clone, Debug)]
pub(super) struct NodeData {
    pub kind: Kind,
    pub field: Option<Field>,
    pub span: Span,
    pub named: bool,
    /// Whether it has so many children that they are worth an index.
    pub wide: bool,
    pub parent: Id,
    pub first: Id,
    pub next: Id,
}

/// What the text of a declaration gives, wherever it stands.
#[derive(Debug)]
pub(super) struct ParsedText {
    pub nodes: Vec<NodeData>,
    /// Why the nodes are not to be used; they may be less than all then.
    pub fault: Option<Fault>,
    children: OnceLock<ChildIndex>,
}

impl ParsedText {
    fn new(nodes: Vec<NodeData>, fault: Option<Fault>) -> ParsedText {
        ParsedText { nodes, fault, children: OnceLock::new() }
    }
}

/// The parse of one declaration of a file.
#[derive(Debug)]
pub(super) struct Tree {
    pub parsed: Arc<ParsedText>,
    /// Where in the file the declaration starts.
    pub start: usize,
    pub names: OnceLock<NameIndex>,
    pub answers: Memo<(Id, &'static str)>,
}

impl Tree {
    fn new(parsed: Arc<ParsedText>, start: usize) -> Tree {
        Tree { parsed, start, names: OnceLock::new(), answers: Memo::default() }
    }

    /// Why the declaration cannot be read, if it cannot.
    pub fn fault(&self) -> Option<Fault> {
        self.parsed.fault.map(|fault| fault.moved(self.start))
    }

    /// The children of a node that is marked as wide.
    pub fn wide(&self, id: Id) -> Option<&Wide> {
        let ParsedText { nodes, children, .. } = &*self.parsed;
        children.get_or_init(|| ChildIndex::of(nodes)).get(id)
    }
}

static LANGUAGE: LazyLock<tree_sitter::Language> = LazyLock::new(|| tree_sitter_go::LANGUAGE.into());

/// The kinds of nodes, by their numbers.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let named = |name: &str| Kind::ALL.iter().copied().find(|kind| kind.name() == name);
    let numbers = 0..LANGUAGE.node_kind_count() as u16;
    numbers.map(|number| LANGUAGE.node_kind_for_id(number).and_then(named).unwrap_or(Kind::Error)).collect()
});

/// The fields of nodes, by their numbers.
static FIELDS: LazyLock<Vec<Option<Field>>> = LazyLock::new(|| {
    let named = |name: &str| Field::ALL.iter().copied().find(|field| field.name() == name);
    let numbers = 0..=LANGUAGE.field_count() as u16;
    numbers.map(|number| LANGUAGE.field_name_for_id(number).and_then(named)).collect()
});

thread_local! {
    static CACHE: RefCell<ParseCache> = RefCell::default();
    static PARSER: RefCell<tree_sitter::Parser> = RefCell::new({
        let mut parser = tree_sitter::Parser::new();
        parser
            .set_language(&LANGUAGE)
            .expect("the grammar is built for this version of tree-sitter");
        parser
    });
}

/// Parses the declaration that stands at `span` of `text`, unless this thread has parsed the same
/// text lately.
pub(super) fn declaration(text: &str, span: Span) -> Tree {
    let source = span.of(text);
    let parsed = CACHE.with_borrow_mut(|cache| cache.get(source)).unwrap_or_else(|| {
        let parsed = Arc::new(parsed(source));
        CACHE.with_borrow_mut(|cache| cache.put(source, &parsed));
        parsed
    });
    Tree::new(parsed, span.start)
}

/// Remembers declarations of up to `bytes` bytes together that this thread parses.
pub fn remember_parses(bytes: usize) {
    CACHE.with_borrow_mut(|cache| *cache = ParseCache::of(bytes));
}

/// Parses `source`.
pub(super) fn parsed(source: &str) -> ParsedText {
    if source.len() > LARGEST {
        let whole = Span::new(0, source.len());
        return ParsedText::new(Vec::new(), Some(Fault::Large(whole)));
    }
    let mut tree = parse(source.as_bytes());
    if tree.root_node().has_error()
        && let Some(better) = mask::parse_masked(source, &tree)
    {
        tree = better;
    }
    let mut parsed = arena(&tree, source.len());
    if parsed.fault.is_none() {
        gather_names(&mut parsed.nodes);
        parsed.fault = second_piece(&parsed.nodes).map(Fault::Syntax);
    }
    parsed
}

/// What stands behind the declaration on its last line. The grammar takes any
/// statement at top level, Go none.
fn second_piece(nodes: &[NodeData]) -> Option<Span> {
    let pieces = children(nodes, 0).into_iter().map(|id| &nodes[id as usize]);
    pieces.filter(|piece| piece.named && piece.kind != Kind::Comment).nth(1).map(|piece| piece.span)
}

/// Parses with a line end behind the declaration: the grammar's lexer takes
/// some short names at the very end of its input (`var n int`) for the start of
/// a longer word, and reports an error.
pub(super) fn parse(source: &[u8]) -> tree_sitter::Tree {
    let mut ended = Vec::with_capacity(source.len() + 1);
    ended.extend_from_slice(source);
    ended.push(b'\n');
    PARSER.with_borrow_mut(|parser| {
        parser.reset();
        parser.parse(&ended, None).expect("a parser with a language and no time limit always returns a tree")
    })
}

/// The nodes of `parsed`, a declaration of `length` bytes.
fn arena(parsed: &tree_sitter::Tree, length: usize) -> ParsedText {
    let mut nodes: Vec<NodeData> = Vec::with_capacity(parsed.root_node().descendant_count());
    let mut fault = None;
    let has_error = parsed.root_node().has_error();
    let (kinds, fields) = (&*KINDS, &*FIELDS);
    // (id, id of its last child so far, how many there are, how many are to come) of the
    // nodes on the way down.
    let mut path: Vec<(Id, Id, u32, u32)> = Vec::new();
    let mut cursor = parsed.walk();
    loop {
        let node = cursor.node();
        let id = nodes.len() as Id;
        // The line end that was added is none of the declaration.
        let within = |offset: usize| offset.min(length);
        let span = Span::new(within(node.start_byte()), within(node.end_byte()));
        if has_error && fault.is_none() && (node.is_error() || node.is_missing()) {
            fault = Some(Fault::Syntax(span));
        }
        if path.len() >= DEEPEST {
            return ParsedText::new(nodes, fault.or(Some(Fault::Nested(span))));
        }
        let added = !path.is_empty() && node.start_byte() >= length;
        let parent = path.last().map_or(NONE, |&(parent, ..)| parent);
        if !added {
            nodes.push(NodeData {
                kind: kinds.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Error),
                field: cursor.field_id().and_then(|id| *fields.get(usize::from(id.get()))?),
                span,
                named: node.is_named(),
                wide: false,
                parent,
                first: NONE,
                next: NONE,
            });
            if let Some((parent, last, count, left)) = path.last_mut() {
                *count += 1;
                *left = left.saturating_sub(1);
                if *count == WIDE {
                    nodes[*parent as usize].wide = true;
                }
                if *last == NONE {
                    nodes[*parent as usize].first = id;
                } else {
                    nodes[*last as usize].next = id;
                }
                *last = id;
            }
            let children = node.child_count();
            if children > 0 && cursor.goto_first_child() {
                path.push((id, NONE, 0, children));
                continue;
            }
        }
        // A cursor finds out slowly that there is no sibling any more.
        while path.last().is_none_or(|&(.., left)| left == 0) || !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return ParsedText::new(nodes, fault);
            }
            path.pop();
        }
    }
}

/// Go has no parameter list in which some parameters have names and others
/// have none, but for a long run of names (`a, b, c, d, e, f, g, h, i, j int`)
/// the grammar gives up one of its readings and takes the first ones for types.
/// Makes them names of the declaration behind them.
fn gather_names(nodes: &mut [NodeData]) {
    for list in 0..nodes.len() {
        if nodes[list].kind != Kind::ParameterList {
            continue;
        }
        let entries = children(nodes, list as Id);
        let is_declaration = |nodes: &[NodeData], id: Id| {
            matches!(
                nodes[id as usize].kind,
                Kind::ParameterDeclaration
                    | Kind::TypeParameterDeclaration
                    | Kind::VariadicParameterDeclaration
            )
        };
        let has_name = |nodes: &[NodeData], id: Id| {
            is_declaration(nodes, id)
                && children(nodes, id).iter().any(|&child| nodes[child as usize].field == Some(Field::Name))
        };
        if !entries.iter().any(|&entry| has_name(nodes, entry)) {
            continue;
        }
        // From the back, so that each name finds the names behind it gathered.
        let mut owner = None;
        for (at, &entry) in entries.iter().enumerate().rev() {
            if has_name(nodes, entry) {
                owner = Some(entry);
            } else if is_declaration(nodes, entry) {
                let name = nodes[entry as usize].first as usize;
                let alone = nodes[name].kind == Kind::TypeIdentifier && nodes[name].next == NONE;
                owner = owner.filter(|_| alone);
                if let Some(owner) = owner {
                    let before = at.checked_sub(1).map(|before| entries[before]);
                    adopt(nodes, list as Id, before, entry, owner);
                }
            }
        }
    }
}

fn children(nodes: &[NodeData], parent: Id) -> Vec<Id> {
    let first = nodes[parent as usize].first;
    let link = |id: Id| (id != NONE).then_some(id);
    std::iter::successors(link(first), |&id| link(nodes[id as usize].next)).collect()
}

/// Moves the type of `entry`, as a name, and the tokens behind it to the front
/// of `owner`, which takes the place of `entry` behind `before` in `list`.
fn adopt(nodes: &mut [NodeData], list: Id, before: Option<Id>, entry: Id, owner: Id) {
    let name = nodes[entry as usize].first as usize;
    nodes[name].kind = Kind::Identifier;
    nodes[name].field = Some(Field::Name);
    let mut last = name;
    nodes[name].next = nodes[entry as usize].next;
    while nodes[last].next != owner {
        nodes[last].parent = owner;
        last = nodes[last].next as usize;
    }
    nodes[last].parent = owner;
    nodes[last].next = nodes[owner as usize].first;
    nodes[owner as usize].first = name as Id;
    nodes[owner as usize].span.start = nodes[name].span.start;
    match before {
        Some(before) => nodes[before as usize].next = owner,
        None => nodes[list as usize].first = owner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_that_ends_in_a_short_name_has_no_error() {
        for text in ["var n int", "type A int", "var p *int", "const c = i", "func f()", "var s []string"] {
            let tree = declaration(text, Span::new(0, text.len()));
            assert!(tree.fault().is_none(), "{text}");
            assert_eq!(tree.parsed.nodes[0].span, Span::new(0, text.len()), "{text}");
            assert!(tree.parsed.nodes.iter().all(|node| !node.span.is_empty()), "{text}");
        }
    }

    #[test]
    fn a_statement_behind_a_declaration_is_an_error() {
        let text = "func f() {} /* why */ for {} // why";
        let tree = declaration(text, Span::new(0, text.len()));
        assert_eq!(tree.fault(), Some(Fault::Syntax(Span::new(22, 28))));
        let text = "func f() {} /* why */ // why";
        assert_eq!(declaration(text, Span::new(0, text.len())).fault(), None);
    }

    #[test]
    fn the_same_text_elsewhere_has_the_same_nodes_in_other_places() {
        remember_parses(1 << 10);
        let text = "func f() { g(a, b) }\nfunc f() { g(a, b) }\nfunc f() { g(a b) }\nfunc f() { g(a b) }\n";
        let trees: Vec<Tree> = text
            .lines()
            .map(|line| line.as_ptr() as usize - text.as_ptr() as usize)
            .zip(text.lines())
            .map(|(start, line)| declaration(text, Span::new(start, start + line.len())))
            .collect();
        assert!(Arc::ptr_eq(&trees[0].parsed, &trees[1].parsed), "it was parsed once");
        assert_eq!((trees[0].start, trees[1].start), (0, 21));
        let fault = |tree: &Tree| tree.fault().map(Fault::span);
        assert_eq!((fault(&trees[0]), fault(&trees[1])), (None, None));
        let (first, second) = (fault(&trees[2]).unwrap(), fault(&trees[3]).unwrap());
        assert_eq!((first.start + 20, first.end + 20), (second.start, second.end));
        assert!(first.start > trees[2].start);
    }
}
