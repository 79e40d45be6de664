//! What a piece of code does besides computing: calls of code that is not
//! known, communication, goroutines, variables that others can reach.

use super::effects::{is_captured, is_predeclared};
use super::imports::{arguments, callee, package_of, unparenthesized};
use super::package::Package;
use super::ranges::{Ranged, has_own_length, named_type, ranged};
use super::scope::{self, Def, LocalKind};
use crate::syntax::{DeclKind, Kind, Node, NodeId};
use std::sync::Arc;

/// The first place of each kind that a piece of code was found to hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doings<'t> {
    /// A call of what is neither a builtin, a function of the standard library
    /// that only computes, nor a leaf function of the package.
    pub calls: Option<Node<'t>>,
    /// A channel operation or a `select`.
    pub communicates: Option<Node<'t>>,
    /// A range clause over what may be a function.
    pub undecided: Option<Node<'t>>,
    /// A variable of the package, of another package, or of an enclosing
    /// function.
    pub shares: Option<Node<'t>>,
}

impl Doings<'_> {
    /// Nothing of all that.
    pub fn only_computes(&self) -> bool {
        let Doings { calls, communicates, undecided, shares } = self;
        calls.is_none() && communicates.is_none() && undecided.is_none() && shares.is_none()
    }
}

/// What a call does, as far as names tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A conversion, or a builtin that only computes.
    Builtin,
    /// A function of the standard library that computes from the values that
    /// it is given.
    Standard,
    /// A function of the standard library that also reads, or writes, the
    /// memory that its arguments point to, and nothing else.
    StandardInMemory,
    /// A function or method of the package that only computes.
    Leaf,
    /// `close`.
    Close,
    /// Anything else.
    Unknown,
}

/// How deep calls of the package's own functions are followed.
const DEPTH: usize = 4;

/// What `code` does, apart from what stands in `except`.
pub fn doings<'t>(code: Node<'t>, except: &dyn Fn(Node<'t>) -> bool, package: &'t Package) -> Doings<'t> {
    first_of_each(code, except, package, &mut Vec::new())
}

fn first_of_each<'t>(
    code: Node<'t>,
    except: &dyn Fn(Node<'t>) -> bool,
    package: &'t Package,
    stack: &mut Vec<Node<'t>>,
) -> Doings<'t> {
    let mut found = Doings::default();
    examine(code, except, package, stack, &mut |kind, node| {
        let first = match kind {
            Doing::Calls => &mut found.calls,
            Doing::Communicates => &mut found.communicates,
            Doing::Undecided => &mut found.undecided,
            Doing::Shares => &mut found.shares,
        };
        *first = first.or(Some(node));
    });
    found
}

/// Statements that are left out of what is looked at.
#[derive(Clone, Copy)]
pub struct Except {
    /// A name that no other such has.
    pub name: &'static str,
    /// Whether a statement is one of them.
    pub holds: fn(Node<'_>) -> bool,
}

/// All places of each kind that [`Doings`] has the first of.
type DoingPlaces = [Vec<NodeId>; 4];

/// What `code` does, apart from what stands in `gone` or is left out. What all of it does
/// is worked out once, whatever is `gone`.
pub fn doings_without<'t>(
    code: Node<'t>,
    gone: Option<Node<'t>>,
    except: Except,
    package: &'t Package,
) -> Doings<'t> {
    let all = package.remember_of(code, except.name, || {
        let mut places = DoingPlaces::default();
        examine(code, &except.holds, package, &mut Vec::new(), &mut |kind, node| {
            places[kind as usize].push(node.place());
        });
        Arc::new(places)
    });
    let first = |kind: Doing| {
        let mut nodes = all[kind as usize].iter().map(|place| code.at(*place));
        nodes.find(|node| gone.is_none_or(|gone| !gone.span().covers(node.span())))
    };
    Doings {
        calls: first(Doing::Calls),
        communicates: first(Doing::Communicates),
        undecided: first(Doing::Undecided),
        shares: first(Doing::Shares),
    }
}

/// What a place was found to do.
#[derive(Clone, Copy)]
enum Doing {
    Calls,
    Communicates,
    Undecided,
    Shares,
}

/// What calling does.
pub fn callee_of<'t>(call: Node<'t>, package: &'t Package) -> Callee {
    classify(call, package, &mut Vec::new())
}

fn examine<'t>(
    code: Node<'t>,
    except: &dyn Fn(Node<'t>) -> bool,
    package: &'t Package,
    stack: &mut Vec<Node<'t>>,
    found: &mut dyn FnMut(Doing, Node<'t>),
) {
    let inner =
        |node: Node<'t>| !except(node) && node.parent().is_none_or(|up| up.kind() != Kind::FuncLiteral);
    for node in code.descend(inner) {
        match node.kind() {
            // What a literal does, it does when somebody calls it.
            Kind::FuncLiteral | Kind::GoStatement | Kind::DeferStatement => found(Doing::Calls, node),
            Kind::SendStatement | Kind::SelectStatement => found(Doing::Communicates, node),
            Kind::UnaryExpression if node.operator().is_some_and(|token| token.kind() == Kind::Arrow) => {
                found(Doing::Communicates, node);
            }
            Kind::RangeClause => match ranged(node, package) {
                Ranged::Data => {}
                Ranged::Channel => found(Doing::Communicates, node),
                Ranged::Iterator | Ranged::Unknown => found(Doing::Undecided, node),
            },
            Kind::CallExpression => match classify(node, package, stack) {
                Callee::Unknown => found(Doing::Calls, node),
                Callee::Close => found(Doing::Communicates, node),
                // The length of a channel is what others make it.
                Callee::Builtin if measures_channel(node, package) => found(Doing::Communicates, node),
                _ => {}
            },
            Kind::TypeConversionExpression if classify(node, package, stack) == Callee::Unknown => {
                found(Doing::Calls, node);
            }
            Kind::Identifier | Kind::SelectorExpression if is_shared(node, package) => {
                found(Doing::Shares, node)
            }
            _ => {}
        }
    }
}

/// Whether the call of a builtin asks for the length or capacity of what is, or
/// may be, a channel.
pub fn measures_channel(call: Node<'_>, package: &Package) -> bool {
    callee(call).is_some_and(|name| matches!(name.text(), "len" | "cap"))
        && !arguments(call).all(|argument| {
            // None of the functions that are known to compute gives a channel.
            let computed = callee(unparenthesized(argument))
                .filter(|callee| callee.kind() == Kind::SelectorExpression)
                .and_then(|callee| Some(standard(package_of(callee)?, callee.field()?.text())));
            has_own_length(argument, package) || computed.is_some_and(|known| known != Callee::Unknown)
        })
}

/// Whether the name means a variable that code elsewhere can reach.
fn is_shared(node: Node<'_>, package: &Package) -> bool {
    if node.kind() == Kind::SelectorExpression {
        // `math.Pi`, `time.Second`: only constants are exported by these.
        const CONSTANTS: &[&str] = &["math", "math/bits", "strconv", "time", "unicode/utf8", "unicode/utf16"];
        let called = node.parent().is_some_and(|up| callee(up) == Some(node));
        let operand = node
            .parent()
            .is_some_and(|up| up.kind() == Kind::SelectorExpression && up.operand() == Some(node));
        if called {
            return false;
        }
        return match package_of(node) {
            // `binary.LittleEndian.Uint32(b)`
            Some("encoding/binary") => !operand,
            Some(path) => !CONSTANTS.contains(&path),
            None => false,
        };
    }
    match scope::resolve(node) {
        Def::Local(local) => local.kind.is_variable() && is_captured(node, local.name),
        Def::Import(_) => false,
        Def::TopLevel(_) | Def::Outside => {
            let declarations = package.declarations(node.text());
            if declarations.is_empty() {
                // From a dot import, or a declaration that could not be read;
                // a key may also be the field of a struct.
                let key = node.parent().is_some_and(|element| element.kind() == Kind::LiteralElement)
                    && node.ancestors().nth(1).is_some_and(|up| up.kind() == Kind::KeyedElement);
                return !key && node.text() != "_" && !is_predeclared(node.text(), package);
            }
            declarations.iter().any(|declaration| declaration.kind() == Kind::VarDeclaration)
        }
    }
}

fn classify<'t>(call: Node<'t>, package: &'t Package, stack: &mut Vec<Node<'t>>) -> Callee {
    if call.kind() == Kind::TypeConversionExpression {
        let Some(target) = call.ty() else { return Callee::Unknown };
        // `f[int](x)` has the syntax of a conversion.
        return match target.ty().filter(|_| target.kind() == Kind::GenericType) {
            Some(name) => of_name(name, package, stack),
            None => Callee::Builtin,
        };
    }
    let Some(callee) = callee(call) else { return Callee::Unknown };
    let callee = match callee.kind() {
        // `f[int](x)` with a simple type argument.
        Kind::IndexExpression => callee.operand().map_or(callee, unparenthesized),
        _ => callee,
    };
    match callee.kind() {
        Kind::Identifier => of_name(callee, package, stack),
        Kind::SelectorExpression => {
            let Some(name) = callee.field().map(Node::text) else { return Callee::Unknown };
            match package_of(callee) {
                Some(path) => standard(path, name),
                None => of_method(callee, name, package, stack),
            }
        }
        _ => Callee::Unknown,
    }
}

fn of_name<'t>(name: Node<'t>, package: &'t Package, stack: &mut Vec<Node<'t>>) -> Callee {
    const BUILTINS: &[&str] = &[
        "append", "cap", "clear", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new",
        "panic", "real",
    ];
    const VALUES: &[&str] = &["print", "println", "recover", "close", "true", "false", "nil", "iota"];
    let text = name.text();
    match scope::resolve(name) {
        Def::Local(local) if matches!(local.kind, LocalKind::Type | LocalKind::TypeParam) => Callee::Builtin,
        Def::Local(_) | Def::Import(_) => Callee::Unknown,
        Def::TopLevel(_) | Def::Outside => {
            let declarations = package.declarations(text);
            if declarations.is_empty() {
                let builtin = is_predeclared(text, package);
                return match text {
                    "close" if builtin => Callee::Close,
                    // A type of the universe block converts.
                    _ if builtin && (BUILTINS.contains(&text) || !VALUES.contains(&text)) => Callee::Builtin,
                    _ => Callee::Unknown,
                };
            }
            if declarations.iter().all(|declaration| declaration.kind() == Kind::TypeDeclaration) {
                return Callee::Builtin;
            }
            let broken = package.broken(|decl| {
                decl.kind != DeclKind::Method && decl.names.iter().any(|declared| declared.text == text)
            });
            let leaves = declarations.iter().all(|declaration| {
                declaration.kind() == Kind::FunctionDeclaration && is_leaf(*declaration, package, stack)
            });
            if leaves && !broken { Callee::Leaf } else { Callee::Unknown }
        }
    }
}

fn of_method<'t>(callee: Node<'t>, name: &str, package: &'t Package, stack: &mut Vec<Node<'t>>) -> Callee {
    let Some(operand) = callee.operand() else { return Callee::Unknown };
    if operand.kind() == Kind::SelectorExpression
        && package_of(operand) == Some("encoding/binary")
        && operand.field().is_some_and(|order| order.text().ends_with("Endian"))
    {
        return Callee::StandardInMemory;
    }
    let Some(receiver) = named_type(operand, package) else { return Callee::Unknown };
    let methods = package.methods(Some(receiver), name);
    let broken = package.broken(|decl| {
        decl.kind == DeclKind::Method && decl.names.iter().any(|declared| declared.text == name)
    });
    let leaves = !methods.is_empty() && methods.iter().all(|method| is_leaf(*method, package, stack));
    if leaves && !broken { Callee::Leaf } else { Callee::Unknown }
}

fn is_leaf<'t>(function: Node<'t>, package: &'t Package, stack: &mut Vec<Node<'t>>) -> bool {
    // A function without a body is written in another language.
    let Some(body) = function.body() else { return false };
    if stack.len() >= DEPTH || stack.contains(&function) {
        return false;
    }
    stack.push(function);
    let jumps = body.descendants().any(|node| node.kind() == Kind::GotoStatement);
    let leaf = !jumps && first_of_each(body, &|_| false, package, stack).only_computes();
    stack.pop();
    leaf
}

/// The functions of the standard library that only compute: no state, no lock,
/// no callback, no iterator.
fn standard(path: &str, name: &str) -> Callee {
    const ITERATORS: &[&str] = &["All", "Values", "Keys", "Backward", "Collect", "Sorted", "Chunk", "Insert"];
    let calls_back = name.ends_with("Func") || name.ends_with("Seq") || name.ends_with("FuncSeq");
    match path {
        "math" | "math/bits" | "math/cmplx" | "unicode/utf16" | "cmp" => Callee::Standard,
        "strconv" | "unicode" => Callee::Standard,
        "unicode/utf8" => Callee::StandardInMemory,
        "strings" if !calls_back && !matches!(name, "Map" | "Lines" | "NewReplacer" | "NewReader") => {
            Callee::Standard
        }
        "bytes" if !calls_back && !matches!(name, "Map" | "Lines" | "NewReader" | "NewBuffer") => {
            Callee::StandardInMemory
        }
        "slices" | "maps" if !calls_back && !ITERATORS.contains(&name) && !name.starts_with("Sorted") => {
            Callee::StandardInMemory
        }
        "sort" if matches!(name, "Ints" | "Float64s" | "Strings" | "SearchInts" | "SearchStrings") => {
            Callee::StandardInMemory
        }
        _ if is_type(path, name) => Callee::Builtin,
        _ => Callee::Unknown,
    }
}

/// Whether the exported name is a type of the standard library that values are converted
/// to.
fn is_type(path: &str, name: &str) -> bool {
    match path {
        "time" => matches!(name, "Duration" | "Month" | "Weekday"),
        "os" => matches!(name, "FileMode" | "Signal"),
        "io/fs" => matches!(name, "FileMode"),
        "net" => matches!(name, "IP" | "IPMask" | "HardwareAddr" | "Flags"),
        "net/http" => matches!(name, "Header" | "HandlerFunc"),
        "net/url" => name == "Values",
        "encoding/json" => matches!(name, "RawMessage" | "Number"),
        "math/big" => name == "Word",
        "reflect" => matches!(name, "Kind" | "StructTag"),
        "sort" => matches!(name, "IntSlice" | "Float64Slice" | "StringSlice"),
        "syscall" => matches!(name, "Errno" | "Signal" | "Handle"),
        "html/template" => matches!(name, "HTML" | "HTMLAttr" | "CSS" | "JS" | "JSStr" | "URL"),
        "unsafe" => matches!(name, "Pointer" | "Sizeof" | "Alignof" | "Offsetof"),
        _ => false,
    }
}

/// Whether the call is one that leaves its effect in memory that outlives it:
/// a builtin or standard function that writes through an argument.
pub fn writes_through(call: Node<'_>, package: &Package) -> bool {
    let Some(callee) = callee(call) else { return false };
    match callee.kind() {
        Kind::Identifier => {
            matches!(callee.text(), "copy" | "delete" | "clear" | "panic")
                && is_predeclared(callee.text(), package)
        }
        // A function of these whose result is thrown away works in place.
        _ => call.parent().is_some_and(|statement| statement.kind() == Kind::ExpressionStatement),
    }
}
