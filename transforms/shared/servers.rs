//! Who serves `http.DefaultServeMux`, where net/http/pprof puts its pages, and
//! at which address.

use crate::model::imports::{arguments, callee, is_symbol, unparenthesized};
use crate::syntax::{Field, Kind, Node};
pub use crate::transforms::shared::address::AddressReach;
use crate::transforms::shared::address::{AddressCode, is_default_mux, listener, reach};

/// A server of `http.DefaultServeMux`.
#[derive(Clone, Copy, Debug)]
pub struct Server<'p> {
    /// The call or the literal that makes it.
    pub at: Node<'p>,
    /// How far it can be reached.
    pub reach: AddressReach,
    /// Whether the code shows that it serves, and that nothing else is put before
    /// the mux.
    pub certain: bool,
}

/// The functions of net/http that serve, with the index of the address, if there
/// is one, and of the handler. Those without an address are given a listener first.
const FUNCTIONS: &[(&str, Option<usize>, usize)] = &[
    ("ListenAndServe", Some(0), 1),
    ("ListenAndServeTLS", Some(0), 3),
    ("Serve", None, 1),
    ("ServeTLS", None, 1),
];

/// The servers of `http.DefaultServeMux` in `code`.
pub fn servers<'p>(code: &AddressCode<'_, 'p>) -> Vec<Server<'p>> {
    let mut found = Vec::new();
    for (name, address, handler) in FUNCTIONS {
        for mention in mentions("net/http", name, code) {
            let Some(call) = mention.parent().filter(|call| callee(*call) == Some(mention)) else {
                continue;
            };
            let given: Vec<Node<'p>> = arguments(call).collect();
            if given.get(*handler).is_some_and(|handler| is_default_mux(*handler, code)) {
                let reach = match address {
                    Some(index) => reach(given[*index], code),
                    None => listener(given[0], code),
                };
                found.push(Server { at: call, reach, certain: true });
            }
        }
    }
    for mention in mentions("net/http", "Server", code) {
        let literal = mention.parent().filter(|literal| literal.kind() == Kind::CompositeLiteral);
        found.extend(literal.and_then(|literal| of_literal(literal, code)));
        found.extend(of_zero(mention, code));
    }
    found
}

/// Where the code puts another mux in the place of `http.DefaultServeMux`.
pub fn replaced<'p>(code: &AddressCode<'_, 'p>) -> Option<Node<'p>> {
    mentions("net/http", "DefaultServeMux", code).into_iter().find(|mention| {
        let list = mention.parent().filter(|list| list.field_name() == Some(Field::Left));
        list.and_then(Node::parent).is_some_and(|owner| owner.kind() == Kind::AssignmentStatement)
    })
}

/// The server that a literal of `http.Server` is, if its handler is the default one.
fn of_literal<'p>(literal: Node<'p>, code: &AddressCode<'_, 'p>) -> Option<Server<'p>> {
    let field = |name: &str| {
        let elements = literal.body()?.named().filter(|element| element.kind() == Kind::KeyedElement);
        let mut named =
            elements.filter(|element| element.named().next().is_some_and(|key| key.text() == name));
        named.next()?.named().nth(1).map(value)
    };
    let holder = holder(literal);
    let handler = field("Handler");
    let default = match handler {
        Some(handler) => is_default_mux(handler, code) && !is_set("Handler", holder, code),
        None => !is_set("Handler", holder, code),
    };
    if !default {
        return None;
    }
    let serving = serving(literal, holder, code);
    let later = holder.map(|_| set("Addr", holder, code)).unwrap_or_default();
    let addresses: Vec<Node<'p>> = field("Addr").into_iter().chain(later).collect();
    let certain = serving.is_some()
        && (handler.is_some() || holder.is_none_or(|holder| !is_handed_on(holder, literal, code)));
    Some(Server { at: literal, reach: reached(serving, &addresses, code), certain })
}

/// The server that is made without a literal: `var s http.Server`, `new(http.Server)`, a
/// field of that type. Only one that nothing else is put in.
fn of_zero<'p>(mention: Node<'p>, code: &AddressCode<'_, 'p>) -> Option<Server<'p>> {
    let parent = mention.parent()?;
    let name = match parent.kind() {
        Kind::VarSpec | Kind::FieldDeclaration if parent.value().is_none() => {
            let mut names = parent.fields(Field::Name);
            let name = names.next()?;
            names.next().is_none().then(|| name.text())?
        }
        Kind::ArgumentList => {
            let call = parent.parent().filter(|call| callee(*call).is_some_and(|new| new.text() == "new"))?;
            holder(call)?
        }
        _ => return None,
    };
    let serving = serving(mention, Some(name), code)?;
    let filled = || {
        let targets = code(name, None).into_iter().flat_map(Node::descendants);
        let mut written = targets.filter(|node| match node.kind() {
            Kind::AssignmentStatement => node.left().is_some_and(|left| {
                left.named().any(|target| target.field().unwrap_or(target).text() == name)
                    && !node.holds(mention)
            }),
            Kind::KeyedElement => node.named().next().is_some_and(|key| key.text() == name),
            _ => false,
        });
        written.next().is_some()
    };
    if is_set("Handler", Some(name), code) || is_handed_on(name, mention, code) || filled() {
        return None;
    }
    let reach = reached(Some(serving), &set("Addr", Some(name), code), code);
    Some(Server { at: serving, reach, certain: true })
}

/// How far the server can be reached that `serving` starts and that gets these addresses.
fn reached<'p>(
    serving: Option<Node<'p>>,
    addresses: &[Node<'p>],
    code: &AddressCode<'_, 'p>,
) -> AddressReach {
    let by_listener = serving.filter(|call| !method(*call).is_some_and(|name| name.starts_with("Listen")));
    match (by_listener.and_then(|call| arguments(call).next()), addresses) {
        (Some(given), _) => listener(given, code),
        (None, [address]) => reach(*address, code),
        (None, _) => AddressReach::Unknown,
    }
}

/// The expression of a literal's element.
fn value(element: Node<'_>) -> Node<'_> {
    if element.kind() == Kind::LiteralElement { element.named().next().unwrap_or(element) } else { element }
}

/// The name of the variable or the field that a literal, or its address, is put in.
fn holder<'p>(literal: Node<'p>) -> Option<&'p str> {
    let mut whole = literal;
    while let Some(outer) = whole.parent().filter(|outer| {
        outer.is(&[Kind::UnaryExpression, Kind::ParenthesizedExpression, Kind::LiteralElement])
    }) {
        whole = outer;
    }
    let parent = whole.parent()?;
    if parent.kind() == Kind::KeyedElement {
        return parent.named().next().map(Node::text);
    }
    let owner = parent.parent()?;
    let index = parent.named().position(|one| one == whole)?;
    let target = match owner.kind() {
        Kind::ShortVarDeclaration | Kind::AssignmentStatement => owner.left()?.named().nth(index)?,
        Kind::VarSpec => owner.fields(Field::Name).nth(index)?,
        _ => return None,
    };
    Some(target.field().unwrap_or(target).text())
}

/// The call that starts the server: of a method of the literal itself, or of what
/// is called like its holder.
fn serving<'p>(literal: Node<'p>, holder: Option<&str>, code: &AddressCode<'_, 'p>) -> Option<Node<'p>> {
    let serves = |call: &Node<'p>| method(*call).is_some_and(|name| FUNCTIONS.iter().any(|it| it.0 == name));
    let direct = || {
        let call = literal.ancestors().find(|up| up.kind() == Kind::CallExpression).filter(serves)?;
        callee(call)?.operand().filter(|operand| operand.holds(literal)).map(|_| call)
    };
    let Some(holder) = holder else { return direct() };
    let all = code(holder, None).into_iter().flat_map(Node::descendants);
    let mut calls = all.filter(serves);
    calls.find(|call| {
        let operand = callee(*call).and_then(|callee| callee.operand()).map(unparenthesized);
        operand.is_some_and(|operand| operand.field().unwrap_or(operand).text() == holder)
    })
}

/// The name of the method that `call` calls.
fn method(call: Node<'_>) -> Option<&str> {
    let callee = callee(call).filter(|callee| callee.kind() == Kind::SelectorExpression)?;
    callee.field().map(Node::text)
}

/// Whether a field of the server is set later; for a server that no name is known
/// of, of any one.
fn is_set(field: &str, holder: Option<&str>, code: &AddressCode<'_, '_>) -> bool {
    !set(field, holder, code).is_empty()
}

/// What a field of the server is set to later.
fn set<'p>(field: &str, holder: Option<&str>, code: &AddressCode<'_, 'p>) -> Vec<Node<'p>> {
    let assignments = code(field, None).into_iter().flat_map(Node::descendants);
    let mut found = Vec::new();
    for assignment in assignments.filter(|node| node.kind() == Kind::AssignmentStatement) {
        let (Some(left), Some(right)) = (assignment.left(), assignment.right()) else {
            continue;
        };
        for (index, target) in left.named().enumerate() {
            let operand = target.operand().map(unparenthesized);
            let ours = target.field().is_some_and(|name| name.text() == field)
                && (holder.is_none()
                    || operand.map(|operand| operand.field().unwrap_or(operand).text()) == holder);
            found.extend(right.named().nth(index).or(right.named().next()).filter(|_| ours));
        }
    }
    found
}

/// Whether the server is an argument of a call, where it may get a handler.
fn is_handed_on(holder: &str, literal: Node<'_>, code: &AddressCode<'_, '_>) -> bool {
    let whole = code(holder, None).into_iter().filter(|root| root.file().path() == literal.file().path());
    whole.flat_map(Node::descendants).filter(|node| node.kind() == Kind::ArgumentList).any(|list| {
        list.named().any(|given| {
            let given = given.operand().filter(|_| given.kind() == Kind::UnaryExpression).unwrap_or(given);
            given.field().unwrap_or(given).text() == holder
        })
    })
}

/// The mentions of a symbol in `code`.
fn mentions<'p>(path: &str, name: &str, code: &AddressCode<'_, 'p>) -> Vec<Node<'p>> {
    let is = |node: &Node<'p>| {
        node.is(&[Kind::SelectorExpression, Kind::QualifiedType, Kind::Identifier, Kind::TypeIdentifier])
            && is_symbol(*node, path, name)
    };
    code(name, Some(path)).into_iter().flat_map(Node::descendants).filter(is).collect()
}
