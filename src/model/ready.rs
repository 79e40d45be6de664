//! Channels that may stay ready: once such a channel is closed, each receive from it comes
//! back at once, so a loop that receives from it again does not block.

use super::flow::exits;
use super::imports::{callee, package_of, unparenthesized};
use super::package::Package;
use super::rounds;
use super::words::speaks_of;
use crate::syntax::byte_checks::has_word;
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Kind, Node};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Words in the names of channels that are closed once and for all: `ctx.Done()`,
/// `x.done()`, `quit`, `stopCh`.
const CLOSED_ONCE: &[&str] = &[
    "done", "clos", "quit", "stop", "exit", "cancel", "shutdown", "dying", "dead", "finish", "complete",
    "kill", "terminat", "ended", "ctx", "ready", "started",
];

/// Whether the receive `receive` (`<-channel`) may come back at once each time: its channel
/// may have been closed, and the code behind it does not leave when it has.
pub fn may_not_block(receive: Node<'_>, package: &Package) -> bool {
    let channel = receive.operand();
    channel.is_some_and(|channel| may_stay_ready(channel, package)) && !notices_close(receive, package)
}

/// Whether the clause of a `select` may be ready each time.
pub fn clause_stays_ready(clause: Node<'_>, package: &Package) -> bool {
    let receive = clause
        .communication()
        .filter(|it| it.kind() == Kind::ReceiveStatement)
        .and_then(|it| it.right())
        .map(unparenthesized);
    receive.is_some_and(|receive| may_not_block(receive, package))
}

/// Whether a `select` blocks in each iteration of the loop around it: it has no `default`,
/// and a case that may stay ready leaves the loop.
pub fn select_blocks(select: Node<'_>, package: &Package) -> bool {
    select.child(Kind::DefaultCase).is_none()
        && rounds::clauses(select)
            .all(|clause| !clause_stays_ready(clause, package) || rounds::leaves(clause, package))
}

fn may_stay_ready(channel: Node<'_>, package: &Package) -> bool {
    let channel = unparenthesized(channel);
    let named = match channel.kind() {
        Kind::CallExpression => match callee(channel) {
            Some(called) if package_of(called) != Some("time") => called,
            _ => return false,
        },
        Kind::IndexExpression => channel.operand().unwrap_or(channel),
        _ => channel,
    };
    let name = named.field().unwrap_or(named).text();
    speaks_of(name, CLOSED_ONCE) || closed_names(package).contains(name)
}

/// The names of the channels that the package closes.
fn closed_names(package: &Package) -> Arc<BTreeSet<String>> {
    package.remember("channels that are closed", || {
        let mut names = BTreeSet::new();
        for file in package.files().filter(|file| file.may_name("close")) {
            for decl in &file.outline().decls {
                if has_word(decl.span.of(file.text()).as_bytes(), "close") {
                    names.extend(closed_in(&DeclTokens::of(file.text(), decl.span)));
                }
            }
        }
        Arc::new(names)
    })
}

/// The last names of what a declaration closes: `done` for `close(s.done)`.
fn closed_in(code: &DeclTokens<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for at in 0..code.len() {
        let is_call = code.text(at) == "close" && code.text(at + 1) == "(";
        if !is_call || code.text(at.wrapping_sub(1)) == "." {
            continue;
        }
        let inside = (at + 2..code.len()).take_while(|at| {
            code.kind(*at) == Some(TokenKind::Ident) || matches!(code.text(*at), "." | "(" | ")")
        });
        let name =
            inside.filter(|at| code.kind(*at) == Some(TokenKind::Ident)).find(|at| code.text(at + 1) == ")");
        names.extend(name.map(|at| code.text(at).to_owned()));
    }
    names
}

/// Whether the receive gives a second value, and an `if` behind it leaves when that says
/// that the channel is closed: `job, ok := <-jobs` and `if !ok { return }`.
fn notices_close(receive: Node<'_>, package: &Package) -> bool {
    let owner = receive.ancestors().find(|up| {
        up.is(&[Kind::ReceiveStatement, Kind::ShortVarDeclaration, Kind::AssignmentStatement, Kind::Block])
    });
    let Some(owner) = owner.filter(|owner| owner.kind() != Kind::Block) else { return false };
    let Some(ok) = owner.left().and_then(|left| left.named().nth(1)) else { return false };
    let leaves = |test: Node<'_>| {
        let asks = test.condition().is_some_and(|it| {
            it.descendants().any(|node| node.kind() == Kind::Identifier && node.text() == ok.text())
        });
        let out = test.consequence().map(|block| exits(block, package));
        test.kind() == Kind::IfStatement
            && asks
            && out.is_some_and(|out| !out.falls && out.continues.is_empty())
    };
    let parent = owner.parent();
    match owner.kind() {
        Kind::ReceiveStatement => parent
            .and_then(|clause| clause.child(Kind::StatementList))
            .is_some_and(|list| list.named().any(leaves)),
        _ => {
            parent.is_some_and(leaves) || std::iter::successors(owner.next(), |node| node.next()).any(leaves)
        }
    }
}
