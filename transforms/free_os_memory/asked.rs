//! Signs that somebody asks for the memory to be given back, or decides by what the heap
//! looks like.

use super::call::frees;
use crate::model::imports::{callee, is_call};
use crate::model::recording::variable;
use crate::model::scope;
use crate::rewrite::Cx;
use crate::syntax::{Kind, Node};
use crate::transforms::shared::collection::intent;
use crate::transforms::shared::collector;

/// That somebody asks for it: as for a collection, or in a handler that does nothing else.
pub(super) fn feature(at: Node<'_>, periodic: bool, cx: &Cx<'_>) -> Option<String> {
    intent::feature(at, periodic, cx.package()).or_else(|| intent::only_work(at, &frees, cx))
}

/// What reads the state of the heap and does more with it than to log or report it.
pub(super) fn decides_on_heap(whole: Node<'_>) -> Option<String> {
    collector::reads_heap_state(whole)?;
    let reads = whole.descendants().filter(|node| is_call(*node, "runtime", "ReadMemStats"));
    let mut statistics = Vec::new();
    for call in reads {
        let argument = call.arguments().and_then(|list| list.named().next());
        let Some(local) = argument.and_then(variable) else {
            return collector::reads_heap_state(whole);
        };
        statistics.push(local);
    }
    // What else names the heap, the statistics and their use left out.
    let other = whole.descendants().filter(|node| collector::names_heap_state(*node)).find(|node| {
        let read = node.ancestors().any(|up| is_call(up, "runtime", "ReadMemStats") || is_declaration(up));
        let field = node.parent().and_then(|up| up.operand()).and_then(variable);
        let of_statistics = variable(*node).or(field).is_some_and(|local| statistics.contains(&local));
        !read && !of_statistics && !is_reported(*node)
    });
    let used = || {
        statistics.iter().find_map(|local| {
            let uses = scope::mentions(*local).into_iter().filter(|mention| *mention != local.name);
            uses.into_iter().find(|mention| {
                let read = mention.ancestors().any(|up| is_call(up, "runtime", "ReadMemStats"));
                !read && !is_reported(*mention)
            })
        })
    };
    other.or_else(used).map(|node| format!("`{}` on line {}", node.text(), node.line()))
}

/// `var stats runtime.MemStats`
fn is_declaration(node: Node<'_>) -> bool {
    node.kind() == Kind::VarDeclaration && node.descendants().all(|part| part.kind() != Kind::CallExpression)
}

/// Whether the value only goes to a log or a metric, maybe by a variable of its own.
fn is_reported(node: Node<'_>) -> bool {
    reported(node, 2)
}

fn reported(node: Node<'_>, depth: u32) -> bool {
    const VERBS: &[&str] =
        &["print", "fprint", "log", "debug", "info", "warn", "trace", "msg", "gauge", "observe", "record"];
    for up in node.ancestors() {
        match up.kind() {
            Kind::CallExpression => {
                let name = callee(up).map(|callee| callee.field().unwrap_or(callee).text());
                let name = name.unwrap_or_default().to_lowercase();
                if name == "set"
                    || name.starts_with("error")
                    || VERBS.iter().any(|verb| name.starts_with(verb))
                {
                    return true;
                }
            }
            Kind::ShortVarDeclaration => {
                let Some(left) = up.left().filter(|left| left.named().count() == 1) else {
                    return false;
                };
                let Some(local) = left.named().next().and_then(variable) else { return false };
                return depth > 0
                    && scope::mentions(local)
                        .into_iter()
                        .filter(|mention| *mention != local.name)
                        .all(|mention| reported(mention, depth - 1));
            }
            Kind::Block | Kind::StatementList | Kind::ReturnStatement | Kind::AssignmentStatement => {
                return false;
            }
            Kind::IfStatement | Kind::ForStatement | Kind::FuncLiteral => return false,
            _ => {}
        }
    }
    false
}
