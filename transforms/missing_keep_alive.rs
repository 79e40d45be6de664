//! Finds raw addresses and handles that are used when nothing keeps their owner alive.
//! ```go
//! import (
//! 	"syscall"
//! 	"unsafe"
//! )
//!
//! func fill(fd uintptr, data []byte) {
//! 	p := uintptr(unsafe.Pointer(&data[0]))
//! 	syscall.Syscall(syscall.SYS_READ, fd, p, uintptr(len(data)))
//! 	println("filled")
//! }
//! ```
//! better:
//! ```go
//! import (
//! 	"runtime"
//! 	"syscall"
//! 	"unsafe"
//! )
//!
//! func fill(fd uintptr, data []byte) {
//! 	p := uintptr(unsafe.Pointer(&data[0]))
//! 	n := uintptr(len(data))
//! 	syscall.Syscall(syscall.SYS_READ, fd, p, n)
//! 	runtime.KeepAlive(data)
//! }
//! ```
//! # Why
//! The collector does not see an address in a `uintptr`, and a variable is dead behind its
//! last mention, even while a function that got something out of it still runs. The
//! memory can be freed, or the finalizer of the owner can free a C handle, in the middle of
//! the call: a collection in that time freed it, and did not where `KeepAlive` stood behind (Go 1.26). The rule
//! is for correctness, not for speed. Pointers that are converted in the argument list of a `syscall` or C call
//! itself are kept by that call: those are no finding, unlike what one often reads.
//! # Advice
//! Write `runtime.KeepAlive(x)` behind the last use of what came out of `x`, or convert the
//! address in the argument list of the call.
//! # Guards
//! - `address-in-integer`, advice: a variable holds an address as an integer and goes into a
//!   system call or C code, and what it points to is not mentioned any more.
//! - `finalizer-may-run`, advice: C code gets a field of an object that has a finalizer or a
//!   cleanup, and the object is not mentioned any more.
//! # Known limits
//! It looks at one function at a time: callers may keep the object. Handles that go into
//! system calls, rather than C code, are not looked at, nor memory that another variable
//! holds too, nor addresses that are unmapped, which are not the collector's.

mod owner;

use self::owner::{is_alive_behind, is_kept, is_of_another, is_pinned, is_shared, outermost_call};
use crate::model::effects::function_of;
use crate::model::fields::type_name;
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Shape, Transform, Verdict};
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Field, Kind, Node, byte_checks};
use crate::transforms::shared::finalizer::{cleaned_up, settings};

/// Finds what needs `runtime.KeepAlive`.
pub struct MissingKeepAlive;

/// A use of something raw whose owner is dead.
pub struct MissingKeepAliveSite<'t> {
    /// The address in an integer, or the C call.
    at: Node<'t>,
    owner: Node<'t>,
    last_use: Node<'t>,
    guard: &'static str,
}

const INTEGER: &str = "address-in-integer";
const FINALIZER: &str = "finalizer-may-run";

impl Transform for MissingKeepAlive {
    type Site<'t> = MissingKeepAliveSite<'t>;
    const META: Meta = Meta {
        id: "missing-keep-alive",
        title: "keep alive what raw code still uses",
        group: Group::Finalizers,
        seeds: &["SEN 8", "SEN checklist"],
        best: Applicability::Advice,
        opt_in: true,
        shapes: &[
            Shape {
                word: "Pointer",
                with: &["uintptr", "unsafe"],
                may_match_bytes: is_taken,
                may_match_tokens: is_bound,
            },
            Shape {
                word: "C",
                with: &["import \"C\""],
                may_match_bytes: is_qualifier,
                may_match_tokens: is_c_call,
            },
        ],
        guards: &[INTEGER, FINALIZER],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<MissingKeepAliveSite<'t>> {
        if mention.kind() == Kind::Identifier && mention.text() == "C" {
            handle(mention, cx)
        } else {
            let qualified =
                mention.parent().filter(|up| up.is(&[Kind::SelectorExpression, Kind::QualifiedType]));
            let pointer = qualified.unwrap_or(mention);
            is_symbol(pointer, "unsafe", "Pointer").then(|| integer(pointer)).flatten()
        }
    }

    fn judge<'t>(site: &MissingKeepAliveSite<'t>, _: &Cx<'t>) -> Verdict {
        let seen = format!("`{}` is dead behind line {}", site.owner.text(), site.last_use.line());
        Verdict::of(Applicability::Unsafe).lower_for(Some(seen), Applicability::Advice, site.guard)
    }

    fn diagnose<'t>(site: &MissingKeepAliveSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let owner = site.owner.text();
        let (message, why) = if site.guard == INTEGER {
            (
                format!("an address in `{owner}` is used as an integer, and nothing keeps `{owner}` alive"),
                "the collector does not see an address in a `uintptr`: the memory can be freed or moved before or \
                 in the call"
                    .to_owned(),
            )
        } else {
            (
                format!("C code works with a handle of `{owner}` whose finalizer can run meanwhile"),
                format!(
                    "`{owner}` is dead behind its last mention, so a collection during the call may run its finalizer \
                     or cleanup, which frees the handle"
                ),
            )
        };
        Diagnostic {
            span: site.at.span(),
            message,
            why: format!("{why}; write `runtime.KeepAlive({owner})` behind the last use"),
            severity: Severity::Warning,
            labels: vec![(site.last_use.span(), "the last use".into())],
        }
    }
}

/// `C.name(`, with a field among the arguments.
fn is_c_call(code: &DeclTokens<'_>, at: usize) -> bool {
    let called =
        code.text(at + 1) == "." && code.text(at + 3) == "(" && (at == 0 || code.text(at - 1) != ".");
    let mut depth = 0_usize;
    let arguments = (at + 3..code.len()).take_while(|token| {
        match code.kind(*token) {
            Some(TokenKind::Open) => depth += 1,
            Some(TokenKind::Close) => depth -= 1,
            _ => {}
        }
        depth > 0
    });
    // `unsafe.Pointer` is no field.
    let field = |token: usize| code.text(token) == "." && !matches!(code.text(token - 1), "C" | "unsafe");
    called && arguments.into_iter().any(field)
}

/// Whether an address may be what `Pointer` at `at` is given.
fn is_taken(bytes: &[u8], at: usize) -> bool {
    match byte_checks::argument(bytes, at) {
        Some(given) => matches!(given.first(), Some(b'&' | b'(' | b'/')),
        // A comment, or parentheses around the type, may stand between.
        None => matches!(bytes[at + "Pointer".len()..].trim_ascii_start().first(), Some(b'/' | b')')),
    }
}

/// Whether the integer goes into a variable, maybe inside a literal: what is the argument
/// of a call is not kept.
fn is_bound(code: &DeclTokens<'_>, at: usize) -> bool {
    let mut brackets = code.brackets_around(at).filter(|open| code.text(*open) == "(");
    let is_argument = |open: usize| {
        let before = open.checked_sub(1);
        let kind = before.and_then(|before| code.kind(before));
        matches!(kind, Some(TokenKind::Ident | TokenKind::Close))
    };
    // The first is that of the conversion, further out no call may be.
    let Some(conversion) = brackets.find(|open| is_argument(*open)) else { return false };
    // `uintptr(…)` or `(uintptr)(…)`, and not `(*uintptr)(…)`
    let enclosed = code.text(conversion - 1) == ")";
    let name = conversion.wrapping_sub(if enclosed { 2 } else { 1 });
    let converts = code.text(name) == "uintptr" && (!enclosed || code.text(name.wrapping_sub(1)) == "(");
    converts && !brackets_of_statement(code, conversion).any(is_argument)
}

/// The parentheses and literals around `at`, out to the block of its statement.
fn brackets_of_statement<'c>(code: &'c DeclTokens<'_>, at: usize) -> impl Iterator<Item = usize> + 'c {
    let literal = |open: &usize| {
        let before = code.kind(open.wrapping_sub(1));
        code.text(*open) != "{" || code.keyword_of_block(*open).is_none() && before.is_some()
    };
    code.brackets_around(at).take_while(literal).filter(|open| code.text(*open) == "(")
}

/// `p := uintptr(unsafe.Pointer(&x[0]))`, where `p` goes into a call when `x` is
/// dead.
fn integer<'t>(mention: Node<'t>) -> Option<MissingKeepAliveSite<'t>> {
    let pointer = mention.parent().filter(|call| callee(*call) == Some(mention))?;
    let address = unparenthesized(arguments(pointer).next()?);
    let taken = address.operator().is_some_and(|token| token.kind() == Kind::And);
    let owner = root(address.operand().filter(|_| taken)?)?;
    let Def::Local(kept) = scope::resolve(owner) else { return None };
    let number = pointer.ancestors().find(|up| up.kind() == Kind::CallExpression)?;
    let converts = callee(number).is_some_and(|called| called.text() == "uintptr")
        && arguments(number).next().is_some_and(|given| unparenthesized(given) == pointer);
    if !converts {
        return None;
    }
    let holder = bound(number)?;
    let Def::Local(held) = scope::resolve(holder) else { return None };
    let function = function_of(mention)?;
    if held == kept || function_of(kept.name) != Some(function) || is_pinned(function) || is_shared(kept) {
        return None;
    }
    let uses = scope::mentions(held);
    let last_use =
        uses.iter().filter(|place| place.start() > number.end()).max_by_key(|place| place.start())?;
    let behind = || uses.iter().filter(|place| place.start() > number.end());
    // What is unmapped is memory of the system, which the collector neither frees nor moves.
    if behind().filter_map(|place| raw_call(*place)).any(unmaps) {
        return None;
    }
    let raw = behind().any(|place| raw_call(*place).is_some());
    let place = raw_call(*last_use).unwrap_or_else(|| outermost_call(*last_use));
    (raw && !is_alive_behind(kept, place)).then_some(MissingKeepAliveSite {
        at: number,
        owner,
        last_use: *last_use,
        guard: INTEGER,
    })
}

/// `x` of `x.f[i]`; `None` behind a pointer or a call that cannot be followed.
fn root<'t>(part: Node<'t>) -> Option<Node<'t>> {
    let mut at = unparenthesized(part);
    while at.is(&[Kind::SelectorExpression, Kind::IndexExpression, Kind::SliceExpression]) {
        at = unparenthesized(at.operand()?);
    }
    (at.kind() == Kind::Identifier).then_some(at)
}

/// The variable that a declaration or assignment gives the number, itself or
/// inside a composite literal.
fn bound<'t>(number: Node<'t>) -> Option<Node<'t>> {
    let mut at = number;
    loop {
        let up = at.parent()?;
        match up.kind() {
            Kind::ParenthesizedExpression
            | Kind::BinaryExpression
            | Kind::LiteralElement
            | Kind::KeyedElement
            | Kind::LiteralValue
            | Kind::CompositeLiteral => at = up,
            Kind::UnaryExpression if at.kind() == Kind::CompositeLiteral => at = up,
            Kind::ExpressionList => {
                let owner = up.parent().filter(|owner| {
                    owner.is(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement, Kind::VarSpec])
                })?;
                let index = up.named().position(|value| value == at)?;
                let left = owner.left();
                let name = match left {
                    Some(left) => left.named().nth(index)?,
                    None => owner.fields(Field::Name).nth(index)?,
                };
                return (name.kind() == Kind::Identifier && name.text() != "_").then_some(name);
            }
            _ => return None,
        }
    }
}

/// The system call or C call that `place` is, or is part of, an argument of.
fn raw_call<'t>(place: Node<'t>) -> Option<Node<'t>> {
    place.ancestors().take_while(|up| !up.kind().is_statement() && up.kind() != Kind::FuncLiteral).find(
        |up| {
            let Some(called) = callee(*up) else { return false };
            let path = package_of(called).unwrap_or_default();
            let name = called.field().map_or(called.text(), Node::text);
            path == "C"
                || path == "syscall"
                || path.starts_with("golang.org/x/sys/")
                || name.to_lowercase().contains("syscall")
                || (path.is_empty() && (name == "Call" || name == "ioctl"))
        },
    )
}

/// Whether the call takes memory out of the address space: `UnmapViewOfFile(p)`, `Syscall(SYS_MUNMAP, p, n, 0)`.
fn unmaps(call: Node<'_>) -> bool {
    let says = |node: Node<'_>| node.text().to_lowercase().contains("unmap");
    callee(call).is_some_and(says) || arguments(call).next().is_some_and(says)
}

/// `C.f(x.h)`, where `x` has a finalizer and is dead behind the call.
fn handle<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<MissingKeepAliveSite<'t>> {
    let called = mention.parent().filter(|up| up.kind() == Kind::SelectorExpression)?;
    let call = called.parent().filter(|call| callee(*call) == Some(called))?;
    let function = function_of(call)?;
    let package = cx.package();
    if package_of(called) != Some("C") || is_c_type(called) {
        return None;
    }
    for argument in arguments(call) {
        // A call inside this one is a site of its own, a conversion is none.
        let calls = |node: Node<'t>| {
            callee(node).is_some_and(|called| package_of(called) == Some("C") && !is_c_type(called))
        };
        let fields = std::iter::once(argument)
            .filter(|argument| !calls(*argument))
            .flat_map(|argument| argument.descend(|node| node.kind() != Kind::FuncLiteral && !calls(node)));
        for field in fields.filter(|node| node.kind() == Kind::SelectorExpression) {
            let Some(owner) = field.operand().filter(|operand| operand.kind() == Kind::Identifier) else {
                continue;
            };
            let Def::Local(local) = scope::resolve(owner) else { continue };
            // `&x.f` is a pointer into the object, which the call keeps.
            let inner = field.parent().is_some_and(|up| {
                up.kind() == Kind::UnaryExpression
                    && up.operator().is_some_and(|token| token.kind() == Kind::And)
            });
            let Some(holder) = type_name(owner, package).filter(|_| !inner) else { continue };
            let name = field.field().map_or("", Node::text);
            if frees_field(holder.text(), name, package)
                && !gives_inside(holder.text(), name, package)
                && !frees(function, package)
                && !is_kept(local)
                && !is_of_another(local)
                && !is_alive_behind(local, call)
            {
                return Some(MissingKeepAliveSite { at: call, owner, last_use: call, guard: FINALIZER });
            }
        }
    }
    None
}

/// Whether `C.name` is one of the types that a number is converted to.
fn is_c_type(called: Node<'_>) -> bool {
    const TYPES: &[&str] =
        &["char", "schar", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "longlong"];
    let name = called.field().map_or("", Node::text);
    TYPES.contains(&name)
        || ["ulonglong", "float", "double"].contains(&name)
        || name.ends_with("_t")
        || ["struct_", "union_", "enum_"].iter().any(|prefix| name.starts_with(prefix))
}

/// Whether `name` is a method that gives a pointer into the object: `return &x.part`.
fn gives_inside(holder: &str, name: &str, package: &Package) -> bool {
    let inside = |node: Node<'_>| {
        node.kind() == Kind::UnaryExpression
            && node.operator().is_some_and(|token| token.kind() == Kind::And)
            && node.operand().is_some_and(|of| of.kind() == Kind::SelectorExpression)
    };
    let returns = |method: Node<'_>| {
        let mut all = method.descendants().filter(|node| node.kind() == Kind::ReturnStatement);
        all.any(|given| given.descendants().any(inside))
    };
    package.methods(Some(holder), name).into_iter().any(returns)
}

/// Whether a finalizer or cleanup of the type uses its field `name`, itself or
/// in a method that it calls.
fn frees_field(holder: &str, name: &str, package: &Package) -> bool {
    let mentions = |node: Node<'_>| {
        node.descendants().any(|inner| inner.kind() == Kind::FieldIdentifier && inner.text() == name)
    };
    let finalized = settings(package).is_ok_and(|all| {
        let of_type = all.iter().filter(|set| !set.clears() && set.holder(package) == Some(holder));
        of_type.filter_map(|set| set.code(package)).any(|code| {
            // `strategy(x.free)` calls it too, some time.
            let named = code.body.descendants().filter(|node| node.kind() == Kind::FieldIdentifier);
            mentions(code.body)
                || named.flat_map(|method| package.methods(Some(holder), method.text())).any(mentions)
        })
    });
    finalized
        || cleaned_up(package).is_ok_and(|all| {
            all.into_iter().any(|object| {
                type_name(object, package).is_some_and(|of| of.text() == holder)
                    && object.parent().is_some_and(mentions)
            })
        })
}

/// Whether `function` is a finalizer, is called by one, or takes one away: then
/// none can run in its middle.
fn frees(function: Node<'_>, package: &Package) -> bool {
    let Ok(all) = settings(package) else { return true };
    let name = function.name().map(Node::text);
    all.iter().any(|setting| {
        function.holds(setting.call)
            || setting.code(package).is_some_and(|code| {
                code.function == function
                    || code.body.descendants().any(|node| {
                        node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && Some(node.text()) == name
                    })
            })
    }) || function.descendants().any(|node| node.kind() == Kind::FieldIdentifier && node.text() == "Stop")
}

/// Whether a dot follows the name.
fn is_qualifier(bytes: &[u8], offset: usize) -> bool {
    bytes.get(offset + 1) == Some(&b'.')
}
