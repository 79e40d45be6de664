//! Takes a large buffer that only one call uses from a pool.
//! ```go
//! func count(r io.Reader) (total int) {
//! 	buf := make([]byte, 64*1024)
//! 	for {
//! 		n, err := io.ReadFull(r, buf)
//! 		total += strings.Count(string(buf[:n]), "x")
//! 		if err != nil {
//! 			return total
//! 		}
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func count(r io.Reader) (total int) {
//! 	bp := bufPool.Get().(*[64 * 1024]byte)
//! 	defer bufPool.Put(bp)
//! 	buf := bp[:]
//! 	for {
//! 		n, err := io.ReadFull(r, buf)
//! 		total += strings.Count(string(buf[:n]), "x")
//! 		if err != nil {
//! 			return total
//! 		}
//! 	}
//! }
//!
//! // bufPool holds the buffers of count.
//! var bufPool = sync.Pool{
//! 	New: func() any { return new([64 * 1024]byte) },
//! }
//! ```
//! # Why
//! A buffer of 64 KiB on the heap took 13.3 µs, one from a pool 14 ns (Go 1.26). A constant
//! size up to 64 KiB that does not escape lives on the stack and costs no allocation, and
//! below a kilobyte the pool is the slower one: neither is a finding.
//! # Unsafe
//! A buffer from the pool holds what an earlier call left in it. A reader or writer that keeps
//! the slice it was given, against the contract of `io`, would see it change.
//! # Guards
//! - `outlives-call`, keep: the buffer is returned, stored, captured, grown, or handed to what
//!   may keep it.
//! - `zeroes-matter`, keep: bytes are read that no read has filled.
//! - `in-block`, keep: the buffer is made in a loop or a branch: make it before that, or pool
//!   it by hand.
//! - `runs-once`, keep: `main`, `init`, tests, examples and what a command of a command line does run once.
//! - `not-nameable`, keep: a predeclared name means something else here.
//! # Known limits
//! Escapes are seen where the buffer is handed to an interface of the standard library.
//! Buffers of no constant size, or that share their line with other code, are not looked at.

use crate::model::GoVersion;
use crate::model::effects::{function_of, is_captured, is_predeclared};
use crate::model::fields::type_name;
use crate::model::imports::{arguments, callee, is_call, is_symbol, package_of};
use crate::model::package::Package;
use crate::model::rounds::comes_back;
use crate::model::scope::{self, Def, Local};
use crate::model::types::{Type, type_of};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Shape, Transform, Verdict, behind_declaration,
    is_alone_on_its_lines,
};
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Field, Kind, Node};

/// Takes a buffer from a pool.
pub struct BufferPerCall;

/// `buf := make([]byte, K)`
pub struct BufferPerCallSite<'t> {
    statement: Node<'t>,
    call: Node<'t>,
    size: Node<'t>,
    local: Local<'t>,
    uses: Vec<(BufferUse, Node<'t>)>,
}

/// What is done with the buffer at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BufferUse {
    /// It is filled or read, and forgotten; whether that makes it escape.
    Lent { escapes: bool },
    /// Its length is asked for.
    Measured,
    /// Bytes are read that nothing need have filled.
    Unfilled,
    /// Anything else.
    Kept,
}

const STACK: u64 = 64 << 10;

fn near(bytes: &[u8], at: usize) -> bool {
    let behind = bytes[at + "make".len()..].trim_ascii_start();
    let given = behind.strip_prefix(b"(").map(<[u8]>::trim_ascii_start);
    // A comment may stand anywhere.
    behind.starts_with(b"/") || given.is_some_and(|given| given.starts_with(b"[") || given.starts_with(b"/"))
}

fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    ["(", "[", "]", "byte", ","].iter().enumerate().all(|(n, token)| code.text(at + 1 + n) == *token)
        && at > 0
        && code.text(at - 1) == ":="
        && may_be_constant(code, at + 6, code.close_of(at + 1))
}

/// Whether the size between these tokens may be a constant of the package that is worth
/// a pool.
fn may_be_constant(code: &DeclTokens<'_>, start: usize, close: Option<usize>) -> bool {
    let Some(close) = close else { return true };
    if close == start + 1 && code.kind(start) == Some(TokenKind::Number) {
        return code.text(start).len() > 3;
    }
    (start..close).all(|at| match code.kind(at) {
        Some(TokenKind::Number | TokenKind::Open | TokenKind::Close) => true,
        Some(TokenKind::Operator) => matches!(code.text(at), "*" | "+" | "<<"),
        Some(TokenKind::Ident) => !matches!(code.text(at + 1), "(" | "[") && !is_local(code, at),
        _ => false,
    })
}

/// Whether the name at `at` is surely that of a parameter or a variable of the function.
fn is_local(code: &DeclTokens<'_>, at: usize) -> bool {
    let name = code.text(at);
    let header = (0..code.len()).take_while(|token| code.text(*token) != "{");
    let around: Vec<usize> = code.brackets_around(at).collect();
    let declared = |token: usize| {
        // `a, b := `, or `var a, b`, but not in the header of a statement or in a clause,
        // which may have ended.
        let names = |at: usize| code.kind(at) == Some(TokenKind::Ident);
        let (mut first, mut last) = (token, token);
        while first >= 2 && code.text(first - 1) == "," && names(first - 2) {
            first -= 2;
        }
        while code.text(last + 1) == "," && names(last + 2) {
            last += 2;
        }
        let before = code.text(first.wrapping_sub(1));
        let open = code.brackets_around(token).next();
        (before == "var" || code.text(last + 1) == ":=")
            && !matches!(before, "if" | "for" | "switch" | "select" | "case" | ";" | ":")
            && open.is_some_and(|open| around.contains(&open))
            && !(token..at).any(|between| matches!(code.text(between), "case" | "default"))
    };
    let same = |token: &usize| code.kind(*token) == Some(TokenKind::Ident) && code.text(*token) == name;
    header.into_iter().any(|token| code.text(token) == name)
        || (0..at).filter(same).any(|token| code.text(token.wrapping_sub(1)) != "." && declared(token))
}

impl Transform for BufferPerCall {
    type Site<'t> = BufferPerCallSite<'t>;
    const META: Meta = Meta {
        id: "buffer-per-call",
        title: "take the buffer from a pool",
        group: Group::Channels,
        seeds: &["SRC 9"],
        best: Applicability::Unsafe,
        opt_in: true,
        shapes: &[Shape { word: "make", with: &["byte"], may_match_bytes: near, may_match_tokens: looks }],
        guards: &["outlives-call", "zeroes-matter", "in-block", "runs-once", "not-nameable"],
        ..Meta::USUAL
    };

    fn site<'t>(make: Node<'t>, cx: &Cx<'t>) -> Option<BufferPerCallSite<'t>> {
        let call = make.parent().filter(|call| callee(*call) == Some(make))?;
        let [of, size] = arguments(call).collect::<Vec<_>>()[..] else { return None };
        let element = of.element().filter(|_| of.kind() == Kind::SliceType)?;
        (element.text() == "byte").then_some(())?;
        let bytes = constant(size, cx.package(), 8).filter(|bytes| *bytes >= 1024)?;
        let statement = call.parent()?.parent().filter(|up| up.kind() == Kind::ShortVarDeclaration)?;
        let mut names = statement.left()?.named();
        let name = names.next().filter(|_| names.next().is_none() && is_alone_on_its_lines(statement))?;
        let Def::Local(local) = scope::resolve(name) else { return None };
        (local.name == name && cx.is_predeclared("make", make)).then_some(())?;
        let uses: Vec<(BufferUse, Node<'t>)> = scope::mentions(local)
            .into_iter()
            .filter(|mention| *mention != name)
            .map(|mention| (used(mention, local, cx.package()), mention))
            .collect();
        let escapes =
            uses.iter().any(|(of, _)| matches!(of, BufferUse::Kept | BufferUse::Lent { escapes: true }));
        (bytes > STACK || escapes).then_some(BufferPerCallSite { statement, call, size, local, uses })
    }

    fn judge<'t>(site: &BufferPerCallSite<'t>, cx: &Cx<'t>) -> Verdict {
        let function = function_of(site.statement);
        let list = site.statement.parent().filter(|list| list.kind() == Kind::StatementList);
        let outermost = list.and_then(Node::parent).and_then(Node::parent) == function;
        let once = function.is_some_and(|function| {
            // Suites have their tests as methods.
            function.name().is_some_and(|name| {
                let tests = ["Test", "Example"].iter().any(|kind| name.text().starts_with(kind))
                    && cx.file.path().to_string_lossy().ends_with("_test.go");
                let plain = function.kind() == Kind::FunctionDeclaration;
                tests || plain && matches!(name.text(), "main" | "init")
            }) || is_command(function)
        });
        let place =
            |of: BufferUse| site.uses.iter().find(|(other, _)| *other == of).map(|(_, node)| place(*node));
        let plain = ["byte", "new"].iter().all(|name| cx.is_predeclared(name, site.statement));
        Verdict::of(Applicability::Unsafe)
            .keep_for(place(BufferUse::Kept), "outlives-call")
            .keep_for(place(BufferUse::Unfilled), "zeroes-matter")
            .keep_unless(outermost && function.is_some(), "in-block")
            .keep_if(comes_back(site.statement, cx.package()), "in-block")
            .keep_if(once, "runs-once")
            .keep_unless(plain, "not-nameable")
    }

    fn diagnose<'t>(site: &BufferPerCallSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        // The figure was measured for one size.
        let smaller = constant(site.size, cx.package(), 8).is_some_and(|size| size < 64 << 10);
        let less = if smaller { " and a smaller one less" } else { "" };
        Diagnostic {
            span: site.call.span(),
            message: format!("a buffer of {} bytes is made for each call", site.size.text()),
            why: format!("one of 64 KiB on the heap took 13.3 µs{less}, one from a pool 14 ns"),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &BufferPerCallSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let at = site.statement;
        let Some(whole) = at.ancestors().last() else { return };
        let name = site.local.name.text();
        let sync = fix.import("sync", at, cx);
        let pool = cx.fresh_name(&[&format!("{name}Pool"), &format!("{name}Buffers")], at);
        let pointer = cx.fresh_name(&["bp", "bufp"], at);
        let size = spaced(site.size);
        let any =
            if cx.has(GoVersion(1, 18)) && cx.is_predeclared("any", at) { "any" } else { "interface{}" };
        let newline = at.file().newline();
        fix.replace_node(
            at,
            [
                format!("{pointer} := {pool}.Get().(*[{size}]byte)"),
                format!("defer {pool}.Put({pointer})"),
                format!("{name} := {pointer}[:]"),
            ]
            .join(&format!("{newline}{}", indent(at))),
        );
        let named = |up: &Node<'_>| up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]);
        let function = at.ancestors().find(named).and_then(|function| function.name());
        let about = function
            .map(|function| format!("// {pool} holds the buffers of {}.{newline}", function.text()))
            .unwrap_or_default();
        fix.insert(
            behind_declaration(whole),
            format!(
                "{newline}{newline}{about}var {pool} = {sync}.Pool{{{newline}\tNew: func() {any} {{ return \
                 new([{size}]byte) }},{newline}}}"
            ),
        );
        fix.claim(at);
        fix.claim_package_name(pool);
    }
}

/// Whether a command of a command line does this: `cli.Command{Action: func(…)`, `cobra.Command{RunE: func(…)`.
fn is_command(function: Node<'_>) -> bool {
    let keyed =
        function.ancestors().take_while(|up| up.is(&[Kind::LiteralElement, Kind::KeyedElement])).last();
    let key = keyed.and_then(|keyed| keyed.named().next()).filter(|key| !key.holds(function));
    let of = function.ancestors().find(|up| up.kind() == Kind::CompositeLiteral).and_then(Node::ty);
    key.is_some_and(|key| matches!(key.text(), "Action" | "Run" | "RunE"))
        && of.is_some_and(|of| of.text().ends_with("Command"))
}

/// A constant expression as gofmt writes it as the length of an array: with blanks
/// around its operators, but those that bind closer than others beside them.
fn spaced(size: Node<'_>) -> String {
    fn write(node: Node<'_>, mixed: bool, tight: bool) -> String {
        match (node.kind(), node.left(), node.operator(), node.right()) {
            (Kind::BinaryExpression, Some(left), Some(operator), Some(right)) => {
                let close = tight || mixed && !adds(operator);
                let blank = if close { "" } else { " " };
                let (left, right) = (write(left, mixed, close), write(right, mixed, close));
                format!("{left}{blank}{}{blank}{right}", operator.text())
            }
            (Kind::ParenthesizedExpression, ..) => {
                let inner = node.named().next();
                let written =
                    inner.map(|inner| if tight { write(inner, false, true) } else { spaced(inner) });
                format!("({})", written.unwrap_or_default())
            }
            _ => node.text().to_owned(),
        }
    }
    let operators = || {
        let own = size.descend(|node| node.is(&[Kind::BinaryExpression]) || node == size);
        own.filter(|node| node.kind() == Kind::BinaryExpression).filter_map(|node| node.operator())
    };
    write(size, operators().any(adds) && !operators().all(adds), false)
}

fn adds(operator: Node<'_>) -> bool {
    operator.kind() == Kind::Plus
}

fn indent(statement: Node<'_>) -> &str {
    let lines = statement.file().lines();
    let line = &statement.file().text()[lines.span(statement.line()).start..statement.start()];
    &line[..line.len() - line.trim_start().len()]
}

/// The value of a constant expression that means the same at top level.
fn constant(node: Node<'_>, package: &Package, depth: u32) -> Option<u64> {
    let depth = depth.checked_sub(1)?;
    match node.kind() {
        Kind::IntLiteral => {
            let text = node.text().replace('_', "");
            match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(digits) => u64::from_str_radix(digits, 16).ok(),
                None if text.starts_with('0') => None,
                None => text.parse().ok(),
            }
        }
        Kind::ParenthesizedExpression => constant(node.named().next()?, package, depth),
        Kind::BinaryExpression => {
            let left = constant(node.left()?, package, depth)?;
            let right = constant(node.right()?, package, depth)?;
            match node.operator()?.kind() {
                Kind::Star => left.checked_mul(right),
                Kind::Plus => left.checked_add(right),
                Kind::ShiftLeft => left.checked_shl(u32::try_from(right).ok()?),
                _ => None,
            }
        }
        Kind::Identifier => {
            let (Def::TopLevel(_) | Def::Outside) = scope::resolve(node) else { return None };
            let declarations = package.declarations(node.text());
            let [declaration] = declarations[..] else { return None };
            let spec = declaration.descendants().find(|spec| {
                spec.kind() == Kind::ConstSpec
                    && spec.fields(Field::Name).any(|name| name.text() == node.text())
            })?;
            let mut values = spec.value()?.named();
            let value = values.next().filter(|_| values.next().is_none())?;
            constant(value, package, depth)
        }
        _ => None,
    }
}

fn used(mention: Node<'_>, local: Local<'_>, package: &Package) -> BufferUse {
    let Some(up) = mention.parent() else { return BufferUse::Kept };
    if is_captured(mention, local.name) || mention.ancestors().any(|up| up.kind() == Kind::GoStatement) {
        return BufferUse::Kept;
    }
    match up.kind() {
        Kind::IndexExpression if up.operand() == Some(mention) => BufferUse::Unfilled,
        Kind::RangeClause => BufferUse::Unfilled,
        Kind::SliceExpression if up.operand() == Some(mention) => match lent(up, package) {
            Some(escapes) if is_filled(up, local, package) => BufferUse::Lent { escapes },
            Some(_) => BufferUse::Unfilled,
            None => BufferUse::Kept,
        },
        _ if is_measured(up, package) => BufferUse::Measured,
        _ => match (fills(mention, package), lent(mention, package)) {
            (Some(escapes), _) => BufferUse::Lent { escapes },
            (None, Some(_)) => BufferUse::Unfilled,
            _ => BufferUse::Kept,
        },
    }
}

fn is_measured(list: Node<'_>, package: &Package) -> bool {
    let called = list.parent().and_then(callee);
    list.kind() == Kind::ArgumentList
        && called.is_some_and(|name| ["len", "cap"].iter().any(|known| is_builtin(name, known, package)))
}

/// Whether `callee` is the predeclared `name`, and nothing else that is called so.
fn is_builtin(callee: Node<'_>, name: &str, package: &Package) -> bool {
    callee.text() == name && scope::resolve(callee) == Def::Outside && is_predeclared(name, package)
}

/// What is done with the buffer at a mention of it, and on which line.
fn place(mention: Node<'_>) -> String {
    let mut outer = mention.ancestors().take_while(|up| up.kind() != Kind::StatementList);
    let what = outer.find_map(|up| match up.kind() {
        Kind::CallExpression => callee(up).map(Node::text),
        Kind::ReturnStatement => Some("return"),
        Kind::GoStatement => Some("go"),
        _ => None,
    });
    let what = what.unwrap_or(mention.text()).lines().next().unwrap_or_default();
    format!("`{what}` on line {}", mention.line())
}

fn call_with(argument: Node<'_>) -> Option<(Node<'_>, usize)> {
    let call = argument.parent()?.parent().filter(|call| call.kind() == Kind::CallExpression)?;
    Some((call, arguments(call).position(|other| other == argument)?))
}

/// Whether the call that fills the whole buffer makes it escape.
fn fills(buffer: Node<'_>, package: &Package) -> Option<bool> {
    let (call, index) = call_with(buffer)?;
    let full = is_call(call, "io", "ReadFull") || is_call(call, "io", "ReadAtLeast");
    if full && index == 1 || is_call(call, "io", "CopyBuffer") && index == 2 {
        return Some(true);
    }
    method(call, "Read", package)
}

/// Whether the call that reads the bytes, and keeps none, makes them escape.
fn lent(bytes: Node<'_>, package: &Package) -> Option<bool> {
    if let Some(up) = bytes.parent().filter(|up| up.kind() == Kind::VariadicArgument) {
        let (call, _) = call_with(up)?;
        return is_builtin(callee(call)?, "append", package).then_some(false);
    }
    let (call, index) = call_with(bytes)?;
    let called = callee(call)?;
    let copies = is_builtin(called, "string", package) || index == 1 && is_builtin(called, "copy", package);
    if copies { Some(false) } else { method(call, "Write", package) }
}

/// Whether the operand of the method is known to be an interface.
fn method(call: Node<'_>, name: &str, package: &Package) -> Option<bool> {
    const INTERFACES: &[(&str, &str)] = &[
        ("io", "Reader"),
        ("io", "Writer"),
        ("io", "ReadWriter"),
        ("io", "ReadCloser"),
        ("io", "WriteCloser"),
        ("io", "ReadWriteCloser"),
        ("net", "Conn"),
        ("net/http", "ResponseWriter"),
    ];
    let callee = callee(call).filter(|callee| callee.kind() == Kind::SelectorExpression)?;
    (package_of(callee).is_none() && callee.field()?.text() == name).then_some(())?;
    (arguments(call).count() == 1).then_some(())?;
    let operand = callee.operand()?;
    // What a method of the package does with the bytes is not looked at.
    let own =
        type_name(operand, package).is_some_and(|of| !package.methods(Some(of.text()), name).is_empty());
    (!own).then_some(())?;
    let of = type_of(operand, package);
    let known = |node: Node<'_>| INTERFACES.iter().any(|(path, name)| is_symbol(node, path, name));
    Some(matches!(of, Some(Type::Written(node)) if known(node)))
}

/// Whether `buf[:n]` shows only what the reads that gave `n` have filled.
fn is_filled(slice: Node<'_>, buffer: Local<'_>, package: &Package) -> bool {
    let bounds = (slice.start_index(), slice.end_index(), slice.capacity());
    let (None, Some(end), None) = bounds else { return false };
    let Def::Local(count) = scope::resolve(end) else { return false };
    let mut assigned = false;
    let steady = end.kind() == Kind::Identifier
        && scope::mentions(count).into_iter().all(|mention| {
            let Some(list) = mention.parent() else { return false };
            if list.kind() == Kind::UnaryExpression
                || list.is(&[Kind::IncStatement, Kind::DecStatement, Kind::VarSpec])
            {
                return false;
            }
            let target = list.kind() == Kind::ExpressionList && list.field_name() == Some(Field::Left);
            let Some(statement) = list.parent().filter(|_| target) else { return true };
            let call = statement.right().and_then(|right| right.named().next());
            let fed = call.is_some_and(|call| {
                arguments(call).any(|argument| {
                    matches!(scope::resolve(argument), Def::Local(local) if local == buffer)
                        && argument.kind() == Kind::Identifier
                        && !is_call(call, "io", "CopyBuffer")
                        && fills(argument, package).is_some()
                })
            });
            assigned |= fed;
            fed && list.named().next() == Some(mention)
        });
    steady && assigned
}
