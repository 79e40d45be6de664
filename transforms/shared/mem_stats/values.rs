//! The values that are needed, as sums and differences of metrics: what is added and
//! subtracted in one expression cancels, and is not read.

use super::fields::{self, StatsField};
use crate::model::GoVersion;
use crate::model::imports::{arguments, callee, parenthesized, unparenthesized};
use crate::rewrite::Cx;
use crate::syntax::{Kind, Node};

/// What is added in an expression, or subtracted.
#[derive(Clone, Debug)]
pub struct Operand<'t> {
    /// Its text, a conversion included.
    pub node: Node<'t>,
    /// Whether it is subtracted.
    pub subtracted: bool,
    /// The field that it is; `None` for something else, whose text stays.
    pub field: Option<&'static StatsField>,
    /// The type that the field is converted to.
    pub conversion: Option<&'t str>,
    /// The metrics of the field that nothing in the expression cancels.
    pub metrics: Vec<&'static str>,
}

/// An expression that is replaced as a whole.
#[derive(Clone, Debug)]
pub struct MetricValue<'t> {
    /// The expression: a field, or a sum or difference in which metrics cancel.
    pub node: Node<'t>,
    /// What is added and subtracted, in the order of the text.
    pub operands: Vec<Operand<'t>>,
}

impl<'t> MetricValue<'t> {
    /// The operands that are not cancelled.
    pub fn left(&self) -> impl Iterator<Item = &Operand<'t>> {
        self.operands.iter().filter(|operand| operand.field.is_none() || !operand.metrics.is_empty())
    }

    /// The metrics that are needed, in the order of the text.
    pub fn metrics(&self) -> impl Iterator<Item = &'static str> {
        self.operands.iter().flat_map(|operand| operand.metrics.iter().copied())
    }

    /// Whether it only grows: two of them that are subtracted miss what the processors
    /// hold back.
    pub fn counts_up(&self) -> bool {
        let grows = |operand: &Operand<'_>| {
            operand.field.is_some_and(|field| field.counts_up)
                && operand.metrics.iter().any(|metric| *metric != fields::LIVE_OBJECTS)
        };
        self.operands.iter().any(grows)
    }

    /// The Go version that has all of its metrics.
    pub fn since(&self) -> GoVersion {
        self.metrics().map(fields::since).max().unwrap_or(GoVersion(1, 16))
    }
}

/// The values of `uses`, which are in the order of the text.
pub fn values<'t>(uses: &[StatsUse<'t>], cx: &Cx<'t>) -> Vec<MetricValue<'t>> {
    let mut found: Vec<MetricValue<'t>> = Vec::new();
    let mut joined: Vec<Node<'t>> = Vec::new();
    let mut tried: Option<Node<'t>> = None;
    for read in uses {
        if joined.contains(&read.node) {
            continue;
        }
        let whole = sum_around(read.node).or_else(|| sum_around(conversion_of(read.node, cx)?));
        let new = whole.filter(|whole| tried != Some(*whole));
        tried = whole.or(tried);
        if let Some(value) = new.and_then(|whole| cancelled(whole, uses, cx)) {
            let fields = value.operands.iter().filter(|operand| operand.field.is_some());
            joined.extend(fields.map(|operand| field_in(operand.node)));
            found.push(value);
            continue;
        }
        let operand = Operand {
            node: read.node,
            subtracted: false,
            field: Some(read.field),
            conversion: None,
            metrics: read.field.metrics.to_vec(),
        };
        found.push(MetricValue { node: read.node, operands: vec![operand] });
    }
    // One that begins with another stands before it.
    found.sort_by_key(|value| (value.node.start(), std::cmp::Reverse(value.node.end())));
    found
}

/// A sum or difference of fields, when metrics cancel in it and some are left.
fn cancelled<'t>(top: Node<'t>, uses: &[StatsUse<'t>], cx: &Cx<'t>) -> Option<MetricValue<'t>> {
    let mut operands = Vec::new();
    flatten(top, false, uses, cx, &mut operands);
    let mut cancels = false;
    for at in 0..operands.len() {
        for metric in operands[at].metrics.clone() {
            let against = |other: &Operand<'t>| {
                other.subtracted != operands[at].subtracted && other.metrics.contains(&metric)
            };
            if let Some(other) = operands.iter().position(against) {
                for index in [at, other] {
                    let place = operands[index].metrics.iter().position(|left| *left == metric)?;
                    operands[index].metrics.remove(place);
                }
                cancels = true;
            }
        }
    }
    // What is allocated and not freed is what lives, as the runtime computes it.
    let only = |metric: &'static str, subtracted: bool| {
        operands.iter().position(|operand| operand.metrics == [metric] && operand.subtracted == subtracted)
    };
    if let (Some(allocated), Some(freed)) = (only(fields::ALLOCATIONS, false), only(fields::FREES, true)) {
        operands[allocated].metrics = vec![fields::LIVE_OBJECTS];
        operands[freed].metrics.clear();
    }
    // A literal may read the statistics anew between two operands.
    let other = |operand: &Operand<'t>| operand.field.is_none();
    let runs = operands
        .iter()
        .filter(|operand| other(operand))
        .any(|operand| operand.node.descendants().any(|node| node.kind() == Kind::FuncLiteral));
    let left = operands.iter().any(|operand| !operand.metrics.is_empty());
    (cancels && left && !runs).then_some(MetricValue { node: parenthesized(top), operands })
}

/// The whole sum or difference that `operand` is a part of.
fn sum_around<'t>(operand: Node<'t>) -> Option<Node<'t>> {
    let mut top = None;
    let mut at = operand;
    while let Some(parent) = parenthesized(at).parent().filter(|parent| is_sum(*parent)) {
        top = Some(parent);
        at = parent;
    }
    top
}

fn is_sum(node: Node<'_>) -> bool {
    node.kind() == Kind::BinaryExpression
        && matches!(node.operator().map(Node::kind), Some(Kind::Plus | Kind::Minus))
}

/// `int64(m.Sys)` of `m.Sys`, when differences of what is converted are those of the
/// values: integers wrap alike, and `float64` is exact up to 9 PB.
fn conversion_of<'t>(field: Node<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let call = parenthesized(field).parent().filter(|list| list.kind() == Kind::ArgumentList)?.parent()?;
    is_conversion(call, cx).then_some(call)
}

fn is_conversion(call: Node<'_>, cx: &Cx<'_>) -> bool {
    const TYPES: &[&str] = &["int", "int64", "int32", "uint", "uint64", "uint32", "uintptr", "float64"];
    callee(call).is_some_and(|to| {
        to.kind() == Kind::Identifier && TYPES.contains(&to.text()) && cx.is_predeclared(to.text(), to)
    }) && arguments(call).count() == 1
}

/// The field that an operand is, without its parentheses and conversion.
fn field_in(operand: Node<'_>) -> Node<'_> {
    let operand = unparenthesized(operand);
    match operand.kind() {
        Kind::CallExpression => arguments(operand).next().map_or(operand, unparenthesized),
        _ => operand,
    }
}

fn flatten<'t>(
    node: Node<'t>,
    subtracted: bool,
    uses: &[StatsUse<'t>],
    cx: &Cx<'t>,
    found: &mut Vec<Operand<'t>>,
) {
    let inner = unparenthesized(node);
    if let (true, Some(left), Some(right)) = (is_sum(inner), inner.left(), inner.right()) {
        let minus = inner.operator().map(Node::kind) == Some(Kind::Minus);
        flatten(left, subtracted, uses, cx, found);
        flatten(right, subtracted != minus, uses, cx, found);
        return;
    }
    let converts = inner.kind() == Kind::CallExpression && is_conversion(inner, cx);
    let conversion = converts.then(|| callee(inner).map(Node::text)).flatten();
    let field = (converts || inner.kind() != Kind::CallExpression)
        .then(|| uses.iter().find(|read| read.node == field_in(inner)))
        .flatten()
        .map(|read| read.field)
        .filter(|field| field.narrow.is_none() && !field.metrics.is_empty());
    let metrics = field.map_or_else(Vec::new, |field| field.metrics.to_vec());
    // What else is added keeps its parentheses.
    let node = if field.is_some() { inner } else { node };
    found.push(Operand {
        node,
        subtracted,
        field,
        conversion: conversion.filter(|_| field.is_some()),
        metrics,
    });
}

/// A place that reads one field.
#[derive(Clone, Copy, Debug)]
pub struct StatsUse<'t> {
    /// The expression that has the field's value.
    pub node: Node<'t>,
    /// The field.
    pub field: &'static StatsField,
}
