//! The statements that a dump takes with it when it moves: what makes its
//! buffer, and all that uses what it gives.

use super::when::{When, buffer, mentions_any};
use crate::model::flow::{exits, never_returns};
use crate::model::imports::{arguments, callee, is_call};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::model::words::words;
use crate::rewrite::{Fix, is_alone_on_its_lines};
use crate::syntax::{Kind, Node};

/// Neighbours in a list of statements.
pub struct Region<'t> {
    statements: Vec<Node<'t>>,
    /// Whether statements follow them.
    pub has_rest: bool,
}

impl<'t> Region<'t> {
    /// The statements of `list` that exist for `dump`; `None` when others stand
    /// between them, or when they leave something behind that others may read.
    pub fn around(dump: Node<'t>, list: Node<'t>, package: &Package) -> Option<Region<'t>> {
        let all: Vec<Node<'t>> = list.named().collect();
        let mut first = all.iter().position(|statement| statement.holds(dump))?;
        if !all[first].is(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement, Kind::ExpressionStatement])
        {
            return None;
        }
        let mut last = first;
        let mut carried: Vec<Local<'t>> = locals(all[first]);
        // What holds the text outside of these statements.
        carried.extend(buffer(dump));
        let mut at = last;
        while at < all.len() {
            if mentions_any(all[at], &carried) {
                last = at;
                let new: Vec<Local<'t>> =
                    locals(all[at]).into_iter().filter(|local| !carried.contains(local)).collect();
                carried.extend(new);
            }
            at += 1;
        }
        if let Some(buffer) = buffer(dump)
            && first > 0
            && all[first - 1].holds(buffer.name)
            && locals(all[first - 1]).len() == 1
        {
            first -= 1;
        }
        let statements = all[first..=last].to_vec();
        let inside = |node: Node<'t>| statements.iter().any(|statement| statement.holds(node));
        let together = statements.iter().all(|statement| mentions_any(*statement, &carried));
        let plain = statements.iter().all(|statement| {
            is_alone_on_its_lines(*statement)
                && statement.descendants().all(|node| {
                    !(node.is(&[
                        Kind::ReturnStatement,
                        Kind::GotoStatement,
                        Kind::LabeledStatement,
                        Kind::DeferStatement,
                    ]) || node.is(&[Kind::RawStringLiteral]) && node.text().contains('\n'))
                })
        });
        // Nor may the text of a dump decide how long the loop runs.
        let steers = statements.iter().any(|statement| {
            let exits = exits(*statement, package);
            exits.breaks.into_iter().chain(exits.continues).any(|target| !inside(target))
                || statement.descendants().any(|call| never_returns(call, package) || ends(call))
        });
        // The time between two dumps must pass without one, too.
        let waits = statements.iter().flat_map(|statement| statement.descendants()).any(|node| {
            is_call(node, "time", "Sleep")
                || node.kind() == Kind::Arrow
                || node.kind() == Kind::SelectStatement
        });
        // Only the buffer may live on, and only for the next dump.
        let kept = carried.iter().all(|local| {
            scope::mentions(*local).into_iter().all(|mention| mention == local.name || inside(mention))
        });
        let leaves =
            statements.iter().flat_map(|statement| statement.descendants()).any(|node| match node.kind() {
                Kind::AssignmentStatement | Kind::ShortVarDeclaration => {
                    node.left().is_some_and(|left| left.named().any(|target| !stays(target, &carried)))
                }
                Kind::IncStatement | Kind::DecStatement => {
                    node.named().any(|target| !stays(target, &carried))
                }
                Kind::Identifier => is_written(node) && !stays(node, &carried),
                _ => false,
            });
        // What is filled with the text and read behind it would be read empty.
        let filled: Vec<Local<'t>> = statements.iter().flat_map(|part| filled(*part, &carried)).collect();
        let leaves = leaves || all[last + 1..].iter().any(|statement| mentions_any(*statement, &filled));
        let has_rest = last + 1 < all.len();
        (together && plain && kept && !leaves && !waits && !steers).then_some(Region { statements, has_rest })
    }

    /// Whether the region can move for this reason.
    pub fn fits(&self, when: &When<'_>) -> bool {
        match when {
            When::Paced { .. } => true,
            // Something must be left that can panic, and nothing that runs before it.
            When::Served { .. } => self.has_rest,
        }
    }

    /// Puts lines around the statements, which are indented as the last line
    /// before them asks.
    pub fn wrap(&self, opens: &[String], closes: &[String], fix: &mut Fix) {
        let (Some(first), Some(last)) = (self.statements.first(), self.statements.last()) else { return };
        let file = first.file();
        let lines = file.lines();
        let newline = file.newline();
        let head = lines.span(first.line()).of(file.text());
        let indent: String = head.chars().take_while(|c| *c == '\t').collect();
        let whole = lines.whole_lines(first.span().join(last.span()));
        let mut text = String::new();
        for line in opens {
            text.push_str(&format!("{indent}{line}{newline}"));
        }
        let deeper = "\t".repeat(opens.len());
        for line in whole.of(file.text()).split_inclusive('\n') {
            if !line.trim().is_empty() {
                text.push_str(&deeper);
            }
            text.push_str(line);
        }
        for line in closes {
            text.push_str(&format!("{indent}{line}{newline}"));
        }
        fix.replace(whole, text);
    }
}

/// The variables that a statement declares in its list.
fn locals<'t>(statement: Node<'t>) -> Vec<Local<'t>> {
    let declared = scope::declared(statement).into_iter();
    declared.filter_map(|name| scope::local(name.text(), name)).collect()
}

/// Whether `call` ends what others wait for, perhaps what they began before the dump:
/// `cancel()`, `close(done)`, `wg.Done()`, `mu.Unlock()`.
fn ends(call: Node<'_>) -> bool {
    const ENDS: &[&str] = &["done", "unlock", "runlock", "release", "cancel", "stop", "shutdown"];
    let Some(callee) = callee(call) else { return false };
    match callee.field() {
        Some(method) => ENDS.contains(&method.text().to_lowercase().as_str()),
        None => callee.text() == "close" || ENDS.contains(&callee.text()),
    }
}

/// The variables, besides those `carried`, that calls in `statement` put something of
/// these into: `all.Write(buf)`, `fmt.Fprintf(&all, "%s", buf)`.
fn filled<'t>(statement: Node<'t>, carried: &[Local<'t>]) -> Vec<Local<'t>> {
    const FILLS: &[&str] = &["write", "read", "add", "append", "push", "put", "set", "store", "insert"];
    let holder = |call: Node<'t>| {
        let method = callee(call).filter(|method| method.kind() == Kind::SelectorExpression);
        let fills = |name: &Node<'t>| words(name.text()).iter().any(|word| FILLS.contains(&word.as_str()));
        let receiver = method
            .filter(|method| method.field().is_some_and(|name| fills(&name)))
            .and_then(|method| method.operand());
        let first = arguments(call).next().filter(|_| {
            callee(call).is_some_and(|callee| {
                let name = callee.field().unwrap_or(callee).text();
                name == "copy" || name == "WriteString" || name.starts_with("Fprint")
            })
        });
        let addresses = arguments(call).filter(|given| given.text().starts_with('&'));
        receiver.into_iter().chain(first).chain(addresses).collect::<Vec<_>>()
    };
    let calls = statement.descendants().filter(|node| node.kind() == Kind::CallExpression);
    let given = calls.filter(|call| mentions_any(*call, carried)).flat_map(holder);
    let names = given.filter_map(|of| of.descendants().find(|node| node.kind() == Kind::Identifier));
    let local = |name: Node<'t>| match scope::resolve(name) {
        Def::Local(local) if local.kind == LocalKind::Var && !carried.contains(&local) => Some(local),
        _ => None,
    };
    names.filter_map(local).collect()
}

/// Whether an assignment to `target` is seen by the moved statements alone.
fn stays<'t>(target: Node<'t>, carried: &[Local<'t>]) -> bool {
    match target.kind() {
        Kind::Identifier if target.text() == "_" => true,
        Kind::Identifier => matches!(scope::resolve(target), Def::Local(local)
            if carried.contains(&local) || target == local.name),
        _ => false,
    }
}
