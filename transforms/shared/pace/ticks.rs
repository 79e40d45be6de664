//! How long a program waits for time to pass, and for the channels of tickers and timers.

use crate::model::constant;
use crate::model::imports::{arguments, is_call, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::syntax::{Kind, Node};

const SECOND: i64 = 1_000_000_000;

/// How a loop waits for time to pass before it turns, or a condition for it to let control by.
#[derive(Clone, Copy)]
pub struct Pace<'t> {
    /// Where it waits.
    pub at: Node<'t>,
    /// For how many nanoseconds, when that is a constant.
    pub length: Option<i64>,
}

impl Pace<'_> {
    /// Whether that is a second or more.
    pub fn is_long(&self) -> bool {
        self.length.is_some_and(|length| length >= SECOND)
    }
}

/// The time between two values that `node`, a receive, gets from a ticker or a timer.
pub(super) fn receives<'t>(node: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let takes = node.kind() == Kind::UnaryExpression && node.operator().map(Node::kind) == Some(Kind::Arrow);
    ticks(node.operand().filter(|_| takes)?, package)
}

/// The time between two values of a channel: `time.Tick(d)`, `time.After(d)`, or the `C` of a
/// ticker or timer, whose length is known where it is made in the function.
pub(super) fn ticks<'t>(channel: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let channel = unparenthesized(channel);
    let made = |call: Node<'t>| {
        ["Tick", "After", "NewTicker", "NewTimer"].iter().any(|name| is_call(call, "time", name)).then(|| {
            Pace { at: channel, length: arguments(call).next().and_then(|d| constant::integer(d, package)) }
        })
    };
    let given = |name: Node<'t>| {
        let Def::Local(local) = (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? else {
            return None;
        };
        let declares =
            local.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]))?;
        declares.descendants().filter(|node| node.kind() == Kind::CallExpression).find_map(made)
    };
    match channel.kind() {
        Kind::CallExpression => made(channel),
        Kind::Identifier => given(channel),
        Kind::SelectorExpression if channel.field().is_some_and(|field| field.text() == "C") => {
            let of = unparenthesized(channel.operand()?);
            let known = match of.kind() {
                Kind::CallExpression => made(of),
                _ => given(of),
            };
            Some(known.unwrap_or(Pace { at: channel, length: None }))
        }
        _ => None,
    }
}
