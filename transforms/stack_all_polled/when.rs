//! How often a dump is made: at each round of a loop that a clock paces, or for
//! each request.

use crate::model::effects::function_of;
use crate::model::flow::exits;
use crate::model::imports::{arguments, callee, is_call, unparenthesized};
use crate::model::package::Package;
use crate::model::recording::first_value;
use crate::model::rounds::{comes_back, loops};
use crate::model::scope::LocalKind;
use crate::model::scope::{self, Def, Local};
use crate::model::words::words;
use crate::rewrite::Cx;
use crate::syntax::CLAUSES;
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::handler;
use crate::transforms::shared::stack_text::taken_apart;

/// How often a dump is made.
pub enum When<'t> {
    /// At each round of a loop.
    Paced {
        /// The `for`.
        statement: Node<'t>,
        /// The statements of a round.
        list: Option<Node<'t>>,
        /// The time between two rounds.
        period: Option<Node<'t>>,
        /// The case of a `select` that waits for the time to pass, when others
        /// wait for something else.
        timeout: Option<Node<'t>>,
    },
    /// For each request.
    Served {
        /// The handler.
        function: Node<'t>,
        /// `an HTTP handler`
        serves: &'static str,
    },
}

/// A clock that a loop waits for.
#[derive(Clone, Copy)]
struct Tick<'t> {
    period: Option<Node<'t>>,
    /// Whether it starts anew at each round: `time.After`.
    once: bool,
}

impl<'t> When<'t> {
    /// When `dump` is made; `None` when neither a clock nor requests decide.
    pub fn of(dump: Node<'t>, cx: &Cx<'t>) -> Option<When<'t>> {
        if let Some(paced) = loops(dump).find_map(|statement| paced(dump, statement, cx)) {
            return Some(paced);
        }
        let function = function_of(dump)?;
        let serves = handler::served(function, cx)?;
        Some(When::Served { function, serves })
    }

    /// The list of statements that the dump stands in, at whatever depth.
    pub fn list(&self) -> Option<Node<'t>> {
        match self {
            When::Paced { list, .. } => *list,
            When::Served { function, .. } => function.body()?.child(Kind::StatementList),
        }
    }

    /// What the loop waits for besides the time.
    pub fn timeout(&self) -> Option<Node<'t>> {
        match self {
            When::Paced { timeout, .. } => *timeout,
            When::Served { .. } => None,
        }
    }

    /// Whether `dump` stands in a loop within a round, before which the same buffer is
    /// filled, as it is when that loop makes a larger one until the dump fits.
    pub fn is_retry(&self, dump: Node<'t>) -> bool {
        let (Some(into), Some(dumps)) = (buffer(dump), callee(dump)) else { return false };
        let same = |call: Node<'_>| {
            call != dump
                && callee(call).is_some_and(|callee| callee.text() == dumps.text())
                && buffer(call) == Some(into)
        };
        loops(dump).take_while(|inner| *inner != self.anchor()).any(|retries| {
            let siblings = retries.parent().into_iter().flat_map(Node::named);
            let before = siblings.take_while(|statement| *statement != retries);
            let header = retries.named().next().and_then(|header| header.initializer());
            before.chain(header).flat_map(Node::descendants).any(same)
        })
    }

    fn anchor(&self) -> Node<'t> {
        match self {
            When::Paced { statement, .. } => *statement,
            When::Served { function, .. } => *function,
        }
    }
}

fn paced<'t>(dump: Node<'t>, statement: Node<'t>, cx: &Cx<'t>) -> Option<When<'t>> {
    let body = statement.body().filter(|body| body.holds(dump))?;
    let inside = body.child(Kind::StatementList)?;
    let whole = inside.named().find(|part| part.holds(dump))?;
    // A dump that is followed by the end is the last one.
    if !cx.comes_round(statement) || !comes_back(innermost(dump)?, cx.package()) {
        return None;
    }
    let header = statement.named().next().filter(|header| *header != body);
    let ranged = header.filter(|header| header.kind() == Kind::RangeClause);
    if header.is_some_and(|header| header.kind() == Kind::ForClause) {
        return None;
    }
    if let Some(range) = ranged {
        let tick = tick(range.right()?)?;
        return Some(When::Paced { statement, list: Some(inside), period: tick.period, timeout: None });
    }
    // `select { case <-ticker.C: dump }`
    if whole.kind() == Kind::SelectStatement {
        let clauses = || whole.named().filter(|clause| clause.is(CLAUSES));
        let clause = clauses().find(|clause| clause.holds(dump))?;
        let tick = waited(clause.communication()?).and_then(tick)?;
        let goes_on = |other: &Node<'t>| {
            *other != clause
                && other.child(Kind::StatementList).is_none_or(|list| exits(list, cx.package()).falls)
        };
        let timeout = clauses().find(goes_on).filter(|_| tick.once).map(|_| clause);
        let list = clause.child(Kind::StatementList);
        return Some(When::Paced { statement, list, period: tick.period, timeout });
    }
    // A wait of the round itself.
    let waits = |part: Node<'t>| match part.kind() {
        Kind::ExpressionStatement => {
            let does = unparenthesized(part.named().next()?);
            if is_call(does, "time", "Sleep") {
                return Some(Tick { period: arguments(does).next(), once: false });
            }
            received(does).and_then(tick)
        }
        Kind::SelectStatement => {
            let mut clauses = part.named().filter(|clause| clause.is(CLAUSES));
            clauses.find_map(|clause| {
                let falls =
                    clause.child(Kind::StatementList).is_none_or(|list| exits(list, cx.package()).falls);
                waited(clause.communication()?).and_then(tick).filter(|_| falls)
            })
        }
        _ => None,
    };
    let tick = inside.named().filter(|part| *part != whole).find_map(waits)?;
    Some(When::Paced { statement, list: Some(inside), period: tick.period, timeout: None })
}

/// The statement of a list that holds `node` most closely.
fn innermost(node: Node<'_>) -> Option<Node<'_>> {
    let mut below = node;
    for up in node.ancestors() {
        if up.kind() == Kind::StatementList {
            return Some(below);
        }
        below = up;
    }
    None
}

/// The channel that a case of `select` receives from.
fn waited(communication: Node<'_>) -> Option<Node<'_>> {
    let receives = communication.kind() == Kind::ReceiveStatement;
    received(communication.right().filter(|_| receives)?)
}

fn received(expression: Node<'_>) -> Option<Node<'_>> {
    let receive = unparenthesized(expression);
    let receives = receive.operator().is_some_and(|operator| operator.kind() == Kind::Arrow);
    receive.operand().filter(|_| receives)
}

/// The clock behind the channel: `ticker.C`, `time.Tick(d)`, `time.After(d)`.
fn tick<'t>(channel: Node<'t>) -> Option<Tick<'t>> {
    let channel = unparenthesized(channel);
    if is_call(channel, "time", "Tick") {
        return Some(Tick { period: arguments(channel).next(), once: false });
    }
    if is_call(channel, "time", "After") {
        return Some(Tick { period: arguments(channel).next(), once: true });
    }
    let local = |name: Node<'t>| match scope::resolve(name) {
        Def::Local(local) if name.kind() == Kind::Identifier => Some(local),
        _ => None,
    };
    if channel.kind() == Kind::Identifier {
        // `tick := time.Tick(d)`
        let made = first_value(local(channel)?).filter(|made| is_call(*made, "time", "Tick"))?;
        return Some(Tick { period: arguments(made).next(), once: false });
    }
    let field = channel.field().filter(|_| channel.kind() == Kind::SelectorExpression)?;
    let holder = channel.operand().filter(|_| field.text() == "C")?;
    match local(holder).and_then(first_value).filter(|made| is_call(*made, "time", "NewTicker")) {
        Some(made) => Some(Tick { period: arguments(made).next(), once: false }),
        // A field or a parameter that says what it is.
        None => {
            let named = holder.text().to_lowercase().contains("tick");
            named.then_some(Tick { period: None, once: false })
        }
    }
}

/// What searches or splits the profile that `write` puts into a local buffer.
pub fn parsed<'t>(write: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let uses = scope::mentions(buffer(write)?).into_iter().filter(|mention| !write.holds(*mention));
    uses.into_iter().find_map(|mention| {
        let address = mention.parent().filter(|up| up.kind() == Kind::UnaryExpression);
        if let Some(list) = address.and_then(Node::parent).filter(|up| up.kind() == Kind::ArgumentList) {
            // `bufio.NewScanner(&buf)`
            let reads = list.parent().and_then(callee).and_then(|callee| callee.field());
            return reads.filter(|name| matches!(name.text(), "NewScanner" | "NewReader"));
        }
        let method = mention.parent()?.field()?;
        if method.text().starts_with("Read") {
            return Some(method);
        }
        let text = method.parent()?.parent().filter(|call| callee(*call) == method.parent())?;
        matches!(method.text(), "String" | "Bytes").then(|| taken_apart(text, package)).flatten()
    })
}

/// The condition that decides whether the round or the request dumps at all.
pub fn condition<'t>(dump: Node<'t>, when: &When<'t>) -> Option<Node<'t>> {
    let anchor = when.anchor();
    let mut below = dump;
    let mut beyond = false;
    for up in dump.ancestors() {
        match up.kind() {
            Kind::IfStatement
                if below.field_name() != Some(Field::Initializer)
                    && below.field_name() != Some(Field::Condition) =>
            {
                return Some(up.condition().unwrap_or(up));
            }
            Kind::ExpressionCase | Kind::TypeCase | Kind::DefaultCase => return Some(up),
            Kind::CommunicationCase if beyond => {}
            Kind::BinaryExpression if below.field_name() == Some(Field::Right) => {
                let lazy =
                    up.operator().is_some_and(|it| matches!(it.kind(), Kind::LogicalAnd | Kind::LogicalOr));
                if lazy {
                    return Some(up);
                }
            }
            // An exit on the way here.
            Kind::StatementList => {
                let before = up.named().take_while(|statement| *statement != below);
                let guards =
                    before.filter(|statement| statement.kind() == Kind::IfStatement && leaves(*statement));
                let mut conditions = guards.filter_map(|statement| statement.condition());
                let decides = |condition: &Node<'t>| {
                    if beyond { speaks_of_switch(*condition) } else { !is_error_check(*condition) }
                };
                if let Some(found) = conditions.find(decides) {
                    return Some(found);
                }
            }
            _ => {}
        }
        beyond |= up == anchor;
        below = up;
    }
    None
}

fn leaves(statement: Node<'_>) -> bool {
    const EXITS: &[Kind] =
        &[Kind::ReturnStatement, Kind::ContinueStatement, Kind::BreakStatement, Kind::GotoStatement];
    statement.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| node.is(EXITS))
}

fn is_error_check(condition: Node<'_>) -> bool {
    let names = condition.descendants().filter(|node| node.kind() == Kind::Identifier);
    names.into_iter().any(|name| name.text().to_lowercase().ends_with("err"))
}

fn speaks_of_switch(condition: Node<'_>) -> bool {
    const SWITCHES: &[&str] = &[
        "debug",
        "enable",
        "enabled",
        "disable",
        "disabled",
        "dump",
        "dumps",
        "trace",
        "verbose",
        "stack",
        "stacks",
        "diag",
        "diagnostics",
        "profile",
        "profiling",
        "flag",
        "monitor",
        "monitoring",
        "watchdog",
    ];
    condition
        .descendants()
        .filter(|node| node.is(&[Kind::Identifier, Kind::FieldIdentifier]))
        .any(|name| words(name.text()).iter().any(|word| SWITCHES.contains(&word.as_str())))
}

/// What shows that the dump is what a request of `function` asks for: its name or
/// its route.
pub fn asked_for(function: Node<'_>) -> Option<Node<'_>> {
    named(function, ASKING)
}

/// What shows that the handler is asked often, by machines.
pub fn health_check(function: Node<'_>) -> Option<Node<'_>> {
    named(function, POLLED)
}

/// Beginnings of words of those who ask for a dump.
const ASKING: &[&str] = &[
    "debug",
    "stack",
    "goroutine",
    "dump",
    "pprof",
    "trace",
    "admin",
    "diag",
    "profil",
    "thread",
    "support",
];

/// Beginnings of words of handlers that machines ask again and again.
const POLLED: &[&str] =
    &["health", "ready", "readiness", "live", "liveness", "metric", "ping", "heartbeat", "prometheus"];

/// The name of the function or the string beside it where it is registered, that
/// speaks of one of `stems`.
fn named<'t>(function: Node<'t>, stems: &[&str]) -> Option<Node<'t>> {
    let speaks = |node: &Node<'_>| {
        let words = words(node.text());
        words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    };
    let own = function.name().filter(speaks);
    own.or_else(|| {
        let around = function.ancestors().filter(|up| up.kind() == Kind::ArgumentList);
        let mut strings = around.flat_map(Node::named).filter(|node| node.kind().is_string());
        strings.find(speaks)
    })
    .or_else(|| {
        // The function that returns the handler.
        let outer = function_of(function)?;
        outer.name().filter(speaks)
    })
}

/// What puts the dump into the answer: a call that gets the response writer and
/// the dump, or a `return` of the dump.
pub fn part_of_answer<'t>(dump: Node<'t>, function: Node<'t>) -> Option<Node<'t>> {
    let body = function.body()?;
    let writes = function.parameters()?.named().next()?;
    let is_writer = writes.ty().is_some_and(|of| of.text().ends_with("ResponseWriter"));
    let name = writes.name().filter(|_| is_writer);
    let writer: Vec<Local<'t>> =
        name.and_then(|name| scope::local(name.text(), body.named().next()?)).into_iter().collect();
    if mentions_any(dump, &writer) {
        return Some(dump);
    }
    let mut carried: Vec<Local<'t>> = buffer(dump).into_iter().collect();
    let assigns = |node: &Node<'t>| node.is(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement]);
    for statement in body.descendants().filter(assigns) {
        if statement.holds(dump) || mentions_any(statement, &carried) {
            let left = statement.left().into_iter().flat_map(Node::named);
            carried.extend(left.filter_map(|name| scope::local(name.text(), name)));
        }
    }
    let shows = |node: Node<'t>| node.holds(dump) || mentions_any(node, &carried);
    body.descendants().find(|node| match node.kind() {
        Kind::ReturnStatement => shows(*node),
        _ => callee(*node).is_some() && mentions_any(*node, &writer) && node.arguments().is_some_and(shows),
    })
}

/// The `recover` of the function.
pub fn recovers(function: Node<'_>) -> Option<Node<'_>> {
    function.body()?.descendants().find(|node| {
        callee(*node).is_some_and(|callee| callee.kind() == Kind::Identifier && callee.text() == "recover")
    })
}

/// The local variable that the dump is written to: `buf`, `buf[:]`, `&buf`.
pub fn buffer<'t>(dump: Node<'t>) -> Option<Local<'t>> {
    let target = arguments(dump).next()?;
    let name = target.descendants().find(|node| node.kind() == Kind::Identifier)?;
    match scope::resolve(name) {
        Def::Local(local) if local.kind == LocalKind::Var => Some(local),
        _ => None,
    }
}

/// Whether `node` names one of `locals`.
pub fn mentions_any<'t>(node: Node<'t>, locals: &[Local<'t>]) -> bool {
    node.descendants().any(|name| {
        name.kind() == Kind::Identifier
            && locals.iter().any(|local| local.name.text() == name.text())
            && matches!(scope::resolve(name), Def::Local(found) if locals.contains(&found))
    })
}
