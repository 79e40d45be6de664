//! Which variables and fields evaluating an expression reads and writes, with what the
//! functions and methods of the package that it calls show of themselves.
//!
//! They are told by their names alone, so two that are called the same count as one.

use crate::model::fields::type_name;
use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::syntax::{Field, Kind, Node};
use std::collections::BTreeSet;

/// How far a function that calls a function is followed.
const DEPTH: u32 = 3;

/// The names of what an expression reads and writes.
#[derive(Debug, Default)]
pub struct Touched<'t> {
    /// Variables and fields that are read, or may be.
    pub reads: BTreeSet<&'t str>,
    /// Variables and fields that are written, or whose address is given away.
    pub writes: BTreeSet<&'t str>,
}

impl<'t> Touched<'t> {
    /// By evaluating `expression`.
    pub fn by(expression: Node<'t>, package: &'t Package) -> Touched<'t> {
        let mut touched = Touched::default();
        touched.add(expression, None, package, DEPTH);
        touched
    }

    /// A name that this writes and `other` reads.
    pub fn disturbs(&self, other: &Touched<'t>) -> Option<&'t str> {
        self.writes.intersection(&other.reads).next().copied()
    }

    /// Adds what `code` does; the locals of `function` are nobody else's.
    fn add(&mut self, code: Node<'t>, function: Option<Node<'t>>, package: &'t Package, depth: u32) {
        for node in code.descendants() {
            match node.kind() {
                Kind::Identifier if !is_own(node, function) => {
                    self.reads.insert(node.text());
                    if is_target(node) {
                        self.writes.insert(node.text());
                    }
                }
                Kind::SelectorExpression if package_of(node).is_none() => {
                    let Some(field) = node.field() else { continue };
                    self.reads.insert(field.text());
                    if is_target(node) {
                        self.writes.insert(field.text());
                    }
                }
                Kind::CallExpression => {
                    self.atomic(node);
                    if let Some(depth) = depth.checked_sub(1) {
                        for called in functions(node, package) {
                            let body = called.body();
                            let body = body.filter(|body| !body.holds(code) && !code.holds(*body));
                            if let Some(body) = body {
                                self.add(body, Some(called), package, depth);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// `s.n.Add(1)` and the like.
    fn atomic(&mut self, call: Node<'t>) {
        const WRITES: &[&str] = &["Add", "Store", "Swap", "CompareAndSwap", "And", "Or"];
        let method =
            callee(call).filter(|callee| callee.field().is_some_and(|field| WRITES.contains(&field.text())));
        let of = method.and_then(|method| method.operand()).map(unparenthesized);
        match of {
            Some(of) if of.kind() == Kind::Identifier => drop(self.writes.insert(of.text())),
            Some(of) => {
                if let Some(field) = of.field() {
                    self.writes.insert(field.text());
                }
            }
            None => {}
        }
    }
}

/// Whether the variable is declared inside `function`, or is one of its parameters.
fn is_own(name: Node<'_>, function: Option<Node<'_>>) -> bool {
    let Some(function) = function else { return false };
    matches!(scope::resolve(name), Def::Local(local) if function.holds(local.name))
}

/// Whether the variable or field is assigned, stepped, or its address taken: itself, an
/// element of it, or what it points to.
fn is_target(node: Node<'_>) -> bool {
    let mut at = node;
    loop {
        if is_written(at) {
            return true;
        }
        let Some(outer) = at.parent() else { return false };
        match outer.kind() {
            Kind::ParenthesizedExpression => at = outer,
            Kind::IndexExpression if at.field_name() == Some(Field::Operand) => at = outer,
            Kind::UnaryExpression => match outer.operator().map(Node::kind) {
                Some(Kind::And) => return true,
                Some(Kind::Star) => at = outer,
                _ => return false,
            },
            _ => return false,
        }
    }
}

/// The functions, methods or literals of the package that `call` may call.
fn functions<'t>(call: Node<'t>, package: &'t Package) -> Vec<Node<'t>> {
    let Some(callee) = callee(call) else { return Vec::new() };
    let given = arguments(call).filter(|given| given.kind() == Kind::FuncLiteral);
    meant(callee, package, ALIASES).into_iter().chain(given).collect()
}

/// How many variables a function is followed through.
const ALIASES: u32 = 3;

/// The functions, methods or literals of the package that `function` may be: by its name, as a
/// method value, or by a variable that was declared with one.
fn meant<'t>(function: Node<'t>, package: &'t Package, depth: u32) -> Vec<Node<'t>> {
    let function = unparenthesized(function);
    match function.kind() {
        Kind::Identifier => match scope::resolve(function) {
            Def::Local(local) => {
                let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
                let whole =
                    local.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]));
                let values = whole.and_then(|whole| whole.right().or_else(|| whole.value()));
                let values = values.into_iter().flat_map(Node::named);
                values.flat_map(|value| meant(value, package, depth)).collect()
            }
            Def::Import(_) => Vec::new(),
            _ => {
                let found = package.declarations(function.text());
                found.into_iter().filter(|node| node.kind() == Kind::FunctionDeclaration).collect()
            }
        },
        Kind::SelectorExpression if package_of(function).is_none() => {
            let (Some(operand), Some(name)) = (function.operand(), function.field()) else {
                return Vec::new();
            };
            let receiver = type_name(operand, package).map(Node::text);
            package.methods(receiver, name.text())
        }
        Kind::FuncLiteral => vec![function],
        _ => Vec::new(),
    }
}
