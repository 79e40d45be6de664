//! What stands around a yield and makes it matter.

use crate::model::constant::integer;
use crate::model::imports::{arguments, callee, is_call, package_of};
use crate::model::module::Expr;
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::waits;
use crate::model::{GoVersion, effects};
use crate::rewrite::Cx;
use crate::syntax::byte_checks::has_word;
use crate::syntax::{File, Kind, Node};

/// Whether the statement behind `statement` sleeps for a constant time that is more than
/// zero.
pub(super) fn sleeps_next(statement: Node<'_>, package: &Package) -> bool {
    let next = std::iter::successors(statement.next(), |node| node.next())
        .find(|node| !node.is(&[Kind::Comment, Kind::Semicolon, Kind::Newline]));
    let call =
        next.filter(|next| next.kind() == Kind::ExpressionStatement).and_then(|next| next.named().next());
    call.filter(|call| is_call(*call, "time", "Sleep"))
        .and_then(|call| integer(arguments(call).next()?, package))
        .is_some_and(|time| time > 0)
}

/// Why nothing preempts a goroutine where this file runs.
pub(super) fn no_preemption(cx: &Cx<'_>) -> Option<String> {
    const TARGETS: &[&str] = &["js", "wasip1", "wasm", "wasi", "tinygo", "gopherjs"];
    let stem = cx.file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let in_name = stem.split('_').skip(1).find(|part| TARGETS.contains(part));
    if let Some(part) = in_name {
        return Some(format!("the file's name says {part}"));
    }
    let header = cx.file.outline().header.of(cx.file.text());
    let constraints = header.lines().map(str::trim).filter(|line| {
        line.starts_with("//go:build") || line.trim_start_matches('/').trim_start().starts_with("+build")
    });
    // `!js` is no reason: there the file is not built.
    let named = |line: &str| match line.strip_prefix("//go:build").map(Expr::parse) {
        Some(Some(expr)) => expr.asked(&|tag| TARGETS.contains(&tag)).map(str::to_owned),
        _ => {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '!'));
            words.find(|word| TARGETS.contains(word)).map(str::to_owned)
        }
    };
    if let Some(word) = constraints.into_iter().find_map(named) {
        return Some(format!("its build constraint names {word}"));
    }
    let old = cx.go().filter(|go| *go < GoVersion(1, 14))?;
    Some(format!("its module says Go {old}"))
}

/// Where `code` locks its goroutine to a thread.
pub(super) fn locks_thread(code: Node<'_>) -> Option<String> {
    code.remember("gosched: locks a thread", || {
        let mut names = code.descendants().filter(|node| node.is(&[Kind::Identifier, Kind::FieldIdentifier]));
        let seen = names.find(|node| node.text() == "LockOSThread")?;
        Some(format!("`LockOSThread` on line {}", seen.line()))
    })
}

/// Where the function `whole` is called from a loop that waits, for nothing
/// that it returns.
pub(super) fn passed_in_a_wait(whole: Node<'_>, cx: &Cx<'_>) -> Option<String> {
    let function = whole.named().find_map(|node| node.name()).or_else(|| whole.name())?;
    let name = function.text();
    let package = cx.package();
    package.remember_of(whole, "gosched: passed in a wait", || look_for_a_wait(name, package))
}

fn look_for_a_wait(name: &str, package: &Package) -> Option<String> {
    for file in package.files().filter(|file| file.may_name(name)) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            let text = decl.span.of(file.text()).as_bytes();
            // What is no loop is not parsed for it.
            if !has_word(text, name) || !has_word(text, "for") {
                continue;
            }
            let Some(root) = file.decl(index) else { continue };
            let calls = root.descendants().filter(|node| {
                let called = callee(*node).map(|it| it.field().unwrap_or(it));
                called.is_some_and(|called| called.text() == name)
                    && node.parent().is_some_and(|up| up.kind() == Kind::ExpressionStatement)
            });
            for call in calls {
                if waits::loops_around(call).any(|around| waits::spins(around, call, package)) {
                    return Some(format!("line {} of {}", call.line(), name_of(file)));
                }
            }
        }
    }
    None
}

/// The function that calls the literal around the call once for each element
/// of something, when the call is behind a test of a count that the literal
/// keeps: `m.Range(func(k, v any) bool { if n%1000 == 0 { … }; n++; … })`.
pub(super) fn callback(statement: Node<'_>) -> Option<String> {
    const WALKS: &[&str] =
        &["Range", "Each", "ForEach", "Walk", "WalkDir", "Iterate", "Ascend", "Descend", "Visit", "Do"];
    let literal = effects::function_of(statement).filter(|it| it.kind() == Kind::FuncLiteral)?;
    let call = literal.parent().filter(|list| list.kind() == Kind::ArgumentList)?.parent()?;
    let walker = callee(call).map(|it| it.field().unwrap_or(it))?;
    WALKS.contains(&walker.text()).then_some(())?;
    let test = statement.ancestors().find(|up| up.is(&[Kind::IfStatement, Kind::FuncLiteral]))?;
    let condition = test.condition()?;
    let counts = condition.descendants().filter(|node| node.kind() == Kind::Identifier).any(|node| {
        let Def::Local(local) = scope::resolve(node) else { return false };
        let steps = |mention: &Node<'_>| mention.parent().is_some_and(|up| up.kind() == Kind::IncStatement);
        effects::is_captured(node, local.name)
            && scope::mentions(local).iter().any(|mention| steps(mention) && literal.holds(*mention))
    });
    let modulo = condition.descendants().any(|node| node.is(&[Kind::Remainder, Kind::And]));
    (counts && modulo).then(|| format!("`{}`", walker.text()))
}

/// The first thing in `code` that starts a goroutine, or may, itself or by a
/// call of a function of the package.
pub(super) fn starts<'t>(code: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    code.descendants().find(|node| starts_here(*node) || calls_a_start(*node, package, DEPTH))
}

/// How deep calls of the package's own functions are followed.
const DEPTH: u32 = 3;

fn starts_here(node: Node<'_>) -> bool {
    node.kind() == Kind::GoStatement
        || callee(node).and_then(|callee| callee.field()).is_some_and(|method| {
            matches!(method.text(), "Go" | "TryGo" | "AfterFunc" | "Start" | "Submit" | "Spawn")
        })
}

fn calls_a_start(call: Node<'_>, package: &Package, depth: u32) -> bool {
    let Some((callee, depth)) = callee(call).zip(depth.checked_sub(1)) else { return false };
    let bodies = match callee.kind() {
        Kind::Identifier if !matches!(scope::resolve(callee), Def::Local(_)) => {
            package.declarations(callee.text())
        }
        Kind::SelectorExpression if package_of(callee).is_none() => {
            callee.field().map(|name| package.methods(None, name.text())).unwrap_or_default()
        }
        _ => return false,
    };
    bodies
        .iter()
        .filter(|body| body.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]))
        .any(|body| body.descendants().any(|node| starts_here(node) || calls_a_start(node, package, depth)))
}

pub(super) fn name_of(file: &File) -> String {
    file.path().file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
