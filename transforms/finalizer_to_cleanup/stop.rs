//! The places that take the finalizer away, each of which has to stop the
//! cleanup instead, and the field that keeps the cleanup for them.

use super::argument::is_spelled;
use super::refusal::CleanupRefusal;
use crate::model::fields::{spelled, type_name};
use crate::model::imports::parenthesized;
use crate::model::scope::{self, Def};
use crate::model::structs::Struct;
use crate::model::types::{Type, type_of};
use crate::rewrite::{Cx, Fix, is_alone_on_its_lines};
use crate::syntax::{Field, Kind, Node};
use crate::text::Span;
use crate::transforms::shared::finalizer::{FinalizerSetting, settings};

/// What takes finalizers of the type away.
pub(super) struct StopCalls<'t> {
    body: Node<'t>,
    clears: Vec<FinalizerSetting<'t>>,
    /// The name of the field that keeps the cleanup, when one is needed.
    field: Option<String>,
}

/// The places of the package that take the finalizer of `of` away.
pub(super) fn stops<'t>(
    setting: &FinalizerSetting<'t>,
    of: &Struct<'t>,
    cx: &Cx<'t>,
) -> Result<StopCalls<'t>, CleanupRefusal> {
    let package = cx.package();
    let all = settings(package).map_err(|place| ("out-of-reach", place))?;
    let mut clears = Vec::new();
    let mut setters = 0;
    for other in all {
        match other.holder(package) {
            _ if !other.clears() => setters += 1,
            Some(holder) if holder == of.name() => clears.push(other),
            Some(_) => {}
            None => return Err(("unclear-stop", format!("line {}", other.call.line()))),
        }
    }
    if clears.is_empty() {
        return Ok(StopCalls { body: of.body, clears, field: None });
    }
    if setters > 1 {
        return Err(("several-finalizers", format!("{setters} places")));
    }
    let function = |clear: &FinalizerSetting<'t>| {
        let within =
            |up: &Node<'t>| up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral]);
        (clear.call.ancestors().find(within), setting.call.ancestors().find(within))
    };
    for clear in &clears {
        if let Some(reason) = cx.around.out_of_reach(clear.call.file()) {
            return Err(("out-of-reach", reason));
        }
        let listed =
            clear.statement.and_then(Node::parent).is_some_and(|list| list.kind() == Kind::StatementList);
        let plain = clear.object.kind() == Kind::Identifier
            && matches!(scope::resolve(clear.object), Def::Local(_))
            && clear.statement.is_some_and(is_alone_on_its_lines);
        // An object that is taken away from before it was given: the order matters.
        let (there, here) = function(clear);
        if !listed || !plain || there == here {
            return Err(("unclear-stop", format!("line {}", clear.call.line())));
        }
        let place = Cx { file: clear.call.file(), ..*cx };
        if place.qualified("runtime", "KeepAlive", clear.call).is_none() {
            return Err(("not-nameable", "`runtime.KeepAlive`".into()));
        }
    }
    if let Some(reason) = cx.around.out_of_reach(of.body.file()) {
        return Err(("out-of-reach", reason));
    }
    if let Some(seen) = copied(of.name(), cx)? {
        return Err(("unclear-stop", seen));
    }
    if let Some(place) = spelled("DeepEqual", package).map_err(|place| ("out-of-reach", place))?.first() {
        return Err((
            "unclear-stop",
            format!("`DeepEqual` on line {} would compare the cleanups", place.line()),
        ));
    }
    let unkeyed = literals(of.name(), cx)?.into_iter().find(|literal| {
        literal.body().is_some_and(|body| body.named().any(|element| element.kind() == Kind::LiteralElement))
    });
    if let Some(literal) = unkeyed {
        return Err(("unclear-stop", format!("a literal without keys on line {}", literal.line())));
    }
    let has_room = of.embedded().is_none()
        && of.fields.iter().all(|field| field.declaration.tag().is_none() || spans_lines(of.body))
        && (spans_lines(of.body) || !of.body.descendants().any(|node| node.kind() == Kind::Comment));
    if !has_room {
        return Err(("unclear-stop", "the struct embeds, or has its fields on one line with tags".into()));
    }
    let wished = ["cleanup", "finalCleanup", "leakCleanup"];
    let field = wished.into_iter().find(|name| !is_spelled(name, package));
    match field {
        Some(field) => Ok(StopCalls { body: of.body, clears, field: Some(field.to_owned()) }),
        None => Err(("not-nameable", "`cleanup` is taken".into())),
    }
}

/// The composite literals of the type.
fn literals<'t>(name: &str, cx: &Cx<'t>) -> Result<Vec<Node<'t>>, CleanupRefusal> {
    let places = spelled(name, cx.package()).map_err(|place| ("out-of-reach", place))?;
    // Elements of `[]T{{…}}` are literals of the type too.
    let literal = |place: Node<'t>| place.ancestors().take(4).find(|up| up.kind() == Kind::CompositeLiteral);
    Ok(places.into_iter().filter_map(literal).collect())
}

/// Where a whole object is copied, or can be: the copy would stop the cleanup of
/// the original.
fn copied<'t>(name: &str, cx: &Cx<'t>) -> Result<Option<String>, CleanupRefusal> {
    let package = cx.package();
    let places = spelled(name, package).map_err(|place| ("out-of-reach", place))?;
    let by_value = |place: &&Node<'t>| {
        place.parent().is_some_and(|parent| match parent.kind() {
            Kind::PointerType | Kind::TypeSpec => {
                parent.kind() == Kind::TypeSpec && parent.ty() == Some(**place)
            }
            Kind::CompositeLiteral => !parent.parent().is_some_and(|up| up.text().starts_with('&')),
            Kind::UnaryExpression | Kind::ArgumentList => false,
            _ => true,
        })
    };
    let types = places.iter().filter(|place| place.kind() == Kind::TypeIdentifier);
    if let Some(place) = types.into_iter().find(by_value) {
        return Ok(Some(format!("a value of the type on line {}", place.line())));
    }
    for file in package.files() {
        for root in (0..file.outline().decls.len()).filter_map(|index| file.decl(index)) {
            let whole = root.descendants().find(|node| {
                node.kind() == Kind::UnaryExpression
                    && node.text().starts_with('*')
                    && node.operand().is_some_and(|operand| {
                        type_name(operand, package)
                            .filter(|of| !matches!(scope::resolve(*of), Def::Local(_)))
                            .is_none_or(|of| of.text() == name)
                            && !matches!(type_of(operand, package), Some(Type::Basic))
                    })
                    && !is_method_expression(*node)
            });
            if let Some(whole) = whole {
                return Ok(Some(format!("`{}` may copy an object on line {}", whole.text(), whole.line())));
            }
        }
    }
    Ok(None)
}

/// Whether the star belongs to `(*T).name`, or the field behind it is all that
/// is read.
fn is_method_expression(star: Node<'_>) -> bool {
    parenthesized(star).parent().is_some_and(|outer| outer.kind() == Kind::SelectorExpression)
}

fn spans_lines(node: Node<'_>) -> bool {
    node.span().of(node.file().text()).contains('\n')
}

impl<'t> StopCalls<'t> {
    /// The field that keeps the cleanup.
    pub(super) fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Writes the field and the stops.
    pub(super) fn write(&self, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(field) = self.field() else { return };
        self.declare(field, cx, fix);
        for clear in &self.clears {
            let Some(statement) = clear.statement else { continue };
            let file = statement.file();
            fix.claim(statement);
            let there = Cx { file, ..*cx };
            let Some(keep) = there.qualified("runtime", "KeepAlive", clear.call) else { continue };
            let object = clear.object.text();
            fix.replace_node(statement, format!("{object}.{field}.Stop()"));
            let lines = file.lines();
            let whole = lines.whole_lines(statement.span());
            let before = &file.text()[lines.span(lines.line(statement.start())).start..statement.start()];
            let indent: String = before.chars().take_while(|c| c.is_whitespace()).collect();
            fix.replace_in(file, Span::at(whole.end), format!("{indent}{keep}({object}){}", file.newline()));
        }
    }

    /// Writes the field at the end of the struct.
    fn declare(&self, field: &str, cx: &Cx<'t>, fix: &mut Fix) {
        let file = self.body.file();
        let newline = file.newline();
        let there = Cx { file, ..*cx };
        fix.claim(self.body);
        let runtime = match there.qualified("runtime", "Cleanup", self.body) {
            Some(written) => written,
            None => format!("{}.Cleanup", fix.import("runtime", self.body, &there)),
        };
        let list = self.body.child(Kind::FieldDeclarationList);
        let rows: Vec<Node<'_>> = list.into_iter().flat_map(Node::named).collect();
        let closing = &file.text()[..self.body.end() - 1];
        let closing_line = &closing[closing.rfind('\n').map_or(0, |end| end + 1)..];
        let shared = spans_lines(self.body) && !closing_line.trim().is_empty();
        if let (true, Some(last)) = (shared, rows.iter().rfind(|row| row.kind() == Kind::FieldDeclaration)) {
            fix.replace_in(file, Span::at(last.end()), format!("; {field} {runtime}"));
            return;
        }
        let lines = file.lines();
        let line = lines.span(lines.line(self.body.start()));
        let indent: String =
            file.text()[line.start..].chars().take_while(|c| *c == '\t' || *c == ' ').collect();
        if spans_lines(self.body) {
            let closing = lines.span(lines.line(self.body.end() - 1)).start;
            let text = format!("{newline}{indent}\t{field} {runtime}{newline}");
            fix.replace_in(file, Span::at(closing), text);
            return;
        }
        let rows = rows.iter().map(|row| {
            let names: Vec<&str> = row.fields(Field::Name).map(Node::text).collect();
            (names.join(", "), row.ty().map_or("", Node::text).to_owned())
        });
        let rows: Vec<(String, String)> = rows.chain([(field.to_owned(), runtime)]).collect();
        let width = rows.iter().map(|(names, _)| names.chars().count()).max().unwrap_or(0);
        let rows = rows.iter().map(|(names, of)| {
            let gap = " ".repeat(width - names.chars().count() + 1);
            format!("{indent}\t{names}{gap}{of}{newline}")
        });
        let text = format!("struct {{{newline}{}{indent}}}", rows.collect::<String>());
        fix.replace_in(file, self.body.span(), text);
    }
}
