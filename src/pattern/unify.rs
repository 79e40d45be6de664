//! Whether what a patch writes could be what it searches.

use super::compile::Patch;
use super::matcher::Matcher;
use super::patch::{PatchOptions, VarKind};
use super::side::Side;
use crate::model::package::Package;
use crate::syntax::Kind;
use std::sync::Arc;

/// Whether a variable of that kind takes some expressions only, by what they are at the site.
pub fn is_narrow(kind: &VarKind) -> bool {
    matches!(kind, VarKind::Literal(_) | VarKind::Const(_) | VarKind::Typed(_))
}

/// As [`matches_itself`], where each variable may take any expression.
pub fn may_match_itself(patch: &Patch, old: &Side, new: &Side) -> bool {
    let mut patch = patch.clone();
    for var in patch.vars.iter_mut().filter(|var| is_narrow(&var.kind)) {
        var.kind = VarKind::Expr;
    }
    matches_itself(&patch, old, new)
}

/// Whether the old side, or a part of code that looks like it, stands in the new side,
/// where each variable of the new side may stand for the same variable of the old.
pub fn matches_itself(patch: &Patch, old: &Side, new: &Side) -> bool {
    // What is only another spelling of the same is written once.
    let strict = PatchOptions { strict: true, ..patch.options };
    let patch = &Patch { options: strict, old: Some(old.clone()), ..patch.clone() };
    let roots = old.roots();
    let package = Package::new(vec![Arc::new(crate::syntax::File::new("rule.go", new.file().text()))]);
    let mut matcher = Matcher::new(patch, &package).with_full_runs();
    if let [root] = roots.as_slice() {
        return new
            .roots()
            .iter()
            .any(|side| side.descendants().any(|node| matcher.whole(*root, node).is_some()));
    }
    let statements = new.roots();
    let lists = statements
        .iter()
        .flat_map(|side| side.descendants().filter(|node| node.kind() == Kind::StatementList))
        .map(|list| list.named().collect::<Vec<_>>())
        .chain([statements.clone()]);
    lists.into_iter().any(|list| (0..list.len()).any(|at| matcher.run(&roots, &list[at..]).is_some()))
}
