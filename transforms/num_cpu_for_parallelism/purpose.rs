//! What a number of processors is used for: followed from the call through arithmetic
//! and one variable to what it sizes.

use crate::model::effects::is_predeclared;
use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::words::{speaks_of, words};
use crate::syntax::{Field, Kind, Node};

/// What the number is for.
#[derive(Clone, Debug)]
pub(super) struct CpuPurpose<'t> {
    /// `a channel`, `the workers that a loop starts` ...
    pub(super) sizes: String,
    /// A factor, a bound or another term comes with it.
    pub(super) scaled: bool,
    /// It goes where its other readers cannot be seen.
    pub(super) stored: bool,
    /// It is also used as what it is.
    pub(super) capacity: Option<String>,
    /// It sizes nothing but a buffer.
    pub(super) buffers: bool,
    /// The name of what waits rather than computes.
    pub(super) waits: Option<String>,
    /// The `for` clause in whose condition the call itself stands.
    pub(super) condition: Option<Node<'t>>,
}

/// One use of the number.
enum CpuUse<'t> {
    Sizes {
        what: String,
        stored: bool,
        condition: Option<Node<'t>>,
    },
    /// The capacity of a channel that bounds nothing, or of a free list.
    Buffer(&'static str),
    /// The bound of a loop that fills a channel.
    Fills,
    /// Given to `runtime.GOMAXPROCS`.
    Sets,
    /// It is reported, compared, divided by.
    Capacity(Node<'t>),
    /// Assigned to this variable.
    Variable(Node<'t>),
    /// A comparison with a small number, an assignment that bounds it.
    Neutral,
    Unknown,
}

/// Words for what runs at once.
const PARALLEL: &[&str] = &[
    "worker",
    "parallel",
    "concurren",
    "goroutine",
    "semaphore",
    "sem",
    "sema",
    "pool",
    "threads",
    "jobs",
    "inflight",
    "procs",
    "limit",
    "consumers",
    "producers",
    "fanout",
];
/// Words for the machine and for accounts of it.
const MACHINE: &[&str] = &[
    "cpu",
    "cpus",
    "ncpu",
    "numcpu",
    "core",
    "cores",
    "processors",
    "percent",
    "usage",
    "load",
    "share",
    "shares",
    "quota",
    "period",
    "nano",
    "capacity",
    "host",
    "hardware",
    "machine",
    "time",
    "ticks",
    "info",
    "stats",
    "report",
];

/// The purpose of `call`; `None` when it is not about what runs at once.
pub(super) fn of<'t>(call: Node<'t>, package: &'t Package) -> Option<CpuPurpose<'t>> {
    let mut found = CpuPurpose {
        sizes: String::new(),
        scaled: false,
        stored: false,
        capacity: None,
        buffers: false,
        waits: None,
        condition: None,
    };
    let mut state = PoolState::default();
    take(usage(call, &mut found.scaled, package), &mut found, &mut state, package, 2);
    // `gomaxprocs-call` tells of a number that is set.
    if state.sets || !(state.sized || found.buffers) {
        return None;
    }
    if state.sized {
        found.buffers = false;
    }
    Some(found)
}

/// What the uses so far have shown.
#[derive(Default)]
struct PoolState {
    /// One sizes what runs at once.
    sized: bool,
    /// One sets GOMAXPROCS.
    sets: bool,
    /// One fills a channel.
    fills: bool,
}

fn take<'t>(
    use_of: CpuUse<'t>,
    found: &mut CpuPurpose<'t>,
    state: &mut PoolState,
    package: &'t Package,
    depth: u32,
) {
    match use_of {
        CpuUse::Sizes { what, stored, condition } => {
            if !state.sized || found.stored {
                found.waits = waits(&what);
                found.sizes = what;
            }
            found.stored |= stored;
            found.condition = found.condition.or(condition);
            state.sized = true;
        }
        CpuUse::Buffer(what) => {
            if !state.sized {
                found.sizes = what.into();
            }
            found.buffers = true;
        }
        CpuUse::Sets => state.sets = true,
        CpuUse::Fills => state.fills = true,
        CpuUse::Capacity(at) => {
            found.capacity.get_or_insert(format!("line {}", at.line()));
        }
        CpuUse::Variable(name) => {
            let Some(local) = scope::local(name.text(), name).filter(|_| depth > 0) else { return };
            let condition = found.condition;
            for mention in scope::mentions(local) {
                let declared = mention == local.name || mention == name;
                if !declared && !is_written(mention) {
                    take(usage(mention, &mut found.scaled, package), found, state, package, depth - 1);
                }
            }
            // The condition then reads the variable, not the number.
            found.condition = condition;
            if found.buffers && state.fills && !state.sized {
                state.sized = true;
                found.sizes = "a semaphore".into();
            }
            if !state.sized && evidence(name.text()) {
                state.sized = true;
                found.stored = true;
                found.sizes = format!("`{}`", name.text());
            }
        }
        CpuUse::Neutral | CpuUse::Unknown => {}
    }
}

/// Whether the name speaks of what runs at once and not of the machine.
fn evidence(name: &str) -> bool {
    speaks_of(name, PARALLEL) && !of_another(name)
}

/// Whether the name speaks of a bound for something other than what runs at once.
fn of_another(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "cpu", "cpus", "ncpu", "usage", "percent", "rate", "mem", "memory", "heap", "byte", "bytes", "file",
        "files", "depth", "stack", "timeout", "retry", "retries", "page", "pages",
    ];
    words(name).iter().any(|word| OTHERS.contains(&word.as_str()))
}

/// Whether the number is that of `(x + n - 1) / n`.
fn rounds_up(number: Node<'_>) -> bool {
    let sums = |up: &Node<'_>| {
        up.kind() == Kind::ParenthesizedExpression
            || up.operator().is_some_and(|operator| matches!(operator.kind(), Kind::Plus | Kind::Minus))
    };
    let division = number.ancestors().find(|up| !sums(up));
    number.kind() == Kind::Identifier
        && division.is_some_and(|up| {
            up.operator().is_some_and(|operator| operator.kind() == Kind::Slash)
                && up.right().is_some_and(|right| right != number && right.text() == number.text())
                && !is_of_machine(up.left(), number)
        })
}

/// Whether a name in the expression other than the number's own speaks of the machine, or the expression is a number.
fn is_of_machine(expression: Option<Node<'_>>, number: Node<'_>) -> bool {
    let names =
        |node: &Node<'_>| node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && node.text() != number.text();
    expression.is_none_or(|expression| {
        let mut all = expression.descendants().filter(names).peekable();
        all.peek().is_none() || all.any(|name| of_machine(name.text()))
    })
}

/// Whether the name speaks of the machine, or of an account of it.
fn of_machine(name: &str) -> bool {
    words(name).iter().any(|word| MACHINE.contains(&word.as_str()))
}

/// The use of the number that `value` is.
fn usage<'t>(value: Node<'t>, scaled: &mut bool, package: &'t Package) -> CpuUse<'t> {
    if rounds_up(value) {
        return CpuUse::Neutral;
    }
    let mut at = value;
    loop {
        let Some(up) = at.parent() else { return CpuUse::Unknown };
        match up.kind() {
            Kind::ParenthesizedExpression | Kind::TypeConversionExpression => at = up,
            Kind::BinaryExpression => {
                if is_clamp(up, at) {
                    // The assignment is a use of its own, and is followed to the variable.
                    return CpuUse::Neutral;
                }
                let operator = up.operator().map_or(Kind::Error, Node::kind);
                let right = up.right() == Some(at);
                match operator {
                    Kind::Star | Kind::Plus | Kind::Minus | Kind::ShiftLeft => *scaled = true,
                    // The work is parted among the workers.
                    Kind::Slash | Kind::Remainder
                        if right && at.kind() == Kind::Identifier && !is_of_machine(up.left(), at) =>
                    {
                        return CpuUse::Neutral;
                    }
                    Kind::Slash | Kind::Remainder | Kind::ShiftRight if right => return CpuUse::Capacity(up),
                    Kind::Slash | Kind::ShiftRight => *scaled = true,
                    Kind::Less
                    | Kind::LessOrEqual
                    | Kind::Greater
                    | Kind::GreaterOrEqual
                    | Kind::Equal
                    | Kind::NotEqual => return compared(up, at),
                    _ => return CpuUse::Capacity(up),
                }
                at = up;
            }
            Kind::ArgumentList => match up.parent() {
                Some(call) => match argument(call, scaled, package) {
                    Ok(use_of) => return use_of,
                    Err(outer) => at = outer,
                },
                None => return CpuUse::Unknown,
            },
            Kind::RangeClause => return looped(up, up.parent(), false),
            Kind::ExpressionList => match up.parent() {
                Some(statement) => return assigned(statement, up, at),
                None => return CpuUse::Unknown,
            },
            Kind::LiteralElement | Kind::KeyedElement => return keyed(at),
            _ => return CpuUse::Unknown,
        }
    }
}

/// Whether the comparison is that of `if other > n { other = n }`, alone or as one of several: a clamp,
/// as `min` and `max` are, which is as right for the other number.
fn is_clamp<'t>(comparison: Node<'t>, at: Node<'t>) -> bool {
    let statement = decided_by(comparison);
    let sides = [comparison.left(), comparison.right()];
    let other = sides.into_iter().flatten().find(|side| !side.holds(at)).map(unparenthesized);
    let number = at.descendants().find(|node| node.kind() == Kind::Identifier);
    let (Some(statement), Some(other), Some(number)) = (statement, other, number) else { return false };
    let list = statement.consequence().and_then(|block| block.child(Kind::StatementList));
    let mut statements = list.into_iter().flat_map(Node::named);
    let (Some(only), None) = (statements.next(), statements.next()) else { return false };
    let target = only.left().and_then(|left| left.named().next());
    let gives = only.kind() == Kind::AssignmentStatement
        && only.right().is_some_and(|right| {
            right.descendants().any(|node| {
                node.kind() == Kind::Identifier
                    && scope::resolve(node) == scope::resolve(number)
                    && node.text() == number.text()
            })
        });
    let same = target.is_some_and(|target| {
        target.is(&[Kind::Identifier, Kind::SelectorExpression]) && target.text() == other.text()
    });
    gives && same && statement.alternative().is_none()
}

/// The `if` that the comparison decides, alone or as one of several.
fn decided_by(comparison: Node<'_>) -> Option<Node<'_>> {
    let joins = |up: &Node<'_>| {
        up.kind() == Kind::ParenthesizedExpression
            || up
                .operator()
                .is_some_and(|operator| matches!(operator.kind(), Kind::LogicalOr | Kind::LogicalAnd))
    };
    comparison.ancestors().find(|up| !joins(up)).filter(|up| up.kind() == Kind::IfStatement)
}

/// The number in a comparison: the condition of a loop that starts goroutines, a
/// check against the machine, or a bound of the number itself.
fn compared<'t>(comparison: Node<'t>, at: Node<'t>) -> CpuUse<'t> {
    let owner = comparison.parent();
    let clause = owner.filter(|up| up.kind() == Kind::ForClause && up.condition() == Some(comparison));
    if let Some(clause) = clause {
        let operator = comparison.operator().map_or(Kind::Error, Node::kind);
        let direct = unparenthesized(at).kind() == Kind::CallExpression;
        return match looped(clause, clause.parent(), direct) {
            CpuUse::Sizes { .. } if !matches!(operator, Kind::Less | Kind::LessOrEqual) => {
                CpuUse::Capacity(comparison)
            }
            other => other,
        };
    }
    // `if workers > len(items) { workers = len(items) }`, `if workers < 1`
    let other = if comparison.left() == Some(at) { comparison.right() } else { comparison.left() };
    let bounds = decided_by(comparison).is_some_and(|statement| {
        let block = statement.consequence().and_then(|block| block.child(Kind::StatementList));
        let only = block.and_then(|list| list.named().next());
        at.kind() == Kind::Identifier
            && only.is_some_and(|only| {
                only.kind() == Kind::AssignmentStatement
                    && only.left().is_some_and(|left| left.text() == at.text())
            })
    });
    let small = other.is_some_and(|other| other.kind() == Kind::IntLiteral) && at.kind() == Kind::Identifier;
    if bounds || small { CpuUse::Neutral } else { CpuUse::Capacity(comparison) }
}

/// The number as the bound of a loop.
fn looped<'t>(clause: Node<'t>, statement: Option<Node<'t>>, direct: bool) -> CpuUse<'t> {
    let body = statement.and_then(|statement| statement.body());
    if !body.is_some_and(starts_goroutines) {
        // It fills a channel with as many tokens, or waits for as many workers, which all are alike.
        let index = clause.initializer().unwrap_or(clause).left().map_or("", Node::text);
        let talks = body.is_some_and(|body| {
            let inner = || body.descend(|node| node.kind() != Kind::FuncLiteral);
            let receives = |node: Node<'_>| {
                node.kind() == Kind::UnaryExpression
                    && node.operator().is_some_and(|operator| operator.kind() == Kind::Arrow)
            };
            inner().any(|node| node.kind() == Kind::SendStatement || receives(node))
                && !inner().any(|node| node.kind() == Kind::Identifier && node.text() == index)
        });
        let fills =
            body.is_some_and(|body| body.descendants().any(|node| node.kind() == Kind::SendStatement));
        return match talks {
            true if fills => CpuUse::Fills,
            true => CpuUse::Neutral,
            false => CpuUse::Capacity(clause),
        };
    }
    let condition = (direct && clause.kind() == Kind::ForClause).then_some(clause);
    CpuUse::Sizes { what: "the goroutines that a loop starts".into(), stored: false, condition }
}

fn starts_goroutines(body: Node<'_>) -> bool {
    body.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| {
        node.kind() == Kind::GoStatement
            || callee(node).is_some_and(|called| {
                let name = called.field().unwrap_or(called).text();
                let first = words(name).into_iter().next().unwrap_or_default();
                matches!(name, "Go" | "TryGo") || STARTS.contains(&first.as_str())
            })
    })
}

/// The first words of names of functions that start something beside the caller.
const STARTS: &[&str] = &["submit", "start", "spawn", "launch"];

/// Whether a channel is there to bound what runs at once: by its name, or because what it
/// carries says nothing and its name does not say that it is a signal.
fn is_semaphore(make: Node<'_>, channel: Node<'_>) -> bool {
    const BOUNDS: &[&str] =
        &["sem", "sema", "semaphore", "slots", "tokens", "permit", "throttl", "limit", "gate"];
    const SIGNALS: &[&str] = &[
        "done", "quit", "stop", "exit", "finish", "ready", "close", "wait", "err", "notify", "signal", "ack",
        "wake", "event",
    ];
    let holder = make.ancestors().find_map(|up| match up.kind() {
        Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
            let index = up.right()?.named().position(|value| value.holds(make))?;
            up.left()?.named().nth(index)
        }
        Kind::VarSpec => up.name(),
        Kind::KeyedElement => up.named().next(),
        _ => None,
    });
    let name = holder.map_or("", |holder| holder.field().unwrap_or(holder).text());
    let empty = channel.value().is_some_and(|of| {
        of.kind() == Kind::StructType && !of.descendants().any(|node| node.kind() == Kind::FieldDeclaration)
    });
    speaks_of(name, BOUNDS) || empty && !speaks_of(name, SIGNALS)
}

/// What in a name says that the work waits for others rather than computes.
pub(super) fn waits(what: &str) -> Option<String> {
    const WAITS: &[&str] =
        &["upload", "download", "transfer", "fetch", "multipart", "connection", "conn", "conns", "dial"];
    speaks_of(what, WAITS).then(|| what.to_owned())
}

/// The number as an argument; the call itself where that only computes with it.
fn argument<'t>(call: Node<'t>, scaled: &mut bool, package: &'t Package) -> Result<CpuUse<'t>, Node<'t>> {
    let Some(called) = callee(call) else { return Ok(CpuUse::Unknown) };
    let sizes = |what: String| CpuUse::Sizes { what, stored: false, condition: None };
    if called.kind() == Kind::Identifier
        && scope::resolve(called) == Def::Outside
        && !package.knows(called.text())
    {
        match called.text() {
            // A clamp by what there is to do is as right for the other number.
            "min" | "max" => return Err(call),
            "make" => {
                let channel = call.arguments().and_then(|list| list.named().next());
                let channel = channel.filter(|of| of.kind() == Kind::ChannelType);
                return Ok(match channel {
                    Some(channel) if is_semaphore(call, channel) => sizes("a semaphore".into()),
                    Some(_) => CpuUse::Buffer("a channel"),
                    None => CpuUse::Neutral,
                });
            }
            name if is_predeclared(name, package) => return Err(call),
            _ => {}
        }
    }
    let path = package_of(called);
    let name = called.field().unwrap_or(called).text();
    if path == Some("math") {
        *scaled = true;
        return Err(call);
    }
    if path == Some("runtime") && name == "GOMAXPROCS" {
        return Ok(CpuUse::Sets);
    }
    const REPORTS: &[&str] = &["fmt", "log", "log/slog", "strconv", "expvar", "errors"];
    if path.is_some_and(|path| REPORTS.contains(&path)) {
        return Ok(CpuUse::Neutral);
    }
    let holder = path.unwrap_or_default();
    let holder = holder.rsplit('/').next().unwrap_or_default();
    Ok(match name {
        "SetLimit" => sizes("a group's limit".into()),
        "NewWeighted" => sizes("a semaphore".into()),
        _ if of_machine(name) || of_another(name) || of_another(holder) => CpuUse::Unknown,
        _ if arguments(call).any(|given| is_factory(given, package)) => {
            CpuUse::Buffer("a free list of objects")
        }
        _ if speaks_of(name, PARALLEL) || speaks_of(holder, PARALLEL) => {
            sizes(format!("what `{}` runs at once", called.text()))
        }
        _ => CpuUse::Unknown,
    })
}

/// Whether the argument is a function that makes an object out of nothing, or of a size: what is given
/// one keeps objects for those who ask, and runs nothing. One that makes workers does.
fn is_factory<'t>(given: Node<'t>, package: &'t Package) -> bool {
    const RUNS: &[&str] = &["worker", "job", "task", "runner", "error", "bool", "goroutine", "func"];
    const SIZES: &[&str] = &["sz", "size", "capacity", "length"];
    let given = unparenthesized(given);
    let function = match given.kind() {
        Kind::FuncLiteral => Some(given),
        Kind::Identifier if matches!(scope::resolve(given), Def::TopLevel(_) | Def::Outside) => {
            match package.declarations(given.text())[..] {
                [only] if only.kind() == Kind::FunctionDeclaration => Some(only),
                _ => None,
            }
        }
        _ => None,
    };
    function.is_some_and(|function| {
        let size = |parameter: Node<'_>| {
            let mut names = parameter.fields(Field::Name).peekable();
            names.peek().is_some() && names.all(|name| SIZES.contains(&name.text()))
        };
        let takes = function.parameters().is_some_and(|list| list.named().any(|given| !size(given)));
        let starts = function.body().is_some_and(starts_goroutines);
        let makes = function.result().is_some_and(|of| !speaks_of(of.text(), RUNS));
        !takes && !starts && makes
    })
}

/// The number as the value of an assignment, declaration or return.
fn assigned<'t>(statement: Node<'t>, list: Node<'t>, at: Node<'t>) -> CpuUse<'t> {
    let index = list.named().position(|value| value == at).unwrap_or(0);
    let stored = |name: &str, always: bool| {
        if of_machine(name) && !evidence(name) || !(always || evidence(name)) {
            return CpuUse::Unknown;
        }
        CpuUse::Sizes { what: format!("`{name}`"), stored: true, condition: None }
    };
    match statement.kind() {
        Kind::ShortVarDeclaration => match statement.left().and_then(|left| left.named().nth(index)) {
            Some(name) => CpuUse::Variable(name),
            None => CpuUse::Unknown,
        },
        Kind::VarSpec => match statement.fields(Field::Name).nth(index) {
            Some(name) if name.ancestors().any(|up| up.kind() == Kind::StatementList) => {
                CpuUse::Variable(name)
            }
            Some(name) => stored(name.text(), has_factor(at)),
            None => CpuUse::Unknown,
        },
        Kind::AssignmentStatement => match statement.left().and_then(|left| left.named().nth(index)) {
            Some(target)
                if target.kind() == Kind::Identifier && scope::local(target.text(), target).is_some() =>
            {
                CpuUse::Variable(target)
            }
            Some(target) => {
                let name = target.field().unwrap_or(target);
                stored(name.text(), has_factor(at))
            }
            None => CpuUse::Unknown,
        },
        Kind::ReturnStatement => {
            let function = crate::model::effects::function_of(statement).and_then(|function| function.name());
            function.map_or(CpuUse::Unknown, |name| stored(name.text(), false))
        }
        _ => CpuUse::Unknown,
    }
}

/// Whether the number is multiplied: nobody reports twice the processors.
fn has_factor(value: Node<'_>) -> bool {
    value.descendants().any(|node| {
        node.kind() == Kind::BinaryExpression
            && node.operator().is_some_and(|operator| operator.kind() == Kind::Star)
    })
}

/// The number as a field of a composite literal.
fn keyed<'t>(at: Node<'t>) -> CpuUse<'t> {
    let pair = at.ancestors().find(|up| up.kind() == Kind::KeyedElement);
    let key = pair.and_then(|pair| pair.named().next()).map(Node::text);
    match key {
        Some(key) if evidence(key) && !of_machine(key) => {
            CpuUse::Sizes { what: format!("`{key}`"), stored: true, condition: None }
        }
        _ => CpuUse::Unknown,
    }
}
