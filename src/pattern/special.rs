//! What is compared otherwise than child by child: functions, blocks, groups, cases, loops,
//! and names of objects.

use super::embedded;
use super::matcher::{Matcher, Met, parts};
use super::object::{PackagePlace, RulePackage, is_imported};
use super::patch::ObjectKind;
use super::side::{DOTS, Form};
use super::types;
use crate::model::imports::package_of;
use crate::model::scope::{self, Def};
use crate::syntax::{CLAUSES, Field, Kind, Node, specs};

/// Functions, whose parts are told by what they are.
pub(super) const FUNCTIONS: &[Kind] = &[
    Kind::FunctionDeclaration,
    Kind::MethodDeclaration,
    Kind::FuncLiteral,
    Kind::FunctionType,
    Kind::MethodElem,
];

/// Declarations that may stand in a group.
pub(super) const GROUPS: &[Kind] = &[Kind::VarDeclaration, Kind::ConstDeclaration, Kind::TypeDeclaration];

impl<'t> Matcher<'_, 't> {
    /// Whether the node is what the pattern says, where that has a way of its own.
    pub(super) fn special(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        if let Some(fits) = self.call(pattern, node).or_else(|| self.chain(pattern, node)) {
            return Some(fits);
        }
        if pattern.kind() != node.kind() {
            return self.defined(pattern, node);
        }
        match pattern.kind() {
            kind if FUNCTIONS.contains(&kind) => Some(self.function(pattern, node)),
            Kind::Block => Some(self.block(pattern, node)),
            kind if GROUPS.contains(&kind) => Some(self.group(pattern, node)),
            Kind::ForStatement => self.for_any(pattern, node),
            Kind::RangeClause => self.range(pattern, node),
            kind if CLAUSES.contains(&kind) => Some(self.case(pattern, node)),
            _ => None,
        }
    }

    /// `f[T](x)` may be a call or a conversion: the grammar cannot tell.
    fn call(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        let kinds = [Kind::CallExpression, Kind::TypeConversionExpression];
        let both = pattern.is(&kinds) && node.is(&kinds);
        if !both {
            return None;
        }
        if pattern.kind() == node.kind() && pattern.kind() == Kind::CallExpression {
            // A rule that writes no type arguments says nothing of them.
            let types = [pattern, node].map(|call| call.child_by_field(Field::TypeArguments).is_some());
            if types != [false, true] || self.is_strict() {
                return None;
            }
            let (wanted, own) =
                ((pattern.function()?, pattern.arguments()?), (node.function()?, node.arguments()?));
            return Some(self.node(wanted.0, own.0) && self.node(wanted.1, own.1));
        }
        let (wanted, own) = (called(pattern)?, called(node)?);
        let name = self.node(wanted.name, own.name);
        let all = |wanted: &[Node<'_>], own: &[Node<'t>], matcher: &mut Self| {
            matcher.list(wanted, own, true).is_some()
        };
        Some(name && all(&wanted.types, &own.types, self) && all(&wanted.arguments, &own.arguments, self))
    }

    /// `var x = e` is `x := e`.
    fn defined(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        let kinds = [Kind::ShortVarDeclaration, Kind::VarDeclaration];
        if self.is_strict() || !pattern.is(&kinds) || !node.is(&kinds) {
            return None;
        }
        let (wanted, own) = (definition(pattern)?, definition(node)?);
        let all = |wanted: &[Node<'_>], own: &[Node<'t>], matcher: &mut Self| {
            matcher.list(wanted, own, true).is_some()
        };
        Some(all(&wanted.0, &own.0, self) && all(&wanted.1, &own.1, self))
    }

    fn function(&mut self, pattern: Node<'_>, node: Node<'t>) -> bool {
        for field in [Field::Receiver, Field::Name, Field::TypeParameters, Field::Parameters] {
            match (pattern.child_by_field(field), node.child_by_field(field)) {
                (Some(wanted), Some(own)) if self.node(wanted, own) => {}
                (None, None) => {}
                // A rule says nothing of type parameters that it does not write.
                (None, Some(_)) if field == Field::TypeParameters => {}
                _ => return false,
            }
        }
        if !self.results(pattern.result(), node.result()) {
            return false;
        }
        match (pattern.body(), node.body()) {
            (None, _) => true,
            (Some(wanted), Some(own)) => self.node(wanted, own),
            (Some(_), None) => false,
        }
    }

    /// The results: a list in parentheses, one type without them, or nothing.
    fn results(&mut self, wanted: Option<Node<'_>>, own: Option<Node<'t>>) -> bool {
        let list = Kind::ParameterList;
        match (wanted, own) {
            (None, own) => own.is_none(),
            (Some(wanted), Some(own)) if (wanted.kind() == list) == (own.kind() == list) => {
                self.node(wanted, own)
            }
            (Some(wanted), own) if wanted.kind() == list => {
                let elements: Vec<Node<'_>> = wanted.named().collect();
                let own: Vec<Node<'t>> = own.into_iter().collect();
                // A result without a name is its type.
                let elements: Vec<Node<'_>> = elements
                    .into_iter()
                    .map(|element| match element.ty() {
                        Some(ty) if element.fields(Field::Name).next().is_none() => ty,
                        _ => element,
                    })
                    .collect();
                self.list(&elements, &own, true).is_some()
            }
            (Some(wanted), Some(own)) => {
                let mut elements = own.named();
                match (elements.next(), elements.next()) {
                    (Some(only), None) if only.fields(Field::Name).next().is_none() => {
                        only.ty().is_some_and(|ty| self.node(wanted, ty))
                    }
                    _ => false,
                }
            }
            (Some(_), None) => false,
        }
    }

    /// The statements of a block, of which there may be none.
    fn block(&mut self, pattern: Node<'_>, node: Node<'t>) -> bool {
        let wanted = statements(pattern);
        let own = statements(node);
        if let (Some(wanted), Some(own)) =
            (pattern.child(Kind::StatementList), node.child(Kind::StatementList))
        {
            self.met.push(Met::Node(wanted.span(), wanted.kind(), own));
        }
        self.list(&wanted, &own, true).is_some()
    }

    /// The specs of a declaration, whether or not parentheses stand around them.
    fn group(&mut self, pattern: Node<'_>, node: Node<'t>) -> bool {
        let (Some(wanted), Some(own)) = (pattern.children().next(), node.children().next()) else {
            return false;
        };
        if !self.node(wanted, own) {
            return false;
        }
        let wanted: Vec<Node<'_>> = specs(pattern).collect();
        let own: Vec<Node<'t>> = specs(node).collect();
        if self.is_strict() && pattern.text().contains('(') != node.text().contains('(') {
            return false;
        }
        self.list(&wanted, &own, true).is_some()
    }

    /// `for ... {` is a loop of any kind.
    fn for_any(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        let (body, header) = (pattern.body()?, pattern.named().next()?);
        if header.text() != DOTS || header == body {
            return None;
        }
        let own = node.body()?;
        let between: Vec<Node<'t>> = node.named().take_while(|part| *part != own).collect();
        self.met.push(Met::Dots(header.span(), between));
        Some(self.node(body, own))
    }

    /// `for ... := range x` takes any variables, or none.
    fn range(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        let left = pattern.left().filter(|left| left.text() == DOTS)?;
        let own: Vec<Node<'t>> = node.left().into_iter().flat_map(Node::named).collect();
        self.met.push(Met::Dots(left.named().next().unwrap_or(left).span(), own));
        Some(self.node(pattern.right()?, node.right()?))
    }

    /// A case; one that stands alone as a pattern says nothing of its statements.
    fn case(&mut self, pattern: Node<'_>, node: Node<'t>) -> bool {
        let alone = self.form() == Some(Form::Case);
        let list = |node: &Node<'_>| node.kind() == Kind::StatementList;
        let (mut wanted, mut own) = (parts(pattern), parts(node));
        let said = wanted.iter().any(list);
        wanted.retain(|part| !list(part));
        own.retain(|part| !list(part));
        if self.list(&wanted, &own, true).is_none() {
            return false;
        }
        if alone && !said {
            return true;
        }
        let (wanted, own) = (statements(pattern), statements(node));
        self.list(&wanted, &own, true).is_some()
    }

    /// Whether the node is the object that the pattern names; `None` when it names none.
    pub(super) fn object(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        self.place.as_ref()?;
        if let Some((path, name)) = self.patch.symbol(pattern) {
            // In its own package it stands without a qualifier.
            let object = self.patch.object(name.text())?;
            let wanted = RulePackage::Path(path.to_owned());
            let place = self.place.as_ref()?;
            let here = object.package.as_ref() == Some(&wanted) && place.is(object.package.as_ref());
            let own = here && node.is(&[Kind::Identifier, Kind::TypeIdentifier]);
            if !own {
                return None;
            }
            let named = object.is_named_by(node, place);
            if named {
                self.met.push(Met::Node(name.span(), name.kind(), node));
            }
            return Some(named);
        }
        if pattern.kind() == Kind::SelectorExpression {
            return self.field(pattern, node);
        }
        let names = pattern.is(&[Kind::Identifier, Kind::TypeIdentifier]);
        let object = self.patch.object(pattern.text()).filter(|_| names)?;
        if object.kind == ObjectKind::Field {
            return None;
        }
        // The name in a declaration is met by a declaration only.
        let declares = |node: Node<'_>| {
            node.field_name() == Some(Field::Name)
                && node
                    .parent()
                    .is_some_and(|up| up.is(&[Kind::FunctionDeclaration, Kind::TypeSpec, Kind::TypeAlias]))
        };
        if declares(node) && !declares(pattern) {
            return Some(false);
        }
        let place: &PackagePlace = self.place.as_ref()?;
        if node.is(&[Kind::Identifier, Kind::TypeIdentifier]) {
            return Some(object.is_named_by(node, place));
        }
        let path = match &object.package {
            Some(RulePackage::Path(path)) => path,
            _ => return Some(false),
        };
        Some(is_imported(node, path, &object.name))
    }

    /// Whether a selector is that of a field which the rule names.
    fn field(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<bool> {
        let (operand, field) = (pattern.operand()?, pattern.field()?);
        let object = self.patch.object(field.text()).filter(|object| object.kind == ObjectKind::Field)?;
        let own =
            node.field().filter(|own| node.kind() == Kind::SelectorExpression && own.text() == field.text());
        let (Some(own), Some(value)) = (own, node.operand()) else { return Some(false) };
        if package_of(node).is_some() {
            return Some(false);
        }
        let place = self.place.as_ref()?;
        let wanted = match &object.package {
            package if place.is(package.as_ref()) => format!(".{}", object.name),
            Some(RulePackage::Path(path)) => format!("{path}.{}", object.name),
            _ => return Some(false),
        };
        match types::of_expression(value, self.package) {
            Some(found) if found.trim_start_matches('*') == wanted => {}
            Some(found) => {
                let path = wanted.strip_suffix(&format!(".{}", object.name)).filter(|path| !path.is_empty());
                let member = field.text();
                let promotes = |cx| embedded::has_promoted(&found, member, &object.name, path, cx);
                if !self.cx.is_some_and(promotes) {
                    return Some(false);
                }
            }
            None => {
                let package = wanted.strip_suffix(&format!(".{}", object.name)).unwrap_or_default();
                let holder = types::holder(package, &object.name);
                if !self.may_have_type(field.text().to_owned(), value, holder) {
                    return Some(false);
                }
            }
        }
        self.met.push(Met::Node(field.span(), field.kind(), own));
        Some(self.node(operand, value))
    }

    /// Whether the operand is called as the rule calls a package whose name its path does
    /// not tell, in a file that imports it without a name.
    pub(super) fn unguessed(&self, pattern: Node<'_>, node: Node<'t>) -> bool {
        let (Some(name), Some(own)) = (pattern.operand(), node.operand()) else { return false };
        let imports = self.patch.imports.iter().filter(|import| import.name.as_deref() == Some(name.text()));
        own.kind() == Kind::Identifier
            && own.text() == name.text()
            && (scope::resolve(own) == Def::Outside
                || self.patch.gopatch && !matches!(scope::resolve(own), Def::Local(_)))
            && imports.into_iter().any(|import| {
                let file = node.file().imports();
                file.iter().any(|own| own.path == import.path && own.name.is_none())
            })
    }
}

/// A call or a conversion taken apart.
struct CalledParts<'t> {
    name: Node<'t>,
    types: Vec<Node<'t>>,
    arguments: Vec<Node<'t>>,
}

fn called(node: Node<'_>) -> Option<CalledParts<'_>> {
    let arguments = |node: Node<'_>| node.named().filter(|part| part.kind() != Kind::Comment).count();
    match node.kind() {
        Kind::CallExpression => {
            let list = node.arguments()?;
            let types = node.child_by_field(Field::TypeArguments).into_iter().flat_map(Node::named).collect();
            let own: Vec<_> = list.named().filter(|part| part.kind() != Kind::Comment).collect();
            let function = node.function()?;
            // `f[T]` by itself is read as an element of `f`, or with several types as an instance.
            let (name, types) = match function.kind() {
                Kind::IndexExpression => (function.operand()?, function.index().into_iter().collect()),
                Kind::TypeInstantiationExpression => (function.ty()?, function.named().skip(1).collect()),
                _ => (function, types),
            };
            Some(CalledParts { name, types, arguments: own })
        }
        _ => {
            let ty = node.ty()?;
            let operand = node.operand()?;
            let (name, types) = match ty.kind() {
                Kind::GenericType if arguments(ty) > 0 => {
                    let types = ty.child(Kind::TypeArguments)?;
                    (ty.ty()?, types.named().filter_map(|part| part.named().next().or(Some(part))).collect())
                }
                _ => (ty, Vec::new()),
            };
            Some(CalledParts { name, types, arguments: vec![operand] })
        }
    }
}

/// The names and values of `x, y := e` and of `var x, y = e` without a type.
pub(super) fn definition(node: Node<'_>) -> Option<(Vec<Node<'_>>, Vec<Node<'_>>)> {
    if node.kind() == Kind::ShortVarDeclaration {
        return Some((node.left()?.named().collect(), node.right()?.named().collect()));
    }
    let mut all = specs(node);
    let spec = all.next()?;
    if all.next().is_some() || spec.ty().is_some() {
        return None;
    }
    Some((spec.fields(Field::Name).collect(), spec.value()?.named().collect()))
}

/// The statements of a block or a case.
fn statements(node: Node<'_>) -> Vec<Node<'_>> {
    let list = node.child(Kind::StatementList);
    list.into_iter().flat_map(Node::named).filter(|part| part.kind() != Kind::Comment).collect()
}
