//! How far the address that an expression gives can be reached, as far as the
//! code says.

use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol, unparenthesized};
use crate::model::locals::is_written;
use crate::model::recording::first_value;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::syntax::outline::unquoted;
use crate::syntax::{Field, Kind, Node};

/// How far an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressReach {
    /// Only from the machine itself.
    Loopback,
    /// From elsewhere too.
    Network,
    /// It is not written in the code.
    Unknown,
    /// A flag or a setting says it, by default only from the machine itself.
    LoopbackByDefault,
    /// A flag or a setting says it, by default from elsewhere too.
    NetworkByDefault,
}

impl AddressReach {
    /// The same, when it is only what holds unless somebody says otherwise.
    fn by_default(self) -> AddressReach {
        match self {
            AddressReach::Loopback => AddressReach::LoopbackByDefault,
            AddressReach::Network => AddressReach::NetworkByDefault,
            other => other,
        }
    }

    /// Whether only the machine itself reaches it, unless somebody says otherwise.
    pub fn is_private(self) -> bool {
        matches!(self, AddressReach::Loopback | AddressReach::LoopbackByDefault)
    }

    /// How far an address can be reached that is one of several: what is on
    /// loopback in one case may be meant to stay there.
    fn one_of(all: impl IntoIterator<Item = AddressReach>) -> AddressReach {
        let all: Vec<AddressReach> = all.into_iter().collect();
        match all[..] {
            [only] => only,
            _ if all.iter().any(|one| one.is_private()) => AddressReach::LoopbackByDefault,
            _ => AddressReach::furthest(all),
        }
    }

    /// How far several can be reached: as far as the furthest that is known;
    /// nothing is certain when there are several.
    fn furthest(all: impl IntoIterator<Item = AddressReach>) -> AddressReach {
        let all: Vec<AddressReach> = all.into_iter().collect();
        match all[..] {
            [only] => only,
            _ if all
                .iter()
                .any(|one| matches!(one, AddressReach::Network | AddressReach::NetworkByDefault)) =>
            {
                AddressReach::NetworkByDefault
            }
            _ if all.iter().any(|one| one.is_private()) => AddressReach::LoopbackByDefault,
            _ => AddressReach::Unknown,
        }
    }
}

/// The code in which names are looked up: the roots of the declarations whose
/// text holds a word. With an import path, only those of files that import it.
pub type AddressCode<'a, 'p> = dyn Fn(&str, Option<&str>) -> Vec<Node<'p>> + 'a;

/// From how many functions to their callers an address is followed.
const CALLERS: usize = 3;

/// How far the address can be reached that `expression` says.
pub fn reach<'p>(expression: Node<'p>, code: &AddressCode<'_, 'p>) -> AddressReach {
    of(expression, code, CALLERS)
}

/// How far the listener can be reached that `expression` is.
pub fn listener<'p>(expression: Node<'p>, code: &AddressCode<'_, 'p>) -> AddressReach {
    let made = match variable(expression) {
        Some(local) => first_value(local),
        None => Some(expression),
    };
    let Some(call) = made.filter(|made| is_call(*made, "net", "Listen")) else {
        return AddressReach::Unknown;
    };
    let mut given = arguments(call);
    match (given.next().and_then(text), given.next()) {
        (Some(network), _) if network.starts_with("unix") => AddressReach::Loopback,
        (_, Some(address)) => reach(address, code),
        _ => AddressReach::Unknown,
    }
}

fn of<'p>(expression: Node<'p>, code: &AddressCode<'_, 'p>, callers: usize) -> AddressReach {
    let expression = pointed(unparenthesized(expression));
    if let Some(address) = constant(expression, code) {
        return of_text(&address);
    }
    match expression.kind() {
        Kind::Identifier => match scope::resolve(expression) {
            Def::Local(local) if local.kind == LocalKind::Param => of_parameter(local, code, callers),
            Def::Local(local) if local.kind.is_variable() => {
                AddressReach::one_of(values(local).into_iter().map(|value| of(value, code, callers)))
            }
            Def::TopLevel(_) | Def::Outside => of_setting(expression, code),
            _ => AddressReach::Unknown,
        },
        Kind::SelectorExpression => of_setting(expression, code),
        Kind::CallExpression => of_call(expression, code, callers),
        _ => AddressReach::Unknown,
    }
}

/// `addr` of `*addr`.
fn pointed(expression: Node<'_>) -> Node<'_> {
    let star = expression.kind() == Kind::UnaryExpression
        && expression.operator().is_some_and(|operator| operator.kind() == Kind::Star);
    expression.operand().filter(|_| star).map_or(expression, unparenthesized)
}

/// How far `host:port` can be reached.
fn of_text(address: &str) -> AddressReach {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    if is_loopback(host) { AddressReach::Loopback } else { AddressReach::Network }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `fmt.Sprintf(":%d", port)`, `net.JoinHostPort("localhost", port)`, a flag with
/// its default, or any function that is handed an address to fall back on.
fn of_call<'p>(call: Node<'p>, code: &AddressCode<'_, 'p>, callers: usize) -> AddressReach {
    let given: Vec<Node<'p>> = arguments(call).collect();
    if is_call(call, "fmt", "Sprintf") {
        let Some(format) = given.first().and_then(|format| constant(*format, code)) else {
            return AddressReach::Unknown;
        };
        return match format.split_once(':') {
            Some((host, _)) if !host.contains('%') => of_text(&format!("{host}:0")),
            Some(("%s" | "%v", _)) => given.get(1).map_or(AddressReach::Unknown, |host| of_host(*host, code)),
            _ => AddressReach::Unknown,
        };
    }
    if is_call(call, "net", "JoinHostPort") {
        return given.first().map_or(AddressReach::Unknown, |host| of_host(*host, code));
    }
    let name = callee(call).map(|callee| callee.field().unwrap_or(callee).text());
    let looks_like_one = |text: &String| {
        text.rsplit_once(':')
            .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let fallback = given.iter().rev().filter_map(|given| constant(*given, code)).find(looks_like_one);
    match (name, fallback) {
        (Some(_), Some(address)) => of_text(&address).by_default(),
        // kingpin: `Flag("listen", "…").Default(":8080").String()`
        (Some("String" | "StringVar" | "TCP" | "Envar" | "Short" | "Required"), None) => {
            let chained = callee(call).and_then(|callee| callee.operand());
            match chained.filter(|chained| chained.kind() == Kind::CallExpression) {
                Some(chained) => of(chained, code, callers).by_default(),
                None => AddressReach::Unknown,
            }
        }
        _ => AddressReach::Unknown,
    }
}

fn of_host<'p>(host: Node<'p>, code: &AddressCode<'_, 'p>) -> AddressReach {
    let said = |host: Node<'p>| match constant(unparenthesized(host), code) {
        Some(host) => of_text(&format!("{host}:0")),
        None => AddressReach::Unknown,
    };
    match variable(unparenthesized(host)) {
        Some(local) => AddressReach::one_of(values(local).into_iter().map(said)),
        None => said(host),
    }
}

/// What the callers of the function give for its parameter.
fn of_parameter<'p>(local: Local<'p>, code: &AddressCode<'_, 'p>, callers: usize) -> AddressReach {
    let Some(function) = function_of(local.name).filter(|function| function.kind() != Kind::FuncLiteral)
    else {
        return AddressReach::Unknown;
    };
    let names = function.parameters().into_iter().flat_map(Node::named);
    let names = names.flat_map(|parameter| parameter.fields(Field::Name).collect::<Vec<_>>());
    let index = names.into_iter().position(|name| name == local.name);
    let (Some(index), Some(name), Some(callers)) = (index, function.name(), callers.checked_sub(1)) else {
        return AddressReach::Unknown;
    };
    let calls = code(name.text(), None).into_iter().flat_map(Node::descendants).filter(|node| {
        callee(*node).is_some_and(|callee| callee.field().unwrap_or(callee).text() == name.text())
    });
    let given: Vec<AddressReach> = calls
        .filter_map(|call| arguments(call).nth(index))
        .map(|argument| of(argument, code, callers))
        .collect();
    match &given[..] {
        [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
        _ => AddressReach::furthest(given),
    }
}

/// The default of a setting: a package variable or a field. Looked for where a flag
/// is bound to it (`flag.StringVar(&cfg.Addr, "addr", ":80", "…")`), in the tag of the
/// field (`default:":80"`), and in the variable's own value.
fn of_setting<'p>(setting: Node<'p>, code: &AddressCode<'_, 'p>) -> AddressReach {
    let name = setting.field().unwrap_or(setting).text();
    let mut found = Vec::new();
    for root in code(name, None) {
        for node in root.descendants() {
            match node.kind() {
                Kind::CallExpression => {
                    let bound = |given: Node<'p>| {
                        given.kind() == Kind::UnaryExpression
                            && given
                                .operand()
                                .is_some_and(|operand| operand.field().unwrap_or(operand).text() == name)
                    };
                    if arguments(node).next().is_some_and(bound) {
                        found.push(of_call(node, code, 0));
                    }
                }
                Kind::FieldDeclaration
                    if node.fields(Field::Name).any(|declared| declared.text() == name) =>
                {
                    found.extend(node.tag().and_then(|tag| tag_default(tag.text())));
                }
                Kind::VarSpec if node.fields(Field::Name).any(|declared| declared.text() == name) => {
                    let top = node
                        .ancestors()
                        .all(|up| up.is(&[Kind::VarDeclaration, Kind::VarSpecList, Kind::SourceFile]));
                    let only = node.fields(Field::Name).count() == 1 && setting.kind() == Kind::Identifier;
                    let value = node.value().filter(|_| top && only).and_then(|list| list.named().next());
                    found.extend(value.map(|value| of(value, code, 0).by_default()));
                }
                _ => {}
            }
        }
    }
    found.retain(|one| *one != AddressReach::Unknown);
    AddressReach::one_of(found)
}

/// What the tag of a field says of its default.
fn tag_default(tag: &str) -> Option<AddressReach> {
    let key = ["default:\"", "envDefault:\""].into_iter().find(|key| tag.contains(key))?;
    let value = tag.split_once(key)?.1.split_once('"')?.0;
    (!value.is_empty()).then(|| of_text(value).by_default())
}

/// The variable that `expression` is.
fn variable(expression: Node<'_>) -> Option<Local<'_>> {
    match scope::resolve(expression) {
        Def::Local(local) if expression.kind() == Kind::Identifier && local.kind.is_variable() => Some(local),
        _ => None,
    }
}

/// All that a local variable is ever set to, its first value first.
fn values<'p>(local: Local<'p>) -> Vec<Node<'p>> {
    let later =
        scope::mentions(local).into_iter().filter(|mention| is_written(*mention)).filter_map(|mention| {
            let owner =
                mention.parent()?.parent().filter(|owner| owner.kind() == Kind::AssignmentStatement)?;
            let index = mention.parent()?.named().position(|name| name == mention)?;
            owner.right()?.named().nth(index)
        });
    let mut found: Vec<Node<'p>> = first_value(local).into_iter().collect();
    for value in later {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    // `flag.StringVar(&addr, "addr", ":80", "…")`
    let bound = scope::mentions(local).into_iter().filter_map(|mention| {
        let given = mention.parent().filter(|given| given.kind() == Kind::UnaryExpression)?;
        given.parent()?.parent().filter(|call| call.kind() == Kind::CallExpression)
    });
    found.extend(bound);
    found
}

/// The text of a string literal, or of a name that stands for one all its life.
fn constant<'p>(expression: Node<'p>, code: &AddressCode<'_, 'p>) -> Option<String> {
    match expression.kind() {
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => text(expression),
        Kind::BinaryExpression => {
            if expression.operator()?.kind() != Kind::Plus {
                return None;
            }
            let left = constant(expression.left()?, code)?;
            match constant(expression.right()?, code) {
                Some(right) => Some(left + &right),
                // "localhost:" + port: the host decides.
                None if left.contains(':') => Some(left),
                // "localhost" + address
                None => is_loopback(&left).then_some(left),
            }
        }
        Kind::Identifier => {
            let named = |node: &Node<'_>| {
                node.kind() == Kind::ConstSpec
                    && node.fields(Field::Name).any(|name| name.text() == expression.text())
            };
            let spec = match scope::resolve(expression) {
                Def::Local(local) if local.kind == LocalKind::Const => local.name.parent(),
                Def::Local(_) | Def::Import(_) => None,
                // In this file or another one of the package.
                Def::TopLevel(_) | Def::Outside => {
                    let package = expression.file().path().parent();
                    let beside = |root: &Node<'_>| root.file().path().parent() == package;
                    let roots = code(expression.text(), None).into_iter().filter(beside);
                    let mut specs = roots.flat_map(Node::descendants).filter(named);
                    specs.next().filter(|_| specs.next().is_none())
                }
            };
            let spec = spec.filter(|spec| spec.kind() == Kind::ConstSpec)?;
            let only = spec.value()?.named().next().filter(|_| spec.fields(Field::Name).count() == 1)?;
            constant(only, code)
        }
        _ => None,
    }
}

fn text(literal: Node<'_>) -> Option<String> {
    literal.is(&[Kind::InterpretedStringLiteral, Kind::RawStringLiteral]).then(|| unquoted(literal.text()))
}

/// Whether `expression` is `http.DefaultServeMux`, `nil` in the place of a handler, or
/// a variable that is nothing else all its life.
pub fn is_default_mux<'p>(expression: Node<'p>, code: &AddressCode<'_, 'p>) -> bool {
    let plain = |node: Node<'p>| {
        let node = unparenthesized(node);
        node.text() == "nil"
            || is_symbol(node, "net/http", "DefaultServeMux")
            || (is_call(node, "net/http", "Handler") && arguments(node).all(|given| given.text() == "nil"))
    };
    let expression = unparenthesized(expression);
    if plain(expression) {
        return true;
    }
    match scope::resolve(expression) {
        Def::Local(_) => variable(expression).is_some_and(|local| {
            let all = values(local);
            // `var handler http.Handler` that nothing is ever put in.
            let empty = || {
                local.name.parent().is_some_and(|spec| {
                    spec.kind() == Kind::VarSpec
                        && spec.value().is_none()
                        && spec.ty().is_some_and(|of| is_symbol(of, "net/http", "Handler"))
                })
            };
            if all.is_empty() { empty() } else { all.into_iter().all(plain) }
        }),
        Def::TopLevel(_) | Def::Outside if expression.kind() == Kind::Identifier => {
            let all = package_values(expression, code);
            !all.is_empty() && all.into_iter().all(|value| value.is_some_and(plain))
        }
        _ => false,
    }
}

/// All that a variable of the package is set to; `None` for what does not show.
fn package_values<'p>(name: Node<'p>, code: &AddressCode<'_, 'p>) -> Vec<Option<Node<'p>>> {
    let package = name.file().path().parent();
    let beside = |root: &Node<'_>| root.file().path().parent() == package;
    let roots = code(name.text(), None).into_iter().filter(beside).flat_map(Node::descendants);
    let mentions = roots.filter(|node| node.kind() == Kind::Identifier && node.text() == name.text());
    let ours = mentions.filter(|node| !matches!(scope::resolve(*node), Def::Local(_) | Def::Import(_)));
    ours.filter_map(|mention| {
        let parent = mention.parent()?;
        let owner = if parent.kind() == Kind::ExpressionList { parent.parent()? } else { parent };
        match owner.kind() {
            Kind::VarSpec if mention.field_name() == Some(Field::Name) => {
                let one = owner.fields(Field::Name).count() == 1;
                Some(owner.value().filter(|_| one).and_then(|list| list.named().next()))
            }
            Kind::AssignmentStatement if parent.field_name() == Some(Field::Left) => {
                let index = parent.named().position(|target| target == mention)?;
                Some(owner.right().and_then(|right| right.named().nth(index)))
            }
            // Its address is taken.
            Kind::UnaryExpression => Some(None),
            _ => None,
        }
    })
    .collect()
}
