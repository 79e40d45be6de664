//! What changes when the duration is evaluated, and the timer started, before
//! the operands of the cases above it instead of behind them.
//!
//! A select evaluates its operands once, in source order. `Reset(d)` in front
//! of it therefore overtakes the operands of the cases above, and no others:
//! those below were evaluated behind `d` all along.

use crate::model::accessor::{
    can_panic_by_value, is_context_done, is_notification, receive, unknown_call, unknown_call_but_random,
};
use crate::model::effects::is_constant;
use crate::model::imports::{callee, is_call, parenthesized, unparenthesized};
use crate::model::locals::{calls_method, has_pointer, is_written_elsewhere};
use crate::model::package::Package;
use crate::model::rounds::clauses;
use crate::model::scope::{self, Def, Local};
use crate::model::touched::Touched;
use crate::syntax::Node;
use std::cell::OnceCell;

/// The operands that `Reset` overtakes, and the duration.
pub struct Order<'t> {
    above: Vec<Node<'t>>,
    duration: Node<'t>,
    package: &'t Package,
}

impl<'t> Order<'t> {
    /// Of the case `own` of `select`.
    pub fn of(select: Node<'t>, own: Node<'t>, duration: Node<'t>, package: &'t Package) -> Order<'t> {
        let above = clauses(select).take_while(|clause| *clause != own).flat_map(operands).collect();
        Order { above, duration, package }
    }

    /// Where the duration keeps its place.
    pub fn unchanged(duration: Node<'t>, package: &'t Package) -> Order<'t> {
        Order { above: Vec::new(), duration, package }
    }

    /// An operand above that receives: the wait for it would count as part of
    /// the timeout.
    pub fn waits(&self) -> Option<String> {
        self.above.iter().find_map(|operand| receive(*operand)).map(shown)
    }

    /// An operand above with a call that may take time, or do something.
    pub fn calls(&self) -> Option<String> {
        let asks = |operand: &&Node<'t>| {
            let waited_for = parenthesized(**operand).parent();
            waited_for.is_some_and(|outer| outer.kind() == "unary_expression")
                && is_notification(unparenthesized(**operand), self.package)
        };
        let others = self.above.iter().filter(|operand| !asks(operand));
        others.copied().find_map(|operand| unknown_call(operand, self.package)).map(shown)
    }

    /// An operand above that a call in the duration may change, as far as the
    /// function shows; or one that the duration visibly writes, or that visibly writes
    /// what the duration reads, with what functions of the package show.
    pub fn changes(&self) -> Option<String> {
        let acts = self.acts().is_some();
        if let Some(exposed) = self.above.iter().find(|operand| acts && self.is_exposed(**operand)) {
            return Some(shown(*exposed));
        }
        let calls = |node: Node<'t>| node.descendants().any(|inner| inner.kind() == "call_expression");
        let length = OnceCell::new();
        self.above.iter().find_map(|operand| {
            if !calls(*operand) && !calls(self.duration) {
                return None;
            }
            let length = length.get_or_init(|| Touched::by(self.duration, self.package));
            let operated = Touched::by(*operand, self.package);
            let name = operated.disturbs(length).or_else(|| length.disturbs(&operated))?;
            Some(format!("{}, by `{name}`", shown(*operand)))
        })
    }

    /// An operand above of which it cannot be told whether it stays the same,
    /// where the duration does more than give a value; or one that can panic
    /// where the duration can.
    pub fn unclear(&self) -> Option<String> {
        let acts = self.acts().is_some();
        let panics = can_panic_by_value(self.duration);
        let unclear =
            |operand: Node<'t>| (acts && !self.is_steady(operand)) || (panics && can_panic_by_value(operand));
        self.above.iter().copied().find(|operand| unclear(*operand)).map(shown)
    }

    /// What the duration does besides giving a value.
    fn acts(&self) -> Option<Node<'t>> {
        unknown_call_but_random(self.duration, self.package).or_else(|| receive(self.duration))
    }

    /// Whether the operand reads a local that other code could write meanwhile.
    fn is_exposed(&self, operand: Node<'t>) -> bool {
        locals(operand).any(|(mention, local)| is_written_elsewhere(local, mention) || has_pointer(local))
    }

    /// Whether the operand has the same value however often something else
    /// runs before it.
    fn is_steady(&self, operand: Node<'t>) -> bool {
        let operand = unparenthesized(operand);
        match operand.kind() {
            "int_literal"
            | "float_literal"
            | "rune_literal"
            | "interpreted_string_literal"
            | "raw_string_literal"
            | "true"
            | "false"
            | "nil" => true,
            "identifier" => match scope::resolve(operand) {
                Def::Local(local) => !local.kind.is_variable() || is_own(operand, local),
                _ => is_constant(operand, self.package),
            },
            // `struct{}{}`
            "composite_literal" => operand.field("body").is_some_and(|body| body.named().next().is_none()),
            // A context gives the same channel at each call.
            "call_expression" if is_context_done(operand) => callee(operand)
                .and_then(|done| done.field("operand"))
                .is_some_and(|context| context.kind() == "identifier" && self.is_steady(context)),
            "call_expression" if is_call(operand, "time", "After") => {
                unknown_call(operand, self.package).is_none()
                    && locals(operand).all(|(at, local)| is_own(at, local))
            }
            // The channel of a timer of this function.
            "selector_expression" => is_timer_channel(operand),
            _ => false,
        }
    }
}

/// The operands that entering the select evaluates for `clause`.
fn operands<'t>(clause: Node<'t>) -> Vec<Node<'t>> {
    let Some(communication) = clause.field("communication") else { return Vec::new() };
    let channel =
        communication.field("right").map(unparenthesized).and_then(|receive| receive.field("operand"));
    let sent = ["channel", "value"].into_iter().filter_map(|field| communication.field(field));
    match communication.kind() {
        "send_statement" => sent.collect(),
        _ => channel.into_iter().collect(),
    }
}

fn locals<'t>(expression: Node<'t>) -> impl Iterator<Item = (Node<'t>, Local<'t>)> {
    let mentions = expression.descendants().filter(|node| node.kind() == "identifier");
    mentions.filter_map(|mention| match scope::resolve(mention) {
        Def::Local(local) if local.kind.is_variable() => Some((mention, local)),
        _ => None,
    })
}

/// Whether only the function around `mention` can write the variable. A context
/// is an interface and a timer a pointer, so their methods cannot.
fn is_own(mention: Node<'_>, local: Local<'_>) -> bool {
    let context = mention
        .parent()
        .and_then(Node::parent)
        .is_some_and(|call| call.kind() == "call_expression" && is_context_done(call));
    let methods = !context && !is_timer(local) && scope::mentions(local).into_iter().any(calls_method);
    !is_written_elsewhere(local, mention) && !has_pointer(local) && !methods
}

fn is_timer_channel(selector: Node<'_>) -> bool {
    let of = selector.field("operand").filter(|operand| operand.kind() == "identifier");
    let local = of.and_then(|operand| match scope::resolve(operand) {
        Def::Local(local) => Some(local),
        _ => None,
    });
    selector.field("field").is_some_and(|field| field.text() == "C")
        && local.is_some_and(|local| is_timer(local) && !is_written_elsewhere(local, selector))
}

/// Whether the local is declared by `:= time.NewTimer(...)`.
fn is_timer(local: Local<'_>) -> bool {
    let list =
        local.name.parent().filter(|list| list.kind() == "expression_list" && list.named().count() == 1);
    let made = list.and_then(Node::parent).and_then(|declaration| declaration.field("right"));
    made.and_then(|list| list.named().next())
        .is_some_and(|made| is_call(made, "time", "NewTimer") || is_call(made, "time", "NewTicker"))
}

fn shown(node: Node<'_>) -> String {
    let first = node.text().lines().next().unwrap_or_default();
    format!("`{first}` on line {}", node.line())
}
