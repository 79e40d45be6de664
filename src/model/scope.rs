//! Names to what they mean: block scopes with every binder Go has, then the
//! package, the imports of the file and the predeclared names.

use super::flow::CLAUSES;
use super::imports::names_of;
use crate::syntax::{File, Import, Node, TopLevel, VALUE_NAMES as NAMES, specs};

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
            "statement_list" => in_statements(name, scope, below, place),
            "var_declaration" | "const_declaration" | "var_spec_list" | "type_declaration" => {
                // A spec of a group sees the specs before it; the statement
                // list only sees whole statements.
                in_specs(name, scope, below, place, statement_scope(scope))
            }
            "if_statement" | "expression_switch_statement" => in_initializer(name, scope, below, place),
            "type_switch_statement" => {
                // The types of a clause are outside the block that has the alias.
                let in_clause =
                    || below.child("statement_list").is_some_and(|list| list.span().covers(at.span()));
                scope
                    .field("alias")
                    .filter(|alias| *alias == below || (below.is(CLAUSES) && in_clause()))
                    .and_then(|alias| named(name, alias))
                    .map(|name| Local { name, kind: LocalKind::TypeSwitch, scope })
                    .or_else(|| in_initializer(name, scope, below, place))
            }
            "for_statement" => in_loop_header(name, scope, below),
            "for_clause" => {
                let init = scope.field("initializer").filter(|init| place >= init.end() || *init == below);
                init.filter(|init| *init != below || declares_here(name, *init, place))
                    .and_then(|init| declared_by(name, init))
                    .map(|name| Local { name, kind: LocalKind::Loop, scope: scope.parent().unwrap_or(scope) })
            }
            "range_clause" => scope
                .field("left")
                .filter(|left| *left == below && declares(scope))
                .and_then(|left| named(name, left))
                .map(|name| Local { name, kind: LocalKind::Loop, scope: scope.parent().unwrap_or(scope) }),
            "communication_case" => {
                let receive = scope.field("communication").filter(|c| c.kind() == "receive_statement");
                receive
                    .filter(|receive| declares(*receive))
                    .and_then(|receive| receive.field("left"))
                    .filter(|left| left.span().covers(at.span()) || below.kind() == "statement_list")
                    .and_then(|left| named(name, left))
                    .map(|name| Local { name, kind: LocalKind::Received, scope })
            }
            "function_declaration"
            | "method_declaration"
            | "func_literal"
            | "function_type"
            | "method_elem"
                if below.field_name() != Some("name") =>
            {
                in_signature(name, scope, below, place)
            }
            "type_spec" | "type_alias" => scope
                .field("type_parameters")
                .filter(|_| below.field_name() != Some("name"))
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
        node.kind() != "label_name" && matches!(resolve(*node), Def::Local(found) if found == local)
    };
    local.scope.mentions(name).filter(means_it).collect()
}

/// The locals that a statement declares in the block that it stands in, with
/// their identifiers.
pub fn declared<'t>(statement: Node<'t>) -> Vec<Node<'t>> {
    match statement.kind() {
        "short_var_declaration" => {
            statement.field("left").map(|left| left.named().collect()).unwrap_or_default()
        }
        "var_declaration" | "const_declaration" | "type_declaration" => {
            specs(statement).flat_map(|spec| spec.fields("name").collect::<Vec<_>>()).collect()
        }
        "labeled_statement" => inner(statement).map(declared).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn inner<'t>(labeled: Node<'t>) -> Option<Node<'t>> {
    labeled.named().find(|node| node.kind() != "label_name")
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
        "block" => owner.parent().is_some_and(|function| {
            function.is(&["function_declaration", "method_declaration", "func_literal"])
                && ["parameters", "result", "receiver"]
                    .iter()
                    .filter_map(|field| function.field(field))
                    .any(|list| in_parameters(name, list).is_some())
        }),
        "communication_case" => owner
            .field("communication")
            .filter(|receive| receive.kind() == "receive_statement" && declares(*receive))
            .and_then(|receive| receive.field("left"))
            .is_some_and(|left| named(name, left).is_some()),
        "type_case" | "default_case" => owner
            .parent()
            .and_then(|switch| switch.field("alias"))
            .is_some_and(|alias| named(name, alias).is_some()),
        _ => false,
    }
}

fn kind_of(name: Node<'_>) -> LocalKind {
    match name.parent().map(|parent| parent.kind()) {
        Some("const_spec") => LocalKind::Const,
        Some("type_spec" | "type_alias") => LocalKind::Type,
        _ => LocalKind::Var,
    }
}

/// Whether `place` is the identifier `name` on the declaring side of
/// `statement` (a type name is in scope within its own declaration too).
fn declares_here(name: &str, statement: Node<'_>, place: usize) -> bool {
    declared_by(name, statement).is_some_and(|node| {
        node.start() == place || (statement.kind() == "type_declaration" && node.start() <= place)
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
        spec.fields("name").find(|node| node.text() == name).map(|node| Local {
            name: node,
            kind: kind_of(node),
            scope,
        })
    };
    // A top-level declaration has no statement list above it: its names are
    // the package's, not local.
    if !group.ancestors().any(|node| node.kind() == "statement_list") {
        return None;
    }
    let mut found = None;
    for spec in group.named().take_while(|spec| spec.start() <= below.start()) {
        let sees_itself =
            || spec.is(&["type_spec", "type_alias"]) || spec.fields("name").any(|node| node.start() == place);
        if spec != below || sees_itself() {
            found = of(spec).or(found);
        }
    }
    found
}

/// The node that bounds the scope of what is declared directly in a statement
/// list: the block or the clause around it.
fn statement_scope(node: Node<'_>) -> Node<'_> {
    let list = std::iter::once(node).chain(node.ancestors()).find(|node| node.kind() == "statement_list");
    list.and_then(Node::parent).unwrap_or(node)
}

/// An `if`, `switch` or type switch opens a block of its own for its
/// initializer, so each name on the left of its `:=` is new.
fn in_initializer<'t>(name: &str, statement: Node<'t>, below: Node<'t>, place: usize) -> Option<Local<'t>> {
    let init = statement.field("initializer")?;
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
        "for_clause" => header.field("initializer").and_then(|init| declared_by(name, init)),
        "range_clause" if declares(header) => header.field("left").and_then(|left| named(name, left)),
        _ => None,
    };
    declared.map(|name| Local { name, kind: LocalKind::Loop, scope: statement })
}

/// The identifier `name` among those that the statement declares.
fn declared_by<'t>(name: &str, statement: Node<'t>) -> Option<Node<'t>> {
    match statement.kind() {
        "short_var_declaration" => statement.field("left").and_then(|left| named(name, left)),
        "var_declaration" | "const_declaration" | "type_declaration" => {
            specs(statement).find_map(|spec| spec.fields("name").find(|node| node.text() == name))
        }
        "labeled_statement" => inner(statement).and_then(|statement| declared_by(name, statement)),
        _ => None,
    }
}

/// Whether a range clause or receive statement uses `:=`.
pub fn declares(clause: Node<'_>) -> bool {
    clause.children().any(|token| token.kind() == ":=")
}

fn named<'t>(name: &str, list: Node<'t>) -> Option<Node<'t>> {
    list.named().find(|node| node.is(NAMES) && node.text() == name)
}

fn in_signature<'t>(name: &str, function: Node<'t>, below: Node<'t>, place: usize) -> Option<Local<'t>> {
    let of = |name, kind| Some(Local { name, kind, scope: function });
    if function.field("body") == Some(below) {
        for (field, kind) in [
            ("parameters", LocalKind::Param),
            ("result", LocalKind::Result),
            ("receiver", LocalKind::Receiver),
        ] {
            if let Some(found) = function.field(field).and_then(|list| in_parameters(name, list)) {
                return of(found, kind);
            }
        }
    } else if below.kind() == "parameter_list" {
        // Types in a parameter list do not see its names; only the name's own
        // place means the parameter.
        let kind = match below.field_name() {
            Some("receiver") => LocalKind::Receiver,
            Some("result") => LocalKind::Result,
            _ => LocalKind::Param,
        };
        if let Some(found) = in_parameters(name, below).filter(|found| found.start() == place) {
            return of(found, kind);
        }
    }
    if let Some(found) = function.field("type_parameters").and_then(|list| in_type_parameters(name, list)) {
        return of(found, LocalKind::TypeParam);
    }
    let receiver = function.field("receiver")?;
    let arguments = receiver.descendants().find(|node| node.kind() == "type_arguments")?;
    if below == receiver && place < arguments.start() {
        return None;
    }
    let parameter =
        arguments.descendants().find(|node| node.kind() == "type_identifier" && node.text() == name)?;
    of(parameter, LocalKind::TypeParam)
}

fn in_parameters<'t>(name: &str, list: Node<'t>) -> Option<Node<'t>> {
    list.named()
        .filter(|parameter| parameter.is(&["parameter_declaration", "variadic_parameter_declaration"]))
        .find_map(|parameter| parameter.fields("name").find(|node| node.text() == name))
}

fn in_type_parameters<'t>(name: &str, list: Node<'t>) -> Option<Node<'t>> {
    list.named()
        .filter(|parameter| parameter.kind() == "type_parameter_declaration")
        .find_map(|parameter| parameter.fields("name").find(|node| node.text() == name))
}
