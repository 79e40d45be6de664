//! A variable that `runtime.ReadMemStats` fills: how it is declared, where it is
//! filled, which of its fields are read.

use super::fields::StatsField;
use super::values::{self, MetricValue, StatsUse};
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol, unparenthesized};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// A local variable that `runtime.ReadMemStats` fills.
pub struct Stats<'t> {
    /// The variable, a `runtime.MemStats` or a pointer to one.
    pub local: Local<'t>,
    /// The statement that declares it, alone and empty.
    pub declaration: Option<Node<'t>>,
    /// The calls that fill it, each a statement.
    pub reads: Vec<Node<'t>>,
    /// The fields that are read.
    pub uses: Vec<StatsUse<'t>>,
    /// What is computed from them.
    pub values: Vec<MetricValue<'t>>,
    /// The first use that is more than the reading of a field.
    pub whole: Option<Node<'t>>,
}

/// The call of `runtime.ReadMemStats` that `mention` names, when it is a
/// statement.
pub fn statement_call(mention: Node<'_>) -> Option<Node<'_>> {
    let call = mention.ancestors().find(|node| node.kind() != Kind::ParenthesizedExpression)?;
    let called = callee(call) == Some(mention) && arguments(call).count() == 1;
    let stands = call.parent().is_some_and(|parent| parent.kind() == Kind::ExpressionStatement);
    (called && stands).then_some(call)
}

/// The local variable that a call fills: `m` for `&m`, `p` for `p`.
pub fn target(call: Node<'_>) -> Option<Local<'_>> {
    let argument = unparenthesized(arguments(call).next()?);
    let name = match argument.kind() {
        Kind::UnaryExpression if argument.operator().map(Node::kind) == Some(Kind::And) => {
            unparenthesized(argument.operand()?)
        }
        _ => argument,
    };
    match (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? {
        Def::Local(local) => Some(local),
        _ => None,
    }
}

/// All calls of `runtime.ReadMemStats` as statements below `root`.
pub fn calls<'t>(root: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    root.descendants().filter(|node| {
        is_call(*node, "runtime", "ReadMemStats")
            && node.parent().is_some_and(|parent| parent.kind() == Kind::ExpressionStatement)
    })
}

impl<'t> Stats<'t> {
    /// What is done with `local` in its scope.
    pub fn of(local: Local<'t>, cx: &Cx<'t>) -> Stats<'t> {
        let reads: Vec<Node<'t>> = calls(local.scope).filter(|call| target(*call) == Some(local)).collect();
        let mut stats = Stats {
            local,
            declaration: declaration(local, cx),
            reads,
            uses: Vec::new(),
            values: Vec::new(),
            whole: None,
        };
        for mention in scope::mentions(local) {
            if mention == local.name || stats.reads.iter().any(|read| read.holds(mention)) {
                continue;
            }
            match field_read(mention) {
                Some(read) => stats.uses.push(read),
                None => stats.whole = stats.whole.or(Some(mention)),
            }
        }
        stats.values = values::values(&stats.uses, cx);
        stats
    }

    /// The names of the fields that have no metric of the same value, each once.
    pub fn fields_without_metric(&self) -> Vec<&'static StatsField> {
        let mut found: Vec<&'static StatsField> = Vec::new();
        for read in self.uses.iter().filter(|read| read.field.metrics.is_empty()) {
            if !found.contains(&read.field) {
                found.push(read.field);
            }
        }
        found
    }

    /// The metrics that are needed, each once, in the order of their first use.
    pub fn metrics(&self) -> Vec<&'static str> {
        let mut found: Vec<&'static str> = Vec::new();
        for metric in self.values.iter().flat_map(MetricValue::metrics) {
            if !found.contains(&metric) {
                found.push(metric);
            }
        }
        found
    }

    /// The first place in a function literal that may run later or beside the
    /// function that declares the variable. A literal that is called, or
    /// deferred, where it stands does neither.
    pub fn escape(&self) -> Option<Node<'t>> {
        let home = function_of(self.local.name);
        let mut places = self.reads.iter().copied().chain(self.uses.iter().map(|read| read.node));
        places.find(|place| {
            std::iter::successors(function_of(*place), |function| function_of(*function))
                .take_while(|function| Some(*function) != home)
                .any(|function| !is_called_here(function))
        })
    }
}

/// Whether a function literal is called where it stands, not by `go`.
fn is_called_here(literal: Node<'_>) -> bool {
    let call = literal.ancestors().find(|node| node.kind() != Kind::ParenthesizedExpression);
    call.is_some_and(|call| {
        call.kind() == Kind::CallExpression
            && callee(call) == Some(literal)
            && call.parent().is_none_or(|parent| parent.kind() != Kind::GoStatement)
    })
}

/// The statement that declares `local` by itself, as an empty
/// `runtime.MemStats` or a pointer to one.
fn declaration<'t>(local: Local<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    if local.kind != LocalKind::Var {
        return None;
    }
    let parent = local.name.parent()?;
    let (statement, value) = match parent.kind() {
        Kind::VarSpec if parent.fields(Field::Name).count() == 1 => (parent.parent()?, parent.value()),
        Kind::ExpressionList if parent.named().count() == 1 => {
            let statement = parent.parent()?;
            (statement, statement.right())
        }
        _ => return None,
    };
    let alone = statement.is(&[Kind::VarDeclaration, Kind::ShortVarDeclaration])
        && statement.parent().is_some_and(|list| list.kind() == Kind::StatementList);
    let empty = match value {
        Some(values) => values.named().count() == 1 && values.named().all(|value| is_empty(value, cx)),
        None => parent.ty().is_some_and(is_mem_stats),
    };
    (alone && empty).then_some(statement)
}

/// `runtime.MemStats{}`, `&runtime.MemStats{}`, `new(runtime.MemStats)`
fn is_empty(value: Node<'_>, cx: &Cx<'_>) -> bool {
    let value = unparenthesized(value);
    match value.kind() {
        Kind::CompositeLiteral => {
            value.ty().is_some_and(is_mem_stats)
                && value.body().is_some_and(|body| body.named().next().is_none())
        }
        Kind::UnaryExpression => {
            value.operator().map(Node::kind) == Some(Kind::And)
                && value
                    .operand()
                    .is_some_and(|operand| operand.kind() == Kind::CompositeLiteral && is_empty(operand, cx))
        }
        Kind::CallExpression => {
            let new = value.function().is_some_and(|name| {
                name.kind() == Kind::Identifier && name.text() == "new" && cx.is_predeclared("new", name)
            });
            new && arguments(value).count() == 1 && arguments(value).all(is_mem_stats)
        }
        _ => false,
    }
}

fn is_mem_stats(node: Node<'_>) -> bool {
    is_symbol(node, "runtime", "MemStats")
}

/// The reading of a field, when `mention` is the operand of one.
fn field_read(mention: Node<'_>) -> Option<StatsUse<'_>> {
    let mut at = mention;
    let selector = loop {
        let parent = at.parent()?;
        let indirect = parent.kind() == Kind::UnaryExpression
            && matches!(parent.operator().map(Node::kind), Some(Kind::Star | Kind::And));
        match parent.kind() {
            Kind::ParenthesizedExpression => {}
            Kind::SelectorExpression if parent.operand() == Some(at) => break parent,
            _ if indirect => {}
            _ => return None,
        }
        at = parent;
    };
    let field = StatsField::named(selector.field()?.text())?;
    (!is_written(selector)).then_some(StatsUse { node: selector, field })
}

/// Whether the expression is assigned to, or its address taken.
fn is_written(selector: Node<'_>) -> bool {
    let mut at = selector;
    let parent = loop {
        let Some(parent) = at.parent() else { return false };
        // `m.BySize[0].Size = 1` writes to a part of it.
        let part = parent.kind() == Kind::ParenthesizedExpression
            || parent.is(&[Kind::IndexExpression, Kind::SelectorExpression, Kind::SliceExpression])
                && parent.operand() == Some(at);
        if !part {
            break parent;
        }
        at = parent;
    };
    match parent.kind() {
        Kind::IncStatement | Kind::DecStatement => true,
        Kind::UnaryExpression => parent.operator().map(Node::kind) == Some(Kind::And),
        Kind::ExpressionList => parent.field_name() == Some(Field::Left),
        _ => false,
    }
}
