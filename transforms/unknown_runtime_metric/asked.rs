//! How the code asks for the value of a sample: the real metric must be of that kind, as
//! every other accessor of `metrics.Value` panics.

use super::table::Metric;
use crate::model::imports::{arguments, callee, imports, is_call, is_symbol, parenthesized, unparenthesized};
use crate::model::scope::{self, Def, Local};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// Whether the real metric can be asked for as the wrong one is.
pub enum Fit {
    /// Whatever asks for the value asks for this kind.
    Fits,
    /// Something asks for another kind; where.
    Other(String),
    /// What asks cannot be seen; why.
    Unseen(String),
}

const ACCESSORS: &[&str] = &["Uint64", "Float64", "Float64Histogram"];

/// How far a value is followed from function to function.
const DEPTH: u32 = 3;

/// What asks for a value.
#[derive(Default)]
struct Asked<'t> {
    /// Calls of accessors that run whatever the kind is.
    always: Vec<(&'static str, Node<'t>)>,
    /// Accessors of which each runs only for its own kind, behind `Kind()`.
    by_kind: Vec<&'static str>,
    /// Where the value goes out of sight.
    lost: Option<Node<'t>>,
}

/// How the value of the sample that `literal` names is asked for.
pub fn fit<'t>(literal: Node<'t>, metric: &Metric, cx: &Cx<'t>) -> Fit {
    if is_label(literal) {
        return Fit::Fits;
    }
    let wanted = metric.accessor();
    let mut asked = Asked::default();
    match sample(literal) {
        Some((local, index)) => asked.follow(local, index, DEPTH, cx),
        None => {
            asked.whole_package(cx);
            // Whatever asks in the package may ask for this one.
            let mixed = asked.always.iter().any(|(name, _)| *name == wanted);
            let other = asked.always.iter().find(|(name, _)| *name != wanted);
            if let (true, Some((_, at))) = (mixed, other) {
                return Fit::Unseen(place(*at, cx));
            }
            if asked.always.is_empty() && asked.by_kind.is_empty() {
                return Fit::Unseen(format!("the name on {}", place(literal, cx)));
            }
        }
    }
    if let Some((name, at)) = asked.always.iter().find(|(name, _)| *name != wanted) {
        return Fit::Other(format!("{} is a {}, `{name}` on {}", metric.name, metric.kind, place(*at, cx)));
    }
    match asked.lost {
        Some(at) => Fit::Unseen(place(at, cx)),
        None if asked.always.is_empty() && !asked.by_kind.is_empty() && !asked.by_kind.contains(&wanted) => {
            Fit::Unseen(format!("no case for a {}", metric.kind))
        }
        None => Fit::Fits,
    }
}

fn place(node: Node<'_>, cx: &Cx<'_>) -> String {
    let file = node.file().path();
    match file.file_name().filter(|_| file != cx.file.path()) {
        Some(name) => format!("line {} of {}", node.line(), name.to_string_lossy()),
        None => format!("line {}", node.line()),
    }
}

/// Whether the literal is the key of a table or stands in a `case`.
fn is_label(literal: Node<'_>) -> bool {
    literal.ancestors().take(3).any(|up| match up.kind() {
        Kind::KeyedElement => up.named().next().is_some_and(|key| key.holds(literal)),
        Kind::ExpressionCase => true,
        _ => false,
    })
}

/// The local variable that holds the sample which `literal` names, with its index where it
/// is one of several.
fn sample<'t>(literal: Node<'t>) -> Option<(Local<'t>, Option<usize>)> {
    let statement = literal.ancestors().find(|up| {
        up.is(&[
            Kind::ShortVarDeclaration,
            Kind::VarSpec,
            Kind::AssignmentStatement,
            Kind::ConstSpec,
            Kind::ReturnStatement,
        ])
    })?;
    let given = |name: Node<'t>| match (name.kind() == Kind::Identifier).then(|| scope::resolve(name)) {
        Some(Def::Local(local)) => Some(local),
        _ => None,
    };
    if statement.kind() == Kind::AssignmentStatement {
        let left = unparenthesized(statement.left()?.named().next()?);
        let names = left.kind() == Kind::SelectorExpression && left.field()?.text() == "Name";
        // `s[0] = metrics.Sample{Name: "…"}`
        let whole = || {
            let value = statement.right()?.named().next()?;
            let of = value.ty().filter(|_| value.kind() == Kind::CompositeLiteral)?;
            is_symbol(of, "runtime/metrics", "Sample").then_some(left)
        };
        let of = if names { unparenthesized(left.operand()?) } else { whole()? };
        return match of.kind() {
            Kind::IndexExpression => Some((given(unparenthesized(of.operand()?))?, number(of.index()?))),
            _ => Some((given(of)?, None)),
        };
    }
    let (names, value) = match statement.kind() {
        Kind::ShortVarDeclaration => (statement.left()?, statement.right()?),
        Kind::VarSpec => (statement, statement.value()?),
        _ => return None,
    };
    let name = match statement.kind() {
        Kind::VarSpec => {
            names.fields(Field::Name).next().filter(|_| names.fields(Field::Name).count() == 1)?
        }
        _ => names.named().next().filter(|_| names.named().count() == 1)?,
    };
    let whole = unparenthesized(value.named().next()?);
    let body = whole.body().filter(|_| whole.kind() == Kind::CompositeLiteral)?;
    let local = given(name)?;
    let is_list = whole.ty()?.is(&[Kind::SliceType, Kind::ArrayType, Kind::ImplicitLengthArrayType]);
    let keyed = is_list && body.named().any(|element| element.kind() == Kind::KeyedElement);
    let at = body
        .named()
        .filter(|element| element.kind() != Kind::Comment)
        .position(|element| element.holds(literal))?;
    Some((local, is_list.then_some(at).filter(|_| !keyed)))
}

fn number(node: Node<'_>) -> Option<usize> {
    unparenthesized(node).text().parse().ok()
}

impl<'t> Asked<'t> {
    fn lose(&mut self, at: Node<'t>) {
        self.lost = self.lost.or(Some(at));
    }

    /// Follows a variable that holds samples, or one.
    fn follow(&mut self, local: Local<'t>, index: Option<usize>, depth: u32, cx: &Cx<'t>) {
        for mention in scope::mentions(local) {
            if mention == local.name {
                continue;
            }
            let mut at = parenthesized(mention);
            let mut mine = true;
            while let Some(up) = at.parent().filter(|up| {
                up.kind() == Kind::IndexExpression && up.operand() == Some(at)
                    || up.kind() == Kind::SliceExpression && up.operand() == Some(at)
                    || up.kind() == Kind::UnaryExpression && up.operator().map(Node::kind) == Some(Kind::And)
            }) {
                let other = up.index().and_then(number);
                mine &= index.is_none() || other.is_none() || other == index;
                at = parenthesized(up);
            }
            if mine {
                self.sample(at, mention, index, depth, cx);
            }
        }
    }

    /// What is done with samples, or with one.
    fn sample(&mut self, at: Node<'t>, mention: Node<'t>, index: Option<usize>, depth: u32, cx: &Cx<'t>) {
        let Some(up) = at.parent() else { return };
        match up.kind() {
            Kind::SelectorExpression => match up.field().map(Node::text) {
                Some("Value") => self.value(up, depth, cx),
                Some("Name") => {}
                _ => self.lose(up),
            },
            Kind::RangeClause => {
                let element = up.left().and_then(|left| left.named().nth(1));
                if let Some(Def::Local(local)) = element.map(scope::resolve) {
                    self.follow(local, None, depth, cx);
                }
            }
            Kind::ArgumentList => {
                let call = up.parent();
                let plain = call.is_some_and(|call| {
                    is_call(call, "runtime/metrics", "Read")
                        || callee(call).is_some_and(|to| {
                            matches!(to.text(), "len" | "cap") && cx.is_predeclared(to.text(), to)
                        })
                });
                if !plain {
                    match call.and_then(|call| parameter(call, at, cx)).filter(|_| depth > 0) {
                        Some(local) => self.follow(local, index, depth - 1, cx),
                        None => self.lose(at),
                    }
                }
            }
            // The sample is filled, or declared without a name yet.
            Kind::ExpressionList if up.field_name() == Some(Field::Left) && at != mention => {}
            // `one := s[0]`, `one := &s[0]`
            Kind::ExpressionList if depth > 0 => match declared(at, up) {
                Some(local) => self.follow(local, index, depth - 1, cx),
                None => self.lose(at),
            },
            _ => self.lose(at),
        }
    }

    /// What is done with the value of the sample.
    fn value(&mut self, value: Node<'t>, depth: u32, cx: &Cx<'t>) {
        let mut at = parenthesized(value);
        let Some(mut up) = at.parent() else { return };
        if up.kind() == Kind::UnaryExpression
            && up.operator().map(Node::kind) == Some(Kind::And)
            && let Some(outer) = parenthesized(up).parent()
        {
            (at, up) = (parenthesized(up), outer);
        }
        match up.kind() {
            Kind::ExpressionList if up.field_name() == Some(Field::Left) => {}
            Kind::SelectorExpression => match up.field().map(Node::text) {
                Some("Kind") => {}
                Some(name) => match ACCESSORS.iter().find(|accessor| **accessor == name) {
                    Some(accessor) => self.ask(accessor, up),
                    None => self.lose(up),
                },
                None => self.lose(up),
            },
            Kind::ExpressionList | Kind::VarSpec => match declared(at, up).filter(|_| depth > 0) {
                Some(local) => {
                    for mention in scope::mentions(local) {
                        if mention != local.name {
                            self.value(mention, depth - 1, cx);
                        }
                    }
                }
                None => self.lose(at),
            },
            Kind::ArgumentList => {
                match up.parent().and_then(|call| parameter(call, at, cx)).filter(|_| depth > 0) {
                    Some(local) => {
                        for mention in scope::mentions(local) {
                            if mention != local.name {
                                self.value(mention, depth - 1, cx);
                            }
                        }
                    }
                    None => self.lose(at),
                }
            }
            _ => self.lose(at),
        }
    }

    fn ask(&mut self, accessor: &'static str, at: Node<'t>) {
        match kind_checked(at) {
            Some(kinds) => self.by_kind.extend(kinds),
            None => self.always.push((accessor, at)),
        }
    }

    /// Every accessor that the package calls.
    fn whole_package(&mut self, cx: &Cx<'t>) {
        let files = cx.package().files().filter(|file| !file.is_test() && imports(file, "runtime/metrics"));
        for file in files {
            for (index, decl) in file.outline().decls.iter().enumerate() {
                let text = decl.span.of(file.text());
                if !ACCESSORS.iter().any(|name| text.contains(name)) {
                    continue;
                }
                let nodes = file.decl(index).into_iter().flat_map(Node::descendants);
                for called in nodes.filter_map(callee) {
                    let name = called.field().map_or("", Node::text);
                    if let Some(accessor) = ACCESSORS.iter().find(|accessor| **accessor == name) {
                        self.ask(accessor, called);
                    }
                }
            }
        }
    }
}

/// The local that an expression is given to.
fn declared<'t>(value: Node<'t>, list: Node<'t>) -> Option<Local<'t>> {
    let (names, values) = match list.kind() {
        Kind::ExpressionList => {
            let up = list.parent()?;
            match up.kind() {
                Kind::ShortVarDeclaration => (up.left()?.named().collect::<Vec<_>>(), list),
                Kind::AssignmentStatement => (up.left()?.named().collect(), list),
                Kind::VarSpec => (up.fields(Field::Name).collect(), list),
                _ => return None,
            }
        }
        _ => return None,
    };
    let at = values.named().position(|other| other == value)?;
    let name = names
        .get(at)
        .filter(|_| values.field_name() != Some(Field::Left) && names.len() == values.named().count())?;
    match scope::resolve(*name) {
        Def::Local(local) => Some(local),
        _ => None,
    }
}

/// The parameter of the package's function that `argument` is given to.
fn parameter<'t>(call: Node<'t>, argument: Node<'t>, cx: &Cx<'t>) -> Option<Local<'t>> {
    let called = callee(call)?;
    let found = match called.kind() {
        Kind::Identifier if !matches!(scope::resolve(called), Def::Local(_)) => {
            cx.package().declarations(called.text())
        }
        Kind::SelectorExpression => cx.package().methods(None, called.field()?.text()),
        _ => return None,
    };
    let [function] = found[..] else { return None };
    let at = arguments(call).position(|other| other == argument)?;
    let parameters = function.parameters()?;
    let names: Vec<Node<'t>> = parameters
        .named()
        .filter(|parameter| parameter.kind() == Kind::ParameterDeclaration)
        .flat_map(|parameter| parameter.fields(Field::Name).collect::<Vec<_>>())
        .collect();
    let name = names.get(at).filter(|_| names.len() == arguments(call).count())?;
    match scope::resolve_name(name.text(), function.body()?.child(Kind::StatementList)?.named().next()?) {
        Def::Local(local) => Some(local),
        _ => None,
    }
}

/// The accessors of the kinds for which `at` runs, when it stands in a case of a switch over
/// `Kind()`, or behind a comparison with it.
fn kind_checked(at: Node<'_>) -> Option<Vec<&'static str>> {
    let asks = |node: Node<'_>| {
        node.descendants().filter_map(callee).any(|to| to.field().is_some_and(|name| name.text() == "Kind"))
    };
    let kinds = |node: Node<'_>| -> Vec<&'static str> {
        let mut found = Vec::new();
        for inner in node.descendants() {
            for accessor in ACCESSORS {
                if is_symbol(inner, "runtime/metrics", &format!("Kind{accessor}"))
                    && !found.contains(accessor)
                {
                    found.push(*accessor);
                }
            }
        }
        found
    };
    let mut below = at;
    for up in at.ancestors() {
        let checked = match up.kind() {
            Kind::ExpressionCase => {
                let switch = up.parent().and_then(|switch| switch.value());
                switch.filter(|value| asks(*value)).and(up.value()).map(kinds)
            }
            Kind::IfStatement if up.consequence() == Some(below) => up
                .condition()
                .filter(|condition| {
                    condition.kind() == Kind::BinaryExpression
                        && condition.operator().map(Node::kind) == Some(Kind::Equal)
                        && asks(*condition)
                })
                .map(kinds),
            Kind::FunctionDeclaration | Kind::MethodDeclaration => return None,
            _ => None,
        };
        if let Some(kinds) = checked.filter(|kinds| !kinds.is_empty()) {
            return Some(kinds);
        }
        below = up;
    }
    None
}
