//! Logs values of known types in a loop as typed attributes.
//! ```go
//! func report(sizes []int) {
//! 	for i, size := range sizes {
//! 		slog.Info("part", "number", i, "size", size)
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func report(sizes []int) {
//! 	for i, size := range sizes {
//! 		slog.LogAttrs(context.Background(), slog.LevelInfo, "part", slog.Int("number", i), slog.Int("size", size))
//! 	}
//! }
//! ```
//! # Why
//! A number of 256 or more that is put into an `any` and escapes is copied to the heap: two of
//! them in a line cost two allocations, as attributes none (Go 1.26). The rule is for what the collector has to
//! do, not for speed: writing the line takes longer than either. Constants and numbers below 256 never allocated.
//! # Unsafe
//! The handler gets the same record. A person has to agree that a longer line is worth it.
//! # Guards
//! - `not-key-and-value`, keep: the arguments are not pairs of a literal key and a value.
//! - `not-nameable`, keep: a name that the fix needs is hidden at this place.
//! - `seldom`, keep: a comparison of times or a wait lets a second or more go by between two lines, beside
//!   which an allocation is nothing.
//! - `hand-written`, advice: the package's own logger stores what it is given as `any`; give it
//!   typed attributes, as `log/slog` (Go 1.21) has them, for the calls that are made often.
//! # Known limits
//! Only the functions of `log/slog` for debugging and information are looked at: warnings and
//! errors are rare where a loop is hot. The methods of a `*slog.Logger` are not.

use crate::model::GoVersion;
use crate::model::imports::{arguments, callee, is_call, is_symbol, package_of, unparenthesized};
use crate::model::scope::{self, Def};
use crate::model::types::{Type, type_of, underlying};
use crate::model::waits::loops_around;
use crate::model::words::speaks_of;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Shape, Symbol, Transform, Verdict,
};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{COMPARISONS, Kind, Node};
use crate::text::Span;
use crate::transforms::shared::pace::{Pace, pace};

/// Logs typed attributes instead of boxed values.
pub struct InterfaceBoxing;

/// A place where values are boxed.
pub enum InterfaceBoxingSite<'t> {
    /// A call of a function of `log/slog`.
    Call {
        /// The call.
        call: Node<'t>,
        /// Key, value and constructor of each pair; `None` when they are no pairs.
        pairs: Option<Vec<(Node<'t>, Node<'t>, &'static str)>>,
    },
    /// The `...any` of a logger of the package.
    Logger(Node<'t>),
}

const fn slog(name: &'static str) -> Symbol {
    Symbol { path: "log/slog", name }
}

fn near(bytes: &[u8], at: usize) -> bool {
    // A block comment may stand between.
    matches!(bytes[..at].trim_ascii_end().last(), Some(b'.' | b'/'))
}

fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    let logs = || code.function().is_some_and(|(name, _)| speaks_of(name, LOGS));
    at > 0 && code.text(at - 1) == "..." && code.text(at + 1) == ")" && logs() && code.has_word("append")
}

/// What the name of a function of a logger speaks of.
const LOGS: &[&str] = &["log", "logf", "debug", "info", "warn", "error", "print", "trace"];

impl Transform for InterfaceBoxing {
    type Site<'t> = InterfaceBoxingSite<'t>;
    const META: Meta = Meta {
        id: "interface-boxing",
        title: "log typed attributes",
        group: Group::Channels,
        seeds: &["SRC 11"],
        best: Applicability::Unsafe,
        since: Some(GoVersion(1, 21)),
        opt_in: true,
        triggers: &[slog("Debug"), slog("Info"), slog("DebugContext"), slog("InfoContext")],
        shapes: &[Shape { word: "any", with: &["append"], may_match_bytes: near, may_match_tokens: looks }],
        guards: &["not-key-and-value", "not-nameable", "seldom", "hand-written"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<InterfaceBoxingSite<'t>> {
        if mention.parent().is_some_and(|up| up.kind() == Kind::VariadicParameterDeclaration) {
            return stores(mention).then_some(InterfaceBoxingSite::Logger(mention));
        }
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        loops_around(call).next()?;
        let values: Vec<Node<'t>> = arguments(call).skip(1 + usize::from(has_context(mention))).collect();
        let pairs = pairs(&values, cx);
        let gains = match &pairs {
            Some(pairs) => pairs.iter().any(|(_, value, of)| *of != "Any" && !is_literal(*value)),
            None => true,
        };
        (gains && !values.is_empty()).then_some(InterfaceBoxingSite::Call { call, pairs })
    }

    fn judge<'t>(site: &InterfaceBoxingSite<'t>, cx: &Cx<'t>) -> Verdict {
        let verdict = Verdict::of(Applicability::Unsafe);
        match site {
            InterfaceBoxingSite::Logger(_) => verdict.lower_if(true, Applicability::Advice, "hand-written"),
            InterfaceBoxingSite::Call { call, pairs } => verdict
                .keep_if(pairs.is_none(), "not-key-and-value")
                .keep_if(
                    callee(*call).is_none_or(|name| cx.qualified("log/slog", "LogAttrs", name).is_none()),
                    "not-nameable",
                )
                .keep_for(
                    pace(*call, cx.package())
                        .filter(Pace::is_long)
                        .map(|pace| format!("line {}", pace.at.line())),
                    "seldom",
                ),
        }
    }

    fn diagnose<'t>(site: &InterfaceBoxingSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let (span, message) = match site {
            InterfaceBoxingSite::Call { call, .. } => {
                (call.span(), "values of known types are boxed for a log line in a loop")
            }
            InterfaceBoxingSite::Logger(any) => {
                (any.parent().map_or(any.span(), Node::span), "a logger stores its arguments as `any`")
            }
        };
        Diagnostic {
            span,
            message: message.into(),
            why: "a number of 256 or more is copied to the heap: 37 ns against 12 ns for a typed attribute"
                .into(),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &InterfaceBoxingSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let InterfaceBoxingSite::Call { call, pairs: Some(pairs) } = site else { return };
        let Some(name) = callee(*call) else { return };
        let symbol = |symbol: &str| cx.qualified("log/slog", symbol, name);
        let function = name.field().unwrap_or(name).text();
        let level = function.trim_end_matches("Context");
        let (Some(log), Some(level), Some(message)) = (
            symbol("LogAttrs"),
            symbol(&format!("Level{level}")),
            arguments(*call).nth(usize::from(has_context(name))),
        ) else {
            return;
        };
        fix.replace_node(name, log);
        let context = if has_context(name) {
            String::new()
        } else {
            format!("{}.Background(), ", fix.import("context", *call, cx))
        };
        fix.insert(message.start(), format!("{context}{level}, "));
        for (key, value, of) in pairs {
            let Some(attribute) = symbol(of) else { return };
            fix.insert(key.start(), format!("{attribute}("));
            fix.replace(Span::at(value.end()), ")");
        }
    }
}

fn has_context(function: Node<'_>) -> bool {
    function.text().ends_with("Context")
}

fn is_literal(value: Node<'_>) -> bool {
    value.is(&[
        Kind::IntLiteral,
        Kind::FloatLiteral,
        Kind::InterpretedStringLiteral,
        Kind::RawStringLiteral,
        Kind::True,
        Kind::False,
    ])
}

/// The pairs, attributes that are already typed left out.
fn pairs<'t>(values: &[Node<'t>], cx: &Cx<'t>) -> Option<Vec<(Node<'t>, Node<'t>, &'static str)>> {
    const ATTRIBUTES: &[&str] =
        &["Any", "Bool", "Duration", "Float64", "Group", "Int", "Int64", "String", "Time", "Uint64"];
    let mut rest = values.iter();
    let mut found = Vec::new();
    while let Some(key) = rest.next() {
        if ATTRIBUTES.iter().any(|name| is_call(*key, "log/slog", name)) {
            continue;
        }
        let value = rest.next().filter(|value| value.kind() != Kind::VariadicArgument)?;
        (key.kind() == Kind::InterpretedStringLiteral).then_some(())?;
        found.push((*key, *value, constructor(*value, cx, 4).unwrap_or("Any")));
    }
    Some(found)
}

/// The constructor of an attribute that takes `value` as it is.
fn constructor<'t>(value: Node<'t>, cx: &Cx<'t>, depth: u32) -> Option<&'static str> {
    let depth = depth.checked_sub(1)?;
    let value = unparenthesized(value);
    match value.kind() {
        Kind::IntLiteral => return Some("Int"),
        Kind::UnaryExpression if value.text().starts_with('-') => {
            let operand = value.operand().map(unparenthesized)?;
            if operand.kind() == Kind::IntLiteral {
                return Some("Int");
            }
        }
        // The result of a comparison has no type of its own.
        Kind::BinaryExpression => {
            let operator = value.operator()?.kind();
            if COMPARISONS.contains(&operator) {
                return Some("Bool");
            }
        }
        Kind::FloatLiteral => return Some("Float64"),
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => return Some("String"),
        Kind::CallExpression => {
            let name = callee(value)?;
            if is_symbol(name, "time", "Since") || is_symbol(name, "time", "Until") {
                return Some("Duration");
            }
            if is_symbol(name, "time", "Now") {
                return Some("Time");
            }
            if is_symbol(name, "fmt", "Sprintf") || is_symbol(name, "strconv", "Itoa") {
                return Some("String");
            }
            if name.kind() == Kind::Identifier && cx.is_predeclared(name.text(), name) {
                return match name.text() {
                    "len" | "cap" | "copy" => Some("Int"),
                    of => named(of),
                };
            }
        }
        Kind::Identifier => {
            if let Def::Local(local) = scope::resolve(value)
                && let Some(list) = local.name.parent().filter(|list| list.kind() == Kind::ExpressionList)
                && let Some(owner) = list.parent()
            {
                let index = list.named().position(|name| name == local.name)?;
                let right = owner.right()?;
                if owner.kind() == Kind::ShortVarDeclaration
                    && let Some(given) = right.named().nth(index)
                    && right.named().count() == list.named().count()
                    && let Some(of) = constructor(given, cx, depth)
                {
                    return Some(of);
                }
                if owner.kind() == Kind::RangeClause && index == 0 {
                    let over = underlying(type_of(right, cx.package())?, cx.package())?;
                    let listed = match over {
                        Type::Slice(_) | Type::Sequence => true,
                        Type::Written(node) => node.is(&[Kind::SliceType, Kind::ArrayType]),
                        _ => false,
                    };
                    if listed {
                        return Some("Int");
                    }
                }
            }
        }
        _ => {}
    }
    match type_of(value, cx.package())? {
        Type::Written(node) if is_symbol(node, "time", "Duration") => Some("Duration"),
        Type::Written(node) if is_symbol(node, "time", "Time") => Some("Time"),
        Type::Written(node) if node.kind() == Kind::TypeIdentifier => {
            cx.is_predeclared(node.text(), node).then(|| named(node.text())).flatten()
        }
        _ => None,
    }
}

fn named(of: &str) -> Option<&'static str> {
    Some(match of {
        "int" => "Int",
        "int64" => "Int64",
        "uint64" => "Uint64",
        "float64" => "Float64",
        "string" => "String",
        "bool" => "Bool",
        _ => return None,
    })
}

/// Whether the function around the parameter type is called like a logger's,
/// and appends what it is given to a field.
fn stores(any: Node<'_>) -> bool {
    let parts = || {
        let parameter = any.parent()?;
        let function = parameter.parent()?.parent()?;
        let name = function.name().filter(|_| function.kind().is_declaration())?;
        Some((parameter.name()?, name, function.body()?))
    };
    let Some((given, name, body)) = parts() else { return false };
    let logs = speaks_of(name.text(), LOGS);
    let mentions = |call: Node<'_>| {
        let direct = |argument: Node<'_>| match argument.kind() {
            Kind::VariadicArgument => {
                argument.named().next().is_some_and(|inner| passes(inner, given.text()))
            }
            _ => passes(argument, given.text()),
        };
        arguments(call).skip(1).any(direct)
    };
    let kept = |call: Node<'_>| {
        let to = arguments(call).next();
        callee(call).is_some_and(|name| name.text() == "append")
            && to.is_some_and(|to| to.kind() == Kind::SelectorExpression && package_of(to).is_none())
            && mentions(call)
    };
    logs && body.descendants().filter(|node| node.kind() == Kind::CallExpression).any(kept)
}

/// Whether `argument` is `name`, or what a function of the package makes of it;
/// one of another package, such as `fmt.Sprintf`, formats it.
fn passes(argument: Node<'_>, name: &str) -> bool {
    let own = |call: Node<'_>| callee(call).is_some_and(|callee| callee.kind() == Kind::Identifier);
    argument.text() == name
        || own(argument) && arguments(argument).any(|inner| inner.text().trim_end_matches("...") == name)
}
