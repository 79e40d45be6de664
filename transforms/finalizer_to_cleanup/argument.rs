//! The one field that the finalizer reads, which the cleanup gets as a copy:
//! what it is, whether it stays what it is, and the literal without the object.

use super::refusal::CleanupRefusal;
use crate::model::effects::function_of;
use crate::model::fields::{spelled, type_name, uses};
use crate::model::imports::{callee, package_of, parenthesized};
use crate::model::locals::{gives_address, is_written};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::model::structs::{Struct, StructField, inside_another};
use crate::model::types::{Type, is_basic, type_of};
use crate::rewrite::{Cx, Fix};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::FinalizerSetting;

/// The argument of the cleanup.
pub(super) struct Argument<'t> {
    literal: Node<'t>,
    /// The object in the literal.
    object: Local<'t>,
    pub(super) field: StructField<'t>,
    /// The name of the copy in the literal.
    name: String,
    /// `x.f` in the literal.
    reads: Vec<Node<'t>>,
}

/// Whether `object` has the type `*holder`, as far as syntax tells.
pub(super) fn is_pointer_to(object: Node<'_>, holder: &str, cx: &Cx<'_>) -> bool {
    let pointer = match type_of(object, cx.package()) {
        Some(Type::Pointer(_)) => true,
        Some(Type::Written(node)) => node.kind() == Kind::PointerType,
        _ => false,
    };
    pointer
        && object.kind() == Kind::Identifier
        && type_name(object, cx.package()).is_some_and(|name| name.text() == holder)
}

/// The field that the literal needs of its object.
pub(super) fn argument<'t>(
    setting: &FinalizerSetting<'t>,
    literal: Node<'t>,
    of: &Struct<'t>,
    cx: &Cx<'t>,
) -> Result<Argument<'t>, CleanupRefusal> {
    let needs = |seen: &str| Err(("needs-the-object", seen.to_owned()));
    let Some(object) = setting.code(cx.package()).and_then(|code| code.object) else {
        return needs("it needs nothing of the object");
    };
    if literal.result().is_some() {
        return needs("it has a result");
    }
    let mut reads = Vec::new();
    let mut field: Option<StructField<'t>> = None;
    for mention in scope::mentions(object).into_iter().filter(|mention| *mention != object.name) {
        let read = mention.parent().filter(|up| up.kind() == Kind::SelectorExpression);
        let name = read.and_then(|read| read.field());
        let Some((read, direct)) = read.zip(name.and_then(|name| of.field(name.text()))) else {
            return needs("it uses the object other than by a direct field");
        };
        if field.is_some_and(|field| field.name.map(Node::text) != direct.name.map(Node::text)) {
            return needs("it uses several fields");
        }
        if is_written(parenthesized(read)) || gives_address(read) || gives_address(mention) {
            return Err(("field-changes", "the finalizer writes it".into()));
        }
        field = Some(direct);
        reads.push(read);
    }
    let Some(field) = field else { return needs("it needs nothing of the object") };
    let body = literal.body().unwrap_or(literal);
    captures(body, literal)?;
    is_copied(field, of, &reads, cx)?;
    writes_nothing(body, cx.package(), &mut Vec::new())?;
    let name = name_for(field, object, body, cx)?;
    Ok(Argument { literal, object, field, name, reads })
}

/// Whether the literal uses variables of the function around it.
fn captures(body: Node<'_>, literal: Node<'_>) -> Result<(), CleanupRefusal> {
    for node in body.descendants().filter(|node| node.kind() == Kind::Identifier) {
        if let Def::Local(local) = scope::resolve(node)
            && local.kind.is_variable()
            && !literal.holds(local.name)
        {
            return Err(("captures", format!("`{}`", node.text())));
        }
    }
    Ok(())
}

/// Whether a copy of the field is as good as the field.
fn is_copied<'t>(
    field: StructField<'t>,
    of: &Struct<'t>,
    reads: &[Node<'t>],
    cx: &Cx<'t>,
) -> Result<(), CleanupRefusal> {
    let written = field.written;
    let refused = |seen: &str| Err(("field-type", format!("`{}`: {seen}", written.text())));
    let package = cx.package();
    let there = Cx { file: written.file(), ..*cx };
    match written.kind() {
        Kind::PointerType => {
            let Some(to) = written.named().next() else { return refused("not known") };
            let within = of.fields.iter().any(|other| {
                let part = other.written;
                let element = part.element().unwrap_or(part);
                part.kind() != Kind::PointerType && element.text() == to.text()
            });
            let known = match to.kind() {
                Kind::QualifiedType => package_of(to).is_some(),
                Kind::TypeIdentifier => to.text() != of.name(),
                _ => false,
            };
            if within || !known {
                return refused("may lead into the object");
            }
            Ok(())
        }
        // A method with a pointer receiver would work on the copy.
        _ if reads
            .iter()
            .any(|read| read.parent().is_some_and(|up| up.kind() == Kind::SelectorExpression)) =>
        {
            refused("has methods")
        }
        Kind::TypeIdentifier if is_basic(written.text()) && there.is_predeclared(written.text(), written) => {
            Ok(())
        }
        Kind::TypeIdentifier => {
            let basic =
                matches!(crate::model::types::underlying(Type::Written(written), package), Some(Type::Basic));
            if basic { Ok(()) } else { refused("no number, string or pointer") }
        }
        Kind::QualifiedType => {
            let name = written.name().map_or("", Node::text);
            match package_of(written) {
                Some("unsafe") if name == "Pointer" => Ok(()),
                Some("syscall" | "golang.org/x/sys/windows") if name == "Handle" => Ok(()),
                Some("C") => Ok(()),
                _ => refused("of another package"),
            }
        }
        _ => refused("no number, string or pointer"),
    }
}

/// Whether `body`, or a function of the package that it calls, writes what
/// several cleanups could write at once.
fn writes_nothing<'t>(
    body: Node<'t>,
    package: &'t Package,
    seen: &mut Vec<Node<'t>>,
) -> Result<(), CleanupRefusal> {
    if seen.contains(&body) {
        return Ok(());
    }
    seen.push(body);
    let shared = |line: usize, what: &str| Err(("writes-shared-state", format!("{what} on line {line}")));
    for node in body.descendants() {
        match node.kind() {
            Kind::AssignmentStatement
            | Kind::IncStatement
            | Kind::DecStatement
            | Kind::RangeClause
            | Kind::ReceiveStatement => {
                let left = node.left().or_else(|| node.named().next());
                let Some(left) = left.filter(|_| node.kind() != Kind::RangeClause || !scope::declares(node))
                else {
                    continue;
                };
                let targets: Vec<Node<'t>> =
                    if left.kind() == Kind::ExpressionList { left.named().collect() } else { vec![left] };
                for target in targets.into_iter().filter(|target| target.text() != "_") {
                    let own = target.kind() == Kind::Identifier
                        && matches!(scope::resolve(target), Def::Local(local) if body.holds(local.name));
                    let declares = node.kind() == Kind::ReceiveStatement && scope::declares(node);
                    if !(own || declares) {
                        return shared(node.line(), "a write");
                    }
                }
            }
            Kind::GoStatement => return shared(node.line(), "a goroutine"),
            Kind::CallExpression => {
                let Some(called) = callee(node) else { continue };
                if called.kind() == Kind::Identifier {
                    let name = called.text();
                    if ["delete", "clear", "copy"].contains(&name) && !package.knows(name) {
                        return shared(node.line(), name);
                    }
                    if let Def::TopLevel(_) | Def::Outside = scope::resolve(called) {
                        for function in package.declarations(name) {
                            match function.kind() {
                                Kind::FunctionDeclaration => {
                                    if let Some(inner) = function.body() {
                                        writes_nothing(inner, package, seen)?;
                                    }
                                }
                                Kind::TypeDeclaration => {}
                                _ => return shared(node.line(), "a call of a variable"),
                            }
                        }
                    }
                } else if called.kind() == Kind::SelectorExpression && package_of(called).is_none() {
                    // A method of a variable of the package that has a type of the
                    // package, whatever that does.
                    let root = root_of(called);
                    let own = root.is_some_and(|root| {
                        matches!(scope::resolve(root), Def::TopLevel(_) | Def::Outside)
                            && package.declares(root.text())
                    });
                    let name = called.field().map_or("", Node::text);
                    if own && !package.methods(None, name).is_empty() {
                        return shared(node.line(), "a method of a shared variable");
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// `x` of `x.a.b`.
fn root_of<'t>(selector: Node<'t>) -> Option<Node<'t>> {
    let mut at = selector;
    while at.kind() == Kind::SelectorExpression {
        at = at.operand()?;
    }
    (at.kind() == Kind::Identifier).then_some(at)
}

/// A name for the copy: that of the field, else that of the object, which
/// nothing else in the literal uses.
fn name_for<'t>(
    field: StructField<'t>,
    object: Local<'t>,
    body: Node<'t>,
    cx: &Cx<'t>,
) -> Result<String, CleanupRefusal> {
    let wished = field.name.map_or("", Node::text);
    let used = |node: Node<'t>| {
        node.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::PackageIdentifier, Kind::LabelName])
            && node.text() == wished
    };
    // The type of the copy must mean at this place what it means in the struct.
    let written = field.written;
    for name in written.descendants().filter(|node| node.is(&[Kind::TypeIdentifier, Kind::PackageIdentifier]))
    {
        let at_field = Cx { file: written.file(), ..*cx };
        let in_literal = scope::resolve_name(name.text(), object.name);
        let same = match name.kind() {
            Kind::PackageIdentifier => {
                let path = name.parent().and_then(package_of);
                path.is_some_and(|path| {
                    path == "C"
                        || cx.package_name(path, object.name).is_some_and(|known| known == name.text())
                })
            }
            _ if name.parent().is_some_and(|up| up.kind() == Kind::QualifiedType) => true,
            _ if at_field.is_predeclared(name.text(), name) => cx.is_predeclared(name.text(), object.name),
            _ => matches!(in_literal, Def::TopLevel(_) | Def::Outside),
        };
        if !same {
            return Err(("not-nameable", format!("`{}` is something else here", name.text())));
        }
    }
    let hides = body.descendants().any(used)
        || written.descendants().any(used)
        || wished == "_"
        || !body.descendants().all(|node| node.kind() != Kind::Identifier || node.text() != wished);
    let declares = |node: &Node<'t>| node.is(&[Kind::Identifier]) && node.text() == object.name.text();
    if !hides {
        return Ok(wished.to_owned());
    }
    let own = body.descendants().filter(declares).all(|node| scope::resolve(node) == Def::Local(object));
    if own { Ok(object.name.text().to_owned()) } else { Err(("not-nameable", format!("`{wished}`"))) }
}

impl<'t> Argument<'t> {
    /// Writes the call; `stored` is the field that keeps the cleanup.
    pub(super) fn write(
        &self,
        setting: &FinalizerSetting<'t>,
        stored: Option<&str>,
        cx: &Cx<'t>,
        fix: &mut Fix,
    ) {
        let Some(called) = callee(setting.call) else { return };
        let object = setting.object.text();
        let function = match cx.qualified("runtime", "AddCleanup", called) {
            Some(function) => function,
            None => return,
        };
        let kept = stored.map(|field| format!("{object}.{field} = ")).unwrap_or_default();
        let whole = setting.statement.unwrap_or(setting.call);
        fix.replace(crate::text::Span::new(whole.start(), called.end()), format!("{kept}{function}"));
        if let Some(parameters) = self.literal.parameters() {
            fix.replace_node(parameters, format!("({} {})", self.name, self.field.written.text()));
        }
        for read in &self.reads {
            fix.replace_node(*read, self.name.clone());
        }
        let field = self.field.name.map_or("", Node::text);
        fix.insert(self.literal.end(), format!(", {object}.{field}"));
        debug_assert!(self.literal.holds(self.object.name));
    }
}

/// Whether nothing writes the field after the finalizer was set.
pub(super) fn stays<'t>(
    setting: &FinalizerSetting<'t>,
    of: &Struct<'t>,
    field: StructField<'t>,
    cx: &Cx<'t>,
) -> Result<(), CleanupRefusal> {
    let package = cx.package();
    let name = field.name.map_or("", Node::text);
    let holder = of.name();
    if name.starts_with(char::is_uppercase) {
        return Err(("exported", format!("field `{name}`")));
    }
    if holder.starts_with(char::is_uppercase)
        && let Some(place) =
            cx.around.used_elsewhere("SetFinalizer").or_else(|| cx.around.used_elsewhere(holder))
    {
        return Err(("exported", place));
    }
    let uses = uses(holder, name, package).map_err(|place| ("out-of-reach", place))?;
    let ours = |node: &Node<'t>| setting.call.holds(*node);
    let changes = |node: Node<'t>| {
        let whole = parenthesized(node);
        is_written(whole) || gives_address(node) || is_address_of(node)
    };
    for selector in uses.selectors.iter().chain(&uses.unclear).filter(|node| !ours(node)) {
        if changes(*selector) && !is_before(*selector, setting) {
            return Err(("field-changes", format!("line {} of {}", selector.line(), file_name(*selector))));
        }
    }
    // With what it lies in, or by its other name, a whole object may be overwritten.
    match inside_another(holder, package) {
        Ok(None) => {}
        Ok(Some(place)) => {
            let seen = format!("`{holder}` lies in another, or has another name, on line {}", place.line());
            return Err(("field-changes", seen));
        }
        Err(place) => return Err(("out-of-reach", place)),
    }
    // `*x = T{…}`, `xs[i] = T{…}`: a whole object is overwritten.
    for place in stores(package)? {
        let of_type = match place.kind() {
            Kind::UnaryExpression => place.operand().and_then(|operand| type_name(operand, package)),
            _ => type_name(place, package),
        };
        // A type parameter may be any type.
        let of_type = of_type.filter(|name| !matches!(scope::resolve(*name), Def::Local(_)));
        let known_basic = matches!(type_of(place, package), Some(Type::Basic));
        if of_type.is_some_and(|name| name.text() == holder)
            || (of_type.is_none() && place.kind() == Kind::UnaryExpression && !known_basic)
        {
            return Err((
                "field-changes",
                format!("a whole `{holder}` may be stored on line {} of {}", place.line(), file_name(place)),
            ));
        }
    }
    Ok(())
}

fn file_name(node: Node<'_>) -> String {
    node.file().path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether `&x.f` is taken, parentheses or not.
fn is_address_of(node: Node<'_>) -> bool {
    parenthesized(node).parent().is_some_and(|outer| {
        outer.kind() == Kind::UnaryExpression
            && outer.operator().is_some_and(|token| token.kind() == Kind::And)
    })
}

/// Whether the write stands before the finalizer is set, on the same object of
/// the same function, and no loop comes back to it.
fn is_before(selector: Node<'_>, setting: &FinalizerSetting<'_>) -> bool {
    let Some(operand) = selector.operand().filter(|operand| operand.kind() == Kind::Identifier) else {
        return false;
    };
    let (Def::Local(written), Def::Local(object)) = (scope::resolve(operand), scope::resolve(setting.object))
    else {
        return false;
    };
    let here = function_of(selector);
    let jumps = here.is_some_and(|whole| whole.descendants().any(|node| node.kind() == Kind::GotoStatement));
    let round = setting
        .call
        .ancestors()
        .take_while(|up| !up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral]))
        .any(|up| up.kind() == Kind::ForStatement && !up.holds(object.name));
    written == object
        && here == function_of(setting.call)
        && here == function_of(object.name)
        && selector.end() <= setting.call.start()
        && !round
        && !jumps
}

/// The targets of stores through a pointer or to an element or field.
fn stores<'t>(package: &'t Package) -> Result<Vec<Node<'t>>, CleanupRefusal> {
    let mut found = Vec::new();
    for file in package.files() {
        for index in 0..file.outline().decls.len() {
            let decl = &file.outline().decls[index];
            let text = decl.span.of(file.text());
            if !text.contains('=') {
                continue;
            }
            let Some(root) = file.decl(index) else { continue };
            for assignment in root.descendants().filter(|node| node.kind() == Kind::AssignmentStatement) {
                let Some(left) = assignment.left() else { continue };
                found.extend(left.named().filter(|target| match target.kind() {
                    Kind::UnaryExpression => target.text().starts_with('*'),
                    Kind::IndexExpression | Kind::SelectorExpression => true,
                    Kind::Identifier => true,
                    _ => false,
                }));
            }
        }
    }
    // A local of pointer type that gets another pointer stays out of this.
    found.retain(|target| {
        target.kind() == Kind::UnaryExpression
            || !matches!(type_of(*target, package), None | Some(Type::Pointer(_)))
                && !matches!(type_of(*target, package), Some(Type::Written(node)) if node.kind() == Kind::PointerType)
    });
    Ok(found)
}

/// Whether the package mentions `name` in its code.
pub(super) fn is_spelled(name: &str, package: &Package) -> bool {
    spelled(name, package).map_or(true, |places| !places.is_empty())
}
