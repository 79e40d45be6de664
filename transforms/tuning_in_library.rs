//! Advises to leave the tuning of the runtime to `main`.
//! ```go
//! func NewCache(size int) []byte {
//! 	debug.SetGCPercent(400)
//! 	return make([]byte, size)
//! }
//! ```
//! better:
//! ```go
//! func main() {
//! 	debug.SetGCPercent(400)
//! }
//! ```
//! # Why
//! The collector's percentage, the memory limit, the number of threads and of processors
//! belong to the whole process. What a package sets, the next one overrides, and nobody
//! who reads `main` knows: where `main` had set a percentage of 50, the 400 of a package were in force
//! from its call on. The rule is for ownership, not for speed: one place decides what all
//! share.
//! # Guards
//! - `restores`, keep: the function sets the value back when it ends.
//! - `is-the-purpose`, keep: the package or the function is named after what it sets, so
//!   its callers know what they ask for.
//! - `test-code`, keep: tests and benchmarks tune what they measure.
//! - `asked-for`, keep: the function reads an environment variable first, a flag or a setting with that name
//!   decides, or a request brings the value, so the user of the program asks for it.
//! - `one-of-many-processes`, keep: `GOMAXPROCS(1)` in code that starts processes, or is one of
//!   several, or beside `LockOSThread`: the child whose share that is has no other place for it.
//! - `the-program`, keep: the package is called `cmd` or `commands`, lies in or right below a directory of that name, or is bound by
//!   gomobile, so it is the program and not a library.
//! - `not-main`, advice: the package is not `main`.
//! - `mid-process`, advice: the package is `main`, but neither `main` nor `init`, nor what
//!   they call directly, nor a command (`RunE: serve`) does it.
//! # Known limits
//! A function that only hands the value on, `SetLimits(percent int)`, is advised on unless its name says
//! what it sets.

use crate::model::effects::function_of;
use crate::model::fields::spelled;
use crate::model::imports::{arguments, callee, is_symbol, package_of};
use crate::model::scope::{self, Def};
use crate::model::words::words;
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::handler::served;
use crate::transforms::shared::machine::may_set;
use crate::transforms::shared::processes;

/// Advises on calls that tune the runtime outside of `main`.
pub struct TuningInLibrary;

/// A call that changes a setting of the process.
pub struct TuningInLibrarySite<'t> {
    call: Node<'t>,
    /// `SetGCPercent`, `GOMAXPROCS` ...
    name: &'t str,
    /// The top-level declaration around it.
    whole: Node<'t>,
}

const fn debug(name: &'static str) -> Symbol {
    Symbol { path: "runtime/debug", name }
}

impl Transform for TuningInLibrary {
    type Site<'t> = TuningInLibrarySite<'t>;
    const META: Meta = Meta {
        id: "tuning-in-library",
        title: "leave tuning to main",
        group: Group::Memory,
        seeds: &["SEN 2", "SEN 9.1", "SEN closing"],
        triggers: &[
            debug("SetGCPercent"),
            debug("SetMemoryLimit"),
            debug("SetMaxThreads"),
            Symbol { path: "runtime", name: "GOMAXPROCS" },
        ],
        may_match_bytes: |bytes, at| !bytes[at..].starts_with(b"GOMAXPROCS") || may_set(bytes, at),
        guards: &[
            "restores",
            "is-the-purpose",
            "test-code",
            "asked-for",
            "one-of-many-processes",
            "the-program",
            "not-main",
            "mid-process",
        ],
        yields_to: &["gomaxprocs-call", "gomaxprocs-one", "gc-percent-off"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<TuningInLibrarySite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let whole = call.ancestors().last()?;
        let name = mention.field().unwrap_or(mention).text();
        let value = arguments(call).next()?.text();
        let only_asks = match name {
            "GOMAXPROCS" => value == "0" || value.starts_with('-'),
            "SetMemoryLimit" => value.starts_with('-'),
            _ => false,
        };
        let owned = cx.file.package() == "main" && (starts(whole, cx) || is_command(call, whole, cx));
        (!only_asks && !owned && !restores(call, name)).then_some(TuningInLibrarySite { call, name, whole })
    }

    fn judge<'t>(site: &TuningInLibrarySite<'t>, cx: &Cx<'t>) -> Verdict {
        let main = cx.file.package() == "main";
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(restored(site), "restores")
            .keep_for(purpose(site, cx), "is-the-purpose")
            .keep_for(asked_for(site), "asked-for")
            .keep_for(requested(site, cx), "asked-for")
            .keep_seen(|| one_of_many(site, cx), "one-of-many-processes")
            .keep_for(the_program(cx), "the-program")
            .named(if main { "mid-process" } else { "not-main" })
    }

    fn diagnose<'t>(site: &TuningInLibrarySite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let place = match cx.file.package() {
            "main" => "in the middle of the program".to_owned(),
            package => format!("by package {package}"),
        };
        Diagnostic {
            span: site.call.span(),
            message: format!("`{}` tunes the whole process {place}", site.name),
            why:
                "the setting belongs to the process: whoever sets it last wins, and `main` does not show it; \
                  set it in `main`, or let the caller decide"
                    .into(),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }
}

/// Whether the declaration is where a program starts: `main`, `init`, what
/// they call directly, or a variable's initial value.
fn starts(whole: Node<'_>, cx: &Cx<'_>) -> bool {
    let declared = whole.named().next();
    let function = declared.filter(|node| node.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]));
    let method = function.is_some_and(|function| function.kind() == Kind::MethodDeclaration);
    match function.and_then(|function| function.name()).map(Node::text) {
        Some("main" | "init") if !method => true,
        Some(name) => {
            let package = cx.package();
            package.declarations("main").into_iter().chain(package.declarations("init")).any(|begin| {
                let calls = |node: Node<'_>| match callee(node) {
                    Some(called) if method => {
                        called.field().is_some_and(|field| field.text() == name)
                            && package_of(called).is_none()
                    }
                    called => called.is_some_and(|called| called.text() == name),
                };
                begin.kind() == Kind::FunctionDeclaration && begin.descendants().any(calls)
            })
        }
        None => declared.is_some_and(|node| node.kind() == Kind::VarDeclaration),
    }
}

/// Whether the call stands in what a command of the program runs, as a table of
/// commands says: `RunE: serve`.
fn is_command(call: Node<'_>, whole: Node<'_>, cx: &Cx<'_>) -> bool {
    const KEYS: &[&str] = &["Run", "RunE", "PreRun", "PreRunE", "PersistentPreRun", "PersistentPreRunE"];
    let runs = |part: Node<'_>| {
        part.ancestors().take_while(|up| !up.kind().is_statement()).any(|up| {
            let key = || up.named().next().map_or("", Node::text);
            up.kind() == Kind::KeyedElement && (KEYS.contains(&key()) || matches!(key(), "Action" | "Before"))
        })
    };
    let literals = call.ancestors().filter(|up| up.kind() == Kind::FuncLiteral);
    let name = whole.named().next().filter(|node| node.kind() == Kind::FunctionDeclaration);
    let name = name.and_then(|function| function.name()).map(Node::text);
    literals.into_iter().any(runs)
        || name
            .is_some_and(|name| spelled(name, cx.package()).is_ok_and(|places| places.into_iter().any(runs)))
}

/// Whether the call sets the old value back: under `defer`, or around the call
/// that gave it.
fn restores(call: Node<'_>, name: &str) -> bool {
    let inner = |node: Node<'_>| {
        node != call && callee(node).is_some_and(|callee| callee.field().unwrap_or(callee).text() == name)
    };
    call.descendants().any(inner)
        || given_by(call).is_some_and(|statement| statement.descendants().any(inner))
        || (call.ancestors().any(|up| up.kind() == Kind::DeferStatement)
            && arguments(call).all(|old| old.kind() == Kind::Identifier))
}

/// The declaration of the variable that the call gets: `old := …` of `set(old)`.
fn given_by(call: Node<'_>) -> Option<Node<'_>> {
    let old = arguments(call).next().filter(|old| old.kind() == Kind::Identifier)?;
    let Def::Local(local) = scope::resolve(old) else { return None };
    local.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]))
}

/// Another call of the same setting in the function, under `defer` or with the
/// value that this one gave.
fn restored(site: &TuningInLibrarySite<'_>) -> Option<String> {
    let same = |node: &Node<'_>| {
        *node != site.call
            && callee(*node).is_some_and(|callee| callee.field().unwrap_or(callee).text() == site.name)
    };
    let mut others = site.whole.descendants().filter(same);
    let set_back = others.find(|other| {
        let deferred = other.ancestors().any(|up| up.kind() == Kind::DeferStatement);
        let back = given_by(*other).is_some_and(|statement| statement.holds(site.call));
        deferred || back || other.holds(site.call)
    });
    set_back.map(|node| format!("line {}", node.line()))
}

/// A word for the setting in the name of the function or of the package.
fn purpose(site: &TuningInLibrarySite<'_>, cx: &Cx<'_>) -> Option<String> {
    let says = |name: &&str| speaks_of_setting(name);
    let function = function_of(site.call).and_then(|function| function.name());
    let outer = site.whole.named().next().and_then(|function| function.name());
    let names = [function, outer].into_iter().flatten().map(Node::text).chain([cx.file.package()]);
    names.into_iter().find(says).map(str::to_owned)
}

/// Whether a name has a word for what the rule is about.
fn speaks_of_setting(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "gomaxprocs",
        "maxprocs",
        "procs",
        "processors",
        "gc",
        "gogc",
        "garbage",
        "percent",
        "gomemlimit",
        "memlimit",
        "memory",
        "threads",
        "maxthreads",
        "tune",
        "tuner",
        "tuning",
        "rlimit",
        "runtimex",
        "limits",
        "cpus",
        "cpu",
    ];
    words(name).iter().any(|word| WORDS.contains(&word.as_str()))
}

/// What of the environment, the flags or the settings decides before the call, or gives its value.
fn asked_for(site: &TuningInLibrarySite<'_>) -> Option<String> {
    const READERS: &[(&str, &str)] = &[("os", "Getenv"), ("os", "LookupEnv"), ("syscall", "Getenv")];
    let reads = |node: &Node<'_>| {
        let called = callee(*node);
        called.is_some_and(|it| READERS.iter().any(|(path, name)| is_symbol(it, path, name)))
            && (node.start() < site.call.start() || site.call.holds(*node))
    };
    // `if *profiling`, `if flag.NArg() > 0`
    let flags = |node: &Node<'_>| {
        let pointed = node.kind() == Kind::UnaryExpression
            && node.operator().is_some_and(|operator| operator.kind() == Kind::Star);
        pointed || callee(*node).and_then(package_of) == Some("flag") || is_setting(*node)
    };
    let branches = site.call.ancestors().filter(|up| up.kind() == Kind::IfStatement);
    let conditions = branches.flat_map(|branch| [branch.initializer(), branch.condition()]);
    let flag = || {
        let parts = conditions.flatten().chain(arguments(site.call));
        parts.flat_map(Node::descendants).find(flags)
    };
    let found = site.whole.descendants().find(reads).or_else(flag)?;
    Some(format!("`{}` on line {}", found.text(), found.line()))
}

/// A field of the settings that is named after what the call sets: `cfg.MemoryLimit`.
fn is_setting(node: Node<'_>) -> bool {
    const HOLDERS: &[&str] =
        &["opt", "opts", "option", "options", "cfg", "conf", "config", "settings", "flags", "args"];
    let held = |holder: Node<'_>| {
        let mut names =
            holder.descendants().filter(|part| part.is(&[Kind::Identifier, Kind::FieldIdentifier]));
        names.any(|name| words(name.text()).iter().any(|word| HOLDERS.contains(&word.as_str())))
    };
    node.kind() == Kind::SelectorExpression
        && node.field().is_some_and(|field| speaks_of_setting(field.text()))
        && node.operand().is_some_and(held)
}

/// That the process is one of several, which share the processors.
fn one_of_many(site: &TuningInLibrarySite<'_>, cx: &Cx<'_>) -> Option<String> {
    let one =
        site.name == "GOMAXPROCS" && arguments(site.call).next().is_some_and(|number| number.text() == "1");
    one.then(|| processes::about(site.call, cx.package()))?
}

/// The handler that gives the setting what its caller wants: a value that it has worked out itself.
fn requested(site: &TuningInLibrarySite<'_>, cx: &Cx<'_>) -> Option<String> {
    let brought = |function: Node<'_>| {
        arguments(site.call).flat_map(Node::descendants).any(|node| {
            node.kind() == Kind::Identifier
                && matches!(scope::resolve(node), Def::Local(local) if function.holds(local.name))
        })
    };
    let mut functions = site
        .call
        .ancestors()
        .filter(|up| up.is(&[Kind::FuncLiteral, Kind::FunctionDeclaration, Kind::MethodDeclaration]));
    let handler = functions.find(|function| brought(*function) && served(*function, cx).is_some())?;
    Some(format!("the handler on line {}", handler.line()))
}

/// What says that the package is a part of the program.
fn the_program(cx: &Cx<'_>) -> Option<String> {
    let package = cx.file.package();
    if package == "main" {
        return None;
    }
    if matches!(package, "cmd" | "commands") || words(package).iter().any(|word| word == "gomobile") {
        return Some(format!("package {package}"));
    }
    let bound = cx.file.imports().iter().find(|import| import.path.starts_with("golang.org/x/mobile/"));
    if let Some(bound) = bound {
        return Some(format!("the import of {}", bound.path));
    }
    // A directory further up may be that of the checkout.
    let mut parts = cx.file.path().parent()?.components().rev().take(2);
    parts.any(|part| part.as_os_str() == "cmd").then(|| "below `cmd`".to_owned())
}
