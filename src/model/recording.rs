//! CPU profiles and execution traces: who starts and stops them, and how the
//! program around them ends.

use super::effects::function_of;
use super::flow::{exits, never_returns};
use super::imports::{arguments, callee, imports, is_call, is_symbol, unparenthesized};
use super::package::Package;
use super::scope::{self, Def, Local};
use crate::syntax::byte_checks::has_word;
use crate::syntax::{Field, Kind, Node};

/// A kind of recording: the package and the functions that start and stop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorder {
    /// The import path.
    pub path: &'static str,
    /// The function that starts it.
    pub start: &'static str,
    /// The function that stops it.
    pub stop: &'static str,
}

/// `pprof.StartCPUProfile` and `pprof.StopCPUProfile`.
pub const CPU_PROFILE: Recorder =
    Recorder { path: "runtime/pprof", start: "StartCPUProfile", stop: "StopCPUProfile" };

/// `trace.Start` and `trace.Stop`.
pub const TRACE: Recorder = Recorder { path: "runtime/trace", start: "Start", stop: "Stop" };

impl Recorder {
    /// The call of the start function that `mention` is the callee of.
    pub fn started<'t>(self, mention: Node<'t>) -> Option<Node<'t>> {
        let call = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        (callee(call) == Some(mention) && arguments(call).count() == 1).then_some(call)
    }

    /// Where the package names the stop function, called or not: in a closure,
    /// another method or a second `if`. A declaration with broken syntax that
    /// may name it counts.
    pub fn stopped(self, package: &Package) -> Option<String> {
        let names = |text: &str| has_word(text.as_bytes(), self.stop);
        let importing = package.files().filter(|file| imports(file, self.path));
        importing.filter(|file| names(file.text())).find_map(|file| {
            let decls = file.outline().decls.iter().enumerate();
            let mut naming = decls.filter(|(_, decl)| names(decl.span.of(file.text())));
            naming.find_map(|(index, decl)| {
                let at = match file.decl(index) {
                    Some(root) => {
                        root.descendants().find(|node| is_symbol(*node, self.path, self.stop))?.start()
                    }
                    None => decl.span.start,
                };
                let name = file.path().file_name()?.to_string_lossy().into_owned();
                Some(format!("{name}:{}", file.lines().line(at)))
            })
        })
    }
}

/// The local variable that `expression` is, or is the address of.
pub fn variable<'t>(expression: Node<'t>) -> Option<Local<'t>> {
    let mut at = unparenthesized(expression);
    if at.kind() == Kind::UnaryExpression
        && at.operator().is_some_and(|operator| operator.kind() == Kind::And)
    {
        at = unparenthesized(at.operand()?);
    }
    match scope::resolve(at) {
        Def::Local(local) if at.kind() == Kind::Identifier && local.kind.is_variable() => Some(local),
        _ => None,
    }
}

/// The expression that gives a variable its first value: the right side of the
/// `:=` or `var` that declares it, or of the first `=` for one declared without.
pub fn first_value<'t>(local: Local<'t>) -> Option<Node<'t>> {
    scope::mentions(local).into_iter().find_map(|mention| {
        let parent = mention.parent()?;
        let owner = if parent.kind() == Kind::ExpressionList { parent.parent()? } else { parent };
        match owner.kind() {
            Kind::ShortVarDeclaration | Kind::AssignmentStatement
                if parent.field_name() == Some(Field::Left) =>
            {
                let right = owner.right()?;
                let index = parent.named().position(|name| name == mention)?;
                // One call can give all the values.
                right.named().nth(index).or_else(|| right.named().next())
            }
            Kind::VarSpec if mention.field_name() == Some(Field::Name) => owner.value()?.named().next(),
            _ => None,
        }
    })
}

/// Whether `function` is `main` of a program, or the function that `main` calls
/// last, so that its end is the end of the program.
pub fn is_whole_program(function: Node<'_>, package: &Package) -> bool {
    if function.kind() != Kind::FunctionDeclaration || function.file().package() != "main" {
        return false;
    }
    let Some(name) = function.name().map(Node::text) else { return false };
    if name == "main" {
        return true;
    }
    let calls = |node: Node<'_>| {
        node.descendants().any(|call| {
            callee(call).is_some_and(|callee| callee.kind() == Kind::Identifier && callee.text() == name)
        })
    };
    let mains = package.declarations("main");
    !mains.is_empty()
        && mains.into_iter().filter(|main| main.kind() == Kind::FunctionDeclaration).any(|main| {
            let Some(list) = main.body().and_then(|body| body.child(Kind::StatementList)) else {
                return false;
            };
            let statements: Vec<Node<'_>> = list.named().collect();
            let plain = |statement: &Node<'_>| {
                statement.is(&[
                    Kind::ExpressionStatement,
                    Kind::ShortVarDeclaration,
                    Kind::AssignmentStatement,
                    Kind::IfStatement,
                ])
            };
            match statements.as_slice() {
                [.., last] if plain(last) && calls(*last) => true,
                // `err := run()`, then what becomes of the error.
                [.., before, last] if plain(before) && calls(*before) => {
                    last.kind() == Kind::IfStatement || ends(*last, package)
                }
                _ => false,
            }
        })
}

fn ends(statement: Node<'_>, package: &Package) -> bool {
    statement.kind() == Kind::ExpressionStatement
        && statement.named().next().is_some_and(|call| never_returns(call, package))
}

/// What keeps the program running until somebody kills it, in the code of
/// `function` behind `from`: the function cannot end, or it serves and nothing in
/// the package waits for a signal.
pub fn runs_until_killed<'t>(function: Node<'t>, from: usize, package: &'t Package) -> Option<Node<'t>> {
    let body = function.body()?;
    let way_out = exits(body, package);
    if !way_out.falls && !way_out.returns {
        let list = body.child(Kind::StatementList)?;
        let last = list.named().filter(|statement| statement.start() >= from).last();
        // `os.Exit(code)` ends the program itself.
        if !last.is_some_and(|last| ends(last, package)) {
            return last;
        }
    }
    // `main` ends with a function that cannot end.
    if let Some(last) = body.child(Kind::StatementList).and_then(|list| list.named().last())
        && last.start() >= from
        && let Some(inner) = called_function(last, package)
        && inner != function
        && let Some(runs) = inner.body()
    {
        let way_out = exits(runs, package);
        let last_there = runs.child(Kind::StatementList).and_then(|list| list.named().last());
        if !way_out.falls && !way_out.returns && !last_there.is_some_and(|there| ends(there, package)) {
            return Some(last);
        }
    }
    let signals = || {
        let handles = |text: &str| text.contains("SignalHandler") || text.contains("OnSignal");
        package.files().any(|file| imports(file, "os/signal") || handles(file.text()))
    };
    serving(function, from).filter(|_| !signals())
}

/// The function of the package that the statement calls and does nothing else.
fn called_function<'t>(statement: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let call = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement)?;
    let name = callee(call).filter(|called| called.kind() == Kind::Identifier)?;
    match package.declarations(name.text())[..] {
        [only] if only.kind() == Kind::FunctionDeclaration => Some(only),
        _ => None,
    }
}

/// The call behind `from` in which `function` serves until it is told to end.
pub fn serving<'t>(function: Node<'t>, from: usize) -> Option<Node<'t>> {
    let serves = |node: &Node<'t>| {
        node.start() >= from
            && callee(*node).is_some_and(|callee| {
                let name = callee.field().unwrap_or(callee).text();
                matches!(name, "ListenAndServe" | "ListenAndServeTLS" | "Serve" | "ServeTLS")
            })
    };
    // A server beside the work does not keep the program alive, unless the
    // function then waits for a signal.
    let beside = |node: Node<'t>| {
        node.ancestors().take_while(|up| *up != function).any(|up| up.kind() == Kind::GoStatement)
    };
    let waits = || {
        imports(function.file(), "os/signal")
            && function.descendants().any(|node| {
                node.kind() == Kind::UnaryExpression
                    && node.start() >= from
                    && node.operator().is_some_and(|operator| operator.kind() == Kind::Arrow)
                    && !beside(node)
            })
    };
    function.descendants().filter(serves).find(|node| !beside(*node) || waits())
}

/// A call behind `from` in `function` that ends the program without running what
/// was deferred: `os.Exit`, `log.Fatal` and what is called like them, or a
/// function of the package that does so.
pub fn exit_behind<'t>(function: Node<'t>, from: usize, package: &'t Package) -> Option<Node<'t>> {
    let leaves = |call: Node<'_>| {
        let Some(callee) = callee(call) else { return false };
        let name = callee.field().unwrap_or(callee).text();
        is_call(call, "os", "Exit")
            || name.starts_with("Fatal")
            || name.starts_with("Exit")
            || matches!(name, "fatal" | "fatalf" | "die" | "exit" | "exitf" | "errExit" | "usage")
    };
    function.descendants().filter(|node| node.start() >= from && node.kind() == Kind::CallExpression).find(
        |call| {
            let own = || {
                let Some(name) = callee(*call).filter(|callee| callee.kind() == Kind::Identifier) else {
                    return false;
                };
                let declared = package.declarations(name.text());
                declared.into_iter().any(|declared| {
                    declared != function
                        && declared.kind() == Kind::FunctionDeclaration
                        && declared
                            .descendants()
                            .any(|inner| inner.kind() == Kind::CallExpression && leaves(inner))
                })
            };
            leaves(*call) || own()
        },
    )
}

/// The innermost loop around `node` in its function, or a `goto` of the function,
/// which may make one.
pub fn loop_around(node: Node<'_>) -> Option<Node<'_>> {
    let function = function_of(node);
    let mut around = node.ancestors().take_while(|up| Some(*up) != function);
    let jumps = || function?.descendants().find(|inner| inner.kind() == Kind::GotoStatement);
    around.find(|up| up.kind() == Kind::ForStatement).or_else(jumps)
}
