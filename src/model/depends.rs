//! What the value of an expression depends on: the goroutine's own variables,
//! or state that another goroutine may be about to change.

use super::computes::{Callee, callee_of, measures_channel};
use super::effects::{is_captured, is_constant};
use super::imports::{arguments, callee, package_of, parenthesized};
use super::package::Package;
use super::ranges::{Ranged, is_plain_value, ranged};
use super::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Field, Kind, Node};

/// What the value of an expression depends on. Ordered: more is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Constants, variables that only this call of the function reaches, and
    /// the elements that a loop walks over.
    Own,
    /// Memory that is the same in each round of the loop: a field, an element.
    Memory,
    /// A call, a channel, a variable that other code reaches.
    Others,
}

/// What the value of `expression` (or the values in a statement) depend on.
pub fn by(expression: Node<'_>, package: &Package) -> By {
    Decision { package, asked: Vec::new() }.of(expression)
}

struct Decision<'p, 't> {
    package: &'p Package,
    /// The variables that are being followed, so that `a = b; b = a` ends.
    asked: Vec<Node<'t>>,
}

impl<'p: 't, 't> Decision<'p, 't> {
    fn of(&mut self, expression: Node<'t>) -> By {
        let mut worst = By::Own;
        let inner = |node: Node<'t>| {
            node.parent().is_none_or(|up| up.kind() != Kind::FuncLiteral) && !self_name(node)
        };
        for node in expression.descend(inner).collect::<Vec<_>>() {
            worst = worst.max(self.of_node(node));
        }
        worst
    }

    fn of_node(&mut self, node: Node<'t>) -> By {
        match node.kind() {
            Kind::FuncLiteral => By::Others,
            Kind::Identifier => self.of_name(node),
            Kind::SelectorExpression => match package_of(node) {
                Some("math" | "time" | "unicode/utf8" | "strconv") => By::Own,
                Some(_) => By::Others,
                None => self.of_memory(node),
            },
            Kind::IndexExpression | Kind::SliceExpression => self.of_memory(node),
            Kind::UnaryExpression => match node.operator().map(Node::kind) {
                Some(Kind::Arrow) => By::Others,
                Some(Kind::Star) => self.of_memory(node),
                _ => By::Own,
            },
            Kind::CallExpression | Kind::TypeConversionExpression => self.of_call(node),
            _ => By::Own,
        }
    }

    fn of_memory(&mut self, node: Node<'t>) -> By {
        if walks(node, 4) { By::Own } else { By::Memory }
    }

    fn of_call(&mut self, call: Node<'t>) -> By {
        match callee_of(call, self.package) {
            Callee::Unknown | Callee::Close => By::Others,
            Callee::Builtin if measures_channel(call, self.package) => By::Others,
            Callee::Builtin => By::Own,
            Callee::Standard => By::Own,
            Callee::StandardInMemory | Callee::Leaf => {
                let receiver = callee(call)
                    .filter(|callee| package_of(*callee).is_none())
                    .and_then(|callee| callee.operand());
                let own = |value: Node<'t>| walks(value, 4) || is_plain_value(value, self.package);
                if arguments(call).chain(receiver).all(own) { By::Own } else { By::Others }
            }
        }
    }

    fn of_name(&mut self, name: Node<'t>) -> By {
        match scope::resolve(name) {
            Def::Import(_) => By::Own,
            Def::Local(local) => self.of_local(name, local),
            Def::TopLevel(_) | Def::Outside => {
                let variable = |declaration: &Node<'_>| declaration.kind() == Kind::VarDeclaration;
                let declarations = self.package.declarations(name.text());
                let known = is_constant(name, self.package) || !declarations.is_empty();
                let predeclared =
                    name.text() == "_" || super::effects::is_predeclared(name.text(), self.package);
                if declarations.iter().any(variable) || !(known || predeclared) {
                    By::Others
                } else {
                    By::Own
                }
            }
        }
    }

    fn of_local(&mut self, name: Node<'t>, local: Local<'t>) -> By {
        if !local.kind.is_variable() {
            return By::Own;
        }
        if matches!(local.kind, LocalKind::Received) || is_captured(name, local.name) {
            return By::Others;
        }
        if self.asked.contains(&local.name) {
            return By::Own;
        }
        if self.asked.is_empty() {
            // Each variable that this one depends on counts whoever else has asked for it.
            return self.package.remember_of(local.name, "depends: by", || {
                Decision { package: self.package, asked: vec![local.name] }.of_values(local)
            });
        }
        self.asked.push(local.name);
        self.of_values(local)
    }

    /// What the values that the local gets depend on.
    fn of_values(&mut self, local: Local<'t>) -> By {
        let mut worst = By::Own;
        for mention in scope::mentions(local) {
            let written = is_write(mention) || mention == local.name;
            if is_address_taken(mention) || (written && is_captured(mention, local.name)) {
                return By::Others;
            }
            if written {
                worst = worst.max(self.of_assigned(mention));
            }
        }
        worst
    }

    /// What the values assigned at `name` depend on.
    fn of_assigned(&mut self, name: Node<'t>) -> By {
        let Some(parent) = name.parent() else { return By::Own };
        match parent.kind() {
            Kind::VarSpec => parent.value().map_or(By::Own, |value| self.of(value)),
            Kind::ExpressionList => {
                let Some(owner) = parent.parent() else { return By::Own };
                match owner.kind() {
                    Kind::RangeClause => match ranged(owner, self.package) {
                        Ranged::Channel => By::Others,
                        _ => By::Own,
                    },
                    Kind::ReceiveStatement => By::Others,
                    Kind::TypeSwitchStatement => owner.value().map_or(By::Own, |value| self.of(value)),
                    _ => owner.right().map_or(By::Own, |right| self.of(right)),
                }
            }
            _ => By::Own,
        }
    }
}

/// Whether `node` is a name whose meaning is told by the node around it: the
/// callee of a call, the package of a selector.
fn self_name(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    let called = parent.kind() == Kind::CallExpression && parent.function() == Some(node);
    // A method's receiver still counts.
    let plain = node.kind() == Kind::Identifier || package_of(node).is_some();
    called && plain
}

/// Whether the memory that `node` reads is another one in each round of a loop:
/// the expression mentions a loop's own variable, or one made from it in the
/// loop.
fn walks(node: Node<'_>, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    node.descend(|node| node.kind() != Kind::FuncLiteral).filter(|node| node.kind() == Kind::Identifier).any(
        |name| {
            let Def::Local(local) = scope::resolve(name) else { return false };
            match local.kind {
                LocalKind::Loop => true,
                LocalKind::Var => {
                    let list = local.name.parent();
                    let made = list.filter(|list| list.kind() == Kind::ExpressionList).and_then(Node::parent);
                    made.filter(|made| made.kind() == Kind::ShortVarDeclaration)
                        .and_then(|made| made.right())
                        .is_some_and(|right| walks(right, depth))
                }
                _ => false,
            }
        },
    )
}

/// Whether the identifier is assigned where it stands.
pub fn is_write(mention: Node<'_>) -> bool {
    let Some(parent) = parenthesized(mention).parent() else { return false };
    match parent.kind() {
        Kind::IncStatement | Kind::DecStatement => true,
        Kind::ExpressionList => parent.field_name() == Some(Field::Left),
        _ => false,
    }
}

/// Whether the address of the identifier is taken where it stands.
pub fn is_address_taken(mention: Node<'_>) -> bool {
    parenthesized(mention).parent().is_some_and(|parent| {
        parent.kind() == Kind::UnaryExpression
            && parent.operator().is_some_and(|operator| operator.kind() == Kind::And)
    })
}
