//! Asks for the place of a log line only where the line reports an error.
//! ```go
//! const (
//! 	LevelDebug = iota
//! 	LevelInfo
//! 	LevelError
//! )
//!
//! func Log(level int, msg string) {
//! 	_, file, line, _ := runtime.Caller(1)
//! 	emit(level, file, line, msg)
//! 	if level == LevelError {
//! 		os.Stderr.Sync()
//! 	}
//! }
//!
//! func emit(level int, file string, line int, msg string) {
//! 	fmt.Println(level, file, line, msg)
//! }
//! ```
//! becomes
//! ```go
//! const (
//! 	LevelDebug = iota
//! 	LevelInfo
//! 	LevelError
//! )
//!
//! func Log(level int, msg string) {
//! 	var (
//! 		file string
//! 		line int
//! 	)
//! 	if level >= LevelError {
//! 		_, file, line, _ = runtime.Caller(1)
//! 	}
//! 	emit(level, file, line, msg)
//! 	if level == LevelError {
//! 		os.Stderr.Sync()
//! 	}
//! }
//!
//! func emit(level int, file string, line int, msg string) {
//! 	fmt.Println(level, file, line, msg)
//! }
//! ```
//! # Why
//! The call unwinds the stack and looks the place up in the tables of the binary: measured
//! with Go 1.26, 1180 ns for a line with its place, and 2.64 ns for one that carries none; the
//! call itself is 607 ns and two allocations of 248 bytes. `runtime.Callers` alone, which only
//! notes where it is, takes 178 ns: `log/slog` asks for the place when a handler wants it.
//! # Unsafe
//! Lines below the error level lose their file and line; the others are as before.
//! # Guards
//! - `test-code`, keep: a test says where it failed.
//! - `opt-in-build`, keep: the file is compiled only when somebody asks for its build tag.
//! - `error-path`, keep: the function reports or makes errors, or only such functions call it.
//! - `debug-output`, keep: the function writes what is there for debugging.
//! - `guarded`, keep: a level, a flag or an option decides before the call, here or
//!   where the function is called.
//! - `only-the-counter`, keep: the program counter is handed on, and nothing looks it up here.
//! - `per-record`, advice: no log, but each record keeps the place where it was made.
//! - `in-helper`, advice: the function looks the place up for loggers that call it.
//! - `level-unknown`, advice: no parameter of the function is a level of which the order
//!   is known, by `log/slog` or by the constants that it is compared to.
//! - `place-needed`, advice: without a place the line would show an empty one, or the code
//!   could fail.
//! - `own-statement`, advice: the call is not a `:=` of its own that declares all its names.
//! # Known limits
//! A logger is told by its name, its receiver, its package or a level that it is given.
//! One in a function literal is not looked at. A place that only conditions look at is no finding.

mod guards;
mod level;
mod logger;

use self::guards::{SeenCalls, seen};
use self::level::at_error;
use crate::model::effects::function_of;
use crate::model::imports::callee;
use crate::model::module::opt_in_tag;
use crate::model::package::Package;
use crate::model::recording::loop_around;
use crate::model::scope::{self, Def, Local};
use crate::rewrite::is_alone_on_its_lines;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Field, Kind, Node};

/// Guards `runtime.Caller` of a logger by the level.
pub struct CallerInLogPath;

/// `runtime.Caller` in what runs for each line of a log.
pub struct CallerInLogPathSite<'t> {
    call: Node<'t>,
    function: Node<'t>,
    seen: SeenCalls,
    /// The condition under which the line reports an error.
    condition: Option<String>,
    /// The `:=` of the call, when it is one of its own, with what it declares.
    declaration: Option<Declaration<'t>>,
}

struct Declaration<'t> {
    statement: Node<'t>,
    /// The names that are not `_`, with their types.
    names: Vec<(Local<'t>, &'static str)>,
}

impl Transform for CallerInLogPath {
    type Site<'t> = CallerInLogPathSite<'t>;
    const META: Meta = Meta {
        id: "caller-in-log-path",
        title: "ask for the place of a log line at error level only",
        group: Group::Profiles,
        seeds: &["OPT 11"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: "runtime", name: "Caller" }, Symbol { path: "runtime", name: "Callers" }],
        may_match_tokens: |code, at| {
            code.text(at + 1) == "(" && logger::may_log(code) && is_outside_loops(code, at)
        },
        guards: &[
            "test-code",
            "opt-in-build",
            "error-path",
            "debug-output",
            "guarded",
            "only-the-counter",
            "per-record",
            "in-helper",
            "level-unknown",
            "place-needed",
            "own-statement",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<CallerInLogPathSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let function = function_of(call).filter(|function| function.kind() != Kind::FuncLiteral)?;
        // A walk up the stack is no place of a line.
        if loop_around(call).is_some() {
            return None;
        }
        let seen = seen(call, function, cx)?;
        let declaration = declaration(call, cx);
        if declaration.as_ref().is_some_and(|declared| only_decides(declared, function)) {
            return None;
        }
        Some(CallerInLogPathSite {
            call,
            function,
            seen,
            condition: at_error(call, function, cx),
            declaration,
        })
    }

    fn judge<'t>(site: &CallerInLogPathSite<'t>, cx: &Cx<'t>) -> Verdict {
        let (kept, lowered) = match &site.seen {
            SeenCalls::Kept(guard, detail) => (Some((*guard, detail.clone())), None),
            SeenCalls::Record => (None, Some("per-record")),
            SeenCalls::Helper(_) => (None, Some("in-helper")),
            SeenCalls::Line => (None, None),
        };
        let mut verdict = Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(opt_in_tag(cx.file.text()), "opt-in-build");
        if let Some((guard, detail)) = kept {
            verdict = verdict.keep_for(Some(detail), guard);
        }
        if let Some(guard) = lowered {
            verdict = verdict.lower_if(true, Applicability::Advice, guard);
        }
        let needed = || needs_place(site.declaration.as_ref()?, site.function, cx.package());
        verdict
            .lower_if(site.condition.is_none(), Applicability::Advice, "level-unknown")
            .lower_if(site.declaration.is_none(), Applicability::Advice, "own-statement")
            .lower_for(needed(), Applicability::Advice, "place-needed")
    }

    fn diagnose<'t>(site: &CallerInLogPathSite<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let name = site.function.name().map(Node::text).unwrap_or_default();
        let asked = callee(site.call).map_or("runtime.Caller", Node::text);
        let levelled = logger::level_parameter(site.function, site.call).is_some();
        let records = !levelled && makes_record(site);
        let (message, todo) = match &site.seen {
            SeenCalls::Helper(logger) => (
                format!("`{name}` looks up the place of each line that `{logger}` logs"),
                "ask for it only where the line is written, or keep the program counter of `runtime.Callers` \
                 (178 ns) and look it up when it is wanted",
            ),
            SeenCalls::Record => (
                format!("`{name}` looks up its caller for each record"),
                "keep the program counter of `runtime.Callers` (178 ns) and look it up when it is reported",
            ),
            _ if verdict.level() == Applicability::Unsafe => (
                format!("`{asked}` looks up the place of each line that `{name}` logs"),
                "ask for the place where the line reports an error",
            ),
            _ if records => (
                format!("`{asked}` looks up the place of each record that `{name}` makes"),
                "keep the program counter of `runtime.Callers` (178 ns) and look it up when it is wanted",
            ),
            _ if !levelled => (
                format!("`{asked}` looks up the place of each line that `{name}` logs"),
                "let an option of the logger decide whether its lines have a place, as the flags of `log` do",
            ),
            _ => (
                format!("`{asked}` looks up the place of each line that `{name}` logs"),
                "ask for the place at error level only, behind the check of the level, or keep the program \
                 counter of `runtime.Callers` (178 ns) and look it up when it is wanted",
            ),
        };
        let what = if records { "record" } else { "line" };
        Diagnostic {
            span: site.call.span(),
            message,
            why: format!(
                "a {what} with its place took 1180 ns, one without 2.64 ns (two allocations); {todo}"
            ),
            severity: Severity::Note,
            labels: site
                .function
                .name()
                .map(|name| (name.span(), "runs for each of them".into()))
                .into_iter()
                .collect(),
        }
    }

    fn rewrite<'t>(site: &CallerInLogPathSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let (Some(condition), Some(declaration)) = (&site.condition, &site.declaration) else { return };
        let statement = declaration.statement;
        let (Some(left), Some(right)) = (statement.left(), statement.right()) else { return };
        let newline = cx.file.newline();
        let line = cx.file.lines().span(statement.line()).of(cx.file.text());
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let mut lines: Vec<String> = Vec::new();
        match &declaration.names[..] {
            [(name, of)] => lines.push(format!("var {} {of}", name.name.text())),
            names => {
                let width = names.iter().map(|(name, _)| name.name.text().chars().count()).max().unwrap_or(0);
                lines.push("var (".into());
                lines.extend(names.iter().map(|(name, of)| format!("\t{:width$} {of}", name.name.text())));
                lines.push(")".into());
            }
        }
        lines.push(format!("if {condition} {{"));
        lines.push(format!("\t{} = {}", left.text(), right.text()));
        fix.replace_node(statement, lines.join(&format!("{newline}{indent}")));
        fix.insert_after(statement, &["}".to_owned()]);
        fix.claim(statement);
    }
}

/// Whether the call at `at` stands in the function of the declaration itself and in no loop.
fn is_outside_loops(code: &DeclTokens<'_>, at: usize) -> bool {
    let mut blocks = code.brackets_around(at).filter(|open| code.text(*open) == "{").peekable();
    while let Some(open) = blocks.next() {
        match code.keyword_of_block(open) {
            Some("for") => return false,
            Some("func") => return blocks.peek().is_none(),
            _ => {}
        }
    }
    true
}

/// Whether the place only decides what the function does, and no line has it.
fn only_decides(declaration: &Declaration<'_>, function: Node<'_>) -> bool {
    let places = declaration.names.iter().filter(|(_, of)| *of != "bool");
    let mut mentions = places.flat_map(|(local, _)| uses(*local)).peekable();
    let decides = |mention: Node<'_>| {
        mention.ancestors().take_while(|up| *up != function).any(|up| {
            up.kind() == Kind::IfStatement && up.condition().is_some_and(|condition| condition.holds(mention))
        })
    };
    mentions.peek().is_some() && mentions.all(decides)
}

/// Whether the place goes into a literal of a struct rather than a line.
fn makes_record(site: &CallerInLogPathSite<'_>) -> bool {
    let names = site.declaration.as_ref().map_or(&[][..], |declaration| &declaration.names);
    names.iter().flat_map(|(local, _)| uses(*local)).any(|mention| {
        mention.ancestors().take_while(|up| *up != site.function).any(|up| up.kind() == Kind::KeyedElement)
    })
}

/// The `:=` that the call is all of, when every name on its left is new there.
fn declaration<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Declaration<'t>> {
    const TYPES: [&str; 4] = ["uintptr", "string", "int", "bool"];
    let list = call.parent()?;
    let statement = list.parent().filter(|statement| statement.kind() == Kind::ShortVarDeclaration)?;
    let alone = statement.parent()?.kind() == Kind::StatementList
        && list.named().count() == 1
        && is_alone_on_its_lines(statement)
        && !statement.text().contains('\n');
    let left: Vec<Node<'t>> = statement.left()?.named().collect();
    // A comment there would have no place in what is written.
    let between = statement.left()?.end()..list.start();
    let bare = cx.file.text().get(between).is_some_and(|operator| operator.trim() == ":=");
    let hides = left.iter().any(|name| TYPES.contains(&name.text()));
    if !alone || !bare || hides || left.len() != TYPES.len() {
        return None;
    }
    let mut names = Vec::new();
    for (name, of) in left.into_iter().zip(TYPES).filter(|(name, _)| name.text() != "_") {
        match scope::resolve(name) {
            Def::Local(local) if local.name == name && cx.is_predeclared(of, statement) => {
                names.push((local, of));
            }
            _ => return None,
        }
    }
    (!names.is_empty()).then_some(Declaration { statement, names })
}

/// Where the code could not do without a place: the first use of one of its names
/// that is more than handing it on, and that no `ok` stands before.
fn needs_place(declaration: &Declaration<'_>, function: Node<'_>, package: &Package) -> Option<String> {
    let ok = declaration.names.iter().find(|(_, of)| *of == "bool");
    let tests: Vec<Node<'_>> = ok.map(|(local, _)| uses(*local)).unwrap_or_default();
    let mut secured: Vec<Node<'_>> = Vec::new();
    let mut replaced = false;
    for test in tests {
        let plain = test.parent().filter(|branch| branch.kind() == Kind::IfStatement);
        let negated = test.parent().filter(|not| not.kind() == Kind::UnaryExpression).and_then(Node::parent);
        match (plain, negated.filter(|branch| branch.kind() == Kind::IfStatement)) {
            (Some(branch), _) if branch.alternative().is_none_or(|other| only_assigns(other)) => {
                secured.extend(branch.consequence());
            }
            // The author's own words for a place that is not known.
            (_, Some(branch))
                if branch.alternative().is_none() && branch.consequence().is_some_and(only_assigns) =>
            {
                replaced = true;
            }
            _ => return Some(seen_at(test)),
        }
    }
    if replaced {
        return None;
    }
    let places = declaration.names.iter().filter(|(_, of)| *of != "bool");
    let mut mentions = places.flat_map(|(local, _)| uses(*local));
    let needed = mentions.find(|mention| {
        !secured.iter().any(|block| block.holds(*mention)) && !is_handed_on(*mention, function, package)
    });
    needed.map(seen_at)
}

/// The mentions of a variable besides its declaration.
fn uses(local: Local<'_>) -> Vec<Node<'_>> {
    scope::mentions(local).into_iter().filter(|mention| *mention != local.name).collect()
}

fn seen_at(node: Node<'_>) -> String {
    format!("`{}` on line {}", node.text(), node.line())
}

/// Whether a branch only gives values to variables, and calls nothing.
fn only_assigns(block: Node<'_>) -> bool {
    let list = block.child(Kind::StatementList);
    block.kind() == Kind::Block
        && list
            .is_none_or(|list| list.named().all(|part| part.is(&[Kind::AssignmentStatement, Kind::Comment])))
        && !block.descendants().any(|node| node.kind() == Kind::CallExpression)
}

/// Whether the name is an argument of a function that does not format it, or a field
/// of a record.
fn is_handed_on<'t>(mention: Node<'t>, function: Node<'t>, package: &'t Package) -> bool {
    let Some(parent) = mention.parent() else { return false };
    match parent.kind() {
        // `"file", file`
        Kind::ArgumentList if is_keyed(mention, parent) => false,
        Kind::ArgumentList => parent.parent().and_then(callee).is_some_and(|callee| {
            let name = callee.field().unwrap_or(callee).text();
            let formats = ["print", "format", "errorf", "append", "base", "write", "itoa", "funcforpc"];
            let name = name.to_lowercase();
            !formats.iter().any(|word| name.contains(word))
                && callee.kind() != Kind::FuncLiteral
                && !is_cut(mention, parent, callee, package)
        }),
        // A key is a field that is called so.
        Kind::LiteralElement => {
            let literal = parent.ancestors().find(|up| up.kind() == Kind::CompositeLiteral);
            let of = literal.and_then(|literal| literal.ty());
            parent.parent().is_some_and(|element| element.is(&[Kind::KeyedElement, Kind::LiteralValue]))
                && of.is_some_and(|of| {
                    of.is(&[Kind::TypeIdentifier, Kind::QualifiedType, Kind::GenericType, Kind::StructType])
                })
        }
        Kind::ExpressionList => {
            let assigned = parent.parent().filter(|owner| owner.kind() == Kind::AssignmentStatement);
            let target = assigned.and_then(|owner| {
                let index = parent.named().position(|one| one == mention)?;
                owner.left().filter(|left| *left != parent)?.named().nth(index)
            });
            // A field of a record; a variable would be used on.
            target.is_some_and(|target| target.kind() == Kind::SelectorExpression && function.holds(target))
        }
        _ => false,
    }
}

/// Whether the argument stands behind its name, as the values of a structured line do.
fn is_keyed(argument: Node<'_>, list: Node<'_>) -> bool {
    let before = list.named().take_while(|other| *other != argument).last();
    before.is_some_and(|key| key.kind().is_string())
}

/// Whether a function of the package that is given `argument` takes a part of it, which
/// an empty text may not have.
fn is_cut<'t>(argument: Node<'t>, list: Node<'t>, callee: Node<'t>, package: &'t Package) -> bool {
    let functions = match callee.field() {
        Some(method) => package.methods(None, method.text()),
        None => package.declarations(callee.text()),
    };
    let Some(position) = list.named().position(|other| other == argument) else { return false };
    functions.into_iter().any(|function| {
        let parameters = function.parameters().into_iter().flat_map(Node::named);
        let mut names = parameters.flat_map(|parameter| parameter.fields(Field::Name).collect::<Vec<_>>());
        let uses = match names.nth(position).map(scope::resolve) {
            Some(Def::Local(local)) => uses(local),
            _ => Vec::new(),
        };
        uses.into_iter().any(|mention| {
            let part = mention.parent().filter(|up| up.is(&[Kind::IndexExpression, Kind::SliceExpression]));
            part.is_some_and(|part| part.operand() == Some(mention))
        })
    })
}
