//! What has to stand in a file, and in a declaration, that has a site of a patch: told before
//! anything is parsed.

use super::compile::Patch;
use super::condition::{Condition, ConditionPlace};
use super::parameters::ConditionParameter;
use super::side::{DOTS, Side};
use super::trigger::Trigger;
use super::types::RuleType;
use crate::rewrite::TypeRelation;
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Kind, Node};

/// What no site of a patch is without.
#[derive(Clone, Debug, Default)]
pub struct PatchNeeds {
    /// Texts in the file, in longer words too: the import paths of parameters.
    texts: Vec<String>,
    /// Words in the declaration.
    words: Vec<String>,
    /// The operator beside the symbol that leads to the site.
    operator: Option<String>,
    /// Packages of whose types the site has values: the module has to know them.
    pub packages: Vec<String>,
}

impl PatchNeeds {
    /// Those of `patch`, whose old side is `old`.
    pub(super) fn of(patch: &Patch, old: &Side) -> PatchNeeds {
        let mut needs = PatchNeeds { packages: packages(patch, old), ..PatchNeeds::default() };
        if patch.gopatch || patch.whole_file || patch.trigger.is_wide() {
            return needs;
        }
        for condition in &patch.conditions {
            needs.add_parameters(condition);
        }
        // What stands in other declarations, or is found by what it means, is not spelled here.
        if patch.objects.is_empty() && old.roots().iter().all(|root| !is_top_level(*root)) {
            let leaves = old.roots().into_iter().flat_map(Node::descendants);
            let fixed = leaves.filter(|leaf| is_fixed(patch, *leaf));
            needs.words.extend(fixed.map(|leaf| leaf.text().to_owned()));
        }
        needs.words.sort();
        needs.words.dedup();
        needs.operator = operator(patch, old);
        needs
    }

    /// Adds what the functions around a site need for their parameters.
    fn add_parameters(&mut self, condition: &Condition) {
        match condition {
            Condition::And(all) => all.iter().for_each(|one| self.add_parameters(one)),
            Condition::Inside(ConditionPlace::Func(_, Some(parameters))) => {
                for ty in parameters.iter().filter_map(ConditionParameter::ty) {
                    self.texts.extend(ty.wanted.imports.values().cloned());
                }
            }
            _ => {}
        }
    }

    /// Whether a file may have a site, where `holds` says which texts it has.
    pub(super) fn are_in(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        self.texts.iter().chain(&self.words).all(|text| holds(text))
    }

    /// Whether a declaration may have a site at the word with this index, which leads to it.
    pub(super) fn are_at(&self, code: &DeclTokens<'_>, at: usize) -> bool {
        self.words.iter().all(|word| code.has_word(word)) && self.has_operator(code, at)
    }

    fn has_operator(&self, code: &DeclTokens<'_>, at: usize) -> bool {
        let Some(operator) = &self.operator else { return true };
        let before = |by: usize| at.checked_sub(by).map_or("", |index| code.text(index));
        let next = code.text(at + 1);
        let last = if before(1) == "." { before(3) } else { before(1) };
        next == operator || last == operator || (last == "(" && next == ")")
    }
}

/// Whether every match has a word of the same text as the leaf.
fn is_fixed(patch: &Patch, leaf: Node<'_>) -> bool {
    let text = leaf.text();
    leaf.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::FieldIdentifier])
        && !matches!(text, "_" | "any" | DOTS)
        && patch.var(text).is_none()
        && patch.text(text).is_none()
        && patch.import_of(text).is_none()
        // The type of an element is left out where that of the list says it.
        && !leaf.ancestors().any(|up| {
            up.kind() == Kind::CompositeLiteral && up.ty().is_some_and(|ty| ty.span().covers(leaf.span()))
        })
}

fn is_top_level(root: Node<'_>) -> bool {
    root.is(&[
        Kind::FunctionDeclaration,
        Kind::MethodDeclaration,
        Kind::TypeDeclaration,
        Kind::ConstDeclaration,
        Kind::VarDeclaration,
        Kind::ImportDeclaration,
    ])
}

/// The operator of the binary expression that the trigger is an operand of.
fn operator(patch: &Patch, old: &Side) -> Option<String> {
    let Trigger::Symbol(_, _, place) = &patch.trigger else { return None };
    let all = old.roots().into_iter().flat_map(Node::descendants);
    let symbol = all.filter(|node| node.span() == *place).last()?;
    let outer = symbol.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    let operator = outer.operator().filter(|_| outer.kind() == Kind::BinaryExpression)?;
    Some(operator.text().to_owned())
}

/// The packages of other modules whose types variables of the old side have.
fn packages(patch: &Patch, old: &Side) -> Vec<String> {
    let is_met = |name: &str| {
        old.roots()
            .into_iter()
            .flat_map(Node::descendants)
            .any(|node| node.children().next().is_none() && node.text() == name)
    };
    let has_values = |ty: &RuleType| matches!(ty.wanted.relation, TypeRelation::Is | TypeRelation::Pointed);
    let met = patch.vars.iter().zip(&patch.types).filter(|(var, _)| is_met(&var.name));
    let types = met.filter_map(|(_, ty)| ty.as_ref()).filter(|ty| has_values(ty));
    let paths = types.flat_map(|ty| ty.wanted.imports.values());
    // The others are of the standard library.
    paths.filter(|path| path.split('/').next().is_some_and(|first| first.contains('.'))).cloned().collect()
}
