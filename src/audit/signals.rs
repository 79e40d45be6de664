//! Whether a signal dumps the goroutines.

use super::context::{CheckAnswer, CheckContext};
use super::line::AuditState;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_package, unparenthesized};
use crate::syntax::{DeclKind, Kind, Node};

/// How many calls the way from a signal to the dump may take.
const DEPTH: usize = 3;

/// The line of the checklist.
pub(super) fn goroutine_dump(context: &CheckContext<'_>) -> CheckAnswer {
    let mut dumps: Vec<Node<'_>> = context
        .calls("runtime", "Stack")
        .into_iter()
        .map(|(call, _)| call)
        .filter(|call| arguments(*call).nth(1).is_some_and(|all| all.text() != "false"))
        .collect();
    dumps.extend(
        context
            .calls("runtime/pprof", "Lookup")
            .into_iter()
            .map(|(call, _)| call)
            .filter(|call| arguments(*call).next().is_some_and(|name| name.text().contains("goroutine"))),
    );
    let signals: Vec<Node<'_>> =
        context.calls("os/signal", "Notify").into_iter().map(|(call, _)| call).collect();
    let handled: Vec<(Node<'_>, Vec<Node<'_>>)> =
        signals.into_iter().map(|signal| (signal, handlers(signal))).collect();
    let mut on_signal: Vec<(Node<'_>, Node<'_>)> = Vec::new();
    for handler in handled.iter().flat_map(|(_, handlers)| handlers) {
        let reached = reached(*handler, context);
        let found = dumps.iter().filter(|dump| reached.iter().any(|code| code.holds(**dump)));
        on_signal.extend(found.map(|dump| (*dump, *handler)));
    }
    let limited = |(dump, handler): &(Node<'_>, Node<'_>)| {
        let texts = [handler.text(), function_of(*dump).map_or("", Node::text)];
        ["time.Since", "time.Sleep", ".Allow(", "imiter", "lastDump", "cooldown", "Ticker"]
            .iter()
            .any(|word| texts.iter().any(|text| text.contains(word)))
    };
    // A handler that stands elsewhere, in a package that dumps.
    let beside = |dump: &&Node<'_>| {
        let directory = dump.file().path().parent();
        handled.iter().any(|(signal, found)| found.is_empty() && signal.file().path().parent() == directory)
    };
    let near: Vec<Node<'_>> = dumps.iter().filter(beside).copied().collect();
    match () {
        () if !on_signal.is_empty() && on_signal.iter().all(limited) => {
            CheckAnswer::new(AuditState::Found, "a signal dumps them, at a limited rate")
                .at(context.nodes(on_signal.into_iter().map(|(dump, _)| dump)))
        }
        () if !on_signal.is_empty() => CheckAnswer::new(
            AuditState::Undecidable,
            "a signal dumps goroutines, and no limit of the rate is seen; each dump stops the world",
        )
        .at(context.nodes(on_signal.into_iter().map(|(dump, _)| dump))),
        () if !near.is_empty() => CheckAnswer::new(
            AuditState::Undecidable,
            "goroutines are dumped in a package that asks for signals, and what it does with them is not seen",
        )
        .at(context.nodes(near)),
        () => CheckAnswer::new(
            AuditState::Missing,
            "nothing in the module dumps goroutines on a signal; SIGQUIT does, but it ends the program",
        ),
    }
}

/// The code that runs once the channel of a call of `signal.Notify` has received;
/// nothing when the channel is received from elsewhere.
fn handlers<'t>(notify: Node<'t>) -> Vec<Node<'t>> {
    let channel = arguments(notify).next().map(unparenthesized);
    let Some(channel) = channel.map(|channel| channel.field().unwrap_or(channel).text()) else {
        return Vec::new();
    };
    let Some(root) = notify.ancestors().last() else { return Vec::new() };
    let is_channel = |node: Node<'_>| {
        let node = unparenthesized(node);
        node.field().unwrap_or(node).text() == channel
    };
    let mut found = Vec::new();
    for node in root.descendants() {
        match node.kind() {
            Kind::RangeClause if node.right().is_some_and(is_channel) => {
                found.extend(node.parent().and_then(|looping| looping.body()));
            }
            Kind::UnaryExpression
                if node.operator().is_some_and(|operator| operator.kind() == Kind::Arrow)
                    && node.operand().is_some_and(is_channel) =>
            {
                // The clause of a `select`, or the statement and what follows in its block.
                let clause = node.ancestors().take_while(|up| up.kind() != Kind::StatementList);
                let clause = clause.into_iter().find(|up| up.kind() == Kind::CommunicationCase);
                let list = node.ancestors().find(|up| up.kind() == Kind::StatementList);
                let rest = || list.into_iter().flat_map(Node::named).filter(|next| next.end() >= node.end());
                match clause {
                    Some(clause) => found.push(clause),
                    None => found.extend(rest()),
                }
            }
            _ => {}
        }
    }
    found
}

/// The handler and the functions that it calls by name.
fn reached<'p>(handler: Node<'p>, context: &CheckContext<'p>) -> Vec<Node<'p>> {
    let mut found = vec![handler];
    let mut last = vec![handler];
    for _ in 0..DEPTH {
        let mut next: Vec<Node<'p>> = Vec::new();
        for call in last.iter().flat_map(|code| code.descendants()).filter_map(callee) {
            for function in named(call, context) {
                if !found.contains(&function) {
                    found.push(function);
                    next.push(function);
                }
            }
        }
        last = next;
    }
    found
}

/// The functions and methods that a callee may mean: of its own package, or of the
/// package that it names.
fn named<'p>(called: Node<'p>, context: &CheckContext<'p>) -> Vec<Node<'p>> {
    let name = called.field().unwrap_or(called).text();
    let import = called
        .operand()
        .filter(|operand| operand.kind() == Kind::Identifier)
        .and_then(|operand| called.file().imports().iter().find(|import| is_package(operand, &import.path)));
    let own = called.file().path().parent();
    let wanted = match import {
        Some(import) => context.program.directory_of(&import.path),
        None => own,
    };
    let Some(wanted) = wanted else { return Vec::new() };
    let files = context.program.directories().find(|(directory, _)| *directory == wanted);
    let mut found = Vec::new();
    for file in files.into_iter().flat_map(|(_, files)| files) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            let callable = matches!(decl.kind, DeclKind::Func | DeclKind::Method)
                && (decl.kind == DeclKind::Method)
                    == (import.is_none() && called.kind() == Kind::SelectorExpression);
            if callable && decl.names.iter().any(|declared| declared.text == name) {
                found.extend(file.decl(index));
            }
        }
    }
    found
}
