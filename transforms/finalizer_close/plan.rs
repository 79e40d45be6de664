//! What becomes of the type whose objects a finalizer closes: it has a `Close`
//! already, its closing method is made one, or it gets one.

use super::keeper::held_by_nobody;
use crate::model::builds::comes_with;
use crate::model::fields::{Uses, spelled, uses};
use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::model::structs::{Struct, asks_for_closer, embedded_in, other_name, struct_named};
use crate::rewrite::{Cx, Fix, behind_declaration, is_alone_on_its_lines};
use crate::syntax::{Kind, Node};
use crate::text::Span;
use crate::transforms::shared::finalizer::{
    FinalizerAction, FinalizerSetting, calls_of, close_of, method_expression, statements,
};

/// What the fix does besides dropping the finalizer.
pub(super) enum ClosePlan<'t> {
    /// Nothing: the type has a `Close` that does the same.
    Drop,
    /// The type gets a `Close`.
    Make(Box<Made<'t>>),
    /// Nothing: `guard` refuses, for what was seen.
    Refused { guard: &'static str, seen: String },
}

impl<'t> ClosePlan<'t> {
    /// The names of the methods that close an object, or will.
    pub(super) fn closing(&self) -> Vec<&'t str> {
        let renamed = match self {
            ClosePlan::Make(made) => made.renamed.as_ref().and_then(|(method, _)| method.name()),
            _ => None,
        };
        std::iter::once("Close").chain(renamed.map(Node::text)).collect()
    }
}

/// A new `Close`.
pub(super) struct Made<'t> {
    holder: &'t str,
    /// The method `close` that becomes `Close`, with the other places that name it.
    renamed: Option<(Node<'t>, Vec<Node<'t>>)>,
    /// The receiver's name.
    receiver: String,
    /// The lines of the body; `None` when the renamed method keeps its own.
    lines: Option<Vec<String>>,
    pub(super) gives_error: bool,
}

fn refused<'t>(guard: &'static str, seen: impl Into<String>) -> ClosePlan<'t> {
    ClosePlan::Refused { guard, seen: seen.into() }
}

/// What can be done about the finalizer of `setting`, whose objects are of type
/// `holder`.
pub(super) fn planned<'t>(
    setting: &FinalizerSetting<'t>,
    holder: Option<&'t str>,
    cx: &Cx<'t>,
) -> ClosePlan<'t> {
    let package = cx.package();
    let known = holder.and_then(|holder| struct_named(holder, package)).filter(|of| !of.is_generic());
    let (Some(holder), Some(of)) = (holder, known) else {
        return refused("foreign-type", "its type is not a plain struct of this package");
    };
    match other_name(holder, package) {
        Ok(None) => {}
        Ok(Some(place)) => return refused("foreign-type", format!("another name on line {}", place.line())),
        Err(place) => return refused("out-of-reach", place),
    }
    let Some(code) = setting.code(package) else {
        return refused("out-of-reach", "the finalizer is not to be read here");
    };
    if speaks_c(code.function) {
        return refused("c-handle", "the finalizer calls C");
    }
    if let Some(place) = held_by_nobody(setting) {
        return refused("unclear-close", place);
    }
    let method = method(setting, package);
    if let Some(close) = close_of(holder, package) {
        if !comes_with(close.file(), setting.call.file()) {
            return refused("unclear-close", format!("only some builds have a `Close` of `{holder}`"));
        }
        if close.parameters().is_some_and(|list| list.named().any(|node| node.kind() != Kind::Comment)) {
            return refused("unclear-close", "`Close` has parameters, and may do something else for some");
        }
        let same =
            method == Some(close) || calls_close(&code, close) || shares_calls(code.function, close, package);
        return if same && !speaks_c(close) {
            ClosePlan::Drop
        } else if same {
            refused("c-handle", "its `Close` calls C")
        } else {
            refused("unclear-close", format!("`Close` of `{holder}` does not do the same"))
        };
    }
    if !package.methods(Some(holder), "Close").is_empty() {
        return refused("unclear-close", format!("`{holder}` has several `Close` under build tags"));
    }
    if let Some(seen) = embedding(&of, cx) {
        return refused("embedding", seen);
    }
    for name in ["Read", "Write", "ReadAt", "WriteAt", "ReadFrom", "WriteTo"] {
        if !package.methods(Some(holder), name).is_empty() {
            return refused("becomes-closer", format!("`{holder}` has a method `{name}`"));
        }
    }
    if of.field("Close").is_some() || asks_for_closer(package) {
        return refused("name-taken", "`Close` is a field, or asked for by a type assertion");
    }
    let receiver =
        receiver_name(holder, cx).or_else(|| code.object.map(|object| object.name.text().to_owned()));
    let (Some(receiver), Some(object)) = (receiver, code.object) else {
        return refused("unclear-close", "the finalizer does not name its object");
    };
    let all = statements(code.body);
    let only = match all[..] {
        [only] => closing_call(only),
        _ => None,
    };
    let body = only.and_then(|call| body_of(call, object, &receiver, &of, cx));
    let Some(method) = method else {
        let Some((lines, gives_error)) = body else {
            return refused("unclear-close", "it closes more than one thing, or under a condition");
        };
        return ClosePlan::Make(Box::new(Made {
            holder,
            renamed: None,
            receiver,
            lines: Some(lines),
            gives_error,
        }));
    };
    // A type that has to have a `close` for an interface of the package.
    let asked = |place: Node<'t>| place.parent().is_some_and(|parent| parent.kind() == Kind::MethodElem);
    if spelled("close", package).map_or(true, |places| places.into_iter().any(asked)) {
        return refused("name-taken", "an interface asks for a method `close`");
    }
    let Ok(uses) = uses(holder, "close", package) else {
        return refused("out-of-reach", "a file that mentions `close` cannot be read");
    };
    let place = |selector: &Node<'t>| selector.field();
    let others: Vec<Node<'t>> = uses.selectors.iter().filter_map(place).collect();
    let ours = |place: &Node<'t>| setting.call.holds(*place);
    let foreign = |place: &Node<'t>| matches!(method_expression(*place), Some(FinalizerAction::Method { holder: of, .. }) if of.text() != holder);
    let expressed = |place: &&Node<'t>| matches!(method_expression(**place), Some(FinalizerAction::Method { holder: of, .. }) if of.text() == holder);
    let unclear: Vec<Node<'t>> = uses.unclear.iter().filter(|place| !foreign(place)).copied().collect();
    let others: Vec<Node<'t>> =
        others.into_iter().chain(unclear.iter().filter(expressed).filter_map(place)).collect();
    let unclear: Vec<Node<'t>> = unclear.iter().filter(|place| !expressed(place)).copied().collect();
    let uses = Uses { unclear, ..uses };
    if uses.unclear.iter().any(|unclear| !ours(unclear)) || !uses.keys.is_empty() || uses.declared.len() != 1
    {
        return refused("name-taken", "other places name something `close` that may be this method");
    }
    let unreachable = others.iter().chain(&uses.declared).find_map(|at| cx.around.out_of_reach(at.file()));
    if let Some(reason) = unreachable {
        return refused("out-of-reach", reason);
    }
    // Where others call it, what it gives must stay what it gave.
    let alone = others.iter().all(ours);
    let has_result = method.result().is_some();
    let comments = method.descendants().any(|node| node.kind() == Kind::Comment);
    let (lines, gives_error) = match body.filter(|_| alone && !has_result && !comments) {
        Some((lines, gives_error)) => (Some(lines), gives_error),
        None => (None, method.result().is_some_and(|result| result.text() == "error")),
    };
    let others = others.into_iter().filter(|place| !ours(place)).collect();
    ClosePlan::Make(Box::new(Made { holder, renamed: Some((method, others)), receiver, lines, gives_error }))
}

impl<'t> Made<'t> {
    /// Writes the method, behind the function that set the finalizer.
    pub(super) fn write(&self, setting: FinalizerSetting<'t>, gone: Node<'t>, fix: &mut Fix) {
        fix.claim_package_name(format!("{}.Close", self.holder));
        let file = gone.file();
        let newline = file.newline();
        let result = if self.gives_error { " error" } else { "" };
        if let Some((method, others)) = &self.renamed {
            for place in others.iter().filter(|place| !setting.call.holds(**place)) {
                fix.replace_node(*place, "Close");
            }
            let (Some(name), Some(body)) = (method.name(), method.body()) else { return };
            name_in_comment(*method, fix);
            match &self.lines {
                None => fix.replace_node(name, "Close"),
                Some(lines) => {
                    let newline = method.file().newline();
                    let block: String = lines.iter().map(|line| format!("\t{line}{newline}")).collect();
                    let text = format!("Close(){result} {{{newline}{block}}}");
                    fix.replace_in(method.file(), Span::new(name.start(), body.end()), text);
                }
            }
            return;
        }
        let whole = gone.ancestors().last().unwrap_or(gone);
        let lines = self.lines.iter().flatten().map(|line| format!("\t{line}{newline}"));
        let block: String = lines.collect();
        let receiver = &self.receiver;
        let at = behind_declaration(whole);
        let text = format!(
            "{newline}{newline}// Close closes what {receiver} holds.{newline}func ({receiver} *{}) Close(){result} {{{newline}{block}}}",
            self.holder
        );
        fix.insert(at, text);
    }
}

/// Writes the new name where the comment above the method begins with the old.
fn name_in_comment(method: Node<'_>, fix: &mut Fix) {
    let file = method.file();
    let lines = file.lines();
    let content = |line: usize| lines.span(line).of(file.text());
    let mut first = lines.line(method.start());
    while first > 1 && content(first - 1).starts_with("//") {
        first -= 1;
    }
    const OLD: &str = "// close";
    let rest = content(first).strip_prefix(OLD);
    if rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')) {
        let start = lines.span(first).start;
        fix.replace_in(file, Span::new(start + "// ".len(), start + OLD.len()), "Close");
    }
}

/// Deletes the function that the finalizer named, with the comment above it,
/// when nothing else does.
pub(super) fn drop_function(setting: &FinalizerSetting<'_>, package: &Package, fix: &mut Fix) {
    let FinalizerAction::Function(name) = setting.action else { return };
    let Some(code) = setting.code(package) else { return };
    let file = code.function.file();
    let alone = spelled(name.text(), package).is_ok_and(|places| places.len() == 2);
    if !alone || file.path() != name.file().path() {
        return;
    }
    if !is_alone_on_its_lines(code.function) {
        fix.delete_declaration(code.function);
        return;
    }
    let lines = file.lines();
    let content = |line: usize| lines.span(line).of(file.text()).trim();
    let mut first = lines.line(code.function.start());
    while first > 1 && content(first - 1).starts_with("//") {
        first -= 1;
    }
    let whole = lines.span(first).join(lines.whole_lines(code.function.span()));
    // One of the blank lines around it goes too.
    let before = first > 1 && content(first - 1).is_empty();
    let start = if before { lines.span(first - 1).start } else { whole.start };
    fix.replace_in(file, Span::new(start, whole.end), "");
}

/// The call that the statement makes.
fn closing_call(statement: Node<'_>) -> Option<Node<'_>> {
    match statement.kind() {
        Kind::ExpressionStatement => statement.named().next().map(unparenthesized),
        Kind::AssignmentStatement => statement.right()?.named().next().map(unparenthesized),
        _ => None,
    }
    .filter(|call| call.kind() == Kind::CallExpression)
}

/// The lines of a `Close` that makes the call, and whether it gives an error.
fn body_of<'t>(
    call: Node<'t>,
    object: Local<'t>,
    receiver: &str,
    of: &Struct<'t>,
    cx: &Cx<'t>,
) -> Option<(Vec<String>, bool)> {
    let hidden = |node: Node<'t>| {
        node.kind() == Kind::Identifier
            && node.text() == receiver
            && scope::resolve(node) != Def::Local(object)
    };
    if call.descendants().any(hidden) {
        return None;
    }
    let called = callee(call)?;
    let path = package_of(called);
    if path.is_some() {
        let [argument] = arguments(call).collect::<Vec<_>>()[..] else { return None };
        let function = called.text();
        let field = unparenthesized(argument)
            .field()
            .filter(|_| argument.operand().is_some_and(|operand| operand.kind() == Kind::Identifier));
        let number = field
            .and_then(|field| of.field(field.text()))
            .is_some_and(|field| field.written.text() == "int" && cx.is_predeclared("int", call));
        if let Some(field) = field.filter(|_| number && function.ends_with(".Close")) {
            let name = if field.text() == receiver { "fd" } else { field.text() };
            let name =
                if name == receiver || function.starts_with(&format!("{name}.")) { "number" } else { name };
            let lines = vec![
                format!("{name} := {receiver}.{}", field.text()),
                format!("{receiver}.{} = -1", field.text()),
                format!("return {function}({name})"),
            ];
            return Some((lines, true));
        }
        return Some((vec![format!("return {}", renamed(call, object, receiver))], true));
    }
    let text = renamed(call, object, receiver);
    Some(if gives_error(called, of, cx) {
        (vec![format!("return {text}")], true)
    } else {
        (vec![text], false)
    })
}

/// Whether `x.f.Close`, where `f` is a field of `of`, surely gives an error.
fn gives_error<'t>(called: Node<'t>, of: &Struct<'t>, cx: &Cx<'t>) -> bool {
    const CLOSERS: &[(&str, &[&str])] = &[
        ("os", &["File", "Root"]),
        (
            "io",
            &[
                "Closer",
                "ReadCloser",
                "WriteCloser",
                "ReadWriteCloser",
                "ReadSeekCloser",
                "PipeReader",
                "PipeWriter",
            ],
        ),
        ("net", &["Conn", "Listener", "PacketConn", "TCPConn", "UDPConn", "UnixConn", "TCPListener"]),
        ("database/sql", &["DB", "Conn", "Stmt", "Rows"]),
    ];
    if called.field().is_none_or(|name| name.text() != "Close") {
        // `close` of a type of this package.
        return false;
    }
    let field = called
        .operand()
        .map(unparenthesized)
        .filter(|operand| operand.operand().is_some_and(|inner| inner.kind() == Kind::Identifier))
        .and_then(|operand| operand.field())
        .and_then(|name| of.field(name.text()));
    let Some(field) = field else { return false };
    let written = field.written;
    let to =
        if written.kind() == Kind::PointerType { written.named().next().unwrap_or(written) } else { written };
    match to.kind() {
        Kind::QualifiedType => {
            let name = to.name().map_or("", Node::text);
            let path = package_of(to);
            CLOSERS.iter().any(|(known, names)| path == Some(known) && names.contains(&name))
        }
        Kind::TypeIdentifier => close_of(to.text(), cx.package())
            .and_then(|close| close.result())
            .is_some_and(|result| result.text() == "error"),
        _ => false,
    }
}

/// The text of `node` with the object called `receiver`.
fn renamed(node: Node<'_>, object: Local<'_>, receiver: &str) -> String {
    let text = node.file().text();
    let mut out = String::new();
    let mut at = node.start();
    for inner in node.descendants().filter(|inner| inner.kind() == Kind::Identifier) {
        if scope::resolve(inner) == Def::Local(object) {
            out.push_str(&text[at..inner.start()]);
            out.push_str(receiver);
            at = inner.end();
        }
    }
    out.push_str(&text[at..node.end()]);
    out
}

/// The name that the methods of `holder` give their receiver.
fn receiver_name(holder: &str, cx: &Cx<'_>) -> Option<String> {
    for file in cx.package().files() {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if decl.receiver.as_deref() == Some(holder)
                && let Some(method) = file.decl(index).and_then(|root| root.named().next())
                && let Some(list) = method.receiver()
                && let Some(name) = list.named().next().and_then(|parameter| parameter.name())
                && name.text() != "_"
            {
                return Some(name.text().to_owned());
            }
        }
    }
    None
}

/// Whether the function calls C code.
fn speaks_c(function: Node<'_>) -> bool {
    function
        .descendants()
        .any(|node| node.kind() == Kind::SelectorExpression && package_of(node) == Some("C"))
}

/// Whether the finalizer's literal calls the method `close` on the object.
fn calls_close(code: &crate::transforms::shared::finalizer::FinalizerCode<'_>, close: Node<'_>) -> bool {
    let name = close.name().map_or("", Node::text);
    code.body.descendants().any(|node| {
        node.kind() == Kind::SelectorExpression
            && node.field().is_some_and(|field| field.text() == name)
            && node.operand().map(unparenthesized).is_some_and(|operand| {
                operand.kind() == Kind::Identifier
                    && code.object.is_some_and(|object| scope::resolve(operand) == Def::Local(object))
            })
    })
}

/// Whether `close` calls all that the finalizer calls, whatever the object is
/// called.
fn shares_calls<'t>(function: Node<'t>, close: Node<'t>, package: &'t Package) -> bool {
    let there = calls_of(close, package);
    calls_of(function, package).iter().all(|call| there.contains(call))
}

/// What the type embeds, or what embeds it.
fn embedding(of: &Struct<'_>, cx: &Cx<'_>) -> Option<String> {
    if let Some(inner) = of.embedded() {
        return Some(format!("`{}` embeds `{}`", of.name(), inner.text()));
    }
    match embedded_in(of.name(), cx.package()) {
        Ok(None) => None,
        Ok(Some(place)) => Some(format!("`{}` is embedded on line {}", of.name(), place.line())),
        Err(place) => Some(format!("{place} cannot be read")),
    }
}

/// The method that the finalizer names by a method expression.
fn method<'t>(setting: &FinalizerSetting<'t>, package: &'t Package) -> Option<Node<'t>> {
    match setting.action {
        FinalizerAction::Method { .. } => setting.code(package).map(|code| code.function),
        _ => None,
    }
}
