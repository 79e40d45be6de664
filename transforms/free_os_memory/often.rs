//! How often a call is made, as far as its package shows.

use crate::model::effects::function_of;
use crate::model::imports::{callee, is_call};
use crate::model::rounds;
use crate::rewrite::Cx;
use crate::syntax::{Kind, Node};
use crate::transforms::shared::handler;

/// How often the code at a place runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Often {
    /// Once in the life of the program.
    Once,
    /// Over and over: in a loop, or for each request.
    Again,
    /// As often as this function calls back.
    Callback(String),
    /// Its function is called over and over, here.
    CalledAgain(String),
    /// Nothing tells.
    Unknown,
}

impl Often {
    /// The function that calls back.
    pub(super) fn callback(&self) -> Option<String> {
        match self {
            Often::Callback(helper) => Some(helper.clone()),
            _ => None,
        }
    }

    /// Where the function is called over and over.
    pub(super) fn called(&self) -> Option<String> {
        match self {
            Often::CalledAgain(place) => Some(place.clone()),
            _ => None,
        }
    }
}

/// How often the code at `at` runs.
pub(super) fn of(at: Node<'_>, cx: &Cx<'_>) -> Often {
    let mut at = at;
    loop {
        let statement =
            at.ancestors().find(|up| up.parent().is_some_and(|list| list.kind() == Kind::StatementList));
        let stands = at.parent().is_some_and(|list| list.kind() == Kind::StatementList);
        if let Some(statement) = if stands { Some(at) } else { statement }
            && function_of(statement) == function_of(at)
            && rounds::comes_back(statement, cx.package())
        {
            return Often::Again;
        }
        let Some(function) = function_of(at) else { return Often::Unknown };
        if handler::served(function, cx).is_some() {
            return Often::Again;
        }
        if function.kind() != Kind::FuncLiteral {
            return of_function(function, cx);
        }
        let Some(outer) = function.parent() else { return Often::Unknown };
        match outer.kind() {
            // Called where it stands, at once, by `go` or by `defer`.
            Kind::CallExpression => at = outer,
            Kind::ArgumentList => {
                let Some(call) = outer.parent() else { return Often::Unknown };
                let Some(helper) = callee(call) else { return Often::Unknown };
                let name = helper.field().unwrap_or(helper).text();
                if name == "Do" {
                    return Often::Once;
                }
                if ["Go", "Submit"].contains(&name) || is_call(call, "time", "AfterFunc") {
                    at = call;
                    continue;
                }
                return Often::Callback(format!("`{}` on line {}", helper.text(), call.line()));
            }
            _ => return Often::Unknown,
        }
    }
}

/// How often a function or method runs, by the calls that its package shows.
fn of_function(function: Node<'_>, cx: &Cx<'_>) -> Often {
    let Some(name) = function.name().map(Node::text) else { return Often::Unknown };
    if function.kind() == Kind::FunctionDeclaration && matches!(name, "main" | "init") {
        return Often::Once;
    }
    let package = cx.package();
    for file in package.files().filter(|file| file.may_name(name)) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if !decl.span.of(file.text()).contains(name) {
                continue;
            }
            let Some(root) = file.decl(index) else { continue };
            let calls = root.descendants().filter(|node| {
                callee(*node).map(|it| it.field().unwrap_or(it)).is_some_and(|it| it.text() == name)
            });
            for call in calls {
                let statement = call
                    .ancestors()
                    .find(|up| up.parent().is_some_and(|list| list.kind() == Kind::StatementList));
                let mut around = std::iter::successors(function_of(call), |function| function_of(*function));
                let again = statement.is_some_and(|statement| {
                    function_of(statement) == function_of(call) && rounds::comes_back(statement, package)
                }) || around.any(|function| handler::served(function, cx).is_some());
                if again {
                    let path = file.path().file_name().unwrap_or_default().to_string_lossy();
                    return Often::CalledAgain(format!("`{name}` on line {} of {path}", call.line()));
                }
            }
        }
    }
    Often::Unknown
}
