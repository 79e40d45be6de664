//! Signs that somebody wants the yield: a budget that it ends, a batch that it follows, a
//! comment that explains it.

use super::call::is_yield;
use crate::model::computes::{Callee, callee_of};
use crate::model::constant::integer;
use crate::model::depends::is_write;
use crate::model::imports::{callee, is_call, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::recording::{first_value, variable};
use crate::model::scope::{self, LocalKind};
use crate::model::waits::loops_around;
use crate::model::words::words;
use crate::rewrite::{comment_at, comments_above};
use crate::syntax::{Field, Kind, Node};
use std::collections::HashSet;
use std::sync::Arc;

/// The collection in front of `statement` in the same block: what it frees is told to
/// goroutines that run finalizers and cleanups.
pub(super) fn collected_before(statement: Node<'_>) -> Option<String> {
    let list = statement.parent()?;
    let first = list.remember("gosched: the first collection", || {
        let calls = list.named().filter_map(|other| {
            let stands = other.is(&[Kind::ExpressionStatement, Kind::DeferStatement, Kind::GoStatement]);
            other.named().next().filter(|_| stands).map(unparenthesized)
        });
        let mut collections = calls.filter(|call| {
            is_call(*call, "runtime", "GC") || is_call(*call, "runtime/debug", "FreeOSMemory")
        });
        collections.next().map(Node::place)
    });
    let call = list.at(first?);
    (call.start() < statement.start()).then(|| format!("`{}` on line {}", call.text(), call.line()))
}

/// The test of a counter of the loop against a budget that other code sets: a parameter, a
/// field, a result, a variable.
pub(super) fn budget(statement: Node<'_>, package: &Package) -> Option<String> {
    let outermost = loops_around(statement).last()?;
    let (test, list) = test_of(statement)?;
    let condition = test.condition()?;
    let mut comparisons = condition.descendants().filter(|node| {
        node.kind() == Kind::BinaryExpression
            && node.operator().is_some_and(|operator| {
                matches!(
                    operator.kind(),
                    Kind::Less
                        | Kind::Greater
                        | Kind::LessOrEqual
                        | Kind::GreaterOrEqual
                        | Kind::Equal
                        | Kind::NotEqual
                        | Kind::And
                )
            })
    });
    let resets = |counter: Node<'_>| {
        let reset = package.remember_of(list, "gosched: what is reset", || {
            let anew = |part: &Node<'_>| {
                part.right().is_some_and(|right| right.named().any(|to| !is_constant(to, package)))
            };
            let parts = list.named().filter(anew);
            let targets =
                parts.flat_map(|part| assigned(part, &["="])).map(|target| target.text().to_owned());
            Arc::new(targets.collect::<HashSet<String>>())
        });
        reset.contains(counter.text())
    };
    let found = comparisons.find(|comparison| {
        let sides =
            [Field::Left, Field::Right].map(|side| comparison.child_by_field(side).map(unparenthesized));
        let [Some(left), Some(right)] = sides else { return false };
        [(left, right), (right, left)].into_iter().any(|(counter, limit)| {
            counts(counter, outermost) && (!is_constant(limit, package) || resets(counter))
        })
    })?;
    Some(format!("`{}` on line {}", found.text(), found.line()))
}

/// The counter that would be reset for nothing when only the call went: all that its test
/// does beside the yield is to write what it asks.
pub(super) fn left_counter(statement: Node<'_>, gone: Option<Node<'_>>) -> Option<String> {
    let (test, list) = test_of(statement).filter(|_| gone == Some(statement))?;
    list.remember("gosched: what resets a counter", || only_resets(test, list))
}

/// The first statement of `list` beside the yields, when all of them write what `test` asks.
fn only_resets(test: Node<'_>, list: Node<'_>) -> Option<String> {
    let condition = test.condition()?;
    let asked = |target: Node<'_>| condition.descendants().any(|node| node.text() == target.text());
    let mut writes = list.named().filter(|part| part.kind() != Kind::Comment && !is_yield(*part)).peekable();
    let first = *writes.peek()?;
    writes
        .all(|part| match part.kind() {
            Kind::AssignmentStatement => part.left().is_some_and(|left| left.named().all(asked)),
            Kind::IncStatement | Kind::DecStatement => part.named().next().is_some_and(asked),
            _ => false,
        })
        .then(|| format!("`{}` on line {}", first.text(), first.line()))
}

/// The innermost `if` of the same loop that leads to `statement`, and its list.
fn test_of(statement: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let inner = |up: &Node<'_>| {
        !up.is(&[Kind::ForStatement, Kind::FuncLiteral, Kind::FunctionDeclaration, Kind::MethodDeclaration])
    };
    let test = statement.ancestors().take_while(inner).find(|up| up.kind() == Kind::IfStatement)?;
    let list = test.consequence().filter(|block| block.holds(statement))?.child(Kind::StatementList)?;
    Some((test, list))
}

/// Whether `counter` is stepped or set in the bodies of the loop.
fn counts(counter: Node<'_>, outermost: Node<'_>) -> bool {
    if !counter.is(&[Kind::Identifier, Kind::SelectorExpression]) {
        return false;
    }
    let counted = outermost.remember("gosched: what is counted", || {
        let stepped = |node: Node<'_>| -> Vec<String> {
            let in_header = node.parent().is_some_and(|up| up.kind() == Kind::ForClause);
            let targets: Vec<Node<'_>> = match node.kind() {
                _ if in_header => Vec::new(),
                Kind::IncStatement | Kind::DecStatement => node.named().take(1).collect(),
                _ => assigned(node, &["+=", "-="]).collect(),
            };
            targets.into_iter().map(|target| target.text().to_owned()).collect()
        };
        Arc::new(outermost.descendants().flat_map(stepped).collect::<HashSet<String>>())
    });
    counted.contains(counter.text())
}

/// What `node` assigns to, if it is an assignment by one of `operators`.
fn assigned<'t>(node: Node<'t>, operators: &[&str]) -> impl Iterator<Item = Node<'t>> + use<'t> {
    let assigns = node.kind() == Kind::AssignmentStatement
        && node.operator().is_some_and(|operator| operators.contains(&operator.text()));
    node.left().filter(|_| assigns).into_iter().flat_map(Node::named)
}

/// Whether the value is written in the code: a constant, a variable that only ever has one,
/// the length of something.
fn is_constant(value: Node<'_>, package: &Package) -> bool {
    let value = unparenthesized(value);
    if integer(value, package).is_some() {
        return true;
    }
    match value.kind() {
        Kind::FloatLiteral | Kind::Nil | Kind::True | Kind::False => true,
        Kind::BinaryExpression => [Field::Left, Field::Right]
            .into_iter()
            .all(|side| value.child_by_field(side).is_some_and(|side| is_constant(side, package))),
        Kind::Identifier => {
            variable(value).is_some_and(|local| {
                local.kind == LocalKind::Var
                    && first_value(local).is_some_and(|first| integer(first, package).is_some())
                    && !scope::mentions(local)
                        .into_iter()
                        .any(|mention| mention != local.name && is_write(mention))
            }) || crate::model::effects::is_constant(value, package)
        }
        Kind::CallExpression => callee_of(value, package) == Callee::Builtin,
        _ => false,
    }
}

/// The call in front of `statement` in its loop that takes several items at once.
pub(super) fn batch(statement: Node<'_>) -> Option<String> {
    const TAKES: &[&str] = &["pop", "dequeue", "take", "recv", "receive", "shift"];
    const READS: &[&str] = &["read", "get", "fetch", "poll", "next", "consume"];
    const MANY: &[&str] = &["many", "batch", "bulk", "multi", "multiple", "several", "chunk"];
    let body = loops_around(statement).next()?.body()?;
    let takes_many = |called: &Node<'_>| {
        let said = words(called.text());
        let says = |of: &[&str]| said.iter().any(|word| of.contains(&word.as_str()));
        said.first().is_some_and(|first| first == "drain")
            || (says(TAKES) && (says(MANY) || says(&["all"])))
            || (says(READS) && says(MANY))
    };
    // The calls that take many, and their names.
    let taking = body.remember("gosched: what takes several items", || {
        let calls = body.descend(|node| node.kind() != Kind::FuncLiteral).filter_map(|node| {
            let callee = callee(node)?;
            Some((node, callee.field().unwrap_or(callee)))
        });
        let many = calls.filter(|(_, called)| takes_many(called));
        Arc::new(many.map(|(call, called)| (call.place(), called.place())).collect::<Vec<_>>())
    });
    let before = taking.partition_point(|(call, _)| body.at(*call).start() < statement.start());
    let mut before = taking[..before].iter();
    let (_, called) = before.find(|(call, _)| body.at(*call).end() <= statement.start())?;
    let called = body.at(*called);
    Some(format!("`{}` on line {}", called.text(), called.line()))
}

/// The comment that explains the yield: more than a remark on what goes, or one in its block
/// or above its function that speaks of yielding.
pub(super) fn explanation(statement: Node<'_>, gone: Option<Node<'_>>, package: &Package) -> Option<String> {
    let remembered =
        |list: Node<'_>| package.remember_of(list, "gosched: speaks of yielding", || spoken(list));
    let places = [Some(statement), gone.filter(|gone| *gone != statement)];
    let around = places.into_iter().flatten().find_map(|place| {
        let above = above(place).filter(|(_, text)| is_long(text));
        let behind = || {
            let line = place.file().lines().span(place.line());
            let on_line = place.parent()?.children_in(line);
            let mut comments =
                on_line.filter(|part| part.kind() == Kind::Comment && part.line() == place.line());
            comments.find(|comment| is_long(comment.text())).map(|comment| comment.line())
        };
        above.map(|(line, _)| line).or_else(behind).or_else(|| {
            // A comment in front of the first statement stands in the block around the list.
            let list = place.parent()?;
            remembered(list)
                .or_else(|| list.parent().filter(|block| block.kind() == Kind::Block).and_then(remembered))
        })
    });
    let inside = || gone.and_then(|gone| gone.descendants().find_map(spoken));
    let whole = statement.ancestors().find(|up| up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]));
    let documented =
        || whole.and_then(above).filter(|(_, text)| is_long(text) && speaks(text)).map(|(line, _)| line);
    around.or_else(inside).or_else(documented).map(|line| format!("line {line}"))
}

/// The first line and the text of the comments right above `node`.
fn above(node: Node<'_>) -> Option<(usize, String)> {
    let file = node.file();
    let first = comments_above(file, node.line(), &|at| comment_at(node, at));
    let lines = (first..node.line()).map(|line| file.lines().span(line).of(file.text()));
    (first < node.line()).then(|| (first, lines.collect()))
}

/// The line of a comment in `list` that speaks of yielding at length, the lines of one
/// paragraph taken together.
fn spoken(list: Node<'_>) -> Option<usize> {
    let mut paragraph: Option<(usize, usize, String)> = None;
    for comment in list.named().filter(|part| part.kind() == Kind::Comment) {
        let (line, lines) = (comment.line(), comment.text().lines().count());
        paragraph = match paragraph.take() {
            Some((first, next, text)) if next == line => {
                Some((first, line + lines, format!("{text}\n{}", comment.text())))
            }
            _ => Some((line, line + lines, comment.text().to_owned())),
        };
        if let Some((first, _, text)) = &paragraph
            && is_long(text)
            && speaks(text)
        {
            return Some(*first);
        }
    }
    None
}

/// How many words a remark has at most: `be nice to the others`.
const REMARK: usize = 8;

/// Whether the comment says more than a remark. Lines for tools say nothing.
fn is_long(comment: &str) -> bool {
    let lines = comment.lines().map(str::trim).filter(|line| !line.starts_with("//go:"));
    let words =
        |line: &str| line.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    let counts: Vec<usize> = lines.map(words).filter(|count| *count > 0).collect();
    counts.len() > 1 || counts.iter().sum::<usize>() > REMARK
}

fn speaks(comment: &str) -> bool {
    const OF: &[&str] = &[
        "gosched",
        "yield",
        "schedul",
        "starv",
        "preempt",
        "give way",
        "gives way",
        "giving way",
        "other goroutine",
        "fairness",
        "monopoli",
    ];
    let text = comment.to_lowercase();
    OF.iter().any(|word| text.contains(word))
}

/// Whether all that the loop calls, the yield left out, is builtins and functions of `math`.
pub(super) fn is_arithmetic(around: Node<'_>, package: &Package) -> bool {
    const MATH: &[&str] = &["math", "math/bits", "math/cmplx"];
    // The same for all yields of the loop.
    package.remember_of(around, "gosched: arithmetic", || {
        let calls = around.descend(|node| !is_yield(node)).filter(|node| node.kind() == Kind::CallExpression);
        calls.into_iter().all(|call| {
            callee_of(call, package) == Callee::Builtin
                || callee(call).and_then(package_of).is_some_and(|path| MATH.contains(&path))
        })
    })
}
