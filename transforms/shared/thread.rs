//! Whether code can care which thread it runs on, and which statements hold a
//! goroutine to one.

use crate::model::comments;
use crate::model::effects::{function_of, is_predeclared};
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::model::types::{self, Type};
use crate::model::words::speaks_of;
use crate::rewrite::{Cx, Symbol};
use crate::syntax::{DeclKind, File, Kind, Node};
use std::collections::HashSet;

pub(crate) const LOCK: Symbol = Symbol { path: "runtime", name: "LockOSThread" };
pub(crate) const UNLOCK: Symbol = Symbol { path: "runtime", name: "UnlockOSThread" };

/// The packages of the standard library for which all threads are alike. Those
/// that start processes, open sockets, take signals or call the system are not
/// among them, nor is any other package: go-ole, purego and the like need the thread
/// without any sign of it in the code that imports them.
const INDIFFERENT: &[&str] = &[
    "bufio",
    "bytes",
    "cmp",
    "context",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "hash",
    "html",
    "io",
    "io/fs",
    "iter",
    "log",
    "log/slog",
    "maps",
    "math",
    "mime",
    "net/mail",
    "net/netip",
    "net/textproto",
    "net/url",
    "os",
    "path",
    "path/filepath",
    "reflect",
    "regexp",
    "runtime",
    "runtime/debug",
    "runtime/metrics",
    "runtime/pprof",
    "runtime/trace",
    "slices",
    "sort",
    "strconv",
    "strings",
    "sync",
    "sync/atomic",
    "text/tabwriter",
    "time",
    "unicode",
    "unique",
    "weak",
];

/// The folders of which everything is indifferent.
const FOLDERS: &[&str] = &[
    "archive/",
    "compress/",
    "container/",
    "crypto/",
    "encoding/",
    "go/",
    "hash/",
    "html/",
    "image/",
    "index/",
    "math/",
    "mime/",
    "regexp/",
    "text/",
    "unicode/",
];

/// What `runtime.LockOSThread()` and its like stand for: the call as a statement of
/// its own, under `defer` too.
pub(crate) fn statement<'t>(mention: Node<'t>) -> Option<Node<'t>> {
    let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
    let statement = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    statement.is(&[Kind::ExpressionStatement, Kind::DeferStatement]).then_some(statement)
}

/// Every mention of `symbol` in `code`.
pub(crate) fn mentions<'t>(code: Node<'t>, symbol: Symbol) -> Vec<Node<'t>> {
    let mut found: Vec<Node<'t>> = Vec::new();
    for node in code.descendants() {
        let named = node.is(&[Kind::SelectorExpression, Kind::Identifier]);
        if named && is_symbol(node, symbol.path, symbol.name) {
            found.push(node);
        }
    }
    found
}

/// What in the package may need a certain thread: an import that is not known to be
/// indifferent, code that is not Go. Test files do not count. The file itself comes
/// first: most often it says so already, and no other need be read.
pub(crate) fn foreign(cx: &Cx<'_>) -> Option<String> {
    let others = || cx.package().files().filter(|file| file.path() != cx.file.path());
    foreign_in(cx.file).or_else(|| others().find_map(|file| foreign_in(file)))
}

fn foreign_in(file: &File) -> Option<String> {
    if file.is_test() {
        return None;
    }
    let name = file.path().file_name().unwrap_or_default().to_string_lossy();
    let indifferent =
        |path: &str| INDIFFERENT.contains(&path) || FOLDERS.iter().any(|folder| path.starts_with(folder));
    if let Some(import) = file.imports().iter().find(|import| !indifferent(&import.path)) {
        return Some(format!("{name} imports {:?}", import.path));
    }
    if file.text().contains("//go:linkname") {
        return Some(format!("{name} has a go:linkname"));
    }
    // What a thread owns is told by the kernel in these files.
    if file.text().contains("\"/proc") || file.text().contains("`/proc") {
        return Some(format!("{name} names /proc"));
    }
    let bodiless = |kind: DeclKind| matches!(kind, DeclKind::Func | DeclKind::Method);
    let decls = &file.outline().decls;
    if decls.iter().any(|decl| bodiless(decl.kind) && !decl.span.of(file.text()).contains('{')) {
        return Some(format!("{name} declares a function in assembly"));
    }
    None
}

/// What somebody wrote beside `statement`, or as the documentation of its
/// function, that may be the reason for a thread: everything but hopes of speed.
pub(crate) fn reason(statement: Node<'_>) -> Option<String> {
    let own = comments::beside(statement);
    if !own.trim().is_empty() && !hopes_for_speed(&own) {
        return Some(format!("the comment at line {}", statement.line()));
    }
    let function = function_of(statement)?;
    let documentation = comments::beside(function);
    let about = documentation.to_lowercase();
    let speaks = ["thread", "affinity", "cgo", "syscall", "namespace", "opengl", "lockos"];
    (speaks.iter().any(|word| about.contains(word)) && !hopes_for_speed(&documentation))
        .then(|| "the function's documentation".into())
}

fn hopes_for_speed(comment: &str) -> bool {
    const HOPES: &[&str] =
        &["perform", "fast", "speed", "throughput", "context switch", "cache", "just in case", "to a cpu"];
    const REASONS: &[&str] = &[
        "cgo",
        "syscall",
        "opengl",
        "gl ",
        "c lib",
        "namespace",
        "netns",
        "tls",
        "thread-local",
        "signal",
        "affinity",
        "taskset",
        "prctl",
        "capabilit",
        "isolcpus",
        "main thread",
        "real-time",
        "realtime",
    ];
    let comment = comment.to_lowercase();
    HOPES.iter().any(|hope| comment.contains(hope)) && !REASONS.iter().any(|word| comment.contains(word))
}

/// A word for threads in the name of the function around `statement`, its outer
/// functions or its package: then holding one is the point.
pub(crate) fn subject(statement: Node<'_>) -> Option<String> {
    const STEMS: &[&str] =
        &["thread", "threads", "osthread", "pinned", "pin", "realtime", "affinity", "lockos"];
    let functions = std::iter::successors(function_of(statement), |function| function_of(*function));
    let names = functions.filter_map(|function| {
        let receiver = function.receiver().map(Node::text).unwrap_or_default();
        Some(format!("{receiver} {}", function.name()?.text()))
    });
    let package = statement.file().package().to_owned();
    names.chain([package]).find(|name| speaks_of(name, STEMS)).map(|name| format!("`{}`", name.trim()))
}

/// A call in `code`, or in a function of the package that it calls, that may run
/// code of another package's choosing: a function value, a method of an interface.
pub(crate) fn handed_in<'t>(code: Node<'t>, package: &'t Package) -> Option<String> {
    Calls { package, seen: HashSet::new() }.unknown(code)
}

struct Calls<'t> {
    package: &'t Package,
    /// Functions that were looked at: file and offset.
    seen: HashSet<(*const crate::syntax::File, usize)>,
}

impl<'t> Calls<'t> {
    fn unknown(&mut self, code: Node<'t>) -> Option<String> {
        if !self.seen.insert((std::ptr::from_ref(code.file()), code.start())) {
            return None;
        }
        let runs: Vec<Node<'t>> =
            code.descendants().filter(|node| node.is(&[Kind::CallExpression, Kind::RangeClause])).collect();
        runs.into_iter().find_map(|at| match at.kind() {
            Kind::RangeClause => at.right().and_then(|over| self.walked(over)),
            _ => self.call(at),
        })
    }

    /// A range over a function value runs it.
    fn walked(&self, over: Node<'t>) -> Option<String> {
        let of = types::type_of(over, self.package);
        let walks = match of.and_then(|of| types::underlying(of.clone(), self.package).or(Some(of))) {
            Some(Type::Written(of)) => {
                of.kind() == Kind::FunctionType
                    || of
                        .descendants()
                        .any(|name| name.kind() == Kind::QualifiedType && package_of(name) == Some("iter"))
            }
            _ => false,
        };
        walks.then(|| format!("`{}` on line {}", over.text(), over.line()))
    }

    /// What runs when `argument` is called: a function value, unless it is a function or a
    /// method of the package, which is looked at.
    fn given(&mut self, argument: Node<'t>) -> Option<String> {
        let argument = unparenthesized(argument);
        let found = || Some(format!("`{}` on line {}", argument.text(), argument.line()));
        let declared = match argument.kind() {
            Kind::Identifier if !matches!(scope::resolve(argument), Def::TopLevel(_) | Def::Outside) => {
                Vec::new()
            }
            Kind::Identifier => self.package.declarations(argument.text()),
            Kind::SelectorExpression if package_of(argument).is_none() => {
                self.package.methods(None, argument.field()?.text())
            }
            _ => return None,
        };
        match types::type_of(argument, self.package) {
            Some(of) if self.may_run(of.clone()) => found(),
            Some(_) => None,
            None => declared
                .into_iter()
                .filter(|code| code.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]))
                .find_map(|code| self.unknown(code)),
        }
    }

    /// Whether a value of this type brings code of its own choosing: a function, an
    /// interface that `sort` and its like call.
    fn may_run(&self, of: Type<'t>) -> bool {
        if let Type::Written(written) = &of
            && written.kind() == Kind::QualifiedType
        {
            return written.name().is_some_and(|name| matches!(name.text(), "Interface" | "Locker"));
        }
        let plain = types::underlying(of, self.package);
        matches!(plain, Some(Type::Written(of)) if of.kind() == Kind::FunctionType)
    }

    fn call(&mut self, call: Node<'t>) -> Option<String> {
        let mut called = callee(call)?;
        while called.is(&[Kind::IndexExpression, Kind::TypeInstantiationExpression]) {
            called = unparenthesized(called.named().next()?);
        }
        let unknown = || Some(format!("`{}` on line {}", called.text(), called.line()));
        let given = arguments(call).find_map(|argument| self.given(argument));
        match called.kind() {
            _ if given.is_some() => given,
            Kind::FuncLiteral => None,
            Kind::Identifier => match scope::resolve(called) {
                Def::Local(local) if local.kind == LocalKind::Type => None,
                Def::Local(local) => {
                    let literal = local.name.parent().and_then(Node::parent).filter(|made| {
                        made.kind() == Kind::ShortVarDeclaration
                            && made.right().is_some_and(|right| {
                                right.named().count() == 1
                                    && right.named().all(|value| value.kind() == Kind::FuncLiteral)
                            })
                    });
                    let fixed =
                        scope::mentions(local).into_iter().all(|at| at == local.name || !is_written(at));
                    if literal.is_some() && fixed { None } else { unknown() }
                }
                Def::Import(_) => None,
                Def::TopLevel(_) | Def::Outside => {
                    if is_predeclared(called.text(), self.package) {
                        return None;
                    }
                    let found = self.package.declarations(called.text());
                    // Nothing found: a dot import of what is indifferent.
                    found.into_iter().find_map(|declared| match declared.kind() {
                        Kind::FunctionDeclaration => self.unknown(declared),
                        Kind::TypeDeclaration => None,
                        _ => unknown(),
                    })
                }
            },
            Kind::SelectorExpression if package_of(called).is_some() => None,
            Kind::SelectorExpression => {
                let name = called.field()?.text();
                if self.in_interface(name) {
                    return unknown();
                }
                let methods = self.package.methods(None, name);
                if !methods.is_empty() {
                    return methods.into_iter().find_map(|method| self.unknown(method));
                }
                if self.is_known(called, name) { None } else { unknown() }
            }
            _ => unknown(),
        }
    }

    /// Whether an interface of the package has a method `name`.
    fn in_interface(&self, name: &str) -> bool {
        self.package.files().filter(|file| file.may_name(name)).any(|file| {
            let decls = file.outline().decls.iter().enumerate();
            let types = decls.filter(|(_, decl)| {
                let text = decl.span.of(file.text());
                decl.kind == DeclKind::Type && text.contains("interface") && text.contains(name)
            });
            types.into_iter().any(|(index, _)| {
                file.decl(index).is_none_or(|root| {
                    root.descendants().any(|node| {
                        node.kind() == Kind::MethodElem
                            && node.name().is_some_and(|method| method.text() == name)
                    })
                })
            })
        })
    }

    /// Whether the method is one of the standard library's that calls nothing of
    /// the caller's.
    fn is_known(&self, called: Node<'t>, name: &str) -> bool {
        const METHODS: &[&str] = &[
            "Lock",
            "Unlock",
            "RLock",
            "RUnlock",
            "TryLock",
            "Done",
            "Add",
            "Wait",
            "Load",
            "Store",
            "Swap",
            "CompareAndSwap",
            "Err",
            "Error",
            "Stop",
            "Reset",
            "Sub",
            "Seconds",
            "Milliseconds",
            "Nanoseconds",
            "Before",
            "After",
            "Unix",
            "UnixNano",
            "Signal",
            "Broadcast",
            "Intn",
            "IntN",
            "Float64",
            "Uint64",
        ];
        const PACKAGES: &[&str] =
            &["sync", "sync/atomic", "time", "strings", "bytes", "math/rand", "log", "regexp"];
        let held = called.operand().and_then(|operand| types::type_of(operand, self.package));
        let mut held = held;
        while let Some(Type::Pointer(inner)) = held {
            held = Some(*inner);
        }
        // A field that holds a function, and what only a constraint is known of.
        if types::type_of(called, self.package).is_some_and(|of| self.may_run(of))
            || held.clone().is_some_and(|of| self.may_run(of))
            || matches!(held, Some(Type::Written(of)) if matches!(scope::resolve(of), Def::Local(_)))
        {
            return false;
        }
        match held {
            Some(Type::Written(written)) => {
                let named = written.descendants().find(|node| node.kind() == Kind::QualifiedType);
                named.and_then(package_of).is_some_and(|path| PACKAGES.contains(&path))
                    || METHODS.contains(&name)
            }
            _ => METHODS.contains(&name),
        }
    }
}

/// Whether the function is `init` or `main`.
pub fn starts(function: Node<'_>) -> bool {
    function.kind() == Kind::FunctionDeclaration
        && function.name().is_some_and(|name| matches!(name.text(), "init" | "main"))
}
