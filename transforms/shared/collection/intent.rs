//! Signs that somebody wants the collection at this place.

use super::call::is_collection;
use crate::model::effects::function_of;
use crate::model::imports::{callee, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::recording::is_whole_program;
use crate::model::rounds::received_from;
use crate::model::scope::{self, Def};
use crate::model::types::{Type, type_of};
use crate::model::words::words;
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::collector;
use crate::transforms::shared::handler;
use std::sync::Arc;

/// That the function sets how much the heap may grow, or names the variable for that. With
/// a limit alone the collector runs when it is near.
pub fn tunes(whole: Node<'_>) -> Option<String> {
    let limits = |node: Node<'_>| node.text() == "SetMemoryLimit" || node.text().contains("GOMEMLIMIT");
    whole.remember("manual-gc: tunes", || {
        let mut signs = whole.descendants().filter(|node| is_steering(*node));
        signs.find(|node| !limits(*node)).map(seen)
    })
}

/// That the function changes when the collector runs.
pub fn steers(whole: Node<'_>) -> Option<String> {
    whole.remember("manual-gc: steers", || whole.descendants().find(|node| is_steering(*node)).map(seen))
}

/// Whether it names a setting of the collector.
fn is_steering(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Identifier | Kind::FieldIdentifier => matches!(node.text(), "SetGCPercent" | "SetMemoryLimit"),
        Kind::InterpretedStringLiteral => node.text().contains("GOGC") || node.text().contains("GOMEMLIMIT"),
        _ => false,
    }
}

/// Where a function of the package that calls this one, or that this one
/// calls, reads the state of the heap.
pub fn heap_is_read_around(whole: Node<'_>, cx: &Cx<'_>) -> Option<String> {
    let package = cx.package();
    package.remember_of(whole, "manual-gc: heap is read around", || look_around(whole, package))
}

fn look_around(whole: Node<'_>, package: &Package) -> Option<String> {
    let called = whole.descendants().filter_map(callee).find_map(|callee| {
        let name = callee.field().unwrap_or(callee);
        let functions = match callee.kind() {
            Kind::Identifier => package.declarations(name.text()),
            Kind::SelectorExpression if package_of(callee).is_none() => package.methods(None, name.text()),
            _ => Vec::new(),
        };
        functions.into_iter().find_map(|function| collector::reads_heap_state(function))
    });
    called.or_else(|| {
        let name = name_of(whole)?;
        let mentions = |node: Node<'_>| {
            node.is(&[Kind::Identifier, Kind::FieldIdentifier])
                && node.text() == name
                && node.field_name() != Some(Field::Name)
        };
        readers(package).iter().find_map(|(file, index)| {
            let file = package.file(*file);
            file.outline().decls[*index].span.of(file.text()).contains(name).then_some(())?;
            let root = file.decl(*index)?;
            root.descendants().any(mentions).then(|| collector::reads_heap_state(root)).flatten()
        })
    })
}

/// The declarations of the package that may read the state of the heap, by file: few, so that each
/// function need not be looked for in all of them.
fn readers(package: &Package) -> Arc<Vec<(u32, usize)>> {
    package.remember("manual-gc: declarations that may read the heap", || {
        let mut found = Vec::new();
        for (at, file) in package.places() {
            if !collector::may_read_heap_state(file.text()) {
                continue;
            }
            let reads = |index: &usize| {
                collector::may_read_heap_state(file.outline().decls[*index].span.of(file.text()))
            };
            found.extend((0..file.outline().decls.len()).filter(reads).map(|index| (at, index)));
        }
        Arc::new(found)
    })
}

/// That the collection itself, or what follows it at once, is measured, or that
/// the function is one that measures.
pub fn measures(at: Node<'_>) -> Option<String> {
    is_timed(at).or_else(|| {
        let function = name_of(at.ancestors().last()?)?;
        speaks(function, &["measure", "profile", "profiler", "benchmark", "snapshot"])
            .then(|| function.to_owned())
    })
}

/// That a clock is read right before and after the statement, or started right
/// after it.
pub fn is_timed(at: Node<'_>) -> Option<String> {
    let list = at.parent()?;
    // The statements of the list that are no collections.
    let others = list.remember("manual-gc: what is not a collection", || {
        let others = list.named().filter(|statement| !is_collection(*statement));
        Arc::new(others.map(|other| (other.start(), other.place())).collect::<Vec<_>>())
    });
    let here = others.partition_point(|(start, _)| *start < at.start());
    let before = here.checked_sub(1).map(|before| list.at(others[before].1));
    let after = others[here..].iter().map(|(_, place)| list.at(*place)).find(|after| *after != at);
    let starts = after.and_then(|after| clock(after, &["Now", "ResetTimer", "StartTimer"]));
    let stops = || {
        let start = before.and_then(|before| clock(before, &["Now"]))?;
        let last = list.remember("manual-gc: the last clock", || {
            let clocks = list.named().filter(|later| clock(*later, &["Since", "Sub", "Now"]).is_some());
            clocks.last().map(Node::start)
        });
        last.filter(|last| *last >= at.end()).map(|_| start)
    };
    starts.or_else(stops).map(seen)
}

/// The first call in `statement` of a method or function with one of `names`.
fn clock<'t>(statement: Node<'t>, names: &[&str]) -> Option<Node<'t>> {
    statement.descendants().find(|node| {
        let selector = callee(*node).filter(|callee| callee.kind() == Kind::SelectorExpression);
        selector.and_then(|it| it.field()).is_some_and(|name| names.contains(&name.text()))
    })
}

/// Words of those who ask for a collection.
const ASKING: &[&str] = &[
    "gc",
    "gcs",
    "collect",
    "collects",
    "collector",
    "collectgarbage",
    "garbage",
    "debug",
    "admin",
    "pprof",
    "repl",
];

/// Whether a name says that memory is given back: `freeOSMemory`, `/memory/release`.
fn gives_memory_back(name: &str) -> bool {
    const GIVING: &[&str] = &["free", "release", "return", "reclaim", "trim", "scavenge", "purge", "shrink"];
    let joined = ["freemem", "freeosmem", "releasemem"].iter().any(|it| name.to_lowercase().contains(it));
    joined || (speaks(name, GIVING) && speaks(name, &["memory", "mem", "heap"]))
}

/// The name or string in `node` that asks for a collection.
fn said(node: Node<'_>) -> Option<Node<'_>> {
    let asks = |part: &Node<'_>| {
        part.is(&[
            Kind::Identifier,
            Kind::FieldIdentifier,
            Kind::InterpretedStringLiteral,
            Kind::RawStringLiteral,
        ]) && (speaks(part.text(), ASKING)
            || gives_memory_back(part.text())
            || part.text().starts_with("SIG"))
    };
    node.descend(|inner| inner.kind() != Kind::FuncLiteral).find(asks)
}

/// That somebody asks for the collection: by the name of the function, of the
/// route or command, or of the condition. The name of a function in which a timer
/// asks, as `periodic` says, tells only what that does.
pub fn feature(at: Node<'_>, periodic: bool, package: &Package) -> Option<String> {
    let mut below = at;
    for up in at.ancestors() {
        if let Some(channel) = signals(up, below, package) {
            return Some(seen(channel));
        }
        let found = match up.kind() {
            Kind::FunctionDeclaration | Kind::MethodDeclaration if periodic => None,
            Kind::FunctionDeclaration | Kind::MethodDeclaration => up.name().and_then(said).or_else(|| {
                let receiver = up.receiver()?.descendants().find(|it| it.kind() == Kind::TypeIdentifier);
                receiver.filter(|of| speaks(of.text(), ASKING))
            }),
            Kind::IfStatement => up.condition().and_then(said),
            Kind::ExpressionCase => up.value().and_then(said),
            // A route, a table of commands, a variable that holds the literal.
            Kind::CallExpression if below.kind() == Kind::ArgumentList => up
                .function()
                .and_then(said)
                .or_else(|| below.named().filter(|part| !part.holds(at)).find_map(said)),
            Kind::LiteralValue => {
                // Two are enough: one of them is not this one.
                let saying = up.remember("manual-gc: who asks in a literal", || {
                    let parts = up.named().filter_map(|part| Some((part.place(), said(part)?.place())));
                    parts.take(2).collect::<Vec<_>>()
                });
                let other = saying.into_iter().find(|(part, _)| *part != below.place());
                other.map(|(_, said)| up.at(said))
            }
            Kind::KeyedElement => up.named().filter(|part| *part != below).find_map(said),
            Kind::ShortVarDeclaration | Kind::AssignmentStatement | Kind::VarSpec => {
                up.left().or_else(|| up.name()).and_then(said)
            }
            _ => None,
        };
        if let Some(found) = found {
            return Some(seen(found));
        }
        below = up;
    }
    None
}

/// A handler that does nothing but what is `wanted` and answer: that is what is asked of it.
pub fn only_work<'t>(at: Node<'t>, wanted: &dyn Fn(Node<'t>) -> bool, cx: &Cx<'t>) -> Option<String> {
    let function = function_of(at).filter(|function| handler::served(*function, cx).is_some())?;
    let list = function.body()?.child(Kind::StatementList)?;
    // An answer of what stands in the code, or of what was asked: nothing was worked out for it.
    let is_given = |name: Node<'_>| match scope::resolve(name) {
        Def::Local(local) => function.parameters().is_some_and(|list| list.holds(local.name)),
        Def::Import(_) | Def::Outside => true,
        Def::TopLevel(_) => false,
    };
    let answers = |part: Node<'_>| {
        part.is(&[Kind::ExpressionStatement, Kind::AssignmentStatement, Kind::ReturnStatement])
            && part.descendants().all(|inner| match inner.kind() {
                Kind::CallExpression => callee(inner).is_none_or(|callee| {
                    let name = callee.field().unwrap_or(callee).text();
                    matches!(name, "WriteHeader" | "Write" | "WriteString" | "Header" | "Set" | "GC")
                        || name.starts_with("Fprint")
                }),
                Kind::Identifier => inner.text() == "_" || is_given(inner),
                Kind::UnaryExpression => inner.operator().is_none_or(|sign| sign.kind() != Kind::Arrow),
                kind => kind != Kind::FuncLiteral,
            })
    };
    let mut statements = list.named().filter(|part| part.kind() != Kind::Comment);
    statements
        .all(|part| wanted(part) || answers(part))
        .then(|| format!("a handler that does nothing else on line {}", function.line()))
}

/// The channel of signals from the system that control waits for in `up` before it comes to `below`.
fn signals<'t>(up: Node<'t>, below: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let brings = |channel: &Node<'t>| match type_of(*channel, package) {
        Some(Type::Written(of)) => {
            of.kind() == Kind::ChannelType
                && of.descendants().any(|part| {
                    let symbol = part.is(&[Kind::QualifiedType, Kind::TypeIdentifier]);
                    symbol && is_symbol(part, "os", "Signal")
                })
        }
        _ => false,
    };
    let received = |node: Node<'t>| {
        let receives = node.kind() == Kind::UnaryExpression
            && node.operator().is_some_and(|operator| operator.kind() == Kind::Arrow);
        receives.then(|| node.operand().map(unparenthesized)).flatten()
    };
    let waited = match up.kind() {
        Kind::ForStatement => up
            .named()
            .next()
            .filter(|header| header.kind() == Kind::RangeClause)
            .and_then(|header| header.right())
            .map(unparenthesized),
        Kind::CommunicationCase => received_from(up),
        // `<-signals` in a statement of its own, right before.
        Kind::StatementList => up
            .remember("manual-gc: waits for a signal", || {
                let plain = [Kind::ExpressionStatement, Kind::ShortVarDeclaration, Kind::AssignmentStatement];
                let waits = up.named().filter(|statement| statement.is(&plain));
                let mut channels = waits.flat_map(|statement| {
                    let inner = statement.descend(|node| node.kind() != Kind::FuncLiteral);
                    inner.filter_map(received).map(move |channel| (statement.start(), channel))
                });
                channels.find(|(_, channel)| brings(channel)).map(|(start, channel)| (start, channel.place()))
            })
            .filter(|(start, _)| *start < below.start())
            .map(|(_, place)| up.at(place)),
        _ => None,
    };
    waited.filter(brings)
}

/// That something failed for want of memory or files, or just failed.
pub fn retries(at: Node<'_>, whole: Node<'_>) -> Option<String> {
    let wants = |node: &Node<'_>| match node.kind() {
        Kind::Identifier | Kind::FieldIdentifier => {
            matches!(node.text(), "EMFILE" | "ENFILE" | "ENOMEM" | "ENOSPC" | "ENOBUFS")
        }
        Kind::InterpretedStringLiteral => ["too many open files", "out of memory", "cannot allocate"]
            .iter()
            .any(|it| node.text().contains(it)),
        _ => false,
    };
    let failed = || {
        conditions(at).into_iter().find(|condition| {
            condition.descendants().any(|node| {
                let text = node.text();
                node.kind() == Kind::Identifier
                    && (text == "err" || text == "errors" || text.ends_with("Err"))
            })
        })
    };
    let wanted = whole.remember("manual-gc: retries", || whole.descendants().find(wants).map(seen));
    wanted.or_else(|| failed().map(seen))
}

/// That the code looks at its memory before it collects.
pub fn pressure(at: Node<'_>) -> Option<String> {
    const WORDS: &[&str] = &[
        "mem",
        "memory",
        "heap",
        "rss",
        "alloc",
        "allocated",
        "pressure",
        "oom",
        "usage",
        "used",
        "footprint",
        "watermark",
        "bytes",
    ];
    let named = |condition: Node<'_>, of: &[&str]| {
        let names = condition.descendants();
        let mut names = names.filter(|node| node.is(&[Kind::Identifier, Kind::FieldIdentifier]));
        names.find(|name| speaks(name.text(), of)).map(seen)
    };
    conditions(at)
        .into_iter()
        .find_map(|condition| named(condition, WORDS))
        .or_else(|| passed(at, &|condition| named(condition, MEMORY)))
}

/// Words of those who look at the memory of the process, and at nothing else.
const MEMORY: &[&str] = &["mem", "memory", "heap", "rss", "oom", "footprint", "watermark"];

/// What `looks` says of the first condition, of which it says something, under which control
/// leaves before it comes to `at`: `if enough() { return }`.
fn passed(at: Node<'_>, looks: &dyn Fn(Node<'_>) -> Option<String>) -> Option<String> {
    let mut below = at;
    for up in at.ancestors() {
        if up.is(&[Kind::FuncLiteral, Kind::FunctionDeclaration, Kind::MethodDeclaration]) {
            break;
        }
        if up.kind() == Kind::StatementList {
            let first = up.remember("manual-gc: the first test of memory", || {
                let tests = up.named().filter(|part| part.kind() == Kind::IfStatement);
                let mut leaving = tests.filter(|test| {
                    let list = test.consequence().and_then(|block| block.child(Kind::StatementList));
                    list.and_then(|list| list.named().last()).is_some_and(|last| {
                        last.is(&[Kind::ReturnStatement, Kind::BreakStatement, Kind::ContinueStatement])
                    })
                });
                leaving.find_map(|test| Some((test.start(), looks(test.condition()?)?)))
            });
            if let Some((_, seen)) = first.filter(|(start, _)| *start < below.start()) {
                return Some(seen);
            }
        }
        below = up;
    }
    None
}

/// The conditions that control passes on its way to `at`, in its function.
fn conditions(at: Node<'_>) -> Vec<Node<'_>> {
    at.ancestors()
        .take_while(|up| !up.is(&[Kind::FuncLiteral, Kind::FunctionDeclaration, Kind::MethodDeclaration]))
        .flat_map(|up| match up.kind() {
            Kind::IfStatement => [up.condition(), up.initializer()],
            Kind::ExpressionCase => [up.value(), None],
            Kind::ForStatement => [up.named().next().filter(|header| header.kind() != Kind::Block), None],
            _ => [None, None],
        })
        .flatten()
        .collect()
}

/// That a process or an image of this one is made next.
pub fn before_exec(at: Node<'_>, whole: Node<'_>) -> Option<String> {
    let makes = |node: &Node<'_>| {
        let called = callee(*node).filter(|callee| callee.kind() == Kind::SelectorExpression);
        called.is_some_and(|called| {
            let name = called.field().map(Node::text);
            matches!(package_of(called), Some("syscall" | "os" | "golang.org/x/sys/unix"))
                && matches!(name, Some("Exec" | "ForkExec" | "StartProcess" | "RawSyscall" | "Kill"))
        })
    };
    let made = whole.remember("manual-gc: before exec", || -> Vec<(usize, String)> {
        whole.descendants().filter(makes).map(|node| (node.start(), seen(node))).collect()
    });
    let later = made.into_iter().find(|(start, _)| *start >= at.end());
    let named = || {
        let name = name_of(whole)?;
        speaks(name, &["snapshot", "checkpoint", "fork", "freeze", "suspend", "hibernate"])
            .then(|| name.to_owned())
    };
    later.map(|(_, seen)| seen).or_else(named)
}

/// The reference that is set to nil right before the statement, so that what it kept can be
/// collected there; for a `defer`, one that the function sets to nil.
pub fn after_release(at: Node<'_>) -> Option<String> {
    if at.kind() == Kind::DeferStatement {
        return released_in(function_of(at)?);
    }
    let list = at.parent()?;
    let passed = |other: &Node<'_>| {
        let unlocks = other.named().next().and_then(callee).and_then(|it| it.field());
        is_collection(*other) || unlocks.is_some_and(|name| matches!(name.text(), "Unlock" | "RUnlock"))
    };
    // The nodes of the list that neither collect nor unlock.
    let others = list.remember("manual-gc: what neither collects nor unlocks", || {
        let others = list.named().filter(|other| !passed(other));
        Arc::new(others.map(|other| (other.start(), other.place())).collect::<Vec<_>>())
    });
    let before = others.partition_point(|(start, _)| *start < at.start()).checked_sub(1)?;
    let last = Some(list.at(others[before].1)).filter(|last| last.kind() == Kind::AssignmentStatement)?;
    let values = last.right()?;
    values.named().all(|value| value.text() == "nil").then(|| seen(last))
}

/// The first statement of the function that sets an element, a field or a variable of somebody else's to nil.
fn released_in(function: Node<'_>) -> Option<String> {
    function.remember("manual-gc: releases", || {
        let body = function.body()?;
        let own = |name: Node<'_>| {
            name.kind() == Kind::Identifier
                && matches!(scope::resolve(name), Def::Local(local) if body.holds(local.name))
        };
        let mut assignments = body.descendants().filter(|node| node.kind() == Kind::AssignmentStatement);
        let release = assignments.find(|node| {
            let to_nil = node.right().is_some_and(|values| values.named().all(|value| value.text() == "nil"));
            to_nil && node.left().is_some_and(|targets| !targets.named().all(own))
        });
        release.map(seen)
    })
}

/// The first name in `node` that says what is done with the evicted.
fn eviction(node: Node<'_>) -> Option<Node<'_>> {
    let mut names = node.descend(|inner| inner.kind() != Kind::FuncLiteral);
    names.find(|inner| {
        inner.is(&[Kind::Identifier, Kind::FieldIdentifier]) && speaks_of_eviction(inner.text())
    })
}

/// Whether a name is that of a callback for what has been evicted: `OnEvict`, `evicted`.
fn speaks_of_eviction(name: &str) -> bool {
    let said = words(name);
    let back = ["on", "callback", "hook", "handler", "with"];
    said.iter().any(|word| word.starts_with("evict"))
        && said.iter().any(|word| word == "evicted" || back.contains(&word.as_str()))
}

/// The callback for what has been evicted around the statement: by its own name, or by the
/// field, variable or function that the literal is given to.
pub fn evicts(at: Node<'_>) -> Option<String> {
    let mut below = at;
    for up in at.ancestors() {
        let found = match up.kind() {
            Kind::FunctionDeclaration | Kind::MethodDeclaration => up.name().and_then(eviction),
            Kind::CallExpression if below.kind() == Kind::ArgumentList => up.function().and_then(eviction),
            Kind::KeyedElement => up.named().next().filter(|key| *key != below).and_then(eviction),
            Kind::ShortVarDeclaration | Kind::AssignmentStatement | Kind::VarSpec => {
                up.left().or_else(|| up.name()).and_then(eviction)
            }
            _ => None,
        };
        if let Some(found) = found {
            return Some(seen(found));
        }
        below = up;
    }
    None
}

/// Whether the statement stands straight in `main` or `init`, in the function that `main`
/// ends with, or in the function of a command.
pub fn runs_once(at: Node<'_>, package: &Package) -> bool {
    let Some(function) = function_of(at) else { return false };
    let phase = function.kind() == Kind::FunctionDeclaration
        && function.name().is_some_and(|name| matches!(name.text(), "main" | "init"));
    let looped = at.ancestors().take_while(|up| *up != function).any(|up| up.kind() == Kind::ForStatement);
    let jumps = || {
        let any = || function.descendants().any(|node| node.kind() == Kind::GotoStatement);
        function.remember("manual-gc: jumps", any)
    };
    (phase || is_command(function) || is_whole_program(function, package)) && !looped && !jumps()
}

/// Whether the function is what a command of a program does: the libraries for commands give
/// it the command or its flags.
fn is_command(function: Node<'_>) -> bool {
    const GIVEN: &[&str] =
        &["cobra.Command", "cli.Context", "cli.Command", "flag.FlagSet", "kingpin.ParseContext"];
    function.parameters().is_some_and(|list| {
        list.named()
            .filter_map(|parameter| parameter.ty())
            .any(|of| GIVEN.contains(&of.text().trim_start_matches('*')))
    })
}

fn speaks(name: &str, of: &[&str]) -> bool {
    words(name).iter().any(|word| of.contains(&word.as_str()))
}

/// The name of the function that is declared at `whole`.
fn name_of(whole: Node<'_>) -> Option<&str> {
    let function = whole.name().or_else(|| whole.named().find_map(|node| node.name()));
    function.map(Node::text)
}

fn seen(node: Node<'_>) -> String {
    let text: String = node.text().lines().next().unwrap_or_default().chars().take(40).collect();
    format!("`{text}` on line {}", node.line())
}
