//! Indexes over the nodes of one declaration and over the top level of one file, by place
//! and by name. They are made when somebody first asks, and what is asked for each site is
//! asked of them, so that no site costs a walk over all that stands beside it.

use super::kind::{Field, Kind};
use super::node::Node;
use super::outline::{DeclKind, Import, Outline};
use super::parse::{Id, NONE, NodeData};
use std::cmp::Ordering;
use std::collections::HashMap;

/// How many children a node has at least to be worth an index: fewer are looked through
/// faster than they are found.
pub(super) const WIDE: u32 = 24;

/// The kinds of nodes that are names of values. The grammar has kinds of their
/// own for some predeclared names, which Go lets anyone declare anew.
pub const VALUE_NAMES: &[Kind] = &[Kind::Identifier, Kind::Iota, Kind::Nil, Kind::True, Kind::False];

/// The kinds of nodes that mention a name: of a value, a type, a package or a label.
const MENTIONS: &[Kind] = &[Kind::Identifier, Kind::TypeIdentifier, Kind::PackageIdentifier, Kind::LabelName];

/// The children of the nodes that have many.
#[derive(Debug)]
pub(super) struct ChildIndex(HashMap<Id, Wide>);

/// The children of one node, in order.
#[derive(Debug, Default)]
pub(super) struct Wide {
    pub all: Vec<Id>,
    /// Those that have a field.
    pub fields: Vec<Id>,
}

impl ChildIndex {
    pub(super) fn of(nodes: &[NodeData]) -> ChildIndex {
        let wide = nodes.iter().enumerate().filter(|(_, node)| node.wide);
        ChildIndex(wide.map(|(id, _)| (id as Id, Wide::of(nodes, id))).collect())
    }

    pub(super) fn get(&self, id: Id) -> Option<&Wide> {
        self.0.get(&id)
    }
}

impl Wide {
    fn of(nodes: &[NodeData], id: usize) -> Wide {
        let mut wide = Wide::default();
        let mut next = nodes[id].first;
        while next != NONE {
            wide.all.push(next);
            if nodes[next as usize].field.is_some() {
                wide.fields.push(next);
            }
            next = nodes[next as usize].next;
        }
        wide
    }
}

/// The names of one declaration, by their text.
#[derive(Debug, Default)]
pub(super) struct NameIndex {
    /// The nodes that mention a name, with the hash of the name, by that, then by the name,
    /// then by place. Hashes are compared much faster than names.
    mentions: Vec<(u64, Id)>,
    /// What the statements of statement lists declare in their block, by hash, by name, then
    /// by list, then by place.
    binders: Vec<(u64, Binder)>,
}

/// A name that a statement declares in the block that it stands in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binder {
    /// The identifier.
    pub name: Id,
    /// Where the statement starts.
    pub statement: usize,
    /// The statement list.
    pub list: Id,
    /// Whether `:=` declares it, which assigns where the block has the name already.
    pub short: bool,
}

impl NameIndex {
    /// Of the tree under `root`.
    pub(super) fn of(root: Node<'_>) -> NameIndex {
        let mut names = NameIndex::default();
        let at = |id: Id| Node { id, ..root };
        let mut found = Vec::new();
        for node in root.descendants() {
            if node.is(MENTIONS) {
                names.mentions.push((hash(node.text()), node.id));
            } else if node.kind() == Kind::StatementList {
                for statement in node.named() {
                    binders(statement, statement.start(), node.id, &mut found);
                }
            }
        }
        names.binders = found.into_iter().map(|one| (hash(at(one.name).text()), one)).collect();
        names.mentions.sort_by_key(|(hash, id)| (*hash, at(*id).text(), at(*id).start()));
        names.binders.sort_by_key(|(hash, one)| {
            (*hash, at(one.name).text(), one.list, one.statement, at(one.name).start())
        });
        // Of several `:=` of one name only the first declares it.
        let mut last: Option<(&str, Id)> = None;
        names.binders.retain(|(_, one)| {
            let key = (at(one.name).text(), one.list);
            let again = one.short && last == Some(key);
            if one.short {
                last = Some(key);
            }
            !again
        });
        names
    }

    /// The nodes that mention `name`, by place, each behind the hash of the name.
    pub(super) fn mentions(&self, root: Node<'_>, name: &str) -> &[(u64, Id)] {
        let wanted = hash(name);
        let text = |id: Id| Node { id, ..root }.text();
        equal(&self.mentions, |(hash, id)| hash.cmp(&wanted).then_with(|| text(*id).cmp(name)))
    }

    /// The statements of `list` that declare `name`, by place, each behind the hash of the
    /// name; of those with `:=` only the first.
    pub(super) fn binders(&self, root: Node<'_>, name: &str, list: Id) -> &[(u64, Binder)] {
        let wanted = hash(name);
        let key = |one: &Binder| (Node { id: one.name, ..root }.text(), one.list);
        equal(&self.binders, |(hash, one)| hash.cmp(&wanted).then_with(|| key(one).cmp(&(name, list))))
    }
}

/// Those of `sorted` that compare as equal.
fn equal<T>(sorted: &[T], compare: impl Fn(&T) -> Ordering) -> &[T] {
    let first = sorted.partition_point(|one| compare(one).is_lt());
    let end = first + sorted[first..].partition_point(|one| compare(one).is_eq());
    &sorted[first..end]
}

/// FNV-1a, which is fast for texts as short as names.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Adds what `statement`, which a list holds at `start`, declares.
fn binders(statement: Node<'_>, start: usize, list: Id, found: &mut Vec<Binder>) {
    let mut add = |name: Node<'_>, short| {
        found.push(Binder { name: name.id, statement: start, list, short });
    };
    match statement.kind() {
        Kind::ShortVarDeclaration => {
            let left = statement.left();
            let names = left.into_iter().flat_map(Node::named).filter(|node| node.is(VALUE_NAMES));
            names.for_each(|name| add(name, true));
        }
        Kind::VarDeclaration | Kind::ConstDeclaration | Kind::TypeDeclaration => {
            for spec in specs(statement) {
                spec.fields(Field::Name).for_each(|name| add(name, false));
            }
        }
        Kind::LabeledStatement => {
            if let Some(inner) = statement.named().find(|node| node.kind() != Kind::LabelName) {
                binders(inner, start, list, found);
            }
        }
        _ => {}
    }
}

/// The specs of a `var`, `const` or `type` declaration.
pub fn specs<'t>(declaration: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let list = match declaration.kind() {
        Kind::VarDeclaration => declaration.child(Kind::VarSpecList).unwrap_or(declaration),
        _ => declaration,
    };
    list.named().filter(|spec| spec.is(&[Kind::VarSpec, Kind::ConstSpec, Kind::TypeSpec, Kind::TypeAlias]))
}

/// What a file declares and imports at top level, by name.
#[derive(Debug, Default)]
pub struct TopLevel {
    declared: HashMap<Box<str>, Vec<u32>>,
    methods: HashMap<Box<str>, Vec<u32>>,
    imported: HashMap<Box<str>, u32>,
}

impl TopLevel {
    /// Of a file with this outline, where `names` says how an import may be called.
    pub(super) fn of<'o, N: IntoIterator<Item = &'o str>>(
        outline: &'o Outline,
        names: fn(&'o Import) -> N,
    ) -> TopLevel {
        let mut top = TopLevel::default();
        for (index, decl) in outline.decls.iter().enumerate() {
            let is_method = decl.kind == DeclKind::Method;
            let list = if is_method { &mut top.methods } else { &mut top.declared };
            for name in &decl.names {
                let places = list.entry(name.text.as_str().into()).or_default();
                if places.last() != Some(&(index as u32)) {
                    places.push(index as u32);
                }
            }
        }
        for (index, import) in outline.imports.iter().enumerate() {
            for name in names(import) {
                top.imported.entry(name.into()).or_insert(index as u32);
            }
        }
        top
    }

    /// The declarations of `name` in the package's scope; several in code that does not
    /// build.
    pub fn declared(&self, name: &str) -> impl Iterator<Item = usize> {
        self.declared.get(name).into_iter().flatten().map(|index| *index as usize)
    }

    /// The methods called `name`.
    pub fn methods(&self, name: &str) -> impl Iterator<Item = usize> {
        self.methods.get(name).into_iter().flatten().map(|index| *index as usize)
    }

    /// All names that are declared in the package's scope.
    pub fn all_declared(&self) -> impl Iterator<Item = &str> {
        self.declared.keys().map(|name| &**name)
    }

    /// All names of methods.
    pub fn all_methods(&self) -> impl Iterator<Item = &str> {
        self.methods.keys().map(|name| &**name)
    }

    /// The first import that may be called `name`.
    pub fn imported(&self, name: &str) -> Option<usize> {
        self.imported.get(name).map(|index| *index as usize)
    }
}

/// The operators whose result is a boolean of no type of its own.
pub const COMPARISONS: &[Kind] =
    &[Kind::Equal, Kind::NotEqual, Kind::Less, Kind::LessOrEqual, Kind::Greater, Kind::GreaterOrEqual];

/// Literals of one token.
pub const LITERALS: &[Kind] = &[
    Kind::InterpretedStringLiteral,
    Kind::RawStringLiteral,
    Kind::RuneLiteral,
    Kind::IntLiteral,
    Kind::FloatLiteral,
    Kind::ImaginaryLiteral,
];

/// The clauses of `switch` and `select`.
pub const CLAUSES: &[Kind] =
    &[Kind::ExpressionCase, Kind::TypeCase, Kind::CommunicationCase, Kind::DefaultCase];
