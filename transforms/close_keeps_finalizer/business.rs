//! Whether `Close` and the finalizer do the same business: whether either leaves the other
//! something to do.

use crate::model::fields::{spelled, type_name, type_spec};
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::model::types::{self, Type};
use crate::model::words::words;
use crate::rewrite::Cx;
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{FinalizerAction, FinalizerCode, FinalizerSetting, statements};

/// Whether `Close` surely does nothing of what the finalizer does.
pub(super) fn is_other<'t>(
    setting: &FinalizerSetting<'t>,
    holder: &str,
    close: Node<'t>,
    package: &'t Package,
) -> bool {
    const RELEASES: &[&str] = &[
        "close", "free", "release", "destroy", "unmap", "munmap", "dispose", "shutdown", "stop", "cancel",
        "delete", "remove", "kill", "unref", "cleanup", "drop", "end", "finish", "teardown", "exit", "do",
    ];
    let Some(code) = setting.code(package) else { return false };
    let own = called_by(close, holder, package);
    let theirs = called_by(code.function, holder, package);
    let releases = |name: &str| words(name).iter().any(|word| RELEASES.contains(&word.as_str()));
    let closes_whole = code.body.descendants().filter_map(callee).any(|called| {
        called.field().is_some_and(|name| name.text() == "Close")
            && called
                .operand()
                .is_some_and(|of| code.object.is_some_and(|object| scope::resolve(of) == Def::Local(object)))
    });
    // Another goroutine may release.
    let tells = close.descendants().any(|node| node.is(&[Kind::SendStatement, Kind::GoStatement]));
    code.function != close
        && !tells
        && !closes_whole
        && !own.iter().any(|name| releases(name) || theirs.contains(name))
}

/// The names of what a function calls, and of what the functions and methods of the type call
/// that it calls; what only says something, or is about the thread, left out.
fn called_by<'t>(function: Node<'t>, holder: &str, package: &'t Package) -> Vec<&'t str> {
    let mut pending = vec![function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    let mut found = Vec::new();
    while let Some(at) = pending.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for called in at.descendants().filter_map(callee) {
            let name = called.field().unwrap_or(called).text();
            match package_of(called) {
                Some("runtime" | "log" | "log/slog" | "fmt" | "errors") => continue,
                Some(_) => {}
                None if called.kind() == Kind::Identifier => {
                    let functions = package.declarations(name);
                    pending.extend(functions.into_iter().filter(|it| it.kind() == Kind::FunctionDeclaration));
                }
                None => {
                    let direct = called.operand().is_some_and(|of| of.kind() == Kind::Identifier);
                    let methods = package.methods(Some(holder), name);
                    pending.extend(methods.into_iter().filter(|_| direct));
                }
            }
            found.push(name);
        }
    }
    found
}

/// How many calls of its own methods `Close` is followed through.
const DEPTH: usize = 3;

/// Whether the finalizer looks first at what `Close` has written down, and then finds its work done.
pub(super) fn finds_gone<'t>(
    code: FinalizerCode<'t>,
    holder: &str,
    close: Node<'t>,
    package: &'t Package,
) -> bool {
    let Some(tested) = tested(code, holder, package) else { return false };
    marks(close, holder, &tested, package, DEPTH)
}

/// The fields that the finalizer, or the method that it calls first, tests before all else.
fn tested<'t>(code: FinalizerCode<'t>, holder: &str, package: &'t Package) -> Option<Vec<&'t str>> {
    let own = |node: Node<'_>| code.object.is_some_and(|object| scope::resolve(node) == Def::Local(object));
    let first = statements(code.body).into_iter().next()?;
    let asked = match first.kind() {
        Kind::IfStatement => first.condition()?,
        Kind::ExpressionStatement => first,
        _ => return None,
    };
    let fields = |asked: Node<'t>, own: &dyn Fn(Node<'t>) -> bool| -> Vec<&'t str> {
        let selectors = asked.descendants().filter(|node| node.kind() == Kind::SelectorExpression);
        let of_object =
            selectors.filter(|node| callee_of(*node).is_none() && node.operand().is_some_and(own));
        of_object.filter_map(|node| node.field()).map(Node::text).collect()
    };
    // `x.once.Do(func() {...})`
    let once = |statement: Node<'t>| {
        let called = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement);
        let called = called.and_then(callee).filter(|it| it.field().is_some_and(|name| name.text() == "Do"));
        called.and_then(Node::operand).and_then(|flag| flag.field()).map(Node::text)
    };
    let of_first = |first: Node<'t>, own: &dyn Fn(Node<'t>) -> bool| match first.kind() {
        Kind::IfStatement => first.condition().map(|condition| fields(condition, own)).unwrap_or_default(),
        _ => once(first).into_iter().collect(),
    };
    let method = code.function.kind() == Kind::MethodDeclaration;
    let found = if method { of_first(first, &is_receiver) } else { of_first(first, &own) };
    if method || !found.is_empty() {
        return (!found.is_empty()).then_some(found);
    }
    let methods = asked.descendants().filter_map(callee).filter(|called| called.operand().is_some_and(own));
    let names = methods.filter_map(|called| called.field());
    let found: Vec<&'t str> = names
        .filter_map(|name| match package.methods(Some(holder), name.text())[..] {
            [only] => only.body().and_then(|body| statements(body).into_iter().next()),
            _ => None,
        })
        .flat_map(|first| of_first(first, &is_receiver))
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Whether a function writes one of these fields of its object, by itself or by a method that it calls on it.
fn marks<'t>(function: Node<'t>, holder: &str, fields: &[&str], package: &'t Package, depth: usize) -> bool {
    const SWAPS: &[&str] = &["CompareAndSwap", "Swap", "Store", "Do"];
    let Some(body) = function.body() else { return false };
    let marked = body.descendants().any(|node| {
        let ours = node.kind() == Kind::SelectorExpression
            && node.operand().is_some_and(is_receiver)
            && node.field().is_some_and(|field| fields.contains(&field.text()));
        let swapped = || {
            let method = node.parent().filter(|up| up.operand() == Some(node) && callee_of(*up).is_some());
            method.and_then(|method| method.field()).is_some_and(|name| SWAPS.contains(&name.text()))
        };
        ours && (is_written(node) || swapped())
    });
    let called =
        body.descendants().filter_map(callee).filter(|called| called.operand().is_some_and(is_receiver));
    let mut names = called.filter_map(|called| called.field());
    marked
        || depth > 0
            && names.any(|name| {
                let methods = package.methods(Some(holder), name.text());
                matches!(methods[..], [only] if marks(only, holder, fields, package, depth - 1))
            })
}

/// Whether the node is the receiver of the method around it.
fn is_receiver(node: Node<'_>) -> bool {
    node.kind() == Kind::Identifier
        && matches!(scope::resolve(node), Def::Local(local) if local.kind == LocalKind::Receiver)
}

/// The call whose callee is `selector`.
fn callee_of(selector: Node<'_>) -> Option<Node<'_>> {
    selector.parent().filter(|call| callee(*call) == Some(selector))
}

/// Whether `Close`, or a method that it calls on its object, writes or looks at what the object
/// keeps, so that a second run probably does nothing.
pub(super) fn looks_first<'t>(close: Node<'t>, holder: &str, package: &'t Package) -> bool {
    looks(close, holder, package, DEPTH)
}

fn looks<'t>(close: Node<'t>, holder: &str, package: &'t Package, depth: usize) -> bool {
    let Some(body) = close.body() else { return false };
    let of_receiver = |node: Node<'_>| {
        node.kind() == Kind::SelectorExpression
            && package_of(node).is_none()
            && node.operand().is_some_and(|operand| {
                operand.kind() == Kind::Identifier
                    && matches!(scope::resolve(operand), Def::Local(local) if local.kind == LocalKind::Receiver)
            })
    };
    let tests = |statement: &Node<'_>| {
        statement.kind() == Kind::IfStatement
            && statement.condition().is_some_and(|condition| condition.descendants().any(of_receiver))
    };
    // `x.once.Do(func() {...})`
    let once = |node: Node<'_>| {
        callee(node).is_some_and(|called| {
            called.field().is_some_and(|name| name.text() == "Do")
                && called.operand().is_some_and(|of| {
                    of_receiver(of)
                        && of.field().is_some_and(|name| name.text().to_lowercase().contains("once"))
                })
        })
    };
    if body.descendants().any(|node| of_receiver(node) && is_written(node) || once(node))
        || statements(body).first().is_some_and(tests)
    {
        return true;
    }
    let called = body.descendants().filter_map(callee).filter(|called| of_receiver(*called));
    let names = called.filter_map(|called| called.field());
    depth > 0
        && names
            .map(|name| package.methods(Some(holder), name.text()))
            .any(|methods| matches!(methods[..], [only] if looks(only, holder, package, depth - 1)))
}

/// What a second run of a finalizer works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// A number that the system may have given to somebody else.
    Descriptor,
    /// Memory or a handle of C code.
    Foreign,
    /// An object that knows its state, as far as can be seen.
    Object,
}

/// What the finalizer, and the functions of the package that it calls, would release again.
pub(super) fn again<'t>(code: FinalizerCode<'t>, holder: &str, package: &'t Package) -> Again {
    const CLOSING: &[&str] = &["Close", "CloseHandle", "Closesocket", "Munmap"];
    let mut pending = vec![code.function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    let mut found = Again::Object;
    while let Some(at) = pending.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for called in at.descendants().filter_map(callee) {
            let name = called.field().unwrap_or(called).text();
            match package_of(called) {
                Some("C") => found = Again::Foreign,
                Some("os") if name == "NewFile" => return Again::Descriptor,
                Some(path) if path == "syscall" || path.starts_with("golang.org/x/sys/") => {
                    if CLOSING.contains(&name) {
                        return Again::Descriptor;
                    }
                }
                Some(_) => {}
                None if called.kind() == Kind::Identifier => {
                    let functions = package.declarations(name);
                    pending.extend(functions.into_iter().filter(|it| it.kind() == Kind::FunctionDeclaration));
                }
                None => pending.extend(package.methods(Some(holder), name)),
            }
        }
    }
    found
}

/// The type of the package whose method `(*T).Close` or `T.Close` is, as an expression.
fn method_of<'t>(operand: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let mut at = unparenthesized(operand);
    if at.is(&[Kind::UnaryExpression, Kind::PointerType]) {
        at = unparenthesized(at.named().next()?);
    }
    let named = at.is(&[Kind::Identifier, Kind::TypeIdentifier]) && type_spec(at.text(), package).is_some();
    named.then_some(at)
}

/// Whether the expression is a pointer to a type of another package. A value of such a type may
/// be an interface, and so hold anything.
fn points_elsewhere<'t>(expression: Node<'t>, package: &'t Package) -> bool {
    let pointed_to = match types::type_of(expression, package) {
        Some(Type::Pointer(inner)) => match *inner {
            Type::Written(node) => Some(node),
            _ => None,
        },
        Some(Type::Written(node)) if node.kind() == Kind::PointerType => node.named().next(),
        _ => None,
    };
    pointed_to.is_some_and(|node| node.kind() == Kind::QualifiedType)
}

/// Whether the object that gets the finalizer stays with those who find it by a weak pointer: it is
/// neither given back, handed on nor kept, and its function does not close it.
pub(super) fn is_only_borrowed(setting: &FinalizerSetting<'_>) -> bool {
    let object = arguments(setting.call).next().filter(|given| given.kind() == Kind::Identifier);
    let Some(Def::Local(local)) = object.map(scope::resolve) else { return false };
    let mut weak = false;
    let borrows = |mention: Node<'_>| {
        let Some(up) = mention.parent() else { return false };
        match up.kind() {
            Kind::SelectorExpression => up.field().is_some_and(|name| name.text() != "Close"),
            Kind::BinaryExpression => true,
            Kind::ArgumentList => {
                let Some(called) = up.parent().and_then(callee) else { return false };
                let points = is_symbol(called, "weak", "Make");
                weak |= points;
                points || setting.call.holds(mention)
            }
            _ => mention == local.name || is_written(mention),
        }
    };
    scope::mentions(local).into_iter().all(borrows) && weak
}

/// Whether nobody but the finalizer calls `close`, the method `Close` of a type that only this
/// package, or this program, can name.
pub(super) fn only_finalizer_closes<'t>(
    setting: &FinalizerSetting<'t>,
    holder: &str,
    close: Node<'t>,
    cx: &Cx<'t>,
) -> bool {
    let package = cx.package();
    let own = !holder.starts_with(char::is_uppercase) || cx.file.package() == "main";
    let by_name = matches!(setting.action, FinalizerAction::Method { name, .. } if name.text() == "Close");
    let calls = by_name
        || setting.code(package).is_some_and(|code| {
            code.body.descendants().filter_map(callee).any(|called| {
                called.field().is_some_and(|name| name.text() == "Close")
                    && called.operand().is_some_and(|of| {
                        code.object.is_some_and(|object| scope::resolve(of) == Def::Local(object))
                    })
            })
        });
    if !own || !calls {
        return false;
    }
    let finalizer = setting.code(package).map(|code| code.function);
    spelled("Close", package).is_ok_and(|places| {
        !places.into_iter().filter(|place| !place.file().is_test()).any(|place| {
            let selected = place.parent().filter(|up| {
                up.kind() == Kind::SelectorExpression
                    && up.field() == Some(place)
                    && package_of(*up).is_none()
            });
            selected.and_then(|selected| selected.operand()).is_some_and(|operand| {
                let finalizes = !by_name && finalizer.is_some_and(|function| function.holds(place));
                // What it calls itself, it calls when it has been called.
                let own = setting.call.holds(place) || close.holds(place) || finalizes;
                !own && match type_name(operand, package).or_else(|| method_of(operand, package)) {
                    Some(of) => of.text() == holder,
                    None => !points_elsewhere(operand, package),
                }
            })
        })
    })
}
