//! Which run of the old side each lone `...` of the new side is.

use super::Problem;
use super::compile::{Patch, Variable};
use super::patch::Sign;
use super::side::{DOTS, Side};
use crate::syntax::{Kind, Node};

/// A lone `...` of a side.
struct SideDots<'s> {
    node: Node<'s>,
    line: usize,
    sign: Sign,
}

/// For each lone `...` of the new side where it begins, and where the one of the old side
/// begins that is the same run. In the dialect of gopatch the order alone counts.
///
/// # Errors
/// Where several runs could be meant.
pub fn pairs(patch: &Patch, old: &Side, new: &Side) -> Result<Vec<(usize, usize)>, Problem> {
    let (olds, news) = (all(patch, old), all(patch, new));
    if patch.gopatch {
        let at = |index: usize| olds.get(index).map(|old| old.node.start());
        let pairs = news.iter().enumerate().filter_map(|(index, new)| Some((new.node.start(), at(index)?)));
        return Ok(pairs.collect());
    }
    let on = |dots: &SideDots<'_>, all: &[SideDots<'_>]| {
        all.iter().filter(|other| other.line == dots.line && other.node.start() < dots.node.start()).count()
    };
    let mut pairs = Vec::new();
    let fresh: Vec<&SideDots<'_>> = news.iter().filter(|new| new.sign == Sign::New).collect();
    let gone: Vec<&SideDots<'_>> = olds.iter().filter(|old| old.sign == Sign::Old).collect();
    for dots in news.iter().filter(|new| new.sign == Sign::Both) {
        let same = olds.iter().filter(|old| old.line == dots.line).nth(on(dots, &news));
        pairs.extend(same.map(|same| (dots.node.start(), same.node.start())));
    }
    if fresh.len() == gone.len() {
        pairs.extend(fresh.iter().zip(&gone).map(|(new, old)| (new.node.start(), old.node.start())));
        return Ok(pairs);
    }
    for dots in fresh {
        let alike: Vec<_> = gone.iter().filter(|old| role(old.node) == role(dots.node)).collect();
        let only = match (alike.as_slice(), gone.as_slice()) {
            ([only], _) => only,
            (_, [only]) => only,
            _ => return Err(unclear(new, dots, gone.len())),
        };
        pairs.push((dots.node.start(), only.node.start()));
    }
    Ok(pairs)
}

fn unclear(new: &Side, dots: &SideDots<'_>, runs: usize) -> Problem {
    let (line, column) = new.place(dots.node.start());
    let message = match runs {
        0 => "this `...` is ambiguous: no run of the old side is replaced".to_owned(),
        _ => format!("this `...` is ambiguous: it could be any of {runs} runs of the old side"),
    };
    Problem::at(line, column, message)
        .help("give the runs names: `var rest args` above, and `rest` in the place of `...`")
}

/// The lone `...` of a side, in their order; the second letter of a spec is none.
fn all<'s>(patch: &Patch, side: &'s Side) -> Vec<SideDots<'s>> {
    let mut found: Vec<SideDots<'s>> = Vec::new();
    for root in side.roots() {
        for node in root.descendants() {
            let second = node.previous_named().is_some_and(|before| before.text() == DOTS)
                && node.parent().is_some_and(|up| patch.variable(up) == Some(Variable::Dots));
            if node.children().next().is_none() && node.text() == DOTS && !second {
                let (line, _) = side.place(node.start());
                found.push(SideDots { node, line, sign: side.sign(node.start()) });
            }
        }
    }
    found
}

/// What a run is a part of: the kinds and fields of the nodes around it.
fn role(node: Node<'_>) -> Vec<(Kind, Option<crate::syntax::Field>)> {
    let around = std::iter::once(node).chain(node.ancestors());
    around.map(|node| (node.kind(), node.field_name())).collect()
}
