//! A variable that `runtime.ReadMemStats` fills: how it is declared, where it is
//! filled, which of its fields are read.

use super::fields::Field;
use super::values::{self, Value};
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol, unparenthesized};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::Node;

/// A place that reads one field.
#[derive(Clone, Copy, Debug)]
pub struct Use<'t> {
    /// The expression that has the field's value.
    pub node: Node<'t>,
    /// The field.
    pub field: &'static Field,
}

/// A local variable that `runtime.ReadMemStats` fills.
pub struct Stats<'t> {
    /// The variable, a `runtime.MemStats` or a pointer to one.
    pub local: Local<'t>,
    /// The statement that declares it, alone and empty.
    pub declaration: Option<Node<'t>>,
    /// The calls that fill it, each a statement.
    pub reads: Vec<Node<'t>>,
    /// The fields that are read.
    pub uses: Vec<Use<'t>>,
    /// What is computed from them.
    pub values: Vec<Value<'t>>,
    /// The first use that is more than the reading of a field.
    pub whole: Option<Node<'t>>,
}

/// The call of `runtime.ReadMemStats` that `mention` names, when it is a
/// statement.
pub fn statement_call(mention: Node<'_>) -> Option<Node<'_>> {
    let call = mention.ancestors().find(|node| node.kind() != "parenthesized_expression")?;
    let called = callee(call) == Some(mention) && arguments(call).count() == 1;
    let stands = call.parent().is_some_and(|parent| parent.kind() == "expression_statement");
    (called && stands).then_some(call)
}

/// The local variable that a call fills: `m` for `&m`, `p` for `p`.
pub fn target(call: Node<'_>) -> Option<Local<'_>> {
    let argument = unparenthesized(arguments(call).next()?);
    let name = match argument.kind() {
        "unary_expression" if argument.field("operator").map(Node::kind) == Some("&") => {
            unparenthesized(argument.field("operand")?)
        }
        _ => argument,
    };
    match (name.kind() == "identifier").then(|| scope::resolve(name))? {
        Def::Local(local) => Some(local),
        _ => None,
    }
}

/// All calls of `runtime.ReadMemStats` as statements below `root`.
pub fn calls<'t>(root: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    root.descendants().filter(|node| {
        is_call(*node, "runtime", "ReadMemStats")
            && node.parent().is_some_and(|parent| parent.kind() == "expression_statement")
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
    pub fn fields_without_metric(&self) -> Vec<&'static Field> {
        let mut found: Vec<&'static Field> = Vec::new();
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
        for metric in self.values.iter().flat_map(Value::metrics) {
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
    let call = literal.ancestors().find(|node| node.kind() != "parenthesized_expression");
    call.is_some_and(|call| {
        call.kind() == "call_expression"
            && callee(call) == Some(literal)
            && call.parent().is_none_or(|parent| parent.kind() != "go_statement")
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
        "var_spec" if parent.fields("name").count() == 1 => (parent.parent()?, parent.field("value")),
        "expression_list" if parent.named().count() == 1 => {
            let statement = parent.parent()?;
            (statement, statement.field("right"))
        }
        _ => return None,
    };
    let alone = statement.is(&["var_declaration", "short_var_declaration"])
        && statement.parent().is_some_and(|list| list.kind() == "statement_list");
    let empty = match value {
        Some(values) => values.named().count() == 1 && values.named().all(|value| is_empty(value, cx)),
        None => parent.field("type").is_some_and(is_mem_stats),
    };
    (alone && empty).then_some(statement)
}

/// `runtime.MemStats{}`, `&runtime.MemStats{}`, `new(runtime.MemStats)`
fn is_empty(value: Node<'_>, cx: &Cx<'_>) -> bool {
    let value = unparenthesized(value);
    match value.kind() {
        "composite_literal" => {
            value.field("type").is_some_and(is_mem_stats)
                && value.field("body").is_some_and(|body| body.named().next().is_none())
        }
        "unary_expression" => {
            value.field("operator").map(Node::kind) == Some("&")
                && value
                    .field("operand")
                    .is_some_and(|operand| operand.kind() == "composite_literal" && is_empty(operand, cx))
        }
        "call_expression" => {
            let new = value.field("function").is_some_and(|name| {
                name.kind() == "identifier" && name.text() == "new" && cx.is_predeclared("new", name)
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
fn field_read(mention: Node<'_>) -> Option<Use<'_>> {
    let mut at = mention;
    let selector = loop {
        let parent = at.parent()?;
        let indirect = parent.kind() == "unary_expression"
            && matches!(parent.field("operator").map(Node::kind), Some("*" | "&"));
        match parent.kind() {
            "parenthesized_expression" => {}
            "selector_expression" if parent.field("operand") == Some(at) => break parent,
            _ if indirect => {}
            _ => return None,
        }
        at = parent;
    };
    let field = Field::named(selector.field("field")?.text())?;
    (!is_written(selector)).then_some(Use { node: selector, field })
}

/// Whether the expression is assigned to, or its address taken.
fn is_written(selector: Node<'_>) -> bool {
    let mut at = selector;
    let parent = loop {
        let Some(parent) = at.parent() else { return false };
        // `m.BySize[0].Size = 1` writes to a part of it.
        let part = parent.kind() == "parenthesized_expression"
            || parent.is(&["index_expression", "selector_expression", "slice_expression"])
                && parent.field("operand") == Some(at);
        if !part {
            break parent;
        }
        at = parent;
    };
    match parent.kind() {
        "inc_statement" | "dec_statement" => true,
        "unary_expression" => parent.field("operator").map(Node::kind) == Some("&"),
        "expression_list" => parent.field_name() == Some("left"),
        _ => false,
    }
}
