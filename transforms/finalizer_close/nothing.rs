//! Finalizers that only let memory go: nothing that runs out waits for them.

use crate::model::fields::type_name;
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::types::{self, Type};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::FinalizerSetting;

/// How many functions that call each other are followed.
const FOLLOWED: usize = 8;

/// That all the finalizer does, in what it calls too, is to write what it was given, where
/// every call of it is seen.
pub(super) fn closes_nothing<'t>(setting: &FinalizerSetting<'t>, package: &'t Package) -> Option<String> {
    let code = setting.code(package)?;
    let mut look = NothingLook { package, seen: vec![code.function] };
    look.only_memory(code.body)
        .then(|| "it only sets what it was given, and asks nothing of the system".to_owned())
}

/// `p.T` of an expression of type `p.T` or `*p.T`.
fn qualified<'t>(expression: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let mut at = types::type_of(expression, package)?;
    loop {
        at = match at {
            Type::Pointer(inner) => *inner,
            Type::Written(node) if node.is(&[Kind::PointerType, Kind::ParenthesizedType]) => {
                Type::Written(node.named().next()?)
            }
            Type::Written(node) => return Some(node).filter(|node| node.kind() == Kind::QualifiedType),
            _ => return None,
        };
    }
}

/// Whether an assignment to the target writes a local, or a field or an element of one.
fn is_own(target: Node<'_>) -> bool {
    let mut at = unparenthesized(target);
    for _ in 0..2 {
        if at.is(&[Kind::SelectorExpression, Kind::IndexExpression])
            && let Some(operand) = at.operand()
        {
            at = unparenthesized(operand);
        }
    }
    at.kind() == Kind::Identifier && (at.text() == "_" || matches!(scope::resolve(at), Def::Local(_)))
}

struct NothingLook<'t> {
    package: &'t Package,
    /// The functions that were gone into.
    seen: Vec<Node<'t>>,
}

impl<'t> NothingLook<'t> {
    /// Whether the code writes nothing but locals and what they hold, and calls nothing else
    /// than such code.
    fn only_memory(&mut self, body: Node<'t>) -> bool {
        body.descendants().all(|node| match node.kind() {
            Kind::CallExpression => self.call(node),
            Kind::AssignmentStatement => {
                node.left().is_some_and(|left| left.named().all(|target| is_own(target)))
            }
            Kind::IncStatement | Kind::DecStatement => node.named().next().is_some_and(is_own),
            // Somebody may wait for it.
            Kind::SendStatement | Kind::GoStatement | Kind::SelectStatement => false,
            Kind::UnaryExpression => node.operator().is_none_or(|it| it.text() != "<-"),
            _ => true,
        })
    }

    fn call(&mut self, call: Node<'t>) -> bool {
        const BUILTINS: &[&str] = &["len", "cap", "clear", "append", "copy", "make", "new", "string"];
        let Some(called) = callee(call).map(unparenthesized) else { return false };
        let neutral = ["SetFinalizer", "KeepAlive"].iter().any(|name| is_symbol(called, "runtime", name))
            || is_symbol(called, "errors", "New")
            || is_symbol(called, "fmt", "Errorf");
        if neutral {
            return true;
        }
        match called.kind() {
            Kind::Identifier if BUILTINS.contains(&called.text()) && !self.package.knows(called.text()) => {
                scope::resolve(called) == Def::Outside
            }
            Kind::Identifier => match scope::resolve(called) {
                Def::TopLevel(_) | Def::Outside => {
                    let declared = self.package.declarations(called.text());
                    matches!(declared[..], [one] if one.kind() == Kind::FunctionDeclaration && self.follow(one))
                }
                _ => false,
            },
            Kind::SelectorExpression if package_of(called).is_none() => {
                let literal = arguments(call).all(|given| given.kind() == Kind::FuncLiteral);
                self.method(called, literal)
            }
            _ => false,
        }
    }

    /// Whether the method that the selector names only writes memory.
    fn method(&mut self, selector: Node<'t>, literal: bool) -> bool {
        let (Some(name), Some(operand)) = (selector.field(), selector.operand()) else { return false };
        let operand = unparenthesized(operand);
        if let Some(of) = type_name(operand, self.package) {
            let methods = self.package.methods(Some(of.text()), name.text());
            return matches!(methods[..], [method] if self.follow(method));
        }
        let Some(of) = qualified(operand, self.package) else { return false };
        let known = |of: &str| match of {
            "sync.Mutex" | "sync.RWMutex" => &["Lock", "Unlock", "RLock", "RUnlock"][..],
            "sync.Pool" => &["Put"],
            // Its literal is looked at like the rest.
            "sync.Once" if literal => &["Do"],
            "bytes.Buffer" | "strings.Builder" => &["Reset", "Truncate"],
            "compress/gzip.Reader" => &["Close"],
            _ => &[],
        };
        let of = format!("{}.{}", package_of(of).unwrap_or_default(), of.name().map_or("", Node::text));
        known(&of).contains(&name.text())
    }

    fn follow(&mut self, function: Node<'t>) -> bool {
        if self.seen.contains(&function) {
            return true;
        }
        self.seen.push(function);
        self.seen.len() <= FOLLOWED && function.body().is_some_and(|body| self.only_memory(body))
    }
}
