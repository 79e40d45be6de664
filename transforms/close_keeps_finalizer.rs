//! Takes the finalizer away in `Close`, so that it does not run again what `Close` did.
//! ```go
//! type source struct{ fd int }
//!
//! func open(fd int) *source {
//! 	s := &source{fd: fd}
//! 	runtime.SetFinalizer(s, (*source).release)
//! 	return s
//! }
//!
//! func (s *source) release() { _ = os.NewFile(uintptr(s.fd), "").Close() }
//!
//! func (s *source) Close() error {
//! 	s.release()
//! 	return nil
//! }
//! ```
//! becomes
//! ```go
//! type source struct{ fd int }
//!
//! func open(fd int) *source {
//! 	s := &source{fd: fd}
//! 	runtime.SetFinalizer(s, (*source).release)
//! 	return s
//! }
//!
//! func (s *source) release() { _ = os.NewFile(uintptr(s.fd), "").Close() }
//!
//! func (s *source) Close() error {
//! 	runtime.SetFinalizer(s, nil)
//! 	s.release()
//! 	return nil
//! }
//! ```
//! # Why
//! After `Close` the finalizer still runs when the object is collected: a descriptor
//! is closed a second time, and by then it can belong to another file or connection. The
//! object also survives one collection more, and its finalizer takes its turn on the
//! goroutine that runs all of them one after the other.
//! # Unsafe
//! A `Close` that fails half-way, or that code relies on to be repeated by the finalizer,
//! is no longer repeated. `SetFinalizer` ends the program where its argument is not the
//! start of an object of its own, so a type that lies inside other values is left alone.
//! # Guards
//! - `inside-another`, advice: somewhere the type is a field, an element or embedded by value,
//!   and a pointer to such a place must never reach `SetFinalizer`.
//! - `used-elsewhere`, advice: other packages of the module use the type, perhaps by value.
//! - `nil-receiver`, advice: `Close` looks at whether its receiver is nil, and not first of all.
//! - `no-pointer-receiver`, advice: `Close` has a value receiver or none that is named, or
//!   gives its receiver another value.
//! - `reopened`, advice: another method opens the object again, and would have to set the
//!   finalizer anew.
//! - `other-release`, advice: `Close` does not show that it does what the finalizer does, so
//!   the finalizer may still be needed behind it.
//! - `not-nameable`, advice: `runtime.SetFinalizer` would mean something else in `Close`.
//! - `out-of-reach`, advice: the file of `Close` is generated or excluded, or its syntax
//!   cannot be read.
//! # Known limits
//! Only a method called `Close` counts. A call in `Close` that may take the finalizer away,
//! by the name of what it calls, is believed.

use crate::model::finalizer::{
    self, Action, Business, Setting, calls_of, close_of, setting, statements, takes_away,
};
use crate::model::imports::{package_of, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::model::structs::inside_another;
use crate::model::words::words;
use crate::rewrite::{Cx, Fix, Group, Level, Meta, Severity, Symbol, Telling, Transform, Verdict};
use crate::syntax::{DeclKind, Node};

/// Takes the finalizer away in `Close`.
pub struct CloseKeepsFinalizer;

/// A finalizer on a type whose `Close` leaves it there.
pub struct Site<'t> {
    setting: Setting<'t>,
    holder: &'t str,
    close: Node<'t>,
}

/// Where the statement goes.
enum Place<'t> {
    Before(Node<'t>),
    /// At the head of this block.
    Head(Node<'t>),
}

impl Transform for CloseKeepsFinalizer {
    type Site<'t> = Site<'t>;
    const META: Meta = Meta {
        id: "close-keeps-finalizer",
        title: "take the finalizer away in `Close`",
        group: Group::Finalizers,
        seeds: &["SEN 8"],
        best: Level::Unsafe,
        triggers: &[Symbol { path: "runtime", name: "SetFinalizer" }],
        near: finalizer::may_set,
        guards: &[
            "inside-another",
            "used-elsewhere",
            "nil-receiver",
            "no-pointer-receiver",
            "reopened",
            "other-release",
            "not-nameable",
            "out-of-reach",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<Site<'t>> {
        let package = cx.package();
        let setting = setting(mention, package).filter(|setting| !setting.clears())?;
        // A counter wants to count what was not closed too: another rule's business.
        if setting.business(package) == Some(Business::LeakCounter) {
            return None;
        }
        let holder = setting.holder(package)?;
        let close = close_of(holder, package)?;
        let plain = close.field("parameters").is_none_or(|list| list.named().next().is_none());
        (plain && !takes_away(close, holder, package)).then_some(Site { setting, holder, close })
    }

    fn judge<'t>(site: &Site<'t>, cx: &Cx<'t>) -> Verdict {
        let package = cx.package();
        let inside = match inside_another(site.holder, package) {
            Ok(None) => None,
            Ok(Some(place)) => Some(format!("by value on line {} of {}", place.line(), name_of(place))),
            Err(place) => Some(format!("{place} cannot be read")),
        };
        let exported = site.holder.starts_with(char::is_uppercase);
        let receiver = receiver(site.close);
        let named = receiver.is_some();
        let place = receiver.and_then(|_| place(site.close));
        let callable = Cx { file: site.close.file(), ..*cx };
        let at = site.close.field("body").unwrap_or(site.close);
        let bound = match callable.qualified("runtime", "SetFinalizer", inner(at)) {
            Some(_) => false,
            None => !callable.is_free("runtime", inner(at)) || !callable.is_predeclared("nil", inner(at)),
        };
        Verdict::of(Level::Unsafe)
            .lower_for(cx.around.out_of_reach(site.close.file()), Level::Advice, "out-of-reach")
            .lower_for(inside, Level::Advice, "inside-another")
            .lower_if(!named, Level::Advice, "no-pointer-receiver")
            .lower_if(named && place.is_none(), Level::Advice, "nil-receiver")
            .lower_for(reopens(site, cx), Level::Advice, "reopened")
            .lower_if(!releases_alike(site, package), Level::Advice, "other-release")
            .lower_if(bound, Level::Advice, "not-nameable")
            .lower_for(
                exported.then(|| cx.around.used_elsewhere(site.holder)).flatten(),
                Level::Advice,
                "used-elsewhere",
            )
    }

    fn tell<'t>(site: &Site<'t>, _: &Verdict, cx: &Cx<'t>) -> Telling {
        let same = site.close.file().path() == cx.file.path();
        let name = site.close.field("name").filter(|_| same);
        let labels = vec![(site.setting.call.span(), "the finalizer".into())];
        Telling {
            span: name.map_or(site.setting.call.span(), Node::span),
            message: format!("`Close` of `{}` leaves its finalizer in place", site.holder),
            why: "after `Close` the finalizer runs as well, on a descriptor that may be somebody else's by then, \
                  and the object survives one collection more; `runtime.SetFinalizer(x, nil)` takes it away"
                .into(),
            severity: if looks_first(site.close) { Severity::Note } else { Severity::Warning },
            labels: if name.is_some() { labels } else { Vec::new() },
        }
    }

    fn rewrite<'t>(site: &Site<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let (Some(receiver), Some(place)) = (receiver(site.close), place(site.close)) else { return };
        let body = site.close.field("body").unwrap_or(site.close);
        let at = inner(body);
        let there = Cx { file: site.close.file(), ..*cx };
        let function = match there.qualified("runtime", "SetFinalizer", at) {
            Some(function) => function,
            None => format!("{}.SetFinalizer", fix.import("runtime", at, &there)),
        };
        // The finalizer must still be there when this one goes in.
        fix.claim(site.setting.call);
        fix.claim(site.close);
        fix.claim_package_name(format!("{}.Close", site.holder));
        let line = format!("{function}({}, nil)", receiver.text());
        match place {
            Place::Before(statement) => fix.insert_before(statement, &[line]),
            Place::Head(block) if block.span().of(block.file().text()).contains('\n') => {
                fix.insert_first(block, &[line]);
            }
            Place::Head(block) => {
                let file = block.file();
                let newline = file.newline();
                let lines = std::iter::once(line).chain(pieces(block));
                let text: String = lines.map(|line| format!("\t{line}{newline}")).collect();
                fix.replace_in(file, block.span(), format!("{{{newline}{text}}}"));
            }
        }
    }
}

/// The statements of a block on one line, each with the comments before it; what
/// is left behind the last stays with it.
fn pieces(block: Node<'_>) -> Vec<String> {
    let text = block.file().text();
    let mut starts = vec![block.start() + 1];
    let ends: Vec<usize> = statements(block).iter().map(|statement| statement.end()).collect();
    starts.extend(&ends);
    let last = ends.len().saturating_sub(1);
    let piece = |(index, end): (usize, &usize)| {
        let end = if index == last { block.end() - 1 } else { *end };
        text[starts[index]..end].trim_start_matches([';', ' ']).trim_end_matches([';', ' ']).to_owned()
    };
    ends.iter().enumerate().map(piece).collect()
}

fn name_of(place: Node<'_>) -> String {
    place.file().path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A place inside a body, from where names resolve as statements there see them.
fn inner(body: Node<'_>) -> Node<'_> {
    body.child("statement_list").and_then(|list| list.named().last()).unwrap_or(body)
}

/// The name of the pointer receiver, when the method never gives it another
/// value and hides it from nobody.
fn receiver<'t>(close: Node<'t>) -> Option<Node<'t>> {
    let declared = close.field("receiver")?.named().next()?;
    declared.field("type").filter(|written| written.kind() == "pointer_type")?;
    let name = declared.field("name").filter(|name| name.text() != "_")?;
    let body = close.field("body")?;
    let local = scope::local(name.text(), inner(body)).filter(|local| local.kind == LocalKind::Receiver)?;
    (!scope::mentions(local).into_iter().any(is_written)).then_some(name)
}

/// Where in `Close` the finalizer is taken away: behind the nil check, at the
/// head when there is none. `None` where a nil check stands elsewhere.
fn place<'t>(close: Node<'t>) -> Option<Place<'t>> {
    let name = receiver(close)?.text();
    let body = close.field("body")?;
    let all = statements(body);
    let compares = |node: Node<'t>, operator: &str| {
        node.kind() == "binary_expression"
            && node.field("operator").is_some_and(|token| token.kind() == operator)
            && [("left", "right"), ("right", "left")].iter().any(|(one, other)| {
                node.field(one).is_some_and(|side| unparenthesized(side).text() == name)
                    && node.field(other).is_some_and(|side| side.kind() == "nil")
            })
    };
    let checks = |node: Node<'t>| compares(node, "==") || compares(node, "!=");
    let count = body.descendants().filter(|node| checks(*node)).count();
    if count == 0 {
        return Some(Place::Head(body));
    }
    let first = *all.first().filter(|first| first.kind() == "if_statement" && count == 1)?;
    if first.field("initializer").is_some() || first.field("alternative").is_some() {
        return None;
    }
    let (condition, then) = (unparenthesized(first.field("condition")?), first.field("consequence")?);
    let leaves = statements(then).last().is_some_and(|last| last.kind() == "return_statement");
    if is_disjunct(condition, &|node| compares(node, "==")) && leaves {
        return all.get(1).map(|next| Place::Before(*next));
    }
    if compares(condition, "!=") && then.span().of(then.file().text()).contains('\n') {
        return Some(Place::Head(then));
    }
    None
}

/// Whether `wanted` holds of the condition or of a side of its `||`.
fn is_disjunct<'t>(condition: Node<'t>, wanted: &dyn Fn(Node<'t>) -> bool) -> bool {
    let condition = unparenthesized(condition);
    let or = condition.kind() == "binary_expression"
        && condition.field("operator").is_some_and(|operator| operator.kind() == "||");
    wanted(condition)
        || (or
            && ["left", "right"]
                .iter()
                .any(|side| condition.field(side).is_some_and(|side| is_disjunct(side, wanted))))
}

/// Whether `Close` writes or looks at what its object keeps, so that a second
/// run probably does nothing.
fn looks_first(close: Node<'_>) -> bool {
    let Some(body) = close.field("body") else { return false };
    let of_receiver = |node: Node<'_>| {
        node.kind() == "selector_expression"
            && package_of(node).is_none()
            && node.field("operand").is_some_and(|operand| {
                operand.kind() == "identifier"
                    && matches!(scope::resolve(operand), Def::Local(local) if local.kind == LocalKind::Receiver)
            })
    };
    body.descendants().any(|node| of_receiver(node) && is_written(node))
        || statements(body).first().is_some_and(|first| {
            first.kind() == "if_statement"
                && first.field("condition").is_some_and(|condition| condition.descendants().any(of_receiver))
        })
}

/// Whether `Close` makes one of the calls that release something in the
/// finalizer, or the other way round.
fn releases_alike<'t>(site: &Site<'t>, package: &'t Package) -> bool {
    let Some(code) = site.setting.code(package) else { return false };
    let called = match site.setting.action {
        Action::Method { name, .. } | Action::Function(name) => Some(name.text()),
        _ => None,
    };
    let calls = |call: &str| called.is_some_and(|name| call.split('(').next() == Some(name));
    if code.function == site.close || calls_of(site.close, package).iter().any(|call| calls(call)) {
        return true;
    }
    let silent = ["Print", "print", "Error", "Warn", "Lock", "Unlock", "panic", "Sprint", "Debug", "Info"];
    let there = calls_of(site.close, package);
    let here = calls_of(code.function, package);
    here.iter().filter(|call| !silent.iter().any(|word| call.contains(word))).any(|call| there.contains(call))
        || here.iter().any(|call| call == "Close()")
}

/// The method that opens an object of the type again.
fn reopens(site: &Site<'_>, cx: &Cx<'_>) -> Option<String> {
    const STEMS: &[&str] =
        &["open", "reopen", "reset", "connect", "reconnect", "dial", "redial", "start", "restart", "init"];
    for file in cx.package().files() {
        for decl in &file.outline().decls {
            if decl.kind == DeclKind::Method
                && decl.receiver.as_deref() == Some(site.holder)
                && let Some(name) = decl.names.first()
                && words(&name.text).first().is_some_and(|first| STEMS.contains(&first.as_str()))
            {
                return Some(format!("method `{}`", name.text));
            }
        }
    }
    None
}
