//! What the finalizer releases, and which statements of `Close` surely do the same.

use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::locals::{gives_address, is_written};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{FinalizerCode, statements};

/// A function that works on the object, and what it calls the object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Work<'t> {
    pub(super) function: Node<'t>,
    object: Option<Local<'t>>,
}

/// What the finalizer and `Close` have in common.
pub(super) struct CloseRelease<'t> {
    holder: &'t str,
    package: &'t Package,
    close: Node<'t>,
    /// The calls of the finalizer, each of which `Close` has to make.
    each: Vec<String>,
    /// The calls of `Close` itself, where the finalizer calls that.
    any: Vec<String>,
}

/// How many calls deep a release is followed.
const DEPTH: usize = 3;

impl<'t> Work<'t> {
    /// A method, with its receiver.
    pub(super) fn method(method: Node<'t>) -> Work<'t> {
        let declared = method.receiver().and_then(|list| list.named().next());
        Work { function: method, object: declared.and_then(|declared| named_in(method, declared)) }
    }

    /// Whether the expression is the object.
    pub(super) fn is_object(&self, node: Node<'t>) -> bool {
        let node = unparenthesized(node);
        node.kind() == Kind::Identifier
            && self.object.is_some_and(|object| scope::resolve(node) == Def::Local(object))
    }

    pub(super) fn statements(&self) -> Vec<Node<'t>> {
        self.function.body().map(statements).unwrap_or_default()
    }

    /// Whether the target of a store is a variable of the function or a field
    /// of the object, so that nobody else sees it.
    fn owns(&self, target: Node<'t>) -> bool {
        let target = unparenthesized(target);
        match target.kind() {
            Kind::Identifier => {
                target.text() == "_"
                    || matches!(scope::resolve(target), Def::Local(local) if self.function.holds(local.name))
            }
            Kind::SelectorExpression => target.operand().is_some_and(|of| self.is_object(of)),
            _ => false,
        }
    }
}

fn named_in<'t>(function: Node<'t>, declared: Node<'t>) -> Option<Local<'t>> {
    let name = declared.name().filter(|name| name.text() != "_")?;
    let body = function.body()?;
    let kinds = [LocalKind::Receiver, LocalKind::Param];
    scope::local(name.text(), body.child(Kind::StatementList).unwrap_or(body))
        .filter(|local| local.name == name && kinds.contains(&local.kind))
}

impl<'t> CloseRelease<'t> {
    /// What `close` releases as the finalizer does; `None` where the finalizer
    /// does anything else besides.
    pub(super) fn of(
        holder: &'t str,
        code: &FinalizerCode<'t>,
        close: Node<'t>,
        package: &'t Package,
    ) -> Option<CloseRelease<'t>> {
        let mut release = CloseRelease { holder, package, close, each: Vec::new(), any: Vec::new() };
        let there: Vec<String> =
            release.works().iter().flat_map(|work| release.calls(*work)).map(|(_, said)| said).collect();
        let finalizer = Work { function: code.function, object: code.object };
        let mut closes = code.function == close;
        let mut leaf = false;
        if !closes {
            let mut pending = vec![(finalizer, false)];
            let mut seen = Vec::new();
            while let Some((work, whole)) = pending.pop() {
                if seen.contains(&work.function) {
                    continue;
                }
                seen.push(work.function);
                if !whole && has_effects(work) {
                    return None;
                }
                for (call, said) in release.calls(work) {
                    let known = there.contains(&said);
                    match release.followed(call, work) {
                        Some(inner) if inner.function == close => closes = true,
                        Some(inner) => {
                            pending.push((inner, known));
                            release.each.extend(Some(said).filter(|_| known));
                        }
                        None if known => {
                            leaf = true;
                            release.each.push(said);
                        }
                        None => return None,
                    }
                }
            }
        }
        if closes {
            release.any = there;
        }
        (leaf || !release.any.is_empty()).then_some(release)
    }

    /// `Close` and the functions that it hands the object to, as far as they
    /// can be followed.
    pub(super) fn works(&self) -> Vec<Work<'t>> {
        let mut found = vec![Work::method(self.close)];
        let mut next = 0;
        while let Some(work) = found.get(next).copied() {
            for call in work.function.descendants().filter(|node| node.kind() == Kind::CallExpression) {
                found.extend(self.followed(call, work).filter(|inner| !found.contains(inner)));
            }
            next += 1;
        }
        found
    }

    /// The calls of a function that may release, as [`said`] spells them.
    fn calls(&self, work: Work<'t>) -> Vec<(Node<'t>, String)> {
        let body = work.function.body().unwrap_or(work.function);
        body.descendants()
            .filter(|node| node.kind() == Kind::CallExpression && !is_quiet(*node, body, self.package))
            .map(|call| (call, said(call, work)))
            .collect()
    }

    /// The function that a call gives the object to, when that is known.
    pub(super) fn followed(&self, call: Node<'t>, work: Work<'t>) -> Option<Work<'t>> {
        let called = callee(call)?;
        if called.kind() == Kind::SelectorExpression {
            let name = called.field().filter(|_| work.is_object(called.operand().unwrap_or(called)))?;
            return match self.package.methods(Some(self.holder), name.text())[..] {
                [method] => Some(Work::method(method)),
                _ => None,
            };
        }
        let given: Vec<Node<'t>> = arguments(call).collect();
        let [object] = given[..] else { return None };
        if called.kind() != Kind::Identifier
            || !work.is_object(object)
            || !matches!(scope::resolve(called), Def::TopLevel(_) | Def::Outside)
        {
            return None;
        }
        let [function] = self.package.declarations(called.text())[..] else { return None };
        let declared: Vec<Node<'t>> = function.parameters()?.named().collect();
        let [declared] = declared[..] else { return None };
        let plain =
            function.kind() == Kind::FunctionDeclaration && declared.kind() == Kind::ParameterDeclaration;
        plain.then(|| Work { function, object: named_in(function, declared) })
    }

    /// Whether the call is the wanted one, or gives the object to a function
    /// that makes it on every path.
    fn makes(&self, call: Node<'t>, work: Work<'t>, wanted: &str, depth: usize) -> bool {
        if said(call, work) == wanted {
            return true;
        }
        let inner = self.followed(call, work).filter(|_| depth > 0);
        inner.is_some_and(|inner| self.on_every_path(inner, wanted, depth - 1))
    }

    fn surely(&self, statement: Node<'t>, work: Work<'t>, wanted: &str, depth: usize) -> bool {
        surely_evaluated(statement)
            .into_iter()
            .any(|node| node.kind() == Kind::CallExpression && self.makes(node, work, wanted, depth))
    }

    fn on_every_path(&self, work: Work<'t>, wanted: &str, depth: usize) -> bool {
        let all = work.statements();
        let first = all.iter().position(|statement| self.surely(*statement, work, wanted, depth));
        first.is_some_and(|first| !all[..first].iter().any(|statement| leaves(*statement)))
            && !jumps(work.function)
    }

    /// The last statement of the block in `Close` that releases, when every
    /// path to its end has then released everything.
    pub(super) fn last(&self, block: &[Node<'t>]) -> Option<usize> {
        if !self.any.is_empty() && self.works().iter().any(asks_others) {
            return None;
        }
        let work = Work::method(self.close);
        let at = |wanted: &String| {
            block.iter().rposition(|statement| self.surely(*statement, work, wanted, DEPTH))
        };
        let each: Option<Vec<usize>> = self.each.iter().map(at).collect();
        // Where the finalizer calls `Close`, what only some paths call is over
        // by the last call that all of them make.
        let any = self.any.iter().filter_map(at).max();
        let last = each?.into_iter().chain(any).max()?;
        let later = block[last + 1..].iter().flat_map(|statement| statement.descendants());
        let again = |node: Node<'t>| {
            let wanted = self.each.iter().chain(&self.any);
            node.kind() == Kind::CallExpression
                && wanted.into_iter().any(|wanted| self.makes(node, work, wanted, DEPTH))
        };
        (!later.into_iter().any(again)).then_some(last)
    }

    /// Whether the calls have the field of the object in them.
    pub(super) fn releases(&self, field: &str) -> bool {
        self.each.iter().chain(&self.any).any(|call| {
            call.match_indices("·.").any(|(at, dot)| {
                let rest = &call[at + dot.len()..];
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                &rest[..word] == field
            })
        })
    }
}

/// Whether the function may leave its statements in another order than they
/// stand.
pub(super) fn jumps(function: Node<'_>) -> bool {
    function.descendants().any(|node| node.is(&[Kind::GotoStatement, Kind::LabeledStatement]))
}

/// Whether the statement may leave its function or jump.
pub(super) fn leaves(statement: Node<'_>) -> bool {
    statement.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| {
        node.is(&[Kind::ReturnStatement, Kind::GotoStatement, Kind::BreakStatement, Kind::ContinueStatement])
    })
}

/// Whether a condition of the function asks for more than the object and what
/// the function knows, so that it may hold another time.
fn asks_others(work: &Work<'_>) -> bool {
    let conditions = work.function.descendants().filter(|node| node.kind() == Kind::IfStatement);
    let names = conditions.filter_map(|node| node.condition()).flat_map(Node::descendants);
    names.filter(|node| node.kind() == Kind::Identifier && !matches!(node.text(), "len" | "cap")).any(
        |name| {
            let own = matches!(scope::resolve(name), Def::Local(local) if work.function.holds(local.name));
            !own && name.parent().is_none_or(|up| package_of(up).is_none())
        },
    )
}

/// Whether the function does more than call others: it writes what somebody
/// else sees, or sends.
fn has_effects(work: Work<'_>) -> bool {
    let body = work.function.body().unwrap_or(work.function);
    body.descendants().any(|node| match node.kind() {
        Kind::SendStatement => true,
        Kind::IncStatement | Kind::DecStatement => {
            node.named().next().is_none_or(|target| !work.owns(target))
        }
        Kind::AssignmentStatement => {
            node.left().is_none_or(|left| left.named().any(|target| !work.owns(target)))
        }
        _ => false,
    })
}

/// The text of an expression with the object as `·`, a local that holds a part
/// of it as that part, and any other local as nothing that another function has.
fn said(node: Node<'_>, work: Work<'_>) -> String {
    spell(node, work, 2)
}

fn spell(node: Node<'_>, work: Work<'_>, depth: usize) -> String {
    let text = node.file().text();
    let mut out = String::new();
    let mut at = node.start();
    for name in node.descendants().filter(|inner| inner.kind() == Kind::Identifier) {
        let Def::Local(local) = scope::resolve(name) else { continue };
        out.push_str(&text[at..name.start()]);
        at = name.end();
        if work.object == Some(local) {
            out.push('·');
        } else {
            match part(local).filter(|_| depth > 0) {
                Some(value) => out.push_str(&spell(value, work, depth - 1)),
                None => out.push_str(&format!("?{}", local.name.start())),
            }
        }
    }
    out.push_str(&text[at..node.end()]);
    out
}

/// `x.f` of a local that was declared as `f := x.f` and never changes.
fn part(local: Local<'_>) -> Option<Node<'_>> {
    let left = local.name.parent().filter(|list| list.kind() == Kind::ExpressionList)?;
    let declaration = left.parent().filter(|up| up.kind() == Kind::ShortVarDeclaration)?;
    let mut values = declaration.right()?.named();
    let value = values.next().filter(|_| values.next().is_none())?;
    let plain =
        |node: Node<'_>| node.is(&[Kind::Identifier, Kind::SelectorExpression, Kind::FieldIdentifier]);
    let changes =
        |mention: &Node<'_>| *mention != local.name && (is_written(*mention) || gives_address(*mention));
    let steady = !scope::mentions(local).iter().any(changes);
    (left.named().count() == 1 && steady && value.descendants().all(plain)).then_some(value)
}

/// Whether a call releases nothing: it only says something, asks for a name, or
/// holds a lock for a while.
fn is_quiet(call: Node<'_>, body: Node<'_>, package: &Package) -> bool {
    const LOUD: &[&str] = &["Warn", "Error", "Info", "Debug", "Print", "Log"];
    let Some(called) = callee(call) else { return false };
    let name = called.field().unwrap_or(called).text();
    match package_of(called) {
        Some("log" | "log/slog" | "errors") => return true,
        Some("runtime") => return name == "KeepAlive" || name == "Caller",
        Some("runtime/debug") => return name.ends_with("Stack"),
        Some("fmt") => {
            let standard =
                || arguments(call).next().is_some_and(|to| matches!(to.text(), "os.Stderr" | "os.Stdout"));
            return name.starts_with("Print") || name.starts_with("Sprint") || name == "Errorf" || standard();
        }
        Some(_) => return false,
        None => {}
    }
    if called.kind() == Kind::Identifier {
        const BUILT_IN: &[&str] =
            &["print", "println", "panic", "recover", "len", "cap", "string", "int", "uintptr"];
        return BUILT_IN.contains(&name) && !package.knows(name);
    }
    let Some(of) = called.operand().filter(|_| called.kind() == Kind::SelectorExpression) else {
        return false;
    };
    match name {
        "String" | "Name" | "Error" if arguments(call).next().is_none() => true,
        "Lock" | "RLock" => true,
        // Without its other half it gives a lock back that somebody else took.
        "Unlock" | "RUnlock" => body.descendants().filter_map(callee).any(|other| {
            other.field().is_some_and(|lock| matches!(lock.text(), "Lock" | "RLock"))
                && other.operand().is_some_and(|other| other.text() == of.text())
        }),
        _ => LOUD.iter().any(|loud| name.starts_with(loud)),
    }
}

/// The expressions that every run of the statement evaluates.
pub(super) fn surely_evaluated(statement: Node<'_>) -> Vec<Node<'_>> {
    let roots: Vec<Node<'_>> = match statement.kind() {
        Kind::IfStatement => match statement.initializer() {
            Some(initializer) => vec![initializer],
            None => statement.condition().into_iter().collect(),
        },
        Kind::ExpressionStatement
        | Kind::AssignmentStatement
        | Kind::ShortVarDeclaration
        | Kind::IncStatement
        | Kind::DecStatement
        | Kind::ReturnStatement
        | Kind::DeferStatement => vec![statement],
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    let mut pending = roots;
    while let Some(node) = pending.pop() {
        match node.kind() {
            Kind::FuncLiteral => continue,
            // The length of an array and what `unsafe` measures are constants.
            Kind::CallExpression
                if callee(node).is_some_and(|called| {
                    matches!(called.text(), "len" | "cap") || package_of(called) == Some("unsafe")
                }) =>
            {
                continue;
            }
            Kind::BinaryExpression
                if node
                    .operator()
                    .is_some_and(|token| matches!(token.kind(), Kind::LogicalAnd | Kind::LogicalOr)) =>
            {
                pending.extend(node.left());
                continue;
            }
            _ => {}
        }
        found.push(node);
        pending.extend(node.named());
    }
    found
}
