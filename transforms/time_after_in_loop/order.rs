//! What changes when the duration is evaluated, and the timer started, before
//! the operands of the cases above it instead of behind them.
//!
//! A select evaluates its operands once, in source order. `Reset(d)` in front
//! of it therefore overtakes the operands of the cases above, and no others:
//! those below were evaluated behind `d` all along.

use crate::model::effects::is_constant;
use crate::model::imports::{callee, is_call, parenthesized, unparenthesized};
use crate::model::locals::{calls_method, has_pointer, is_written_elsewhere};
use crate::model::package::Package;
use crate::model::rounds::clauses;
use crate::model::scope::{self, Def, Local};
use crate::syntax::{Field, Kind, Node, NodeId};
use crate::transforms::shared::accessor::{
    can_panic_by_value, is_context_done, is_notification, receive, unknown_call, unknown_call_but_random,
};
use crate::transforms::shared::touched::Touched;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

/// How many operands are asked one by one. What is asked of more is asked once for all
/// cases of their select.
const FEW: usize = 16;

/// The operands that `Reset` overtakes, and the duration.
pub struct Order<'t> {
    select: Node<'t>,
    /// The operands of the select, with where their clauses start.
    operands: Arc<[(usize, NodeId)]>,
    /// How many of them stand in cases above.
    above: usize,
    duration: Node<'t>,
    package: &'t Package,
}

/// The first operands that read and write each name.
#[derive(Default)]
struct Touching {
    reads: HashMap<String, usize>,
    writes: HashMap<String, usize>,
}

impl Touching {
    fn add(&mut self, operand: usize, touched: &Touched<'_>) {
        for (names, known) in [(&touched.reads, &mut self.reads), (&touched.writes, &mut self.writes)] {
            for name in names {
                known.entry((*name).to_owned()).or_insert(operand);
            }
        }
    }

    /// The first operand that disturbs `other`, or that `other` disturbs.
    fn first(&self, other: &Touched<'_>) -> Option<usize> {
        let written = other.reads.iter().filter_map(|name| self.writes.get(*name));
        let read = other.writes.iter().filter_map(|name| self.reads.get(*name));
        written.chain(read).min().copied()
    }
}

impl<'t> Order<'t> {
    /// Of the case `own` of `select`.
    pub fn of(select: Node<'t>, own: Node<'t>, duration: Node<'t>, package: &'t Package) -> Order<'t> {
        let of_clause = |clause: Node<'t>| {
            operands(clause).into_iter().map(move |operand| (clause.start(), operand.place()))
        };
        let operands: Arc<[(usize, NodeId)]> = match select.many_children() {
            Some(_) => select
                .remember("time-after-in-loop: operands", || clauses(select).flat_map(of_clause).collect()),
            None => clauses(select).take_while(|clause| *clause != own).flat_map(of_clause).collect(),
        };
        let above = operands.partition_point(|(start, _)| *start < own.start());
        Order { select, operands, above, duration, package }
    }

    /// Where the duration keeps its place.
    pub fn unchanged(duration: Node<'t>, package: &'t Package) -> Order<'t> {
        Order { select: duration, operands: Arc::default(), above: 0, duration, package }
    }

    fn operand(&self, index: usize) -> Node<'t> {
        self.select.at(self.operands[index].1)
    }

    /// The first operand above of which `asks` finds something, by its index, and that.
    /// `question` is the name of what is asked.
    fn first(
        &self,
        question: &'static str,
        asks: impl Fn(Node<'t>) -> Option<Node<'t>>,
    ) -> Option<(usize, Node<'t>)> {
        if self.above <= FEW {
            return (0..self.above).find_map(|index| Some((index, asks(self.operand(index))?)));
        }
        let found = self.package.remember_of(self.select, question, || {
            let mut all = 0..self.operands.len();
            all.find_map(|index| Some((index, asks(self.operand(index))?.place())))
        });
        found.filter(|(index, _)| *index < self.above).map(|(index, place)| (index, self.select.at(place)))
    }

    /// An operand above that receives: the wait for it would count as part of
    /// the timeout.
    pub fn waits(&self) -> Option<String> {
        self.first("time-after-in-loop: operand waits", receive).map(|(_, found)| shown(found))
    }

    /// An operand above with a call that may take time, or do something.
    pub fn calls(&self) -> Option<String> {
        let asks = |operand: Node<'t>| {
            let waited_for = parenthesized(operand).parent();
            waited_for.is_some_and(|outer| outer.kind() == Kind::UnaryExpression)
                && is_notification(unparenthesized(operand), self.package)
        };
        let called = |operand| if asks(operand) { None } else { unknown_call(operand, self.package) };
        self.first("time-after-in-loop: operand calls", called).map(|(_, found)| shown(found))
    }

    /// An operand above that a call in the duration may change, as far as the
    /// function shows; or one that the duration visibly writes, or that visibly writes
    /// what the duration reads, with what functions of the package show.
    pub fn changes(&self) -> Option<String> {
        let exposed = |operand| self.is_exposed(operand).then_some(operand);
        if self.acts().is_some()
            && let Some((_, exposed)) = self.first("time-after-in-loop: operand is exposed", exposed)
        {
            return Some(shown(exposed));
        }
        let acts = calls(self.duration);
        let length = OnceCell::new();
        let length = || length.get_or_init(|| Touched::by(self.duration, self.package));
        let disturbed = |index: usize| {
            let operand = self.operand(index);
            if !acts && !calls(operand) {
                return None;
            }
            let operated = Touched::by(operand, self.package);
            let name = operated.disturbs(length()).or_else(|| length().disturbs(&operated))?;
            Some(format!("{}, by `{name}`", shown(operand)))
        };
        if self.above <= FEW {
            return (0..self.above).find_map(disturbed);
        }
        let question =
            if acts { "time-after-in-loop: operands touch" } else { "time-after-in-loop: calls touch" };
        let touching = self.package.remember_of(self.select, question, || {
            let mut touching = Touching::default();
            for index in 0..self.operands.len() {
                let operand = self.operand(index);
                if acts || calls(operand) {
                    touching.add(index, &Touched::by(operand, self.package));
                }
            }
            Arc::new(touching)
        });
        touching.first(length()).filter(|index| *index < self.above).and_then(disturbed)
    }

    /// An operand above of which it cannot be told whether it stays the same,
    /// where the duration does more than give a value; or one that can panic
    /// where the duration can.
    pub fn unclear(&self) -> Option<String> {
        let unsteady = |operand| (!self.is_steady(operand)).then_some(operand);
        let panics = |operand| can_panic_by_value(operand).then_some(operand);
        let unsteady =
            self.acts().and_then(|_| self.first("time-after-in-loop: operand is unsteady", unsteady));
        let panics = can_panic_by_value(self.duration)
            .then(|| self.first("time-after-in-loop: operand panics", panics))
            .flatten();
        unsteady.into_iter().chain(panics).min_by_key(|(index, _)| *index).map(|(_, found)| shown(found))
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
            Kind::IntLiteral
            | Kind::FloatLiteral
            | Kind::RuneLiteral
            | Kind::InterpretedStringLiteral
            | Kind::RawStringLiteral
            | Kind::True
            | Kind::False
            | Kind::Nil => true,
            Kind::Identifier => match scope::resolve(operand) {
                Def::Local(local) => !local.kind.is_variable() || is_own(operand, local),
                _ => is_constant(operand, self.package),
            },
            // `struct{}{}`
            Kind::CompositeLiteral => operand.body().is_some_and(|body| body.named().next().is_none()),
            // A context gives the same channel at each call.
            Kind::CallExpression if is_context_done(operand) => callee(operand)
                .and_then(|done| done.operand())
                .is_some_and(|context| context.kind() == Kind::Identifier && self.is_steady(context)),
            Kind::CallExpression if is_call(operand, "time", "After") => {
                unknown_call(operand, self.package).is_none()
                    && locals(operand).all(|(at, local)| is_own(at, local))
            }
            // The channel of a timer of this function.
            Kind::SelectorExpression => is_timer_channel(operand),
            _ => false,
        }
    }
}

/// Whether there is a call in `node`.
fn calls(node: Node<'_>) -> bool {
    node.descendants().any(|inner| inner.kind() == Kind::CallExpression)
}

/// The operands that entering the select evaluates for `clause`.
fn operands<'t>(clause: Node<'t>) -> Vec<Node<'t>> {
    let Some(communication) = clause.communication() else { return Vec::new() };
    let channel = communication.right().map(unparenthesized).and_then(|receive| receive.operand());
    let sent =
        [Field::Channel, Field::Value].into_iter().filter_map(|field| communication.child_by_field(field));
    match communication.kind() {
        Kind::SendStatement => sent.collect(),
        _ => channel.into_iter().collect(),
    }
}

fn locals<'t>(expression: Node<'t>) -> impl Iterator<Item = (Node<'t>, Local<'t>)> {
    let mentions = expression.descendants().filter(|node| node.kind() == Kind::Identifier);
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
        .is_some_and(|call| call.kind() == Kind::CallExpression && is_context_done(call));
    let methods = !context && !is_timer(local) && scope::mentions(local).into_iter().any(calls_method);
    !is_written_elsewhere(local, mention) && !has_pointer(local) && !methods
}

fn is_timer_channel(selector: Node<'_>) -> bool {
    let of = selector.operand().filter(|operand| operand.kind() == Kind::Identifier);
    let local = of.and_then(|operand| match scope::resolve(operand) {
        Def::Local(local) => Some(local),
        _ => None,
    });
    selector.field().is_some_and(|field| field.text() == "C")
        && local.is_some_and(|local| is_timer(local) && !is_written_elsewhere(local, selector))
}

/// Whether the local is declared by `:= time.NewTimer(...)`.
fn is_timer(local: Local<'_>) -> bool {
    let list =
        local.name.parent().filter(|list| list.kind() == Kind::ExpressionList && list.named().count() == 1);
    let made = list.and_then(Node::parent).and_then(|declaration| declaration.right());
    made.and_then(|list| list.named().next())
        .is_some_and(|made| is_call(made, "time", "NewTimer") || is_call(made, "time", "NewTicker"))
}

fn shown(node: Node<'_>) -> String {
    let first = node.text().lines().next().unwrap_or_default();
    format!("`{first}` on line {}", node.line())
}
