//! What stands between the lock and the end of the function, and what of it could
//! go wrong.

use crate::model::effects::is_predeclared;
use crate::model::fields::{spelled, type_name, uses};
use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::locals::is_written;
use crate::model::scope::{self, Def};
use crate::model::types::{Type, type_of, underlying};
use crate::rewrite::Cx;
use crate::syntax::{COMPARISONS, Field, Kind, LITERALS, Node, VALUE_NAMES};

/// More statements are no tiny body.
const FEW: usize = 4;

/// What a tiny body may call.
pub(super) const BUILTINS: &[&str] = &[
    "len", "cap", "min", "max", "append", "delete", "clear", "new", "make", "int", "int8", "int16", "int32",
    "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "float32", "float64", "string",
    "bool", "byte", "rune",
];

/// Why the unlock may not simply stand at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hazard {
    Panic,
    Return,
    Defer,
    NilMap,
    Result,
    /// The unlock would be of another lock at the end.
    OtherLock,
}

/// The statements behind the `defer`.
pub(super) struct Body<'t> {
    first: Node<'t>,
    /// The last of them.
    pub(super) last: Node<'t>,
    /// The `return` that it is.
    pub(super) result: Option<Node<'t>>,
    /// The results that must be read before the unlock.
    pub(super) early: Vec<Node<'t>>,
    pub(super) hazards: Vec<(Hazard, Node<'t>)>,
}

impl<'t> Body<'t> {
    /// The rest of `function` behind `defer`; `None` when there is none, or it
    /// is not tiny.
    pub(super) fn of(function: Node<'t>, defer: Node<'t>, lock: Node<'t>, cx: &Cx<'t>) -> Option<Body<'t>> {
        let list = defer.parent()?;
        let rest: Vec<Node<'t>> = list.named().filter(|node| node.start() > defer.start()).collect();
        let last = *rest.last()?;
        let inside = || rest.iter().flat_map(|statement| statement.descendants());
        let simple = |node: &Node<'_>| {
            node.parent().is_some_and(|list| list.kind() == Kind::StatementList)
                && node.kind() != Kind::IfStatement
        };
        if inside().filter(simple).count() > FEW {
            return None;
        }
        let mut look = BodyScan { cx, base: lock.operand().unwrap_or(lock), lock, hazards: Vec::new() };
        // Calls of other code are what a lock is usually for.
        let unfit = inside().any(|node| match node.kind() {
            Kind::CallExpression => !look.is_builtin(node),
            Kind::FuncLiteral
            | Kind::GoStatement
            | Kind::SelectStatement
            | Kind::SendStatement
            | Kind::ForStatement
            | Kind::GotoStatement
            | Kind::LabeledStatement
            | Kind::ExpressionSwitchStatement
            | Kind::TypeSwitchStatement => true,
            Kind::UnaryExpression => node.text().starts_with("<-"),
            _ => false,
        });
        if unfit {
            return None;
        }
        let result = Some(last).filter(|last| last.kind() == Kind::ReturnStatement);
        let own = || function.descend(move |node| node.kind() != Kind::FuncLiteral || node == function);
        let hazards = &mut look.hazards;
        hazards.extend(
            own()
                .filter(|node| node.kind() == Kind::ReturnStatement && Some(*node) != result)
                .map(|node| (Hazard::Return, node)),
        );
        hazards.extend(
            own()
                .filter(|node| node.kind() == Kind::DeferStatement && *node != defer)
                .map(|node| (Hazard::Defer, node)),
        );
        for statement in &rest {
            look.statement(*statement);
        }
        // What the lock is reached through stays what it was, and means the same.
        let parts: Vec<Node<'t>> = lock
            .descendants()
            .filter(|node| node.is(&[Kind::Identifier, Kind::SelectorExpression]))
            .collect();
        let root = parts.iter().find(|part| part.kind() == Kind::Identifier).map_or("", |root| root.text());
        let changes = |node: &Node<'t>| {
            let part = parts.iter().any(|part| part.kind() == node.kind() && part.text() == node.text());
            let hides = node.text() == root && node.field_name() == Some(Field::Name);
            part && is_written(*node) || hides
        };
        if let Some(written) = inside().find(changes) {
            look.hazards.push((Hazard::OtherLock, written));
        }
        let values: Vec<Node<'t>> =
            result
                .and_then(|result| result.named().next())
                .map(|values| {
                    if values.kind() == Kind::ExpressionList {
                        values.named().collect()
                    } else {
                        vec![values]
                    }
                })
                .unwrap_or_default();
        let early: Vec<Node<'t>> = values.into_iter().filter(|value| !is_settled(*value, function)).collect();
        let vague = early.iter().find(|value| !keeps_its_type(**value, function));
        let mut hazards = look.hazards;
        hazards.extend(vague.map(|value| (Hazard::Result, *value)));
        Some(Body { first: rest[0], last, result, early, hazards })
    }
}

impl<'t> Body<'t> {
    /// Whether nothing but `statement` stands behind the `defer`.
    pub(super) fn is_only(&self, statement: Node<'t>) -> bool {
        self.first == statement
    }
}

/// Whether the value is the same after the unlock: made of literals and of the
/// function's own variables.
fn is_settled(value: Node<'_>, function: Node<'_>) -> bool {
    value.descendants().all(|node| match node.kind() {
        Kind::Identifier => match scope::resolve(node) {
            Def::Local(local) => function.holds(local.name),
            Def::TopLevel(_) | Def::Outside => ["true", "false", "nil"].contains(&node.text()),
            Def::Import(_) => false,
        },
        Kind::SelectorExpression | Kind::IndexExpression | Kind::CallExpression | Kind::SliceExpression => {
            false
        }
        Kind::UnaryExpression => !node.text().starts_with(['*', '&']),
        _ => true,
    })
}

/// Whether a variable that is declared with the value has a type that the result
/// takes: a comparison is of type `bool` then, whatever the result's is.
fn keeps_its_type(value: Node<'_>, function: Node<'_>) -> bool {
    let value = unparenthesized(value);
    let compares = match value.kind() {
        Kind::BinaryExpression => value.operator().is_some_and(|operator| {
            operator.is(COMPARISONS) || operator.is(&[Kind::LogicalAnd, Kind::LogicalOr])
        }),
        Kind::UnaryExpression => value.text().starts_with('!'),
        _ => false,
    };
    !compares || function.result().is_some_and(|result| result.text() == "bool")
}

struct BodyScan<'t, 'c> {
    cx: &'c Cx<'t>,
    /// What is no nil pointer once the lock was taken.
    base: Node<'t>,
    lock: Node<'t>,
    hazards: Vec<(Hazard, Node<'t>)>,
}

impl<'t> BodyScan<'t, '_> {
    fn is_builtin(&self, call: Node<'t>) -> bool {
        callee(call).is_some_and(|called| {
            called.kind() == Kind::Identifier
                && BUILTINS.contains(&called.text())
                && scope::resolve(called) == Def::Outside
                && is_predeclared(called.text(), self.cx.package())
        })
    }

    fn panics(&mut self, node: Node<'t>) {
        self.hazards.push((Hazard::Panic, node));
    }

    fn statement(&mut self, statement: Node<'t>) {
        match statement.kind() {
            Kind::ReturnStatement | Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
                let right = match statement.kind() {
                    Kind::ReturnStatement => statement.named().next(),
                    _ => statement.right(),
                };
                for value in right.into_iter() {
                    let values: Vec<Node<'t>> = if value.kind() == Kind::ExpressionList {
                        value.named().collect()
                    } else {
                        vec![value]
                    };
                    values.into_iter().for_each(|value| self.value(value));
                }
                if statement.kind() == Kind::AssignmentStatement {
                    let divides = &[
                        Kind::SlashAssign,
                        Kind::RemainderAssign,
                        Kind::ShiftLeftAssign,
                        Kind::ShiftRightAssign,
                    ];
                    if statement.operator().is_some_and(|operator| operator.is(divides)) {
                        self.panics(statement);
                    }
                    let targets: Vec<Node<'t>> = statement.left().into_iter().flat_map(Node::named).collect();
                    targets.into_iter().for_each(|target| self.target(target));
                }
            }
            Kind::IncStatement | Kind::DecStatement => {
                if let Some(target) = statement.named().next() {
                    self.target(target);
                }
            }
            Kind::ExpressionStatement => {
                if let Some(value) = statement.named().next() {
                    self.value(value);
                }
            }
            Kind::IfStatement => {
                if let Some(init) = statement.initializer() {
                    self.statement(init);
                }
                if let Some(condition) = statement.condition() {
                    self.value(condition);
                }
                for block in [Field::Consequence, Field::Alternative]
                    .into_iter()
                    .filter_map(|name| statement.child_by_field(name))
                {
                    self.statement(block);
                }
            }
            Kind::Block => {
                for inner in block_statements(statement) {
                    self.statement(inner);
                }
            }
            Kind::EmptyStatement => {}
            Kind::VarDeclaration => {
                for value in statement.descendants().filter(|node| node.field_name() == Some(Field::Value)) {
                    value.named().for_each(|value| self.value(value));
                }
            }
            _ => self.panics(statement),
        }
    }

    /// Something that is assigned to.
    fn target(&mut self, target: Node<'t>) {
        let target = unparenthesized(target);
        match target.kind() {
            Kind::Identifier => {}
            Kind::IndexExpression => {
                self.value(target);
                if !self.is_made(target) {
                    self.hazards.push((Hazard::NilMap, target));
                }
            }
            _ => self.value(target),
        }
    }

    /// Something that is evaluated.
    fn value(&mut self, value: Node<'t>) {
        let value = unparenthesized(value);
        match value.kind() {
            kind if LITERALS.contains(&kind) || VALUE_NAMES.contains(&kind) => {}
            Kind::SelectorExpression => {
                let own = value.operand().is_some_and(|operand| operand.text() == self.base.text())
                    && (type_of(value, self.cx.package()).is_some());
                let embedded = value.operand().is_some_and(|operand| operand.text() == self.lock.text());
                let direct = embedded && type_of(value, self.cx.package()).is_some();
                if package_of(value).is_none() && !own && !direct && !self.is_struct_value(value) {
                    self.panics(value);
                }
            }
            Kind::UnaryExpression => match value.operator().map(Node::kind) {
                Some(Kind::Not | Kind::Minus | Kind::Plus | Kind::Xor | Kind::And) => self.inner(value),
                _ => self.panics(value),
            },
            Kind::BinaryExpression => {
                let operator = value.operator().map_or(Kind::Error, Node::kind);
                let right = value.right().map(unparenthesized);
                let safe = match operator {
                    Kind::Slash | Kind::Remainder | Kind::ShiftLeft | Kind::ShiftRight => {
                        right.is_some_and(|right| {
                            right.kind() == Kind::IntLiteral
                                && right.text().bytes().any(|byte| byte.is_ascii_digit() && byte != b'0')
                        })
                    }
                    Kind::Equal | Kind::NotEqual => [Field::Left, Field::Right]
                        .into_iter()
                        .filter_map(|side| value.child_by_field(side))
                        .any(|side| self.is_basic(unparenthesized(side))),
                    _ => true,
                };
                if !safe {
                    self.panics(value);
                }
                self.inner(value);
            }
            Kind::CallExpression => {
                let name = callee(value).map_or("", Node::text);
                let given: Vec<Node<'t>> = arguments(value).collect();
                if name == "make" && given.iter().skip(1).any(|size| size.kind() != Kind::IntLiteral) {
                    self.panics(value);
                }
                if name == "delete" && !given.first().is_some_and(|map| self.has_plain_keys(*map)) {
                    self.panics(value);
                }
                let types = usize::from(matches!(name, "make" | "new"));
                given.into_iter().skip(types).for_each(|argument| self.value(argument));
            }
            Kind::IndexExpression => {
                let (Some(operand), Some(index)) = (value.operand(), value.index()) else {
                    return self.panics(value);
                };
                if !self.has_plain_keys(operand) {
                    self.panics(value);
                }
                self.value(operand);
                self.value(index);
            }
            Kind::CompositeLiteral if value.text() == "struct{}{}" => {}
            Kind::CompositeLiteral => {
                let made = type_of(value, self.cx.package()).and_then(|of| underlying(of, self.cx.package()));
                let plain = matches!(made, Some(Type::Written(of)) if of.is(&[Kind::StructType, Kind::SliceType, Kind::MapType]));
                let empty = value.body().is_some_and(|body| body.named().next().is_none());
                let constant = value.body().is_some_and(|body| {
                    body.descendants().all(|node| {
                        !node.is(&[
                            Kind::SelectorExpression,
                            Kind::IndexExpression,
                            Kind::CallExpression,
                            Kind::UnaryExpression,
                            Kind::BinaryExpression,
                        ])
                    })
                });
                let map = matches!(made, Some(Type::Written(of)) if of.kind() == Kind::MapType);
                if !(plain && (empty || (constant && !map))) {
                    self.panics(value);
                }
            }
            _ => self.panics(value),
        }
    }

    fn inner(&mut self, value: Node<'t>) {
        for side in [Field::Left, Field::Right, Field::Operand]
            .into_iter()
            .filter_map(|side| value.child_by_field(side))
        {
            self.value(side);
        }
    }

    /// Whether the selector reads a field of a variable that is no pointer.
    fn is_struct_value(&self, selector: Node<'t>) -> bool {
        let Some(operand) = selector.operand().filter(|operand| operand.kind() == Kind::Identifier) else {
            return false;
        };
        let of = type_of(operand, self.cx.package());
        let value =
            matches!(of, Some(Type::Written(node)) if node.is(&[Kind::TypeIdentifier, Kind::StructType]));
        value && type_of(selector, self.cx.package()).is_some()
    }

    fn is_basic(&self, value: Node<'t>) -> bool {
        value.kind() == Kind::Nil
            || matches!(
                type_of(value, self.cx.package()).and_then(|of| underlying(of, self.cx.package())),
                Some(Type::Basic)
            )
    }

    /// Whether the operand is a map whose keys always compare.
    fn has_plain_keys(&self, operand: Node<'t>) -> bool {
        let of = type_of(operand, self.cx.package()).and_then(|of| underlying(of, self.cx.package()));
        let Some(Type::Written(map)) =
            of.filter(|of| matches!(of, Type::Written(map) if map.kind() == Kind::MapType))
        else {
            return false;
        };
        map.key()
            .is_some_and(|key| matches!(underlying(Type::Written(key), self.cx.package()), Some(Type::Basic)))
    }

    /// Whether the map that is written is surely made: right before, or wherever
    /// the package makes the variable or the struct that holds it.
    fn is_made(&self, target: Node<'t>) -> bool {
        let Some(map) = target.operand().map(unparenthesized) else { return false };
        self.is_made_before(map) || self.is_always_made(map).is_some()
    }

    /// `if m == nil { m = make(…) }` among the statements before.
    fn is_made_before(&self, map: Node<'t>) -> bool {
        let Some(list) = map.ancestors().find(|up| up.kind() == Kind::StatementList) else { return false };
        list.named().take_while(|statement| statement.end() <= map.start()).any(|statement| {
            let condition = statement.condition().map(|condition| condition.text().to_owned());
            let wanted = format!("{} == nil", map.text());
            let makes = || {
                statement.consequence().into_iter().flat_map(block_statements).any(|inner| {
                    inner.kind() == Kind::AssignmentStatement
                        && inner.left().is_some_and(|left| left.text() == map.text())
                        && inner.right().is_some_and(|right| right.named().all(gives_map))
                })
            };
            statement.kind() == Kind::IfStatement && condition == Some(wanted) && makes()
        })
    }

    fn is_always_made(&self, map: Node<'t>) -> Option<()> {
        let package = self.cx.package();
        if map.kind() == Kind::Identifier {
            if matches!(scope::resolve(map), Def::Local(_) | Def::Import(_)) {
                return None;
            }
            let declarations = package.declarations(map.text());
            let [declaration] = declarations[..] else { return None };
            let spec = declaration.descendants().find(|node| {
                node.kind() == Kind::VarSpec && node.fields(Field::Name).any(|name| name.text() == map.text())
            })?;
            let made = spec.value()?.named().all(gives_map) && spec.fields(Field::Name).count() == 1;
            let again = spelled(map.text(), package).ok()?.into_iter().any(is_written);
            return (made && !again).then_some(());
        }
        let field = map.field().filter(|_| map.kind() == Kind::SelectorExpression)?;
        let holder = type_name(map.operand()?, package)?.text();
        let places = uses(holder, field.text(), package).ok()?;
        let assigned = |selector: &Node<'t>| {
            is_written(*selector)
                && !selector
                    .parent()
                    .and_then(|list| list.parent())
                    .and_then(|up| up.right())
                    .is_some_and(|right| right.named().count() == 1 && right.named().all(gives_map))
        };
        if !places.unclear.is_empty() || places.selectors.iter().any(assigned) {
            return None;
        }
        // Every value of the type is a literal that makes the map.
        let mentions = spelled(holder, package).ok()?;
        let types = mentions.into_iter().filter(|mention| mention.kind() != Kind::FieldIdentifier);
        let made = types.into_iter().all(|mention| {
            let Some(parent) = mention.parent() else { return false };
            match parent.kind() {
                Kind::TypeSpec => parent.name() == Some(mention),
                Kind::PointerType => true,
                Kind::CompositeLiteral => places.keys.iter().any(|key| {
                    let element = key.ancestors().find(|up| up.kind() == Kind::KeyedElement);
                    parent.holds(*key)
                        && element.is_some_and(|element| element.named().nth(1).is_some_and(gives_map))
                }),
                _ => false,
            }
        });
        // Asked last: the whole module is read for it.
        let exported = holder.starts_with(char::is_uppercase);
        (made && !(exported && self.cx.around.used_elsewhere(holder).is_some())).then_some(())
    }
}

fn block_statements(block: Node<'_>) -> Vec<Node<'_>> {
    block.child(Kind::StatementList).into_iter().flat_map(Node::named).collect()
}

/// `make(map[K]V)` or a literal.
fn gives_map(value: Node<'_>) -> bool {
    let value = match value.kind() {
        Kind::LiteralElement => value.named().next().unwrap_or(value),
        _ => value,
    };
    let value = unparenthesized(value);
    value.kind() == Kind::CompositeLiteral || callee(value).is_some_and(|called| called.text() == "make")
}
