//! What a function is to a log, by its name, its receiver, its package and its
//! parameters.

use crate::model::imports::arguments;
use crate::model::words::words;
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Field, Kind, Node};

/// What a function is to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoggerRole {
    /// It writes a line of a log.
    Logger,
    /// It tells its caller where somebody stands.
    Helper,
    /// Nothing.
    Other,
}

/// First words of what writes a line, wherever it stands.
const WRITES: &[&str] = &[
    "log", "logf", "logln", "print", "printf", "println", "info", "infof", "infoln", "warn", "warnf",
    "warnln", "warning", "warningf", "notice", "noticef", "emit", "output",
];

/// First or last words of what may write a line, in a logger.
const MAY_WRITE: &[&str] =
    &["write", "writef", "format", "header", "handle", "record", "msg", "message", "event", "entry", "line"];

/// First words of what is done once, or now and then.
const ONCE: &[&str] = &[
    "new",
    "get",
    "set",
    "with",
    "init",
    "register",
    "setup",
    "open",
    "create",
    "make",
    "default",
    "close",
    "rotate",
    "parse",
    "load",
    "is",
    "has",
    "enable",
    "configure",
    "start",
    "stop",
    "flush",
    "sync",
    "build",
];

/// Words of what is about the stack itself, or about the way through the code.
const STACK: &[&str] = &[
    "stack",
    "trace",
    "caller",
    "callers",
    "dump",
    "goroutine",
    "goroutines",
    "frame",
    "frames",
    "func",
    "function",
    "funcname",
    "enter",
    "exit",
    "usage",
    "version",
    "help",
    "where",
    "table",
    "tree",
];

/// Words of what tells a place.
const TELLS: &[&str] = &[
    "caller", "callers", "source", "location", "position", "pos", "where", "file", "fileline", "line",
    "lineno", "place", "callsite", "site",
];

/// What the name of a function says.
struct NamedLogger {
    /// That it tells a place.
    tells: bool,
    /// That it is no logger: done once, or about the stack.
    aside: bool,
    /// That it writes a line.
    writes: bool,
    /// The same, in a logger.
    may_write: bool,
}

impl NamedLogger {
    fn of(name: &str) -> NamedLogger {
        let words = words(name);
        let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let first = words.first().map(String::as_str).unwrap_or_default();
        let last = words.last().map(String::as_str).unwrap_or_default();
        NamedLogger {
            tells: any(TELLS) && !WRITES.contains(&first),
            aside: ONCE.contains(&first) || any(STACK),
            writes: WRITES.contains(&first) || matches!(last, "log" | "logf" | "logln"),
            may_write: MAY_WRITE.contains(&first) || MAY_WRITE.contains(&last),
        }
    }
}

/// What `function`, in which `call` asks for a place, is to a log.
pub(super) fn role(function: Node<'_>, call: Node<'_>) -> LoggerRole {
    let Some(name) = function.name() else { return LoggerRole::Other };
    let named = NamedLogger::of(name.text());
    if function.result().is_some() && named.tells {
        return LoggerRole::Helper;
    }
    if named.aside {
        return LoggerRole::Other;
    }
    let level = level_parameter(function, call).is_some();
    if level || named.writes || (named.may_write && in_logger(function)) {
        LoggerRole::Logger
    } else {
        LoggerRole::Other
    }
}

/// Whether the function that these are the tokens of may be something to a log, or keep
/// records: [`role`] and the rest look at what was parsed.
pub(super) fn may_log(code: &DeclTokens<'_>) -> bool {
    let Some((name, parameters)) = code.function() else { return false };
    let named = NamedLogger::of(name);
    let close = code.close_of(parameters).unwrap_or(parameters);
    let level = || (parameters..close).any(|at| says_level(code.text(at)));
    named.tells || (!named.aside && (named.writes || named.may_write || level())) || code.has_word("append")
}

fn says_level(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| matches!(word.as_str(), "level" | "lvl" | "severity" | "sev" | "loglevel" | "verbosity"))
}

/// Whether the receiver or the package of the function is a logger.
fn in_logger(function: Node<'_>) -> bool {
    let names_one = |name: &str| {
        let name = name.to_lowercase();
        let others =
            ["catalog", "dialog", "backlog", "changelog", "blog", "binlog", "oplog", "prolog", "analog"];
        name.contains("logger")
            || name.contains("logging")
            || (name.ends_with("log") && !others.iter().any(|other| name.ends_with(other)))
    };
    let receiver = function.receiver().is_some_and(|receiver| {
        receiver.descendants().any(|node| node.kind() == Kind::TypeIdentifier && names_one(node.text()))
    });
    receiver || names_one(function.file().package())
}

/// The parameter that says the level of a line, beside one that says the line. A
/// number that goes into what `call` skips is the depth of the stack.
pub(super) fn level_parameter<'t>(function: Node<'t>, call: Node<'t>) -> Option<Node<'t>> {
    let list = function.parameters()?;
    let names = list.named().flat_map(|parameter| {
        let of = parameter.ty().map(Node::text).unwrap_or_default();
        parameter.fields(Field::Name).map(|name| (name, of, parameter)).collect::<Vec<_>>()
    });
    let names: Vec<(Node<'t>, &str, Node<'t>)> = names.collect();
    let skips = |name: &str| {
        arguments(call).next().is_some_and(|skip| {
            skip.descendants().any(|node| node.kind() == Kind::Identifier && node.text() == name)
        })
    };
    let (level, _, _) = names.iter().find(|(name, of, parameter)| {
        let typed = of.rsplit('.').next().is_some_and(says_level);
        parameter.kind() == Kind::ParameterDeclaration
            && (typed || says_level(name.text()))
            && !skips(name.text())
            && !of.contains(['*', '[', '(', ' '])
    })?;
    let line = names.iter().any(|(name, of, parameter)| {
        name != level
            && (matches!(*of, "string" | "any" | "interface{}" | "error" | "[]byte")
                || parameter.kind() == Kind::VariadicParameterDeclaration)
    });
    line.then_some(*level)
}
