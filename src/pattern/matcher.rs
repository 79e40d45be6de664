//! Whether a tree of Go code is what a pattern says.

use super::compile::{Patch, Variable};
use super::object::PackagePlace;
use super::patch::{Sign, VarKind};
use super::side::{Form, Side};
use super::types::{self, KnownType};
use super::why::{self, ClosestMatch};
use crate::model::imports::{is_package, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{Cx, TypeAnswer, TypeAsk, WantedType};
use crate::syntax::{Kind, LITERALS, Node};
use crate::text::Span;

/// What a place of the pattern met in the code.
#[derive(Clone, Debug)]
pub enum Met<'t> {
    /// The node of the pattern at this place.
    Node(Span, Kind, Node<'t>),
    /// A variable.
    Var(usize, Vec<Node<'t>>),
    /// The `...` at this place of the pattern.
    Dots(Span, Vec<Node<'t>>),
}

/// Tries a pattern on trees.
pub struct Matcher<'m, 't> {
    pub(super) patch: &'m Patch,
    pub(super) package: &'m Package,
    /// Who may ask for types.
    pub(super) cx: Option<&'m Cx<'t>>,
    pub(super) met: Vec<Met<'t>>,
    steps: usize,
    /// Where the code stands, for objects of the rule.
    pub(super) place: Option<PackagePlace>,
    /// What the types of which nobody told so far.
    pub(super) unknown: Vec<UntoldType<'t>>,
    /// Whether a run that the patch deletes has to hold something.
    full_runs: bool,
    /// How far the pattern got, where somebody wants to know.
    closest: Option<Option<ClosestMatch>>,
}

/// An expression whose type nobody told so far.
#[derive(Clone, Debug)]
pub struct UntoldType<'t> {
    /// What the rule calls it.
    pub name: String,
    /// The expression.
    node: Node<'t>,
    /// The type that it is to have.
    wanted: WantedType,
    /// Why it cannot be told, if that was asked.
    pub why: Option<String>,
}

/// How many nodes are compared for one site. A pattern that needs more would make a run
/// take a time that nobody expects.
const MOST_STEPS: usize = 200_000;

/// What a pattern met.
#[derive(Clone, Debug)]
pub struct PatternMatch<'t> {
    /// All places of the pattern, in the order in which they were met.
    pub met: Vec<Met<'t>>,
    /// Variables whose type nobody told.
    pub unknown: Vec<UntoldType<'t>>,
}

impl<'t> PatternMatch<'t> {
    /// The nodes of the variable with this index.
    pub fn var(&self, index: usize) -> Option<&[Node<'t>]> {
        self.met.iter().find_map(|met| match met {
            Met::Var(known, nodes) if *known == index => Some(nodes.as_slice()),
            _ => None,
        })
    }

    /// The node that a node of the pattern met.
    pub fn node(&self, pattern: Node<'_>) -> Option<Node<'t>> {
        self.met.iter().find_map(|met| match met {
            Met::Node(span, kind, node) if *span == pattern.span() && *kind == pattern.kind() => Some(*node),
            _ => None,
        })
    }

    /// The runs of `...`, in the order of the pattern.
    pub fn dots(&self) -> Vec<&[Node<'t>]> {
        let mut dots: Vec<(usize, &[Node<'t>])> = self
            .met
            .iter()
            .filter_map(|met| match met {
                Met::Dots(span, nodes) => Some((span.start, nodes.as_slice())),
                _ => None,
            })
            .collect();
        dots.sort_by_key(|(start, _)| *start);
        dots.into_iter().map(|(_, nodes)| nodes).collect()
    }
}

const NAMES: &[Kind] = &[
    Kind::Identifier,
    Kind::TypeIdentifier,
    Kind::FieldIdentifier,
    Kind::PackageIdentifier,
    Kind::BlankIdentifier,
];

/// The children that say something: no comments, no separators.
pub fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let silent = [Kind::Comment, Kind::Comma, Kind::Semicolon, Kind::Newline, Kind::Nul];
    node.children().filter(|child| !child.is(&silent)).collect()
}

impl<'m, 't> Matcher<'m, 't> {
    /// A matcher for the pattern of `patch`.
    pub fn new(patch: &'m Patch, package: &'m Package) -> Matcher<'m, 't> {
        Matcher {
            patch,
            package,
            cx: None,
            met: Vec::new(),
            steps: 0,
            place: None,
            unknown: Vec::new(),
            full_runs: false,
            closest: None,
        }
    }

    /// The same, and a run that the patch deletes is never empty.
    pub(super) fn with_full_runs(self) -> Matcher<'m, 't> {
        Matcher { full_runs: true, ..self }
    }

    /// Whether the `...` of the pattern goes with the patch.
    fn is_deleted(&self, dots: Node<'_>) -> bool {
        let old = self.patch.old.as_ref();
        old.is_some_and(|old| old.sign(dots.start()) == Sign::Old)
            && !self.patch.dots.iter().any(|(_, run)| dots.span().contains(*run))
    }

    /// A matcher for the code of `cx`, which asks for types that the files do not tell.
    pub fn at(patch: &'m Patch, cx: &'m Cx<'t>) -> Matcher<'m, 't> {
        let place = (!patch.objects.is_empty()).then(|| PackagePlace::of(cx));
        Matcher { place, cx: Some(cx), ..Matcher::new(patch, cx.package()) }
    }

    /// The same, and what fails is remembered.
    pub(super) fn explaining(self) -> Matcher<'m, 't> {
        Matcher { closest: Some(None), ..self }
    }

    /// How far the pattern got at most.
    pub(super) fn closest(&self) -> Option<&ClosestMatch> {
        self.closest.as_ref()?.as_ref()
    }

    fn failed(&mut self, pattern: Node<'_>, node: Node<'t>) {
        let Some(known) = &self.closest else { return };
        let met = self.met.len();
        let typed = match self.patch.variable(pattern) {
            Some(Variable::Var(index)) => match &self.patch.vars[index].kind {
                VarKind::Typed(ty) | VarKind::Const(ty) => format!(" of the type {ty}"),
                _ => String::new(),
            },
            _ => String::new(),
        };
        if (met == 0 && typed.is_empty()) || known.as_ref().is_some_and(|closest| closest.met >= met) {
            return;
        }
        let bound = self.met.iter().filter_map(|met| match met {
            Met::Var(index, nodes) => {
                let text: Vec<&str> = nodes.iter().map(|node| node.text()).collect();
                Some((self.patch.vars.get(*index)?.name.clone(), why::short(&text.join(", "))))
            }
            _ => None,
        });
        let wanted = format!("{}{typed}", why::short(pattern.text()));
        let there = why::short(node.text());
        let bound = bound.collect();
        self.closest = Some(Some(ClosestMatch { met, wanted, there, bound }));
    }

    /// Whether the pattern was given up.
    pub fn gave_up(&self) -> bool {
        self.steps > MOST_STEPS
    }

    /// The same for another site, which has steps of its own.
    pub fn begin(&mut self) {
        self.steps = 0;
    }

    /// Whether nothing but the same tokens is the same.
    pub(super) fn is_strict(&self) -> bool {
        self.patch.options.strict
    }

    /// As what the old side was read.
    pub(super) fn form(&self) -> Option<Form> {
        self.patch.old.as_ref().map(Side::form)
    }

    /// Matches one node.
    pub fn whole(&mut self, pattern: Node<'_>, node: Node<'t>) -> Option<PatternMatch<'t>> {
        self.met.clear();
        self.unknown.clear();
        self.node(pattern, node).then(|| self.found())
    }

    /// Matches statements that follow each other, from the first of `nodes`; and how many
    /// they are.
    pub fn run(&mut self, pattern: &[Node<'_>], nodes: &[Node<'t>]) -> Option<(PatternMatch<'t>, usize)> {
        self.met.clear();
        self.unknown.clear();
        let taken = self.list(pattern, nodes, false)?;
        Some((self.found(), taken))
    }

    fn found(&self) -> PatternMatch<'t> {
        let mut unknown = self.unknown.clone();
        unknown.dedup_by(|a, b| a.name == b.name && a.node == b.node);
        // Only what a whole match depends on is asked for.
        for one in unknown.iter().filter(|one| one.why.is_none()) {
            if let Some(cx) = self.cx {
                cx.types(unparenthesized(one.node).span(), TypeAsk::Expression(one.wanted.clone()));
            }
        }
        PatternMatch { met: self.met.clone(), unknown }
    }

    /// Whether `node` has the type of the variable, as far as anybody told so far.
    fn has_type(&mut self, index: usize, node: Node<'t>) -> bool {
        let Some(Some(wanted)) = self.patch.types.get(index) else { return false };
        match types::has_type(node, wanted, self.package, self.cx) {
            KnownType::Yes => true,
            KnownType::No => false,
            KnownType::Unknown => {
                self.may_have_type(self.patch.vars[index].name.clone(), node, wanted.wanted.clone())
            }
        }
    }

    /// Whether `node`, of which the files do not tell the type, may have this one.
    pub(super) fn may_have_type(&mut self, name: String, node: Node<'t>, wanted: WantedType) -> bool {
        let ask = TypeAsk::Expression(wanted.clone());
        let known = self.cx.and_then(|cx| cx.known_type(unparenthesized(node).span(), ask));
        let why = match known {
            Some(TypeAnswer::Yes) => return true,
            Some(TypeAnswer::No | TypeAnswer::Value(_)) => return false,
            Some(TypeAnswer::Unknown(why)) => Some(why),
            None => None,
        };
        self.unknown.push(UntoldType { name, node, wanted, why });
        true
    }

    pub(super) fn node(&mut self, pattern: Node<'_>, node: Node<'t>) -> bool {
        self.steps += 1;
        if self.gave_up() {
            return false;
        }
        let mark = (self.met.len(), self.unknown.len());
        let (pattern, node) = match self.patch.variable(pattern) {
            // A variable keeps the parentheses of what it takes.
            Some(Variable::Var(index)) => {
                let fits = self.variable(index, node);
                if !fits {
                    self.failed(pattern, node);
                    self.reset(mark);
                } else {
                    self.met.push(Met::Node(pattern.span(), pattern.kind(), node));
                }
                return fits;
            }
            Some(Variable::Dots) => return false,
            // A variable in parentheses takes what stands in them.
            None if pattern.kind() == Kind::ParenthesizedExpression
                && matches!(self.patch.variable(unparenthesized(pattern)), Some(Variable::Var(_))) =>
            {
                let inner = if self.is_strict() && node.kind() != Kind::ParenthesizedExpression {
                    return false;
                } else {
                    unparenthesized(node)
                };
                let fits = self.node(unparenthesized(pattern), inner);
                if fits {
                    self.met.push(Met::Node(pattern.span(), pattern.kind(), node));
                }
                return fits;
            }
            None if self.patch.options.strict => (pattern, node),
            None => (unparenthesized(pattern), unparenthesized(node)),
        };
        let fits = self.same(pattern, node);
        if fits {
            self.met.push(Met::Node(pattern.span(), pattern.kind(), node));
        } else {
            self.failed(pattern, node);
            self.reset(mark);
        }
        fits
    }

    fn reset(&mut self, (met, unknown): (usize, usize)) {
        self.met.truncate(met);
        self.unknown.truncate(unknown);
    }

    fn same(&mut self, pattern: Node<'_>, node: Node<'t>) -> bool {
        if let Some(fits) = self.object(pattern, node) {
            return fits;
        }
        if let Some((path, name)) = self.patch.symbol(pattern) {
            if self.unguessed(pattern, node) {
                return node.field().is_some_and(|field| self.node(name, field));
            }
            return match self.patch.variable(name) {
                Some(Variable::Var(index)) => {
                    let field = node.field().or_else(|| node.name());
                    package_of(node) == Some(path) && field.is_some_and(|field| self.variable(index, field))
                }
                _ => {
                    let fits = is_symbol(node, path, name.text());
                    if fits && let Some(field) = node.field().or_else(|| node.name()) {
                        self.met.push(Met::Node(name.span(), name.kind(), field));
                    }
                    fits
                }
            };
        }
        if pattern.is(NAMES) {
            if let Some(import) = self.patch.import_on(pattern.text(), Side::is_new(pattern))
                && self.patch.whole_file
            {
                return is_package(node, &import.path);
            }
            return self.name(pattern, node);
        }
        if !self.patch.options.strict && (self.is_any(pattern) || self.is_any(node)) {
            return self.is_any(pattern) && self.is_any(node);
        }
        if let Some(fits) = self.special(pattern, node) {
            return fits;
        }
        if pattern.kind() != node.kind() {
            return false;
        }
        if pattern.is(LITERALS) {
            return pattern.text() == node.text();
        }
        let (old, new) = (parts(pattern), parts(node));
        if old.is_empty() && new.is_empty() {
            return pattern.text() == node.text();
        }
        let runs = old.iter().filter(|part| self.run_of(**part).is_some()).count();
        let any_order = !self.patch.options.strict && runs < 2;
        if pattern.kind() == Kind::LiteralValue
            && any_order
            && old.iter().any(|part| part.kind() == Kind::KeyedElement)
        {
            return self.keyed(&old, &new);
        }
        let mark = (self.met.len(), self.unknown.len());
        if self.list(&old, &new, true).is_some() {
            return true;
        }
        self.reset(mark);
        // `nil != x` is `x != nil`.
        let compares = pattern.operator().is_some_and(|sign| sign.is(&[Kind::Equal, Kind::NotEqual]));
        if pattern.kind() == Kind::BinaryExpression
            && !self.patch.options.strict
            && compares
            && pattern.operator().map(Node::kind) == node.operator().map(Node::kind)
            && let (Some(left), Some(right)) = (pattern.left(), pattern.right())
            && (left.kind() == Kind::Nil || right.kind() == Kind::Nil)
            && let (Some(first), Some(second)) = (node.left(), node.right())
        {
            return self.node(left, second) && self.node(right, first);
        }
        false
    }

    /// Whether a node is `any` or `interface{}`.
    fn is_any(&self, node: Node<'_>) -> bool {
        match node.kind() {
            Kind::InterfaceType => node.named().next().is_none(),
            Kind::TypeIdentifier => {
                node.text() == "any"
                    && self.patch.var("any").is_none()
                    && scope::resolve(node) == Def::Outside
                    && !self.package.declares("any")
            }
            _ => false,
        }
    }

    /// A name that the rule does not declare is that name of the code.
    fn name(&self, pattern: Node<'_>, node: Node<'t>) -> bool {
        if !node.is(NAMES) || pattern.text() != node.text() {
            return false;
        }
        // A predeclared one means what the language says.
        let predeclared = pattern.is(&[Kind::Identifier, Kind::TypeIdentifier])
            && scope::resolve(pattern) == Def::Outside
            && crate::model::effects::is_predeclared(pattern.text(), self.package);
        !predeclared || scope::resolve(node) == Def::Outside
    }

    /// The elements of a literal with keys, in any order.
    fn keyed(&mut self, pattern: &[Node<'_>], nodes: &[Node<'t>]) -> bool {
        let elements = |parts: &[Node<'t>]| -> Vec<Node<'t>> {
            parts
                .iter()
                .copied()
                .filter(|part| part.is(&[Kind::KeyedElement, Kind::LiteralElement]))
                .collect()
        };
        let mut left = elements(nodes);
        let mut run = None;
        for part in pattern {
            if self.run_of(*part).is_some() {
                run = Some(*part);
                continue;
            }
            if !part.is(&[Kind::KeyedElement, Kind::LiteralElement]) {
                continue;
            }
            let Some(at) = (0..left.len()).find(|at| self.node(*part, left[*at])) else { return false };
            left.remove(at);
        }
        match run {
            Some(run) => self.take_run(run, &left),
            None => left.is_empty(),
        }
    }

    /// The run that a list of the pattern is nothing but.
    fn only_run<'p>(&self, list: Node<'p>) -> Option<Node<'p>> {
        let mut inner = list.named();
        match (inner.next(), inner.next()) {
            (Some(only), None) => self.run_of(only).map(|_| only),
            _ => None,
        }
    }

    pub(super) fn run_of(&self, pattern: Node<'_>) -> Option<Variable> {
        let variable = self.patch.variable(pattern)?;
        match variable {
            Variable::Dots => Some(variable),
            Variable::Var(index) => (self.patch.vars[index].kind == VarKind::Run).then_some(variable),
        }
    }

    fn take_run(&mut self, pattern: Node<'_>, nodes: &[Node<'t>]) -> bool {
        match self.run_of(pattern) {
            Some(Variable::Dots) if self.full_runs && nodes.is_empty() && self.is_deleted(pattern) => false,
            Some(Variable::Dots) => {
                self.met.push(Met::Dots(pattern.span(), nodes.to_vec()));
                true
            }
            Some(Variable::Var(index)) => match self.bound(index) {
                Some(known) => same_run(&known, nodes),
                None => {
                    self.met.push(Met::Var(index, nodes.to_vec()));
                    true
                }
            },
            None => false,
        }
    }

    fn bound(&self, index: usize) -> Option<Vec<Node<'t>>> {
        self.met.iter().find_map(|met| match met {
            Met::Var(known, nodes) if *known == index => Some(nodes.clone()),
            _ => None,
        })
    }

    /// Matches the parts of a list; how many of `nodes` were taken. All of them have to be
    /// when `all`.
    pub(super) fn list(&mut self, pattern: &[Node<'_>], nodes: &[Node<'t>], all: bool) -> Option<usize> {
        self.steps += 1;
        if self.gave_up() {
            return None;
        }
        let Some((first, rest)) = pattern.split_first() else {
            return (!all || nodes.is_empty()).then_some(0);
        };
        let mark = (self.met.len(), self.unknown.len());
        if self.run_of(*first).is_none() {
            // A list that is nothing but a run may be left out with all its elements.
            if first.is(&[Kind::ExpressionList, Kind::StatementList])
                && let Some(run) = self.only_run(*first)
                && nodes.first().is_none_or(|node| node.kind() != first.kind())
                && self.take_run(run, &[])
            {
                if let Some(taken) = self.list(rest, nodes, all) {
                    return Some(taken);
                }
                self.reset(mark);
            }
            let (node, behind) = nodes.split_first()?;
            if self.node(*first, *node)
                && let Some(taken) = self.list(rest, behind, all)
            {
                return Some(taken + 1);
            }
            self.reset(mark);
            return None;
        }
        // A run at the end of statements takes all that follow.
        let least = if rest.is_empty() && !all { nodes.len() } else { 0 };
        for length in least..=nodes.len() {
            if length > 0 && !is_element(nodes[length - 1]) {
                break;
            }
            if self.take_run(*first, &nodes[..length])
                && let Some(taken) = self.list(rest, &nodes[length..], all)
            {
                return Some(taken + length);
            }
            self.reset(mark);
        }
        None
    }

    /// Takes `node` for the variable, or compares it with what that took before.
    fn variable(&mut self, index: usize, node: Node<'t>) -> bool {
        if let Some(known) = self.bound(index) {
            return same_run(&known, &[node]);
        }
        // What the grammar wraps around the elements of a literal is no part of them.
        let node = match node.kind() {
            Kind::LiteralElement | Kind::TypeElem => node.named().next().unwrap_or(node),
            _ => node,
        };
        let bare = unparenthesized(node);
        let kind = &self.patch.vars[index].kind;
        // A package has no type.
        if matches!(kind, VarKind::Const(_) | VarKind::Typed(_))
            && bare.kind() == Kind::Identifier
            && matches!(scope::resolve(bare), Def::Import(_))
        {
            return false;
        }
        let fits = match kind {
            VarKind::Run => false,
            VarKind::Expr => is_expression(node) || self.patch.gopatch && is_type(node),
            VarKind::Ident => bare.is(NAMES),
            VarKind::Type => {
                is_type(node)
                    || (is_expression(node) && bare.is(&[Kind::Identifier, Kind::SelectorExpression]))
            }
            VarKind::Stmt => is_statement(node),
            VarKind::Literal(kind) => match kind.as_str() {
                "string" => bare.is(&[Kind::InterpretedStringLiteral, Kind::RawStringLiteral]),
                "int" => bare.kind() == Kind::IntLiteral,
                "float" => bare.kind() == Kind::FloatLiteral,
                "rune" => bare.kind() == Kind::RuneLiteral,
                _ => bare.is(LITERALS),
            },
            VarKind::Const(_) | VarKind::Typed(_) => is_expression(node) && self.has_type(index, node),
        };
        if fits {
            self.met.push(Met::Var(index, vec![node]));
        }
        fits
    }
}

/// Whether a node may be one of a run: no bracket or keyword around it.
fn is_element(node: Node<'_>) -> bool {
    let word = node.kind().name();
    word.len() > 1 && word != "..." && !(node.children().next().is_none() && node.text() == word)
        || node.is(&[Kind::Nil, Kind::True, Kind::False, Kind::Iota])
}

/// Whether the node stands for a value.
pub fn is_expression(node: Node<'_>) -> bool {
    node.is(&[
        Kind::Identifier,
        Kind::BinaryExpression,
        Kind::CallExpression,
        Kind::CompositeLiteral,
        Kind::FuncLiteral,
        Kind::IndexExpression,
        Kind::ParenthesizedExpression,
        Kind::SelectorExpression,
        Kind::SliceExpression,
        Kind::TypeAssertionExpression,
        Kind::TypeConversionExpression,
        Kind::TypeInstantiationExpression,
        Kind::UnaryExpression,
        Kind::Nil,
        Kind::True,
        Kind::False,
        Kind::Iota,
    ]) || node.is(LITERALS)
}

fn is_type(node: Node<'_>) -> bool {
    node.is(&[
        Kind::TypeIdentifier,
        Kind::QualifiedType,
        Kind::PointerType,
        Kind::SliceType,
        Kind::ArrayType,
        Kind::MapType,
        Kind::ChannelType,
        Kind::FunctionType,
        Kind::StructType,
        Kind::InterfaceType,
        Kind::GenericType,
        Kind::ParenthesizedType,
    ])
}

fn is_statement(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| parent.kind() == Kind::StatementList)
}

/// Whether two runs have the same tokens, and their names the same meaning.
fn same_run(one: &[Node<'_>], other: &[Node<'_>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_code(*one, *other))
}

/// Whether two pieces of code have the same tokens, and their names the same meaning.
pub fn same_code(one: Node<'_>, other: Node<'_>) -> bool {
    fn leaves(node: Node<'_>) -> Vec<Node<'_>> {
        let silent = [Kind::Comment, Kind::Comma, Kind::Newline, Kind::Semicolon];
        let node = unparenthesized(node);
        node.descendants().filter(|leaf| leaf.children().next().is_none() && !leaf.is(&silent)).collect()
    }
    let (one, other) = (leaves(one), leaves(other));
    let same = |a: Node<'_>, b: Node<'_>| {
        let names = a.is(&[Kind::Identifier, Kind::TypeIdentifier]);
        a.text() == b.text() && (!names || scope::resolve(a) == scope::resolve(b))
    };
    one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| same(*a, *b))
}
