//! What a finalizer is for, and which rule speaks of it.

use super::{
    FinalizerAction, FinalizerCode, FinalizerSetting, is_closing_name, method_of_another_package, setting,
    statements,
};
use crate::model::flow;
use crate::model::imports::{arguments, callee, is_call, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::syntax::{Field, Kind, Node};

/// What a finalizer is for.
#[derive(Clone, Copy, Debug)]
pub enum FinalizerPurpose<'t> {
    /// It only counts: the statement that does.
    Counts(Node<'t>),
    /// It only closes what the object holds, or the object itself.
    Closes,
    /// It only says that something was forgotten.
    Reports,
    /// It only tells somebody that the object was collected, or sets itself again
    /// and again: a hook on collections.
    Observes,
    /// Anything else.
    Other,
}

/// The rule that speaks of a finalizer: exactly one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Business {
    /// `finalizer-leak-counter`
    LeakCounter,
    /// `finalizer-close`
    Close,
    /// `finalizer-to-cleanup`
    Cleanup,
}

impl<'t> FinalizerSetting<'t> {
    /// What the finalizer is for; [`FinalizerPurpose::Other`] when that cannot be told.
    pub fn purpose(&self, package: &'t Package) -> FinalizerPurpose<'t> {
        let named = match self.action {
            FinalizerAction::Method { name, .. } => Some(name),
            FinalizerAction::Value(value) => method_of_another_package(value),
            _ => None,
        };
        if named.is_some_and(|name| is_closing_name(name.text())) {
            return FinalizerPurpose::Closes;
        }
        match self.code(package) {
            Some(code) if sets_again(code.body, package) => FinalizerPurpose::Observes,
            Some(code) => purpose_of(code, package),
            None if self.is_in_its_own_value() => FinalizerPurpose::Observes,
            None => FinalizerPurpose::Other,
        }
    }

    /// Whether the finalizer is a variable, and the call stands in the literal
    /// that is assigned to it.
    fn is_in_its_own_value(&self) -> bool {
        let FinalizerAction::Value(name) = self.action else { return false };
        self.call.ancestors().filter(|up| up.kind() == Kind::FuncLiteral).any(|literal| {
            let assignment = literal.ancestors().take(2).last();
            assignment
                .and_then(|assignment| assignment.left().or_else(|| assignment.name()))
                .is_some_and(|left| left.text() == name.text())
        })
    }

    /// The rule that speaks of this finalizer; `None` when it is taken away here.
    pub fn business(&self, package: &'t Package) -> Option<Business> {
        match self.purpose(package) {
            _ if self.clears() => None,
            FinalizerPurpose::Counts(_) => Some(Business::LeakCounter),
            // Where the type takes its finalizer away, closing is explicit
            // already, and the finalizer is only the last resort.
            FinalizerPurpose::Closes if !self.is_cleared_somewhere(package) => Some(Business::Close),
            _ => Some(Business::Cleanup),
        }
    }
}

/// Whether the finalizer sets a finalizer.
fn sets_again(body: Node<'_>, package: &Package) -> bool {
    body.descendants().any(|call| {
        is_call(call, "runtime", "SetFinalizer")
            && callee(call)
                .and_then(|callee| setting(callee, package))
                .is_some_and(|setting| !setting.clears())
    })
}

/// What the code of a finalizer is for.
pub fn purpose_of<'t>(code: FinalizerCode<'t>, package: &'t Package) -> FinalizerPurpose<'t> {
    let all = statements(code.body);
    if let [only] = all[..]
        && counts(only, package)
    {
        return FinalizerPurpose::Counts(only);
    }
    if !all.is_empty() && all.iter().all(|statement| closes(*statement, code)) {
        return FinalizerPurpose::Closes;
    }
    if reports(code, package) {
        return FinalizerPurpose::Reports;
    }
    if !all.is_empty() && all.iter().all(|statement| observes(*statement, code, package)) {
        return FinalizerPurpose::Observes;
    }
    FinalizerPurpose::Other
}

/// Whether `place` means the object of the finalizer.
fn is_object(place: Node<'_>, code: FinalizerCode<'_>) -> bool {
    place.kind() == Kind::Identifier
        && code.object.is_some_and(|object| scope::resolve(place) == Def::Local(object))
}

/// Whether the object is mentioned at or below `node`.
fn mentions_object(node: Node<'_>, code: FinalizerCode<'_>) -> bool {
    node.descendants().any(|inner| is_object(inner, code))
}

/// Whether `statement` counts and does nothing else: `atomic.AddInt64(&n, 1)`,
/// `n.Add(1)`, `n.Inc()`, `n++` with a variable of the package.
fn counts(statement: Node<'_>, package: &Package) -> bool {
    counted(statement, package).is_some()
}

/// The variable of the package that `statement` counts in, and by how much as
/// it is written.
pub fn counted<'t>(statement: Node<'t>, package: &Package) -> Option<(Node<'t>, &'t str)> {
    let (variable, step) = match statement.kind() {
        Kind::IncStatement => (statement.named().next()?, "1"),
        Kind::DecStatement => (statement.named().next()?, "-1"),
        Kind::AssignmentStatement => {
            let adds = statement.operator().is_some_and(|operator| operator.text() == "+=");
            let only = |field| {
                let mut sides = statement.child_by_field(field)?.named();
                sides.next().filter(|_| sides.next().is_none())
            };
            (only(Field::Left).filter(|_| adds)?, only(Field::Right)?.text())
        }
        Kind::ExpressionStatement => {
            let call = unparenthesized(statement.named().next()?);
            let called = callee(call).filter(|called| called.kind() == Kind::SelectorExpression)?;
            let name = called.field()?.text();
            let given: Vec<Node<'t>> = arguments(call).collect();
            match (package_of(called), &given[..]) {
                (Some("sync/atomic"), [address, step]) if name.starts_with("Add") => {
                    let taken = address.operator().is_some_and(|operator| operator.kind() == Kind::And);
                    (address.operand().filter(|_| taken)?, step.text())
                }
                (None, [step]) if name == "Add" => (called.operand()?, step.text()),
                (None, []) if name == "Inc" => (called.operand()?, "1"),
                (None, []) if name == "Dec" => (called.operand()?, "-1"),
                _ => return None,
            }
        }
        _ => return None,
    };
    let variable = unparenthesized(variable);
    let number = step.strip_prefix('-').unwrap_or(step).bytes().all(|byte| byte.is_ascii_digit());
    let of_package = variable.kind() == Kind::Identifier
        && !matches!(scope::resolve(variable), Def::Local(_) | Def::Import(_))
        && matches!(package.declarations(variable.text())[..], [only] if only.kind() == Kind::VarDeclaration);
    (number && of_package).then_some((variable, step))
}

/// Whether `statement` only closes the object or something that it holds.
fn closes(statement: Node<'_>, code: FinalizerCode<'_>) -> bool {
    match statement.kind() {
        Kind::ExpressionStatement => {
            statement.named().next().is_some_and(|call| is_closing_call(unparenthesized(call), code))
        }
        Kind::AssignmentStatement => {
            let blank = statement.left().is_some_and(|left| left.text() == "_");
            let mut values = statement.right().into_iter().flat_map(Node::named);
            let value = values.next();
            blank && value.is_some_and(|call| is_closing_call(unparenthesized(call), code))
        }
        // `if x.f != nil { x.f.Close() }`
        Kind::IfStatement if statement.alternative().is_none() => {
            let calls = |node: Node<'_>| node.descendants().any(|inner| inner.kind() == Kind::CallExpression);
            let silent = statement.initializer().is_none()
                && statement.condition().is_some_and(|condition| !calls(condition));
            let inside = statement.consequence().map(statements).unwrap_or_default();
            silent && !inside.is_empty() && inside.iter().all(|inner| closes(*inner, code))
        }
        _ => false,
    }
}

/// The functions of the standard library and of `x/sys` that close what their
/// argument names.
const CLOSING: &[(&str, &str)] = &[
    ("syscall", "Close"),
    ("syscall", "CloseHandle"),
    ("syscall", "Closesocket"),
    ("syscall", "Munmap"),
    ("golang.org/x/sys/unix", "Close"),
    ("golang.org/x/sys/unix", "Munmap"),
    ("golang.org/x/sys/windows", "Close"),
    ("golang.org/x/sys/windows", "CloseHandle"),
    ("golang.org/x/sys/windows", "Closesocket"),
];

fn is_closing_call(call: Node<'_>, code: FinalizerCode<'_>) -> bool {
    let Some(called) = callee(call) else { return false };
    let of_object = |part: Node<'_>| {
        let mut at = unparenthesized(part);
        while at.kind() == Kind::SelectorExpression {
            match at.operand() {
                Some(operand) => at = unparenthesized(operand),
                None => return false,
            }
        }
        is_object(at, code)
    };
    if CLOSING.iter().any(|(path, name)| is_symbol(called, path, name)) {
        let given: Vec<Node<'_>> = arguments(call).collect();
        return matches!(given[..], [only] if of_object(converted(only)));
    }
    called.kind() == Kind::SelectorExpression
        && called.field().is_some_and(|name| is_closing_name(name.text()))
        && arguments(call).next().is_none()
        && called.operand().is_some_and(of_object)
}

/// `x` of `int(x)`.
fn converted(node: Node<'_>) -> Node<'_> {
    let node = unparenthesized(node);
    let number = |called: &Node<'_>| matches!(called.text(), "int" | "uintptr" | "uint" | "int32" | "int64");
    match callee(node).filter(number).and_then(|_| arguments(node).next()) {
        Some(inner) => inner,
        None => node,
    }
}

/// Whether all that the finalizer calls are loggers, printers and `panic`, and
/// it writes nothing.
fn reports(code: FinalizerCode<'_>, package: &Package) -> bool {
    let mut said = false;
    for node in code.body.descendants() {
        match node.kind() {
            Kind::CallExpression => match speaks(node, package) {
                Some(loud) => said |= loud,
                // What is asked only to be said.
                None if arguments(node).next().is_none() && is_said(node, package) => {}
                None => return false,
            },
            Kind::AssignmentStatement
            | Kind::IncStatement
            | Kind::DecStatement
            | Kind::SendStatement
            | Kind::GoStatement => {
                // A local of its own may be written.
                let own = node.descendants().find(|inner| inner.kind() == Kind::Identifier).is_some_and(
                    |name| matches!(scope::resolve(name), Def::Local(local) if code.body.holds(local.name)),
                );
                if !own || node.kind() == Kind::GoStatement {
                    return false;
                }
            }
            _ => {}
        }
    }
    said
}

/// Whether the call stands among the arguments of one that says something.
fn is_said(call: Node<'_>, package: &Package) -> bool {
    let outer = |up: &Node<'_>| up.kind() == Kind::CallExpression;
    call.ancestors()
        .take_while(|up| !up.kind().is_statement())
        .filter(outer)
        .any(|up| speaks(up, package) == Some(true))
}

/// Whether a call says something to a person; `None` when it may do more.
fn speaks(call: Node<'_>, package: &Package) -> Option<bool> {
    const LOUD: &[&str] = &["Warn", "Error", "Info", "Debug", "Print", "Log", "Fatal", "Panic", "Write"];
    const QUIET: &[&str] = &["String", "Stack", "With", "G"];
    let called = callee(call)?;
    if flow::never_returns(call, package) {
        return Some(true);
    }
    match called.kind() {
        Kind::Identifier => match called.text() {
            "print" | "println" if !package.knows(called.text()) => Some(true),
            "string" | "len" | "int" | "uint64" | "int64" if !package.knows(called.text()) => Some(false),
            _ => None,
        },
        Kind::SelectorExpression => {
            let name = called.field()?.text();
            match package_of(called) {
                Some("fmt" | "errors" | "strings" | "strconv" | "runtime/debug" | "time") => {
                    Some(name.starts_with("Print") || name.starts_with("Fprint"))
                }
                Some("log" | "log/slog") => Some(true),
                _ if LOUD.iter().any(|loud| name.starts_with(loud)) => Some(true),
                _ if QUIET
                    .iter()
                    .any(|quiet| name == *quiet || (name.starts_with(quiet) && *quiet == "With")) =>
                {
                    Some(false)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether `statement` only tells somebody that the object went: it closes or
/// sends on a channel, finishes a wait group or sets a flag, and never looks at
/// the object.
fn observes(statement: Node<'_>, code: FinalizerCode<'_>, package: &Package) -> bool {
    if mentions_object(statement, code) {
        return false;
    }
    match statement.kind() {
        Kind::SendStatement => true,
        Kind::AssignmentStatement => !statement.descendants().any(|node| node.kind() == Kind::CallExpression),
        Kind::ExpressionStatement => statement.named().next().is_some_and(|call| {
            let called = callee(call);
            let is_close = called.is_some_and(|called| called.text() == "close" && !package.knows("close"));
            let tells = called.and_then(|called| called.field()).is_some_and(|name| {
                matches!(name.text(), "Done" | "Store" | "Signal" | "Broadcast" | "Unlock")
            });
            is_close || tells || is_call(call, "sync/atomic", "StoreInt32")
        }),
        _ => false,
    }
}
