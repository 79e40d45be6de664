//! What else of the package reads or speaks of the statistics: comments, other readings,
//! the other readings into one variable.

use super::fields::StatsField;
use super::reading::Reading;
use super::stats;
use crate::model::imports::{arguments, unparenthesized};
use crate::model::scope::{self, Def};
use crate::model::words::words;
use crate::rewrite::Cx;
use crate::syntax::{Field, File, Kind, Node};
use crate::text::Span;

/// A comment of the declaration around `call`, or right above it, that speaks of what is
/// replaced: of the function, the type, the variable, or the world that stops. One beside
/// the call also by saying what it costs.
pub fn comment(site: &Reading<'_>, cx: &Cx<'_>) -> Option<Span> {
    let call = site.call;
    let root = call.ancestors().last()?;
    let variable = site.stats.as_ref().map(|stats| stats.local.name.text());
    let declared = site.stats.as_ref().and_then(|stats| stats.declaration);
    let lines = cx.file.lines();
    let beside = |line: usize| {
        let near =
            |node: Node<'_>| line <= node.line() && (line..node.line()).all(|line| is_comment(cx.file, line));
        near(call) || declared.is_some_and(near)
    };
    let inside = root.descendants().filter(|node| node.kind() == Kind::Comment).map(Node::span);
    let first = lines.line(root.descendants().find(|node| node.kind() != Kind::SourceFile)?.start());
    let above = (1..first).rev().take_while(|line| is_comment(cx.file, *line)).map(|line| lines.span(line));
    let mut all: Vec<Span> = above.chain(inside).collect();
    all.sort_by_key(|span| span.start);
    all.into_iter().find(|span| {
        let text = span.of(cx.file.text());
        speaks(text, variable) || beside(lines.line(span.start)) && tells_cost(text)
    })
}

fn is_comment(file: &File, line: usize) -> bool {
    let bytes = file.lines().content(file.text().as_bytes(), line);
    let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
    text.starts_with("//") && !text.starts_with("//go:")
        || text.starts_with("/*")
        || text.starts_with('*')
        || text.ends_with("*/")
}

fn speaks(comment: &str, variable: Option<&str>) -> bool {
    let said = words(comment);
    let follows = |first: &str, second: &str| {
        said.windows(2).any(|pair| pair[0].starts_with(first) && pair[1].starts_with(second))
    };
    let stops = ["stop", "pause", "halt", "freez", "froz"];
    let world = said.iter().any(|word| word == "world")
        && said.iter().any(|word| stops.iter().any(|stem| word.starts_with(stem)));
    world
        || said.iter().any(|word| matches!(word.as_str(), "stw" | "memstats"))
        || follows("mem", "stats")
        || variable.is_some_and(|name| names_it(comment, name))
}

/// Whether the text names the variable as code does: a field of it, its address, or a
/// name that is no plain word.
fn names_it(comment: &str, variable: &str) -> bool {
    let coined = variable.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_');
    comment.match_indices(variable).any(|(at, _)| {
        let before = comment[..at].chars().next_back();
        let mut behind = comment[at + variable.len()..].chars();
        let next = behind.next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let field = next == Some('.') && behind.next().is_some_and(char::is_uppercase);
        let quoted = before == Some('`') && next == Some('`');
        !part(before) && !part(next) && (field || before == Some('&') || quoted || coined)
    })
}

fn tells_cost(comment: &str) -> bool {
    const STEMS: &[&str] = &[
        "expensive",
        "costly",
        "costs",
        "slow",
        "heavy",
        "heavyweight",
        "pause",
        "pauses",
        "latency",
        "blocks",
    ];
    words(comment).iter().any(|word| STEMS.contains(&word.as_str()))
}

/// A variable that is no local: its name or the chain of fields that leads to it, with the
/// type that the chain begins at.
#[derive(PartialEq, Eq)]
struct Kept<'t> {
    of: Option<&'t str>,
    chain: &'t str,
}

impl Kept<'_> {
    /// Whether both may be one variable: a field of that name where a type is not written.
    fn may_be(&self, other: &Kept<'_>) -> bool {
        let last = |chain: &str| chain.rsplit_once('.').map(|(_, field)| field.to_owned());
        let same = last(self.chain).is_some() && last(self.chain) == last(other.chain);
        self == other || (self.of != other.of && same)
    }
}

/// The variable that `call` fills, when it is a field or of the package.
fn kept(call: Node<'_>) -> Option<Kept<'_>> {
    let argument = unparenthesized(arguments(call).next()?);
    let address = argument.kind() == Kind::UnaryExpression;
    variable(unparenthesized(if address { argument.operand()? } else { argument }))
}

fn variable(at: Node<'_>) -> Option<Kept<'_>> {
    match at.kind() {
        Kind::Identifier if !matches!(scope::resolve(at), Def::Local(_)) => {
            Some(Kept { of: None, chain: at.text() })
        }
        Kind::SelectorExpression => {
            let mut root = at;
            while root.kind() == Kind::SelectorExpression {
                root = unparenthesized(root.operand()?);
            }
            let Def::Local(local) = (root.kind() == Kind::Identifier).then(|| scope::resolve(root))? else {
                return Some(Kept { of: None, chain: at.text() });
            };
            let of = local.name.parent().and_then(|declares| declares.ty());
            let of = of.map(|of| of.text().trim_start_matches('*'));
            let chain = at.file().text().get(root.end()..at.end())?;
            Some(Kept { of, chain })
        }
        _ => None,
    }
}

/// The calls of the package that fill what `call` fills, in the order of the files, when
/// that is a variable of the package or a field.
pub fn readings<'t>(call: Node<'t>, cx: &Cx<'t>) -> impl Iterator<Item = Node<'t>> {
    let package = cx.package();
    kept(call).into_iter().flat_map(move |of| {
        let word = of.chain.rsplit('.').next().unwrap_or(of.chain);
        let files = package.files().filter(|file| !file.is_test() && file.may_name("ReadMemStats"));
        let roots = files.flat_map(|file| declarations_saying(file, "ReadMemStats"));
        let roots = roots.filter(move |root| root.text().contains(word));
        roots.flat_map(stats::calls).filter(move |call| kept(*call).is_some_and(|other| other == of))
    })
}

/// The other calls of the package that fill a field of the name that `call` fills.
pub fn alike<'t>(call: Node<'t>, cx: &Cx<'t>) -> impl Iterator<Item = Node<'t>> {
    let filled = |call: Node<'t>| {
        let given = unparenthesized(arguments(call).next()?);
        Some(given.operand().map_or(given, unparenthesized).field()?.text())
    };
    let name = filled(call);
    let files = cx.package().files().filter(|file| !file.is_test() && file.may_name("ReadMemStats"));
    let calls = files.flat_map(|file| declarations_saying(file, "ReadMemStats")).flat_map(stats::calls);
    calls.filter(move |other| *other != call && name.is_some() && filled(*other) == name)
}

/// The declarations in whose text `word` stands, one after the other.
pub(super) fn declarations_saying<'t>(file: &'t File, word: &'t str) -> impl Iterator<Item = Node<'t>> {
    let decls = file.outline().decls.iter().enumerate();
    let says = decls.filter(move |(_, decl)| decl.span.of(file.text()).contains(word));
    says.filter_map(|(index, _)| file.decl(index))
}

/// The places of the package that read a field of what `call` fills.
pub fn fields_read<'t>(call: Node<'t>, cx: &Cx<'t>) -> Vec<(Node<'t>, &'static StatsField)> {
    let Some(of) = kept(call) else { return Vec::new() };
    let word = of.chain.rsplit('.').next().unwrap_or(of.chain);
    let files = cx.package().files().filter(|file| !file.is_test() && file.may_name(word));
    let roots = files.flat_map(|file| declarations_saying(file, word));
    let selectors = roots.flat_map(Node::descendants).filter(|node| node.kind() == Kind::SelectorExpression);
    selectors
        .filter_map(|selector| {
            let field = StatsField::named(selector.field()?.text())?;
            let from = variable(unparenthesized(selector.operand()?))?;
            from.may_be(&of).then_some((selector, field))
        })
        .collect()
}

/// Where a value of a variable that is no local is subtracted, or something from it: it
/// is compared with a value of another moment.
pub fn difference(call: Node<'_>, cx: &Cx<'_>) -> Option<String> {
    let reads = fields_read(call, cx);
    let place = reads.iter().map(|(node, _)| *node).find(|node| {
        let beside = |up: Node<'_>| {
            let of = |field: Field| up.child_by_field(field).filter(|side| !side.holds(*node));
            let own = |side: Node<'_>| reads.iter().any(|(read, _)| side.holds(*read));
            let number = |side: Node<'_>| side.is(&[Kind::IntLiteral, Kind::FloatLiteral]);
            of(Field::Left).or(of(Field::Right)).is_some_and(|side| !own(side) && !number(side))
        };
        node.ancestors().take_while(|up| !up.is(&[Kind::StatementList, Kind::CallExpression])).any(|up| {
            let minus = up
                .operator()
                .is_some_and(|operator| matches!(operator.kind(), Kind::Minus | Kind::MinusAssign));
            minus && beside(up)
        })
    })?;
    let file = place.file();
    let elsewhere = file.path() != cx.file.path();
    let name = file.path().file_name().filter(|_| elsewhere).map(|name| name.to_string_lossy());
    Some(name.map_or(format!("line {}", place.line()), |name| format!("line {} of {name}", place.line())))
}

/// Whether the readings of one variable are told at this one: the first of them.
pub fn is_first(call: Node<'_>, cx: &Cx<'_>) -> bool {
    readings(call, cx)
        .next()
        .is_none_or(|first| first.file().path() == cx.file.path() && first.start() == call.start())
}
