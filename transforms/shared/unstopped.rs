//! A recording that nothing in the package stops: where a deferred stop would
//! do, and why it may not. CPU profiles and traces share it.

use crate::model::effects::function_of;
use crate::model::imports::{arguments, is_symbol, parenthesized, unparenthesized};
use crate::model::recording::{
    self, Recorder, exit_behind, first_value, is_whole_program, loop_around, variable,
};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::{Applicability, Cx, Fix, Verdict};
use crate::syntax::{DeclKind, Field, File, Kind, Node};
use std::path::Path;

/// The guards of both rules, in the order of their pages.
pub const GUARDS: &[&str] = &[
    "test-code",
    "discarded",
    "handed-on",
    "stopped-elsewhere",
    "may-go-on",
    "in-loop",
    "never-returns",
    "exit-skips-it",
    "writer-used-later",
    "odd-place",
    "not-nameable",
];

/// A start that nothing in the package stops.
pub struct Unstopped<'t> {
    recorder: Recorder,
    /// The call that starts it.
    pub call: Node<'t>,
    /// The function or literal around it.
    function: Option<Node<'t>>,
    place: Option<StartPlace<'t>>,
}

/// Where the deferred stop goes.
#[derive(Clone, Copy)]
enum StartPlace<'t> {
    Behind(Node<'t>),
    /// At the head of the block that runs when the start succeeded.
    Inside(Node<'t>),
}

impl<'t> StartPlace<'t> {
    fn node(self) -> Node<'t> {
        match self {
            StartPlace::Behind(node) | StartPlace::Inside(node) => node,
        }
    }

    /// The offset from which on the recording runs.
    fn start(self) -> usize {
        match self {
            StartPlace::Behind(node) => node.end(),
            StartPlace::Inside(node) => node.start(),
        }
    }
}

impl<'t> Unstopped<'t> {
    /// The start that `mention` calls, when no code of the package mentions the
    /// stop.
    pub fn at(mention: Node<'t>, recorder: Recorder, cx: &Cx<'t>) -> Option<Unstopped<'t>> {
        let call = recorder.started(mention)?;
        if recorder.stopped(cx.package()).is_some() {
            return None;
        }
        Some(Unstopped { recorder, call, function: function_of(call), place: place(call) })
    }

    /// What the guards of both rules say.
    pub fn judge(&self, cx: &Cx<'t>) -> Verdict {
        let from = self.place.map_or(self.call.end(), StartPlace::start);
        let package = cx.package();
        let verdict = Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(self.call), "test-code")
            .keep_if(self.writes_nowhere(), "discarded")
            .keep_for(self.handed_on(), "handed-on")
            .keep_seen(|| self.stopped_elsewhere(cx), "stopped-elsewhere");
        let Some(function) = self.function.filter(|function| is_whole_program(*function, package)) else {
            return verdict.lower_if(true, Applicability::Advice, "may-go-on");
        };
        let line = |node: Node<'_>| format!("line {}", node.line());
        let nameable = || {
            let at = self.place.map_or(self.call, StartPlace::node);
            cx.qualified(self.recorder.path, self.recorder.stop, at).is_some()
        };
        verdict
            .lower_for(loop_around(self.call).map(line), Applicability::Advice, "in-loop")
            .lower_for(
                recording::runs_until_killed(function, from, package).map(line),
                Applicability::Advice,
                "never-returns",
            )
            .lower_for(exit_behind(function, from, package).map(line), Applicability::Advice, "exit-skips-it")
            .lower_for(self.writer_used().map(line), Applicability::Advice, "writer-used-later")
            .lower_if(self.place.is_none(), Applicability::Advice, "odd-place")
            .lower_if(!nameable(), Applicability::Advice, "not-nameable")
    }

    /// Writes `defer pprof.StopCPUProfile()`.
    pub fn rewrite(&self, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(place) = self.place else { return };
        let Some(stop) = cx.qualified(self.recorder.path, self.recorder.stop, place.node()) else { return };
        let lines = [format!("defer {stop}()")];
        match place {
            StartPlace::Behind(statement) => fix.insert_after(closed_behind(self.call, statement), &lines),
            StartPlace::Inside(block) => fix.insert_first(block, &lines),
        }
    }

    fn writer(&self) -> Option<Node<'t>> {
        arguments(self.call).next()
    }

    fn writes_nowhere(&self) -> bool {
        self.writer().is_some_and(|writer| {
            let writer = unparenthesized(writer);
            is_symbol(writer, "io", "Discard") || is_symbol(writer, "io/ioutil", "Discard")
        })
    }

    /// `return pprof.StartCPUProfile(w)` in a function that got `w`: its caller
    /// knows when to stop.
    fn handed_on(&self) -> Option<String> {
        let list = parenthesized(self.call).parent().filter(|list| list.kind() == Kind::ExpressionList)?;
        list.parent().filter(|statement| statement.kind() == Kind::ReturnStatement)?;
        let writer = self.writer()?;
        let name = match writer.kind() {
            Kind::Identifier => writer,
            _ => writer.descendants().find(|node| node.kind() == Kind::Identifier)?,
        };
        let given = |kind| matches!(kind, LocalKind::Param | LocalKind::Receiver);
        match scope::resolve(name) {
            Def::Local(local) if given(local.kind) => Some(format!("`{}`", name.text())),
            _ => None,
        }
    }

    /// Where another directory of the module stops what this package starts: for
    /// a program, one that it imports. For a name that tells nothing else apart.
    fn stopped_elsewhere(&self, cx: &Cx<'t>) -> Option<String> {
        if self.recorder.stop.len() <= "Stop".len() {
            return None;
        }
        let place = cx.around.used_elsewhere(self.recorder.stop)?;
        if cx.file.package() == "main" {
            let directory = Path::new(&place).parent()?.file_name()?.to_str()?;
            let imported = |file: &File| {
                file.imports().iter().any(|import| import.path.rsplit('/').next() == Some(directory))
            };
            cx.package().files().find(|file| imported(file))?;
        }
        Some(place)
    }

    /// A use of the writer, or of what it was made from, that comes before a
    /// deferred stop would run.
    fn writer_used(&self) -> Option<Node<'t>> {
        let from = self.place?.start();
        if let Some(shared) = self.shared_writer() {
            return Some(shared);
        }
        let variables = written_to(self.call);
        let statement = match self.place? {
            StartPlace::Behind(statement) => Some(statement),
            StartPlace::Inside(_) => None,
        };
        let deferred = |mention: Node<'t>| {
            let list = statement.and_then(Node::parent);
            mention.ancestors().any(|up| {
                up.kind() == Kind::DeferStatement
                    // The stop is written behind a defer of the same list.
                    && up.parent().is_some_and(|of| Some(of) == list)
            })
        };
        let only_named = |mention: Node<'t>| {
            mention.parent().and_then(|selector| selector.field()).is_some_and(|name| name.text() == "Name")
        };
        let own = function_of(self.call);
        // Another name for it, or a literal that closes it, may be used later.
        let known_otherwise = |mention: Node<'t>| {
            let literal = mention
                .ancestors()
                .take_while(|up| Some(*up) != own)
                .any(|up| up.kind() == Kind::FuncLiteral);
            let held = mention.ancestors().any(|up| up.kind() == Kind::LiteralValue);
            let deferred = mention.ancestors().any(|up| up.kind() == Kind::DeferStatement);
            (literal || held || is_copied(mention, &variables)) && !deferred
        };
        let mut mentions = variables.iter().copied().flat_map(scope::mentions);
        mentions.find(|mention| {
            if mention.start() >= from {
                !deferred(*mention) && !only_named(*mention)
            } else {
                !self.call.holds(*mention) && known_otherwise(*mention)
            }
        })
    }

    /// A variable of the package in the argument: any function may close it.
    fn shared_writer(&self) -> Option<Node<'t>> {
        let names = self.writer()?.descendants().filter(|node| node.kind() == Kind::Identifier);
        names.into_iter().find(|name| match scope::resolve(*name) {
            Def::TopLevel(index) => {
                let decl = name.file().outline().decls.get(index);
                decl.is_some_and(|decl| decl.kind == DeclKind::Var)
            }
            Def::Outside => name.field_name() != Some(Field::Function),
            _ => false,
        })
    }
}

/// Whether `mention` is the whole value that another variable gets.
fn is_copied<'t>(mention: Node<'t>, known: &[Local<'t>]) -> bool {
    let Some(list) = mention.parent().filter(|list| list.field_name() == Some(Field::Right)) else {
        return false;
    };
    let left = list.parent().and_then(|assigned| assigned.left());
    left.is_some_and(|left| left.named().any(|name| variable(name).is_none_or(|to| !known.contains(&to))))
}

/// The variables that hold what is written to: those of the argument, and those
/// that it was made from.
fn written_to<'t>(call: Node<'t>) -> Vec<Local<'t>> {
    let named = |code: Node<'t>| {
        code.descendants().filter(|node| node.kind() == Kind::Identifier).filter_map(variable)
    };
    let mut found: Vec<Local<'t>> = arguments(call).flat_map(named).collect();
    let made_from: Vec<Node<'t>> = found.iter().filter_map(|writer| first_value(*writer)).collect();
    found.extend(made_from.into_iter().flat_map(named));
    found
}

/// The last `defer` behind `statement`, in its list, that uses the writer: what
/// is deferred later runs earlier, and the stop has to come before the file is
/// closed.
fn closed_behind<'t>(call: Node<'t>, statement: Node<'t>) -> Node<'t> {
    let names = written_to(call);
    let closes = |other: &Node<'t>| {
        other.kind() == Kind::DeferStatement
            && other.start() >= statement.end()
            && names.iter().flat_map(|name| scope::mentions(*name)).any(|mention| other.holds(mention))
    };
    let list = statement.parent();
    list.and_then(|list| list.named().filter(closes).last()).unwrap_or(statement)
}

/// Where a stop can be deferred once the start has succeeded.
fn place<'t>(call: Node<'t>) -> Option<StartPlace<'t>> {
    let whole = parenthesized(call);
    let parent = whole.parent()?;
    match parent.kind() {
        Kind::ExpressionStatement => listed(parent).map(StartPlace::Behind),
        Kind::ExpressionList => {
            let assigned = parent.parent()?;
            let name = assigned.left().filter(|left| left.named().count() == 1)?.named().next()?;
            if !assigned.is(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement]) {
                return None;
            }
            if assigned.field_name() == Some(Field::Initializer) {
                let checked = assigned.parent().filter(|owner| owner.kind() == Kind::IfStatement)?;
                return succeeded(checked, name);
            }
            let statement = listed(assigned)?;
            let mut behind = statement.parent()?.named().skip_while(|other| *other != statement).skip(1);
            let check = behind.next().filter(|next| {
                next.kind() == Kind::IfStatement && next.initializer().is_none() && mentions(*next, name)
            });
            match check {
                Some(check) => succeeded(check, name),
                None => Some(StartPlace::Behind(statement)),
            }
        }
        Kind::BinaryExpression => {
            let checked = parenthesized(parent).parent().filter(|owner| owner.kind() == Kind::IfStatement)?;
            succeeded(checked, call)
        }
        _ => None,
    }
}

/// The place that is reached when the error that `checked` compares is nil.
fn succeeded<'t>(checked: Node<'t>, error: Node<'t>) -> Option<StartPlace<'t>> {
    let condition = unparenthesized(checked.condition()?);
    let compares = condition.kind() == Kind::BinaryExpression
        && condition.right().is_some_and(|right| right.text() == "nil")
        && condition.left().is_some_and(|left| unparenthesized(left).text() == error.text());
    if !compares {
        return None;
    }
    let other = checked.alternative();
    match condition.operator()?.kind() {
        Kind::NotEqual => match other {
            Some(block) => (block.kind() == Kind::Block).then_some(StartPlace::Inside(block)),
            // After a failure that is only logged, the stop does nothing.
            None => listed(checked).map(StartPlace::Behind),
        },
        Kind::Equal => checked.consequence().map(StartPlace::Inside),
        _ => None,
    }
}

fn mentions(statement: Node<'_>, name: Node<'_>) -> bool {
    let condition = statement.condition();
    condition.is_some_and(|condition| {
        condition.descendants().any(|node| node.kind() == Kind::Identifier && node.text() == name.text())
    })
}

/// The statement, when it stands in a list of statements.
fn listed<'t>(statement: Node<'t>) -> Option<Node<'t>> {
    statement.parent().filter(|list| list.kind() == Kind::StatementList).map(|_| statement)
}
