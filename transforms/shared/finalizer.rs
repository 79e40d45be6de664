//! Finalizers: who sets one on which type, what it does when it runs, and where
//! it is taken away again.

use crate::model::fields::{spelled, type_name};
use crate::model::flow;
use crate::model::imports::{arguments, callee, is_call, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::syntax::{Field, Kind, Node, byte_checks};

/// A call of `runtime.SetFinalizer`.
#[derive(Clone, Copy, Debug)]
pub struct FinalizerSetting<'t> {
    /// The call.
    pub call: Node<'t>,
    /// The statement, when the call is one.
    pub statement: Option<Node<'t>>,
    /// The first argument.
    pub object: Node<'t>,
    /// The second argument.
    pub action: FinalizerAction<'t>,
}

/// The second argument of `runtime.SetFinalizer`.
#[derive(Clone, Copy, Debug)]
pub enum FinalizerAction<'t> {
    /// `nil`
    Clear,
    /// `func(x *T) { … }`
    Literal(Node<'t>),
    /// `(*T).name`
    Method {
        /// `T`
        holder: Node<'t>,
        /// `name`
        name: Node<'t>,
    },
    /// A function of the package, by name.
    Function(Node<'t>),
    /// A method value, a variable, a call.
    Value(Node<'t>),
}

/// A finalizer as code: the function and the name of its argument there.
#[derive(Clone, Copy, Debug)]
pub struct FinalizerCode<'t> {
    /// The literal or declaration.
    pub function: Node<'t>,
    /// Its body.
    pub body: Node<'t>,
    /// The name of the object in the body, when it has one.
    pub object: Option<Local<'t>>,
}

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

/// The call of `runtime.SetFinalizer` whose callee is `mention`.
pub fn setting<'t>(mention: Node<'t>, package: &'t Package) -> Option<FinalizerSetting<'t>> {
    let call = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    if callee(call) != Some(mention) || !is_symbol(mention, "runtime", "SetFinalizer") {
        return None;
    }
    let mut given = arguments(call);
    let (object, action) = (given.next()?, unparenthesized(given.next()?));
    let outer = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression);
    let statement = outer.filter(|outer| outer.kind() == Kind::ExpressionStatement);
    Some(FinalizerSetting { call, statement, object: unparenthesized(object), action: acts(action, package) })
}

fn acts<'t>(action: Node<'t>, package: &'t Package) -> FinalizerAction<'t> {
    match action.kind() {
        Kind::Nil => FinalizerAction::Clear,
        Kind::FuncLiteral => FinalizerAction::Literal(action),
        Kind::Identifier => {
            let function = || matches!(function_named(action, package), Some(found) if found.kind() == Kind::FunctionDeclaration);
            match scope::resolve(action) {
                Def::Outside if action.text() == "nil" && !package.knows("nil") => FinalizerAction::Clear,
                Def::TopLevel(_) | Def::Outside if function() => FinalizerAction::Function(action),
                _ => FinalizerAction::Value(action),
            }
        }
        Kind::SelectorExpression => method_expression(action).unwrap_or(FinalizerAction::Value(action)),
        _ => FinalizerAction::Value(action),
    }
}

/// The method that a selector of the form `(*T).name` names.
pub fn method_expression<'t>(selector: Node<'t>) -> Option<FinalizerAction<'t>> {
    let operand = selector.operand().filter(|operand| operand.kind() == Kind::ParenthesizedExpression)?;
    let pointer = unparenthesized(operand);
    let star = pointer.operator().is_some_and(|operator| operator.kind() == Kind::Star);
    let mut holder = if pointer.kind() == Kind::UnaryExpression && star {
        pointer.operand()?
    } else if pointer.kind() == Kind::PointerType {
        pointer.named().next()?
    } else {
        return None;
    };
    if let Some(generic) = holder.ty().or_else(|| holder.operand())
        && holder.is(&[Kind::GenericType, Kind::TypeInstantiationExpression, Kind::IndexExpression])
    {
        holder = generic;
    }
    let names_type = holder.is(&[Kind::Identifier, Kind::TypeIdentifier])
        && !matches!(scope::resolve(holder), Def::Local(local) if local.kind.is_variable());
    names_type.then_some(FinalizerAction::Method { holder, name: selector.field()? })
}

/// `name` of `(*other.T).name`.
fn method_of_another_package<'t>(selector: Node<'t>) -> Option<Node<'t>> {
    let operand = selector.operand().filter(|operand| operand.kind() == Kind::ParenthesizedExpression)?;
    let pointer = unparenthesized(operand);
    let star = pointer.operator().is_some_and(|operator| operator.kind() == Kind::Star);
    let to = pointer.operand().filter(|_| star)?;
    package_of(to).and(selector.field())
}

/// The one function declaration of the package that the identifier names.
fn function_named<'t>(identifier: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let (Def::TopLevel(_) | Def::Outside) = scope::resolve(identifier) else { return None };
    match package.declarations(identifier.text())[..] {
        [declaration] if declaration.kind() == Kind::FunctionDeclaration => Some(declaration),
        _ => None,
    }
}

/// Every call of `runtime.SetFinalizer` in the package, in tests too.
///
/// # Errors
/// `path:line` of a declaration with broken syntax that mentions it.
pub fn settings(package: &Package) -> Result<Vec<FinalizerSetting<'_>>, String> {
    let places = spelled("SetFinalizer", package)?;
    Ok(places.into_iter().filter_map(|place| setting(selected(place), package)).collect())
}

/// The first arguments of the calls of `runtime.AddCleanup` in the package.
///
/// # Errors
/// As for [`settings`].
pub fn cleaned_up<'t>(package: &'t Package) -> Result<Vec<Node<'t>>, String> {
    let places = spelled("AddCleanup", package)?;
    let cleaned = places.into_iter().map(selected).filter(|place| is_symbol(*place, "runtime", "AddCleanup"));
    let object = |callee: Node<'t>| arguments(callee.parent()?).next();
    Ok(cleaned.filter_map(object).collect())
}

/// The selector that `name` is selected by, else `name` itself.
fn selected(name: Node<'_>) -> Node<'_> {
    name.parent()
        .filter(|parent| parent.kind() == Kind::SelectorExpression && parent.field() == Some(name))
        .unwrap_or(name)
}

impl<'t> FinalizerSetting<'t> {
    /// Whether it takes the finalizer away.
    pub fn clears(&self) -> bool {
        matches!(self.action, FinalizerAction::Clear)
    }

    /// The name of the package's type that the finalizer is set on; `None` when
    /// syntax does not tell.
    pub fn holder(&self, package: &'t Package) -> Option<&'t str> {
        let said = match self.action {
            FinalizerAction::Method { holder, .. } => Some(holder),
            FinalizerAction::Literal(_) | FinalizerAction::Function(_) => {
                self.code(package).and_then(|code| parameter(code.function)).and_then(pointee)
            }
            FinalizerAction::Clear | FinalizerAction::Value(_) => None,
        };
        Some(said.or_else(|| type_name(self.object, package))?.text())
    }

    /// What runs; `None` for what is not written in the package.
    pub fn code(&self, package: &'t Package) -> Option<FinalizerCode<'t>> {
        let function = match self.action {
            FinalizerAction::Literal(literal) => literal,
            FinalizerAction::Function(name) => function_named(name, package)?,
            FinalizerAction::Method { holder, name } => {
                match package.methods(Some(holder.text()), name.text())[..] {
                    [method] => method,
                    _ => return None,
                }
            }
            FinalizerAction::Clear | FinalizerAction::Value(_) => return None,
        };
        let body = function.body()?;
        let declared = match function.kind() {
            Kind::MethodDeclaration => function.receiver().and_then(|list| list.named().next()),
            _ => parameter(function),
        };
        let name = declared.and_then(|declared| declared.name()).filter(|name| name.text() != "_");
        let object =
            name.and_then(|name| scope::local(name.text(), body.child(Kind::StatementList).unwrap_or(body)));
        Some(FinalizerCode { function, body, object: object.filter(|local| Some(local.name) == name) })
    }

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

    /// Whether the package takes a finalizer away from an object that has, or
    /// may have, this type.
    pub fn is_cleared_somewhere(&self, package: &'t Package) -> bool {
        let holder = self.holder(package);
        let Ok(all) = settings(package) else { return true };
        let mut clears = all.iter().filter(|other| other.clears()).map(|other| other.holder(package));
        clears.any(|of| of.is_none() || of == holder)
    }
}

/// Whether the call of `SetFinalizer` whose name stands at `at` may set one, as far as the
/// bytes tell: plain names and `nil` take one away.
pub fn may_set(bytes: &[u8], at: usize) -> bool {
    let arguments = byte_checks::argument(bytes, at).unwrap_or_default();
    let first = &arguments[..memchr::memchr2(b'(', b')', arguments).unwrap_or(0)];
    let closes = arguments.get(first.len()) == Some(&b')');
    let second = first.rsplit(|byte| *byte == b',').next().unwrap_or_default();
    !(closes && second.trim_ascii() == b"nil")
}

/// The declaration of the only parameter.
fn parameter(function: Node<'_>) -> Option<Node<'_>> {
    let mut parameters = function.parameters()?.named();
    parameters.next().filter(|_| parameters.next().is_none())
}

/// `T` of a parameter of type `*T` or `*T[K]`.
fn pointee(parameter: Node<'_>) -> Option<Node<'_>> {
    let pointer = parameter.ty().filter(|written| written.kind() == Kind::PointerType)?;
    let to = pointer.named().next()?;
    let to = to.ty().filter(|_| to.kind() == Kind::GenericType).unwrap_or(to);
    (to.kind() == Kind::TypeIdentifier).then_some(to)
}

fn is_closing_name(name: &str) -> bool {
    matches!(name, "Close" | "close")
}

/// The statements of a block.
pub fn statements(block: Node<'_>) -> Vec<Node<'_>> {
    block.child(Kind::StatementList).map(|list| list.named().collect()).unwrap_or_default()
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

/// The method `Close` of the package's type `holder`, when it has exactly one.
pub fn close_of<'t>(holder: &str, package: &'t Package) -> Option<Node<'t>> {
    match package.methods(Some(holder), "Close")[..] {
        [close] => Some(close),
        _ => None,
    }
}

/// Whether `function`, or a function of the package that it calls, takes the
/// finalizer of a `holder` away. Calls are followed by name, so it may say yes
/// too often.
pub fn takes_away<'t>(function: Node<'t>, holder: &str, package: &'t Package) -> bool {
    let Ok(all) = settings(package) else { return true };
    let clears: Vec<Node<'t>> = all
        .iter()
        .filter(|setting| setting.clears() && setting.holder(package).is_none_or(|of| of == holder))
        .map(|setting| setting.call)
        .collect();
    if clears.is_empty() {
        return false;
    }
    let mut pending = vec![function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    while let Some(at) = pending.pop() {
        if clears.iter().any(|clear| at.holds(*clear)) {
            return true;
        }
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for call in at.descendants().filter(|node| node.kind() == Kind::CallExpression) {
            match callee(call) {
                Some(called) if called.kind() == Kind::Identifier => {
                    pending.extend(function_named(called, package));
                }
                Some(called) if called.kind() == Kind::SelectorExpression && package_of(called).is_none() => {
                    let name = called.field().map_or("", Node::text);
                    pending.extend(package.methods(None, name));
                }
                _ => {}
            }
        }
    }
    false
}

/// The calls of `function` and of what it calls in the package, as text without
/// the name of the object: `f.Close()` of `x.f.Close()`.
pub fn calls_of<'t>(function: Node<'t>, package: &'t Package) -> Vec<String> {
    let mut pending = vec![function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    let mut found = Vec::new();
    let tail = |text: &str| text.split_once('.').map_or(text, |(_, tail)| tail).to_owned();
    while let Some(at) = pending.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for call in at.descendants().filter(|node| node.kind() == Kind::CallExpression) {
            let Some(called) = callee(call) else { continue };
            let given: Vec<String> = arguments(call).map(|argument| tail(argument.text())).collect();
            let of_package = package_of(called).is_some();
            let name = if of_package { called.text().to_owned() } else { tail(called.text()) };
            found.push(format!("{name}({})", given.join(", ")));
            if called.kind() == Kind::Identifier {
                pending.extend(function_named(called, package));
            } else if called.kind() == Kind::SelectorExpression && !of_package {
                // A method of the object itself: `x.release()`.
                let direct = called.operand().is_some_and(|operand| operand.kind() == Kind::Identifier);
                let name = called.field().map_or("", Node::text);
                pending.extend(package.methods(None, name).into_iter().filter(|_| direct));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::transforms::shared::finalizer::*;

    #[test]
    fn only_nil_takes_a_finalizer_away() {
        for (call, sets) in [
            ("SetFinalizer(x, nil)", false),
            ("SetFinalizer( x.y,nil )", false),
            ("SetFinalizer(x, f); runtime.SetFinalizer(y, nil)", true),
            ("SetFinalizer(g(x, nil), f)", true),
            ("SetFinalizer(x, nilly)", true),
            ("SetFinalizer", true),
        ] {
            assert_eq!(may_set(call.as_bytes(), 0), sets, "{call}");
        }
    }
}
