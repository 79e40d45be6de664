//! Names to what they mean: block scopes with every binder Go has, then the
//! package, the imports of the file and the predeclared names.

use crate::model::import_names::names_of;
use crate::syntax::CLAUSES;
use crate::syntax::{Field, File, Import, Kind, Node, NodeId, TopLevel, VALUE_NAMES as NAMES, specs};
use std::sync::Arc;

/// What kind of thing a local name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocalKind {
    /// `var`, `:=`
    Var,
    /// A loop's own variable: `for i := …`, `for k, v := range …`
    Loop,
    /// `case v := <-ch`
    Received,
    /// `switch t := x.(type)`
    TypeSwitch,
    /// `const`
    Const,
    /// `type`
    Type,
    /// A parameter of a function or literal.
    Param,
    /// A named result.
    Result,
    /// The receiver of a method.
    Receiver,
    /// A type parameter, of a receiver too.
    TypeParam,
}

impl LocalKind {
    /// Whether the compiler insists on a use.
    pub fn must_be_used(self) -> bool {
        matches!(self, LocalKind::Var | LocalKind::Loop | LocalKind::Received | LocalKind::TypeSwitch)
    }

    /// Whether it holds a value that can change.
    pub fn is_variable(self) -> bool {
        !matches!(self, LocalKind::Const | LocalKind::Type | LocalKind::TypeParam)
    }
}

/// A name declared inside a top-level declaration.
#[derive(Clone, Copy, Debug)]
pub struct Local<'t> {
    /// The identifier where it is declared.
    pub name: Node<'t>,
    /// What it is.
    pub kind: LocalKind,
    /// The node whose end ends the scope: a block, clause, statement or
    /// function.
    pub scope: Node<'t>,
}

impl PartialEq for Local<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Local<'_> {}

/// What a name means at a place, as far as one file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Def<'t> {
    /// Declared in the enclosing function or declaration.
    Local(Local<'t>),
    /// Declared at top level in this file: index of the declaration.
    TopLevel(usize),
    /// Imported by this file.
    Import(&'t Import),
    /// Not declared in this file: another file of the package, a dot import or
    /// the universe block declares it.
    Outside,
}

/// What the identifier or type name `at` means.
pub fn resolve<'t>(at: Node<'t>) -> Def<'t> {
    resolve_name(at.text(), at)
}

/// What `name` would mean if it stood where `at` stands.
pub fn resolve_name<'t>(name: &str, at: Node<'t>) -> Def<'t> {
    match local(name, at) {
        Some(local) => Def::Local(local),
        None => at_file(name, at.file()),
    }
}

/// What `name` means at the top level of `file`.
pub fn at_file<'t>(name: &str, file: &'t File) -> Def<'t> {
    let top = top_level(file);
    if name != "_"
        && name != "init"
        && let Some(index) = top.declared(name).next()
    {
        return Def::TopLevel(index);
    }
    match top.imported(name) {
        Some(index) => Def::Import(&file.outline().imports[index]),
        None => Def::Outside,
    }
}

/// What `file` declares and imports at top level, by name.
pub fn top_level(file: &File) -> &TopLevel {
    file.top_level(names_of)
}

/// The local that `name` means at the place of `at`, if any.
pub fn local<'t>(name: &str, at: Node<'t>) -> Option<Local<'t>> {
    if name == "_" {
        return None;
    }
    let place = at.start();
    let mut below = at;
    for scope in at.ancestors() {
        let found = match scope.kind() {
            Kind::StatementList => in_statements(name, scope, below, place),
            Kind::VarDeclaration | Kind::ConstDeclaration | Kind::VarSpecList | Kind::TypeDeclaration => {
                // A spec of a group sees the specs before it; the statement
                // list only sees whole statements.
                in_specs(name, scope, below, place, statement_scope(scope))
            }
            Kind::IfStatement | Kind::ExpressionSwitchStatement => in_initializer(name, scope, below, place),
            Kind::TypeSwitchStatement => {
                // The types of a clause are outside the block that has the alias.
                let in_clause =
                    || below.child(Kind::StatementList).is_some_and(|list| list.span().covers(at.span()));
                scope
                    .alias()
                    .filter(|alias| *alias == below || (below.is(CLAUSES) && in_clause()))
                    .and_then(|alias| named(name, alias))
                    .map(|name| Local { name, kind: LocalKind::TypeSwitch, scope })
                    .or_else(|| in_initializer(name, scope, below, place))
            }
            Kind::ForStatement => in_loop_header(name, scope, below),
            Kind::ForClause => {
                let init = scope.initializer().filter(|init| place >= init.end() || *init == below);
                init.filter(|init| *init != below || declares_here(name, *init, place))
                    .and_then(|init| declared_by(name, init))
                    .map(|name| Local { name, kind: LocalKind::Loop, scope: scope.parent().unwrap_or(scope) })
            }
            Kind::RangeClause => scope
                .left()
                .filter(|left| *left == below && declares(scope))
                .and_then(|left| named(name, left))
                .map(|name| Local { name, kind: LocalKind::Loop, scope: scope.parent().unwrap_or(scope) }),
            Kind::CommunicationCase => {
                let receive = scope.communication().filter(|c| c.kind() == Kind::ReceiveStatement);
                receive
                    .filter(|receive| declares(*receive))
                    .and_then(|receive| receive.left())
                    .filter(|left| left.span().covers(at.span()) || below.kind() == Kind::StatementList)
                    .and_then(|left| named(name, left))
                    .map(|name| Local { name, kind: LocalKind::Received, scope })
            }
            Kind::FunctionDeclaration
            | Kind::MethodDeclaration
            | Kind::FuncLiteral
            | Kind::FunctionType
            | Kind::MethodElem
                if below.field_name() != Some(Field::Name) =>
            {
                in_signature(name, scope, below, place)
            }
            Kind::TypeSpec | Kind::TypeAlias => scope
                .type_parameters()
                .filter(|_| below.field_name() != Some(Field::Name))
                .and_then(|list| in_type_parameters(name, list))
                .map(|name| Local { name, kind: LocalKind::TypeParam, scope }),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        below = scope;
    }
    None
}

/// Every identifier in the scope of `local` that means it, its declaration
/// included, in the order of the text.
pub fn mentions<'t>(local: Local<'t>) -> Vec<Node<'t>> {
    let name = local.name.text();
    let means_it = |node: &Node<'t>| {
        node.kind() != Kind::LabelName && matches!(resolve(*node), Def::Local(found) if found == local)
    };
    let named: Vec<Node<'t>> = local.scope.mentions(name).collect();
    if named.len() < MANY {
        return named.into_iter().filter(means_it).collect();
    }
    // Each place that a variable is used at may ask for all of them.
    let places: Arc<[NodeId]> = local
        .name
        .remember("mentions of a local", || named.into_iter().filter(means_it).map(Node::place).collect());
    places.iter().map(|place| local.name.root().at(*place)).collect()
}

/// So many mentions of a name are worth remembering which of them mean a local.
const MANY: usize = 16;

/// The locals that a statement declares in the block that it stands in, with
/// their identifiers.
pub fn declared<'t>(statement: Node<'t>) -> Vec<Node<'t>> {
    match statement.kind() {
        Kind::ShortVarDeclaration => statement.left().map(|left| left.named().collect()).unwrap_or_default(),
        Kind::VarDeclaration | Kind::ConstDeclaration | Kind::TypeDeclaration => {
            specs(statement).flat_map(|spec| spec.fields(Field::Name).collect::<Vec<_>>()).collect()
        }
        Kind::LabeledStatement => inner(statement).map(declared).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn inner<'t>(labeled: Node<'t>) -> Option<Node<'t>> {
    labeled.named().find(|node| node.kind() != Kind::LabelName)
}

fn in_statements<'t>(name: &str, list: Node<'t>, below: Node<'t>, place: usize) -> Option<Local<'t>> {
    let scope = statement_scope(list);
    // A `:=` of a name that the block has is an assignment.
    let (mut short, mut found) = (None, None);
    for (_, declared, is_short) in list.binders(name).take_while(|(start, ..)| *start < below.start()) {
        if is_short {
            short.get_or_insert(declared);
        } else {
            found = Some(declared);
        }
    }
    let found = found.or_else(|| {
        // Inside the declaring statement itself: the left side of `:=` names
        // what it declares, unless the block already has that variable.
        let own = || declared_by(name, below).filter(|_| declares_here(name, below, place));
        short.or_else(own).filter(|_| !has_before(name, list))
    });
    found.map(|name| Local { name, kind: kind_of(name), scope })
}

/// Whether the block of `list` has a variable `name` before its first
/// statement: the parameters and results of a function, the variables that a
/// clause of `select` receives and the alias of a type switch share the block
/// of the body.
fn has_before(name: &str, list: Node<'_>) -> bool {
    let Some(owner) = list.parent() else { return false };
    match owner.kind() {
        Kind::Block => owner.parent().is_some_and(|function| {
            function.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral])
                && [Field::Parameters, Field::Result, Field::Receiver]
                    .into_iter()
                    .filter_map(|field| function.child_by_field(field))
                    .any(|list| in_parameters(name, list).is_some())
        }),
        Kind::CommunicationCase => owner
            .communication()
            .filter(|receive| receive.kind() == Kind::ReceiveStatement && declares(*receive))
            .and_then(|receive| receive.left())
            .is_some_and(|left| named(name, left).is_some()),
        Kind::TypeCase | Kind::DefaultCase => {
            owner.parent().and_then(|switch| switch.alias()).is_some_and(|alias| named(name, alias).is_some())
        }
        _ => false,
    }
}

fn kind_of(name: Node<'_>) -> LocalKind {
    match name.parent().map(|parent| parent.kind()) {
        Some(Kind::ConstSpec) => LocalKind::Const,
        Some(Kind::TypeSpec | Kind::TypeAlias) => LocalKind::Type,
        _ => LocalKind::Var,
    }
}

/// Whether `place` is the identifier `name` on the declaring side of
/// `statement` (a type name is in scope within its own declaration too).
fn declares_here(name: &str, statement: Node<'_>, place: usize) -> bool {
    declared_by(name, statement).is_some_and(|node| {
        node.start() == place || (statement.kind() == Kind::TypeDeclaration && node.start() <= place)
    })
}

fn in_specs<'t>(
    name: &str,
    group: Node<'t>,
    below: Node<'t>,
    place: usize,
    scope: Node<'t>,
) -> Option<Local<'t>> {
    let of = |spec: Node<'t>| {
        spec.fields(Field::Name).find(|node| node.text() == name).map(|node| Local {
            name: node,
            kind: kind_of(node),
            scope,
        })
    };
    // A top-level declaration has no statement list above it: its names are
    // the package's, not local.
    if !group.ancestors().any(|node| node.kind() == Kind::StatementList) {
        return None;
    }
    let mut found = None;
    for spec in group.named().take_while(|spec| spec.start() <= below.start()) {
        let sees_itself = || {
            spec.is(&[Kind::TypeSpec, Kind::TypeAlias])
                || spec.fields(Field::Name).any(|node| node.start() == place)
        };
        if spec != below || sees_itself() {
            found = of(spec).or(found);
        }
    }
    found
}

/// The node that bounds the scope of what is declared directly in a statement
/// list: the block or the clause around it.
fn statement_scope(node: Node<'_>) -> Node<'_> {
    let list = std::iter::once(node).chain(node.ancestors()).find(|node| node.kind() == Kind::StatementList);
    list.and_then(Node::parent).unwrap_or(node)
}

/// An `if`, `switch` or type switch opens a block of its own for its
/// initializer, so each name on the left of its `:=` is new.
fn in_initializer<'t>(name: &str, statement: Node<'t>, below: Node<'t>, place: usize) -> Option<Local<'t>> {
    let init = statement.initializer()?;
    let visible = if below == init { declares_here(name, init, place) } else { below.start() >= init.end() };
    let declared = declared_by(name, init).filter(|_| visible)?;
    Some(Local { name: declared, kind: LocalKind::Var, scope: statement })
}

fn in_loop_header<'t>(name: &str, statement: Node<'t>, below: Node<'t>) -> Option<Local<'t>> {
    let header = statement.named().next()?;
    if header == below {
        return None;
    }
    let declared = match header.kind() {
        Kind::ForClause => header.initializer().and_then(|init| declared_by(name, init)),
        Kind::RangeClause if declares(header) => header.left().and_then(|left| named(name, left)),
        _ => None,
    };
    declared.map(|name| Local { name, kind: LocalKind::Loop, scope: statement })
}

/// The identifier `name` among those that the statement declares.
fn declared_by<'t>(name: &str, statement: Node<'t>) -> Option<Node<'t>> {
    match statement.kind() {
        Kind::ShortVarDeclaration => statement.left().and_then(|left| named(name, left)),
        Kind::VarDeclaration | Kind::ConstDeclaration | Kind::TypeDeclaration => {
            specs(statement).find_map(|spec| spec.fields(Field::Name).find(|node| node.text() == name))
        }
        Kind::LabeledStatement => inner(statement).and_then(|statement| declared_by(name, statement)),
        _ => None,
    }
}

/// Whether a range clause or receive statement uses `:=`.
pub fn declares(clause: Node<'_>) -> bool {
    clause.children().any(|token| token.kind() == Kind::Define)
}

fn named<'t>(name: &str, list: Node<'t>) -> Option<Node<'t>> {
    list.named().find(|node| node.is(NAMES) && node.text() == name)
}

fn in_signature<'t>(name: &str, function: Node<'t>, below: Node<'t>, place: usize) -> Option<Local<'t>> {
    let of = |name, kind| Some(Local { name, kind, scope: function });
    if function.body() == Some(below) {
        for (field, kind) in [
            (Field::Parameters, LocalKind::Param),
            (Field::Result, LocalKind::Result),
            (Field::Receiver, LocalKind::Receiver),
        ] {
            if let Some(found) = function.child_by_field(field).and_then(|list| in_parameters(name, list)) {
                return of(found, kind);
            }
        }
    } else if below.kind() == Kind::ParameterList {
        // Types in a parameter list do not see its names; only the name's own
        // place means the parameter.
        let kind = match below.field_name() {
            Some(Field::Receiver) => LocalKind::Receiver,
            Some(Field::Result) => LocalKind::Result,
            _ => LocalKind::Param,
        };
        if let Some(found) = in_parameters(name, below).filter(|found| found.start() == place) {
            return of(found, kind);
        }
    }
    if let Some(found) = function.type_parameters().and_then(|list| in_type_parameters(name, list)) {
        return of(found, LocalKind::TypeParam);
    }
    let receiver = function.receiver()?;
    let arguments = receiver.descendants().find(|node| node.kind() == Kind::TypeArguments)?;
    if below == receiver && place < arguments.start() {
        return None;
    }
    let parameter =
        arguments.descendants().find(|node| node.kind() == Kind::TypeIdentifier && node.text() == name)?;
    of(parameter, LocalKind::TypeParam)
}

fn in_parameters<'t>(name: &str, list: Node<'t>) -> Option<Node<'t>> {
    list.named()
        .filter(|parameter| parameter.is(&[Kind::ParameterDeclaration, Kind::VariadicParameterDeclaration]))
        .find_map(|parameter| parameter.fields(Field::Name).find(|node| node.text() == name))
}

fn in_type_parameters<'t>(name: &str, list: Node<'t>) -> Option<Node<'t>> {
    list.named()
        .filter(|parameter| parameter.kind() == Kind::TypeParameterDeclaration)
        .find_map(|parameter| parameter.fields(Field::Name).find(|node| node.text() == name))
}
