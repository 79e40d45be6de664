//! The parameters of a function that a site stands in: `inside func(b *testing.B, ...)`.

use super::compile::Patch;
use super::condition::ConditionKind;
use super::types::{self, RuleType};
use crate::syntax::{Field, Node};

const RUN: &str = "...";

/// A parameter of a function that a site stands in, or a run of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionParameter {
    /// What the new side calls it.
    pub name: String,
    /// Its type, as it is written.
    ty: String,
    /// The same, read.
    wanted: Option<RuleType>,
}

impl ConditionParameter {
    /// Reads `name type` or `...`.
    pub fn of(item: &str) -> Self {
        let (name, ty) = item.split_once(' ').unwrap_or((item, ""));
        ConditionParameter { name: name.to_owned(), ty: ty.trim().to_owned(), wanted: None }
    }

    /// Its name, where it is no run.
    pub fn named(&self) -> Option<&str> {
        (!self.is_run()).then_some(self.name.as_str())
    }

    /// Its type, once it is read; a run has none.
    pub fn ty(&self) -> Option<&RuleType> {
        self.wanted.as_ref()
    }

    /// It as the rule writes it.
    pub fn words(&self) -> String {
        format!("{} {}", self.name, self.ty).trim_end().to_owned()
    }

    /// Reads its type.
    ///
    /// # Errors
    /// A sentence about a type that cannot be read.
    pub fn bind(&mut self, patch: &Patch) -> Result<(), String> {
        if !self.is_run() {
            self.wanted = Some(RuleType::of(&self.ty, patch)?);
        }
        Ok(())
    }

    fn is_run(&self) -> bool {
        self.name == RUN
    }
}

/// The parameters of `function` that the rule names, where it has those and no other. One that
/// the old side took is that one; of the places that a run leaves open it is the first.
pub fn of<'p, 't>(
    function: Node<'t>,
    wanted: &'p [ConditionParameter],
    asked: &ConditionKind<'_, '_>,
) -> Option<Vec<(&'p ConditionParameter, Node<'t>)>> {
    let own: Vec<(Node<'t>, Option<Node<'t>>)> = function
        .parameters()
        .into_iter()
        .flat_map(Node::named)
        .flat_map(|parameter| {
            let names: Vec<Node<'t>> = parameter.fields(Field::Name).collect();
            names.into_iter().map(move |name| (name, parameter.ty()))
        })
        .collect();
    let fits = |parameter: &ConditionParameter, name: Node<'t>, ty: Option<Node<'t>>| {
        let own = ty.and_then(|ty| types::of_code(ty, asked.cx.package()));
        let taken = asked.nodes(&parameter.name).first();
        taken.is_none_or(|taken| taken.text() == name.text())
            && own.zip(parameter.wanted.as_ref()).is_some_and(|(own, wanted)| wanted.is(&own))
    };
    let mut named = Vec::new();
    // Where a run begins, and how many of the parameters it has taken so far.
    let mut open: Option<(usize, usize, usize)> = None;
    let (mut rule, mut code) = (0, 0);
    while rule < wanted.len() || code < own.len() {
        if wanted.get(rule).is_some_and(ConditionParameter::is_run) {
            open = Some((rule + 1, code, named.len()));
            rule += 1;
        } else if let (Some(parameter), Some((name, ty))) = (wanted.get(rule), own.get(code))
            && fits(parameter, *name, *ty)
        {
            named.push((parameter, *name));
            (rule, code) = (rule + 1, code + 1);
        } else {
            let (behind, from, kept) = open.filter(|(_, from, _)| *from < own.len())?;
            named.truncate(kept);
            open = Some((behind, from + 1, kept));
            (rule, code) = (behind, from + 1);
        }
    }
    Some(named)
}
