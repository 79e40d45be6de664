//! Lets as many goroutines as there are processors take the items of a slice in turn.
//! ```go
//! func squares(rows []int) []int {
//! 	out := make([]int, len(rows))
//! 	var wg sync.WaitGroup
//! 	for i, r := range rows {
//! 		wg.Add(1)
//! 		go func() {
//! 			defer wg.Done()
//! 			out[i] = r * r
//! 		}()
//! 	}
//! 	wg.Wait()
//! 	return out
//! }
//! ```
//! becomes
//! ```go
//! func squares(rows []int) []int {
//! 	out := make([]int, len(rows))
//! 	var wg sync.WaitGroup
//! 	var next atomic.Int64
//! 	for range min(runtime.GOMAXPROCS(0), len(rows)) {
//! 		wg.Go(func() {
//! 			for {
//! 				i := int(next.Add(1)) - 1
//! 				if i >= len(rows) {
//! 					return
//! 				}
//! 				r := rows[i]
//! 				out[i] = r * r
//! 			}
//! 		})
//! 	}
//! 	wg.Wait()
//! 	return out
//! }
//! ```
//! # Why
//! A goroutine for each of 10,000 small items took 4.07 ms where the goroutines of two
//! processors that take the next index took 52 µs (Go 1.26). That holds for items that
//! compute: items that wait got 145 times as slow with so few goroutines, so this rule
//! runs only when it is selected.
//! # Unsafe
//! Every item is still run once, and all are done when `Wait` returns. How many run at one
//! time changes, and with it which of them runs before another.
//! # Guards
//! - `waits-later`, keep: something happens between the loop and `Wait`, such as the receiving
//!   of what the items send.
//! - `operand-may-change`, keep: the slice is not a local variable, other code may assign it
//!   while the items run, or an item writes the element of another, which may not have
//!   been taken yet.
//! - `may-wait`, keep: an item sends, receives, locks, or calls what is not known to only
//!   compute: it may wait for another item, be slow for want of parallelism, or end its
//!   goroutine.
//! - `leaves-inner-loop`, keep: an item returns out of a loop of its own.
//! - `arguments`, keep: the function takes something else than the index and the element.
//! - `not-nameable`, keep: `min`, `len` or `int` means something else here, or an item
//!   declares a variable of the name of the index or the element.
//! - `older-go`, advice: before Go 1.22 a loop cannot range over a number and shares its
//!   variables between the items.
//! - `untidy`, advice: a comment, or the layout, would be lost.
//! # Known limits
//! A `sync.WaitGroup` that is a field, a parameter or a pointer is not looked at, nor are maps
//! and channels that are ranged over, functions with a result, and functions with a `goto`.

mod body;
mod names;
mod site;

use self::body::{body, margin};
use self::names::ItemNames;
use self::site::GoroutinePerItemSite;
use crate::model::GoVersion;
use crate::model::computes::doings;
use crate::model::depends::is_address_taken;
use crate::model::effects::is_captured;
use crate::model::imports::{arguments, callee, unparenthesized};
use crate::model::locals::{calls_method, gives_address, is_written, outermost_part};
use crate::model::recording::first_value;
use crate::model::rounds::gotos;
use crate::model::scope::{self, Def, Local};
use crate::model::types::{Type, type_of, underlying};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Field, Kind, Node};
use crate::text::Span;

/// Starts a goroutine for each processor instead of one for each item.
pub struct GoroutinePerItem;

impl Transform for GoroutinePerItem {
    type Site<'t> = GoroutinePerItemSite<'t>;
    const META: Meta = Meta {
        id: "goroutine-per-item",
        title: "let a goroutine for each processor take the items in turn",
        group: Group::Channels,
        seeds: &["SRC 5"],
        best: Applicability::Unsafe,
        since: Some(GoVersion(1, 22)),
        opt_in: true,
        triggers: &[Symbol { path: "sync", name: "WaitGroup" }],
        may_match_tokens: looks,
        guards: &[
            "waits-later",
            "operand-may-change",
            "may-wait",
            "leaves-inner-loop",
            "arguments",
            "not-nameable",
            "older-go",
            "untidy",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<GoroutinePerItemSite<'t>> {
        let group = declared(mention)?;
        scope::mentions(group).into_iter().find_map(|named| launched(named, group, cx))
    }

    fn judge<'t>(site: &GoroutinePerItemSite<'t>, cx: &Cx<'t>) -> Verdict {
        let plain = ["min", "len", "int"].iter().all(|name| cx.is_predeclared(name, site.looping));
        let again = ItemNames::of(site).is_some_and(|names| declares_again(site, &names));
        Verdict::of(Applicability::Unsafe)
            .keep_unless(waits_next(site), "waits-later")
            .keep_seen(|| may_wait(site, cx), "may-wait")
            .keep_unless(is_steady(site) && !writes_another(site), "operand-may-change")
            .keep_if(site.returns().any(|(_, inner)| inner), "leaves-inner-loop")
            .keep_if(ItemNames::of(site).is_none(), "arguments")
            .keep_unless(plain && !again, "not-nameable")
            .lower_if(!cx.has(GoVersion(1, 22)), Applicability::Advice, "older-go")
            .lower_if(body(site).is_none(), Applicability::Advice, "untidy")
    }

    fn diagnose<'t>(site: &GoroutinePerItemSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.literal.parent().map_or(site.literal.span(), |call| {
                Span::new(call.start(), site.literal.parameters().map_or(call.end(), Node::end))
            }),
            message: format!("a goroutine for each element of `{}`", site.over.text()),
            why:
                "10,000 small items took 4.07 ms so, and 52 µs with a goroutine for each of two processors; \
                  items that wait would be slower"
                    .into(),
            severity: Severity::Note,
            labels: vec![(site.looping.span(), "for each element".into())],
        }
    }

    fn rewrite<'t>(site: &GoroutinePerItemSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let (Some(names), Some(body)) = (ItemNames::of(site), body(site)) else { return };
        let at = site.looping;
        let (runtime, atomic) = (fix.import("runtime", at, cx), fix.import("sync/atomic", at, cx));
        let next = cx.fresh_name(&["next", "nextIndex"], at);
        let index = names.index.map_or_else(|| cx.fresh_name(&["i", "index"], at), str::to_owned);
        let (over, group) = (site.over.text(), site.group.name.text());
        let mut lines = vec![
            format!("var {next} {atomic}.Int64"),
            format!("for range min({runtime}.GOMAXPROCS(0), len({over})) {{"),
        ];
        let has_go = cx.has(GoVersion(1, 25));
        if has_go {
            lines.push(format!("\t{group}.Go(func() {{"));
        } else {
            lines.push(format!("\t{group}.Add(1)"));
            lines.push("\tgo func() {".into());
            lines.push(format!("\t\tdefer {group}.Done()"));
        }
        lines.push("\t\tfor {".into());
        lines.push(format!("\t\t\t{index} := int({next}.Add(1)) - 1"));
        lines.push(format!("\t\t\tif {index} >= len({over}) {{"));
        lines.extend(["\t\t\t\treturn".into(), "\t\t\t}".into()]);
        if let Some(value) = names.value {
            lines.push(format!("\t\t\t{value} := {over}[{index}]"));
        }
        let newline = at.file().newline();
        let margin = margin(at);
        let mut text = lines.join(&format!("{newline}{margin}")) + newline;
        text += &body;
        let end = if has_go { "\t})" } else { "\t}()" };
        text += &["\t\t}", end, "}"].map(|line| format!("{margin}{line}")).join(newline);
        fix.claim(at);
        fix.replace_node(at, text);
    }
}

/// Whether the type at `at` may be that of a group to which a loop over elements adds as the
/// first that it does.
fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    let start = if code.text(at.wrapping_sub(1)) == "." { at.wrapping_sub(2) } else { at };
    let before = start.wrapping_sub(1);
    // `var wg sync.WaitGroup` or `wg := sync.WaitGroup{}`
    let name = match (code.kind(before), code.text(before)) {
        (Some(TokenKind::Ident), name) => name,
        (_, ":=") => code.text(before.wrapping_sub(1)),
        _ => return false,
    };
    let adds = |at: &usize| {
        code.text(*at) == name && code.text(at + 1) == "." && matches!(code.text(at + 2), "Add" | "Go")
    };
    (at + 1..code.len()).filter(adds).any(|at| begins_round(code, at))
}

/// Whether the statement at `at` is the first in a loop over elements, but for those that
/// copy a variable of the loop.
fn begins_round(code: &DeclTokens<'_>, at: usize) -> bool {
    let Some(open) = code.brackets_around(at).next().filter(|open| code.text(*open) == "{") else {
        return false;
    };
    let copies =
        |at: usize| code.kind(at) == Some(TokenKind::Ident) || matches!(code.text(at), "," | ":=" | ";");
    let around = code.brackets_around(open).next();
    let header = (0..open).rev().filter(|at| code.brackets_around(*at).next() == around);
    (open + 1..at).all(copies)
        && code.keyword_of_block(open) == Some("for")
        && header.take_while(|at| code.text(*at) != "for").any(|at| code.text(at) == "range")
}

/// The local variable that a mention of the type declares.
fn declared(mention: Node<'_>) -> Option<Local<'_>> {
    let up = mention.parent()?;
    let name = match up.kind() {
        Kind::VarSpec if up.ty() == Some(mention) && up.fields(Field::Name).count() == 1 => up.name()?,
        Kind::CompositeLiteral => {
            let declaration = up.parent()?.parent().filter(|up| up.kind() == Kind::ShortVarDeclaration)?;
            let mut names = declaration.left()?.named();
            names.next().filter(|_| names.next().is_none())?
        }
        _ => return None,
    };
    match scope::resolve(name) {
        Def::Local(local) if local.name == name => Some(local),
        _ => None,
    }
}

/// The loop around `named`, a mention of the group, if all that it does is to
/// start a goroutine of the group for each element of a slice.
fn launched<'t>(named: Node<'t>, group: Local<'t>, cx: &Cx<'t>) -> Option<GoroutinePerItemSite<'t>> {
    let list = named.ancestors().find(|up| up.kind() == Kind::StatementList)?;
    let looping = list.parent()?.parent().filter(|up| up.kind() == Kind::ForStatement)?;
    (looping.parent()?.kind() == Kind::StatementList).then_some(())?;
    let clause = looping.child(Kind::RangeClause).filter(|clause| scope::declares(*clause))?;
    let over = clause.right()?;
    let element = match underlying(type_of(over, cx.package())?, cx.package())? {
        Type::Written(node) if node.kind() == Kind::SliceType => node.element()?.text(),
        Type::Slice(element) => element.text(),
        _ => return None,
    };
    let mut variables = clause.left()?.named();
    let (index, value) = (variables.next(), variables.next());
    let copies = |statement: &Node<'t>| {
        let sides = (statement.left(), statement.right());
        let same =
            |name: Option<Node<'t>>| name.is_some_and(|name| sides.0.map(Node::text) == Some(name.text()));
        statement.kind() == Kind::ShortVarDeclaration
            && sides.0.map(Node::text) == sides.1.map(Node::text)
            && (same(index) || same(value))
    };
    let statements: Vec<Node<'t>> = list.named().skip_while(copies).collect();
    let (literal, given) = match statements[..] {
        [go] => {
            let call = called(go, "Go", group)?;
            (arguments(call).next()?, Vec::new())
        }
        [add, go] if go.kind() == Kind::GoStatement => {
            let one = arguments(called(add, "Add", group)?).next()?;
            let call =
                go.named().next().filter(|call| one.text() == "1" && call.kind() == Kind::CallExpression)?;
            (call.function()?, arguments(call).collect())
        }
        _ => return None,
    };
    // What it returns is computed, though nobody sees it; and a `goto` may not
    // jump over the new variable.
    let returns = literal.result().is_some();
    let block = literal.body().filter(|_| literal.kind() == Kind::FuncLiteral && !returns)?;
    gotos(looping).is_empty().then_some(())?;
    let mut work: Vec<Node<'t>> = block.child(Kind::StatementList)?.named().collect();
    let mut from = block.start() + 1;
    if statements.len() == 2 {
        let first = work.remove(0);
        (first.kind() == Kind::DeferStatement && is_call_of(first.named().next()?, "Done", group))
            .then_some(())?;
        from = first.end();
    }
    work.first()?;
    Some(GoroutinePerItemSite { looping, over, element, group, index, value, literal, given, work, from })
}

/// The call of a method of the group that `statement` is.
fn called<'t>(statement: Node<'t>, method: &str, group: Local<'t>) -> Option<Node<'t>> {
    let call = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement)?;
    is_call_of(call, method, group).then_some(call)
}

fn is_call_of(call: Node<'_>, method: &str, group: Local<'_>) -> bool {
    let parts = callee(call).and_then(|callee| Some((callee.operand()?, callee.field()?)));
    parts.is_some_and(|(operand, name)| {
        operand.kind() == Kind::Identifier
            && name.text() == method
            && matches!(scope::resolve(operand), Def::Local(local) if local.name == group.name)
    })
}

/// Whether the statement behind the loop waits for the group.
fn waits_next(site: &GoroutinePerItemSite<'_>) -> bool {
    let list = site.looping.parent();
    let mut behind = list.into_iter().flat_map(Node::named).skip_while(|node| *node != site.looping);
    behind.nth(1).is_some_and(|next| called(next, "Wait", site.group).is_some())
}

/// Whether the slice is the same as long as the items run.
fn is_steady(site: &GoroutinePerItemSite<'_>) -> bool {
    if unparenthesized(site.over).kind() != Kind::Identifier {
        return false;
    }
    let Def::Local(local) = scope::resolve(site.over) else { return false };
    !is_captured(site.over, local.name)
        && scope::mentions(local).into_iter().all(|mention| {
            let changes = mention != local.name && is_written(mention);
            let out_of_hand = site.looping.holds(mention) || is_captured(mention, local.name);
            !(is_address_taken(mention) || changes && out_of_hand)
        })
}

/// Whether an item may write the element of another: the loop took each element
/// before it started the item, a worker takes it when its turn comes.
fn writes_another(site: &GoroutinePerItemSite<'_>) -> bool {
    let taken = site.value.filter(|name| name.text() != "_");
    let (Some(_), Def::Local(over)) = (taken, scope::resolve(site.over)) else { return false };
    let index = ItemNames::of(site).and_then(|names| names.index);
    let nodes = || site.work.iter().flat_map(|node| node.descendants());
    let counted =
        nodes().any(|node| node.kind() == Kind::Identifier && Some(node.text()) == index && is_written(node));
    let own = |element: Node<'_>| !counted && element.index().is_some_and(|at| Some(at.text()) == index);
    let may_write = |element: Node<'_>| {
        is_written(outermost_part(element).0) || gives_address(element) || calls_method(element)
    };
    let mentions = scope::mentions(over);
    let copied = |mention: &Node<'_>| {
        mention.parent().is_some_and(|list| {
            list.field_name() == Some(Field::Right) || list.field_name() == Some(Field::Value)
        })
    };
    let made = mentions.first().and_then(|name| first_value(over).filter(|_| *name == over.name));
    let part = made
        .is_some_and(|made| made.is(&[Kind::Identifier, Kind::SelectorExpression, Kind::SliceExpression]));
    let shared = part || mentions.iter().any(copied);
    nodes().filter(|node| node.kind() == Kind::IndexExpression && may_write(*node)).any(|element| {
        let base = element.operand().map(scope::resolve);
        !own(element) && (shared || matches!(base, Some(Def::Local(local)) if local == over))
    })
}

/// Whether an item declares, beside its other statements, what is called like the
/// index or the element.
fn declares_again(site: &GoroutinePerItemSite<'_>, names: &ItemNames<'_>) -> bool {
    let own = [names.index, names.value];
    site.work.iter().flat_map(|node| scope::declared(*node)).any(|name| own.contains(&Some(name.text())))
}

/// What of an item is not known to only compute.
fn may_wait(site: &GoroutinePerItemSite<'_>, cx: &Cx<'_>) -> Option<String> {
    site.work.iter().find_map(|statement| {
        let done = doings(*statement, &|_| false, cx.package());
        // `for !ready {}`
        let spins =
            || statement.descendants().find(|node| node.kind() == Kind::ForStatement && is_empty(*node));
        let seen = done.communicates.or(done.calls).or(done.undecided).or_else(spins)?;
        let shown = seen.text().lines().next().unwrap_or_default();
        let shown = shown.split('(').next().unwrap_or(shown);
        Some(format!("`{shown}` on line {}", seen.line()))
    })
}

/// Whether the loop does nothing but ask for its condition.
fn is_empty(looping: Node<'_>) -> bool {
    let counts =
        looping.named().next().is_some_and(|header| header.is(&[Kind::RangeClause, Kind::ForClause]));
    !counts && looping.body().is_none_or(|body| body.child(Kind::StatementList).is_none())
}
