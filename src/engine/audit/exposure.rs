//! Who serves `http.DefaultServeMux`, where net/http/pprof puts its pages, and
//! at which address.

use super::program::Program;
use crate::model::imports::{arguments, unparenthesized};
use crate::model::scope::{self, Def};
use crate::syntax::Node;
use crate::syntax::outline::unquoted;

/// How far an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only from the machine itself.
    Loopback,
    /// From elsewhere too.
    Network,
    /// It is not written in the code.
    Unknown,
}

/// A server of `http.DefaultServeMux`.
pub(super) struct Server<'p> {
    /// The call or the literal that makes it.
    pub at: Node<'p>,
    pub reach: Reach,
}

/// The servers of `http.DefaultServeMux` that can run.
pub(super) fn servers(program: &Program) -> Vec<Server<'_>> {
    let mut found = Vec::new();
    // The function, and the index of its address and of its handler.
    for (name, address, handler) in [
        ("ListenAndServe", Some(0), 1),
        ("ListenAndServeTLS", Some(0), 3),
        ("Serve", None, 1),
        ("ServeTLS", None, 1),
    ] {
        for (mention, _) in program.mentions("net/http", name) {
            let Some(call) = mention.parent().filter(|call| call.kind() == "call_expression") else {
                continue;
            };
            let given: Vec<Node<'_>> = arguments(call).collect();
            if given.get(handler).is_some_and(|handler| is_default(*handler)) {
                let address = address.and_then(|index: usize| given.get(index));
                found.push(Server { at: call, reach: address.map_or(Reach::Unknown, |given| reach(*given)) });
            }
        }
    }
    for (mention, _) in program.mentions("net/http", "Server") {
        let Some(literal) = mention.parent().filter(|literal| literal.kind() == "composite_literal") else {
            continue;
        };
        let field = |name: &str| {
            let elements = literal.field("body")?.named().filter(|element| element.kind() == "keyed_element");
            let mut named =
                elements.filter(|element| element.named().next().is_some_and(|key| key.text() == name));
            named.next()?.named().nth(1).map(value)
        };
        // A handler may be set later, in an assignment to the field.
        let set_later = program.running("Handler").into_iter().any(|(root, _)| {
            root.descendants().any(|node| {
                node.kind() == "assignment_statement"
                    && node.field("left").is_some_and(|left| left.text().ends_with(".Handler"))
            })
        });
        match field("Handler") {
            Some(handler) if !is_default(handler) => {}
            None if set_later => {}
            _ => found.push(Server { at: literal, reach: field("Addr").map_or(Reach::Unknown, reach) }),
        }
    }
    found
}

/// The expression of a literal's element.
fn value(element: Node<'_>) -> Node<'_> {
    if element.kind() == "literal_element" { element.named().next().unwrap_or(element) } else { element }
}

fn is_default(handler: Node<'_>) -> bool {
    handler.text() == "nil" || crate::model::imports::is_symbol(handler, "net/http", "DefaultServeMux")
}

/// How far the address can be reached that `expression` says.
pub(super) fn reach(expression: Node<'_>) -> Reach {
    match constant(unparenthesized(expression)) {
        Some(address) => {
            let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let loopback = host == "localhost"
                || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
            if loopback { Reach::Loopback } else { Reach::Network }
        }
        None => Reach::Unknown,
    }
}

/// The text of a string literal, or of a name that stands for one all its life.
fn constant(expression: Node<'_>) -> Option<String> {
    match expression.kind() {
        "interpreted_string_literal" | "raw_string_literal" => Some(unquoted(expression.text())),
        "binary_expression" => {
            // "localhost:" + port: the host decides.
            let left = constant(expression.field("left")?)?;
            (left.contains(':') && expression.field("operator")?.kind() == "+").then_some(left)
        }
        "identifier" => {
            let file = expression.file();
            let declared = match scope::resolve(expression) {
                Def::Local(local) if local.kind == scope::LocalKind::Const => local.name,
                Def::TopLevel(index) => {
                    let root = file.decl(index)?;
                    let named = |node: &Node<'_>| {
                        node.kind() == "const_spec"
                            && node.fields("name").any(|name| name.text() == expression.text())
                    };
                    root.descendants().find(named)?.field("name")?
                }
                _ => return None,
            };
            let spec = declared.parent().filter(|spec| spec.kind() == "const_spec")?;
            let mut values = spec.field("value")?.named();
            let only = values.next().filter(|_| spec.fields("name").count() == 1)?;
            constant(only)
        }
        _ => None,
    }
}
