//! Which statements have surely run when control reaches a place.

use super::effects::function_of;
use crate::syntax::{Field, Kind, Node};

/// Whether each path from the start of the block that holds `statement` to
/// `place` passes `statement` last before it leaves that block's list: nothing
/// but what follows it in its own list (or in the statement whose initializer
/// it is) counts. A place in a function literal behind it counts, as the
/// literal does not exist before. A function with a `goto` answers no.
///
/// `statement` is a simple statement. The answer errs towards no.
pub fn dominates(statement: Node<'_>, place: Node<'_>) -> bool {
    if place.start() < statement.end() || has_goto(statement) || has_goto(place) {
        return false;
    }
    // Climb while each step is taken whenever control enters the parent, until
    // the place stands below too.
    let mut at = statement;
    while let Some(parent) = at.parent() {
        let unconditional = match parent.kind() {
            Kind::StatementList => true,
            Kind::LabeledStatement => true,
            // A plain block runs whenever it is reached; the body of a
            // statement does not.
            Kind::Block => parent.parent().is_some_and(|owner| owner.kind() == Kind::StatementList),
            Kind::IfStatement
            | Kind::ExpressionSwitchStatement
            | Kind::TypeSwitchStatement
            | Kind::ForClause => at.field_name() == Some(Field::Initializer),
            Kind::ForStatement => at.kind() == Kind::ForClause,
            _ => false,
        };
        if parent.holds(place) {
            // A clause or body that holds both runs its list in order.
            let in_order = parent.kind() == Kind::StatementList || unconditional;
            return in_order;
        }
        if !unconditional {
            return false;
        }
        at = parent;
    }
    false
}

/// Whether the function around `node` jumps by `goto`, so that the order of the
/// text is not the order of control.
fn has_goto(node: Node<'_>) -> bool {
    let Some(function) = function_of(node) else { return false };
    function.descendants().any(|node| node.kind() == Kind::GotoStatement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::File;

    /// Whether the statement `read()` dominates the name `use` in a function
    /// with this body.
    fn holds(body: &str) -> bool {
        let file = File::new("a.go", format!("package a\n\nfunc f() {{\n{body}\n}}\n"));
        let root = file.decl(0).expect("the body parses");
        let find = |text: &str| root.descendants().find(|node| node.text() == text).unwrap();
        let call = root
            .descendants()
            .find(|node| node.kind() == Kind::CallExpression && node.text() == "read()")
            .unwrap()
            .parent()
            .unwrap();
        dominates(call, find("use"))
    }

    #[test]
    fn what_follows_in_the_list_is_dominated() {
        for body in [
            "read()\nuse()",
            "read()\nif x { for { g(func() { use() }) } }",
            "{ read() }\nuse()",
            "for x { read(); use() }",
            "for x { read(); if y { continue }; use() }",
            "switch x { case 1: read(); use() }",
            "if read(); use() {}",
            "if read(); x {}\nuse()",
            "for read(); x; use() {}",
            "read()\ndefer func() { use() }()",
            "func() { read(); use() }()",
            "defer func() { read(); use() }()",
            "L: read()\nuse()",
        ] {
            assert!(holds(body), "{body}");
        }
    }

    #[test]
    fn what_can_be_reached_otherwise_is_not() {
        for body in [
            "use()\nread()",
            "if x { read() }\nuse()",
            "for x { read() }\nuse()",
            "for { use(); read() }",
            "switch { case x: read() }\nuse()",
            "select { case <-c: read() }\nuse()",
            "func() { read() }()\nuse()",
            "defer func() { read() }()\nuse()",
            "defer func() { use() }()\nread()",
            "goto L\nread()\nL: use()",
            "if x { read() } else { use() }",
            "switch { case x: read(); case y: use() }",
        ] {
            assert!(!holds(body), "{body}");
        }
    }
}
