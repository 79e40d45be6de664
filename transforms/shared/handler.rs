//! Functions that serve one request, by their signatures.

use crate::model::imports::is_symbol;
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// What a function serves, when its signature says that it is a handler:
/// `(http.ResponseWriter, *http.Request)`, or a method
/// `(context.Context, *XRequest) (*XResponse, error)` in a package that imports
/// gRPC or Connect.
pub fn served<'t>(function: Node<'t>, cx: &Cx<'t>) -> Option<&'static str> {
    let parameters = types(function.parameters()?);
    let [first, second] = parameters[..] else { return None };
    let pointer = pointee(second)?;
    if is_symbol(first, "net/http", "ResponseWriter") && is_symbol(pointer, "net/http", "Request") {
        return function.result().is_none().then_some("an HTTP handler");
    }
    let results = types(function.result().filter(|result| result.kind() == Kind::ParameterList)?);
    let [answer, error] = results[..] else { return None };
    let answer = pointee(answer)?;
    let named = |node: Node<'_>, ends: &[&str]| ends.iter().any(|end| node.text().ends_with(end));
    let grpc =
        ["google.golang.org/grpc", "connectrpc.com/connect"].iter().any(|path| cx.package().imports(path));
    let serves = function.kind() == Kind::MethodDeclaration
        && is_symbol(first, "context", "Context")
        && named(pointer, &["Request"])
        && named(answer, &["Response", "Reply"])
        && error.text() == "error"
        && grpc;
    serves.then_some("a gRPC handler")
}

/// The types of the parameters or results, one for each.
fn types(list: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for parameter in list.named().filter(|node| node.kind() == Kind::ParameterDeclaration) {
        let names = parameter.fields(Field::Name).count().max(1);
        found.extend(parameter.ty().into_iter().cycle().take(names));
    }
    found
}

fn pointee(node: Node<'_>) -> Option<Node<'_>> {
    node.named().next().filter(|_| node.kind() == Kind::PointerType)
}
